//! `smz_error`: what went wrong, and where.

use std::ffi::{CString, c_char};

use crate::boundary;
use crate::facts::Facts;
use crate::handles::{self, Handle};
use crate::status::{
    SMZ_ERR_BUSY, SMZ_ERR_INTERNAL, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_NOT_FOUND, smz_status,
};
use crate::struct_size::{self, StructSize};
use crate::text::{c_string, pointer};

/// What went wrong, and where: made by a call that fails, if it was given somewhere to put it. To
/// be freed with smz_error_free(). May be read by several threads at the same time.
pub struct smz_error {
    status: smz_status,
    code: CString,
    os_error: i32,
    message: CString,
    part: Option<CString>,
    entry: Option<CString>,
    offset: Option<u64>,
    facts: Facts,
}

impl Handle for smz_error {
    const NAME: &'static str = "smz_error";
}

/// "Not known", for positions and sizes.
pub const SMZ_UNKNOWN: u64 = u64::MAX;

/// The details of an error. Texts are UTF-8, owned by the error or report they come from. Since
/// 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_error_info {
    /// To be set to sizeof(smz_error_info) before the call.
    pub struct_size: usize,
    /// The kind of failure.
    pub status: smz_status,
    /// The operating system's number (errno; GetLastError() on Windows), or what a callback
    /// returned; 0 if there is none.
    pub os_error: i32,
    /// One sentence for a person. Never NULL.
    pub message: *const c_char,
    /// The file or part it happened in, or NULL. Where an entry is in several parts, all of them in
    /// one text, of many the first and the last; SMZ_ERROR_PARTS has each.
    pub part: *const c_char,
    /// The archive's entry it happened in, or NULL.
    pub entry: *const c_char,
    /// The position in bytes in that part, or SMZ_UNKNOWN.
    pub offset: u64,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_error_info {
    const NAME: &'static str = "smz_error_info";
}

/// Why a call fails, on its way to the border.
pub(crate) enum Failure {
    Core(smimezip::Error),
    Here(smz_status, String),
}

impl Failure {
    pub(crate) fn argument(what: String) -> Self {
        Self::Here(SMZ_ERR_INVALID_ARGUMENT, what)
    }

    pub(crate) fn null(name: &str) -> Self {
        Self::argument(format!("{name} is NULL"))
    }

    pub(crate) fn internal(what: String) -> Self {
        Self::Here(SMZ_ERR_INTERNAL, what)
    }

    pub(crate) fn busy(name: &str) -> Self {
        Self::Here(SMZ_ERR_BUSY, format!("{name} is in use by another call"))
    }

    pub(crate) fn no_index() -> Self {
        Self::Here(SMZ_ERR_NOT_FOUND, "nothing has this index".into())
    }

    /// The same, said to be in that part, unless it names one already.
    pub(crate) fn in_part(self, part: impl Into<String>) -> Self {
        match self {
            Self::Core(error) => Self::Core(error.in_part(part)),
            Self::Here(..) => self,
        }
    }

    pub(crate) fn status(&self) -> smz_status {
        match self {
            Self::Core(error) => error.kind().status(),
            Self::Here(status, _) => *status,
        }
    }
}

impl From<smimezip::Error> for Failure {
    fn from(error: smimezip::Error) -> Self {
        Self::Core(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Core(error.into())
    }
}

impl From<Failure> for smz_error {
    fn from(failure: Failure) -> Self {
        let status = failure.status();
        match failure {
            Failure::Core(error) => Self::of(&error),
            Failure::Here(_, message) => Self {
                status,
                code: CString::default(),
                os_error: 0,
                message: c_string(message),
                part: None,
                entry: None,
                offset: None,
                facts: Facts::default(),
            },
        }
    }
}

impl smz_error {
    pub(crate) fn of(error: &smimezip::Error) -> Self {
        let os_error = match error.kind() {
            smimezip::ErrorKind::Io(error) => error.raw_os_error().unwrap_or(0),
            _ => 0,
        };
        Self {
            status: error.kind().status(),
            code: c_string(error.code()),
            os_error,
            message: c_string(format!("{error:#}")),
            part: error.part().map(c_string),
            entry: error.entry().map(c_string),
            offset: error.offset(),
            facts: Facts::of(error),
        }
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(crate) fn info(&self) -> smz_error_info {
        smz_error_info {
            status: self.status,
            os_error: self.os_error,
            message: self.message.as_ptr(),
            part: pointer(self.part.as_ref()),
            entry: pointer(self.entry.as_ref()),
            offset: self.offset.unwrap_or(SMZ_UNKNOWN),
            ..struct_size::empty()
        }
    }
}

/// Frees an error. NULL is fine. Its texts go with it. Since 0.1.
///
/// @param error The error, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_error_free(error: *mut smz_error) {
    boundary::free(error);
}

/// What went wrong, as one sentence for a person: where, what, and what to do about it.
///
/// @param error The error, or NULL.
/// @return UTF-8, owned by the error, never NULL (empty if `error` is). Since 0.1.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_error_message(error: *const smz_error) -> *const c_char {
    boundary::value(c"".as_ptr(), || Ok(handles::shared(error)?.message.as_ptr()))
}

/// The kind of failure as a word that programs may compare and store, finer than the status:
/// "truncated" and "damaged" are both SMZ_ERR_CORRUPT. The same words as in JSON and in Rust. Since
/// 0.1.
///
/// @param error The error, or NULL.
/// @return Owned by the error, never NULL; empty if the failure is the border's own.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_error_code(error: *const smz_error) -> *const c_char {
    boundary::value(c"".as_ptr(), || Ok(handles::shared(error)?.code.as_ptr()))
}

/// The details of an error. Since 0.1.
///
/// @param error The error.
/// @param out_info Where they go; its `struct_size` must be set. The texts are the error's.
/// @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
/// @note Threads: several at the same time, also with the same handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_error_get_info(
    error: *const smz_error,
    out_info: *mut smz_error_info,
) -> smz_status {
    // SAFETY: the header's promise about every pointer.
    unsafe {
        boundary::call(std::ptr::null_mut(), || {
            let error = handles::shared(error)?;
            struct_size::write(out_info, &error.info())
        })
    }
}
