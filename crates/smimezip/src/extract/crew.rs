//! Some threads at work while the calling thread looks on: how progress is reported without a lock.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::options::ExtractOptions;

/// Threads that are used unless told otherwise, and at most: memory stays below its limit with as many.
const USUAL_THREADS: usize = 16;
const MOST_THREADS: usize = 64;
/// How often the calling thread looks, and the longest a cancellation waits.
const TICK: Duration = Duration::from_millis(50);

/// Runs `work` on as many threads as the options say, at most `most`, and calls `look` on this thread
/// until all are done, and once more.
pub(super) fn run(
    options: &ExtractOptions,
    most: usize,
    work: impl Fn() + Sync,
    mut look: impl FnMut(),
) {
    let (alive, done) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        for _ in 0..thread_count(options).min(most) {
            let (work, alive) = (&work, alive.clone());
            scope.spawn(move || {
                let _alive = alive;
                work();
            });
        }
        drop(alive);
        while done.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            look();
        }
        look();
    });
}

/// How many threads may work.
pub(super) fn thread_count(options: &ExtractOptions) -> usize {
    options.threads.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from).min(USUAL_THREADS),
        |threads| threads.get().min(MOST_THREADS),
    )
}
