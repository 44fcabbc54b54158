//! libFuzzer's entry to `smimezip_fuzz::salvage`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::salvage::run(bytes));
