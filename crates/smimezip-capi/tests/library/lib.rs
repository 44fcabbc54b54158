//! `libsmimezip` once more, as the tests install it, and nothing else. Cargo builds no library for
//! tests that do not link it, and one that is built by itself has other features below it, which
//! compiles half of the workspace once more.

pub use smimezip_ffi::*;
