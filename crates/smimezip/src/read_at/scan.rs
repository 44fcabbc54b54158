//! What a view learns by reading all of its source, once: made by the first reader that needs it,
//! while the others wait, none of them longer than its own call. What the source *is* stays known;
//! that it could not be read this time is forgotten, and the next reader tries again.

use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::error::Error;
use crate::progress::check;

/// The longest that one who waits does not look whether its call was cancelled.
const TICK: Duration = Duration::from_millis(20);

/// The outcome of a scan, or none yet.
pub(crate) struct Scan<T> {
    outcome: OnceLock<Result<T, Error>>,
    /// Whether somebody is at it.
    busy: Mutex<bool>,
    free: Condvar,
}

impl<T> Scan<T> {
    /// Nothing is known yet.
    pub(crate) fn new() -> Self {
        Self { outcome: OnceLock::new(), busy: Mutex::new(false), free: Condvar::new() }
    }

    /// It was made already.
    pub(crate) fn done(found: T) -> Self {
        Self { outcome: OnceLock::from(Ok(found)), ..Self::new() }
    }

    /// What was found, if a scan was made and found it.
    pub(crate) fn found(&self) -> Option<&T> {
        self.outcome.get()?.as_ref().ok()
    }

    /// What `scan` finds, now or when it was made.
    ///
    /// # Errors
    /// Those of `scan`, and `Cancelled`.
    pub(crate) fn find(&self, scan: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
        let Some(outcome) = self.outcome_or_turn()? else {
            let _turn = Turn(self);
            let outcome = match scan() {
                Err(error) if error.is_passing() => return Err(error),
                outcome => outcome,
            };
            return self.outcome.get_or_init(|| outcome).as_ref().map_err(Error::clone);
        };
        outcome.as_ref().map_err(Error::clone)
    }

    /// The outcome; `None` if it is this thread's turn to find it.
    fn outcome_or_turn(&self) -> Result<Option<&Result<T, Error>>, Error> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(outcome) = self.outcome.get() {
                return Ok(Some(outcome));
            }
            if !*busy {
                *busy = true;
                return Ok(None);
            }
            check()?;
            let waited = self.free.wait_timeout(busy, TICK);
            busy = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Being the one who scans, until dropped.
struct Turn<'a, T>(&'a Scan<T>);

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        *self.0.busy.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.free.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;
    use crate::error::ErrorKind;
    use crate::progress::CancelToken;

    #[test]
    fn what_passes_is_forgotten_and_what_is_so_stays() {
        let scan: Scan<u8> = Scan::new();
        let broken = || Err(std::io::Error::other("no connection").into());
        assert!(matches!(scan.find(broken).unwrap_err().kind(), ErrorKind::Io(_)));
        let cancelled = || Err(ErrorKind::Cancelled.into());
        assert!(matches!(scan.find(cancelled).unwrap_err().kind(), ErrorKind::Cancelled));
        assert_eq!(*scan.find(|| Ok(7)).unwrap(), 7);
        assert_eq!(*scan.find(|| Ok(8)).unwrap(), 7);
        let damaged: Scan<u8> = Scan::new();
        assert!(damaged.find(|| Err(Error::malformed("so"))).is_err());
        assert!(damaged.find(|| Ok(7)).is_err());
        assert!(damaged.found().is_none());
    }

    #[test]
    fn one_scans_and_the_others_wait_for_it() {
        let scan: Scan<u8> = Scan::new();
        let scans = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let found = scan.find(|| {
                        scans.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(5));
                        Ok(7)
                    });
                    assert_eq!(*found.unwrap(), 7);
                });
            }
        });
        assert_eq!(scans.into_inner(), 1);
    }

    #[test]
    fn one_who_waits_can_be_cancelled_and_one_who_scanned_in_vain_is_replaced() {
        let scan: Scan<u8> = Scan::new();
        let (begun, begin) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let scan = &scan;
            scope.spawn(move || {
                let panics = || {
                    begun.send(()).unwrap();
                    ended.recv().unwrap();
                    panic!("a source that panics");
                };
                let find = || scan.find(panics).is_ok();
                assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(find)).is_err());
            });
            begin.recv().unwrap();
            let token = CancelToken::new();
            token.cancel();
            let waiting = token.scope(|| scan.find(|| Ok(7)));
            assert!(matches!(waiting.unwrap_err().kind(), ErrorKind::Cancelled));
            end.send(()).unwrap();
            assert_eq!(*scan.find(|| Ok(8)).unwrap(), 8);
        });
    }
}
