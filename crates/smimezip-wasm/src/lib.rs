//! smimezip in a browser: what the page `smimezip.html` does that is not JavaScript's. `README.md`
//! says what the page is, `build.sh` makes it.
//!
//! The page's script (`web/`) shows things and asks; a worker has the module that this crate is
//! compiled to, and answers. [`sorting`] says which files are of one export, [`windows`] reads
//! them, [`session`] opens them, [`tree`] is what is shown of one, [`whole`] makes one archive of
//! what is in it, [`answers`] and [`json`] are what the page gets. Only `browser` knows of
//! JavaScript; all else is plain Rust, tested without a browser.
//!
//! It imports the core's public interface alone.

#![forbid(unsafe_code)]

pub mod answers;
#[cfg(target_arch = "wasm32")]
mod browser;
pub mod json;
pub mod names;
pub mod session;
pub mod sorting;
pub mod tree;
pub mod whole;
pub mod windows;
