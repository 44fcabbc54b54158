//! Names that are safe, and such as are not.

use super::*;

/// Whether a name is safe as it is.
fn judge(name: &str) -> Result<Meaning<'_>, Error> {
    let meaning = Meaning::of(name, name.ends_with('/'))?;
    if let Meaning::Path(path) = meaning {
        EntryPath::new(path.into()).map_err(ErrorKind::UnsafeName)?;
    }
    Ok(meaning)
}

#[test]
fn z1_names_that_are_safe() {
    let long = "x".repeat(255);
    let deep = vec!["d"; 64].join("/");
    for name in [
        "a",
        "a/",
        "a/b.json",
        "ä/ö",
        "日本/語.txt",
        ".hidden",
        "a..b",
        "...a",
        "com",
        "com10.txt",
        "console",
        "nul_.txt",
        "a b/c d",
        "-rf",
        "~",
        "LPT",
        "auxiliary/x",
        "$x",
        &long,
        &deep,
    ] {
        assert_eq!(judge(name).unwrap(), Meaning::Path(name.trim_end_matches('/')), "{name:?}");
    }
}

#[test]
fn names_that_are_safe_but_on_windows() {
    let on_windows = Err(NameProblem::Forbidden);
    for name in ["*", "?", "<", ">", "|", "\"", "a/b*.txt"] {
        let judged = judge(name).map_err(|error| match error.kind() {
            ErrorKind::UnsafeName(problem) => *problem,
            _ => panic!("{error}"),
        });
        let here = if cfg!(windows) { on_windows } else { Ok(Meaning::Path(name)) };
        assert_eq!(judged, here, "{name:?}");
    }
}

#[test]
fn a_path_has_the_folder_it_is_in() {
    for (name, parent) in [("a", None), ("a/b", Some("a")), ("a/b/c", Some("a/b"))] {
        assert_eq!(EntryPath::new(name.into()).unwrap().parent(), parent, "{name}");
    }
}

#[test]
fn z1_names_that_are_refused() {
    let long = "x".repeat(256);
    let deep = vec!["d"; 65].join("/");
    let path = vec!["d".repeat(200); 21].join("/");
    let mut bad: Vec<String> = [
        "",
        "//",
        ".//a",
        "./../a",
        "/a",
        "//a",
        "a//b",
        "a//",
        ".",
        "..",
        "../a",
        "a/..",
        "a/../b",
        "a/.",
        "a/./b",
        "\\a",
        "a\\b",
        "..\\a",
        "C:",
        "C:/a",
        "C:a",
        "a:b",
        "a\0",
        "\0",
        "a\nb",
        "a\rb",
        "a\tb",
        "a\u{1b}[2J",
        "a\u{7f}",
        "a\u{85}b",
        "a.",
        "a/b.",
        "a./b",
        "a ",
        "a /b",
        "...",
        "a/...",
        " ",
        "nul",
        "NUL",
        "NuL.txt",
        "con",
        "CON.a.b",
        "prn",
        "aux.h",
        "a/aux",
        "aux/a",
        "com1",
        "COM9.log",
        "com0",
        "lpt1",
        "LPT9",
        "com¹",
        "LPT².x",
        "conin$",
        "CONOUT$",
        "nul .txt",
        "a/nul/b",
    ]
    .map(str::to_owned)
    .to_vec();
    bad.extend([long, deep, path]);
    for number in 0..32_u8 {
        bad.push(format!("a{}b", char::from(number)));
        bad.push(format!("folder/{}", char::from(number)));
    }
    for device in ["con", "prn", "aux", "nul", "com1", "com2", "com3", "lpt1", "lpt2"] {
        for shape in ["{}", "{}.txt", "x/{}", "{}/x", "x/{}.a.b/y", "{}  .z"] {
            bad.push(shape.replace("{}", device));
            bad.push(shape.replace("{}", &device.to_uppercase()));
        }
    }
    assert!(bad.len() > 200);
    for name in &bad {
        let error = judge(name).expect_err(name);
        assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)));
    }
}

#[test]
fn z1_a_dot_in_front_and_the_root_itself_are_harmless() {
    for (name, path) in [("./a", "a"), ("./a/b/", "a/b"), ("././a", "a"), ("./.a", ".a")] {
        assert_eq!(judge(name).unwrap(), Meaning::Path(path), "{name}");
        assert!(has_leading_dot(name));
    }
    for name in ["/", "./", "././", ".//", "."] {
        assert_eq!(Meaning::of(name, true).unwrap(), Meaning::Root, "{name}");
        // The name of something that is no folder.
        let file = Meaning::of(name, false).and_then(|meaning| match meaning {
            Meaning::Root => Ok(()),
            Meaning::Path(path) => Ok(check(path).map_err(ErrorKind::UnsafeName)?),
        });
        assert!(file.is_err(), "{name}");
    }
    assert!(Meaning::of("", true).is_ok_and(|it| it == Meaning::Path("")));
}

#[test]
fn z1_absolute_names_and_such_that_climb_are_refused_whatever_was_chosen() {
    for name in [
        "/a",
        "//",
        "//server/a",
        "\\a",
        "\\\\server\\share",
        "C:\\a",
        "c:/a",
        "Z:\\",
        "..",
        "../a",
        "a/..",
        "a/../b",
        "..\\a",
        "a\\..\\b",
        "a/..\\b",
        "./../a",
        "./C:\\a",
    ] {
        for is_folder in [false, true] {
            let error = Meaning::of(name, is_folder).expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::UnsafeName(_)));
            assert_eq!(error.entry(), Some(name));
        }
    }
    for name in ["a:b", "C:", "C:a", "...", "a/..b", "ä:\\b"] {
        assert!(Meaning::of(name, false).is_ok(), "{name}");
    }
}

#[test]
fn z4_what_some_file_system_does_not_distinguish() {
    for (one, other) in [
        ("a/B", "A/b"),
        ("é", "e\u{301}"),
        ("É", "e\u{301}"),
        ("straße", "STRASSE"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ﬁle", "FILE"),
        ("Å", "\u{212b}"),
        ("ǆ", "ǅ"),
    ] {
        assert_eq!(folded(one), folded(other), "{one} {other}");
    }
    for (one, other) in [("a", "b"), ("a/b", "a-b"), ("ı", "j"), ("é", "e")] {
        assert_ne!(folded(one), folded(other), "{one} {other}");
    }
}
