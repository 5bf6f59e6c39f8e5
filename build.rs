//! Has the program loaded at a fixed address where the system is Linux.
//!
//! The readers' tables of names hold 91,000 addresses. A program that may be loaded anywhere has them
//! all corrected at every start, page by page: 3.1 ms of the processor, most of what a short command
//! costs, against 1.2 ms. Stack, heap and libraries still lie at random addresses.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
