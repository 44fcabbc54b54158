//! libFuzzer's entry to `smimezip_fuzz::volumes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::volumes::run(bytes));
