//! libFuzzer's entry to `smimezip_fuzz::keys`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::keys::run(bytes));
