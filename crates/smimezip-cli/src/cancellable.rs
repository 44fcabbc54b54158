//! Pipes and standard input, which a signal can interrupt: a thread reads, and whoever waits for
//! its bytes looks at the cancel token meanwhile.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use smimezip::CancelToken;

/// Bytes read at once.
const BUFFER: usize = 256 * 1024;
/// How often the cancel token is looked at.
const PATIENCE: Duration = Duration::from_millis(50);

/// A stream that ends with an error once it is cancelled, also while nothing comes.
pub(crate) struct Cancellable {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    used: usize,
    cancel: CancelToken,
}

impl Cancellable {
    pub(crate) fn new(source: impl Read + Send + 'static, cancel: &CancelToken) -> Self {
        // One piece is read while another is worked on.
        let (sender, pieces) = sync_channel(1);
        // It ends with the program: a blocked read cannot be called back.
        std::thread::spawn(move || read_all(source, &sender));
        Self { pieces, piece: Vec::new(), used: 0, cancel: cancel.clone() }
    }
}

/// Sends pieces, the last of which is empty or an error.
fn read_all(mut source: impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut piece = vec![0; BUFFER];
        let result = match source.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result.map(|count| {
                piece.truncate(count);
                piece
            }),
        };
        let is_last = !matches!(&result, Ok(piece) if !piece.is_empty());
        if sender.send(result).is_err() || is_last {
            return;
        }
    }
}

impl Read for Cancellable {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.used == self.piece.len() {
            self.cancel.check()?;
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => (self.piece, self.used) = (piece?, 0),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            }
            if self.piece.is_empty() {
                return Ok(0);
            }
        }
        let rest = &self.piece[self.used..];
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        self.used += count;
        Ok(count)
    }
}
