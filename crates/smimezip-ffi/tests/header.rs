//! `include/smimezip.h` is what cbindgen makes of this crate. `SMIMEZIP_WRITE_HEADER=1` writes it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

fn crate_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn header() -> PathBuf {
    crate_folder().join("../../include/smimezip.h")
}

#[test]
fn the_committed_header_is_the_generated_one() {
    let config = cbindgen::Config::from_file(crate_folder().join("cbindgen.toml")).unwrap();
    let mut builder = cbindgen::Builder::new().with_config(config);
    // The files in the order a reader needs them; cbindgen keeps it.
    for file in [
        "version",
        "status",
        "error",
        "facts",
        "cancel",
        "progress",
        "entry",
        "archive",
        "entry_parts",
        "extract",
        "callbacks",
        "option",
        "options",
        "recipient",
        "keyring",
        "source",
        "message",
        "reader",
        "decoder",
        "set",
        "set_add",
        "set_list",
        "oddity",
        "report",
    ] {
        builder = builder.with_src(crate_folder().join("src").join(file).with_extension("rs"));
    }
    let mut made = Vec::new();
    builder.generate().unwrap().write(&mut made);
    let made = String::from_utf8(made).unwrap();
    if std::env::var_os("SMIMEZIP_WRITE_HEADER").is_some() {
        std::fs::write(header(), &made).unwrap();
    }
    let committed = std::fs::read_to_string(header()).unwrap_or_default();
    assert!(
        committed == made,
        "include/smimezip.h is not what the source says; \
         SMIMEZIP_WRITE_HEADER=1 cargo test -p smimezip-ffi --test header"
    );
}

#[test]
fn every_function_says_since_when_and_for_which_threads() {
    let header = std::fs::read_to_string(header()).unwrap();
    let functions = header.matches("\nSMZ_API").count();
    // The words may be broken between two lines.
    let since = header.replace("\n * ", " ").matches("Since 0.1").count();
    assert!(since >= functions && functions > 50, "{since} of {functions} say since when");
    let threads = header.matches("\n * @note Threads: ").count();
    assert_eq!(threads, functions);
}
