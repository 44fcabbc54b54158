//! Any bytes as an archive that is extracted to disk: into a folder that is not there, or, by the
//! parity of their number, into one where links to elsewhere were planted. Afterwards all is there,
//! or all is as it was.

use std::fs;
use std::io::Read;
use std::path::Path;

use smimezip::zip::EntryKind;
use smimezip::{Archive, ExtractOptions, Part};

use super::directory;

/// Extracts the archive in `bytes`.
pub fn run(bytes: &[u8]) {
    let Ok(archive) = directory::open([Part::new("e.zip", bytes.to_vec())]) else { return };
    if archive.entries().len() > 200 {
        return;
    }
    let home = tempfile::tempdir().expect("a temporary folder");
    let (out, outside) = (home.path().join("out"), home.path().join("outside"));
    fs::create_dir(&outside).expect("a folder");
    fs::write(outside.join("file"), "untouched").expect("a file");
    let planted = bytes.len() % 2 == 1;
    if planted {
        plant(&out, &archive);
    }
    let before = list(home.path());
    let options = ExtractOptions::new().threads(1).durable(false);
    let extracted = archive.extract_with(&out, &options, &mut ());
    if extracted.is_ok() {
        for entry in archive.entries() {
            let path = out.join(entry.raw_name());
            if entry.kind() == EntryKind::File {
                let mut contents = Vec::new();
                let mut reader = archive.open_entry(entry).expect("an entry that was extracted");
                reader.read_to_end(&mut contents).expect("an entry that was extracted");
                assert!(fs::read(&path).expect("a file that was extracted") == contents);
            }
        }
    } else {
        assert_eq!(list(home.path()), before, "something was left or is missing");
    }
    let outside = list(&outside);
    assert!(outside.len() == 1 && outside[0].1 == b"untouched", "something got out: {outside:?}");
}

/// A folder with links to `outside` by the names of the first entries.
#[cfg(unix)]
fn plant(out: &Path, archive: &Archive) {
    fs::create_dir(out).expect("a folder");
    for entry in archive.entries().iter().take(3) {
        if let Some(first) = entry.raw_name().split('/').next().filter(|it| !it.is_empty()) {
            // Names that no link can have are refused by the library anyway.
            let _ = std::os::unix::fs::symlink("../outside", out.join(first));
        }
    }
}

#[cfg(not(unix))]
fn plant(out: &Path, _: &Archive) {
    fs::create_dir(out).expect("a folder");
}

/// Every path below `folder`, links not followed, with the contents of files and targets of links.
fn list(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry of a folder").path();
            let kind = fs::symlink_metadata(&path).expect("what is there").file_type();
            let contents = if kind.is_symlink() {
                fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes()
            } else if kind.is_dir() {
                folders.push(path.clone());
                b"folder".to_vec()
            } else {
                fs::read(&path).expect("a file")
            };
            found.push((path.to_string_lossy().into_owned(), contents));
        }
    }
    found.sort();
    found
}
