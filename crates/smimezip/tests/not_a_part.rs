//! What a server answers instead of a part is reported with its first line, and a damaged zip as a
//! zip: from a set, from a file and from a stream alike.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;
use std::sync::Arc;

use common::seal::{Shape, seal};
use common::{case, noise, sample_keys, zips};
use smimezip::error::Category;
use smimezip::message::{Decryptor, Envelope};
use smimezip::{Archive, Error, ErrorKind, Export, KeyRing, Part};

/// Answers and the line that is shown of each.
const ANSWERS: [(&str, &str); 11] = [
    ("<!DOCTYPE html>\n<html><title>Sign in</title></html>\n", "<!DOCTYPE html>"),
    (
        "\u{feff}<html><body>Session expired</body></html>",
        "<html><body>Session expired</body></html>",
    ),
    (
        "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>",
        "<?xml version=\"1.0\"?>",
    ),
    ("{\"error\":\"AccessDenied\"}", "{\"error\":\"AccessDenied\"}"),
    ("{\n  \"message\": \"Not Found\"\n}\n", "{ \"message\": \"Not Found\""),
    ("Error: session expired", "Error: session expired"),
    ("Error: session expired\nSign in again.\n", "Error: session expired"),
    ("AccessDenied", "AccessDenied"),
    ("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\nno", "HTTP/1.1 403 Forbidden"),
    ("status: 403\nmessage: link expired\n\n", "status: 403"),
    ("404 page not found\n", "404 page not found"),
];

fn unlock(parts: &[(&str, Vec<u8>)], keys: &KeyRing) -> Result<Archive, Error> {
    let parts = parts.iter().map(|(name, bytes)| Part::new(*name, bytes.clone()));
    Export::from_parts(parts)?.unlock(keys)
}

fn of_message(bytes: &[u8]) -> [Error; 2] {
    let keys = Arc::new(sample_keys());
    let file = Envelope::open(bytes.to_vec()).err().unwrap();
    let stream = Decryptor::new(bytes, keys).read_to_end(&mut Vec::new()).unwrap_err();
    [file, Error::from(stream)]
}

#[track_caller]
fn check(error: &Error, line: &str) {
    let ErrorKind::NotAPart { line: found } = error.kind() else { panic!("{error}") };
    assert_eq!(found, line);
    assert_eq!(error.category(), Category::Format);
}

#[test]
fn an_answer_is_shown_wherever_it_stands() {
    let archive = zips::stored(&[("file", &noise(1, 3000))]);
    let split = zips::split(&archive, &[1500]);
    for (answer, line) in ANSWERS {
        let bytes = answer.as_bytes().to_vec();
        for error in of_message(&bytes) {
            check(&error, line);
        }
        let sealed = |at: usize| seal(&split[at], &Shape::default());
        // As any part of a sealed set, and as the last part or the only one of a plain one.
        for (parts, at) in [
            (
                vec![
                    ("e.z01.smime", bytes.clone()),
                    ("e.z02.smime", sealed(1)),
                    ("e.zip.smime", sealed(2)),
                ],
                0,
            ),
            (
                vec![
                    ("e.z01.smime", sealed(0)),
                    ("e.z02.smime", bytes.clone()),
                    ("e.zip.smime", sealed(2)),
                ],
                1,
            ),
            (
                vec![
                    ("e.z01.smime", sealed(0)),
                    ("e.z02.smime", sealed(1)),
                    ("e.zip.smime", bytes.clone()),
                ],
                2,
            ),
            (
                vec![
                    ("e.z01", split[0].clone()),
                    ("e.z02", split[1].clone()),
                    ("e.zip", bytes.clone()),
                ],
                2,
            ),
            (
                vec![
                    ("e.z01", bytes.clone()),
                    ("e.z02", split[1].clone()),
                    ("e.zip", split[2].clone()),
                ],
                0,
            ),
            (
                vec![
                    ("e.z01", split[0].clone()),
                    ("e.z02", bytes.clone()),
                    ("e.zip", split[2].clone()),
                ],
                1,
            ),
            (vec![("e.zip", bytes.clone())], 0),
            (vec![("whatever", bytes.clone())], 0),
        ] {
            let error = unlock(&parts, &sample_keys()).err().unwrap();
            check(&error, line);
            assert_eq!(error.part(), Some(parts[at].0));
        }
    }
}

#[test]
fn the_cases_name_the_part_and_show_its_line() {
    let folder = case("part-is-an-error-text");
    let keys = KeyRing::from_file(folder.join("key.pem")).unwrap();
    let json =
        "{\"error\":{\"code\":\"AccessDenied\",\"message\":\"The download link has expired\"}}";
    for (name, line) in
        [("json", json), ("text", "Error: session expired"), ("lines", "Error: session expired")]
    {
        let export = Export::discover(folder.join(name)).unwrap();
        let error = export.unlock(&keys).err().unwrap();
        check(&error, line);
        assert_eq!(error.part(), Some("export.z01.smime"));
        for error in of_message(&std::fs::read(folder.join(name).join("export.z01.smime")).unwrap())
        {
            check(&error, line);
        }
    }
}

#[test]
fn what_a_line_holds_is_cut_and_cannot_drive_a_terminal() {
    let long = format!("Error: {}", "x".repeat(10_000));
    for error in of_message(long.as_bytes()) {
        check(&error, &long[..80]);
    }
    for error in of_message("Error: \u{202e}evil".as_bytes()) {
        check(&error, "Error: \\u{202e}evil");
    }
    // With other control characters it is no text.
    for error in of_message(b"Error: \x1b[2J") {
        assert!(matches!(error.kind(), ErrorKind::NotAMessage(_)), "{error}");
    }
}

#[test]
fn a_mail_that_is_cut_off_in_its_header_is_cut_off() {
    for text in [
        "Content-Type: application/pkcs7-mime;\r\n smime-type=enveloped-data\r\n",
        "MIME-Version: 1.0\n",
    ] {
        for error in of_message(text.as_bytes()) {
            assert!(matches!(error.kind(), ErrorKind::Truncated), "{error}");
        }
    }
}

#[test]
fn a_damaged_zip_is_reported_as_a_zip() {
    let folder = case("plain-zip-told-as-a-message");
    for (name, keys) in
        [("cut", sample_keys()), ("line-end", KeyRing::new()), ("zeros", KeyRing::new())]
    {
        let export = Export::discover(folder.join(name).join("export.zip")).unwrap();
        let Err(error) = export.unlock(&keys) else { continue };
        assert!(!matches!(error.kind(), ErrorKind::NotAMessage(_)), "{error}");
        assert!(name != "cut" || matches!(error.kind(), ErrorKind::Truncated), "{error}");
        assert_eq!(error.part(), Some("export.zip"));
    }
    let archive = zips::stored(&[("file", &noise(1, 3000))]);
    for left in [10, 30, 1000, archive.len() - 22, archive.len() - 1] {
        for name in ["e.zip", "whatever"] {
            let error = unlock(&[(name, archive[..left].to_vec())], &KeyRing::new()).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::Truncated), "{left}: {error}");
        }
    }
    // To decrypt it is no use.
    for error in of_message(&archive) {
        assert!(matches!(error.kind(), ErrorKind::NotAMessage(_)), "{error}");
        assert!(error.to_string().contains("zip archive"), "{error}");
    }
}
