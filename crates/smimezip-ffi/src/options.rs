//! `smz_options`: limits, policies, threads, choice of entries, progress, cancellation.

use std::ffi::{c_char, c_void};
use std::num::NonZeroUsize;

use smimezip::build::BuildOptions;
use smimezip::extract::{Links, Names, Overwrite, Patterns, SaveOptions};
use smimezip::message::{Accept, InnerLayers};
use smimezip::{CancelToken, ExtractOptions, Limit, Limits, UnlockOptions};

use crate::boundary;
use crate::call_options::CallOptions;
use crate::callbacks::{Callback, instant, smz_filter_fn, smz_local_time_fn};
use crate::cancel::smz_cancel;
use crate::error::{Failure, smz_error};
use crate::handles::{self, Handle};
use crate::option::{
    SMZ_LINKS_REFUSE, SMZ_LINKS_SKIP, SMZ_NAMES_ENCODE, SMZ_NAMES_REFUSE, SMZ_NAMES_SKIP,
    SMZ_OPTION_ACCEPT_GCM_IN_ENVELOPED_DATA, SMZ_OPTION_ACCEPT_TRAILING_DATA,
    SMZ_OPTION_ACCEPT_UNUSED_BYTES, SMZ_OPTION_AVAILABLE, SMZ_OPTION_DURABLE, SMZ_OPTION_EXCLUDE,
    SMZ_OPTION_INCLUDE, SMZ_OPTION_INCOMPLETE, SMZ_OPTION_INNER_MIME_HEADER,
    SMZ_OPTION_INNER_SIGNED_DATA, SMZ_OPTION_KEEP_GOING, SMZ_OPTION_LINKS, SMZ_OPTION_NAMES,
    SMZ_OPTION_OVERWRITE, SMZ_OPTION_THREADS, SMZ_OVERWRITE_ALWAYS, SMZ_OVERWRITE_NEVER,
    SMZ_OVERWRITE_SKIP, smz_option,
};
use crate::progress::{Reporter, smz_progress_fn};
use crate::status::smz_status;

/// Options of many calls; where one is asked for, NULL means the defaults. They are read when the
/// call begins, so they may be changed or freed afterwards.
pub struct smz_options {
    limits: Limits,
    /// The limits that were set, and no others: those of a call must not be narrowed by a default.
    set_limits: Vec<(Limit, u64)>,
    accept: Accept,
    overwrite: Overwrite,
    links: Links,
    names: Names,
    keep_going: bool,
    available: bool,
    incomplete: bool,
    durable: bool,
    threads: Option<NonZeroUsize>,
    include: Patterns,
    exclude: Patterns,
    filter: Callback<smz_filter_fn>,
    local_time: Callback<smz_local_time_fn>,
    progress: Callback<smz_progress_fn>,
    cancel: CancelToken,
    inner: InnerLayers,
}

impl Handle for smz_options {
    const NAME: &'static str = "smz_options";
}

impl Default for smz_options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            set_limits: Vec::new(),
            accept: Accept::default(),
            overwrite: Overwrite::Never,
            links: Links::Refuse,
            names: Names::Refuse,
            keep_going: false,
            available: false,
            incomplete: false,
            durable: true,
            threads: None,
            include: Patterns::default(),
            exclude: Patterns::default(),
            filter: Callback::NONE,
            local_time: Callback::NONE,
            progress: Callback::NONE,
            cancel: CancelToken::new(),
            inner: InnerLayers::default(),
        }
    }
}

impl smz_options {
    pub(crate) fn chosen(&self) -> CallOptions {
        let threads = self.threads.map_or(0, usize::from);
        let of_call = self.limits_of_call();
        let mut extract = ExtractOptions::new()
            .overwrite(self.overwrite)
            .links(self.links)
            .names(self.names)
            .keep_going(self.keep_going)
            .available(self.available)
            .durable(self.durable)
            .threads(threads)
            .cancel(&self.cancel);
        if let Some(limits) = &of_call {
            extract = extract.limits(limits);
        }
        let local_time = self.local_time;
        if local_time.function.is_some() {
            extract = extract.local_time(move |time| instant(local_time, time));
        }
        let save = SaveOptions::new()
            .overwrite(self.overwrite)
            .durable(self.durable)
            .threads(threads)
            .cancel(&self.cancel);
        let Callback { function, user } = self.progress;
        let build = BuildOptions::new().durable(self.durable).threads(threads);
        let unlock = UnlockOptions::new().cancel(&self.cancel).threads(threads);
        CallOptions {
            build: build.cancel(&self.cancel),
            limits: self.limits.clone(),
            accept: self.accept,
            inner: self.inner,
            extract,
            save,
            unlock: unlock.incomplete(self.incomplete),
            cancel: self.cancel.clone(),
            of_call,
            progress: function.map(|it| Reporter::new(Some(it), user)),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            filter: self.filter.function.is_some().then_some(self.filter),
        }
    }

    /// The limits that were set, all others as wide as can be; the archive's own count besides.
    fn limits_of_call(&self) -> Option<Limits> {
        if self.set_limits.is_empty() {
            return None;
        }
        let mut limits = Limits::default();
        for limit in Limit::ALL {
            limits.set(*limit, u64::MAX);
        }
        for (limit, value) in &self.set_limits {
            limits.set(*limit, *value);
        }
        Some(limits)
    }

    fn set_number(&mut self, option: smz_option, value: u64) -> Result<(), Failure> {
        let size = || boundary::index(value);
        let flag = || one_of(value, [(0, false), (1, true)]);
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
            SMZ_OPTION_AVAILABLE => self.available = flag()?,
            SMZ_OPTION_INCOMPLETE => self.incomplete = flag()?,
            SMZ_OPTION_DURABLE => self.durable = flag()?,
            SMZ_OPTION_THREADS => self.threads = NonZeroUsize::new(size()?),
            SMZ_OPTION_INNER_SIGNED_DATA => self.inner = self.inner.signed_data(flag()?),
            SMZ_OPTION_INNER_MIME_HEADER => self.inner = self.inner.mime_header(flag()?),
            SMZ_OPTION_ACCEPT_TRAILING_DATA => self.accept = self.accept.trailing_data(flag()?),
            SMZ_OPTION_ACCEPT_GCM_IN_ENVELOPED_DATA => {
                self.accept = self.accept.gcm_in_enveloped_data(flag()?);
            }
            SMZ_OPTION_ACCEPT_UNUSED_BYTES => self.accept = self.accept.unused_bytes(flag()?),
            SMZ_OPTION_NAMES => {
                let names = [
                    (SMZ_NAMES_REFUSE, Names::Refuse),
                    (SMZ_NAMES_SKIP, Names::Skip),
                    (SMZ_NAMES_ENCODE, Names::Encode),
                ];
                self.names = one_of(value, names)?;
            }
            _ => {
                // The numbers of SMZ_OPTION_LIMIT_… are those of the core; a test compares them.
                let unknown = || Failure::argument(format!("no option {option} takes a number"));
                let limit = Limit::from_number(option).ok_or_else(unknown)?;
                self.limits.set(limit, value);
                self.set_limits.retain(|(other, _)| *other != limit);
                self.set_limits.push((limit, value));
            }
        }
        Ok(())
    }
}

pub(crate) fn one_of<T: Copy, const N: usize>(
    value: u64,
    known: [(u64, T); N],
) -> Result<T, Failure> {
    let found = known.iter().find(|(number, _)| *number == value);
    found.map(|(_, it)| *it).ok_or_else(|| Failure::argument(format!("no such value: {value}")))
}

/// Makes options with the defaults. Since 0.1.
///
/// @return The options, to be freed with smz_options_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_options_new() -> *mut smz_options {
    boundary::value(std::ptr::null_mut(), || Ok(handles::publish(smz_options::default())))
}

/// Frees options. NULL is fine. Since 0.1.
///
/// @param options The options, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_options_free(options: *mut smz_options) {
    boundary::free(options);
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
    unsafe { boundary::call(err, || handles::exclusive(options)?.set_number(option, value)) }
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
        boundary::call(err, || {
            let mut options = handles::exclusive(options)?;
            let value = boundary::text(value, "value")?;
            match option {
                SMZ_OPTION_INCLUDE => Ok(options.include.add(value)?),
                SMZ_OPTION_EXCLUDE => Ok(options.exclude.add(value)?),
                _ => Err(Failure::argument(format!("no option {option} takes a text"))),
            }
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

/// Has a callback find the instants of times without a time zone; without one they are taken as
/// UTC. Since 0.1.
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
        boundary::call(std::ptr::null_mut(), || {
            let token = handles::shared_or_none(cancel)?.map(|it| it.token.clone());
            handles::exclusive(options)?.cancel = token.unwrap_or_default();
            Ok(())
        })
    }
}

fn set(options: *mut smz_options, change: impl FnOnce(&mut smz_options)) -> smz_status {
    // SAFETY: there is no error to write.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            change(&mut *handles::exclusive(options)?);
            Ok(())
        })
    }
}
