//! How many processors a run that indexes uses: no more than were asked for, whatever its threads, and the
//! processes that read for it, would find to do on others.

/// Keeps this thread, and the threads and processes that it starts, to so many of the processors that it may
/// use. Where the system cannot be told, so many files are read at once, and that is all.
#[cfg(target_os = "linux")]
pub(super) fn keep_to(jobs: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return };
    let allowed: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&at| allowed.is_set(at)).collect();
    if jobs >= allowed.len() {
        return;
    }
    // The one that this runs on had nothing better to do.
    let here = allowed.iter().position(|&at| at == sched_getcpu()).unwrap_or(0);
    let mut chosen = CpuSet::new();
    allowed.iter().cycle().skip(here).take(jobs).for_each(|&at| chosen.set(at));
    let _ = sched_setaffinity(None, &chosen);
}

#[cfg(not(target_os = "linux"))]
pub(super) fn keep_to(_jobs: usize) {}
