//! libFuzzer's entry to `smimezip_fuzz::envelope`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::envelope::run(bytes));
