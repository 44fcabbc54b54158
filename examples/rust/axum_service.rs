//! A web service that decrypts: `POST /decrypt` with a message, and the answer is its content. The
//! message is fed to a `Decoder` as it comes and is never whole in memory; the content waits in a
//! file until the message is verified, so that nobody gets half of one.
//!
//! `axum-service KEY`

use std::env;
use std::io::{Seek, Write};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use futures_util::StreamExt as _;
use smimezip::error::Category;
use smimezip::message::Decoder;
use smimezip::{Error, KeyRing};
use tokio_util::io::ReaderStream;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = env::args().nth(1).ok_or("usage: axum-service KEY")?;
    let keys = Arc::new(KeyRing::from_file(key)?);
    let service = Router::new().route("/decrypt", post(decrypt)).with_state(keys);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, service).await?;
    Ok(())
}

async fn decrypt(State(keys): State<Arc<KeyRing>>, body: Body) -> Result<Body, StatusCode> {
    let mut decoder = Decoder::new(keys);
    let mut content = tempfile::tempfile().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| StatusCode::BAD_REQUEST)?;
        // A piece is small, but the private key's operation takes milliseconds: other requests
        // must not wait for it.
        let fed = tokio::task::spawn_blocking(move || {
            feed(&mut decoder, &piece, &mut content).map(|()| (decoder, content))
        });
        (decoder, content) = done(fed.await)?;
    }
    let finished =
        tokio::task::spawn_blocking(move || finish(&mut decoder, &mut content).map(|()| content));
    let content = done(finished.await)?;
    Ok(Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(content))))
}

fn feed(decoder: &mut Decoder, mut piece: &[u8], out: &mut impl Write) -> Result<(), Error> {
    let mut buffer = vec![0; 64 * 1024];
    while !piece.is_empty() {
        let step = decoder.process(piece, &mut buffer)?;
        out.write_all(&buffer[..step.produced])?;
        piece = &piece[step.consumed..];
    }
    Ok(())
}

/// Writes what is left; the message is whole and right if this succeeds.
fn finish(decoder: &mut Decoder, out: &mut (impl Write + Seek)) -> Result<(), Error> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match decoder.finish(&mut buffer)? {
            0 => break,
            count => out.write_all(&buffer[..count])?,
        }
    }
    out.rewind()?;
    Ok(())
}

/// One answer for everything that depends on the key: who sends guesses must learn nothing.
fn done<T>(result: Result<Result<T, Error>, tokio::task::JoinError>) -> Result<T, StatusCode> {
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(match error.category() {
            Category::Io => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
