//! The SQL of a list.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sqlx::Row;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyPool};

use super::column::Condition;
use super::order::Order;
use super::{Column, Listing, Page};
use crate::clock::Millis;
use crate::{Scope, ServiceError};

/// Characters of the longest filter: SQLite takes patterns of 50,000 bytes.
pub(crate) const MAX_FILTER: usize = 1000;

/// A list that there is.
pub(crate) struct List {
    /// What is read of each row.
    pub(crate) select: &'static str,
    /// The tables that have it.
    pub(crate) tables: &'static str,
    /// The one of them that has a row for each row of the list, in which alone is searched.
    pub(crate) from: &'static str,
    /// Its key.
    pub(crate) key: &'static str,
    /// What holds for each row, in SQL.
    pub(crate) always: &'static str,
    /// Whose a row is.
    pub(crate) user_id: &'static str,
    /// By what rows are sorted that are equal otherwise.
    pub(crate) id: &'static [&'static str],
    /// What can be sorted and filtered.
    pub(crate) columns: &'static [Column],
    /// How it is sorted if nobody says: a column and whether the largest comes first.
    pub(crate) sort: (&'static str, bool),
}

enum Argument {
    Text(String),
    Number(i64),
}

/// Conditions and their arguments.
struct Conditions {
    sql: String,
    arguments: Vec<Argument>,
    /// What the filters' columns need.
    joins: BTreeSet<&'static str>,
}

impl Conditions {
    fn new(list: &List, scope: &Scope) -> Self {
        let mut conditions =
            Self { sql: list.always.to_owned(), arguments: Vec::new(), joins: BTreeSet::new() };
        if let Scope::Own(user_id) = scope {
            conditions.add(list.user_id, "=", Argument::Text(user_id.clone()));
        }
        conditions
    }

    /// Adds one; SQL is from this crate alone.
    fn add(&mut self, left: &str, operator: &str, argument: Argument) {
        self.arguments.push(argument);
        // Writing to a string cannot fail.
        let _ = write!(self.sql, " AND {left} {operator} ${}", self.arguments.len());
    }

    fn filter(&mut self, column: &Column, condition: Condition) {
        self.joins.extend(column.join);
        match condition {
            Condition::Contains(text) => {
                let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
                self.arguments.push(Argument::Text(format!("%{text}%")));
                let (sql, number) = (column.sql, self.arguments.len());
                let _ = write!(self.sql, " AND {sql} LIKE ${number} ESCAPE '\\'");
            }
            Condition::Is(text) => self.add(column.sql, "=", Argument::Text(text)),
            Condition::Between(from, below) => {
                for (operator, bound) in [(">=", from), ("<", below)] {
                    if let Some(bound) = bound {
                        self.add(column.sql, operator, Argument::Number(bound));
                    }
                }
            }
        }
    }

    fn bind<'q>(
        &self,
        mut query: Query<'q, Any, AnyArguments<'q>>,
    ) -> Query<'q, Any, AnyArguments<'q>> {
        for argument in &self.arguments {
            query = match argument {
                Argument::Text(text) => query.bind(text.clone()),
                Argument::Number(number) => query.bind(*number),
            };
        }
        query
    }
}

/// Reads a page of a list.
///
/// # Errors
/// [`ServiceError::Filter`] for one that cannot be read, [`ServiceError::Database`].
pub(crate) async fn fetch_page<T>(
    pool: &AnyPool,
    list: &List,
    scope: &Scope,
    now: Millis,
    listing: &Listing,
    read: impl Fn(&AnyRow) -> Result<T, sqlx::Error>,
) -> Result<Page<T>, ServiceError> {
    let mut conditions = Conditions::new(list, scope);
    let named = |name: &str| list.columns.iter().find(|column| column.name == name);
    for (name, text) in &listing.filters {
        if let Some(column) = named(name) {
            if text.chars().nth(MAX_FILTER).is_some() {
                let what = format!("a filter has at most {MAX_FILTER} characters");
                return Err(column.refuse(what));
            }
            conditions.filter(column, column.condition(text, now)?);
        }
    }
    let sql = &conditions.sql;
    let filtered = from(list.from, &conditions.joins);
    let count = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {filtered} WHERE {sql}");
    let total: i64 = conditions.bind(sqlx::query(&count)).fetch_one(pool).await?.try_get(0)?;
    let total = total.unsigned_abs();

    let wanted = listing.sort.as_ref().map(|(name, descending)| (name.as_str(), *descending));
    let (name, descending) = wanted.filter(|(name, _)| named(name).is_some()).unwrap_or(list.sort);
    let order = Order::new(named(name), descending, list.id);
    let sorted_by: BTreeSet<_> = named(name).and_then(|column| column.join).into_iter().collect();
    let skipped = listing.page.saturating_sub(1).saturating_mul(listing.per_page).min(total);
    let size = listing.per_page.min(total - skipped);
    let after = total - skipped - size;
    let (found_by, skipped) =
        if after < skipped { (order.reversed(), after) } else { (order.clone(), skipped) };
    let number = conditions.arguments.len();
    // Only what is on the page is read whole, and sorted once more.
    let rows = format!(
        "SELECT {} FROM {} WHERE {key} IN (SELECT {key} FROM {} WHERE {sql} \
         ORDER BY {found_by} LIMIT ${} OFFSET ${}) ORDER BY {order}",
        list.select,
        from(list.tables, &sorted_by),
        from(list.from, &(&conditions.joins | &sorted_by)),
        number + 1,
        number + 2,
        key = list.key,
    );
    let query = conditions
        .bind(sqlx::query(&rows))
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .bind(i64::try_from(skipped).unwrap_or(i64::MAX));
    let rows = query.fetch_all(pool).await?;
    Ok(Page {
        rows: rows.iter().map(read).collect::<Result<_, _>>()?,
        total,
        page: listing.page,
        per_page: listing.per_page,
    })
}

/// Tables with those that are joined.
fn from(tables: &str, joins: &BTreeSet<&str>) -> String {
    joins.iter().fold(tables.to_owned(), |tables, join| format!("{tables} {join}"))
}
