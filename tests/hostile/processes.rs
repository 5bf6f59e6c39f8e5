//! The program and its workers as the system sees them.

use std::fs;

/// Returns the processes that a process started and that have not ended, where the system tells.
pub(crate) fn workers(id: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let children = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    children
        .flat_map(|ids| ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// Returns how many bytes of memory a process holds, where the system tells.
pub(crate) fn resident(id: u32) -> u64 {
    let pages = fs::read_to_string(format!("/proc/{id}/statm")).unwrap_or_default();
    pages.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}

#[cfg(target_os = "linux")]
mod tests {
    use std::{
        process::{Child, Stdio},
        thread,
        time::{Duration, Instant},
    };

    use super::*;
    use crate::place::Place;

    /// Starts a run that has enough to read, and returns it when it has a worker.
    fn busy(place: &Place, jobs: &str) -> Child {
        let page = "<p>The bittern <b>booms</b> in the reeds.</p>\n".repeat(100_000);
        (0..40).for_each(|number| place.write(&format!("articles/{number}.html"), &page));
        let mut program = place.command(&["index", "articles", "--jobs", jobs]);
        let program = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        wait_until("no worker came", || !workers(program.id()).is_empty());
        program
    }

    /// Waits for what must come.
    fn wait_until(what: &str, come: impl Fn() -> bool) {
        let began = Instant::now();
        while !come() {
            assert!(began.elapsed() < Duration::from_secs(60), "{what}");
            thread::yield_now();
        }
    }

    /// Returns the processors that a thread or process may use, such as `0-3`.
    fn processors(id: u32) -> Option<String> {
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
        Some(line.trim().into())
    }

    #[test]
    fn no_worker_outlives_the_program() {
        let place = Place::new();
        let mut program = busy(&place, "2");
        let left = workers(program.id());
        program.kill().expect("it can be killed");
        program.wait().expect("it ended");
        // A process that ended may wait for one that takes note of it: it has no memory any more.
        wait_until("a worker stayed", || left.iter().all(|id| resident(*id) == 0));
    }

    #[test]
    fn a_run_uses_no_more_processors_than_it_may() {
        let place = Place::new();
        let mut program = busy(&place, "1");
        let threads = fs::read_dir(format!("/proc/{}/task", program.id())).expect("it runs");
        let threads = threads.filter_map(|thread| thread.ok()?.file_name().to_str()?.parse().ok());
        let mut used: Vec<String> = threads.chain(workers(program.id())).filter_map(processors).collect();
        program.kill().expect("it can be killed");
        program.wait().expect("it ended");
        assert!(used.len() > 3, "{used:?}");
        used.sort();
        used.dedup();
        assert!(used.len() == 1 && used[0].parse::<u32>().is_ok(), "{used:?}");
    }
}
