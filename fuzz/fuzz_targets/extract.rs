//! libFuzzer's entry to `smimezip_fuzz::extract`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| smimezip_fuzz::extract::run(octets));
