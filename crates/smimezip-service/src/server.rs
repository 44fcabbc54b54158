//! Listening: HTTP, or HTTPS with the files that the configuration names, for so many connections
//! at the same time. Stopping: what is being downloaded has some seconds to end.

mod activity;
mod connection;
mod stream;
mod tls;

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use self::connection::Connections;
use crate::ServiceError;
use crate::config::Config;
use crate::web::{App, router};

/// How long an answer may go on after the service was told to stop.
const LAST: Duration = Duration::from_secs(10);

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Takes the address that the configuration names. With port 0 the system chooses one.
///
/// # Errors
/// [`ServiceError::Io`] if it cannot be had.
pub async fn bind(config: &Config) -> Result<TcpListener, ServiceError> {
    let what = config.listen.to_string();
    TcpListener::bind(config.listen).await.map_err(|source| ServiceError::Io { what, source })
}

/// Serves the pages until `stop` is there.
///
/// # Errors
/// [`ServiceError::Config`] for files of HTTPS that cannot be used.
pub async fn serve(
    app: App,
    config: &Config,
    mut listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServiceError> {
    let tls = config.tls.as_ref().map(tls::acceptor).transpose()?;
    let (stops, stopping) = watch::channel(false);
    let timing = *app.service().timing();
    let connections = Connections { router: router(app.clone()), timing, stopping };
    // Those who come when all are taken wait until the system has no place for them either.
    let slots = Arc::new(Semaphore::new(config.max_connections as usize));
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (slot, Listener::accept(&mut listener).await)
        };
        let (slot, (stream, peer)) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => accepted,
        };
        let (connections, tls) = (connections.clone(), tls.clone());
        tokio::spawn(async move {
            match tls {
                None => connections.serve(stream, Peer(peer)).await,
                Some(tls) => {
                    let handshake = timeout(connections.timing.head, tls.accept(stream));
                    if let Ok(Ok(stream)) = handshake.await {
                        connections.serve(stream, Peer(peer)).await;
                    }
                }
            }
            drop(slot);
        });
    }
    drop(listener);
    app.stop();
    stops.send_replace(true);
    let ended = slots.acquire_many(config.max_connections);
    if timeout(LAST + Duration::from_secs(1), ended).await.is_err() {
        tracing::warn!("connections are left behind");
    }
    Ok(())
}
