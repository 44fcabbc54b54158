//! Inside tokio: an export is opened on a thread that may block, and its entries reach asynchronous
//! code in pieces; a caller that goes away ends the work.
//!
//! `in-tokio ANY-PART KEY ENTRY`

use std::env;
use std::io::Read;

use smimezip::{CancelToken, Export, KeyRing, UnlockOptions};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;

/// Bytes of a piece, and how many pieces may wait: bounds the memory.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [part, key, name] = arguments()?;
    let (sender, mut pieces) = mpsc::channel(WAITING);
    let cancel = CancelToken::new();
    let work = tokio::task::spawn_blocking({
        let cancel = cancel.clone();
        move || read(&part, &key, &name, &cancel, &sender)
    });
    // Dropped with this future, and then the thread ends as well.
    let _guard = Guard(cancel);
    let mut out = tokio::io::stdout();
    while let Some(piece) = pieces.recv().await {
        out.write_all(&piece).await?;
    }
    out.flush().await?;
    // Only now it is certain that the entry was whole.
    work.await??;
    Ok(())
}

fn read(
    part: &str,
    key: &str,
    name: &str,
    cancel: &CancelToken,
    sender: &mpsc::Sender<Vec<u8>>,
) -> Result<(), smimezip::Error> {
    let keys = KeyRing::from_file(key)?;
    let options = UnlockOptions::new().cancel(cancel);
    let archive = Export::discover(part)?.unlock_with(&keys, &options, &mut ())?;
    let mut entry = archive.by_name(name)?;
    loop {
        let mut piece = vec![0; PIECE];
        let count = entry.read(&mut piece)?;
        piece.truncate(count);
        if count == 0 || sender.blocking_send(piece).is_err() {
            return Ok(());
        }
    }
}

/// Cancels when it is dropped.
struct Guard(CancelToken);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

fn arguments() -> Result<[String; 3], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: in-tokio ANY-PART KEY ENTRY")
}
