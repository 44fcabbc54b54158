//! What else may lie in a folder with an export, and what is said of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::{case, noise, read_tree, sha256, zips};
use smimezip::{ErrorKind, Export, KeyRing};

fn set() -> Vec<(String, Vec<u8>)> {
    let archive = zips::stored(&[("file", &noise(1, 3000))]);
    zips::named(zips::split(&archive, &[900]), "")
}

fn write(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        let contents = set().into_iter().find(|(it, _)| it == name).map_or(vec![1], |it| it.1);
        std::fs::write(folder.path().join(name), contents).unwrap();
    }
    folder
}

#[test]
fn companions_of_macos_are_no_parts() {
    let folder = case("folder-with-apple-double-files");
    let keys = KeyRing::from_file(folder.join("key.pem")).unwrap();
    let downloads = folder.join("downloads");
    assert_eq!(Export::discover_all(&downloads).unwrap().len(), 1);
    for input in [downloads.clone(), downloads.join("export.zip.smime")] {
        let out = tempfile::tempdir().unwrap();
        let archive = Export::discover(input).unwrap().unlock(&keys).unwrap();
        archive.extract(out.path()).unwrap();
        let tree = read_tree(out.path());
        let contents = tree["a.txt"].as_ref().unwrap();
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert_eq!((tree.len(), contents.len()), (1, 900));
        assert!(readme.contains(&sha256(contents)));
    }
    // A companion alone is nothing.
    assert!(Export::discover(downloads.join("._export.zip.smime")).is_err());
}

#[test]
fn companions_of_any_system_do_not_disturb() {
    let names = ["e.z01", "e.z02", "e.z03", "e.zip"];
    let others =
        ["._e.z01", "._e.zip", "._other.zip", ".DS_Store", "desktop.ini", "Thumbs.db", "notes.txt"];
    let folder = write(&[&names[..], &others].concat());
    std::fs::create_dir(folder.path().join("__MACOSX")).unwrap();
    let exports = Export::discover_all(folder.path()).unwrap();
    assert_eq!(exports.len(), 1);
    assert_eq!(exports[0].parts().len(), 4);
    assert!(exports[0].unlock(&KeyRing::new()).is_ok());
}

#[test]
fn an_unfinished_download_is_said() {
    for (there, download) in [
        (["e.z01", "e.z03", "e.zip"], "e.z02.crdownload"),
        (["e.z01", "e.z03", "e.zip"], "e.z02.part"),
        (["e.z01", "e.z02", "e.zip"], "e.aB3dE-fG.z03.part"),
        (["e.z01", "e.z02", "e.z03"], "e.zip.opdownload"),
        (["e.z01", "e.z02", "e.zip"], "Unconfirmed 771.crdownload"),
    ] {
        let folder = write(&[&there[..], &[download]].concat());
        let export = Export::discover(folder.path()).unwrap();
        let error = export.unlock(&KeyRing::new()).err().unwrap();
        let ErrorKind::IncompleteSet { missing, unfinished, .. } = error.kind() else {
            panic!("{error}")
        };
        assert_eq!((missing.len(), unfinished.as_slice()), (1, &[download.to_owned()][..]));
        assert!(error.to_string().contains(&format!("still being downloaded: {download}")));
    }
}

#[test]
fn what_a_browser_puts_in_the_place_of_a_download_is_said_to_be_one() {
    // Firefox makes the file at once, empty; aria2 in its full size.
    for (part, contents) in [("e.z02", 0), ("e.z02", 900), ("e.zip", 0), ("e.zip", 400)] {
        for suffix in ["part", "aria2"] {
            let folder = write(&["e.z01", "e.z02", "e.z03", "e.zip"]);
            std::fs::write(folder.path().join(part), vec![0; contents]).unwrap();
            let download = format!("{part}.{suffix}");
            std::fs::write(folder.path().join(&download), b"x").unwrap();
            let export = Export::discover(folder.path()).unwrap();
            let opened = export.unlock(&KeyRing::new()).and_then(|archive| archive.verify());
            let error = opened.unwrap_err();
            if contents == 900 {
                // Its size is right; what is wrong is found in the entry.
                assert!(error.entry().is_some(), "{error}");
                continue;
            }
            let ErrorKind::IncompleteSet { missing, unfinished, .. } = error.kind() else {
                panic!("{part} {contents}: {error}")
            };
            assert_eq!(
                (missing[0].to_string().as_str(), unfinished[0].as_str()),
                (part, download.as_str())
            );
        }
    }
}

#[test]
fn a_part_under_a_wrong_name_is_named_and_taken_if_it_is_asked_for() {
    let contents = |name: &str| set().into_iter().find(|(it, _)| it == name).unwrap().1;
    for (part, wrong) in [
        ("e.zip", "e.zip.txt"),
        ("e.zip", "e.zipx"),
        ("e.z02", "e.z02.bin"),
        ("e.z03", "e.z03.html"),
        ("e.z01", "e.z01.dat"),
    ] {
        let folder = write(&["e.z01", "e.z02", "e.z03", "e.zip"]);
        std::fs::remove_file(folder.path().join(part)).unwrap();
        std::fs::write(folder.path().join(wrong), contents(part)).unwrap();
        let export = Export::discover(folder.path()).unwrap();
        assert_eq!(export.misnamed(), [wrong]);
        let error = export.unlock(&KeyRing::new()).err().unwrap();
        let ErrorKind::IncompleteSet { missing, misnamed, .. } = error.kind() else {
            panic!("{error}")
        };
        assert_eq!((missing[0].to_string().as_str(), misnamed[0].as_str()), (part, wrong));
        let asked = Export::discover(folder.path().join(wrong)).unwrap();
        assert!(asked.unlock(&KeyRing::new()).is_ok(), "{wrong}");
    }
    // Missing ones have their full names, whatever the last part is called.
    for (last, first) in [("X.zip.txt", "X.z01"), ("X.zipx", "X.z01"), ("setup.exe", "setup.z01")] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(last), contents("e.zip")).unwrap();
        let export = Export::discover(folder.path().join(last)).unwrap();
        let error = export.unlock(&KeyRing::new()).err().unwrap();
        let ErrorKind::IncompleteSet { missing, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(missing[0], first);
    }
}

#[test]
fn sets_that_are_counted_from_0_are_read() {
    let archive = zips::stored(&[("file", &noise(1, 3000))]);
    for size in [700, 5000] {
        let folder = tempfile::tempdir().unwrap();
        for (number, piece) in archive.chunks(size).enumerate() {
            std::fs::write(folder.path().join(format!("e.zip.{number:03}")), piece).unwrap();
        }
        let export = Export::discover(folder.path().join("e.zip.000")).unwrap();
        let archive = export.unlock(&KeyRing::new()).unwrap();
        assert_eq!(archive.verify().unwrap().files, 1);
    }
}
