//! libFuzzer's entry to `smimezip_fuzz::pem`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::pem::run(bytes));
