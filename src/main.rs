//! The program: run, then turn the outcome into an exit code and a message.
#![forbid(unsafe_code)]

mod cmd;
mod mcp;
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    cmd::main(std::env::args_os().collect())
}
