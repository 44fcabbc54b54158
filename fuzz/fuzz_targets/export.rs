//! libFuzzer's entry to `smimezip_fuzz::export`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::export::run(bytes));
