//! Names of files that are no parts and still say something of one: what a program is downloading,
//! and what a browser or mail program appended a suffix to. And the companions that systems put
//! into folders, which say nothing.

use crate::part_name::PartName;

/// What a system or file manager puts into a folder beside the files themselves.
const COMPANIONS: [&str; 4] = [".ds_store", "desktop.ini", "thumbs.db", ".localized"];

/// What programs append to a name as long as the file is not complete: Chrome and Edge, Firefox and
/// wget's kin, Safari, Opera, Internet Explorer, WinSCP, aria2, Free Download Manager, torrent
/// programs.
const UNFINISHED: [&str; 12] = [
    ".crdownload",
    ".part",
    ".download",
    ".opdownload",
    ".partial",
    ".filepart",
    ".aria2",
    ".fdmdownload",
    ".!ut",
    ".!qb",
    ".tmp",
    ".temp",
];

/// What is appended by guessing a type for a file that is complete.
const APPENDED: [&str; 13] = [
    ".txt", ".bin", ".dat", ".eml", ".html", ".htm", ".xml", ".json", ".mime", ".msg", ".p7s",
    ".doc", ".file",
];

/// Whether the file belongs to a system, or is the AppleDouble companion `._X` of another.
pub(crate) fn is_companion(file_name: &str) -> bool {
    file_name.starts_with("._") || COMPANIONS.contains(&file_name.to_ascii_lowercase().as_str())
}

/// The parts that the file may become when its download is finished, the likeliest first.
pub(super) fn unfinished(file_name: &str) -> Vec<PartName> {
    if is_companion(file_name) {
        return Vec::new();
    }
    let mut found: Vec<PartName> = Vec::new();
    if let Some(name) = without_any(file_name, &UNFINISHED) {
        found.extend(PartName::parse(name).or_else(|| PartName::parse_copy(name)));
        found.extend(without_random(name).and_then(|name| PartName::parse(&name)));
    }
    // `.NAME.icloud` was not fetched yet; `.NAME.Xy12zA` is what rsync is writing.
    if let Some((name, _)) = file_name.strip_prefix('.').and_then(|it| it.rsplit_once('.')) {
        found.extend(PartName::parse(name));
    }
    found
}

/// Whether a browser is downloading a file there whose name it does not show.
pub(super) fn is_anonymous_download(file_name: &str) -> bool {
    let lower = file_name.to_ascii_lowercase();
    lower.starts_with("unconfirmed ") && lower.ends_with(".crdownload")
}

/// The part that the file is under a wrong name: `X.zip.txt`, `X.z01.smime.bin`, `X.zipx`.
pub(super) fn misnamed(file_name: &str) -> Option<PartName> {
    if is_companion(file_name) {
        return None;
    }
    if let Some(name) = without_any(file_name, &APPENDED) {
        return PartName::parse(name);
    }
    let stem = without_any(file_name, &[".zipx"])?;
    PartName::parse(&format!("{stem}.zip"))
}

fn without_any<'a>(file_name: &'a str, suffixes: &[&str]) -> Option<&'a str> {
    let lower = file_name.to_ascii_lowercase();
    let suffix = suffixes.iter().find(|suffix| lower.ends_with(**suffix))?;
    file_name.get(..file_name.len() - suffix.len())
}

/// Firefox puts eight random characters before the last suffix: `X.z03.aB3dE-fG.smime.part`.
fn without_random(name: &str) -> Option<String> {
    let (rest, last) = name.rsplit_once('.')?;
    let (rest, random) = rest.rsplit_once('.')?;
    let is_random = random.len() == 8
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_random.then(|| format!("{rest}.{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downloads_that_are_not_finished() {
        for (name, part) in [
            ("e.z03.smime.crdownload", Some("e.z03.smime")),
            ("e.z03.smime.part", Some("e.z03.smime")),
            ("e.z03.aB3dE-fG.smime.part", Some("e.z03.smime")),
            ("e.z03.smime.download", Some("e.z03.smime")),
            ("e.z03 (1).smime.crdownload", Some("e.z03.smime")),
            ("E.ZIP.SMIME.PARTIAL", Some("E.zip.SMIME")),
            ("e.zip.002.tmp", Some("e.zip.002")),
            (".e.z03.smime.icloud", Some("e.z03.smime")),
            (".e.z03.smime.Xy12zA", Some("e.z03.smime")),
            ("e.z03.smime", None),
            ("notes.part", None),
            ("._e.z03.smime.part", None),
        ] {
            let found = unfinished(name).first().map(ToString::to_string);
            assert_eq!(found.as_deref(), part, "{name}");
        }
        assert!(is_anonymous_download("Unconfirmed 12345.crdownload"));
        assert!(!is_anonymous_download("e.z03.smime.crdownload"));
    }

    #[test]
    fn names_with_something_appended() {
        for (name, part) in [
            ("X.zip.txt", Some("X.zip")),
            ("X.z01.smime.TXT", Some("X.z01.smime")),
            ("X.zip.001.bin", Some("X.zip.001")),
            ("X.zipx", Some("X.zip")),
            ("X.zip.smime", None),
            ("notes.txt", None),
            (".zipx", None),
            ("._X.zip.txt", None),
        ] {
            let found = misnamed(name).map(|name| name.to_string());
            assert_eq!(found.as_deref(), part, "{name}");
        }
    }

    #[test]
    fn companions() {
        for name in ["._e.zip", ".DS_Store", "Desktop.ini", "Thumbs.db"] {
            assert!(is_companion(name), "{name}");
            assert!(PartName::parse(name).is_none(), "{name}");
        }
        assert!(!is_companion("e.zip"));
    }
}
