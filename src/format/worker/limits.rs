//! What the system holds a worker to.

/// Bytes that a worker has beside what its reader takes: its stack, which is seldom touched, what the
/// program itself holds, and what the allocator keeps apart.
#[cfg(unix)]
const BESIDE: u64 = 32 << 20;

/// Gives up what no reader needs: to open, to write and to connect to anything, and to leave a core.
#[cfg(unix)]
pub(super) fn give_up() {
    use rustix::process::Resource;
    // The three that a process begins with stay; any other would be beyond the limit.
    for (resource, most) in [(Resource::Nofile, 3), (Resource::Fsize, 0), (Resource::Core, 0)] {
        set(resource, most, Some(most));
    }
}

/// Sets the limits for one file.
#[cfg(unix)]
pub(super) fn begin(seconds: u64, memory: u64) {
    use rustix::{
        process::Resource,
        time::{ClockId, clock_gettime},
    };
    let spent = clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs();
    set(Resource::Cpu, spent.saturating_add(1).saturating_add(seconds), None);
    set(Resource::Data, memory.saturating_add(BESIDE), None);
}

/// A limit that the system does not take is none.
#[cfg(unix)]
fn set(resource: rustix::process::Resource, current: u64, maximum: Option<u64>) {
    let _ = rustix::process::setrlimit(resource, rustix::process::Rlimit { current: Some(current), maximum });
}

/// Waits until the other end of standard input is closed, or `over` says that there is nothing to wait for.
#[cfg(unix)]
pub(super) fn wait_for_the_end(over: impl Fn() -> bool) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let input = std::io::stdin();
    let second = Timespec { tv_sec: 1, tv_nsec: 0 };
    while !over() {
        // That it was closed is told without being asked for.
        let mut pipe = [PollFd::new(&input, PollFlags::empty())];
        let closed = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        match poll(&mut pipe, Some(&second)) {
            Ok(_) if pipe[0].revents().intersects(closed) => return,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
    }
}

#[cfg(not(unix))]
pub(super) fn give_up() {}

#[cfg(not(unix))]
pub(super) fn begin(_seconds: u64, _memory: u64) {}
