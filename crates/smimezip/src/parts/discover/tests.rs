//! Which files of a folder make which sets.

use super::*;

fn folder(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        std::fs::write(folder.path().join(name), b"x").unwrap();
    }
    folder
}

fn found(names: &[&str], any: &str) -> FoundSet {
    let folder = folder(names);
    let mut sets = find(&folder.path().join(any)).unwrap();
    assert_eq!(sets.len(), 1, "{sets:?}");
    sets.remove(0)
}

const SET: [&str; 4] = ["e.z01.smime", "e.z02.smime", "e.z03.smime", "e.zip.smime"];

#[test]
fn s1_any_part_finds_the_set() {
    for any in SET {
        let found = found(&SET, any);
        assert_eq!(found.parts.len(), 4);
        assert!(found.absent(None).missing.is_empty());
        assert!(found.absent(Some(4)).missing.is_empty());
        assert_eq!(found.extra(4), Vec::<String>::new());
        assert!(found.duplicates.is_empty());
    }
}

#[test]
fn s1_each_missing_part_is_named() {
    for gone in SET {
        let rest: Vec<_> = SET.iter().filter(|name| **name != gone).copied().collect();
        let found = found(&rest, rest[0]);
        assert_eq!(found.absent(Some(4)).missing, [gone]);
    }
    let found = found(&["e.z02.smime"], "e.z02.smime");
    assert_eq!(
        found.absent(Some(5)).missing,
        ["e.z01.smime", "e.z03.smime", "e.z04.smime", "e.zip.smime"]
    );
}

#[test]
#[cfg_attr(windows, ignore = "two names that differ in letter case only are one file")]
fn s1_extra_and_duplicate_parts_are_named() {
    let mut names = SET.to_vec();
    names.extend(["E.Z02.SMIME", "e.z03 (1).smime", "e.z04.smime", "other.z01.smime"]);
    let found = found(&names, "e.z01.smime");
    assert_eq!(found.extra(4), ["e.z04.smime"]);
    let duplicates = found.duplicate_names();
    assert_eq!(duplicates.len(), 2, "{duplicates:?}");
    assert!(duplicates.contains(&"e.z03 (1).smime".to_owned()));
    assert!(duplicates.iter().any(|name| name.eq_ignore_ascii_case("e.z02.smime")));
}

#[test]
fn decrypted_twins_do_not_disturb() {
    let mut names = SET.to_vec();
    names.extend(["e.z01", "e.zip"]);
    let sealed = found(&names, "e.z02.smime");
    assert!(sealed.duplicates.is_empty());
    assert!(sealed.parts.values().all(|path| path.extension().unwrap() == "smime"));
    // Named by a decrypted part, the decrypted ones go first and sealed ones fill the gaps.
    let plain = found(&names, "e.z01");
    assert_eq!(found_set::file_name(&plain.parts[&Position::Split(1)]), "e.z01");
    assert_eq!(found_set::file_name(&plain.parts[&Position::Split(2)]), "e.z02.smime");
}

#[test]
fn pieces_and_lone_files() {
    let pieces = found(&["e.zip.001", "e.zip.003", "e.zip"], "e.zip.003");
    assert_eq!(pieces.absent(None).missing, ["e.zip.002"]);
    assert_eq!(pieces.parts.len(), 2);
    assert_eq!(found(&["what ever"], "what ever").parts.len(), 1);
    assert_eq!(found(&["a (1).zip"], "a (1).zip").parts.len(), 1);
}

#[test]
fn pieces_may_be_counted_from_0() {
    let pieces = found(&["e.zip.000", "e.zip.001", "e.zip.003"], "e.zip.001");
    assert_eq!(pieces.absent(None).missing, ["e.zip.002"]);
    assert_eq!(pieces.parts.len(), 3);
    assert_eq!(pieces.parts.keys().next(), Some(&Position::Piece(0)));
}

#[test]
fn a_copy_takes_the_place_of_an_original_that_is_not_there() {
    for copy in ["e.z02.smime (1)", "e (1).z02.smime", "e.z02 - Kopie.smime", "e.z02-1.smime"] {
        let names = ["e.z01.smime", copy, "e.zip.smime"];
        for any in names.iter().filter(|name| !name.starts_with("e (1)")) {
            let found = found(&names, any);
            assert!(found.absent(Some(3)).missing.is_empty(), "{copy}");
            assert_eq!(file_names(found.copies()), [copy], "{any}");
            assert!(found.duplicates.is_empty(), "{copy}");
        }
        // In a folder's list it is no set of its own.
        let folder = folder(&names);
        assert_eq!(find(folder.path()).unwrap().len(), 1, "{copy}");
    }
    // Also where there are only copies; of several, the others are duplicates.
    let only = folder(&["e.z01 (1).smime", "e.z01 (2).smime", "e.zip - Copy.smime"]);
    let sets = find(only.path()).unwrap();
    assert_eq!((sets.len(), sets[0].parts.len(), sets[0].stand_ins.len()), (1, 2, 2));
    assert_eq!(sets[0].duplicate_names(), ["e.z01 (2).smime"]);
    // What is a part as it stands makes no set of another name.
    let own = folder(&["e (1).z01.smime", "e (1).zip.smime"]);
    let sets = find(own.path()).unwrap();
    assert_eq!((sets.len(), sets[0].name.stem()), (1, "e (1)"));
    assert!(sets[0].stand_ins.is_empty());
}

fn file_names<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Vec<String> {
    paths.map(|path| found_set::file_name(path)).collect()
}

#[test]
fn companions_are_no_parts() {
    let mut names = SET.to_vec();
    names.extend(["._e.z01.smime", "._e.zip.smime", ".DS_Store", "desktop.ini", "Thumbs.db"]);
    let folder = folder(&names);
    let sets = find(folder.path()).unwrap();
    assert_eq!(sets.len(), 1, "{sets:?}");
    assert_eq!(sets[0].parts.len(), 4);
    assert!(find(&folder.path().join("._e.zip.smime")).unwrap().is_empty());
}

#[test]
fn unfinished_downloads_are_said_where_a_part_is_missing() {
    for download in [
        "e.z03.smime.crdownload",
        "e.z03.smime.part",
        "e.z03.aB3dE-fG.smime.part",
        "e.z03.smime.opdownload",
        "e.z03 (1).smime.crdownload",
        ".e.z03.smime.icloud",
        "Unconfirmed 12345.crdownload",
    ] {
        let names = ["e.z01.smime", "e.z02.smime", "e.zip.smime", download];
        let absent = found(&names, "e.z01.smime").absent(Some(4));
        assert_eq!(absent.missing, ["e.z03.smime"]);
        assert_eq!(absent.unfinished, [download]);
    }
    // Beside a part that is there it is somebody's second try.
    let names = [&SET[..], &["e.z03.smime.part", "Unconfirmed 1.crdownload"]].concat();
    assert!(found(&names, "e.z01.smime").absent(Some(4)).unfinished.is_empty());
    // Named itself, or as the folder that Safari makes, it stands for its set.
    let folder = folder(&["e.z01.smime", "e.zip.smime.part"]);
    std::fs::create_dir(folder.path().join("e.z02.smime.download")).unwrap();
    for any in ["e.z01.smime", "e.zip.smime.part", "e.z02.smime.download"] {
        let sets = find(&folder.path().join(any)).unwrap();
        let absent = sets[0].absent(None);
        assert_eq!(absent.missing, ["e.z02.smime", "e.zip.smime"], "{any}");
        assert_eq!(absent.unfinished, ["e.z02.smime.download", "e.zip.smime.part"]);
    }
}

#[test]
fn parts_under_a_wrong_name_are_named_or_taken() {
    for (wrong, right) in [
        ("e.zip.smime.txt", "e.zip.smime"),
        ("e.z02.smime.bin", "e.z02.smime"),
        ("e.zip.smime.HTML", "e.zip.smime"),
        ("e.zip.smime.eml", "e.zip.smime"),
        ("e.zipx", "e.zip"),
    ] {
        let others: Vec<_> = ["e.z01.smime", "e.z02.smime", "e.zip.smime"].into_iter().collect();
        let kept = others.iter().filter(|name| !right.starts_with(&name[..5]));
        let names: Vec<_> = kept.copied().chain([wrong]).collect();
        let absent = found(&names, "e.z01.smime").absent(Some(3));
        assert_eq!(absent.misnamed, [wrong]);
        assert_eq!(absent.missing.len(), 1, "{wrong}");
        let taken = found(&names, wrong);
        assert!(taken.absent(Some(3)).missing.is_empty(), "{wrong}");
    }
    // Those that are missing have their full names, also beside a lone file of any name.
    assert_eq!(found(&["X.zip.txt"], "X.zip.txt").absent(Some(2)).missing, ["X.z01"]);
    assert_eq!(found(&["X.zipx"], "X.zipx").absent(Some(2)).missing, ["X.z01"]);
    assert_eq!(found(&["setup.exe"], "setup.exe").absent(Some(2)).missing, ["setup.z01"]);
}

#[test]
#[cfg_attr(windows, ignore = "two names that differ in letter case only are one file")]
fn sets_that_differ_in_letter_case() {
    // Two that are complete are two.
    let two = folder(&["A.zip", "a.zip", "a.z01"]);
    assert_eq!(find(two.path()).unwrap().len(), 2);
    for (any, count) in [("A.zip", 1), ("a.zip", 2), ("a.z01", 2)] {
        let sets = find(&two.path().join(any)).unwrap();
        assert_eq!((sets.len(), sets[0].parts.len()), (1, count), "{any}");
        assert!(sets[0].duplicates.is_empty());
    }
    let by_suffix = folder(&["a.zip", "a.ZIP"]);
    for any in ["a.zip", "a.ZIP"] {
        let sets = find(&by_suffix.path().join(any)).unwrap();
        assert_eq!(sets[0].parts.values().next(), Some(&by_suffix.path().join(any)));
        assert!(sets[0].duplicates.is_empty());
    }
    // What is not complete in itself was renamed by a system.
    for names in
        [["e.z01", "E.Z02", "e.zip"], ["E.Z01", "E.Z02", "e.zip"], ["e.z01", "e.z02", "e.ZIP"]]
    {
        for any in names {
            let found = found(&names, any);
            assert_eq!(found.parts.len(), 3, "{any}");
            assert!(found.duplicates.is_empty());
        }
    }
}

#[test]
fn a_folder_of_thousands_of_sets_is_listed_in_one_go() {
    let time = |count: usize| {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..count {
            for kind in ["z01", "zip"] {
                std::fs::write(folder.path().join(format!("e{number}.{kind}")), b"").unwrap();
            }
        }
        let once = |_| {
            let begin = std::time::Instant::now();
            assert_eq!(find(folder.path()).unwrap().len(), count);
            begin.elapsed()
        };
        (0..3).map(once).min().unwrap()
    };
    // Eight times as many take eight times as long, or with what is quadratic 64 times.
    let (some, many) = (time(375), time(3000));
    assert!(many < some * 32, "{some:?}, {many:?}");
}

#[test]
fn a_folder_lists_its_sets() {
    let mut names = SET.to_vec();
    names.extend(["other.zip", "e (1).zip", "notes.txt"]);
    let folder = folder(&names);
    let stems: Vec<_> =
        find(folder.path()).unwrap().iter().map(|found| found.name.stem().to_owned()).collect();
    assert_eq!(stems, ["e", "other"]);
}
