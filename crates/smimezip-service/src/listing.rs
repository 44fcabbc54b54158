//! What a list was asked for: sort order, filters, page. It stands in an address, so that a list
//! can be sent to somebody else. Which columns a list has, its own table says; SQL is made of that
//! table alone, and what the address says goes into it as arguments.

mod column;
mod fold;
mod order;
mod query;

use std::collections::BTreeMap;

pub use column::{Column, Kind};
pub(crate) use fold::fold;
pub(crate) use query::{List, MAX_FILTER, fetch_page};

/// Rows on a page if nobody says.
pub const DEFAULT_PER_PAGE: u64 = 50;
/// What a page shows at most: a hundred can be selected, and a program fetches in fewer steps.
pub const MAX_PER_PAGE: u64 = 500;
/// The last page that can be asked for.
pub const MAX_PAGE: u64 = 1_000_000_000;

/// The sort order, the filters, the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// A column's name, and whether the largest comes first.
    pub sort: Option<(String, bool)>,
    /// By columns' names. How each is read, [`Kind`] says.
    pub filters: BTreeMap<String, String>,
    /// From 1.
    pub page: u64,
    /// Rows on a page.
    pub per_page: u64,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub rows: Vec<T>,
    /// How many rows there are on all pages.
    pub total: u64,
    /// Which page it is, from 1.
    pub page: u64,
    /// How many rows a page has.
    pub per_page: u64,
}

impl Default for Listing {
    fn default() -> Self {
        Self { sort: None, filters: BTreeMap::new(), page: 1, per_page: DEFAULT_PER_PAGE }
    }
}

impl Listing {
    /// Reads an address's query, without its `?`. What names no column is left out, so that an old
    /// address still leads somewhere; so are empty filters, as a form sends them.
    pub fn from_query(query: &str, columns: &[Column]) -> Self {
        let mut listing = Self::default();
        let is_column = |name: &str| columns.iter().any(|column| column.name == name);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            let number = || value.parse::<u64>().ok().filter(|number| *number > 0);
            match &*name {
                "sort" => {
                    let (column, descending) =
                        value.strip_prefix('-').map_or((value, false), |column| (column, true));
                    listing.sort = is_column(column).then(|| (column.to_owned(), descending));
                }
                "page" => listing.page = number().unwrap_or(1).min(MAX_PAGE),
                "per_page" => {
                    listing.per_page = number().unwrap_or(DEFAULT_PER_PAGE).min(MAX_PER_PAGE);
                }
                name if is_column(name) && !value.is_empty() => {
                    listing.filters.insert(name.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        listing
    }

    /// The query of an address, without its `?`; empty for what a list shows by itself.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters);
        if let Some((column, descending)) = &self.sort {
            let sign = if *descending { "-" } else { "" };
            query.append_pair("sort", &format!("{sign}{column}"));
        }
        if self.per_page != DEFAULT_PER_PAGE {
            query.append_pair("per_page", &self.per_page.to_string());
        }
        if self.page != 1 {
            query.append_pair("page", &self.page.to_string());
        }
        query.finish()
    }

    /// What a click on a column's header asks for: sorted by it, or the other way round if it was;
    /// the first page of it.
    #[must_use]
    pub fn sorted_by(&self, column: &str) -> Self {
        let descending = self.sort.as_ref().is_some_and(|(now, down)| now == column && !down);
        Self { sort: Some((column.to_owned(), descending)), page: 1, ..self.clone() }
    }

    /// The same with one filter more; the first page of it.
    #[must_use]
    pub fn filtered_by(mut self, column: &str, value: &str) -> Self {
        self.filters.insert(column.to_owned(), value.to_owned());
        Self { page: 1, ..self }
    }

    /// Another page of it.
    #[must_use]
    pub fn on_page(&self, page: u64) -> Self {
        Self { page, ..self.clone() }
    }
}

impl<T> Page<T> {
    /// How many pages there are; there is always one.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.per_page.max(1)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] = [
        Column::new("title", "title", Kind::Text),
        Column::new("created", "created_at", Kind::Time),
    ];

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let listing = Listing { page: 3, per_page: 20, ..Listing::default() }.sorted_by("created");
        assert_eq!(listing.page, 1);
        let listing = listing.sorted_by("created").filtered_by("title", "a&b=ü %").on_page(2);
        assert_eq!(listing.sort, Some(("created".into(), true)));
        assert_eq!(listing.sorted_by("created").sort, Some(("created".into(), false)));
        assert_eq!(Listing::from_query(&listing.to_query(), &COLUMNS), listing);
        assert_eq!(Listing::default().to_query(), "");
    }

    #[test]
    fn what_is_no_column_is_left_out() {
        let query = "sort=id;DROP&title=&no=1&page=0&per_page=99999";
        let listing = Listing::from_query(query, &COLUMNS);
        assert_eq!(listing, Listing { per_page: MAX_PER_PAGE, ..Listing::default() });
        let listing = Listing::from_query(&format!("page={}", u64::MAX), &COLUMNS);
        assert_eq!(listing.page, MAX_PAGE);
    }

    #[test]
    fn there_is_always_a_page() {
        let page = Page::<()> { rows: Vec::new(), total: 0, page: 1, per_page: 50 };
        assert_eq!(page.pages(), 1);
        assert_eq!(Page { total: 51, ..page }.pages(), 2);
    }
}
