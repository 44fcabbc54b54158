//! Names as they are shown, and the names that single files are saved under. Both are of strangers:
//! neither may lead anybody to take a file for another.

use std::fmt::Write as _;

/// Names that Windows gives to devices, with any extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// Characters that no name has on Windows, beside control characters.
const FORBIDDEN: [char; 9] = ['<', '>', ':', '"', '/', '\\', '|', '?', '*'];

/// The most bytes of a name that every file system takes, less what a browser may add to it.
const MAX_NAME: usize = 200;

/// What is longer is no extension, but a dot in the middle of a name.
const MAX_EXTENSION: usize = 16;

/// A text as it is shown: what could drive something, or change the order in which other characters
/// are read, or cannot be seen, is escaped.
pub fn shown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_deceptive(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Whether a character does something else than being read where it stands.
fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{ad}' | '\u{feff}' | '\u{180e}')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(character, '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(character, '\u{e0000}'..='\u{e007f}')
}

/// The name under which one file is saved, of the name that the archive has: that of its last
/// component, with what is not safe on every platform as `%` and two hexadecimal digits for each
/// byte.
pub fn to_save(raw: &str) -> String {
    let component = raw.rsplit('/').find(|it| !it.is_empty()).unwrap_or_default();
    if matches!(component, "" | "." | "..") {
        return "file".to_owned();
    }
    let last = component.char_indices().next_back().map_or(0, |(at, _)| at);
    let mut name = String::with_capacity(component.len());
    for (at, character) in component.char_indices() {
        let is_unsafe = match character {
            '.' | ' ' => at == last,
            // What a browser takes for a hidden file it renames.
            other => FORBIDDEN.contains(&other) || is_deceptive(other),
        };
        if is_unsafe || (at == 0 && is_device(component)) {
            encode(character, &mut name);
        } else {
            name.push(character);
        }
    }
    shortened(&name)
}

fn encode(character: char, name: &mut String) {
    for byte in character.encode_utf8(&mut [0; 4]).bytes() {
        // Writing to a text cannot fail.
        let _ = write!(name, "%{byte:02X}");
    }
}

fn is_device(component: &str) -> bool {
    let stem = component.split('.').next().unwrap_or_default().trim_end_matches(' ');
    let upper = stem.to_uppercase();
    let is_port = ["COM", "LPT"].iter().any(|port| {
        let number = upper.strip_prefix(port).unwrap_or_default();
        matches!(number, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
    });
    is_port || DEVICES.contains(&upper.as_str())
}

/// As much of a name as everybody takes; its extension stays.
fn shortened(name: &str) -> String {
    if name.len() <= MAX_NAME {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(at) if name.len() - at <= MAX_EXTENSION => name.split_at(at),
        _ => (name, ""),
    };
    let room = MAX_NAME - extension.len();
    let end = (0..=room).rev().find(|at| stem.is_char_boundary(*at)).unwrap_or_default();
    let mut stem = &stem[..end];
    // No escape is cut in two.
    if let Some(at) = stem.rfind('%')
        && stem.len() - at < 3
    {
        stem = &stem[..at];
    }
    format!("{}{extension}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deceives_is_escaped() {
        assert_eq!(shown("invoice\u{202e}fdp.exe"), "invoice\\u{202e}fdp.exe");
        assert_eq!(shown("a\u{1b}[2J\u{200b}b\n"), "a\\u{1b}[2J\\u{200b}b\\n");
        assert_eq!(shown("<b>é 日本</b>"), "<b>é 日本</b>");
    }

    #[test]
    fn a_file_is_saved_under_its_own_name_if_that_is_safe() {
        assert_eq!(to_save("a/b/recording 1.raw"), "recording 1.raw");
        assert_eq!(to_save("é 100%.txt"), "é 100%.txt");
    }

    #[test]
    fn what_is_not_safe_is_encoded() {
        assert_eq!(to_save("call 10:30.wav"), "call 10%3A30.wav");
        assert_eq!(to_save("x/inv\u{202e}fdp.exe"), "inv%E2%80%AEfdp.exe");
        assert_eq!(to_save("..\\..\\x"), "..%5C..%5Cx");
        assert_eq!(to_save("dot. "), "dot.%20");
        assert_eq!((to_save("Aux.txt"), to_save("com1")), ("%41ux.txt".into(), "%63om1".into()));
        assert_eq!((to_save("/"), to_save("a/..")), ("file".into(), "file".into()));
    }

    #[test]
    fn a_long_name_keeps_its_extension_and_no_half_of_anything() {
        let long = to_save(&format!("{}.json", "é".repeat(300)));
        assert!(long.len() <= MAX_NAME && long.ends_with("é.json"), "{long}");
        let long = to_save(&":".repeat(300));
        assert!(long.len() <= MAX_NAME && long.len().is_multiple_of(3), "{long}");
    }
}
