//! Which version this is: the macros say that of the header, the functions that of the library.

use std::ffi::c_char;

/// Major version of this header.
pub const SMZ_VERSION_MAJOR: u32 = 0;
/// Minor version of this header. Before 1.0, each may break what was compiled for another.
pub const SMZ_VERSION_MINOR: u32 = 1;
/// Patch version of this header.
pub const SMZ_VERSION_PATCH: u32 = 0;
/// Version of this header as one number: MAJOR * 1000000 + MINOR * 1000 + PATCH.
pub const SMZ_VERSION_NUMBER: u32 = 1000;

/// The version of the library in use, as SMZ_VERSION_NUMBER is that of the header. Since 0.1.
///
/// @return MAJOR * 1000000 + MINOR * 1000 + PATCH.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_version_number() -> u32 {
    SMZ_VERSION_NUMBER
}

/// The version of the library in use as text, "0.1.0". Since 0.1.
///
/// @return A static text.
/// @note Threads: any.
#[unsafe(no_mangle)]
pub extern "C" fn smz_version_string() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_agree_with_the_version_of_the_package() {
        let version = env!("CARGO_PKG_VERSION");
        let text = format!("{SMZ_VERSION_MAJOR}.{SMZ_VERSION_MINOR}.{SMZ_VERSION_PATCH}");
        assert_eq!(version, text);
        let number = SMZ_VERSION_MAJOR * 1_000_000 + SMZ_VERSION_MINOR * 1000 + SMZ_VERSION_PATCH;
        assert_eq!(SMZ_VERSION_NUMBER, number);
    }
}
