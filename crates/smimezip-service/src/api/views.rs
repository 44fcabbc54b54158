//! Rows as JSON. Times are RFC 3339 by UTC; numbers of bytes are exact. Which fields there are is
//! promised: `/api/openapi.json` is made of these types.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::artifacts::{Artifact, DeletedBecause, Loss};
use crate::certificates::Finding;
use crate::clock::Millis;
use crate::jobs::Job;
use crate::users::User;
use crate::users::tokens::Token;
use crate::web::App;

/// A time, as in `2026-11-30T12:00:00Z`.
pub(super) fn time(at: Millis) -> String {
    Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}

/// An export job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub(super) struct JobView {
    id: String,
    /// Whose it is.
    user_id: String,
    title: String,
    /// The data source's name.
    source: String,
    /// `whole` or `changed`.
    #[schema(pattern = "^(whole|changed)$")]
    job_type: &'static str,
    /// File Split Size, in bytes.
    part_size: u64,
    /// `waiting`, `in_progress`, `completed`, `failed` or `cancelled`.
    #[schema(pattern = "^(waiting|in_progress|completed|failed|cancelled)$")]
    status: &'static str,
    /// Somebody asked for its end.
    cancelling: bool,
    /// Of `changed`: what was modified since then.
    #[schema(format = DateTime)]
    since: Option<String>,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    started: Option<String>,
    #[schema(format = DateTime)]
    ended: Option<String>,
    /// While it runs: seconds that remain, estimated.
    remaining_seconds: Option<i64>,
    /// Bytes of the source that were read.
    done_bytes: u64,
    /// Bytes that the source has; 0 if that is not known.
    total_bytes: u64,
    /// The name of the set's last part.
    file_name: Option<String>,
    /// Files and folders in it.
    entries: Option<u64>,
    /// Why it failed.
    failure: Option<String>,
    /// How many times it was begun.
    attempt: i64,
}

impl JobView {
    pub(super) fn new(job: &Job, now: Millis) -> Self {
        Self {
            id: job.id.clone(),
            user_id: job.user_id.clone(),
            title: job.title.clone(),
            source: job.source.clone(),
            job_type: job.job_type.as_str(),
            part_size: job.part_size,
            status: job.status.as_str(),
            cancelling: job.cancel_requested && !job.status.is_ended(),
            since: job.since.map(time),
            created: time(job.created_at),
            started: job.started_at.map(time),
            ended: job.ended_at.map(time),
            remaining_seconds: job.remaining(now).map(|millis| millis / 1000),
            done_bytes: job.done_bytes,
            total_bytes: job.total_bytes,
            file_name: job.file_name.clone(),
            entries: job.entries,
            failure: job.failure.clone(),
            attempt: job.attempt,
        }
    }
}

/// A part of a set.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Artifact)]
pub(super) struct ArtifactView {
    id: String,
    /// The job that made it.
    job_id: String,
    /// Whose it is.
    user_id: String,
    source: String,
    /// What the job is called.
    title: String,
    /// The file's name.
    name: String,
    /// Which part of the set it is, from 1.
    part: u64,
    /// Of how many.
    parts: u64,
    /// Bytes.
    size: u64,
    /// SHA-256 in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
    #[schema(format = DateTime)]
    created: String,
    #[schema(format = DateTime)]
    expires: String,
    /// A day that has begun counts whole.
    days_left: i64,
    /// When it was deleted.
    #[schema(format = DateTime)]
    deleted: Option<String>,
    /// `expired` or `user`.
    #[schema(pattern = "^(expired|user)$")]
    deleted_because: Option<&'static str>,
    /// Where its bytes are.
    url: String,
}

impl ArtifactView {
    pub(super) fn new(file: &Artifact, app: &App, now: Millis) -> Self {
        Self {
            id: file.id.clone(),
            job_id: file.job_id.clone(),
            user_id: file.user_id.clone(),
            source: file.source.clone(),
            title: file.title.clone(),
            name: file.name.clone(),
            part: file.part,
            parts: file.parts,
            size: file.size,
            sha256: file.sha256.clone(),
            created: time(file.created_at),
            expires: time(file.expires_at),
            days_left: file.days_left(now),
            deleted: file.deleted_at.map(time),
            deleted_because: file.deleted_because.map(DeletedBecause::as_str),
            url: content_url(app, file),
        }
    }
}

/// Where an artifact's bytes are.
pub(super) fn content_url(app: &App, file: &Artifact) -> String {
    format!("{}/api/v1/artifacts/{}/content", app.base_url(), file.id)
}

/// What a set loses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Loss)]
pub(super) struct LossView {
    job_id: String,
    title: String,
    /// Which parts go, from 1.
    parts: Vec<u64>,
    /// How many are left.
    left: u64,
    /// Of how many.
    of: u64,
    /// The same, for people.
    text: String,
}

impl From<Loss> for LossView {
    fn from(loss: Loss) -> Self {
        let text = loss.to_string();
        let Loss { job_id, title, parts, left, of } = loss;
        Self { job_id, title, parts, left, of, text }
    }
}

/// A certificate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
pub(super) struct CertificateView {
    subject: String,
    /// Issuer and serial number.
    identifier: String,
    /// The kind of key and its size.
    key: String,
    #[schema(format = DateTime)]
    not_before: String,
    #[schema(format = DateTime)]
    not_after: String,
    /// How keys of messages are encrypted for it.
    how: Option<String>,
    /// Why no export can be sealed for it.
    problem: Option<String>,
    pem: String,
}

impl From<Finding> for CertificateView {
    fn from(finding: Finding) -> Self {
        Self {
            subject: finding.subject,
            identifier: finding.identifier,
            key: finding.key,
            not_before: time(finding.not_before),
            not_after: time(finding.not_after),
            how: finding.how,
            problem: finding.problem,
            pem: finding.pem,
        }
    }
}

/// Somebody who may use the service.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(super) struct UserView {
    id: String,
    name: String,
    /// `administrator` or `user`.
    #[schema(pattern = "^(administrator|user)$")]
    role: &'static str,
    /// Whether the one-time link was used.
    has_password: bool,
    #[schema(format = DateTime)]
    created: String,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            name: user.name,
            role: user.role.as_str(),
            has_password: user.has_password,
            created: time(user.created_at),
        }
    }
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub(super) struct TokenView {
    id: String,
    name: String,
    #[schema(format = DateTime)]
    created: String,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    used: Option<String>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            created: time(token.created_at),
            used: token.used_at.map(time),
        }
    }
}
