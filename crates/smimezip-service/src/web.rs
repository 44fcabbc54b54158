//! The pages, made on the server: History, Artifacts, New job, Preferences, users, and what belongs
//! to them. They work without JavaScript, but for the moving bar. What they do is done by the
//! modules beside this one; here is no SQL.

mod artifacts;
mod assets;
mod chosen;
mod download;
mod events;
mod failure;
mod fields;
mod format;
mod health;
mod history;
mod job;
mod layout;
mod link;
mod lists;
mod login;
mod new_job;
mod notice;
mod open;
mod preferences;
mod progress;
mod security;
mod set_zip;
mod stored_zip;
mod table;
mod users;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::{get, post};
use tokio::sync::watch;
use tower_http::timeout::TimeoutLayer;

use crate::clock::Millis;
use crate::config::Config;
use crate::database::Database;
use crate::service::Service;
use crate::users::attempts::Attempts;

/// The largest form: a certificate, or a hundred files that are selected.
const MAX_FORM: usize = 512 << 10;
/// How long an answer may take to begin.
const ANSWER: Duration = Duration::from_secs(60);

/// What every page is made of.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: Service,
    attempts: Attempts,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Pages of `service`.
    pub fn new(service: Service) -> Self {
        let stopping = watch::Sender::new(false);
        Self(Arc::new(Inner { service, attempts: Attempts::default(), stopping }))
    }

    /// Ends what would go on for as long as a browser listens.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    fn service(&self) -> &Service {
        &self.0.service
    }

    fn config(&self) -> &Config {
        self.service().config()
    }

    fn database(&self) -> &Database {
        self.service().database()
    }

    fn now(&self) -> Millis {
        self.service().now()
    }

    fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    /// What links begin with.
    fn base_url(&self) -> String {
        base_url(self.config())
    }

    /// Whether browsers come by HTTPS.
    fn is_https(&self) -> bool {
        self.config().tls.is_some() || self.config().behind_proxy
    }

    /// The name of the cookie that is the session; with HTTPS one that no other host can set.
    fn session_cookie(&self) -> &'static str {
        if self.is_https() { "__Host-smimezip_session" } else { "smimezip_session" }
    }
}

/// What links to the service begin with, without a slash at the end.
pub fn base_url(config: &Config) -> String {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let url = config.url.clone().unwrap_or_else(|| format!("{scheme}://{}", config.listen));
    url.trim_end_matches('/').to_owned()
}

/// All addresses of the pages.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/history") }))
        .route("/login", get(login::page).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/link/{secret}", get(link::page).post(link::redeem))
        .route("/history", get(history::page).post(history::act))
        .route("/jobs", post(new_job::create))
        .route("/jobs/new", get(new_job::page))
        .route("/jobs/{id}", get(job::page))
        .route("/jobs/{id}/cancel", post(job::cancel))
        .route("/jobs/{id}/delete", get(job::ask_delete).post(job::delete))
        .route("/jobs/{id}/open", get(open::page))
        .route("/jobs/{id}/set.zip", get(set_zip::whole_set))
        .route("/artifacts", get(artifacts::page).post(chosen::act))
        .route("/artifacts/links", get(lists::links))
        .route("/artifacts/delete", post(chosen::delete))
        .route("/artifacts/{id}/download", get(download::artifact))
        .route("/preferences", get(preferences::page))
        .route("/preferences/certificate", post(preferences::upload))
        .route("/preferences/password", post(preferences::change_password))
        .route("/preferences/tokens", post(preferences::create_token))
        .route("/preferences/tokens/delete", post(preferences::delete_token))
        .route("/users", get(users::page).post(users::invite))
        .route("/users/{id}/link", post(users::new_link))
        .route("/users/{id}/delete", post(users::delete))
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::is_ready))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, ANSWER))
        .route("/events", get(events::stream))
        .route("/assets/{name}", get(assets::serve))
        .fallback(failure::no_page)
        .layer(DefaultBodyLimit::max(MAX_FORM))
        .layer(axum::middleware::from_fn_with_state(app.clone(), security::guard))
        .with_state(app)
}
