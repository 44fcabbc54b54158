//! The threads of a long call: one that reports to the caller, a team that works, and one that may
//! be left behind. Where the system has no more threads there are fewer, down to the caller's own;
//! so it is where it has none at all, as in a browser.
//! What panics in any of them panics in the caller's; the first error stops the others.

#[cfg_attr(target_os = "unknown", path = "threads/absent/pace.rs")]
mod pace;

use std::any::Any;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};
use std::time::Duration;

use self::pace::Pace;
use crate::error::{Error, ErrorKind};
use crate::progress::{Call, CancelToken, Phase, Progress, check, current};

/// Threads that are used unless asked for otherwise, and at most: memory stays below its limit with
/// as many.
const DEFAULT_THREADS: usize = 16;
const MAX_THREADS: usize = 64;
/// How often the calling thread looks, and the longest that a cancellation waits.
const TICK: Duration = Duration::from_millis(50);

/// How many threads may work where so many were asked for.
pub(crate) fn count(asked: Option<NonZeroUsize>) -> usize {
    asked.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from).min(DEFAULT_THREADS),
        |threads| threads.get().min(MAX_THREADS),
    )
}

/// Starts a thread; `None` if the system has none.
pub(crate) fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    #[cfg(test)]
    if tests::HAVE_NONE.get() {
        return None;
    }
    Builder::new().name("smimezip".into()).spawn_scoped(scope, work).ok()
}

/// A call whose work is done by other threads while this one, the caller's, reports how far it is.
pub(crate) struct Attended<'a> {
    call: Call,
    progress: &'a mut dyn Progress,
    phase: Phase,
    pace: Pace,
}

impl<'a> Attended<'a> {
    /// A call that `token` stops, and `Break` of `progress`.
    pub(crate) fn new(token: &CancelToken, progress: &'a mut dyn Progress) -> Self {
        let call = Call::new(token);
        Self { call, progress, phase: Phase::Planning, pace: Pace::new() }
    }

    pub(crate) fn call(&self) -> &Call {
        &self.call
    }

    /// Who is reported to, for calls within this one that report by themselves.
    pub(crate) fn listener(&mut self) -> &mut dyn Progress {
        self.progress
    }

    /// Does `work` on another thread, reporting that the call is at `phase`.
    pub(crate) fn stage<T: Send>(
        &mut self,
        phase: Phase,
        work: impl FnOnce() -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        self.begin(phase)?;
        let call = self.call.clone();
        let done = self.attend(move || {
            let _entered = call.enter();
            work()
        });
        // What was begun to be published is published, or is an error of its own.
        if phase != Phase::Publishing {
            self.call.check()?;
        }
        done
    }

    /// From here on the call is at `phase`.
    pub(crate) fn begin(&mut self, phase: Phase) -> Result<(), Error> {
        self.phase = phase;
        self.report();
        self.call.check()
    }

    /// To be called again and again by work on this thread: reports if it is time.
    pub(crate) fn tick(&mut self) -> Result<(), Error> {
        if self.pace.is_due() {
            self.report();
        }
        self.call.check()
    }

    pub(crate) fn report(&mut self) {
        let Self { call, progress, phase, .. } = self;
        if call.gauge().look(*phase, |event| progress.report(event)).is_break() {
            call.stop();
        }
        self.pace = Pace::new();
    }

    fn attend<T: Send>(
        &mut self,
        work: impl FnOnce() -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let job = Job::new(work);
        let (alive, ended) = mpsc::channel::<()>();
        let done = std::thread::scope(|scope| {
            let job = &job;
            let worker = spawn(scope, move || {
                let _alive = alive;
                job.run()
            })?;
            // A listener that panics must not wait for all the work.
            let _stop = StopOnPanic(self.call.clone());
            while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                self.report();
            }
            Some(worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        done.unwrap_or_else(|| job.run())
    }
}

/// Work that is done once, by a thread of its own or, where there is none, by the one that has it.
/// (What a thread should have done is lost when it cannot be started.)
struct Job<F>(Mutex<Option<F>>);

impl<T, F: FnOnce() -> Result<T, Error>> Job<F> {
    fn new(work: F) -> Self {
        Self(Mutex::new(Some(work)))
    }

    fn run(&self) -> Result<T, Error> {
        let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.map_or_else(|| Err(ErrorKind::Cancelled.into()), |work| work())
    }
}

/// Stops a call when its calling thread panics.
struct StopOnPanic(Call);

impl Drop for StopOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

/// What ended a team before its work was done.
enum Failure {
    Error(Error),
    Panic(Box<dyn Any + Send>),
}

/// Has `count` threads, this one among them, do `work` for the current call, each once; those that
/// the system does not have are missing. The first error stops all of them and is returned.
pub(crate) fn team(count: usize, work: impl Fn() -> Result<(), Error> + Sync) -> Result<(), Error> {
    let share = Call::share();
    let first: Mutex<Option<Failure>> = Mutex::new(None);
    let member = || {
        let _entered = share.enter();
        let failure = match catch_unwind(AssertUnwindSafe(&work)) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => Failure::Error(error),
            Err(panic) => Failure::Panic(panic),
        };
        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
        // Errors that come later may be consequences of the first; a panic is nobody's.
        let replaces = matches!((&*first, &failure), (Some(Failure::Error(_)), Failure::Panic(_)));
        if first.is_none() || replaces {
            *first = Some(failure);
        }
        share.stop();
    };
    std::thread::scope(|scope| {
        for _ in 1..count {
            if spawn(scope, member).is_none() {
                break;
            }
        }
        member();
    });
    match first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        None => Ok(()),
        Some(Failure::Error(error)) => Err(error),
        Some(Failure::Panic(panic)) => resume_unwind(panic),
    }
}

/// Does what cannot be interrupted, in a thread that is left to itself once the current call is to
/// stop.
///
/// # Errors
/// `Cancelled`, or those of `work`.
pub(crate) fn abandonable<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    check()?;
    if current().is_none() {
        return work();
    }
    let job = Arc::new(Job::new(work));
    let (sender, done) = mpsc::sync_channel(1);
    let run = {
        let job = Arc::clone(&job);
        // Nobody may be there any more to take it.
        move || drop(sender.send(job.run()))
    };
    let Some(thread) = start(run) else {
        return job.run();
    };
    loop {
        match done.recv_timeout(TICK) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => check()?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    thread.join().map_or_else(|panic| resume_unwind(panic), |()| Err(ErrorKind::Cancelled.into()))
}

/// Starts a thread that outlives this call; `None` if the system has none.
pub(crate) fn start(work: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    #[cfg(test)]
    if tests::HAVE_NONE.get() {
        return None;
    }
    Builder::new().name("smimezip".into()).spawn(work).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::ops::ControlFlow;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::progress::Event;

    thread_local! {
        /// Whether the system shall have no thread for this one to start.
        pub(crate) static HAVE_NONE: Cell<bool> = const { Cell::new(false) };
    }

    fn message(panic: &(dyn Any + Send)) -> &str {
        panic.downcast_ref::<&str>().unwrap()
    }

    #[test]
    fn without_threads_the_caller_does_all_the_work() {
        HAVE_NONE.set(true);
        let caller = std::thread::current().id();
        let here = || std::thread::current().id() == caller;
        let mut phases = Vec::new();
        let mut note = |event: &Event<'_>| {
            phases.push(event.phase);
            ControlFlow::Continue(())
        };
        let mut attended = Attended::new(&CancelToken::new(), &mut note);
        let members = AtomicUsize::new(0);
        let done = attended.stage(Phase::Writing, || {
            team(8, || {
                members.fetch_add(1, Ordering::Relaxed);
                assert!(here());
                Ok(())
            })?;
            abandonable(move || Ok(std::thread::current().id() == caller))
        });
        assert!(done.unwrap());
        assert_eq!(members.into_inner(), 1);
        assert_eq!(phases, [Phase::Writing]);
        HAVE_NONE.set(false);
    }

    #[test]
    fn the_first_error_stops_the_others_and_is_returned() {
        let first = AtomicUsize::new(0);
        let error = CancelToken::new().scope(|| {
            team(4, || {
                if first.fetch_add(1, Ordering::Relaxed) == 2 {
                    return Err(ErrorKind::NoSuchEntry.into());
                }
                loop {
                    check()?;
                    std::thread::yield_now();
                }
            })
        });
        assert!(matches!(error.unwrap_err().kind(), ErrorKind::NoSuchEntry));
    }

    #[test]
    fn a_panic_stops_the_others_and_reaches_the_caller() {
        let first = AtomicUsize::new(0);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _: Result<(), Error> =
                Attended::new(&CancelToken::new(), &mut ()).stage(Phase::Verifying, || {
                    team(3, || {
                        assert!(first.fetch_add(1, Ordering::Relaxed) != 1, "a bug");
                        loop {
                            check()?;
                        }
                    })
                });
        }));
        assert_eq!(message(&*panic.unwrap_err()), "a bug");
    }

    #[test]
    fn a_listener_that_panics_does_not_wait_for_the_work() {
        let mut looks = 0;
        let mut listener = |_: &Event<'_>| {
            looks += 1;
            assert!(looks < 3, "a listener");
            ControlFlow::Continue(())
        };
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let mut attended = Attended::new(&CancelToken::new(), &mut listener);
            let _: Result<(), Error> = attended.stage(Phase::Writing, || {
                loop {
                    check()?;
                }
            });
        }));
        assert_eq!(message(&*panic.unwrap_err()), "a listener");
    }

    #[test]
    fn break_ends_the_call_and_leaves_the_token_alone() {
        let token = CancelToken::new();
        let mut looks = 0;
        let mut listener = |_: &Event<'_>| {
            looks += 1;
            if looks < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let mut attended = Attended::new(&token, &mut listener);
        let ended: Result<(), Error> = attended.stage(Phase::Writing, || {
            loop {
                check()?;
            }
        });
        assert!(matches!(ended.unwrap_err().kind(), ErrorKind::Cancelled));
        assert!(!token.is_cancelled());
    }

    #[test]
    fn what_cannot_be_interrupted_is_left_to_itself() {
        let token = CancelToken::new();
        let (release, wait) = mpsc::channel::<()>();
        let (ended, end) = mpsc::channel();
        let canceller = token.clone();
        let result = token.scope(|| {
            abandonable(move || {
                canceller.cancel();
                let _ = wait.recv();
                ended.send(()).unwrap();
                Ok(())
            })
        });
        assert!(matches!(result.unwrap_err().kind(), ErrorKind::Cancelled));
        drop(release);
        end.recv().unwrap();
        assert_eq!(CancelToken::new().scope(|| abandonable(|| Ok(7))).unwrap(), 7);
    }
}
