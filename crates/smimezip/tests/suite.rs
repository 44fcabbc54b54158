//! All tests but those that must be programs of their own, in one: what they share is compiled once
//! and linked once, and all of them run beside each other. One file's run by its name, as
//! `cargo test -p smimezip-suite build_archives::`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

mod beyond;
mod build_archives;
mod build_bounds;
mod build_exports;
mod build_paths;
mod build_readers;
mod build_sinks;
mod build_trees;
mod cancel;
mod damage;
mod differential;
mod entries;
mod envelopes;
mod export_interop;
mod export_property;
mod external_keys;
mod flips;
mod folders;
mod forward;
mod fuzz_seeds;
mod helpers;
mod hostile;
mod incomplete;
mod inner;
mod interop;
mod io_faults;
mod irregular;
mod keep_going;
mod key_choice;
mod key_contents;
mod key_costs;
mod key_makers;
mod key_passphrases;
mod keyforms;
mod lazy_parts;
mod manifest;
mod moved_headers;
mod names;
mod not_a_part;
mod odd_archives;
mod odd_ends;
mod odd_entries;
mod part_sizes;
mod plain_parts;
mod planned;
mod publish;
mod recipients;
mod records;
mod requests;
mod rfc_examples;
mod roundtrip;
mod salvage;
mod salvage_peers;
mod salvage_traps;
mod seal_interop;
mod sealed_twice;
mod sealer;
mod seek_model;
mod sets;
mod status;
mod trailing_text;
mod vectors;
mod windows;
mod writers;
