//! How a long call says what it does, and how it is stopped. No thread is started here.

mod call;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use call::{Call, Gauge, check, current};

use crate::error::{Error, ErrorKind};

/// What a long call is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Keys are tried, and authenticated content is verified, of which the bytes of ciphertext are
    /// counted.
    Unlocking,
    /// Names, conflicts, existing files and free space are checked.
    Planning,
    /// Entries are decrypted, decompressed and compared with their checksums, and not written.
    Verifying,
    /// Files are written, and verified on the way.
    Writing,
    /// All is written to the disk and gets its place.
    Publishing,
}

/// How far a long call is. Handed to [`Progress::report`] at least ten times a second.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// What the call is at.
    pub phase: Phase,
    /// Bytes written or verified so far, decompressed; while unlocking, bytes of authenticated
    /// ciphertext that were verified, which are fewer again where another key has to be tried.
    pub bytes_done: u64,
    /// Bytes in all; 0 where there is nothing to count, or not yet.
    pub bytes_total: u64,
    /// Entries finished so far; while unlocking, parts.
    pub entries_done: u64,
    /// Entries in all, or parts; 0 where that is not known yet.
    pub entries_total: u64,
    /// An entry that was begun since the event before, or is still worked on.
    pub entry: Option<&'a str>,
}

/// Receives progress.
///
/// It is always called on the thread that made the long call, never at the same time twice and
/// never while a lock is held: when a phase begins, and then at least ten times a second. `Break`
/// cancels this one call; no [`CancelToken`] is touched by it. Where the system has no second
/// thread to work on, it is called when a phase begins only.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use smimezip::progress::{Event, Phase};
/// use smimezip::{Export, ExtractOptions, KeyRing, Progress};
///
/// #[derive(Default)]
/// struct Phases(Vec<Phase>);
///
/// impl Progress for Phases {
///     fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
///         if self.0.last() != Some(&event.phase) {
///             self.0.push(event.phase);
///         }
///         ControlFlow::Continue(())
///     }
/// }
///
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// let archive = Export::discover(folder)?.unlock(&KeyRing::from_file(key)?)?;
/// let mut phases = Phases::default();
/// archive.verify_with(&ExtractOptions::new(), &mut phases)?;
/// assert_eq!(phases.0, [Phase::Planning, Phase::Verifying]);
/// # Ok::<(), smimezip::Error>(())
/// ```
pub trait Progress {
    /// Takes note of `event`; answers whether to go on.
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()>;
}

/// Every closure that takes an [`Event`] is a receiver; see [`listener`].
impl<F: FnMut(&Event<'_>) -> ControlFlow<()>> Progress for F {
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        self(event)
    }
}

/// The closure itself, as a receiver. Written in the call of this function it needs no type for
/// what it takes, which the compiler does not find where [`Progress`] is asked for.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use smimezip::{Export, ExtractOptions, KeyRing, progress};
///
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// let archive = Export::discover(folder)?.unlock(&KeyRing::from_file(key)?)?;
/// let mut seen = 0;
/// let mut listener = progress::listener(|event| {
///     seen = event.bytes_done;
///     ControlFlow::Continue(())
/// });
/// let report = archive.verify_with(&ExtractOptions::new(), &mut listener)?;
/// assert_eq!(seen, report.bytes);
/// # Ok::<(), smimezip::Error>(())
/// ```
pub fn listener<F: FnMut(&Event<'_>) -> ControlFlow<()>>(closure: F) -> F {
    closure
}

/// No interest in progress.
impl Progress for () {
    fn report(&mut self, _: &Event<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Stops a long call from another thread or from a signal handler. Clones share one state.
///
/// ```
/// use smimezip::{CancelToken, ErrorKind, Export, ExtractOptions, KeyRing};
///
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// let archive = Export::discover(folder)?.unlock(&KeyRing::from_file(key)?)?;
/// let token = CancelToken::new();
/// token.clone().cancel(); // where a person pressed a button
/// let options = ExtractOptions::new().cancel(&token);
/// let error = archive.verify_with(&options, &mut ()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Cancelled));
/// # Ok::<(), smimezip::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token nobody has pulled yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the calls that hold this token to stop. They do within a tenth of a second, or as soon
    /// as the read, the key or the system call returns that they wait for, and leave nothing
    /// behind. Nothing in this crate cancels a token by itself: one that was not cancelled serves
    /// any number of calls.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Calls `work`, and has the token end whatever this thread reads within it, through any view,
    /// reader or message of this crate: for calls that take no token, as
    /// [`Envelope::unlock`](crate::message::Envelope::unlock) and those of
    /// [`EntryReader`](crate::zip::EntryReader), which may take long where much has to be read.
    ///
    /// ```
    /// # use smimezip::message::Envelope;
    /// # use smimezip::CancelToken;
    /// let token = CancelToken::new();
    /// // token.clone() goes to where a person may press a button.
    /// let opened = token.scope(|| Envelope::open_file("X.zip.smime"));
    /// # assert!(opened.is_err());
    /// ```
    pub fn scope<R>(&self, work: impl FnOnce() -> R) -> R {
        let _entered = Call::new(self).enter();
        work()
    }

    /// For a [`ReadAt`](crate::ReadAt) or a [`RecipientKey`](crate::keys::RecipientKey) that waits:
    /// whether the call that asks it, on this thread, is to stop, be it by a token or by its
    /// listener.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] if it is.
    pub fn check_current() -> Result<(), Error> {
        check()
    }

    /// # Errors
    /// [`ErrorKind::Cancelled`] once [`cancel`](Self::cancel) was called.
    pub fn check(&self) -> Result<(), Error> {
        if self.is_cancelled() { Err(ErrorKind::Cancelled.into()) } else { Ok(()) }
    }
}
