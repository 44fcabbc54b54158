//! A whole set as one zip file, in which the parts are stored as they are; made while it is sent.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

use super::App;
use super::download::{Reader, disposition};
use super::failure::Failure;
use super::stored_zip::{ZipEntry, directory, lay_out};
use crate::artifacts::{self, Artifact, Storage};
use crate::jobs;
use crate::{Scope, ServiceError};

/// How many pieces wait for a client that is slow.
const WAITING: usize = 4;

type Pieces = mpsc::Sender<Result<Bytes, ServiceError>>;

pub(super) async fn whole_set(
    State(app): State<App>,
    Path(id): Path<String>,
    Reader(scope): Reader,
    method: Method,
) -> Result<Response, Failure> {
    Ok(answer(&app, &scope, &id, &method).await?)
}

/// The set of a job, or what is left of it.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Database`].
pub(crate) async fn answer(
    app: &App,
    scope: &Scope,
    id: &str,
    method: &Method,
) -> Result<Response, ServiceError> {
    let job = jobs::get(app.database(), scope, id).await?;
    let mut parts = artifacts::of_job(app.database(), scope, app.now(), id).await?;
    parts.retain(|part| part.deleted_at.is_none());
    let Some(last) = parts.last() else { return Err(ServiceError::NotFound("set")) };
    let set = last.name.split('.').next().unwrap_or_default();
    let name =
        format!("{set}-{}.zip", if last.parts == parts.len() as u64 { "set" } else { "rest" });
    tracing::debug!(job = job.id, "a whole set is downloaded");
    let mut entries: Vec<ZipEntry> =
        parts.iter().map(|part| ZipEntry::new(&part.name, part.size, part.created_at)).collect();
    let length = lay_out(&mut entries);
    let body = if *method == Method::HEAD {
        Body::empty()
    } else {
        let (pieces, sent) = mpsc::channel(WAITING);
        let storage = app.service().storage().clone();
        tokio::spawn(async move {
            if let Err(error) = send(&storage, &parts, entries, &pieces).await {
                tracing::warn!(%error, "a whole set was not sent");
                // Nobody listens any more, or the client sees that the connection breaks off.
                let _ = pieces.send(Err(error)).await;
            }
        });
        Body::from_stream(stream::unfold(sent, async |mut sent| Some((sent.recv().await?, sent))))
    };
    let mut response = body.into_response();
    let mut set = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            response.headers_mut().insert(name, value);
        }
    };
    set(CONTENT_TYPE, "application/zip");
    set(CONTENT_LENGTH, &length.to_string());
    set(CONTENT_DISPOSITION, &disposition(&name));
    Ok(response)
}

async fn send(
    storage: &Storage,
    parts: &[Artifact],
    mut entries: Vec<ZipEntry>,
    pieces: &Pieces,
) -> Result<(), ServiceError> {
    for (part, entry) in parts.iter().zip(&mut entries) {
        give(pieces, entry.local_header().into()).await?;
        let mut bytes = storage.read(&part.object, None).await?;
        let mut crc = crc32fast::Hasher::new();
        let mut left = part.size;
        while let Some(piece) = bytes.next().await {
            let piece = piece?;
            crc.update(&piece);
            left = left.checked_sub(piece.len() as u64).ok_or_else(changed)?;
            give(pieces, piece).await?;
        }
        if left != 0 {
            return Err(changed());
        }
        entry.crc32 = crc.finalize();
        give(pieces, entry.descriptor().into()).await?;
    }
    give(pieces, directory(&entries).into()).await
}

async fn give(pieces: &Pieces, piece: Bytes) -> Result<(), ServiceError> {
    let gone = |_| ServiceError::Conflict("the client went away".into());
    pieces.send(Ok(piece)).await.map_err(gone)
}

fn changed() -> ServiceError {
    ServiceError::Conflict("the storage has another size of a part than the database".into())
}
