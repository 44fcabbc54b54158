//! In which order a list is, and the same from its end: what stands near the end of a long list is
//! found from there as fast as what stands near its beginning.

use std::fmt;

use super::Column;

/// What rows are sorted by.
#[derive(Clone)]
pub(super) struct Order(Vec<(String, Direction)>);

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

impl Order {
    /// By a column, the largest first or last, and among equals by `then`.
    pub(super) fn new(column: Option<&Column>, descending: bool, then: &[&str]) -> Self {
        let mut terms = Vec::new();
        if let Some(column) = column {
            // What has no value comes last in both databases. What always has one can be sorted by
            // an index.
            if column.may_be_null {
                let last = format!("CASE WHEN {} IS NULL THEN 1 ELSE 0 END", column.sql);
                terms.push((last, Direction::Up));
            }
            let direction = if descending { Direction::Down } else { Direction::Up };
            terms.push((column.sql.to_owned(), direction));
        }
        terms.extend(then.iter().map(|term| ((*term).to_owned(), Direction::Up)));
        Self(terms)
    }

    /// The other way round.
    pub(super) fn reversed(&self) -> Self {
        let terms = self.0.iter().map(|(sql, direction)| (sql.clone(), direction.reversed()));
        Self(terms.collect())
    }
}

impl Direction {
    fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }
}

/// As SQL has it after `ORDER BY`.
impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (sql, direction)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            let direction = match direction {
                Direction::Up => "ASC",
                Direction::Down => "DESC",
            };
            write!(f, "{comma}{sql} {direction}")?;
        }
        Ok(())
    }
}
