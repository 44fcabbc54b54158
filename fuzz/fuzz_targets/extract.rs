//! libFuzzer's entry to `smimezip_fuzz::extract`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::extract::run(bytes));
