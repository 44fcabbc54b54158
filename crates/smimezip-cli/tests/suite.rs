//! All tests but those that must be programs of their own, in one: what they share is compiled once
//! and linked once, and all of them run beside each other. One file's run by its name, as
//! `cargo test -p smimezip-cli --test suite check_cert::`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

mod advice;
mod arriving;
mod check_cert;
mod cli;
mod config;
mod encrypt;
mod envelopes;
mod faults;
mod history;
mod hostile;
mod incomplete;
mod inspect;
mod json;
mod keys;
mod keystore;
mod limits;
mod manifest;
mod messages;
mod names;
mod output;
mod patterns;
mod salvage;
mod scale;
mod seal;
mod seal_faults;
mod sealed_twice;
mod selection;
mod several;
mod situations;
mod situations_at_work;
mod situations_of_sets;
mod sizes;
mod status;
mod windows;
