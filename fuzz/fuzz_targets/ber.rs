//! libFuzzer's entry to `smimezip_fuzz::ber`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::ber::run(bytes));
