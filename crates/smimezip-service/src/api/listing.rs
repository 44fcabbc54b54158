//! The query of a list. It is that of the pages, but what it names has to be there: a program that
//! misspells a filter must not get, and then delete, everything.

use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, SchemaFormat};

use crate::listing::{Column, DEFAULT_PER_PAGE, Kind, MAX_FILTER, MAX_PAGE, MAX_PER_PAGE};
use crate::{Listing, ServiceError, artifacts, jobs};

/// Reads a query.
///
/// # Errors
/// [`ServiceError::Invalid`] for a name or a number that cannot be.
pub(super) fn read(query: Option<&str>, columns: &[Column]) -> Result<Listing, ServiceError> {
    let query = query.unwrap_or_default();
    let is_column = |name: &str| columns.iter().any(|column| column.name == name);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let is_good = match &*name {
            "sort" => is_column(value.strip_prefix('-').unwrap_or(&value)),
            "page" => value.parse().is_ok_and(|number| (1..=MAX_PAGE).contains(&number)),
            "per_page" => value.parse().is_ok_and(|number| (1..=MAX_PER_PAGE).contains(&number)),
            // What a script left empty must not mean everything either.
            name if is_column(name) => !value.trim().is_empty(),
            _ => return Err(ServiceError::Invalid(format!("there is no parameter {name:?} here"))),
        };
        if !is_good {
            return Err(ServiceError::Invalid(format!("{name}: {value:?} cannot be used")));
        }
    }
    Ok(Listing::from_query(query, columns))
}

/// For OpenAPI: the query of the list of jobs.
#[derive(Debug)]
pub(super) struct JobQuery;

/// For OpenAPI: the query of the list of artifacts.
#[derive(Debug)]
pub(super) struct ArtifactQuery;

impl IntoParams for JobQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(&jobs::COLUMNS)
    }
}

impl IntoParams for ArtifactQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(&artifacts::COLUMNS)
    }
}

fn parameters(columns: &[Column]) -> Vec<Parameter> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let number = |most: u64| {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(1_u32))
            .maximum(u32::try_from(most).ok())
    };
    let one = |name: &str, what: &str, schema: ObjectBuilder| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .description(Some(what))
            .schema(Some(schema))
            .build()
    };
    let mut all: Vec<Parameter> = columns
        .iter()
        .map(|column| {
            let schema = match column.kind {
                Kind::Words(words) => text().enum_values(Some(words.iter().copied())),
                Kind::Text | Kind::Id => text().min_length(Some(1)).max_length(Some(MAX_FILTER)),
                Kind::Number => text().pattern(Some("^(<|<=|=|>=|>)? ?[0-9]+ ?[KMG]?$")),
                Kind::Time => text().pattern(Some("^(<|<=|=|>=|>)? ?[0-9]{4}-[0-9]{2}-[0-9]{2}$")),
                Kind::DaysLeft => text().pattern(Some("^(<|<=|=|>=|>)? ?[0-9]+$")),
            };
            one(column.name, describe(column.kind), schema)
        })
        .collect();
    let names = columns.iter().flat_map(|it| [it.name.to_owned(), format!("-{}", it.name)]);
    let order = text().enum_values(Some(names));
    all.push(one("sort", "A column; with `-` before it the largest comes first.", order));
    all.push(one("page", "Which page, from 1.", number(MAX_PAGE)));
    let rows = format!("Rows on a page; {DEFAULT_PER_PAGE} if it is not given.");
    all.push(one("per_page", &rows, number(MAX_PER_PAGE)));
    all
}

fn describe(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "What it contains, large letters or small.",
        Kind::Id => "An identifier, whole.",
        Kind::Words(_) => "One of these words.",
        Kind::Number => "A number, as `7`, `<=10` or `>2M`; K, M and G mean 1024, 1024² and 1024³.",
        Kind::Time => "A day by UTC, as `2026-11-30` or `>=2026-11-30`.",
        Kind::DaysLeft => "A number of days, as `5` or `<=5`.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_refused() {
        let good = |query: &str| read(Some(query), &jobs::COLUMNS);
        assert_eq!(good("sort=-title&page=2&per_page=9&status=failed").unwrap().page, 2);
        for wrong in
            ["state=failed", "sort=size", "page=0", "page=x", "per_page=501", "a", "title=+"]
        {
            assert!(good(wrong).is_err(), "{wrong}");
        }
    }
}
