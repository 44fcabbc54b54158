//! All tests of the C library in one program: it is installed once for all of them, and they run
//! beside each other. One file's run by its name, as
//! `cargo test -p smimezip-capi --test suite abi::`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

mod abi;
mod matrix;
mod programs;
mod readme;
mod static_library;
mod wrapper;
