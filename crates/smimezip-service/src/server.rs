//! Listening: HTTP, or HTTPS with the files that the configuration names. Stopping: what is being
//! downloaded has some seconds to end.

mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::TcpListener;

use self::tls::TlsListener;
use crate::ServiceError;
use crate::config::Config;
use crate::web::{App, router};

/// How long an answer may go on after the service was told to stop.
const LAST: Duration = Duration::from_secs(10);

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

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
/// [`ServiceError::Config`] for files of HTTPS that cannot be used; [`ServiceError::Io`].
pub async fn serve(
    app: App,
    config: &Config,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServiceError> {
    match &config.tls {
        Some(tls) => run(app, TlsListener::new(listener, tls)?, stop).await,
        None => run(app, listener, stop).await,
    }
}

async fn run<L>(
    app: App,
    listener: L,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServiceError>
where
    L: Listener,
    L::Addr: std::fmt::Debug,
    Peer: for<'a> Connected<IncomingStream<'a, L>>,
{
    let (stopped, mut is_stopped) = tokio::sync::watch::channel(false);
    let service = router(app.clone()).into_make_service_with_connect_info::<Peer>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        app.stop();
        stopped.send_replace(true);
    });
    let last = async {
        if is_stopped.wait_for(|stopped| *stopped).await.is_ok() {
            tokio::time::sleep(LAST).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let io = |source| ServiceError::Io { what: "listening".into(), source };
    tokio::select! {
        served = serving => served.map_err(io),
        () = last => Ok(()),
    }
}
