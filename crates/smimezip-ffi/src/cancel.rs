//! `smz_cancel`: stops a call from another thread or a signal handler.

use smimezip::CancelToken;

use crate::boundary;
use crate::handles::{self, Handle};

/// Stops long calls from outside: made once, given to any number of options with
/// smz_options_set_cancel(), triggered from any thread or signal handler.
pub struct smz_cancel {
    pub(crate) token: CancelToken,
}

impl Handle for smz_cancel {
    const NAME: &'static str = "smz_cancel";
}

/// Makes a cancel handle that was not triggered. Since 0.1.
///
/// @return The handle, to be freed with smz_cancel_free(); NULL only after a bug.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_cancel_new() -> *mut smz_cancel {
    boundary::value(std::ptr::null_mut(), || {
        Ok(handles::publish(smz_cancel { token: CancelToken::new() }))
    })
}

/// Frees a cancel handle. NULL is fine; so are options that it was given to. Since 0.1.
///
/// @param cancel The handle, or NULL.
/// @note Threads: any one; nobody uses the handle afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_cancel_free(cancel: *mut smz_cancel) {
    boundary::free(cancel);
}

/// Asks every call whose options hold this handle to stop. It returns SMZ_ERR_CANCELLED within a
/// tenth of a second, unless it waits for the disk or a callback, and leaves nothing behind. There
/// is no way back: a triggered handle stops later calls, too. Since 0.1.
///
/// May be called from any thread and from a signal handler: it does nothing but set a flag. For the
/// same reason it is the one function that cannot recognise a freed handle.
///
/// @param cancel The handle; NULL does nothing.
/// @note Threads: any, also in a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smz_cancel_trigger(cancel: *const smz_cancel) {
    // SAFETY: NULL or, by the header's promise, a living handle. Asking the table of handles would
    // take a lock, which a signal handler must not.
    if let Some(cancel) = unsafe { cancel.as_ref() } {
        cancel.token.cancel();
    }
}
