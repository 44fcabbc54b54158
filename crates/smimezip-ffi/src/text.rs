//! Texts for C: ended by a NUL, so without one inside.

use std::ffi::{CString, c_char};
use std::ptr;

/// `text` as C has it; a NUL inside becomes the replacement character.
pub(crate) fn c_string(text: impl AsRef<str>) -> CString {
    CString::new(text.as_ref().replace('\0', "\u{fffd}")).unwrap_or_default()
}

/// The pointer to a text, or NULL.
pub(crate) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |text| text.as_ptr())
}

/// The pointer to one of several texts, or NULL.
pub(crate) fn nth(texts: &[CString], index: u64) -> *const c_char {
    pointer(usize::try_from(index).ok().and_then(|index| texts.get(index)))
}
