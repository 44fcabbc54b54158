//! libFuzzer's entry to `smimezip_fuzz::ber`.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| smimezip_fuzz::ber::run(octets));
