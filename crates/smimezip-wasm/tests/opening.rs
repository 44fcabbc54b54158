//! The page without its browser: what is opened, shown and saved is what the core has, whatever
//! names and parts are given.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::io::Read as _;

use common::{archive, open, repository, sample};
use smimezip::zip::DosDateTime;
use smimezip::{Archive, Part};
use smimezip_wasm::answers;
use smimezip_wasm::session::Session;
use smimezip_wasm::tree::ROOT;
use smimezip_wasm::whole::Whole;

const ALL: [&str; 4] = ["z01", "z02", "z03", "zip"];
const KEY: &str = "examples/data/key.pem";
const ENCRYPTED: &str = "crates/smimezip/tests/data/keys/main.p12";

fn summary(session: &Session) -> String {
    answers::summary(session).to_string()
}

fn rows(session: &Session, folder: usize) -> String {
    let contents = session.contents(0).unwrap();
    contents.tree.rows(&contents.archive, folder, 0, 100).to_string()
}

/// All bytes that the session makes of all that is in it.
fn whole(session: &Session) -> Result<(Vec<u8>, Whole), smimezip::Error> {
    let archive = &session.contents(0).unwrap().archive;
    let (mut whole, mut made) = (Whole::new(DosDateTime::as_utc).unwrap(), Vec::new());
    let mut some = vec![0; 10_000];
    loop {
        let count = whole.next(archive, &mut some)?;
        if count == 0 {
            return Ok((made, whole));
        }
        made.extend(&some[..count]);
    }
}

#[test]
fn the_sample_is_opened_and_each_of_its_entries_read() {
    let session = open(sample(&ALL), &[KEY], "");
    let said = summary(&session);
    assert!(said.contains("\"parts\":4,\"notes\":[],\"missing\":[],\"files\":6,"), "{said}");
    let root = rows(&session, ROOT);
    assert!(root.contains("\"name\":\"attachments\",\"files\":"), "{root}");
    let contents = session.contents(0).unwrap();
    let mut files = 0;
    for (number, entry) in contents.archive.entries().iter().enumerate() {
        if entry.is_file() {
            let mut bytes = Vec::new();
            session.reader(0, number).unwrap().read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes.len() as u64, entry.size());
            files += 1;
        }
    }
    assert_eq!(files, 6);
}

#[test]
fn rows_are_given_so_many_at_a_time() {
    let names: Vec<String> = (0..25).map(|number| format!("f{number:02}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &b""[..])).collect();
    let session = open(vec![("e.zip", archive(&entries))], &[], "");
    let contents = session.contents(0).unwrap();
    let some = contents.tree.rows(&contents.archive, ROOT, 20, 10).to_string();
    assert_eq!(some.matches("\"entry\":").count(), 5);
    assert!(some.contains("\"name\":\"f24\"") && some.ends_with("\"total\":25}"), "{some}");
}

#[test]
fn s1_of_missing_parts_it_is_said_which_files_need_them() {
    let session = open(sample(&["z01", "z03", "zip"]), &[KEY], "");
    let said = summary(&session);
    assert!(said.contains("\"missing\":[\"export-2b710a2c"), "{said}");
    let contents = session.contents(0).unwrap();
    let list = answers::to_save(&contents.archive, 0, 100).to_string();
    assert!(list.contains("\"problem\":\"needs missing parts: export-2b710a2c"), "{list}");
    let (files, _, unreadable) = contents.tree.totals();
    assert!(files == 6 && (1..6).contains(&unreadable), "{unreadable}");
    let (made, whole) = whole(&session).unwrap();
    assert_eq!(whole.files() + unreadable, 6);
    assert_eq!(whole.left_out().len() as u64, unreadable);
    let readable = Archive::open([Part::new("e.zip", made)]).unwrap();
    let files = readable.entries().iter().filter(|entry| entry.is_file()).count();
    assert_eq!(files as u64, whole.files());
}

#[test]
fn c4_what_is_wrong_with_a_key_or_a_part_is_said_in_the_words_of_the_core() {
    let wrong = open(sample(&ALL), &["crates/smimezip/tests/data/keys/other.key.pem"], "");
    let said = summary(&wrong);
    assert!(
        said.contains("none of the given keys is for this message")
            || said.contains("decryption failed"),
        "{said}"
    );

    let none = open(sample(&ALL), &[], "");
    assert!(summary(&none).contains("\"code\":\"no_matching_key\""), "{}", summary(&none));

    let last = open(sample(&["z01"]), &[KEY], "");
    assert!(summary(&last).contains("the set of parts is not complete; missing: "));

    let mut cut = sample(&ALL);
    cut[3].1.truncate(5_000);
    let said = summary(&open(cut, &[KEY], ""));
    assert!(said.contains("zip.smime: cut off: the input ends before it is complete"), "{said}");
}

#[test]
fn a_passphrase_is_asked_for_before_anything_else_is_said() {
    let session = open(sample(&ALL), &[ENCRYPTED], "");
    let error = session.exports[0].outcome.as_ref().err().unwrap();
    assert_eq!(error.code(), "passphrase_required");
    let session = open(sample(&ALL), &[ENCRYPTED], "not this one");
    assert_eq!(session.key_errors[0].code(), "passphrase_wrong");
    let session = open(sample(&ALL), &[ENCRYPTED], "correct");
    assert!(session.key_errors.is_empty() && session.keys.len() == 1);
}

#[test]
fn what_needs_no_key_is_opened_whatever_is_wrong_with_the_keys() {
    let plain = vec![("e.zip", archive(&[("a", b"1")]))];
    let session = open(plain, &[ENCRYPTED], "");
    assert!(session.contents(0).is_ok() && session.key_errors.len() == 1);
}

#[test]
fn z1_names_are_shown_escaped_and_saved_safe() {
    let names = ["<img src=x>", "inv\u{202e}fdp.exe", "../up", "call 10:30.wav", "d/a\nb", "d/ok"];
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
    let session = open(vec![("e.zip", archive(&entries))], &[], "");
    let root = rows(&session, ROOT);
    for shown in [
        "\"name\":\"<img src=x>\"",
        "\"name\":\"inv\\\\u{202e}fdp.exe\"",
        "\"name\":\"../up\",\"size\":1,\"problem\":null,\"note\":\"unsafe name: ",
        "\"save_as\":\"call 10%3A30.wav\"",
        "\"name\":\"d/a\\\\nb\"",
    ] {
        assert!(root.contains(shown), "{shown} is not in {root}");
    }
    assert!(!root.contains('\u{202e}') || root.contains("\"save_as\":\"inv%E2%80%AEfdp.exe\""));
    let contents = session.contents(0).unwrap();
    let list = answers::to_save(&contents.archive, 0, 100).to_string();
    assert!(list.contains("\"problem\":\"unsafe name: "), "{list}");
    assert!(list.contains("\"path\":[\"d\",\"ok\"]"), "{list}");
    // One archive has what is safe, and says what else there is.
    let (made, whole) = whole(&session).unwrap();
    let archive = Archive::open([Part::new("e.zip", made)]).unwrap();
    assert!(archive.find("d/ok").is_some() && archive.find("../up").is_none());
    assert_eq!(whole.files() + whole.left_out().len() as u64, names.len() as u64);
}

#[test]
fn z7_one_archive_has_every_file_or_ends_with_what_is_damaged() {
    let session = open(sample(&ALL), &[KEY], "");
    let (made, whole) = whole(&session).unwrap();
    assert_eq!((whole.files(), whole.left_out()), (6, &[][..]));
    assert!(whole.read() > 0);
    let (again, source) =
        (Archive::open([Part::new("e.zip", made)]).unwrap(), &session.contents(0).unwrap().archive);
    for entry in source.entries().iter().filter(|entry| entry.is_file()) {
        let copied = again.find(entry.raw_name()).unwrap();
        assert_eq!((copied.size(), copied.crc32()), (entry.size(), entry.crc32()));
    }

    let mut bytes = archive(&[("a", b"right"), ("b", b"wrong")]);
    let at = bytes.windows(5).position(|it| it == b"wrong").unwrap();
    bytes[at] ^= 1;
    let damaged = open(vec![("e.zip", bytes)], &[], "");
    let error = self::whole(&damaged).err().unwrap();
    assert!(format!("{error:#}").contains("damaged"), "{error:#}");
}

#[test]
fn copies_are_told_from_parts() {
    let mut files = sample(&ALL);
    let again = files[0].1.clone();
    files.push(("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.z01 (1).smime", again));
    let session = open(files, &[KEY], "");
    assert!(session.contents(0).is_ok());
    assert!(session.exports[0].notes[0].contains("(1).smime is taken for a copy of export-"));

    let mut files = sample(&ALL);
    files.push(("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.z01 (1).smime", repository(KEY)));
    let said = summary(&open(files, &[KEY], ""));
    assert!(said.contains("there more than once: "), "{said}");
}

/// The two must agree, or nothing is made of the module.
#[test]
fn the_tool_is_of_the_version_of_the_crate() {
    let version = |manifest: &str, name: &str| {
        let text = String::from_utf8(repository(manifest)).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line.split('"').nth(1).unwrap().to_owned()
    };
    let tool = "crates/smimezip-wasm/bindgen/Cargo.toml";
    assert_eq!(
        version("crates/smimezip-wasm/Cargo.toml", "wasm-bindgen ="),
        version(tool, "wasm-bindgen-cli-support =")
    );
}
