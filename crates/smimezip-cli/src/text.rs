//! Text for people: sizes, times, names that cannot drive a terminal.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use smimezip::Limit;
use smimezip::zip::{DosDateTime, Modified};

/// A number of bytes, short.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut whole = bytes;
    let mut tenths = 0;
    while whole >= 1024 && unit + 1 < UNITS.len() {
        tenths = whole % 1024 * 10 / 1024;
        whole /= 1024;
        unit += 1;
    }
    if unit == 0 { format!("{whole} B") } else { format!("{whole}.{tenths} {}", UNITS[unit]) }
}

/// Names of parts: all of them, or of many the first and the last.
pub(crate) fn parts<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const MAX_NAMED: usize = 8;
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [first, .., last] if names.len() > MAX_NAMED => format!("{first} … {last}"),
        names => names.join(", "),
    }
}

/// So many things: `1 file`, `2 files`, `2 entries`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    match (number, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {thing}s"),
    }
}

/// A span of time, short: `0.04 s`, `3.2 s`, `2 min 5 s`, `3 h 20 min`.
pub(crate) fn duration(time: Duration) -> String {
    match (time.as_secs(), time.subsec_millis()) {
        (0, millis) => format!("0.{:02} s", millis / 10),
        (seconds @ 1..60, millis) => format!("{seconds}.{} s", millis / 100),
        (seconds @ 60..3600, _) => format!("{} min {} s", seconds / 60, seconds % 60),
        (seconds, _) => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A span of time for JSON.
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A folder that something is written to.
pub(crate) fn folder(path: &Path) -> String {
    let is_here = path.as_os_str().is_empty() || path == Path::new(".");
    if is_here { "the current folder".to_owned() } else { path.display().to_string() }
}

/// The name of a limit as `--limit` shows it.
pub(crate) fn flag_name(limit: Limit) -> String {
    limit.name().replace('_', "-")
}

/// Reads a size as `500M` or `2G`; units of 1024.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let power = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        unit => return Err(format!("no unit of size: {unit}")),
    };
    let number: u64 = digits.parse().map_err(|_| format!("no number: {digits:?}"))?;
    number.checked_mul(1024_u64.pow(power)).ok_or_else(|| "too large".to_owned())
}

/// A name or message, escaped where a character could drive a terminal, or change the order in
/// which others are shown.
pub(crate) fn safe(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let escaped = is_unsafe(c).then(|| c.escape_default());
            let plain = escaped.is_none().then_some(c);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

/// Whether a character could drive a terminal, or change the order in which others are shown.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a wall clock here showed at that time of the archive's.
pub(crate) fn local_time(time: DosDateTime) -> Option<SystemTime> {
    let part = |value: u16| i8::try_from(value).ok();
    let civil = DateTime::new(
        i16::try_from(time.year()).ok()?,
        part(time.month())?,
        part(time.day())?,
        part(time.hour())?,
        part(time.minute())?,
        part(time.second())?,
        0,
    )
    .ok()?;
    civil.to_zoned(TimeZone::system()).ok().map(|zoned| zoned.timestamp().into())
}

/// When an entry was modified, as `2026-11-22 13:45` in local time.
pub(crate) fn modified(modified: Modified) -> String {
    instant(modified).map_or_else(
        || "-".to_owned(),
        |time| time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// A time of this system in the same form.
pub(crate) fn local_minute(time: SystemTime) -> String {
    modified(Modified::Instant(time))
}

/// Reads a span of days or hours, as `30d`, `12h` or `30`.
pub(crate) fn parse_days(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let hours = match &text[digits.len()..] {
        "" | "d" => 24,
        "h" => 1,
        unit => return Err(format!("no unit of a span of time: {unit}; write 30d or 12h")),
    };
    let number: u32 = digits.parse().map_err(|_| format!("no number: {digits:?}"))?;
    Ok(Duration::from_secs(u64::from(number) * hours * 3600))
}

/// Reads a span of time, as `90s`, `30m`, `8h` or `2d`.
pub(crate) fn parse_span(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let seconds = match &text[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        unit => {
            return Err(format!("no unit of a span of time: {unit:?}; write 90s, 30m, 8h or 2d"));
        }
    };
    let number: u32 = digits.parse().map_err(|_| format!("no number: {digits:?}"))?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

/// The same as RFC 3339 in UTC.
pub(crate) fn rfc3339(modified: Modified) -> Option<String> {
    instant(modified).map(|time| time.to_string())
}

/// A time as RFC 3339 in UTC, if the calendar has it.
pub(crate) fn utc(time: SystemTime) -> Option<String> {
    Timestamp::try_from(time).ok().map(|time| time.to_string())
}

/// Such a time, if the text is one.
pub(crate) fn parse_utc(text: &str) -> Option<SystemTime> {
    text.parse::<Timestamp>().ok().map(SystemTime::from)
}

fn instant(modified: Modified) -> Option<Timestamp> {
    let time = match modified {
        Modified::Instant(time) => Some(time),
        Modified::Local(time) => local_time(time),
        _ => None,
    };
    time.and_then(|time| Timestamp::try_from(time).ok())
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_and_read_back() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(5 << 30), "5.0 GiB");
        assert_eq!(parse_size("500M"), Ok(500 << 20));
        assert_eq!(parse_size("2g"), Ok(2 << 30));
        assert_eq!(parse_size("77"), Ok(77));
        assert!(parse_size("x").is_err());
        assert!(parse_size("5 parsecs").is_err());
        assert!(parse_size("99999999999T").is_err());
    }

    #[test]
    fn spans_are_days_unless_they_are_hours() {
        let day = Duration::from_secs(86400);
        assert_eq!((parse_days("30d"), parse_days("1")), (Ok(30 * day), Ok(day)));
        assert_eq!(parse_days("12h"), Ok(day / 2));
        for wrong in ["", "d", "-1d", "2 weeks", "99999999999d"] {
            assert!(parse_days(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_span_has_a_unit() {
        let hour = Duration::from_secs(3600);
        assert_eq!((parse_span("60m"), parse_span("2h")), (Ok(hour), Ok(2 * hour)));
        assert_eq!((parse_span("7200s"), parse_span("1d")), (Ok(2 * hour), Ok(24 * hour)));
        for wrong in ["", "5", "h", "-1h", "2 h", "99999999999d"] {
            assert!(parse_span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_are_short() {
        let of = |millis| duration(Duration::from_millis(millis));
        assert_eq!(
            (of(0), of(3_249), of(59_999)),
            ("0.00 s".into(), "3.2 s".into(), "59.9 s".into())
        );
        assert_eq!((of(60_000), of(3_599_999)), ("1 min 0 s".into(), "59 min 59 s".into()));
        assert_eq!(of(12_000_000), "3 h 20 min");
        assert_eq!(
            (folder(Path::new(".")), folder(Path::new("a"))),
            ("the current folder".into(), "a".into())
        );
    }

    #[test]
    fn one_thing_and_many() {
        let of = |number| (count(number, "file"), count(number, "entry"));
        assert_eq!(of(1), ("1 file".into(), "1 entry".into()));
        assert_eq!(of(0), ("0 files".into(), "0 entries".into()));
    }

    #[test]
    fn names_cannot_drive_a_terminal() {
        assert_eq!(safe("a\u{1b}[2Jä"), "a\\u{1b}[2Jä");
        assert_eq!(safe("inv\u{202e}fdp.exe"), "inv\\u{202e}fdp.exe");
        assert_eq!(safe("inv\u{61c}fdp.exe"), "inv\\u{61c}fdp.exe");
        assert_eq!(safe("日本 \u{e9}"), "日本 \u{e9}");
    }
}
