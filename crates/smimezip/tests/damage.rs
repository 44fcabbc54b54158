//! Damaged, hostile and incomplete sets: refused with the right kind, naming the part or entry, and
//! nothing written; or accepted with exactly the right bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;

use common::seal::{
    Shape, content_info, element, enveloped_data, recipient, recipient_info_with, seal, tlv,
};
use common::{Tree, json_lines, limits, noise, read_tree, sample_keys, thorough, tree, zips};
use proptest::prelude::*;
use smimezip::error::Category;
use smimezip::extract::Links;
use smimezip::message::Envelope;
use smimezip::zip::OddityKind;
use smimezip::{
    Archive, Error, ErrorKind, Export, ExtractOptions, KeyRing, Limit, Limits, Part, Report,
    UnlockOptions,
};
use zip::CompressionMethod;

type Parts = Vec<(String, Vec<u8>)>;

fn open_with(parts: Parts, limits: &Limits) -> Result<Archive, Error> {
    let parts = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
    Export::from_parts(parts)?.unlock_with(
        &KeyRing::new(),
        &UnlockOptions::new().limits(limits),
        &mut (),
    )
}

fn extract_to(parts: Parts, out: &Path, options: &ExtractOptions) -> Result<Report, Error> {
    open_with(parts, &limits())?.extract_with(out, options, &mut ())
}

/// The error of an extraction, after which nothing must be there, not even a staging folder.
fn refused(parts: Parts) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let error = extract_to(parts, &out, &ExtractOptions::default())
        .map(|report| panic!("accepted: {report:?}"))
        .unwrap_err();
    assert!(read_tree(folder.path()).is_empty(), "something was left behind after {error}");
    error
}

fn lone(archive: Vec<u8>) -> Parts {
    vec![("e.zip".to_owned(), archive)]
}

fn small_tree() -> Tree {
    let mut tree = Tree::new();
    tree.insert("one.txt".into(), Some(b"first".to_vec()));
    tree.insert("two/three.json".into(), Some(json_lines(1, 40)));
    tree.insert("two/noise".into(), Some(noise(4, 700)));
    tree.insert("empty".into(), Some(Vec::new()));
    tree
}

fn good_set() -> Parts {
    let archive = zips::archive(&tree(), |_| CompressionMethod::Deflated);
    zips::named(zips::split(&archive, &[45_000]), "")
}

#[test]
fn the_good_set_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let report = extract_to(good_set(), folder.path(), &ExtractOptions::default()).unwrap();
    assert_eq!(report.files, 6);
    assert!(read_tree(folder.path()) == tree());
}

#[test]
fn s2_every_deterministic_damage_of_a_set_is_refused() {
    let good = good_set();
    assert!(good.len() >= 4, "{}", good.len());
    let other_tree: Tree = [("x.raw".to_owned(), Some(noise(77, 400_000)))].into();
    let other = zips::archive(&other_tree, |_| CompressionMethod::Stored);
    let other = zips::named(zips::split(&other, &[45_000]), "");
    let mut damages: Vec<(String, Parts)> = Vec::new();
    for at in 0..good.len() {
        let name = &good[at].0;
        let mut with = |what: &str, change: &dyn Fn(&mut Parts)| {
            let mut parts = good.clone();
            change(&mut parts);
            damages.push((format!("{what} {name}"), parts));
        };
        with("cut by one", &|parts| {
            parts[at].1.pop();
        });
        with("cut in half", &|parts| {
            let half = parts[at].1.len() / 2;
            parts[at].1.truncate(half);
        });
        with("emptied", &|parts| parts[at].1.clear());
        with("padded", &|parts| parts[at].1.push(b'x'));
        if at + 1 < good.len() {
            with("padded with a zero", &|parts| parts[at].1.push(0));
        }
        with("first byte cut off", &|parts| {
            parts[at].1.remove(0);
        });
        with("zeroed in the middle", &|parts| {
            let middle = parts[at].1.len() / 2;
            parts[at].1[middle..middle + 20].fill(0);
        });
        if at + 1 < good.len() {
            with("swapped", &|parts| {
                let (left, right) = parts.split_at_mut(at + 1);
                std::mem::swap(&mut left[at].1, &mut right[0].1);
            });
            with("replaced by another set's", &|parts| {
                let size = parts[at].1.len();
                parts[at].1 = other[at].1[..size].to_vec();
            });
        }
    }
    assert!(damages.len() >= 31, "{}", damages.len());
    for (what, parts) in damages {
        let error = refused(parts);
        assert!(
            matches!(error.category(), Category::Damaged | Category::Format),
            "{what}: {error}"
        );
        assert!(error.part().is_some() || error.entry().is_some(), "{what}: {error}");
    }
}

#[test]
fn s1_missing_extra_and_duplicate_parts_are_all_named() {
    let good = good_set();
    let last = good.len() - 1;
    for gone in 0..last {
        for second in gone..last {
            let parts: Parts = good
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != gone && *at != second)
                .map(|(_, part)| part.clone())
                .collect();
            let error = refused(parts);
            let ErrorKind::IncompleteSet { missing, extra, duplicates, .. } = error.kind() else {
                panic!("{error}")
            };
            let mut expected = vec![good[gone].0.as_str(), good[second].0.as_str()];
            expected.dedup();
            assert_eq!(*missing, expected);
            assert_eq!((extra.len(), duplicates.len()), (0, 0));
        }
    }
    let mut extra = good.clone();
    extra.insert(last, (format!("e.z{:02}", last + 1), vec![0; 10]));
    let error = refused(extra);
    assert!(error.to_string().contains(&format!("not part of this set: e.z{:02}", last + 1)));
}

#[test]
fn s1_an_end_record_with_too_many_parts_is_refused() {
    let mut archive = zips::archive(&small_tree(), |_| CompressionMethod::Stored);
    let end = archive.len() - 22;
    archive[end + 4..end + 6].copy_from_slice(&[0xfe, 0xff]);
    let error = refused(lone(archive.clone()));
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Parts, .. }), "{error}");
    archive[end + 4..end + 6].copy_from_slice(&[0xff, 0]);
    let error = refused(lone(archive));
    let ErrorKind::IncompleteSet { missing, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(missing.len(), 255);
    assert!(error.to_string().contains("and 205 more"), "{error}");
}

#[test]
fn z7_a_flipped_bit_in_any_byte_is_refused_or_harmless() {
    let expected = small_tree();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let archive = zips::archive(&expected, |_| method);
        for at in (0..archive.len()).step_by(thorough(1, 3)) {
            let mut damaged = archive.clone();
            damaged[at] ^= 1 << (at % 8);
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            match extract_to(lone(damaged), &out, &ExtractOptions::new().durable(false)) {
                Err(error) => {
                    assert_ne!(error.category(), Category::Io, "byte {at}: {error}");
                    assert!(read_tree(folder.path()).is_empty(), "byte {at}");
                }
                // Times, versions, attributes.
                Ok(_) => assert!(files(&read_tree(&out)) == files(&expected), "byte {at}"),
            }
        }
    }
}

fn files(tree: &Tree) -> Tree {
    tree.iter().filter(|(_, it)| it.is_some()).map(|(k, v)| (k.clone(), v.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(thorough(2000, 500)))]

    #[test]
    fn z5_mutated_records_are_refused_or_harmless(
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        in_headers in any::<bool>(),
    ) {
        let expected = small_tree();
        let mut archive = zips::archive(&expected, |_| CompressionMethod::Deflated);
        let directory = archive.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
        for (index, value) in mutations {
            let from = if in_headers { directory } else { 0 };
            let at = from + index.index(archive.len() - from);
            archive[at] = value;
        }
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        match extract_to(lone(archive), &out, &ExtractOptions::new().durable(false)) {
            Err(_) => prop_assert!(read_tree(folder.path()).is_empty()),
            Ok(report) => {
                let mut expected = files(&expected);
                // Nothing but its attributes says that it is a file.
                let kind = OddityKind::FolderWithoutSlash;
                if report.oddities.iter().any(|it| it.kind() == kind && it.count() == 1) {
                    expected.remove("empty");
                }
                prop_assert!(files(&read_tree(&out)) == expected);
            }
        }
    }
}

#[test]
fn z5_attributes_that_make_a_folder_of_a_file_with_data_are_refused() {
    let good = zips::archive(&small_tree(), |_| CompressionMethod::Deflated);
    let headers: Vec<_> =
        (0..good.len() - 4).filter(|at| good[*at..].starts_with(b"PK\x01\x02")).collect();
    let names: Vec<_> = small_tree().into_keys().collect();
    for (header, name) in headers.into_iter().zip(names) {
        // The type is in the topmost attribute byte.
        let mut changed = good.clone();
        changed[header + 41] = 0x40;
        if name != "empty" {
            let error = refused(lone(changed));
            assert_eq!(error.entry(), Some(name.as_str()));
            assert!(matches!(error.kind(), ErrorKind::Damaged(_)), "{error}");
            continue;
        }
        // What has no data is what its attributes say, as for 7-Zip and bsdtar; and that is
        // reported.
        let folder = tempfile::tempdir().unwrap();
        let report = extract_to(lone(changed), folder.path(), &ExtractOptions::default()).unwrap();
        assert_eq!((report.files, report.folders), (3, 1));
        assert_eq!(report.oddities[0].kind(), OddityKind::FolderWithoutSlash);
        assert_eq!(report.oddities[0].entry(), Some("empty"));
        assert_eq!(read_tree(folder.path())["empty"], None);
    }
}

#[test]
fn z1_unsafe_names_refuse_the_archive() {
    for name in ["../evil", "/etc/evil", "a/../../evil", "a\\..\\evil", "C:/evil", "nul", "a\u{1b}"]
    {
        let error = refused(lone(raw_names(&[name, "good.txt"])));
        assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)), "{name:?}: {error}");
        assert_eq!(error.entry(), Some(name));
    }
}

#[test]
fn z4_names_that_cannot_exist_together_refuse_the_archive() {
    for (one, other) in [
        ("a.txt", "a.txt"),
        ("a.txt", "A.TXT"),
        ("a", "a/b"),
        ("a/b", "a"),
        ("A/b", "a/c"),
        ("é", "e\u{301}"),
        ("straße", "STRASSE"),
    ] {
        let error = refused(lone(raw_names(&[one, other])));
        assert!(matches!(error.kind(), ErrorKind::NameConflict(_)), "{one} {other}: {error}");
    }
}

/// An archive with these names, whatever they are: written under others of the same length.
fn raw_names(names: &[&str]) -> Vec<u8> {
    let stand_ins: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{at}{}", "~".repeat(name.len() - 1)))
        .collect();
    let entries: Vec<_> = stand_ins.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let mut archive = zips::stored(&entries);
    for (stand_in, name) in stand_ins.iter().zip(names) {
        let places: Vec<_> = (0..archive.len() - stand_in.len())
            .filter(|at| archive[*at..].starts_with(stand_in.as_bytes()))
            .collect();
        for at in places {
            archive[at..at + name.len()].copy_from_slice(name.as_bytes());
        }
    }
    // The names are UTF-8: flag bit 11 in local and central headers.
    for at in 0..archive.len() - 4 {
        match &archive[at..at + 4] {
            b"PK\x03\x04" => archive[at + 7] |= 8,
            b"PK\x01\x02" => archive[at + 9] |= 8,
            _ => {}
        }
    }
    archive
}

#[test]
fn z2_links_are_refused_or_left_out() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.add_symlink("link", "/etc/passwd", options).unwrap();
    writer.start_file("file", options).unwrap();
    let archive = writer.finish().unwrap().into_inner();
    let error = refused(lone(archive.clone()));
    assert_eq!(error.entry(), Some("link"));
    let folder = tempfile::tempdir().unwrap();
    let options = ExtractOptions::new().links(Links::Skip);
    let report = extract_to(lone(archive), folder.path(), &options).unwrap();
    assert_eq!((report.files, report.skipped.len()), (1, 1));
    assert_eq!(report.skipped[0].name, "link");
    assert_eq!(read_tree(folder.path()).len(), 1);
}

#[test]
fn z6_overlapping_entries_are_refused_before_anything_is_written() {
    // Every directory entry points at the same data.
    let mut archive = zips::archive(
        &[("a".to_owned(), Some(vec![0; 100_000])), ("b".to_owned(), Some(vec![0; 100_000]))]
            .into(),
        |_| CompressionMethod::Deflated,
    );
    let headers: Vec<_> =
        (0..archive.len() - 4).filter(|at| archive[*at..].starts_with(b"PK\x01\x02")).collect();
    archive[headers[1] + 42..headers[1] + 46].fill(0);
    let error = refused(lone(archive));
    assert_eq!(error.category(), Category::Damaged);
}

#[test]
fn z6_a_bomb_stops_at_its_declared_size() {
    // 10 MB of zeros that the headers declare as 10 bytes.
    let mut archive = zips::archive(&[("a".to_owned(), Some(vec![0; 10_000_000]))].into(), |_| {
        CompressionMethod::Deflated
    });
    let central = archive.windows(4).rposition(|it| it == b"PK\x01\x02").unwrap();
    archive[22..26].copy_from_slice(&10_u32.to_le_bytes());
    archive[central + 24..central + 28].copy_from_slice(&10_u32.to_le_bytes());
    let error = refused(lone(archive.clone()));
    assert_eq!(error.entry(), Some("a"));
    let mut tight = limits();
    tight.total_size = 5;
    let archive = open_with(lone(archive), &tight).unwrap();
    let error = archive.verify().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::TotalSize, .. }));
}

#[test]
fn z6_a_ratio_beyond_all_reason_is_refused() {
    // More than a GiB of zeros in a MB: what deflate can do at most.
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("zeros", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..1100 {
        std::io::Write::write_all(&mut writer, &zeros).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let error = refused(lone(bytes.clone()));
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Ratio, .. }), "{error}");
    let mut trusting = limits();
    trusting.ratio = u64::MAX;
    let archive = open_with(lone(bytes), &trusting).unwrap();
    let report = archive.verify().unwrap();
    assert_eq!(report.bytes, 1100 << 20);
}

#[test]
fn keep_going_publishes_what_verifies() {
    let expected = small_tree();
    let mut archive = zips::archive(&expected, |_| CompressionMethod::Stored);
    let at = archive.windows(5).position(|it| it == b"first").unwrap();
    archive[at] ^= 1;
    let error = refused(lone(archive.clone()));
    assert_eq!(error.entry(), Some("one.txt"));
    assert!(matches!(error.kind(), ErrorKind::Damaged(_)));
    let folder = tempfile::tempdir().unwrap();
    let options = ExtractOptions::new().keep_going(true);
    let report = extract_to(lone(archive), folder.path(), &options).unwrap();
    assert_eq!((report.files, report.failed.len()), (3, 1));
    assert_eq!(report.failed[0].entry(), Some("one.txt"));
    let mut rest = expected;
    rest.remove("one.txt");
    assert!(files(&read_tree(folder.path())) == rest);
}

#[test]
fn what_is_no_archive_is_said() {
    for bytes in [Vec::new(), noise(1, 5000)] {
        let error = open_with(lone(bytes), &limits()).err().unwrap();
        assert_eq!(error.category(), Category::Format, "{error}");
    }
    // What begins as an archive was one.
    let error = open_with(lone(b"PK\x03\x04".to_vec()), &limits()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Truncated), "{error}");
}

#[test]
fn c6_hostile_structures_are_refused() {
    let shape = Shape::default();
    let open = |bytes: Vec<u8>| Envelope::open(bytes).err().map(|error| error.to_string());
    // 100,000 recipients, in as many bytes as the limit allows and more.
    let infos = recipient_info_with(1, &[0; 256], false).repeat(100_000);
    let text = open(enveloped_data(&infos, &shape, &[0; 16], &[0; 16])).unwrap();
    assert!(text.contains("limit reached"), "{text}");
    let many = recipient_info_with(1, &[0; 1], false).repeat(1001);
    let text = open(enveloped_data(&many, &shape, &[0; 16], &[0; 16])).unwrap();
    assert!(text.contains("limit reached: recipients"), "{text}");
    // A length of nearly 2^63.
    let mut huge = b"\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec();
    huge.extend_from_slice(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03");
    assert!(open(huge).is_some());
    // A million levels.
    let deep = [
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80".to_vec(),
        [0x30, 0x80].repeat(1_000_000),
    ]
    .concat();
    assert!(open(deep).is_some());
}

#[test]
fn c3_many_possible_recipients_are_a_bounded_amount_of_work() {
    let info = recipient_info_with(1, &[1; 256], false);
    let sealed = enveloped_data(&info.repeat(17), &Shape::default(), &[0; 16], &[0; 16]);
    let error = Envelope::open(sealed).unwrap().unlock(&sample_keys()).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::PrivateKeyOperations, .. }));
}

#[test]
fn c3_ten_thousand_recipients_are_refused_in_time() {
    let mut many = limits();
    many.structure = 16 * 1024 * 1024;
    let info = recipient_info_with(1, &[1; 256], false);
    let sealed = enveloped_data(&info.repeat(10_000), &Shape::default(), &[0; 16], &[0; 16]);
    let begin = std::time::Instant::now();
    let error =
        Envelope::open_with(sealed.clone(), &UnlockOptions::new().limits(&many)).err().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Recipients, .. }), "{error}");
    // Allowed by name they are read, and still no more than a bounded number is tried.
    many.recipients = 10_000;
    let error = Envelope::open_with(sealed, &UnlockOptions::new().limits(&many))
        .unwrap()
        .unlock(&sample_keys())
        .err()
        .unwrap();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::PrivateKeyOperations, .. }));
    // Not a measure of speed: trying all of them would take minutes here.
    assert!(begin.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn c1_all_that_depends_on_the_key_fails_alike() {
    let shape = Shape::default();
    let mut texts = std::collections::BTreeSet::new();
    // Not the right key block, right block with a short key, ciphertext with bad padding.
    let mut rng = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    let short = recipient().key.encrypt(&mut rng, rsa::Pkcs1v15Encrypt, &[7; 16]).unwrap();
    let right = recipient().key.encrypt(&mut rng, rsa::Pkcs1v15Encrypt, &[7; 32]).unwrap();
    for encrypted in [vec![3; 256], short, right, vec![0xff; 256], vec![0; 256]] {
        let info = recipient_info_with(1, &encrypted, false);
        let sealed = enveloped_data(&info, &shape, &[0; 16], &[9; 32]);
        for _ in 0..3 {
            let envelope = Envelope::open(sealed.clone()).unwrap();
            let error = envelope.unlock(&sample_keys()).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::Decrypt), "{error}");
            texts.insert(error.to_string());
        }
    }
    assert_eq!(texts.len(), 1);
}

#[test]
fn data_after_the_message_are_refused() {
    for indefinite in [false, true] {
        let shape = Shape { indefinite, chunks: vec![100], ..Shape::default() };
        let mut bytes = content_info(&noise(1, 1000), &shape, &[recipient()]);
        assert!(Envelope::open(bytes.clone()).is_ok());
        bytes.extend([0x05, 0x00]);
        assert!(Envelope::open(bytes).is_err());
    }
}

#[test]
fn the_originators_information_is_passed_over_within_limits() {
    let data = noise(1, 5000);
    let plain =
        content_info(&data, &Shape { indefinite: true, ..Shape::default() }, &[recipient()]);
    // Behind the version of EnvelopedData: [0] { certs [0] { … } } of some size.
    let at = plain.windows(3).position(|window| window == [2, 1, 0]).unwrap() + 3;
    for (size, fits) in [(0_usize, true), (10_000, true), (2_000_000, false)] {
        let certificates = element(0xa0, &tlv(0x04, &vec![5; size]), true);
        let information = element(0xa0, &certificates, true);
        let bytes = [&plain[..at], &information, &plain[at..]].concat();
        match Envelope::open(bytes) {
            Ok(envelope) => {
                assert!(fits);
                let content = envelope.unlock(&sample_keys()).unwrap();
                assert_eq!(content.size(), data.len() as u64);
            }
            Err(error) => {
                assert!(!fits, "{error}");
                assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Structure, .. }));
            }
        }
    }
}

#[test]
fn unprotected_attributes_are_passed_over() {
    // EnvelopedData with [1] unprotectedAttrs after the content, by hand.
    let data = noise(1, 5000);
    let shape = Shape { indefinite: true, chunks: vec![1000], ..Shape::default() };
    let plain = content_info(&data, &shape, &[recipient()]);
    let attributes = element(0xa1, b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01", false);
    // Behind EncryptedContentInfo, before the end of EnvelopedData.
    let at = plain.len() - 6;
    let bytes = [&plain[..at], &attributes, &plain[at..]].concat();
    let content = Envelope::open(bytes).unwrap().unlock(&sample_keys()).unwrap();
    assert_eq!(content.size(), data.len() as u64);
}

#[test]
fn c4_another_key_of_the_same_size_never_opens_anything() {
    // With the 500 runs of the program: 2,000.
    const SEALED: u64 = 1500;
    let next = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let file = common::data().join("keys/other.key.pem");
                let other = KeyRing::from_file(file).unwrap();
                loop {
                    let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if seed >= SEALED {
                        break;
                    }
                    let sealed = seal(&noise(seed, 40), &Shape::default());
                    let envelope = Envelope::open(sealed).unwrap();
                    let error = envelope.unlock(&other).err().unwrap();
                    assert!(matches!(error.kind(), ErrorKind::Decrypt), "{error}");
                }
            });
        }
    });
}
