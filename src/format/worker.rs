//! Reading in a process apart: what a hostile file can do to its reader ends with that process, and
//! costs that file alone.
//!
//! A panic is caught where it happens, but a stack that overflows, memory that runs out and a loop
//! without end can only be stopped by the system. So the caller of the library may name a [`Worker`]: a
//! command that calls [`serve`]. Files are handed to it by pipes, small ones several at a time, and it tells
//! of each before it begins the next; it has no files of its own and can open none. It works under three
//! limits, which the system enforces: time of the processor, memory, and a stack of 16 MB. Only where a
//! Unix has no such limit does it go without.

mod limits;
mod message;
mod pool;
mod process;
mod serve;

use std::{ffi::OsString, path::PathBuf, time::Duration};

pub(crate) use pool::{Ahead, Workers};
pub(crate) use process::Handed;
pub use serve::serve;

use super::Cause;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) use message::trial;

/// The stack of a reader, in bytes: deep nesting in a file must not overflow it.
pub(crate) const STACK: usize = 16 << 20;

/// How files are read in a process apart.
#[derive(Clone, Debug)]
pub struct Worker {
    /// The program to start.
    pub program: PathBuf,
    /// What it is called with, so that it calls [`serve`].
    pub arguments: Vec<OsString>,
    /// How long the processor may work on a file of no size, to the second; each megabyte of a file
    /// gives it one second more.
    pub time: Duration,
}

impl Worker {
    /// The usual time for a file.
    pub const TIME: Duration = Duration::from_secs(60);
}

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It would not be read another time either.
    Failed(Cause),
    /// It took too long, or what reads it was not to be had: worth another try.
    Stopped(Cause),
    /// It took more memory than it might: worth another try where it may take more.
    Starved(Cause),
    /// The run was stopped.
    Cancelled,
}
