//! What errors say, and that they come back whole.

use super::*;

#[test]
fn an_error_survives_the_way_through_io() {
    let ours = Error::from(ErrorKind::Decrypt).in_part("a.z01").at(7);
    let back = Error::from(io::Error::from(ours));
    assert!(matches!(back.kind(), ErrorKind::Decrypt));
    assert_eq!(back.part(), Some("a.z01"));
    assert_eq!(back.offset(), Some(7));
}

#[test]
fn the_innermost_place_wins() {
    let error = Error::record("x").in_part("inner").in_part("outer").at(1).at(2);
    assert_eq!(error.part(), Some("inner"));
    assert_eq!(error.offset(), Some(1));
}

#[test]
fn the_early_end_of_a_source_that_is_not_ours_is_its_failure() {
    let error = Error::from(io::Error::from(io::ErrorKind::UnexpectedEof));
    assert_eq!(error.category(), Category::Io);
    let ours = Error::from(io::Error::from(Error::from(ErrorKind::Truncated)));
    assert!(matches!(ours.kind(), ErrorKind::Truncated));
}

#[test]
fn names_in_messages_cannot_drive_a_terminal() {
    let evil = "a\u{1b}[2J\u{9b}\u{202e}\n".to_owned();
    for error in [
        Error::from(ErrorKind::NoSuchEntry).in_entry(&evil),
        Error::from(ErrorKind::Decrypt).in_part(&evil),
        ErrorKind::SeveralSets(vec![evil.clone()]).into(),
        ErrorKind::Exists(PathBuf::from(&evil)).into(),
        ErrorKind::NameConflict(evil.clone()).into(),
        ErrorKind::NoMatchingKey { recipients: vec![evil.clone()], given: Vec::new() }.into(),
    ] {
        let text = error.to_string();
        assert!(text.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{text:?}");
    }
}

#[test]
fn ordinary_names_are_shown_as_they_are() {
    for name in ["Größe, 大小.z01", "C:\\exports\\it's.zip", "e\u{301}.zip", "\u{1f4e6}.zip"] {
        let text = Error::from(ErrorKind::Decrypt).in_part(name).to_string();
        assert!(text.starts_with(&format!("{name}: ")), "{text}");
    }
}

#[test]
fn the_cause_of_a_failed_read_is_given_as_it_is_and_said_once() {
    use std::error::Error as _;

    let missing = std::fs::read("/nowhere at all").unwrap_err();
    let text = missing.to_string();
    let error = Error::from(missing).in_part("a.z01");
    let cause = error.source().unwrap();
    assert_eq!(cause.downcast_ref::<io::Error>().unwrap().kind(), io::ErrorKind::NotFound);
    assert!(!error.to_string().contains(&text), "{error}");
    assert_eq!(format!("{error:#}"), format!("a.z01: {text}"));
    assert!(Error::from(ErrorKind::Truncated).source().is_none());
}

#[test]
fn a_clone_that_gets_a_place_leaves_the_first_as_it_was() {
    let error = Error::from(ErrorKind::Truncated);
    let placed = error.clone().in_part("a").at(1);
    assert_eq!((error.part(), error.offset()), (None, None));
    assert_eq!((placed.part(), placed.offset()), (Some("a"), Some(1)));
}

#[test]
fn the_parts_of_an_error_are_data_and_one_text() {
    let names: Vec<_> = (1..=9).map(|number| format!("e.z0{number}")).collect();
    let error = Error::from(ErrorKind::Truncated).in_parts(&names[..2]).in_part("other");
    assert_eq!((error.part(), error.parts()), (Some("e.z01, e.z02"), &names[..2]));
    let error = Error::from(ErrorKind::Truncated).in_parts(&names);
    assert_eq!((error.part(), error.parts()), (Some("e.z01 … e.z09"), &names[..]));
    let error = Error::from(ErrorKind::Truncated).in_parts([] as [&str; 0]).in_part("e.zip");
    assert_eq!(error.part(), Some("e.zip"));
}

#[test]
fn each_kind_has_a_code_of_its_own_and_numbers_that_fit_its_category() {
    let codes: std::collections::HashSet<_> = ErrorKind::TABLE.iter().map(|row| row.0).collect();
    assert_eq!(codes.len(), ErrorKind::TABLE.len());
    for (code, category, status, exit) in ErrorKind::TABLE {
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
        assert!((-98..=-1).contains(status), "{code}");
        let expected = match category {
            Category::Io => 2,
            Category::Format => 3,
            Category::Key => 4,
            Category::Damaged => 5,
            // Several sets are a matter of what was asked for, not of what is there.
            Category::Set if *code == "several_sets" => 1,
            Category::Set => 6,
            Category::Argument => 1,
            Category::Refused => 7,
            Category::NotFound => 9,
            Category::Cancelled => 130,
        };
        assert_eq!(*exit, expected, "{code}");
    }
}
