//! libFuzzer's entry to `smimezip_fuzz::key_costs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| smimezip_fuzz::key_costs::run(bytes));
