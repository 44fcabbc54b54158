//! `smz_options`: limits, policies, threads, choice of entries, progress, cancellation.

use std::ffi::{c_char, c_void};
use std::num::NonZeroUsize;
use std::sync::Arc;

use glob::Pattern;
use smimezip::{CancelToken, ExtractOptions, InnerLayers, LayoutPolicy, Limits, Links, Overwrite};

use crate::border;
use crate::callbacks::{Callback, instant, smz_filter_fn, smz_local_time_fn};
use crate::cancel::smz_cancel;
use crate::chosen::Chosen;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::progress::{Reporter, smz_progress_fn};
use crate::status::smz_status;

/// Options of many calls; where one is asked for, NULL means the defaults. They are read when the
/// call begins, so they may be changed or freed afterwards.
pub struct smz_options {
    limits: Limits,
    overwrite: Overwrite,
    links: Links,
    keep_going: bool,
    durable: bool,
    threads: Option<NonZeroUsize>,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    filter: Callback<smz_filter_fn>,
    local_time: Callback<smz_local_time_fn>,
    progress: Callback<smz_progress_fn>,
    cancel: CancelToken,
    inner: InnerLayers,
}

impl Handle for smz_options {
    const NAME: &'static str = "smz_options";
}

/// Which option to set. Since 0.1.
pub type smz_option = i32;

/// Number: what happens where a file is already there: SMZ_OVERWRITE_… Default: never.
pub const SMZ_OPTION_OVERWRITE: smz_option = 1;
/// Number: what happens to links and devices in an archive: SMZ_LINKS_… Default: refuse.
pub const SMZ_OPTION_LINKS: smz_option = 2;
/// Number, 0 or 1: extract what can be verified although other entries are damaged. Such a call
/// returns SMZ_PARTIAL. Default: 0.
pub const SMZ_OPTION_KEEP_GOING: smz_option = 3;
/// Number, 0 or 1: have everything on the disk before it is published. Default: 1.
pub const SMZ_OPTION_DURABLE: smz_option = 4;
/// Number: threads that work; 0 for all of the machine's, at most 16. Default: 0.
pub const SMZ_OPTION_THREADS: smz_option = 5;
/// Number: how the places of lines and chunks are found: SMZ_LAYOUT_… Default: assume.
pub const SMZ_OPTION_LAYOUT: smz_option = 6;
/// Number, 0 or 1: look through SignedData inside the encryption (RFC 5652 section 5) where it is met. **The
/// signature is not verified.** Default: 0.
pub const SMZ_OPTION_INNER_SIGNED_DATA: smz_option = 7;
/// Number, 0 or 1: look through a MIME header section inside the encryption, and its base64, where it
/// is met. Default: 0.
pub const SMZ_OPTION_INNER_MIME_HEADER: smz_option = 8;
/// Number, 0 or 1: ignore bytes behind the end of a message. Default: 0, which refuses them.
pub const SMZ_OPTION_ACCEPT_TRAILING_DATA: smz_option = 9;
/// Number, 0 or 1: open AES-GCM in EnvelopedData, as Bouncy Castle writes it; the tag is verified.
/// Default: 0, as RFC 5084 wants AuthEnvelopedData for it.
pub const SMZ_OPTION_ACCEPT_GCM_IN_ENVELOPED_DATA: smz_option = 10;

/// Text: only entries whose whole name matches this pattern (`*`, `?`, `[a-z]`, `**`), or one given
/// before. `*` matches `/` as well.
pub const SMZ_OPTION_INCLUDE: smz_option = 20;
/// Text: no entries whose name matches this pattern, or one given before.
pub const SMZ_OPTION_EXCLUDE: smz_option = 21;

/// Number: bytes of a MIME header section. Default: 65,536.
pub const SMZ_OPTION_LIMIT_HEADER_SECTION: smz_option = 101;
/// Number: bytes of a message before its encrypted content. Default: 1,048,576.
pub const SMZ_OPTION_LIMIT_STRUCTURE: smz_option = 102;
/// Number: nesting of ASN.1 constructions. Default: 32.
pub const SMZ_OPTION_LIMIT_DEPTH: smz_option = 103;
/// Number: recipients of one message. Default: 1,000.
pub const SMZ_OPTION_LIMIT_RECIPIENTS: smz_option = 104;
/// Number: private-key operations for one message. Default: 16.
pub const SMZ_OPTION_LIMIT_PRIVATE_KEY_OPERATIONS: smz_option = 105;
/// Number: PBKDF2 iterations to open one private key. Default: 10,000,000.
pub const SMZ_OPTION_LIMIT_KDF_ITERATIONS: smz_option = 106;
/// Number: bytes of memory that scrypt may use to open one private key. Default: 256 MiB.
pub const SMZ_OPTION_LIMIT_SCRYPT_MEMORY: smz_option = 107;
/// Number: empty chunks in a row in a message. Default: 1,024.
pub const SMZ_OPTION_LIMIT_EMPTY_CHUNKS: smz_option = 108;
/// Number: parts of a set. Default: 10,000.
pub const SMZ_OPTION_LIMIT_PARTS: smz_option = 109;
/// Number: bytes of an archive's central directory. Default: 256 MiB.
pub const SMZ_OPTION_LIMIT_DIRECTORY: smz_option = 110;
/// Number: entries of an archive. Default: 1,000,000.
pub const SMZ_OPTION_LIMIT_ENTRIES: smz_option = 111;
/// Number: bytes that the entries asked for may decompress to. Default: no limit but the free space.
pub const SMZ_OPTION_LIMIT_TOTAL_SIZE: smz_option = 112;
/// Number: how many times larger than compressed the entries asked for may become, once they exceed
/// one GiB. Default: 200.
pub const SMZ_OPTION_LIMIT_RATIO: smz_option = 113;

/// SMZ_OPTION_OVERWRITE: extract nothing at all if a file is there.
pub const SMZ_OVERWRITE_NEVER: u64 = 0;
/// SMZ_OPTION_OVERWRITE: files that are there stay; the report names them.
pub const SMZ_OVERWRITE_SKIP: u64 = 1;
/// SMZ_OPTION_OVERWRITE: files that are there are replaced.
pub const SMZ_OVERWRITE_ALWAYS: u64 = 2;

/// SMZ_OPTION_LINKS: refuse an archive that has links or devices.
pub const SMZ_LINKS_REFUSE: u64 = 0;
/// SMZ_OPTION_LINKS: leave them out; the report names them.
pub const SMZ_LINKS_SKIP: u64 = 1;

/// SMZ_OPTION_LAYOUT: assume lines and chunks of one length, and verify it wherever they are read.
pub const SMZ_LAYOUT_ASSUME: u64 = 0;
/// SMZ_OPTION_LAYOUT: read everything once before the first byte is decrypted.
pub const SMZ_LAYOUT_SCAN: u64 = 1;

impl Default for smz_options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            overwrite: Overwrite::Never,
            links: Links::Refuse,
            keep_going: false,
            durable: true,
            threads: None,
            include: Vec::new(),
            exclude: Vec::new(),
            filter: Callback::NONE,
            local_time: Callback::NONE,
            progress: Callback::NONE,
            cancel: CancelToken::new(),
            inner: InnerLayers::default(),
        }
    }
}

impl smz_options {
    pub(crate) fn chosen(&self) -> Chosen {
        let mut extract = ExtractOptions::default();
        extract.overwrite = self.overwrite;
        extract.links = self.links;
        extract.keep_going = self.keep_going;
        extract.durable = self.durable;
        extract.threads = self.threads;
        extract.cancel = self.cancel.clone();
        let local_time = self.local_time;
        if local_time.function.is_some() {
            extract.local_time = Some(Arc::new(move |time| instant(local_time, time)));
        }
        let Callback { function, user } = self.progress;
        Chosen {
            limits: self.limits.clone(),
            inner: self.inner,
            extract,
            progress: function.map(|it| Reporter::new(Some(it), user)),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            filter: self.filter.function.is_some().then_some(self.filter),
        }
    }

    fn set_number(&mut self, option: smz_option, value: u64) -> Result<(), Failure> {
        let size = || border::index(value);
        let flag = || one_of(value, [(0, false), (1, true)]);
        let limits = &mut self.limits;
        match option {
            SMZ_OPTION_OVERWRITE => {
                self.overwrite = one_of(
                    value,
                    [
                        (SMZ_OVERWRITE_NEVER, Overwrite::Never),
                        (SMZ_OVERWRITE_SKIP, Overwrite::Skip),
                        (SMZ_OVERWRITE_ALWAYS, Overwrite::Always),
                    ],
                )?;
            }
            SMZ_OPTION_LINKS => {
                let links = [(SMZ_LINKS_REFUSE, Links::Refuse), (SMZ_LINKS_SKIP, Links::Skip)];
                self.links = one_of(value, links)?;
            }
            SMZ_OPTION_KEEP_GOING => self.keep_going = flag()?,
            SMZ_OPTION_DURABLE => self.durable = flag()?,
            SMZ_OPTION_THREADS => self.threads = NonZeroUsize::new(size()?),
            SMZ_OPTION_LAYOUT => {
                let policies = [
                    (SMZ_LAYOUT_ASSUME, LayoutPolicy::Assume),
                    (SMZ_LAYOUT_SCAN, LayoutPolicy::Scan),
                ];
                limits.layout = one_of(value, policies)?;
            }
            SMZ_OPTION_INNER_SIGNED_DATA => self.inner.signed_data = flag()?,
            SMZ_OPTION_INNER_MIME_HEADER => self.inner.mime_header = flag()?,
            SMZ_OPTION_ACCEPT_TRAILING_DATA => limits.accept.trailing_data = flag()?,
            SMZ_OPTION_ACCEPT_GCM_IN_ENVELOPED_DATA => {
                limits.accept.gcm_in_enveloped_data = flag()?;
            }
            SMZ_OPTION_LIMIT_HEADER_SECTION => limits.header_section = value,
            SMZ_OPTION_LIMIT_STRUCTURE => limits.structure = value,
            SMZ_OPTION_LIMIT_DEPTH => limits.depth = size()?,
            SMZ_OPTION_LIMIT_RECIPIENTS => limits.recipients = size()?,
            SMZ_OPTION_LIMIT_PRIVATE_KEY_OPERATIONS => limits.private_key_operations = size()?,
            SMZ_OPTION_LIMIT_KDF_ITERATIONS => limits.kdf_iterations = value,
            SMZ_OPTION_LIMIT_SCRYPT_MEMORY => limits.scrypt_memory = value,
            SMZ_OPTION_LIMIT_EMPTY_CHUNKS => limits.empty_chunks = value,
            SMZ_OPTION_LIMIT_PARTS => {
                let parts = u32::try_from(value);
                limits.parts = parts.map_err(|_| Failure::argument("too many parts".into()))?;
            }
            SMZ_OPTION_LIMIT_DIRECTORY => limits.directory = value,
            SMZ_OPTION_LIMIT_ENTRIES => limits.entries = value,
            SMZ_OPTION_LIMIT_TOTAL_SIZE => limits.total_size = value,
            SMZ_OPTION_LIMIT_RATIO => limits.ratio = value,
            _ => return Err(Failure::argument(format!("no option {option} takes a number"))),
        }
        Ok(())
    }
}

fn one_of<T: Copy, const N: usize>(value: u64, known: [(u64, T); N]) -> Result<T, Failure> {
    let found = known.iter().find(|(number, _)| *number == value);
    found.map(|(_, it)| *it).ok_or_else(|| Failure::argument(format!("no such value: {value}")))
}

/// Makes options with the defaults. Since 0.1.
///
/// @return The options, to be freed with smz_options_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_options_new() -> *mut smz_options {
    border::value(std::ptr::null_mut(), || Ok(handles::publish(smz_options::default())))
}

/// Frees options. NULL is fine. Since 0.1.
///
/// @param options The options, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_free(options: *mut smz_options) {
    border::free(options);
}

/// Sets an option that takes a number. Since 0.1.
///
/// @param options The options.
/// @param option SMZ_OPTION_…, one said to take a number.
/// @param value The number.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or value.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_set_u64(
    options: *mut smz_options,
    option: smz_option,
    value: u64,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe { border::call(err, || handles::exclusive(options)?.set_number(option, value)) }
}

/// Sets an option that takes a text. Since 0.1.
///
/// @param options The options.
/// @param option SMZ_OPTION_…, one said to take a text.
/// @param value The text in UTF-8. It is copied.
/// @param err Where an error goes, or NULL.
/// @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or a pattern that is none.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_set_string(
    options: *mut smz_options,
    option: smz_option,
    value: *const c_char,
    err: *mut *mut smz_error,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        border::call(err, || {
            let mut options = handles::exclusive(options)?;
            let value = border::text(value, "value")?;
            let pattern = Pattern::new(value)
                .map_err(|error| Failure::argument(format!("not a pattern: {error}")));
            match option {
                SMZ_OPTION_INCLUDE => options.include.push(pattern?),
                SMZ_OPTION_EXCLUDE => options.exclude.push(pattern?),
                _ => return Err(Failure::argument(format!("no option {option} takes a text"))),
            }
            Ok(())
        })
    }
}

/// Has long calls report their progress. Since 0.1.
///
/// @param options The options.
/// @param callback Called as smz_progress_fn says; NULL for none.
/// @param user Given to the callback.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_set_progress(
    options: *mut smz_options,
    callback: smz_progress_fn,
    user: *mut c_void,
) -> smz_status {
    set(options, |it| it.progress = Callback { function: callback, user })
}

/// Has a callback choose entries, besides the patterns. Since 0.1.
///
/// @param options The options.
/// @param callback Called as smz_filter_fn says; NULL for none.
/// @param user Given to the callback.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_set_filter(
    options: *mut smz_options,
    callback: smz_filter_fn,
    user: *mut c_void,
) -> smz_status {
    set(options, |it| it.filter = Callback { function: callback, user })
}

/// Has a callback find the instants of times without a time zone; without one they are taken as UTC.
/// Since 0.1.
///
/// @param options The options.
/// @param callback Called as smz_local_time_fn says; NULL for none.
/// @param user Given to the callback.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_set_local_time(
    options: *mut smz_options,
    callback: smz_local_time_fn,
    user: *mut c_void,
) -> smz_status {
    set(options, |it| it.local_time = Callback { function: callback, user })
}

/// Lets a cancel handle stop the calls that get these options. Since 0.1.
///
/// @param options The options.
/// @param cancel The handle; it may be freed while the options live. NULL for none.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_set_cancel(
    options: *mut smz_options,
    cancel: *const smz_cancel,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        border::call(std::ptr::null_mut(), || {
            let token = handles::shared_or_none(cancel)?.map(|it| it.token.clone());
            handles::exclusive(options)?.cancel = token.unwrap_or_default();
            Ok(())
        })
    }
}

fn set(options: *mut smz_options, change: impl FnOnce(&mut smz_options)) -> smz_status {
    // SAFETY: there is no error to write.
    unsafe {
        border::call(std::ptr::null_mut(), || {
            change(&mut *handles::exclusive(options)?);
            Ok(())
        })
    }
}
