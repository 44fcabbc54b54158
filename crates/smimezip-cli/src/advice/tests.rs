use smimezip::Limit;
use smimezip::error::CertificateProblem;

use super::*;
use crate::args::LimitSetting;

#[test]
fn every_limit_says_how_to_go_on() {
    for limit in Limit::ALL {
        let error = Error::from(ErrorKind::Limit { limit: *limit, allowed: 1 });
        let text = advice(&error, Task::Read, None).unwrap();
        if matches!(limit, Limit::TotalSize | Limit::Ratio) {
            assert!(text.contains("--max-size 500G"), "{text}");
            continue;
        }
        let (_, flag) = text.split_once("--limit ").unwrap();
        let setting: LimitSetting = flag.replace("NUMBER", "7").parse().unwrap();
        assert_eq!(setting, LimitSetting { limit: *limit, value: 7 }, "{text}");
    }
    let of = |limit| of_limit(limit).into_owned();
    assert!(of(Limit::PrivateKeyOperations).contains("--cert FILE"));
    assert!(of(Limit::ScryptMemory).contains("the key file says"));
}

#[test]
fn nobody_is_sent_to_download_again_what_was_written_so() {
    for damage in [
        Damage::Crc { expected: 1, actual: 2 },
        Damage::Size { expected: 1 },
        Damage::Compressed,
        Damage::Record("x"),
    ] {
        let sealed = of_damage(damage, Task::Read, Some(Sealing::Authenticated));
        assert!(sealed.contains("another download gives the same"), "{sealed}");
        for sealing in [None, Some(Sealing::NotAuthenticated)] {
            let open = of_damage(damage, Task::Read, sealing);
            assert!(!open.contains("--keep-going"), "{open}");
            assert!(open.contains("compare"), "{open}");
            assert!(open.contains("was written so"), "{open}");
        }
    }
    for kind in [
        ErrorKind::UnsafeName(NameProblem::Colon),
        ErrorKind::NameConflict("a".into()),
        ErrorKind::Unsupported(Unsupported::CompressionMethod { number: 12, name: "bzip2" }),
    ] {
        let text = advice(&kind.into(), Task::Read, None).unwrap();
        assert!(text.contains("another download gives the same"), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_certificate_can_be_seen() {
    let of = |problem| {
        let kind = ErrorKind::UnsuitableCertificate { subject: "CN=a".into(), problem };
        advice(&kind.into(), Task::Read, None).unwrap()
    };
    let time = std::time::SystemTime::UNIX_EPOCH;
    assert!(of(CertificateProblem::Expired { not_after: time }).contains("-dates"));
    assert!(of(CertificateProblem::NotYetValid { not_before: time }).contains("-dates"));
    assert!(of(CertificateProblem::KeyUsage { needed: "keyAgreement" }).contains("-ext keyUsage"));
    assert!(of(CertificateProblem::NoKeyIdentifier).contains("-text"));
}

#[test]
fn what_can_be_accepted_is_said() {
    for sealing in [None, Some(Sealing::Authenticated)] {
        let of = |damage| of_damage(damage, Task::Read, sealing);
        assert!(of(Damage::TrailingBytes { count: 1 }).contains("--accept trailing-data"));
        assert!(of(Damage::UnusedBytes { count: 1 }).contains("--accept unused-bytes"));
    }
}

#[test]
fn advice_names_only_flags_that_the_command_has() {
    let exists = Error::from(ErrorKind::Exists("a".into()));
    let of = |task| advice(&exists, task, None).unwrap();
    assert!(
        of(Task::Extract { replacing: false, encoding: false, available: false })
            .contains("--overwrite always")
    );
    assert!(
        !of(Task::Extract { replacing: true, encoding: false, available: false })
            .contains("--overwrite")
    );
    let decrypt = of(Task::Decrypt { replacing: false });
    assert!(!decrypt.contains("-C") && !decrypt.contains("skip"));
    for task in [Task::Decrypt { replacing: true }, Task::Encrypt { replacing: true }] {
        assert!(!of(task).contains("--overwrite"));
    }
}

#[test]
fn salvage_is_not_told_to_do_what_it_does_or_cannot() {
    for problem in [NameProblem::Absolute, NameProblem::Climbs, NameProblem::Colon] {
        let error = Error::from(ErrorKind::UnsafeName(problem));
        let text = advice(&error, Task::Salvage, None).unwrap();
        assert!(text.contains("left out"), "{text}");
        for no in ["cat", "--names skip", "is refused"] {
            assert!(!text.contains(no), "{text}");
        }
        assert_eq!(text.contains("--names encode"), problem.can_be_encoded(), "{text}");
    }
    let text = advice(&ErrorKind::NameConflict("a".into()).into(), Task::Salvage, None).unwrap();
    assert!(!text.contains("--names"), "{text}");
}
