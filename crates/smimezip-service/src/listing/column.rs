//! A column of a list: its name in addresses, its SQL, and how a filter of it is read.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fold;
use crate::ServiceError;
use crate::clock::{DAY, Millis};

/// A column of a list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in addresses and in JSON.
    pub name: &'static str,
    /// The expression that is it; of a text, the text as it is [folded](super::fold()).
    pub(super) sql: &'static str,
    /// How a filter of it is read.
    pub kind: Kind,
    pub(super) may_be_null: bool,
    /// What is joined with the list's rows so that there is such an expression.
    pub(super) join: Option<&'static str>,
}

/// How a filter is read. Numbers, times and days may have `<`, `<=`, `>` or `>=` before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// What it contains, large letters or small.
    Text,
    /// An identifier, whole.
    Id,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A number; `K`, `M` and `G` after it mean 1024, 1024² and 1024³.
    Number,
    /// A day, as in `2026-11-30`, by UTC.
    Time,
    /// How many days are left.
    DaysLeft,
}

/// What a filter asks of a column.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Contains(String),
    Is(String),
    /// From the first, below the second.
    Between(Option<i64>, Option<i64>),
}

impl Column {
    /// A column that is the expression `sql`.
    pub(crate) const fn new(name: &'static str, sql: &'static str, kind: Kind) -> Self {
        Self { name, sql, kind, may_be_null: false, join: None }
    }

    /// The same, of which not every row has a value.
    pub(crate) const fn may_be_null(self) -> Self {
        Self { may_be_null: true, ..self }
    }

    /// The same, which is in rows of other tables: one for each row of the list.
    pub(crate) const fn of(self, join: &'static str) -> Self {
        Self { join: Some(join), ..self }
    }

    /// Reads the filter `text`.
    ///
    /// # Errors
    /// [`ServiceError::Filter`].
    pub(super) fn condition(&self, text: &str, now: Millis) -> Result<Condition, ServiceError> {
        let (operator, operand) = split(text);
        let range = |read: &dyn Fn(&str) -> Option<(i64, i64)>, what: &str| {
            let (from, below) =
                read(operand).ok_or_else(|| self.refuse(format!("{text:?} is not {what}")))?;
            Ok(match operator {
                "<" => Condition::Between(None, Some(from)),
                "<=" => Condition::Between(None, Some(below)),
                ">" => Condition::Between(Some(below), None),
                ">=" => Condition::Between(Some(from), None),
                "" | "=" => Condition::Between(Some(from), Some(below)),
                _ => return Err(self.refuse(format!("{operator:?} compares nothing"))),
            })
        };
        match self.kind {
            Kind::Text => Ok(Condition::Contains(fold(text))),
            Kind::Id => Ok(Condition::Is(text.to_owned())),
            Kind::Words(words) if words.contains(&text) => Ok(Condition::Is(text.to_owned())),
            Kind::Words(words) => {
                Err(self.refuse(format!("{text:?} is none of {}", words.join(", "))))
            }
            Kind::Number => range(
                &|text| number(text).map(|number| (number, number.saturating_add(1))),
                "a number",
            ),
            Kind::Time => range(&day, "a day, as 2026-11-30 is"),
            Kind::DaysLeft => range(&|text| days_left(text, now), "a number of days"),
        }
    }

    /// That a filter of it cannot be read.
    pub(super) fn refuse(&self, what: String) -> ServiceError {
        ServiceError::Filter { column: self.name, what }
    }
}

fn split(text: &str) -> (&str, &str) {
    let operand = text.trim_start_matches(['<', '>', '=']);
    let operator = text.strip_suffix(operand).unwrap_or_default();
    (operator, operand.trim())
}

fn number(text: &str) -> Option<i64> {
    let text = text.strip_suffix('B').unwrap_or(text);
    let text = text.strip_suffix('i').unwrap_or(text);
    let (digits, factor) = match text.char_indices().last()? {
        (at, 'k' | 'K') => (text.get(..at)?, 1 << 10),
        (at, 'm' | 'M') => (text.get(..at)?, 1 << 20),
        (at, 'g' | 'G') => (text.get(..at)?, 1 << 30),
        _ => (text, 1_i64),
    };
    digits.trim_end().parse::<i64>().ok()?.checked_mul(factor)
}

fn day(text: &str) -> Option<(Millis, Millis)> {
    let date: Date = text.parse().ok()?;
    let start = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some((start, start.saturating_add(DAY)))
}

/// When that expires of which so many days are left, one that has begun counted whole.
fn days_left(text: &str, now: Millis) -> Option<(Millis, Millis)> {
    let expires = now.checked_add(text.parse::<i64>().ok()?.checked_mul(DAY)?)?.checked_add(1)?;
    Some((expires.checked_sub(DAY)?, expires))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn read(kind: Kind, text: &str) -> Option<Condition> {
        Column::new("c", "c", kind).condition(text, 1_000).ok()
    }

    #[test]
    fn numbers_and_days_may_be_compared() {
        let between = |from, below| Some(Condition::Between(from, below));
        assert_eq!(read(Kind::Number, "7"), between(Some(7), Some(8)));
        assert_eq!(read(Kind::Number, "> 2 MiB"), between(Some((2 << 20) + 1), None));
        assert_eq!(read(Kind::Number, "<=1k"), between(None, Some(1025)));
        assert_eq!(read(Kind::Number, "9223372036854775807G"), None);
        assert_eq!(read(Kind::Number, ">"), None);
        assert_eq!(read(Kind::Number, "=<7"), None);
        assert_eq!(read(Kind::Time, ">=1970-01-02"), between(Some(DAY), None));
        assert_eq!(read(Kind::Time, "1970-01-02"), between(Some(DAY), Some(2 * DAY)));
        assert_eq!(read(Kind::Time, "yesterday"), None);
    }

    #[test]
    fn days_left_are_those_that_the_list_shows() {
        let Some(Condition::Between(Some(from), Some(below))) = read(Kind::DaysLeft, "5") else {
            panic!("no range")
        };
        for (expires, days) in [(from - 1, 4), (from, 5), (below - 1, 5), (below, 6)] {
            assert_eq!(clock::days_left(1_000, expires), days);
        }
    }

    #[test]
    fn words_are_those_that_there_are() {
        assert_eq!(read(Kind::Words(&["a", "b"]), "b"), Some(Condition::Is("b".into())));
        assert_eq!(read(Kind::Words(&["a", "b"]), "c"), None);
    }
}
