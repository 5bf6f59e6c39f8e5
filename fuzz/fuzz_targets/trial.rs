//! Any bytes come through the trial that the target is named after; see `excerpt::trial`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| excerpt::trial::run(env!("CARGO_BIN_NAME"), bytes));
