//! The pages, made on the server: History, Artifacts, New job, Preferences, users, and what belongs
//! to them. They work without JavaScript, but for the moving bar. What they do is done by the
//! modules beside this one; here is no SQL.

pub(crate) mod admission;
mod artifacts;
mod assets;
mod chosen;
pub(crate) mod download;
mod events;
pub(crate) mod failure;
mod fields;
mod format;
mod health;
mod history;
mod job;
mod layout;
mod link;
pub(crate) mod lists;
pub(crate) mod login;
mod new_job;
mod notice;
mod open;
mod preferences;
mod progress;
mod security;
pub(crate) mod set_zip;
mod stored_zip;
mod table;
mod users;
pub(crate) mod visitor;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use tokio::sync::watch;
use tower_http::timeout::TimeoutLayer;

use crate::ServiceError;
use crate::api;
use crate::clock::Millis;
use crate::config::Config;
use crate::database::Database;
use crate::service::Service;
use crate::users::alive::Alive;
use crate::users::attempts::Attempts;
use crate::users::sessions::Session;

/// The largest form: a certificate, or a hundred files that are selected.
const MAX_FORM: usize = 512 << 10;
/// How long an answer may take to begin.
pub(crate) const ANSWER: Duration = Duration::from_secs(60);

/// What every page is made of.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    service: Service,
    attempts: Attempts,
    alive: Alive,
    stopping: watch::Sender<bool>,
    /// How many answers began with each digit, from 1.
    answers: [AtomicU64; 5],
}

impl App {
    /// Pages of `service`.
    pub fn new(service: Service) -> Self {
        let stopping = watch::Sender::new(false);
        Self(Arc::new(Inner {
            service,
            attempts: Attempts::default(),
            alive: Alive::default(),
            stopping,
            answers: Default::default(),
        }))
    }

    /// Ends what would go on for as long as a browser listens.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    pub(crate) fn service(&self) -> &Service {
        &self.0.service
    }

    pub(crate) fn config(&self) -> &Config {
        self.service().config()
    }

    pub(crate) fn database(&self) -> &Database {
        self.service().database()
    }

    pub(crate) fn now(&self) -> Millis {
        self.service().now()
    }

    pub(crate) fn attempts(&self) -> &Attempts {
        &self.0.attempts
    }

    /// Whether the session of somebody who listens goes on.
    async fn is_alive(&self, session: &Session) -> Result<bool, ServiceError> {
        let age = self.service().timing().session;
        self.0.alive.has(self.database(), self.now(), session, age).await
    }

    /// How many answers there were of each class, from 1xx.
    pub(crate) fn answers(&self) -> [u64; 5] {
        self.0.answers.each_ref().map(|number| number.load(Ordering::Relaxed))
    }

    fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    /// What links begin with.
    pub(crate) fn base_url(&self) -> String {
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

/// All addresses: those of the pages, and those for programs.
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
        .layer(from_fn_with_state(app.clone(), admission::check::<failure::Failure>))
        .layer(from_fn(security::refuse_foreign))
        // Programs send no cookies, so that no other site has them send anything.
        .nest("/api", api::router(&app))
        .route("/metrics", get(api::metrics))
        .layer(from_fn_with_state(app.clone(), security::add_headers))
        .layer(from_fn_with_state(app.clone(), count))
        .with_state(app)
}

/// Counts answers by their class.
async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let class = usize::from(response.status().as_u16() / 100).saturating_sub(1);
    if let Some(number) = app.0.answers.get(class) {
        number.fetch_add(1, Ordering::Relaxed);
    }
    response
}
