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
