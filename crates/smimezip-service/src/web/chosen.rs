//! What is done with the files that were selected: to the page that downloads them, or deleted,
//! after it was said what their sets lose.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;

use super::failure::Failure;
use super::fields::Posted;
use super::layout::{self, Place};
use super::notice::go;
use super::{App, format};
use crate::artifacts;
use crate::listing::Listing;

/// What the buttons above the list do.
pub(super) async fn act(State(app): State<App>, posted: Posted) -> Result<Response, Failure> {
    let ids = posted.fields.texts("id");
    let listing = Listing::from_query(posted.fields.text("query"), &artifacts::COLUMNS);
    let query = listing.to_query();
    let back = if query.is_empty() { "/artifacts".into() } else { format!("/artifacts?{query}") };
    if ids.is_empty() {
        return Ok(go(&back, "select-files").into_response());
    }
    let ids: Vec<&str> = artifacts::selected(&ids)?.into_iter().collect();
    if posted.fields.text("action") == "delete" {
        return ask_delete(&app, &posted, &ids, &back).await;
    }
    if let [id] = ids.as_slice() {
        let file = artifacts::get(app.database(), &posted.visitor.scope(), app.now(), id).await?;
        return Ok(Redirect::to(&format!("/artifacts/{}/download", file.id)).into_response());
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(ids.iter().map(|id| ("id", id)));
    Ok(Redirect::to(&format!("/artifacts/links?{}", query.finish())).into_response())
}

async fn ask_delete(
    app: &App,
    posted: &Posted,
    ids: &[&str],
    back: &str,
) -> Result<Response, Failure> {
    let visitor = &posted.visitor;
    let losses = artifacts::losses(app.database(), &visitor.scope(), app.now(), ids).await?;
    let number = ids.len() as u64;
    let content = html! {
        div.narrow {
            h1 { "Delete " (format::count(number, "file")) "?" }
            p { "They can then no longer be downloaded." }
            ul.losses { @for loss in &losses { li { (loss) } } }
            form.buttons method="post" action="/artifacts/delete" {
                (layout::token(visitor))
                @for id in ids { input type="hidden" name="id" value=(id); }
                button.danger type="submit" { "Delete" }
                a.button href=(back) { "Keep them" }
            }
        }
    };
    Ok(layout::page(visitor, Place::Artifacts, "Delete files", "", &content).into_response())
}

/// Deletes them.
pub(super) async fn delete(State(app): State<App>, posted: Posted) -> Result<Response, Failure> {
    let ids = posted.fields.texts("id");
    artifacts::delete(app.database(), &posted.visitor.scope(), app.now(), &ids).await?;
    Ok(go("/artifacts", "files-deleted").into_response())
}
