//! Names as text (APPNOTE appendix D): UTF-8 where the entry says so or the bytes are it, IBM code
//! page 437 otherwise; before these, what a Unicode path field says. Decoded once, here; whether a
//! name is safe is not asked here.

use super::extra;
use super::record::flag;

/// The upper half of IBM code page 437.
const CP437: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å', 'É', 'æ', 'Æ',
    'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', '¢', '£', '¥', '₧', 'ƒ', 'á', 'í', 'ó', 'ú', 'ñ', 'Ñ',
    'ª', 'º', '¿', '⌐', '¬', '½', '¼', '¡', '«', '»', '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕',
    '╣', '║', '╗', '╝', '╜', '╛', '┐', '└', '┴', '┬', '├', '─', '┼', '╞', '╟', '╚', '╔', '╩', '╦',
    '╠', '═', '╬', '╧', '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█', '▄', '▌', '▐',
    '▀', 'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩', '≡', '±',
    '≥', '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{a0}',
];

/// A decoded name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    /// Whether it is that of the Unicode path field and differs from the header's.
    pub(super) has_unicode_path: bool,
}

/// Decodes a name. The error says what two readers would read differently.
pub(super) fn decode(raw: &[u8], flags: u16, extra: &[u8]) -> Result<Name, &'static str> {
    let path = extra::unicode_path(extra, raw)?;
    let text = own(raw, flags).ok_or("a name that says it is UTF-8 and is not")?;
    let Some(path) = path.filter(|path| *path != text) else {
        return Ok(Name { text, has_unicode_path: false });
    };
    // Some readers prefer the one, some the other.
    if flags & flag::UTF8 != 0 {
        return Err("the name says it is UTF-8, and the Unicode path is another");
    }
    if path.ends_with('/') != text.ends_with('/') {
        return Err("name and Unicode path differ in whether it is a folder");
    }
    Ok(Name { text: path.to_owned(), has_unicode_path: true })
}

/// The name as the header itself has it. `None` if it claims to be UTF-8 and is not.
fn own(raw: &[u8], flags: u16) -> Option<String> {
    // Whether flagged or not, and whatever the writer's system is said to be. Writers on Unix store
    // what their file system has; zipfs of the JDK flags the names of files and not those of their
    // folders, which would come out twice. In code page 437 such bytes are box drawings, not a
    // name.
    if let Ok(name) = std::str::from_utf8(raw) {
        return Some(name.to_owned());
    }
    if flags & flag::UTF8 != 0 {
        return None;
    }
    let character = |byte: &u8| match byte.checked_sub(0x80) {
        Some(upper) => CP437[usize::from(upper)],
        None => char::from(*byte),
    };
    Some(raw.iter().map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &[u8], flags: u16, extra: &[u8]) -> Result<String, &'static str> {
        decode(raw, flags, extra).map(|name| name.text)
    }

    fn field(version: u8, made_for: &[u8], path: &[u8]) -> Vec<u8> {
        let mut field = vec![0x75, 0x70, u8::try_from(5 + path.len()).unwrap(), 0, version];
        field.extend(crc32fast::hash(made_for).to_le_bytes());
        field.extend(path);
        field
    }

    #[test]
    fn each_way_a_name_is_written() {
        assert_eq!(text(b"a/b", 0, &[]).unwrap(), "a/b");
        assert_eq!(text("ä".as_bytes(), flag::UTF8, &[]).unwrap(), "ä");
        assert!(text(b"\x84", flag::UTF8, &[]).is_err());
        assert_eq!(text(b"\x84\xe1", 0, &[]).unwrap(), "äß");
        assert_eq!(text(b"\x84", 0, &[]).unwrap(), "ä");
    }

    #[test]
    fn what_is_utf8_is_utf8_without_being_flagged() {
        for name in ["ä", "größer/", "日本.txt", "e\u{301}", "😀", "\u{7ff}\u{ffff}"] {
            assert_eq!(text(name.as_bytes(), 0, &[]).unwrap(), name);
        }
        // What begins as UTF-8, goes on as it, or is too long a form of it.
        assert_eq!(text(b"\xc3", 0, &[]).unwrap(), "├");
        assert_eq!(text(b"gr\xc3\xb6\x84", 0, &[]).unwrap(), "gr├╢ä");
        assert_eq!(text(b"\xc0\xaf", 0, &[]).unwrap(), "└»");
    }

    #[test]
    fn a_unicode_path_holds_for_the_name_it_was_made_for() {
        let path = field(1, b"\x84", "ö".as_bytes());
        assert_eq!(text(b"\x84", 0, &path).unwrap(), "ö");
        assert_eq!(text(b"\x85", 0, &path).unwrap(), "à");
        // For names in ASCII as well.
        let path = field(1, b"__.txt", "日本.txt".as_bytes());
        assert_eq!(text(b"__.txt", 0, &path).unwrap(), "日本.txt");
        assert!(decode(b"__.txt", 0, &path).unwrap().has_unicode_path);
        assert_eq!(text(b"_a.txt", 0, &path).unwrap(), "_a.txt");
        // Beside the flag, if both are one.
        let path = field(1, "ä".as_bytes(), "ä".as_bytes());
        assert_eq!(text("ä".as_bytes(), flag::UTF8, &path).unwrap(), "ä");
        // Twice, if both are one.
        assert_eq!(text("ä".as_bytes(), 0, &[&path[..], &path].concat()).unwrap(), "ä");
        // Too short to be one.
        assert_eq!(text(b"a", 0, &[0x75, 0x70, 2, 0, 1, 0]).unwrap(), "a");
    }

    #[test]
    fn a_unicode_path_that_readers_read_differently_is_refused() {
        let good = field(1, b"__", "日本".as_bytes());
        let refused = |flags, extra: &[u8]| decode(b"__", flags, extra).unwrap_err();
        assert!(refused(flag::UTF8, &good).contains("UTF-8"));
        for version in [0, 2, 255] {
            assert!(refused(0, &field(version, b"__", "日本".as_bytes())).contains("version"));
        }
        assert!(refused(0, &field(1, b"__", b"\xff")).contains("not UTF-8"));
        assert!(refused(0, &field(1, b"__", b"")).contains("empty"));
        assert!(refused(0, &field(1, b"__", b"a/")).contains("folder"));
        for other in [field(1, b"__", b"aa"), field(1, b"out of date", b"aa")] {
            assert!(refused(0, &[&good[..], &other].concat()).contains("several"));
        }
    }

    #[test]
    fn the_code_page_has_no_control_characters() {
        assert!(CP437.iter().all(|c| !c.is_control()));
    }
}
