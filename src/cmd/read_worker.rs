//! `excerpt read-worker`: reads files for another `excerpt`, which starts it and ends it.

use std::path::PathBuf;

use excerpt::format::{
    self,
    worker::{self, Worker},
};

use super::Outcome;

/// Returns the way to start this program as a worker; none where it is not known what it is.
pub(super) fn command() -> Option<Worker> {
    // The very program that runs, even if another was put in its place since.
    let running = PathBuf::from("/proc/self/exe");
    let program =
        if cfg!(target_os = "linux") && running.exists() { running } else { std::env::current_exe().ok()? };
    Some(Worker { program, arguments: vec!["read-worker".into()], time: Worker::TIME })
}

pub(super) fn run() -> anyhow::Result<Outcome> {
    worker::serve(format::by_name)?;
    Ok(Outcome::Done)
}
