//! Threads that compress blocks while others are read and written. What comes out does not depend
//! on how many there are; without any, the caller's own does the work.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::deflate::{Block, Packed, pack};
use crate::error::{Error, ErrorKind};
use crate::threads;

/// A block, and where to send what is made of it.
type Job = (Block, Sender<std::thread::Result<Result<Packed, Error>>>);

/// Compresses blocks, on threads that are started as there is work for them.
pub(super) struct Pool {
    level: u32,
    most: usize,
    threads: Vec<JoinHandle<()>>,
    /// `None` once it is dropped, which ends the threads.
    jobs: Option<Sender<Job>>,
    due: Arc<Mutex<Receiver<Job>>>,
}

/// A block that is compressed, or will be.
pub(super) enum Pending {
    Done(Box<Result<Packed, Error>>),
    Due(Receiver<std::thread::Result<Result<Packed, Error>>>),
}

impl Pool {
    /// Threads beside the caller's, at most `count`; one is no help.
    pub(super) fn new(count: usize, level: u32) -> Self {
        let (jobs, due) = mpsc::channel();
        let most = if count > 1 { count } else { 0 };
        let due = Arc::new(Mutex::new(due));
        Self { level, most, threads: Vec::new(), jobs: Some(jobs), due }
    }

    /// How many blocks should be under way, so that no thread waits for one.
    pub(super) fn capacity(&self) -> usize {
        2 * self.most
    }

    /// Takes a block while so many others are under way.
    pub(super) fn submit(&mut self, block: Block, under_way: usize) -> Pending {
        if under_way >= self.threads.len() && self.threads.len() < self.most {
            self.start();
        }
        match &self.jobs {
            Some(jobs) if !self.threads.is_empty() => {
                let (done, result) = mpsc::channel();
                match jobs.send((block, done)) {
                    Ok(()) => Pending::Due(result),
                    Err(mpsc::SendError((block, _))) => Pending::now(block, self.level),
                }
            }
            _ => Pending::now(block, self.level),
        }
    }

    fn start(&mut self) {
        let (due, level) = (Arc::clone(&self.due), self.level);
        let work = move || {
            loop {
                let job = due.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((block, done)) = job else { return };
                let packed = catch_unwind(AssertUnwindSafe(|| pack(block, level)));
                // Nobody waits for it any more once the archive is given up.
                let _ = done.send(packed);
            }
        };
        match threads::start(work) {
            Some(thread) => self.threads.push(thread),
            // The system has no more.
            None => self.most = self.threads.len(),
        }
    }
}

impl Pending {
    fn now(block: Block, level: u32) -> Self {
        Self::Done(Box::new(pack(block, level)))
    }

    /// Waits for it. A panic of its thread goes on in this one.
    pub(super) fn wait(self) -> Result<Packed, Error> {
        match self {
            Self::Done(packed) => *packed,
            Self::Due(result) => match result.recv() {
                Ok(packed) => packed.unwrap_or_else(|panic| resume_unwind(panic)),
                Err(_) => Err(ErrorKind::Cancelled.into()),
            },
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Blocks that wait are of no use; each thread ends after the one that it is at.
        drop(self.jobs.take());
        if let Ok(due) = self.due.try_lock() {
            while due.try_recv().is_ok() {}
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
