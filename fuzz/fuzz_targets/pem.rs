//! libFuzzer's entry to `smimezip_fuzz::pem`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| smimezip_fuzz::pem::run(octets));
