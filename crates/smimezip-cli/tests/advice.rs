//! What a person reads after an error: nobody is sent to download again what was written so, and
//! every option that is named exists and helps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;
use std::process::Command;

use common::{archive_of, copy_of_sample, expect, files, key, path, run, sample, text};

const SAME: &str = "another download gives the same";

/// Where an archive of one empty file `a` has its records: the local header at 0, and then the
/// directory.
const CENTRAL: usize = 31;

/// An archive of the empty file `a`, changed in both of its headers: bytes at these offsets, which
/// are those of the local header; in the directory they lie two further.
fn changed(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut archive = archive_of(&["a"]);
    for start in [at, CENTRAL + 2 + at] {
        archive[start..start + bytes.len()].copy_from_slice(bytes);
    }
    archive
}

/// An archive of a file with one byte whose CRC-32 is wrong.
fn wrong_checksum() -> Vec<u8> {
    let mut archive = archive_of(&["a"]);
    for at in [18, 22, CENTRAL + 20, CENTRAL + 24] {
        archive[at] = 1;
    }
    archive.insert(CENTRAL, b'x');
    let end = archive.len() - 22;
    archive[end + 16] += 1;
    archive
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    path(&file).to_owned()
}

/// Seals `archive` for the sample's certificate by OpenSSL; `None` if that is not installed.
fn sealed(folder: &Path, archive: &str, cipher: &str) -> Option<String> {
    let out = folder.join(format!("sealed{cipher}.zip.smime"));
    let certificate = sample().join("certificate.pem");
    let output = Command::new("openssl")
        .args(["cms", "-encrypt", "-binary", cipher, "-outform", "DER"])
        .args(["-in", archive, "-out", path(&out), path(&certificate)])
        .output();
    let Ok(output) = output else {
        println!("SKIPPED: openssl is not installed");
        return None;
    };
    assert!(output.status.success(), "{}", text(&output.stderr));
    Some(path(&out).to_owned())
}

#[test]
fn what_was_written_so_is_not_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut lie = archive_of(&["a", "b"]);
    lie[30] = b'x';
    for (name, archive, code, help) in [
        ("bzip2.zip", changed(8, &[12]), 3, "--exclude leaves entries out"),
        ("password.zip", changed(6, &[1]), 3, "`7z x` asks for its password"),
        ("lie.zip", lie, 5, "`7z x` may read it"),
        ("pair.zip", archive_of(&["a", "A"]), 7, "--names encode"),
    ] {
        let archive = write(folder.path(), name, &archive);
        let out = folder.path().join("out");
        let output = run(&["extract", &archive, "-C", path(&out)]);
        expect(&output, code, help);
        let message = text(&output.stderr);
        assert!(!message.contains("fetch"), "{name}: {message}");
        assert!(message.contains(SAME), "{name}: {message}");
        assert!(!out.exists());
    }
    let bzip2 = write(folder.path(), "bzip2.zip", &changed(8, &[12]));
    expect(&run(&["extract", &bzip2, "--exclude", "a"]), 9, "no entry matches");
}

#[test]
fn a_wrong_checksum_is_either_and_how_to_know_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let plain = write(folder.path(), "e.zip", &wrong_checksum());
    let compare = "fetch the named part again and compare";
    expect(&run(&["verify", &plain]), 5, compare);
    expect(&run(&["verify", &plain]), 5, "e.zip: entry \"a\": damaged: CRC-32 is");
    expect(&run(&["verify", &plain]), 5, "--keep-going looks at the other entries, too");
    expect(&run(&["extract", &plain]), 5, "--keep-going extracts the other entries");
    let cat = run(&["cat", &plain, "a"]);
    expect(&cat, 5, compare);
    assert!(!text(&cat.stderr).contains("--keep-going"), "cat has no such flag");
    expect(&run(&["verify", &plain, "--keep-going"]), 8, compare);
    let Some(unauthenticated) = sealed(folder.path(), &plain, "-aes-256-cbc") else { return };
    expect(&run(&["verify", &unauthenticated, "-k", &key()]), 5, compare);
    let authenticated = sealed(folder.path(), &plain, "-aes-256-gcm").unwrap();
    for more in [&[][..], &["--keep-going"]] {
        let output = run(&[&["verify", &authenticated, "-k", &key()], more].concat());
        let message = text(&output.stderr);
        assert!(message.contains("the message is authenticated"), "{message}");
        assert!(message.contains(SAME) && !message.contains("fetch"), "{message}");
    }
}

#[test]
fn what_was_cut_or_changed_on_its_way_is_fetched_again() {
    let folder = copy_of_sample();
    let name = format!("{}.z02.smime", common::NAME);
    let file = folder.path().join(&name);
    let whole = std::fs::read(&file).unwrap();
    let out = folder.path().join("out");
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(&out)];
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    expect(&run(&extract), 5, &format!("{name}: cut off"));
    expect(&run(&extract), 5, "fetch this part again");
    let mut outside = whole.clone();
    outside[whole.len() / 2] = b'*';
    std::fs::write(&file, &outside).unwrap();
    expect(&run(&extract), 5, &name);
    expect(&run(&extract), 5, "fetch it again");
    std::fs::write(&file, &whole).unwrap();
    expect(&run(&extract), 0, "extracted 6 files");
}

#[test]
fn what_can_be_accepted_names_the_flag_and_it_helps() {
    let folder = tempfile::tempdir().unwrap();
    let mut trailing = archive_of(&["a"]);
    trailing.extend(b"a footer");
    let mut unused = archive_of(&["a"]);
    unused.splice(CENTRAL..CENTRAL, *b"dead");
    let end = unused.len() - 22;
    unused[end + 16] += 4;
    for (name, archive, flag) in
        [("trailing.zip", trailing, "trailing-data"), ("unused.zip", unused, "unused-bytes")]
    {
        let archive = write(folder.path(), name, &archive);
        let refused = run(&["verify", &archive]);
        expect(&refused, 5, &format!("--accept {flag}"));
        assert!(!text(&refused.stderr).contains("fetch"), "{}", text(&refused.stderr));
        let accepted = run(&["verify", &archive, "--accept", flag, "-v"]);
        expect(&accepted, 0, "verified 1 file");
        expect(&accepted, 0, "accepted: ");
        let output = run(&["verify", &archive, "--accept", flag, "--json"]);
        let oddities = &common::json_lines(&output)[0]["oddities"];
        assert_eq!(oddities[0]["kind"], flag, "{oddities}");
        // Between entries it is met when these are read, so not by `list`; what that knows it says,
        // and not among the names.
        if flag == "unused-bytes" {
            continue;
        }
        let output = run(&["list", &archive, "--accept", flag, "-v"]);
        expect(&output, 0, "accepted: ");
        assert_eq!(text(&output.stdout).lines().count(), 1);
        let lines = common::json_lines(&run(&["list", &archive, "--accept", flag, "--json"]));
        assert_eq!((&lines[1]["type"], &lines[1]["kind"]), (&"oddity".into(), &flag.into()));
    }
}

#[test]
fn links_are_left_out_by_the_flag_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut link = archive_of(&["a", "b"]);
    let central = 62;
    // Made on Unix, with the mode of a symbolic link.
    link[central + 5] = 3;
    link[central + 40..central + 42].copy_from_slice(&0o120_777_u16.to_le_bytes());
    let archive = write(folder.path(), "link.zip", &link);
    let out = folder.path().join("out");
    let extract = ["extract", &archive, "-C", path(&out)];
    expect(&run(&extract), 3, "--skip-links leaves it out");
    let output = run(&[&extract[..], &["--skip-links"]].concat());
    expect(&output, 0, "left out: a (it is a link, device, pipe or socket)");
    assert_eq!(files(&out).into_keys().collect::<Vec<_>>(), ["b"]);
}

#[test]
fn an_answer_of_a_server_is_named_as_such() {
    for (answer, line) in [
        ("<!DOCTYPE html>\n<title>Sign in</title>\n", "<!DOCTYPE html>"),
        ("{\"error\": \"forbidden\"}\n", "{\\\"error\\\": \\\"forbidden\\\"}"),
        ("Error: the link has expired\n", "Error: the link has expired"),
    ] {
        let folder = copy_of_sample();
        let name = format!("{}.z02.smime", common::NAME);
        std::fs::write(folder.path().join(&name), answer).unwrap();
        let output = run(&["list", path(folder.path()), "-k", &key()]);
        expect(&output, 3, &name);
        expect(&output, 3, "sign in and fetch the part again");
        let message = text(&output.stderr);
        assert!(message.contains(line) || message.contains(&line.replace('\\', "")), "{message}");
    }
}

#[test]
fn what_is_no_message_has_its_own_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let zip = write(folder.path(), "e.zip.smime", &archive_of(&["a"]));
    let empty = write(folder.path(), "f.zip.smime", b"");
    let noise = write(folder.path(), "g.zip.smime", &[0xf5; 500]);
    let (key, certificate) = (key(), path(&sample().join("certificate.pem")).to_owned());
    for (input, help) in [
        (&*zip, "`smimezip extract` opens it as it is"),
        (&empty, "nothing was downloaded; fetch it again"),
        (&noise, "see what this file is, or fetch the part again"),
        (&key, "a key goes to --key, a certificate to --cert"),
        (&certificate, "a key goes to --key, a certificate to --cert"),
    ] {
        for command in [&["list", input][..], &["decrypt", input, "-o", "-"]] {
            let output = run(&[command, &["-k", &key]].concat());
            expect(&output, 3, help);
            expect(&output, 3, "not an S/MIME or CMS message: ");
        }
    }
    let message = path(&common::test_keys().join("../vectors/openssl-smime-aes256")).to_owned();
    let right = path(&common::test_keys().join("main.key.pem")).to_owned();
    expect(&run(&["list", &message, "-k", &right]), 3, "`smimezip decrypt` writes what a message");
}
