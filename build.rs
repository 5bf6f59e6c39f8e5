//! Has the program start sooner where the system is Linux.

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        // It is loaded at a fixed address. The readers' tables of names hold 91,000 addresses: in a program that
        // may be loaded anywhere all of them are corrected at every start, page by page, for 3.1 ms of the
        // processor in place of 1.2. Stack, heap and libraries still lie at random addresses.
        println!("cargo::rustc-link-arg-bins=-no-pie");
        // What finds the way back from a panic is part of it, and not a library to be loaded: .1 ms.
        if has_library("libgcc_eh.a") {
            println!("cargo::rustc-link-lib=gcc_eh");
        }
    }
}

/// Whether the linker knows where a library is.
fn has_library(name: &str) -> bool {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or("cc".into());
    let found = Command::new(linker).arg(format!("-print-file-name={name}")).output();
    // One that it does not know it names as it was asked.
    found.is_ok_and(|found| found.stdout.starts_with(b"/"))
}
