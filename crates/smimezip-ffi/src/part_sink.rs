//! `smz_part_sink`: parts that the calling program takes, as the core's `PartSink`.

use std::ffi::{c_char, c_int, c_void};
use std::io::{self, Write};
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sha2::{Digest, Sha256};
use smimezip::export::ManifestContents;
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter};
use smimezip::{Error, ErrorKind, ReadAt};

use crate::error::Failure;
use crate::receipt::{ReceivedPart, smz_part_receipt};
use crate::source::{CallbackSource, smz_io};
use crate::status::SMZ_ERR_CANCELLED;
use crate::struct_size::{self, StructSize};
use crate::text::c_string;

/// Where the parts of an export go as they are made: uploads, a database, memory. The struct is
/// copied. Callbacks are called on the thread that made the call that leads to them, never two at
/// the same time; they must not throw or longjmp, nor call functions with the writer they serve.
///
/// A callback that returns `int` returns 0, or an error number of the operating system's kind,
/// which becomes `os_error`, or SMZ_ERR_CANCELLED: either ends the making of the export, and
/// nothing is committed. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_part_sink {
    /// To be set to sizeof(smz_part_sink).
    pub struct_size: usize,
    /// Given to every callback.
    pub user: *mut c_void,
    /// Begins a part, `name` valid until it returns, and stores in `out_part` what stands for it in
    /// later calls, which may be NULL. The last one of several parts is begun as `.zNN`, as which
    /// part is the last is not known before, or as `.zip` if it is small. Until it is known whether
    /// one part is enough, `.z01` and `.zip` are open at the same time, and one of them is dropped.
    /// Must not be NULL.
    pub begin: Option<
        unsafe extern "C-unwind" fn(
            user: *mut c_void,
            name: *const c_char,
            out_part: *mut *mut c_void,
        ) -> c_int,
    >,
    /// Takes the next bytes of a part, all of them. Must not be NULL.
    pub write: Option<
        unsafe extern "C-unwind" fn(
            user: *mut c_void,
            part: *mut c_void,
            data: *const u8,
            data_len: usize,
        ) -> c_int,
    >,
    /// The part is complete. What it returns, it is the last call with this `part`. Must not be
    /// NULL.
    pub finish: Option<unsafe extern "C-unwind" fn(user: *mut c_void, part: *mut c_void) -> c_int>,
    /// In place of `finish`: the part is not wanted, or there was an error. The last call with this
    /// `part`. Must not be NULL.
    pub drop: Option<unsafe extern "C-unwind" fn(user: *mut c_void, part: *mut c_void)>,
    /// Takes a small file that stands beside the parts and gets its name with them, after all
    /// parts: the manifest. NULL if the sink takes parts only; SMZ_BUILD_OPTION_MANIFEST is refused
    /// then.
    pub add_file: Option<
        unsafe extern "C-unwind" fn(
            user: *mut c_void,
            name: *const c_char,
            data: *const u8,
            data_len: usize,
        ) -> c_int,
    >,
    /// Serves the bytes of a part that was finished, by the name it was begun under, so that the
    /// export can be verified before it is committed: fills `out_io`, whose callbacks are called on
    /// other threads as smz_io says, and whose `close` is called in any case before `commit` or
    /// `abort`. It may leave `out_io` as it is if that part cannot be read. NULL if none can.
    pub read_back: Option<
        unsafe extern "C-unwind" fn(
            user: *mut c_void,
            begun_as: *const c_char,
            out_io: *mut smz_io,
        ) -> c_int,
    >,
    /// Gives all parts their names, all of them or none: `parts` points to `part_count` pointers,
    /// in the order of the set, valid until it returns. Must not be NULL.
    pub commit: Option<
        unsafe extern "C-unwind" fn(
            user: *mut c_void,
            parts: *const *const smz_part_receipt,
            part_count: usize,
        ) -> c_int,
    >,
    /// Called exactly once unless `commit` returned 0, after every part had its last call: takes
    /// back all parts that were finished, and what `commit` did before it failed. May be NULL.
    pub abort: Option<unsafe extern "C-unwind" fn(user: *mut c_void)>,
    /// Called exactly once, after all others, also if the call that was given the sink fails for
    /// another reason than SMZ_ERR_INVALID_ARGUMENT, in which case neither it nor `abort` is. May
    /// be NULL.
    pub close: Option<unsafe extern "C-unwind" fn(user: *mut c_void)>,
}

// SAFETY: `repr(C)`, the size first; pointers and optional functions.
unsafe impl StructSize for smz_part_sink {
    const NAME: &'static str = "smz_part_sink";
}

/// The callbacks that must be there.
#[derive(Clone, Copy)]
struct Callbacks {
    begin: unsafe extern "C-unwind" fn(*mut c_void, *const c_char, *mut *mut c_void) -> c_int,
    write: unsafe extern "C-unwind" fn(*mut c_void, *mut c_void, *const u8, usize) -> c_int,
    finish: unsafe extern "C-unwind" fn(*mut c_void, *mut c_void) -> c_int,
    drop: unsafe extern "C-unwind" fn(*mut c_void, *mut c_void),
    commit:
        unsafe extern "C-unwind" fn(*mut c_void, *const *const smz_part_receipt, usize) -> c_int,
}

impl Callbacks {
    fn of(sink: &smz_part_sink) -> Option<Self> {
        Some(Self {
            begin: sink.begin?,
            write: sink.write?,
            finish: sink.finish?,
            drop: sink.drop?,
            commit: sink.commit?,
        })
    }
}

/// A sink with what is left of it: parts and what is read back hold it, so that what ends it comes
/// after what ends them.
struct Shared {
    sink: smz_part_sink,
    callbacks: Callbacks,
    committed: AtomicBool,
    /// The program has it back, and ends it itself.
    returned: AtomicBool,
}

// SAFETY: `user` is handed back and never followed. The header says of which threads callbacks are
// called; a sink is used by one thread at a time, as its writer's handle is.
unsafe impl Send for Shared {}
// SAFETY: as above; what other threads may hold it for, reading back, only keeps it.
unsafe impl Sync for Shared {}

impl Drop for Shared {
    fn drop(&mut self) {
        if *self.returned.get_mut() {
            return;
        }
        let user = self.sink.user;
        if let Some(abort) = self.sink.abort.filter(|_| !*self.committed.get_mut()) {
            // SAFETY: the header's promise; nothing else of the sink is in use.
            unsafe { abort(user) };
        }
        if let Some(close) = self.sink.close {
            // SAFETY: as above; it is called here alone.
            unsafe { close(user) };
        }
    }
}

/// What a callback returned.
fn outcome(code: c_int) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        SMZ_ERR_CANCELLED => Err(ErrorKind::Cancelled.into()),
        error => Err(io::Error::from_raw_os_error(error).into()),
    }
}

/// A sink served by callbacks.
pub(crate) struct CallbackSink(Arc<Shared>);

/// One of its parts.
pub(crate) struct CallbackPart {
    sink: Arc<Shared>,
    part: *mut c_void,
    name: PartName,
    size: u64,
    digest: Sha256,
    has_ended: bool,
}

// SAFETY: the pointer is handed back and never followed; for the rest as for `Shared`.
unsafe impl Send for CallbackPart {}

/// Bytes of a part that was finished. They keep the sink from ending before them.
struct ReadBack {
    source: CallbackSource,
    _sink: Arc<Shared>,
}

impl ReadAt for ReadBack {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.source.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        self.source.size()
    }
}

impl CallbackSink {
    /// Takes the callbacks over: from here on, `abort` and `close` will be called.
    ///
    /// # Safety
    /// `sink` is NULL or points to as many bytes as its first field says.
    pub(crate) unsafe fn new(sink: *const smz_part_sink) -> Result<Self, Failure> {
        // SAFETY: promised by the caller.
        let sink = unsafe { struct_size::read(sink) }?;
        let without = || Failure::argument("smz_part_sink without a callback it must have".into());
        let callbacks = Callbacks::of(&sink).ok_or_else(without)?;
        let (committed, returned) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Self(Arc::new(Shared { sink, callbacks, committed, returned })))
    }

    /// Gives it to `make`, and back to the program if that finds an argument invalid: then neither
    /// `abort` nor `close` is called.
    pub(crate) fn given<T>(
        self,
        make: impl FnOnce(Self) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let kept = Arc::clone(&self.0);
        make(self).map_err(|error| {
            let is_invalid = matches!(error.kind(), ErrorKind::InvalidArgument(_));
            kept.returned.store(is_invalid, Ordering::Relaxed);
            error.into()
        })
    }

    /// What a manifest of these contents takes.
    ///
    /// # Errors
    /// `InvalidArgument` for a callback that it takes and that is not there.
    pub(crate) fn check_manifest(&self, contents: Option<ManifestContents>) -> Result<(), Error> {
        let Some(contents) = contents else { return Ok(()) };
        let Shared { sink, .. } = &*self.0;
        let needs_reading = contents == ManifestContents::Entries;
        let what = match (sink.add_file, sink.read_back) {
            (None, _) => "a manifest takes smz_part_sink.add_file",
            (_, None) if needs_reading => "a manifest with entries takes smz_part_sink.read_back",
            _ => return Ok(()),
        };
        Err(ErrorKind::InvalidArgument(what.into()).into())
    }
}

impl PartSink for CallbackSink {
    type Part = CallbackPart;

    fn begin(&mut self, name: &PartName) -> Result<CallbackPart, Error> {
        let Shared { sink, callbacks, .. } = &*self.0;
        let shown = c_string(name.to_string());
        let mut part = ptr::null_mut();
        // SAFETY: the header's promise: the callback takes these.
        let code = unsafe { (callbacks.begin)(sink.user, shown.as_ptr(), &raw mut part) };
        outcome(code).map_err(|error| error.in_part(name.to_string()))?;
        let sink = Arc::clone(&self.0);
        let (name, digest) = (name.clone(), Sha256::new());
        Ok(CallbackPart { sink, part, name, size: 0, digest, has_ended: false })
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        let sink = &self.0.sink;
        let Some(read_back) = sink.read_back else { return Ok(None) };
        let begun_as = part.begun_as().to_string();
        let shown = c_string(&begun_as);
        let mut served: smz_io = struct_size::empty();
        // SAFETY: the header's promise: the callback takes these.
        let code = unsafe { read_back(sink.user, shown.as_ptr(), &raw mut served) };
        outcome(code).map_err(|error| error.in_part(&*begun_as))?;
        if served.read_at.is_none() && served.size.is_none() {
            return Ok(None);
        }
        // What a program has put there may be a struct of another size, or none.
        served.struct_size = size_of::<smz_io>();
        // SAFETY: it is this function's own.
        let source = unsafe { CallbackSource::new(&raw const served) };
        let wrong = "smz_part_sink.read_back filled smz_io with what makes no sense";
        let source = source.map_err(|_| ErrorKind::InvalidArgument(wrong.into()))?;
        Ok(Some(Arc::new(ReadBack { source, _sink: Arc::clone(&self.0) })))
    }

    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let sink = &self.0.sink;
        let Some(add_file) = sink.add_file else {
            let what = format!("{name}: this smz_part_sink takes parts only");
            return Err(ErrorKind::InvalidArgument(what).into());
        };
        let shown = c_string(name);
        // SAFETY: the header's promise: the callback takes these.
        let code = unsafe { add_file(sink.user, shown.as_ptr(), bytes.as_ptr(), bytes.len()) };
        outcome(code).map_err(|error| error.in_part(name))
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        let strings: Vec<ReceivedPart> = parts.iter().map(ReceivedPart::new).collect();
        let parts: Vec<smz_part_receipt> = strings.iter().map(ReceivedPart::part).collect();
        let pointers: Vec<*const smz_part_receipt> = parts.iter().map(ptr::from_ref).collect();
        let Shared { sink, callbacks, committed, .. } = &*self.0;
        // SAFETY: the header's promise: the callback takes these.
        let code = unsafe { (callbacks.commit)(sink.user, pointers.as_ptr(), pointers.len()) };
        outcome(code)?;
        committed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl CallbackPart {
    /// An error of a callback, said to be in this part.
    fn named(&self, error: Error) -> Error {
        error.in_part(self.name.to_string())
    }
}

impl Write for CallbackPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Shared { sink, callbacks, .. } = &*self.sink;
        let (data, size) = (bytes.as_ptr(), bytes.len());
        // SAFETY: the header's promise: the callback takes these.
        let code = unsafe { (callbacks.write)(sink.user, self.part, data, size) };
        outcome(code).map_err(|error| self.named(error))?;
        self.digest.update(bytes);
        self.size = self.size.saturating_add(size as u64);
        Ok(size)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartWriter for CallbackPart {
    fn finish(mut self) -> Result<PartReceipt, Error> {
        self.has_ended = true;
        let Shared { sink, callbacks, .. } = &*self.sink;
        // SAFETY: the header's promise: the callback takes these; `has_ended` keeps it the last.
        let code = unsafe { (callbacks.finish)(sink.user, self.part) };
        outcome(code).map_err(|error| self.named(error))?;
        let digest = std::mem::take(&mut self.digest).finalize();
        Ok(PartReceipt::new(self.name.clone(), self.size).with_sha256(digest.into()))
    }
}

impl Drop for CallbackPart {
    fn drop(&mut self) {
        if !self.has_ended {
            let Shared { sink, callbacks, .. } = &*self.sink;
            // SAFETY: the header's promise: the callback takes these.
            unsafe { (callbacks.drop)(sink.user, self.part) };
        }
    }
}
