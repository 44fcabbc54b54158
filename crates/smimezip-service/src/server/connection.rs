//! One connection, HTTP/1.1 or HTTP/2: served until it ends, until it does nothing or takes
//! nothing for too long, or until the service stops.

use std::pin::pin;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep_until};

use super::activity::Activity;
use super::stream::Watched;
use super::{LAST, Peer};
use crate::service::Timing;

/// Requests at the same time on one connection of HTTP/2; browsers count on a hundred.
const STREAMS: u32 = 100;
/// Bytes of an answer that wait for a client that is slow; more than that much of a head is none.
const BUFFER: usize = 128 << 10;

/// What all connections have.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    pub(super) router: Router,
    pub(super) timing: Timing,
    pub(super) stopping: watch::Receiver<bool>,
}

impl Connections {
    /// Serves one.
    pub(super) async fn serve<S>(self, stream: S, peer: Peer)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let Self { router, timing, mut stopping } = self;
        let activity = Activity::new();
        let pages = TowerToHyperService::new(router);
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            let running = activity.begin();
            let answer = pages.call(request);
            async { answer.await.map(|answer| answer.map(|body| running.answer(body))) }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(timing.head)
            // Downloads that are slow, of which there may be many, keep so much each.
            .max_buf_size(BUFFER);
        // No pings: behind the bytes of a download that a slow line has to carry first, one comes
        // too late. What nobody takes is noticed below.
        builder.http2().max_concurrent_streams(STREAMS);
        let stream = TokioIo::new(Watched::new(stream, activity.clone()));
        let mut connection = pin!(builder.serve_connection(stream, service));
        let mut look = interval(timing.head.min(timing.unread) / 2);
        let mut end = None;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, peer = %peer.0, "a connection broke off");
                    }
                    return;
                }
                _ = stopping.wait_for(|stops| *stops), if end.is_none() => {
                    end = Some(Instant::now() + LAST);
                    connection.as_mut().graceful_shutdown();
                }
                () = sleep_until(end.unwrap_or_else(Instant::now)), if end.is_some() => return,
                _ = look.tick() => {
                    if activity.is_unread(timing.unread) || activity.is_quiet(timing.head * 2) {
                        tracing::debug!(peer = %peer.0, "a connection that does or takes nothing is ended");
                        return;
                    }
                    // Of HTTP/1.1 the head's own time is over already.
                    if activity.is_quiet(timing.head) {
                        connection.as_mut().graceful_shutdown();
                    }
                }
            }
        }
    }
}
