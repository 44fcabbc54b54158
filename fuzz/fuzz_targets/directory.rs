//! libFuzzer's entry to `smimezip_fuzz::directory`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::directory::run(bytes));
