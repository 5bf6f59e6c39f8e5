//! How the system's allocator works in a run that indexes: glibc's keeps what is freed, in an area of each
//! thread, so that the memory of a run would grow far beyond what it holds at any time. Told so, it gives large pieces
//! back at once. It is told when a process begins and never again, so the process begins a second time.

/// What glibc's allocator is told, where nobody told it otherwise: from how many bytes on a piece is the
/// system's again as soon as it is freed. By itself it raises that to the largest piece it ever met. tantivy's
/// writer holds what it gathers in pieces of a megabyte: a merge must not find half of the memory taken by those.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const SETTING: (&str, &str) = ("MALLOC_MMAP_THRESHOLD_", "1048576");

/// Begins the program again with the allocator told; returns where it is told, or cannot be.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(in crate::cmd) fn tell() {
    use std::{env, os::unix::process::CommandExt, process::Command};
    let (name, value) = SETTING;
    if env::var_os(name).is_some() {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut args = env::args_os();
    let mut again = Command::new(program);
    again.arg0(args.next().unwrap_or_default()).args(args).env(name, value);
    // It comes back only where that failed: then memory is what it is.
    let _ = again.exec();
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(in crate::cmd) fn tell() {}
