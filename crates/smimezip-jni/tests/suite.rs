//! All tests of the jar in one program: it is made once for all of them, and they run beside each
//! other. One file's run by its name, as `cargo test -p smimezip-jni --test suite loader::`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

mod classes;
mod examples;
mod loader;
