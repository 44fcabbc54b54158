//! `libsmimezip`: the functions of `smimezip-ffi` as a shared and a static library, and nothing
//! else. `include/smimezip.h` declares them; `include/README.md` says how to link.

pub use smimezip_ffi::*;
