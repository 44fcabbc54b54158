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
    /// Midnight of 1 January 1980, the earliest there is.
    pub(super) const EARLIEST: Self = Self { date: 0x0021, time: 0 };
    /// The last two seconds of 2107.
    const LATEST: Self = Self { date: 0xff9f, time: 0xbf7d };

    pub(super) fn new(date: u16, time: u16) -> Self {
        Self { date, time }
    }

    /// What a clock in UTC shows at so many seconds since 1970; the nearest date there is for those
    /// before 1980 and after 2107.
    pub(super) fn at(seconds: i64) -> Self {
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = date_of(days);
        if year < 1980 {
            return Self::EARLIEST;
        }
        let field = |value: i64| u16::try_from(value).ok();
        let all = || {
            let date = field((year - 1980) << 9).filter(|_| year <= 2107)?;
            let date = date | field(month << 5)? | field(day)?;
            let time = field((second / 3600) << 11)? | field((second / 60 % 60) << 5)?;
            Some(Self { date, time: time | field(second % 60 / 2)? })
        };
        all().unwrap_or(Self::LATEST)
    }

    /// The date, as a header has it.
    pub(super) fn date_field(self) -> u16 {
        self.date
    }

    /// The time of day, as a header has it.
    pub(super) fn time_field(self) -> u16 {
        self.time
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

/// Year, month and day of so many days since 1970 (Gregorian calendar): counted from a 1 March, so
/// that the day that comes and goes is a year's last, in eras of 400 years, which are all alike.
fn date_of(days: i64) -> (i64, i64, i64) {
    const ERA: i64 = 146_097;
    // From 1 March of the year 0.
    let days = days.saturating_add(719_468);
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let is_next = month >= 10;
    let month = if is_next { month - 9 } else { month + 3 };
    (era * 400 + year + i64::from(is_next), month, day)
}

/// Whole seconds since 1970, rounded down; `None` beyond all numbers.
pub(super) fn to_unix(time: SystemTime) -> Option<i64> {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).ok()?;
            Some(-seconds - i64::from(before.subsec_nanos() > 0))
        }
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
    fn every_day_there_is_comes_back() {
        let (first, last) = (315_532_800_i64, 4_354_819_199_i64);
        for day in 0..=(last - first) / 86_400 {
            // Another second of each day, even as all that are written.
            let at = first + day * 86_400 + (day * 7_919 % 86_400) / 2 * 2;
            assert_eq!(seconds(DosDateTime::at(at)), Some(at.unsigned_abs()));
        }
        assert_eq!(DosDateTime::at(first), DosDateTime::EARLIEST);
        for before in [first - 1, 0, -1, i64::MIN] {
            assert_eq!(DosDateTime::at(before), DosDateTime::EARLIEST);
        }
        for after in [last, last + 1, i64::MAX] {
            assert_eq!(DosDateTime::at(after), DosDateTime::LATEST);
        }
    }

    #[test]
    fn instants_to_seconds() {
        let epoch = SystemTime::UNIX_EPOCH;
        assert_eq!(to_unix(epoch + Duration::from_millis(1_999)), Some(1));
        assert_eq!(to_unix(epoch - Duration::from_millis(1_001)), Some(-2));
        assert_eq!(to_unix(epoch - Duration::from_secs(2)), Some(-2));
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
