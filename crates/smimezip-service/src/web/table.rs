//! A list as a table: headers that sort, a filter below each, pages. All of it stands in the
//! address.

use maud::{Markup, html};

use super::visitor::Visitor;
use super::{format, layout};
use crate::ServiceError;
use crate::listing::{Listing, Page};

/// How a filter is entered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// Text, with an example.
    Text(&'static str),
    /// One of some words, each with what people see.
    Choice(&'static [(&'static str, &'static str)]),
}

/// A column as it is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Its name in addresses.
    pub(super) name: &'static str,
    /// What people read.
    pub(super) label: &'static str,
    pub(super) filter: Entry,
    /// Numbers stand at the right.
    pub(super) is_number: bool,
}

impl Head {
    pub(super) const fn text(name: &'static str, label: &'static str) -> Self {
        Self { name, label, filter: Entry::Text(""), is_number: false }
    }

    pub(super) const fn time(name: &'static str, label: &'static str) -> Self {
        Self { name, label, filter: Entry::Text("> 2026-01-31"), is_number: false }
    }

    pub(super) const fn number(
        name: &'static str,
        label: &'static str,
        example: &'static str,
    ) -> Self {
        Self { name, label, filter: Entry::Text(example), is_number: true }
    }

    pub(super) const fn choice(
        name: &'static str,
        label: &'static str,
        words: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { name, label, filter: Entry::Choice(words), is_number: false }
    }
}

/// What was wrong with a filter, of the column as people know it.
pub(super) fn in_words_of(heads: &[Head], error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Filter { column, what } => {
            let head = heads.iter().find(|head| head.name == column);
            let name = head.map_or(column, |head| head.label);
            ServiceError::Invalid(format!("{name}: {what}"))
        }
        error => error,
    }
}

/// A list's address and what was asked of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub(super) path: &'a str,
    pub(super) listing: &'a Listing,
    pub(super) heads: &'a [Head],
    /// How the list is sorted if nobody says.
    pub(super) sort: (&'a str, bool),
}

impl Shown<'_> {
    fn address(&self, listing: &Listing) -> String {
        let query = listing.to_query();
        if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) }
    }

    /// What stands above the table: the forms of filters and of what is done with the rows that are
    /// selected, with their buttons.
    pub(super) fn actions(&self, visitor: &Visitor, label: &str, buttons: &Markup) -> Markup {
        html! {
            (self.filter_form())
            form #actions method="post" action=(self.path) {
                (layout::token(visitor))
                input type="hidden" name="query" value=(self.listing.to_query());
            }
            div.toolbar {
                div role="group" aria-label=(label) { (buttons) }
                div.filtering { (self.filter_buttons()) }
            }
            // What small screens have in place of the head of the table: a box that shows it.
            label.tools { input type="checkbox" #tools; " Sort and filter" }
        }
    }

    /// The form that all filters belong to. What is not shown as a column stays as it is.
    fn filter_form(&self) -> Markup {
        let is_head = |name: &String| self.heads.iter().any(|head| head.name == name);
        html! {
            form #filter method="get" action=(self.path) role="search" {
                @for (name, value) in &self.listing.filters {
                    @if !is_head(name) { input type="hidden" name=(name) value=(value); }
                }
                @if let Some((name, descending)) = &self.listing.sort {
                    input type="hidden" name="sort" value={ @if *descending { "-" } (name) };
                }
                @if self.listing.per_page != crate::listing::DEFAULT_PER_PAGE {
                    input type="hidden" name="per_page" value=(self.listing.per_page);
                }
            }
        }
    }

    /// The buttons of the filters.
    fn filter_buttons(&self) -> Markup {
        let cleared =
            Listing { filters: std::collections::BTreeMap::new(), ..self.listing.on_page(1) };
        html! {
            @if !self.listing.filters.is_empty() {
                a.button.plain href=(self.address(&cleared)) { "Clear filters" }
            }
            button type="submit" form="filter" { "Filter" }
        }
    }

    /// The rows of the head. `first` is in the first cell, above what selects rows; `last` names a
    /// last column.
    pub(super) fn head(&self, first: &Markup, last: Option<&str>) -> Markup {
        html! {
            thead role="rowgroup" {
                tr.names role="row" {
                    th.select scope="col" role="columnheader" { (first) }
                    @for head in self.heads { (self.name(head)) }
                    @if let Some(last) = last {
                        th scope="col" role="columnheader" { span.unseen { (last) } }
                    }
                }
                tr.filters role="row" {
                    td role="cell" {}
                    @for head in self.heads {
                        td.number[head.is_number] role="cell" { (self.filter(head)) }
                    }
                    @if last.is_some() { td role="cell" {} }
                }
            }
        }
    }

    fn name(&self, head: &Head) -> Markup {
        let asked = self.listing.sort.as_ref().map(|(name, down)| (name.as_str(), *down));
        let (name, descending) = asked.unwrap_or(self.sort);
        let order =
            (name == head.name).then_some(if descending { "descending" } else { "ascending" });
        // A click on the column that the list is sorted by without being asked turns it round.
        let listing = Listing { sort: Some((name.to_owned(), descending)), ..self.listing.clone() };
        let target = self.address(&listing.sorted_by(head.name));
        let next = match order {
            Some("ascending") => "descending",
            _ => "ascending",
        };
        html! {
            th.number[head.is_number] scope="col" role="columnheader" aria-sort=[order] {
                a href=(target) title={ "Sort " (next) } {
                    (head.label)
                    span.order aria-hidden="true" {
                        @match order { Some("ascending") => "▲", Some(_) => "▼", None => "" }
                    }
                }
            }
        }
    }

    fn filter(&self, head: &Head) -> Markup {
        let value = self.listing.filters.get(head.name).map_or("", String::as_str);
        let id = format!("filter-{}", head.name);
        html! {
            label for=(id) { "Filter " (head.label) }
            @match head.filter {
                Entry::Text(example) => {
                    input #(id) name=(head.name) value=(value) form="filter" placeholder=(example)
                        autocomplete="off" spellcheck="false";
                }
                Entry::Choice(words) => {
                    select #(id) name=(head.name) form="filter" {
                        option value="" { "All" }
                        @for (word, text) in words {
                            option value=(word) selected[*word == value] { (text) }
                        }
                    }
                }
            }
        }
    }

    /// What of how much is shown, and the ways to the rest.
    pub(super) fn pages<T>(&self, page: &Page<T>, thing: &str) -> Markup {
        let first = (page.page - 1).saturating_mul(page.per_page).saturating_add(1);
        let last = first.saturating_add(page.rows.len() as u64);
        let sizes = [50, 100, 500];
        let smallest = sizes[0];
        let turned = |to: u64| self.address(&self.listing.on_page(to));
        html! {
            nav.pages aria-label="Pages of the list" {
                span role="status" {
                    @if page.rows.is_empty() { (format::count(page.total, thing)) }
                    @else {
                        (format::grouped(first)) "–" (format::grouped(last - 1)) " of "
                        (format::count(page.total, thing))
                    }
                }
                @if page.total > smallest {
                    span.sizes {
                        "Rows: "
                        @for size in sizes {
                            @let listing = Listing { per_page: size, ..self.listing.on_page(1) };
                            @let current = (size == page.per_page).then_some("true");
                            a href=(self.address(&listing)) aria-current=[current] { (size) }
                        }
                    }
                }
                @if page.pages() > 1 {
                    span.steps {
                        @if page.page > 1 {
                            a rel="prev" href=(turned(page.page - 1)) { "Previous" }
                        }
                        span {
                            "Page " (format::grouped(page.page))
                            " of " (format::grouped(page.pages()))
                        }
                        @if page.page < page.pages() {
                            a rel="next" href=(turned(page.page + 1)) { "Next" }
                        }
                    }
                }
            }
        }
    }
}
