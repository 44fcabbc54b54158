//! libFuzzer's entry to `smimezip_fuzz::seal`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::seal::run(bytes));
