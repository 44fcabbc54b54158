//! libFuzzer's entry to `smimezip_fuzz::mime`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| smimezip_fuzz::mime::run(octets));
