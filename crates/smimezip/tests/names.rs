//! Rows Z1 and Z4: names that are unsafe somewhere, and names that cannot exist together, refused,
//! left out or made safe; odd names that every reader understands alike. Archives come from a
//! generator here and from other programs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeMap;
#[cfg(target_os = "linux")]
use std::collections::BTreeSet;
#[cfg(target_os = "linux")]
use std::path::Path;
use std::time::{Duration, Instant};

use common::zips::{Exact, exact};
#[cfg(target_os = "linux")]
use common::{has, skipped};
use common::{read_tree, thorough};
use proptest::prelude::*;
use smimezip::extract::{Links, Names, SkipReason};
use smimezip::zip::OddityKind;
use smimezip::{Archive, Error, ErrorKind, ExtractOptions, Part, Report};

fn open(bytes: Vec<u8>) -> Archive {
    Archive::open([Part::new("e.zip", bytes)]).unwrap()
}

/// An archive of files, each with its number as contents, and folders.
fn archive(names: &[&str]) -> Archive {
    let contents: Vec<_> = (0..names.len()).map(|number| number.to_string()).collect();
    let entries: Vec<_> = names
        .iter()
        .zip(&contents)
        .map(|(name, contents)| {
            Exact::new(name, if name.ends_with('/') { b"" } else { contents.as_bytes() })
        })
        .collect();
    open(exact(&entries))
}

fn options(names: Names) -> ExtractOptions {
    ExtractOptions::new().names(names).durable(false)
}

/// Contents by path; folders have none.
type Found = Vec<(String, Option<String>)>;

/// What is extracted, and the report.
fn extract(archive: &Archive, names: Names) -> Result<(Found, Report), Error> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let planned = archive.dry_run(&out, &options(names));
    let verified = archive.verify_with(&options(names), &mut ());
    let result = archive.extract_with(&out, &options(names), &mut ());
    // All three say the same, but that planning reads nothing that could be damaged.
    let said = |report: &Result<Report, Error>| match report {
        Ok(it) => format!("{:?} {:?} {:?} {:?}", it.files, it.skipped, it.renamed, it.oddities),
        Err(error) => error.to_string(),
    };
    if planned.is_err() || result.is_ok() {
        assert_eq!(said(&planned), said(&result));
    }
    assert_eq!(said(&verified), said(&result));
    let text = |contents: Vec<u8>| String::from_utf8(contents).unwrap();
    let tree = read_tree(&out).into_iter().map(|(path, it)| (path, it.map(text))).collect();
    if result.is_err() {
        assert!(read_tree(folder.path()).is_empty());
    }
    result.map(|report| (tree, report))
}

/// The files of a tree, by number, as they are called after encoding.
fn encoded(names: &[&str]) -> Vec<String> {
    let (tree, report) = extract(&archive(names), Names::Encode).unwrap();
    let files: BTreeMap<usize, String> = tree
        .into_iter()
        .filter_map(|(path, contents)| Some((contents?.parse().unwrap(), path)))
        .collect();
    for renamed in &report.renamed {
        let number = names.iter().position(|name| *name == renamed.name).unwrap();
        // Of two entries of one name the first keeps it.
        let is_it =
            files.iter().any(|(at, path)| names[*at] == renamed.name && *path == renamed.path);
        assert!(is_it || names[number].ends_with('/'), "{renamed:?}");
    }
    let changed = names.iter().enumerate().filter(|(number, name)| {
        files.get(number).is_some_and(|path| *path != name.trim_start_matches("./"))
    });
    let folders = report.renamed.iter().filter(|it| it.name.ends_with('/')).count();
    assert_eq!(changed.count() + folders, report.renamed.len(), "{:?}", report.renamed);
    files.into_values().collect()
}

#[test]
fn z1_a_dot_in_front_the_root_and_repeated_folders_are_harmless_and_said() {
    use OddityKind::{LeadingDot, RepeatedFolder, RootFolder};
    type Case<'a> = (&'a [&'a str], &'a [&'a str], &'a [(OddityKind, u64)]);
    let cases: [Case<'_>; 9] = [
        (&["./a", "./d/", "./d/b"], &["a", "d", "d/b"], &[(LeadingDot, 3)]),
        (&["././a"], &["a"], &[(LeadingDot, 1)]),
        (&["./", "./a"], &["a"], &[(LeadingDot, 1), (RootFolder, 1)]),
        (&["/", "a"], &["a"], &[(RootFolder, 1)]),
        (&["a", "././", "/"], &["a"], &[(RootFolder, 2)]),
        (&["d/", "d/", "d/a"], &["d", "d/a"], &[(RepeatedFolder, 1)]),
        (&["d/a", "d/", "d/", "d/"], &["d", "d/a"], &[(RepeatedFolder, 2)]),
        (&["./d/", "d/"], &["d"], &[(LeadingDot, 1), (RepeatedFolder, 1)]),
        (&["a", "d/e/f", "d/", "d/e/"], &["a", "d", "d/e", "d/e/f"], &[]),
    ];
    for (names, paths, oddities) in cases {
        for policy in [Names::Refuse, Names::Skip, Names::Encode] {
            let (tree, report) = extract(&archive(names), policy).unwrap();
            let found: Vec<_> = tree.iter().map(|(path, _)| path.as_str()).collect();
            assert_eq!(found, paths, "{names:?}");
            let met: Vec<_> = report.oddities.iter().map(|it| (it.kind(), it.count())).collect();
            assert_eq!(met, oddities, "{names:?}");
            assert!(report.renamed.is_empty() && report.skipped.is_empty(), "{report:?}");
            let folders = tree.iter().filter(|(_, contents)| contents.is_none()).count();
            assert!(report.folders <= folders as u64, "{names:?}: {report:?}");
        }
    }
}

#[test]
fn z1_a_folder_of_whatever_name_has_no_contents() {
    for name in ["/", "./", "d/"] {
        let bytes = exact(&[Exact::new(name, b"data"), Exact::new("a", b"1")]);
        let error = extract(&open(bytes), Names::Encode).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Damaged(_)), "{name}: {error}");
    }
    // The second entry of a folder is verified like the first: here its local header lies.
    let mut bytes = exact(&[Exact::new("d/", b""), Exact::new("d/", b"")]);
    bytes[32 + 14] ^= 1;
    let error = extract(&open(bytes), Names::Refuse).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Damaged(_)), "{error}");
}

#[cfg(unix)]
#[test]
fn of_a_repeated_folder_the_first_entry_counts() {
    use std::os::unix::fs::PermissionsExt;
    let folder = |mode| Exact { mode, ..Exact::new("d/", b"") };
    let archive = open(exact(&[folder(0o040_700), Exact::new("d/a", b"1"), folder(0o040_755)]));
    let out = tempfile::tempdir().unwrap();
    let report = archive.extract_with(out.path(), &options(Names::Refuse), &mut ()).unwrap();
    assert_eq!((report.folders, report.files), (1, 1));
    let mode = std::fs::metadata(out.path().join("d")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// Unsafe names that can be encoded, and what becomes of them.
const ENCODED: [(&str, &str); 24] = [
    ("a:b", "a%3Ab"),
    ("2024-01-01T10:30:00.json", "2024-01-01T10%3A30%3A00.json"),
    ("C:", "C%3A"),
    ("C:a", "C%3Aa"),
    ("d\\a", "d%5Ca"),
    ("d\\e\\f.txt", "d%5Ce%5Cf.txt"),
    ("a.", "a%2E"),
    ("d./a", "d%2E/a"),
    ("d /a ", "d%20/a%20"),
    ("...", "..%2E"),
    ("a\nb", "a%0Ab"),
    ("a\u{1b}[2J", "a%1B[2J"),
    ("a\u{85}", "a%C2%85"),
    ("con", "%63on"),
    ("x/CON.txt", "x/%43ON.txt"),
    ("nul/a", "%6Eul/a"),
    ("Lpt1 .x", "%4Cpt1 .x"),
    ("COM\u{b9}", "%43OM\u{b9}"),
    ("conin$", "%63onin$"),
    ("a//b", "a/b"),
    ("a/./b", "a/b"),
    ("a%3Ab:", "a%253Ab%3A"),
    ("./a:b", "a%3Ab"),
    ("Gr\u{f6}\u{df}e: 3 \u{20ac}", "Gr\u{f6}\u{df}e%3A 3 \u{20ac}"),
];

#[test]
fn z1_unsafe_names_are_refused_left_out_or_encoded() {
    for (name, path) in ENCODED {
        let archive = archive(&["safe", name]);
        let error = extract(&archive, Names::Refuse).unwrap_err();
        let ErrorKind::UnsafeName(why) = *error.kind() else { panic!("{name:?}: {error}") };
        assert!(why.can_be_skipped() && why.can_be_encoded(), "{name:?}: {error}");
        assert_eq!(error.entry(), Some(name));
        let (tree, report) = extract(&archive, Names::Skip).unwrap();
        assert_eq!(tree, [("safe".to_owned(), Some("0".to_owned()))], "{name:?}");
        let skipped = &report.skipped[0];
        assert_eq!((skipped.name.as_str(), skipped.reason), (name, SkipReason::UnsafeName));
        assert_eq!(report.skipped.len(), 1);
        assert_eq!(encoded(&["safe", name]), ["safe", path], "{name:?}");
        let (_, report) = extract(&archive, Names::Encode).unwrap();
        assert_eq!((&*report.renamed[0].name, &*report.renamed[0].path), (name, path));
    }
}

#[test]
#[cfg_attr(windows, ignore = "Windows makes no file of a name with one of < > | ? *")]
fn z1_safe_names_stay_unless_they_could_be_taken_for_encoded_ones() {
    let names = ["a", "100%.txt", "%zz", "d/e", "*?<>|", "a%2", "\u{e9}", ".hidden", "a (2)"];
    assert_eq!(encoded(&names), names);
    assert_eq!(encoded(&["a%20b", "x%3Ay", "x:y"]), ["a%2520b", "x%253Ay", "x%3Ay"]);
}

#[test]
fn z1_what_is_too_long_is_shortened_or_refused() {
    let long = "x".repeat(300) + ".json";
    let other = "x".repeat(301) + ".json";
    let files = encoded(&[&long, &other, &format!("{long}/in"), &format!("{other}/in")]);
    assert_eq!(files[0], "x".repeat(250) + ".json");
    assert!(files[1].len() <= 255 && files[1].ends_with("x (2).json"), "{}", files[1]);
    assert!(files[2].ends_with("x (3).json/in"), "{}", files[2]);
    assert!(files[3].ends_with("x (4).json/in"), "{}", files[3]);
    let deep = "d/".repeat(64) + "a";
    let path = vec!["d".repeat(200); 21].join("/");
    // Three times as long when it is encoded.
    let grows = vec![":".repeat(60); 40].join("/");
    for name in [&deep, &path, &grows] {
        let archive = archive(&["a", name]);
        for policy in [Names::Refuse, Names::Encode] {
            let error = extract(&archive, policy).unwrap_err();
            let ErrorKind::UnsafeName(why) = *error.kind() else { panic!("{error}") };
            assert!(why.can_be_skipped());
            assert!(!why.can_be_encoded() || policy == Names::Refuse, "{error}");
        }
        assert_eq!(extract(&archive, Names::Skip).unwrap().0.len(), 1);
    }
    // Names with nothing in them that could be encoded.
    for name in ["", "d/."] {
        assert!(extract(&archive(&[name]), Names::Encode).is_err(), "{name:?}");
    }
}

#[test]
fn z1_absolute_names_links_and_such_that_climb_are_refused_whatever_was_chosen() {
    for name in [
        "/a",
        "//a",
        "\\a",
        "\\\\server\\share\\a",
        "C:\\a",
        "c:/a",
        "../a",
        "a/../../b",
        "..",
        "a/..",
        "..\\a",
        "a\\..\\..\\b",
        "./../a",
        ".//a",
        "./C:\\a",
        "d/../a",
    ] {
        for policy in [Names::Refuse, Names::Skip, Names::Encode] {
            let error = extract(&archive(&["safe", name]), policy).unwrap_err();
            let ErrorKind::UnsafeName(why) = *error.kind() else { panic!("{name}: {error}") };
            assert!(!why.can_be_skipped() && !why.can_be_encoded(), "{name}: {error}");
            assert_eq!(error.entry(), Some(name));
        }
    }
    for name in ["link", "a:link"] {
        let link = Exact { mode: 0o120_777, ..Exact::new(name, b"target") };
        let archive = open(exact(&[link, Exact::new("a", b"1")]));
        for policy in [Names::Skip, Names::Encode] {
            let error = extract(&archive, policy).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
            let options = options(policy).links(Links::Skip);
            let report = archive.verify_with(&options, &mut ()).unwrap();
            assert_eq!((report.files, report.skipped.len(), report.renamed.len()), (1, 1, 0));
            assert_eq!(report.skipped[0].reason, SkipReason::NotAFile);
        }
    }
}

#[test]
fn z4_what_collides_is_numbered_where_names_are_encoded() {
    for (names, paths) in [
        // Letter case, normalisation, the same twice.
        (vec!["a.txt", "A.txt"], vec!["a.txt", "A (2).txt"]),
        (vec!["\u{e9}", "e\u{301}"], vec!["\u{e9}", "e\u{301} (2)"]),
        (vec!["stra\u{df}e", "STRASSE"], vec!["stra\u{df}e", "STRASSE (2)"]),
        (vec!["a", "a", "a"], vec!["a", "a (2)", "a (3)"]),
        (vec!["./a", "a"], vec!["a", "a (2)"]),
        (vec!["a", "./A", "d//a", "d/a"], vec!["a", "A (2)", "d/a", "d/a (2)"]),
        // Numbers that are taken, before and afterwards, in other letters.
        (vec!["a", "A", "a (2)"], vec!["a", "A (3)", "a (2)"]),
        (vec!["a (2)", "a", "A", "A (3)"], vec!["a (2)", "a", "A (4)", "A (3)"]),
        (
            vec!["A.tar.gz", "a.tar.gz", "a.TAR (2).GZ"],
            vec!["A.tar.gz", "a.tar (3).gz", "a.TAR (2).GZ"],
        ),
        // Folders keep all that is in them together.
        (
            vec!["D/a", "d/a", "D/b", "d/b", "d/E/c"],
            vec!["D/a", "d (2)/a", "D/b", "d (2)/b", "d (2)/E/c"],
        ),
        (vec!["d/x", "D/y", "D/x"], vec!["d/x", "D (2)/y", "D (2)/x"]),
        (vec!["d/E/a", "d/e/a", "D/e/a"], vec!["d/E/a", "d/e (2)/a", "D (2)/e/a"]),
        // A file and a folder of one name, in either order.
        (vec!["a", "a/b", "a/c"], vec!["a", "a (2)/b", "a (2)/c"]),
        (vec!["a/b", "a", "A"], vec!["a/b", "a (2)", "A (3)"]),
        // Encoded names collide, too.
        (vec!["a:B", "A:b"], vec!["a%3AB", "A%3Ab (2)"]),
        (vec!["con", "CON", "con/a"], vec!["%63on", "%43ON", "%63on (2)/a"]),
    ] {
        let found = encoded(&names);
        assert_eq!(found, paths, "{names:?}");
    }
}

#[test]
fn z4_of_what_collides_the_first_stays_where_names_are_left_out() {
    for (names, left) in [
        (vec!["a", "A", "b"], vec![1]),
        (vec!["a", "a"], vec![1]),
        (vec!["d/a", "D/b", "d/c", "D/"], vec![1, 3]),
        (vec!["a", "a/b", "c"], vec![1]),
        (vec!["a/b", "a", "a/c"], vec![1]),
        // What was left out takes no name.
        (vec!["a:", "d./x", "d", "D"], vec![0, 1, 3]),
        (vec!["x/y:/z", "x"], vec![0]),
        (vec!["a", "A/b/c", "B", "b"], vec![1, 3]),
    ] {
        let (_, report) = extract(&archive(&names), Names::Skip).unwrap();
        let skipped: Vec<_> = report.skipped.iter().map(|it| it.name.as_str()).collect();
        let expected: Vec<_> = left.iter().map(|at| names[*at]).collect();
        assert_eq!(skipped, expected, "{names:?}");
        assert!(report.skipped.iter().all(|it| it.reason == SkipReason::UnsafeName));
        let refused = extract(&archive(&names), Names::Refuse).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::NameConflict(_) | ErrorKind::UnsafeName(_)));
    }
}

#[test]
fn a_path_does_not_depend_on_what_else_is_extracted() {
    let archive = archive(&["a", "A", "xx:/B", "xx:/b", "XX:"]);
    let mut only = options(Names::Encode);
    let whole = archive.verify_with(&only, &mut ()).unwrap().renamed;
    only = only.filter(|entry| entry.raw_name() == "xx:/b" || entry.raw_name() == "A");
    let part = archive.verify_with(&only, &mut ()).unwrap();
    assert_eq!(part.files, 2);
    let paths: Vec<_> = part.renamed.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["A (2)", "xx%3A/b (2)"]);
    assert!(part.renamed.iter().all(|it| whole.contains(it)));
    // Where names are left out, what nobody asks for is in nobody's way.
    only = only.names(Names::Skip);
    let part = archive.verify_with(&only, &mut ()).unwrap();
    assert_eq!((part.files, part.skipped.len()), (1, 1));
    assert_eq!(part.skipped[0].name, "xx:/b");
}

/// Paths of all entries under `Names::Encode`.
fn paths_of(archive: &Archive) -> Result<Vec<String>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    archive.extract_with(&out, &options(Names::Encode), &mut ())?;
    let mut files: Vec<(usize, String)> = read_tree(&out)
        .into_iter()
        .filter_map(|(path, contents)| {
            Some((String::from_utf8(contents?).unwrap().parse().unwrap(), path))
        })
        .collect();
    files.sort_unstable();
    Ok(files.into_iter().map(|(_, path)| path).collect())
}

/// Names of a few components from pieces that are unsafe, collide, or look encoded.
fn odd_name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "a", "A", "b", ".", " ", ":", "%", "%3A", "%41", "\\", "con", "NUL", "com1", "\u{e9}",
            "e\u{301}", "ß", "SS", "\n", "\u{85}", " (2)", " (3)", ".txt", "..", "ﬁ", "\u{7f}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => (1_usize..300).prop_map(|count| "x".repeat(count)),
    ];
    let component = prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat());
    prop::collection::vec(component, 1..4).prop_map(|components| components.join("/"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(thorough(128, 32)))]

    #[test]
    #[cfg_attr(windows, ignore = "wine cannot say where folders with such long paths are")]
    fn z1_encoded_paths_are_safe_unique_and_always_the_same(
        names in prop::collection::vec(odd_name(), 1..12)
    ) {
        let names: Vec<&str> = names
            .iter()
            .map(String::as_str)
            // What no policy accepts, and what stands for folders, is tested elsewhere.
            .filter(|name| {
                let path = name.trim_start_matches("./");
                let absolute = path.starts_with(['/', '\\'])
                    || matches!(path.as_bytes(), [_, b':', b'/' | b'\\', ..]);
                let climbs = path.split(['/', '\\']).any(|it| it == "..");
                let last = path.rsplit('/').next().unwrap();
                !absolute && !climbs && !matches!(last, "" | ".")
            })
            .collect();
        let archive = archive(&names);
        let paths = paths_of(&archive).unwrap();
        prop_assert_eq!(paths.len(), names.len());
        // The same judge that refuses what is unsafe or collides accepts all of them together.
        let again = self::archive(&paths.iter().map(String::as_str).collect::<Vec<_>>());
        let (tree, report) = extract(&again, Names::Refuse).unwrap();
        prop_assert!(report.oddities.is_empty());
        prop_assert_eq!(tree.iter().filter(|(_, contents)| contents.is_some()).count(), names.len());
        prop_assert_eq!(&paths_of(&archive).unwrap(), &paths);
        // Whatever is accepted as it is stays as it is, but for what looks encoded.
        if extract(&archive, Names::Refuse).is_ok() {
            for (name, path) in names.iter().zip(&paths) {
                prop_assert!(name.trim_start_matches("./") == path || name.contains('%'));
            }
        }
        // Each alone is encoded as among the others, but for its number.
        for (name, path) in names.iter().zip(&paths) {
            let alone = paths_of(&self::archive(&[name])).unwrap();
            prop_assert!(alone[0] == *path || path.contains(" ("), "{} {}", alone[0], path);
        }
    }
}

/// The time of planning, the archive opened.
fn planning(names: &[String], policy: Names) -> (Duration, Result<Report, Error>) {
    let entries: Vec<_> = names.iter().map(|name| Exact::new(name, b"")).collect();
    let archive = open(exact(&entries));
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let report = archive.dry_run(folder.path().join("out"), &options(policy));
    (start.elapsed(), report)
}

#[test]
fn z4_planning_takes_no_longer_where_all_names_collide() {
    const COUNT: usize = 100_000;
    let pairs: Vec<_> =
        (0..COUNT / 2).flat_map(|n| [format!("d/f{n}"), format!("d/F{n}")]).collect();
    // All of them one name, in other letters.
    let one: Vec<_> = (0..COUNT)
        .map(|n| (0..20).map(|bit| if n >> bit & 1 == 1 { 'A' } else { 'a' }).collect())
        .collect();
    // One name, and the numbers that it would get, which are taken.
    let taken: Vec<_> = (0..COUNT / 2)
        .map(|n| format!("a ({n}).txt"))
        .chain((0..COUNT / 2).map(|_| "a.txt".to_owned()))
        .collect();
    // Long ones, of which little is left in front of a number.
    let long: Vec<_> = (0..COUNT / 4)
        .flat_map(|n| {
            let name = "x".repeat(250) + &format!("{n:05}");
            [name.clone(), name]
        })
        .collect();
    let folders: Vec<_> =
        (0..COUNT / 2).flat_map(|n| [format!("{n}/d/x"), format!("{n}/D/x")]).collect();
    for names in [&pairs, &one, &taken, &long, &folders] {
        let (time, report) = planning(names, Names::Encode);
        assert_eq!(report.unwrap().files, names.len() as u64, "{}", names[0]);
        // Not a measure of speed: without optimisation, beside other tests. Quadratic, it would be
        // minutes.
        println!("{} entries like {:?}: {time:?}", names.len(), names[1]);
        assert!(time < Duration::from_secs(20), "{}: {time:?}", names[0]);
        let (time, report) = planning(names, Names::Skip);
        let report = report.unwrap();
        assert_eq!(report.files + report.skipped.len() as u64, names.len() as u64);
        assert!(time < Duration::from_secs(20), "{}: {time:?}", names[0]);
    }
}

/// A folder with names that are fine where they are made, by file contents.
#[cfg(target_os = "linux")]
const TREE: [(&str, &str); 12] = [
    ("10:30.json", "10%3A30.json"),
    ("end.", "end%2E"),
    ("end ", "end%20"),
    ("con", "%63on"),
    ("a", "a"),
    ("A", "A"),
    ("\u{e9}t\u{e9}", "\u{e9}t\u{e9}"),
    ("e\u{301}te\u{301}", "e\u{301}te\u{301}"),
    ("sub:dir/x.txt", "sub%3Adir/x.txt"),
    ("sub:dir/X.txt", "sub%3Adir/X.txt"),
    ("back\\slash", "back%5Cslash"),
    ("50%25", "50%2525"),
];

/// Writes [`TREE`] and has a program make an archive of it.
#[cfg(target_os = "linux")]
fn made_by(folder: &Path, program: &str) -> Option<Archive> {
    let tree = folder.join("tree");
    for (name, _) in TREE {
        std::fs::create_dir_all(tree.join(name).parent().unwrap()).unwrap();
        std::fs::write(tree.join(name), name).unwrap();
    }
    if !has(program) {
        skipped(&format!("{program} is not installed"));
        return None;
    }
    let python = "import os, zipfile\n\
        with zipfile.ZipFile('../e.zip', 'w') as z:\n    \
        for at, folders, files in os.walk('.'):\n        \
        for name in sorted(files): z.write(os.path.join(at, name))\n";
    let arguments: &[&str] = match program {
        "zip" => &["-q", "-r", "../e.zip", "."],
        "7z" => &["a", "-tzip", "-mcu=on", "../e.zip", "."],
        "bsdtar" => &["--format", "zip", "-cf", "../e.zip", "."],
        _ => &["-c", python],
    };
    common::run(&tree, program, arguments);
    Some(open(std::fs::read(folder.join("e.zip")).unwrap()))
}

#[cfg(target_os = "linux")]
#[test]
fn z1_names_that_other_programs_write_are_encoded() {
    for program in ["zip", "7z", "bsdtar", "python3"] {
        let folder = tempfile::tempdir().unwrap();
        let Some(archive) = made_by(folder.path(), program) else { continue };
        let refused = extract(&archive, Names::Refuse).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::UnsafeName(_) | ErrorKind::NameConflict(_)));
        let (tree, report) = extract(&archive, Names::Encode).unwrap();
        let files: BTreeMap<String, String> =
            tree.into_iter().filter_map(|(path, contents)| Some((contents?, path))).collect();
        assert_eq!(files.len(), TREE.len(), "{program}");
        for (name, encoded) in TREE {
            let (stem, extension) =
                encoded.rsplit_once(".txt").map_or((encoded, ""), |it| (it.0, ".txt"));
            let path = &files[name];
            assert!(
                *path == encoded || *path == format!("{stem} (2){extension}"),
                "{program}: {path}"
            );
        }
        // Of each of three pairs one has a number.
        let numbered = files.values().filter(|path| path.contains(" (2)")).count();
        assert_eq!(numbered, 3, "{program}: {files:?}");
        assert!(report.renamed.len() >= 10, "{program}: {:?}", report.renamed);
        let (tree, report) = extract(&archive, Names::Skip).unwrap();
        let left: BTreeSet<_> = tree.iter().map(|(path, _)| path.to_lowercase()).collect();
        // The last name is safe where nothing is encoded.
        assert_eq!(left.len(), 3, "{program}: {tree:?}");
        assert!(left.contains("a") && left.contains("50%25"));
        assert!(report.skipped.len() >= 9, "{program}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn z1_a_dot_in_front_as_bsdtar_writes_it_is_harmless() {
    if !has("bsdtar") {
        return skipped("bsdtar is not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    let files: common::Tree =
        [("a", "1"), ("d/b", "2")].map(|(name, it)| (name.to_owned(), Some(it.into()))).into();
    common::write_tree(&folder.path().join("tree"), &files);
    let arguments = ["--format", "zip", "-cf", "../e.zip", "./"];
    common::run(&folder.path().join("tree"), "bsdtar", &arguments);
    let archive = open(std::fs::read(folder.path().join("e.zip")).unwrap());
    let (tree, report) = extract(&archive, Names::Refuse).unwrap();
    let paths: Vec<_> = tree.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["a", "d", "d/b"]);
    let kinds: Vec<_> = report.oddities.iter().map(smimezip::zip::Oddity::kind).collect();
    assert!(kinds.contains(&OddityKind::LeadingDot), "{kinds:?}");
    assert!(kinds.contains(&OddityKind::RootFolder), "{kinds:?}");
}
