//! Any line is a call of a tool, or is refused with words; see `src/mcp/call.rs`.

#![no_main]

#[path = "../../src/mcp/arguments.rs"]
mod arguments;
#[path = "../../src/mcp/call.rs"]
mod call;
#[path = "../../src/mcp/tools.rs"]
mod tools;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| call::trial(bytes));
