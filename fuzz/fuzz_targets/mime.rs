//! libFuzzer's entry to `smimezip_fuzz::mime`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::mime::run(bytes));
