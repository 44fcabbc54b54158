//! libFuzzer's entry to `smimezip_fuzz::manifest`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::manifest::run(bytes));
