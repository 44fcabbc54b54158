//! Writing behind: the bytes of a large entry are written by a second thread while the next ones
//! are decrypted and decompressed. A few buffers go round between the two; memory stays constant.

use std::io::Read;
use std::sync::mpsc;

use super::sink::Sink;
use crate::error::Error;
use crate::progress::Call;
use crate::threads;

/// Buffers that go round: one being filled, one being written, one between.
const BUFFERS: usize = 3;

/// Reads all of `reader` into `sink` in pieces of `size` bytes at most; `note` is called with how
/// many before each is written. `None`, and nothing was done, if the system has no thread for it.
pub(super) fn pump<S: Sink + Send>(
    reader: &mut impl Read,
    sink: &mut S,
    size: usize,
    note: impl Fn(usize) -> Result<(), Error>,
) -> Option<Result<(), Error>> {
    let call = Call::share();
    let (full, filled) = mpsc::sync_channel::<(Vec<u8>, usize)>(BUFFERS);
    let (used, empty) = mpsc::channel::<Vec<u8>>();
    let mut fresh = BUFFERS;
    std::thread::scope(|scope| {
        let writer = threads::spawn(scope, move || {
            let _entered = call.enter();
            for (buffer, count) in filled {
                sink.write(&buffer[..count])?;
                // Nobody takes it back once everything was read.
                let _ = used.send(buffer);
            }
            Ok(())
        })?;
        let mut read = || loop {
            let mut buffer = if fresh > 0 {
                fresh -= 1;
                vec![0; size]
            } else if let Ok(buffer) = empty.recv() {
                buffer
            } else {
                // The writer has ended, and says why.
                return Ok(());
            };
            let count = reader.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            note(count)?;
            if full.send((buffer, count)).is_err() {
                return Ok(());
            }
        };
        let read = read();
        drop(full);
        let written = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Some(read.and(written))
    })
}
