//! Status codes. Which kind of the core's errors has which stands in the core's own table.

use std::ffi::{CStr, c_char};

use crate::boundary;

/// What a function returns: 0 is success, a negative number is a failure and leaves every output
/// untouched, a positive one is success with a remark. Numbers are never reused. Since 0.1.
pub type smz_status = i32;

/// Done.
pub const SMZ_OK: smz_status = 0;
/// Done, but some entries were left out: they could not be verified (SMZ_OPTION_KEEP_GOING), or lie
/// in missing parts (SMZ_OPTION_AVAILABLE); smz_salvage_extract() leaves out both. Outputs are
/// written; the report names the entries.
pub const SMZ_PARTIAL: smz_status = 1;
/// A pointer is NULL, freed or of another type, or a value makes no sense: a mistake in the
/// calling program.
pub const SMZ_ERR_INVALID_ARGUMENT: smz_status = -1;
/// The operating system or a callback refused a read or a write; see `os_error`.
pub const SMZ_ERR_IO: smz_status = -2;
/// Not an S/MIME or CMS message, or not a zip archive.
pub const SMZ_ERR_FORMAT: smz_status = -3;
/// A legal input that this library does not open; the message names it.
pub const SMZ_ERR_UNSUPPORTED: smz_status = -4;
/// None of the keys is for this message; the message names its recipients.
pub const SMZ_ERR_NO_MATCHING_KEY: smz_status = -5;
/// A private key needs a passphrase, or the passphrase is wrong.
pub const SMZ_ERR_PASSPHRASE: smz_status = -6;
/// Decryption failed. Deliberately without detail: which check failed must not be learned.
pub const SMZ_ERR_DECRYPT: smz_status = -7;
/// The data are damaged or cut off: fetch the part that is named again.
pub const SMZ_ERR_CORRUPT: smz_status = -8;
/// Parts of the set are missing, too many, or there twice with other bytes; the message names all
/// of them.
pub const SMZ_ERR_MISSING_PART: smz_status = -9;
/// A limit on untrusted input was reached; raise it with its SMZ_OPTION_LIMIT_… if you trust it.
pub const SMZ_ERR_LIMIT: smz_status = -10;
/// An entry's name is not safe to create, or two entries cannot exist together.
pub const SMZ_ERR_UNSAFE_PATH: smz_status = -11;
/// A file is already there, and overwriting was not asked for.
pub const SMZ_ERR_EXISTS: smz_status = -12;
/// A callback or a cancel handle stopped the call. Nothing is left behind.
pub const SMZ_ERR_CANCELLED: smz_status = -13;
/// No entry has that name, or nothing has that index.
pub const SMZ_ERR_NOT_FOUND: smz_status = -14;
/// Another call is using the handle: from another thread, or the one whose callback this is.
pub const SMZ_ERR_BUSY: smz_status = -15;
/// The folder holds several sets: name a part of the one you mean.
pub const SMZ_ERR_AMBIGUOUS: smz_status = -16;
/// What should be a private key or a certificate is none.
pub const SMZ_ERR_BAD_KEY: smz_status = -17;
// -18 was SMZ_ERR_LAYOUT, after which the library opens again by itself.
/// The disk has less free space than extraction needs. Nothing was written.
pub const SMZ_ERR_NO_SPACE: smz_status = -19;
/// Nothing is sealed for a certificate; the message says why and what to do, SMZ_ERROR_PROBLEM has
/// the reason as a word.
pub const SMZ_ERR_UNSUITABLE_CERTIFICATE: smz_status = -20;
/// A bug in this library. The handles of the call can only be freed.
pub const SMZ_ERR_INTERNAL: smz_status = -99;

/// Every status with its name.
pub(crate) const NAMES: [(smz_status, &CStr); 22] = [
    (SMZ_OK, c"SMZ_OK"),
    (SMZ_PARTIAL, c"SMZ_PARTIAL"),
    (SMZ_ERR_INVALID_ARGUMENT, c"SMZ_ERR_INVALID_ARGUMENT"),
    (SMZ_ERR_IO, c"SMZ_ERR_IO"),
    (SMZ_ERR_FORMAT, c"SMZ_ERR_FORMAT"),
    (SMZ_ERR_UNSUPPORTED, c"SMZ_ERR_UNSUPPORTED"),
    (SMZ_ERR_NO_MATCHING_KEY, c"SMZ_ERR_NO_MATCHING_KEY"),
    (SMZ_ERR_PASSPHRASE, c"SMZ_ERR_PASSPHRASE"),
    (SMZ_ERR_DECRYPT, c"SMZ_ERR_DECRYPT"),
    (SMZ_ERR_CORRUPT, c"SMZ_ERR_CORRUPT"),
    (SMZ_ERR_MISSING_PART, c"SMZ_ERR_MISSING_PART"),
    (SMZ_ERR_LIMIT, c"SMZ_ERR_LIMIT"),
    (SMZ_ERR_UNSAFE_PATH, c"SMZ_ERR_UNSAFE_PATH"),
    (SMZ_ERR_EXISTS, c"SMZ_ERR_EXISTS"),
    (SMZ_ERR_CANCELLED, c"SMZ_ERR_CANCELLED"),
    (SMZ_ERR_NOT_FOUND, c"SMZ_ERR_NOT_FOUND"),
    (SMZ_ERR_BUSY, c"SMZ_ERR_BUSY"),
    (SMZ_ERR_AMBIGUOUS, c"SMZ_ERR_AMBIGUOUS"),
    (SMZ_ERR_BAD_KEY, c"SMZ_ERR_BAD_KEY"),
    (SMZ_ERR_NO_SPACE, c"SMZ_ERR_NO_SPACE"),
    (SMZ_ERR_UNSUITABLE_CERTIFICATE, c"SMZ_ERR_UNSUITABLE_CERTIFICATE"),
    (SMZ_ERR_INTERNAL, c"SMZ_ERR_INTERNAL"),
];

/// The name of a status, "SMZ_ERR_CORRUPT". Since 0.1.
///
/// @param status A status.
/// @return A static text; "SMZ_ERR_UNKNOWN" for a number that is none.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_status_name(status: smz_status) -> *const c_char {
    let unknown = c"SMZ_ERR_UNKNOWN".as_ptr();
    boundary::value(unknown, || {
        let known = NAMES.iter().find(|(number, _)| *number == status);
        Ok(known.map_or(unknown, |(_, name)| name.as_ptr()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_the_core_has_a_name_here_and_each_failure_here_a_kind_there() {
        let core = || smimezip::ErrorKind::TABLE.iter().map(|(_, _, status, _)| *status);
        for status in core() {
            assert!(NAMES.iter().any(|(number, _)| *number == status), "{status}");
        }
        // What only the border can say.
        let own = [SMZ_OK, SMZ_PARTIAL, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_BUSY, SMZ_ERR_INTERNAL];
        for (number, name) in NAMES {
            assert!(own.contains(&number) || core().any(|it| it == number), "{name:?}");
        }
    }
}
