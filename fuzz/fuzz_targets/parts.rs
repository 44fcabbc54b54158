//! libFuzzer's entry to `smimezip_fuzz::parts`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::parts::run(bytes));
