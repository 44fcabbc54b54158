//! Names that programs give to the copy of a file: one grammar for all of them. A copy has a mark
//! more than its original, before a dot of the name or at its end, or a few words at its beginning.

use super::PartName;

/// "Copy" as file managers write it: English; German; French; Spanish, Italian and Portuguese.
const WORDS: [&str; 4] = ["copy", "kopie", "copie", "copia"];
/// The same with the name of the original after it.
const PREFIXES: [&str; 6] =
    ["copy of ", "kopie von ", "copie de ", "copia de ", "copia di ", "cópia de "];
/// The most digits that the number of a copy has.
const MAX_DIGITS: usize = 4;

/// The part of which the file named `file_name` is a copy.
pub(super) fn original(file_name: &str) -> Option<PartName> {
    let is_part = PartName::parse(file_name).is_some();
    let lower = file_name.to_ascii_lowercase();
    if let Some(prefix) = PREFIXES.iter().find(|prefix| lower.starts_with(**prefix)) {
        return PartName::parse(&file_name[prefix.len()..]);
    }
    let dots = file_name.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| at);
    dots.chain([file_name.len()]).find_map(|at| {
        let (before, after) = file_name.split_at(at);
        // `X-1.zip` is a name that people choose; `X.zip-1.smime` is one that Safari does.
        let mut rest = without_mark(before)
            .or_else(|| without_digits(before)?.strip_suffix('-').filter(|_| !is_part))?;
        while let Some(again) = without_mark(rest) {
            rest = again;
        }
        PartName::parse(&format!("{rest}{after}"))
    })
}

/// Takes away a mark: `(1)`, ` (1)`, ` copy`, ` copy 2`, ` - Kopie`, ` - Kopie (2)`.
fn without_mark(name: &str) -> Option<&str> {
    if let Some(rest) = without_word(name) {
        return Some(rest);
    }
    if let Some(rest) = without_digits(name).and_then(|rest| rest.strip_suffix(' '))
        && let Some(rest) = without_word(rest)
    {
        return Some(rest);
    }
    let rest = without_digits(name.strip_suffix(')')?)?.strip_suffix('(')?;
    let rest = rest.strip_suffix(' ').unwrap_or(rest);
    Some(without_word(rest).unwrap_or(rest))
}

fn without_word(name: &str) -> Option<&str> {
    let (rest, last) = name.rsplit_once(' ')?;
    let is_word = WORDS.iter().any(|word| last.eq_ignore_ascii_case(word));
    is_word.then(|| rest.strip_suffix(" -").unwrap_or(rest))
}

fn without_digits(name: &str) -> Option<&str> {
    let rest = name.trim_end_matches(|c: char| c.is_ascii_digit());
    (1..=MAX_DIGITS).contains(&(name.len() - rest.len())).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_as_systems_and_browsers_name_them() {
        for (name, part) in [
            // Firefox, Chrome, Edge.
            ("e.z12 (1).smime", Some("e.z12.smime")),
            ("e.z12(23).smime", Some("e.z12.smime")),
            ("e (2).zip", Some("e.zip")),
            ("e (1).z01.smime", Some("e.z01.smime")),
            ("e.z01.smime (1)", Some("e.z01.smime")),
            ("e.zip (1).001", Some("e.zip.001")),
            ("e.z01 (1) (1).smime", Some("e.z01.smime")),
            // Safari.
            ("e.z01-1.smime", Some("e.z01.smime")),
            ("e.zip.smime-2", Some("e.zip.smime")),
            // Windows.
            ("e.z01 - Copy.smime", Some("e.z01.smime")),
            ("e.z01 - Copy (2).smime", Some("e.z01.smime")),
            ("e.z01 - Kopie.smime", Some("e.z01.smime")),
            ("e.z01 - Kopie (3).smime", Some("e.z01.smime")),
            ("e.z01 - Copie.smime", Some("e.z01.smime")),
            ("e.z01 - copia.smime", Some("e.z01.smime")),
            ("e - Kopie - Kopie.zip", Some("e.zip")),
            ("Copy of e.z01.smime", Some("e.z01.smime")),
            ("Kopie von e.z01.smime", Some("e.z01.smime")),
            // macOS.
            ("e.z01 copy.smime", Some("e.z01.smime")),
            ("e.z01 copy 2.smime", Some("e.z01.smime")),
            ("e.z01.smime copy", Some("e.z01.smime")),
            ("e.z01 Kopie 2.smime", Some("e.z01.smime")),
            ("E.Z01 COPY.SMIME", Some("E.z01.SMIME")),
            // None.
            ("e.z12 ().smime", None),
            ("e.z12 (a).smime", None),
            ("e.z12 (12345).smime", None),
            ("e.z12.smime", None),
            ("e-1.zip", None),
            ("export-0-123.z01.smime", None),
            ("photocopy.zip", None),
            ("Copy of notes.txt", None),
            (" (1).zip", None),
            ("ü (1).z01", Some("ü.z01")),
        ] {
            let found = original(name).map(|name| name.to_string());
            assert_eq!(found.as_deref(), part, "{name}");
        }
    }
}
