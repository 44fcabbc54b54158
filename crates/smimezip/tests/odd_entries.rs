//! Names and kinds of entries as real writers make them: Unicode path fields, folders without a
//! slash, pipes. Accepted where no two readers could see two trees.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::odd::{Odd, case, contents, open, read, record, sums, unicode_path};
use common::{has, json_lines, limits, run_with, sha256, skipped};
use smimezip::ErrorKind;
use smimezip::zip::OddityKind;

#[test]
fn a_unicode_path_holds_for_names_in_ascii() {
    let folder = "zip-ascii-name-unicode-path";
    let (found, _) = case(folder, "commons-compress.zip").unwrap();
    let expected = [
        ("日本.txt", "0e5c84645287a99ee74d28eab8a433a64fe19d3ac57ef95c233e5bc7dbeddb26"),
        ("中国.txt", "aa5f10e1f1850cb18d32c849dc198bad4203e1d1f624d4253396f1f4c2900e1b"),
        ("Grüße.txt", "b691122e88533b0724a57172fcaf6acf928a1a3990b2922fb2a26e68563a13cc"),
    ];
    assert_eq!(found, sums(&expected));
    let (found, _) = case(folder, "underscores.zip").unwrap();
    let expected = [
        ("日本.txt", "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"),
        ("中国.txt", "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"),
    ];
    assert_eq!(found, sums(&expected));
    let error = case(folder, "evil.zip").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)), "{error}");
}

#[test]
fn z5_both_headers_have_one_unicode_path() {
    let raw = "__.txt";
    let path = unicode_path(1, raw.as_bytes(), "日本.txt".as_bytes());
    let same = unicode_path(1, raw.as_bytes(), raw.as_bytes());
    let stale = unicode_path(1, b"before.txt", "日本.txt".as_bytes());
    let other = unicode_path(1, raw.as_bytes(), b"other.txt");
    let with = |local: &[u8], central: &[u8], flags: u16| {
        let (local_extra, extra) = (local.to_vec(), central.to_vec());
        let entry = Odd { local_extra, extra, local_flags: flags, flags, ..Odd::new(raw, b"x") };
        read(&[entry]).map(|(sums, _)| sums.into_keys().next().unwrap())
    };
    assert_eq!(with(&path, &path, 0).unwrap(), "日本.txt");
    // What repeats the name may be left out, what is out of date counts for nothing.
    for (local, central) in [(&same, &same), (&stale, &stale), (&same, &stale), (&stale, &same)] {
        assert_eq!(with(local, central, 0).unwrap(), raw);
        assert_eq!(with(b"", central, 0).unwrap(), raw);
        assert_eq!(with(local, b"", 0).unwrap(), raw);
    }
    assert_eq!(with(&same, &same, 0x800).unwrap(), raw);
    // 7-Zip and unzip read the directory's, bsdtar the local one.
    for (local, central) in
        [(&path[..], &b""[..]), (b"", &path), (&path, &other), (&stale, &path), (&path, &same)]
    {
        let error = with(local, central, 0).unwrap_err();
        assert!(record(&error).contains("Unicode path"), "{error}");
    }
    // bsdtar prefers the field to the flag, 7-Zip and unzip the flag to the field.
    assert!(record(&with(&path, &path, 0x800).unwrap_err()).contains("UTF-8"));
}

#[test]
fn a_folder_without_a_slash_is_a_folder_if_it_has_no_data() {
    use OddityKind::FolderWithoutSlash;
    let (bit, mode) = (0x10, 0o040_755 << 16);
    let of = |host: u8, attributes: u32, contents: &[u8]| {
        read(&[Odd { host, attributes, ..Odd::new("d", contents) }, Odd::new("d2", b"x")])
    };
    // MS-DOS, OS/2, NTFS and VFAT writers set the bit, Unix ones a mode.
    for (host, attributes) in [
        (0, bit),
        (0, bit | mode),
        (6, bit),
        (10, bit),
        (14, bit),
        (3, mode),
        (3, mode | bit),
        (19, mode),
    ] {
        let (found, met) = of(host, attributes, b"").unwrap();
        assert_eq!((&found["d"], met), (&None, vec![(FolderWithoutSlash, 1)]), "{host}");
        let error = of(host, attributes, b"x").unwrap_err();
        assert!(record(&error).contains("it has data"), "{error}");
        assert_eq!(error.entry(), Some("d"));
    }
    // As all readers take it: what the other kind of system would set means nothing.
    for (host, attributes) in
        [(0, mode), (3, bit), (3, bit | 0o644 << 16), (3, 0o100_644 << 16 | bit)]
    {
        let (found, met) = of(host, attributes, b"").unwrap();
        assert_eq!((&found["d"], met), (&Some(sha256(b"")), vec![]), "{host}");
        assert!(of(host, attributes, b"x").is_ok());
    }
    // Files may lie in it; another file may not have its name.
    let folder = Odd { attributes: mode, ..Odd::new("d", b"") };
    let (found, _) = read(&[folder.clone(), Odd::new("d/f", b"x")]).unwrap();
    assert_eq!(found["d"], None);
    let error = read(&[folder, Odd::new("d", b"x")]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NameConflict(_)), "{error}");
}

#[test]
fn what_was_read_from_a_pipe_is_a_file() {
    let of = |mode: u32, contents: &[u8]| {
        read(&[Odd { attributes: mode << 16, ..Odd::new("-", contents) }])
    };
    let (found, met) = of(0o010_600, b"piped").unwrap();
    assert_eq!((&found["-"], met), (&Some(sha256(b"piped")), vec![(OddityKind::PipeWithData, 1)]));
    // A pipe itself has no data; what else is special is so with data as well.
    for (mode, contents) in [
        (0o010_600, &b""[..]),
        (0o140_600, b"x"),
        (0o020_600, b"x"),
        (0o060_600, b"x"),
        (0o140_600, b""),
    ] {
        let error = of(mode, contents).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{mode:o}: {error}");
    }
}

#[test]
fn what_zip_and_7_zip_read_from_a_pipe() {
    let made: [(&str, &[&str]); 2] =
        [("zip", &["-q", "e.zip", "-"]), ("7z", &["a", "-sia.json", "e.zip"])];
    for (program, arguments) in made {
        if !has(program) {
            return skipped(&format!("{program} is not installed"));
        }
        let folder = tempfile::tempdir().unwrap();
        run_with(folder.path(), program, arguments, &json_lines(1, 50));
        let bytes = std::fs::read(folder.path().join("e.zip")).unwrap();
        let (found, met) = contents(&open(&bytes, &limits()).unwrap()).unwrap();
        let found: Vec<_> = found.into_values().collect();
        assert_eq!(found, [Some(sha256(&json_lines(1, 50)))], "{program}");
        assert_eq!(met, [(OddityKind::PipeWithData, 1)], "{program}");
    }
}
