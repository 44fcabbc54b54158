//! Numbers, times and spans of time for people. Times are UTC, as the columns' headers say.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::ServiceError;
use crate::clock::Millis;

/// A number of bytes, short.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut unit, mut whole, mut tenths) = (0, bytes, 0);
    while whole >= 1024 && unit + 1 < UNITS.len() {
        tenths = whole % 1024 * 10 / 1024;
        whole /= 1024;
        unit += 1;
    }
    match (unit, tenths) {
        (0, _) | (_, 0) => format!("{whole} {}", UNITS[unit]),
        _ => format!("{whole}.{tenths} {}", UNITS[unit]),
    }
}

/// A number of bytes that can be read again without loss, for a field.
pub(super) fn exact_size(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.into_iter().find(|(unit, _)| bytes != 0 && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{bytes} B"), |(unit, name)| format!("{} {name}", bytes / unit))
}

/// Reads a size as `500 MiB`, `2G` or `65536`; units of 1024.
pub(super) fn parse_size(text: &str) -> Result<u64, ServiceError> {
    let wrong = || {
        let what = format!("{text:?} is no size; write one as 500 MiB or 2 GiB");
        ServiceError::Invalid(what)
    };
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let power = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1024_u64.pow(power)).ok_or_else(wrong)
}

/// `1 file`, `2 files`, `2 entries`.
pub(super) fn count(number: u64, thing: &str) -> String {
    match (number, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{} {stem}ies", grouped(number)),
        (_, None) => format!("{} {thing}s", grouped(number)),
    }
}

/// `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at != 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `0.4 s`, `12 s`, `2 min 5 s`, `3 h 20 min`.
pub(super) fn duration(millis: Millis) -> String {
    let (seconds, tenths) = (millis.max(0) / 1000, millis.max(0) % 1000 / 100);
    match seconds {
        0..10 => format!("{seconds}.{tenths} s"),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// What is left, no more exactly than it is known.
pub(super) fn remaining(millis: Option<Millis>) -> String {
    let about = |number: Millis, unit: &str| {
        format!("about {} remaining", count(number.unsigned_abs(), unit))
    };
    match millis.map(|millis| (millis.max(0) + 999) / 1000) {
        None => "remaining time not known yet".into(),
        Some(seconds @ 0..=90) => about(seconds.max(1), "second"),
        Some(seconds @ 91..=5400) => about((seconds + 30) / 60, "minute"),
        Some(seconds) => about((seconds + 1800) / 3600, "hour"),
    }
}

/// A time as an element: `2026-11-30 14:05`, to the second when it is hovered.
pub(super) fn time(at: Millis) -> Markup {
    let Ok(at) = Timestamp::from_millisecond(at) else { return html! { "–" } };
    let exact = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    html! {
        time datetime=(exact) title=(at.strftime("%Y-%m-%d %H:%M:%S UTC")) {
            (at.strftime("%Y-%m-%d %H:%M"))
        }
    }
}

/// The same, or a dash.
pub(super) fn time_or_dash(at: Option<Millis>) -> Markup {
    at.map_or_else(|| html! { span.none { "–" } }, time)
}

/// `2026-11-30`.
pub(super) fn day(at: Millis) -> String {
    let time = Timestamp::from_millisecond(at);
    time.map_or_else(|_| "–".into(), |time| time.strftime("%Y-%m-%d").to_string())
}

/// Quotes a word for a POSIX shell if it has to be.
pub(super) fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let before = if word.starts_with('-') { "./" } else { "" };
    format!("'{before}{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for bytes in [1, 1023, 64 << 10, 500 << 20, 4 << 30, (4 << 30) - 1] {
            assert_eq!(parse_size(&exact_size(bytes)).unwrap(), bytes);
        }
        assert_eq!(exact_size(500 << 20), "500 MiB");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(500 << 20), "500 MiB");
        for wrong in ["", "MiB", "5 parsecs", "-1", "99999999999 GiB"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_and_spans_are_short() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(count(1, "entry"), "1 entry");
        assert_eq!(count(1200, "entry"), "1,200 entries");
        assert_eq!(duration(400), "0.4 s");
        assert_eq!(duration(125_000), "2 min 5 s");
        assert_eq!(remaining(Some(61_000)), "about 61 seconds remaining");
        assert_eq!(remaining(Some(150_000)), "about 3 minutes remaining");
        assert_eq!(remaining(None), "remaining time not known yet");
    }

    #[test]
    fn a_name_is_one_word_for_a_shell() {
        assert_eq!(shell("export-1.z01.smime"), "export-1.z01.smime");
        assert_eq!(shell("it's"), r"'it'\''s'");
        assert_eq!(shell("-rf"), "'./-rf'");
    }
}
