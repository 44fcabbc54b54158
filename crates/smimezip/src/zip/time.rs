//! When an entry was modified: an instant, or a date and time of an unknown place.

use std::time::{Duration, SystemTime};

/// Modification time of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Modified {
    /// A point in time, from an extra field.
    Instant(SystemTime),
    /// What the writer's wall clock showed (APPNOTE 4.4.6); its time zone is not written down.
    Local(DosDateTime),
}

/// MS-DOS date and time, to two seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DosDateTime {
    date: u16,
    time: u16,
}

impl DosDateTime {
    pub(super) fn new(date: u16, time: u16) -> Self {
        Self { date, time }
    }

    /// Year, 1980 to 2107.
    pub fn year(self) -> u16 {
        1980 + (self.date >> 9)
    }

    /// Month, 1 to 12 if valid.
    pub fn month(self) -> u16 {
        (self.date >> 5) & 0xf
    }

    /// Day of the month, 1 to 31 if valid.
    pub fn day(self) -> u16 {
        self.date & 0x1f
    }

    /// Hour, 0 to 23 if valid.
    pub fn hour(self) -> u16 {
        self.time >> 11
    }

    /// Minute, 0 to 59 if valid.
    pub fn minute(self) -> u16 {
        (self.time >> 5) & 0x3f
    }

    /// Second, even, 0 to 58 if valid.
    pub fn second(self) -> u16 {
        (self.time & 0x1f) * 2
    }

    /// The instant at which a clock in UTC shows this; `None` if it is no valid date.
    pub fn as_utc(self) -> Option<SystemTime> {
        let (year, month, day) = (u64::from(self.year()), self.month(), self.day());
        let leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let february = if leap { 29 } else { 28 };
        let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let before = usize::from(month).checked_sub(1)?;
        let valid = (1..=*months.get(before)?).contains(&day)
            && self.hour() < 24
            && self.minute() < 60
            && self.second() < 60;
        if !valid {
            return None;
        }
        // Days since 1970, by the Gregorian leap years before this one.
        let leaps = |year: u64| year / 4 - year / 100 + year / 400;
        let days = (year - 1970) * 365 + leaps(year - 1) - leaps(1969)
            + months[..before].iter().copied().map(u64::from).sum::<u64>()
            + u64::from(day)
            - 1;
        let seconds = u64::from(self.hour()) * 3600
            + u64::from(self.minute()) * 60
            + u64::from(self.second());
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400 + seconds))
    }
}

/// `seconds` since 1970, perhaps before it.
pub(super) fn from_unix(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}

/// `ticks` of 100 ns since 1601.
pub(super) fn from_ntfs(ticks: u64) -> Option<SystemTime> {
    const SECONDS_TO_1970: u64 = 11_644_473_600;
    let nanoseconds = (ticks % 10_000_000) * 100;
    let since_1601 = Duration::from_secs(ticks / 10_000_000) + Duration::from_nanos(nanoseconds);
    let since_1970 = since_1601.checked_sub(Duration::from_secs(SECONDS_TO_1970))?;
    SystemTime::UNIX_EPOCH.checked_add(since_1970)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dos(year: u16, month: u16, day: u16, hour: u16, minute: u16, second: u16) -> DosDateTime {
        DosDateTime::new(
            (year - 1980) << 9 | month << 5 | day,
            hour << 11 | minute << 5 | (second / 2),
        )
    }

    fn seconds(time: DosDateTime) -> Option<u64> {
        Some(time.as_utc()?.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
    }

    #[test]
    fn known_dates() {
        // date -u -d '…' +%s
        assert_eq!(seconds(dos(1980, 1, 1, 0, 0, 0)), Some(315_532_800));
        assert_eq!(seconds(dos(2000, 2, 29, 12, 34, 56)), Some(951_827_696));
        assert_eq!(seconds(dos(2026, 11, 22, 23, 59, 58)), Some(1_795_391_998));
        assert_eq!(seconds(dos(2107, 12, 31, 0, 0, 0)), Some(4_354_732_800));
    }

    #[test]
    fn what_is_no_date() {
        for time in [
            DosDateTime::new(0, 0),
            dos(2025, 2, 29, 0, 0, 0),
            dos(2025, 13, 1, 0, 0, 0),
            dos(2025, 1, 1, 24, 0, 0),
            dos(2025, 1, 1, 0, 60, 0),
        ] {
            assert_eq!(time.as_utc(), None, "{time:?}");
        }
    }

    #[test]
    fn windows_ticks() {
        let time = from_ntfs(116_444_736_000_000_000 + 15_000_000).unwrap();
        assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::from_millis(1500));
        assert_eq!(from_ntfs(1), None);
    }
}
