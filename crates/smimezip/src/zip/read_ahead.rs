//! Reading ahead: a thread of its own reads, and so decrypts, the compressed bytes of a large entry
//! while those before them are decompressed. A few blocks go round between the two; memory stays
//! constant.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::progress::{Call, current};
use crate::read_at::{ReadAt, clamp, read_exact_at};
use crate::threads;

/// Bytes of a block: many, as each wakes the other thread.
const BLOCK: usize = 512 * 1024;
/// Blocks that go round, the one that is being used included.
const BLOCKS: usize = 3;

type Filled = Receiver<io::Result<Vec<u8>>>;

/// The bytes of a range, block by block. Dropped, it waits until the thread has ended.
pub(super) struct Ahead {
    /// What was read comes here, what was used goes there. The lock is never taken: it makes the
    /// whole `Sync`.
    ends: Option<(Mutex<Filled>, Sender<Vec<u8>>)>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Begins to read `source` from `start` to `end`; `None` if the system has no thread for it.
    pub(super) fn begin(source: Arc<dyn ReadAt>, start: u64, end: u64) -> Option<Self> {
        let (full, filled) = sync_channel(BLOCKS);
        let (used, empty) = channel::<Vec<u8>>();
        let call = current();
        let read = move || {
            let _entered = call.as_ref().map(Call::enter);
            let mut fresh = BLOCKS - 1;
            let mut position = start;
            while position < end {
                let block = if fresh > 0 {
                    fresh -= 1;
                    Some(Vec::new())
                } else {
                    empty.recv().ok()
                };
                // Nobody wants more.
                let Some(mut block) = block else { return };
                block.resize(clamp(BLOCK, end - position), 0);
                let read = read_exact_at(&*source, &mut block, position).map(|()| block);
                position = position.saturating_add(BLOCK as u64);
                if full.send(read).is_err() {
                    return;
                }
            }
        };
        let thread = threads::start(read)?;
        Some(Self { ends: Some((Mutex::new(filled), used)), thread: Some(thread) })
    }

    /// The next block in exchange for `block`, which was used; its bytes are all of its length.
    pub(super) fn exchange(&mut self, block: Vec<u8>) -> io::Result<Vec<u8>> {
        if let Some((filled, used)) = &mut self.ends {
            // The thread has ended if it reads no more; then nobody needs the memory.
            let _ = used.send(block);
            let filled = filled.get_mut().unwrap_or_else(PoisonError::into_inner);
            if let Ok(block) = filled.recv() {
                return block;
            }
        }
        self.join();
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn join(&mut self) {
        // With neither end of the channels the thread stops at its next block.
        self.ends = None;
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !std::thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|n| u8::try_from(n / 7 % 251).unwrap()).collect()
    }

    #[test]
    fn a_range_comes_in_blocks_and_then_ends() {
        let data = bytes(10 * BLOCK);
        let end = data.len() as u64 - 5;
        let mut ahead = Ahead::begin(Arc::new(data.clone()), 3, end).unwrap();
        let (mut all, mut block) = (Vec::new(), Vec::new());
        while all.len() < data.len() - 8 {
            block = ahead.exchange(block).unwrap();
            all.extend_from_slice(&block);
        }
        assert!(all == data[3..data.len() - 5]);
        assert_eq!(ahead.exchange(block).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn it_ends_when_nobody_wants_more() {
        let data: Arc<dyn ReadAt> = Arc::new(bytes(20 * BLOCK));
        for blocks in 0..7 {
            let mut ahead = Ahead::begin(Arc::clone(&data), 0, 20 * BLOCK as u64).unwrap();
            for _ in 0..blocks {
                ahead.exchange(Vec::new()).unwrap();
            }
        }
        assert_eq!(Arc::strong_count(&data), 1);
    }

    #[test]
    fn a_fault_comes_after_what_was_read_before_it() {
        let data = bytes(3 * BLOCK);
        let mut ahead = Ahead::begin(Arc::new(data), 0, 3 * BLOCK as u64 + 1).unwrap();
        for _ in 0..3 {
            ahead.exchange(Vec::new()).unwrap();
        }
        assert_eq!(ahead.exchange(Vec::new()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    struct Panicking;

    impl ReadAt for Panicking {
        fn read_at(&self, _: &mut [u8], _: u64) -> io::Result<usize> {
            panic!("a source that panics");
        }

        fn size(&self) -> io::Result<u64> {
            Ok(u64::MAX)
        }
    }

    #[test]
    fn a_panic_reaches_the_one_who_reads() {
        let read = std::panic::catch_unwind(|| {
            let mut ahead = Ahead::begin(Arc::new(Panicking), 0, 9).unwrap();
            let _ = ahead.exchange(Vec::new());
        });
        assert_eq!(*read.unwrap_err().downcast::<&str>().unwrap(), "a source that panics");
    }
}
