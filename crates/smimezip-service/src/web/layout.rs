//! What is around each page: the head, the navigation, the place for what a page says.

use maud::{DOCTYPE, Markup, html};

use super::fields::TOKEN;
use super::visitor::Visitor;
use super::{assets, notice};

/// A page of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    History,
    Artifacts,
    NewJob,
    Preferences,
    Users,
}

const PLACES: [(Place, &str, &str); 5] = [
    (Place::History, "/history", "History"),
    (Place::Artifacts, "/artifacts", "Artifacts"),
    (Place::NewJob, "/jobs/new", "New job"),
    (Place::Preferences, "/preferences", "Preferences"),
    (Place::Users, "/users", "Users"),
];

/// A page for somebody who is logged in. `query` is the address's, which may name a notice.
pub(super) fn page(
    visitor: &Visitor,
    place: Place,
    title: &str,
    query: &str,
    content: &Markup,
) -> Markup {
    let user = visitor.user();
    let is_shown = |shown: Place| shown != Place::Users || user.is_administrator();
    let places = PLACES.into_iter().filter(|(known, ..)| is_shown(*known));
    let header = html! {
        header.top {
            a.brand href="/history" { "Exports" }
            nav aria-label="Pages" {
                @for (known, address, name) in places {
                    a href=(address) aria-current=[(known == place).then_some("page")] { (name) }
                }
            }
            form.who method="post" action="/logout" {
                (token(visitor))
                span.name title=(user.role) { (user.name) }
                button.plain type="submit" { "Log out" }
            }
        }
    };
    frame(
        title,
        &header,
        &html! {
            @if let Some(notice) = notice::of_query(query) { (notice) }
            (content)
        },
    )
}

/// A page for somebody who is not logged in, or may not be.
pub(super) fn bare(title: &str, content: &Markup) -> Markup {
    let header = html! { header.top { a.brand href="/history" { "Exports" } } };
    frame(title, &header, &html! { div.narrow { (content) } })
}

fn frame(title: &str, header: &Markup, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – Exports" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(assets::style());
                script src=(assets::script()) defer {}
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (header)
                main #content tabindex="-1" { (content) }
            }
        }
    }
}

/// The field that each form carries.
pub(super) fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(visitor.session.form_token()); }
}

/// What is wrong with what was sent, at the top of the form.
pub(super) fn problem(text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { p.problem role="alert" #problem { (text) } } }
}
