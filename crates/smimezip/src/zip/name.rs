//! Names as text (APPNOTE appendix D): UTF-8 where the entry or its writer's system says so,
//! IBM code page 437 otherwise. Decoded once, here; whether a name is safe is not asked here.

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

/// Decodes a name. `None` if it claims to be UTF-8 and is not.
pub(super) fn decode(raw: &[u8], flags: u16, host: u8, extra: &[u8]) -> Option<String> {
    if raw.is_ascii() {
        return String::from_utf8(raw.to_vec()).ok();
    }
    if flags & flag::UTF8 != 0 {
        return std::str::from_utf8(raw).ok().map(str::to_owned);
    }
    if let Some(name) = extra::unicode_path(extra, raw) {
        return Some(name.to_owned());
    }
    // Unix (3) and macOS (19) writers store what their file system has, today UTF-8.
    if matches!(host, 3 | 19)
        && let Ok(name) = std::str::from_utf8(raw)
    {
        return Some(name.to_owned());
    }
    let character = |octet: &u8| match octet.checked_sub(0x80) {
        Some(upper) => CP437[usize::from(upper)],
        None => char::from(*octet),
    };
    Some(raw.iter().map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_a_name_is_written() {
        assert_eq!(decode(b"a/b", 0, 0, &[]).unwrap(), "a/b");
        assert_eq!(decode("ä".as_bytes(), flag::UTF8, 0, &[]).unwrap(), "ä");
        assert_eq!(decode(b"\x84", flag::UTF8, 0, &[]), None);
        assert_eq!(decode(b"\x84\xe1", 0, 0, &[]).unwrap(), "äß");
        assert_eq!(decode("ä".as_bytes(), 0, 3, &[]).unwrap(), "ä");
        assert_eq!(decode(b"\x84", 0, 3, &[]).unwrap(), "ä");
        let mut field = vec![0x75, 0x70, 7, 0, 1];
        field.extend(crc32fast::hash(b"\x84").to_le_bytes());
        field.extend("ö".as_bytes());
        assert_eq!(decode(b"\x84", 0, 0, &field).unwrap(), "ö");
        assert_eq!(decode(b"\x85", 0, 0, &field).unwrap(), "à");
    }

    #[test]
    fn the_code_page_has_no_control_characters() {
        assert!(CP437.iter().all(|c| !c.is_control()));
    }
}
