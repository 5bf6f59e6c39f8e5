//! The web page and the HTTP API: thin faces of the same search, show and update.
//!
//! A request passes the [`guard`], is read by [`params`], answered by [`api`] or [`page`], all of which ask
//! the index on threads apart ([`Site::work`]): a few at a time, within a time, and no longer than its
//! client waits.

mod api;
mod connections;
mod events;
mod failure;
mod file;
mod guard;
mod openapi;
mod page;
mod params;
mod routes;
mod updates;

use std::{
    io,
    net::TcpListener,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use excerpt::{Index, date::Date, index::Freshness};
use tokio::{runtime::Builder, sync::Semaphore, task::spawn_blocking, time::timeout};

use self::failure::Failure;
pub(crate) use self::{
    guard::Guard,
    updates::{Start, Updates},
};

/// A request waits so long for others at most,
const WAIT: Duration = Duration::from_secs(20);

/// and is worked on for so long.
const LONGEST: Duration = Duration::from_secs(20);

/// Answers until Ctrl-C or SIGTERM, then calls `ending`, and lets what is being answered finish.
///
/// # Errors
/// When the system refuses what a server needs.
pub(crate) fn run(listener: TcpListener, site: Arc<Site>, ending: impl Fn()) -> io::Result<()> {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let stop = async {
            stopped().await;
            ending();
        };
        connections::serve(listener, routes::routes(site), stop).await;
        io::Result::Ok(())
    })?;
    // What still runs has seen its flag, and nobody waits for it.
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}

/// Waits until the program is told to end.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without a handler the system ends the program.
    let _ = interrupted.await;
}

/// So many listen to how updates go at most.
const LISTENERS: usize = 64;

/// What all requests share.
pub(crate) struct Site {
    updates: Arc<Updates>,
    guard: Guard,
    /// Those that ask the index at once.
    working: Arc<Semaphore>,
    /// Those that listen to how updates go.
    listening: Arc<Semaphore>,
    /// Tells this run of the program from others.
    run: u64,
    /// The index that answered last, and how many there were.
    answered: Mutex<(Weak<Index>, u64)>,
}

impl Site {
    /// Makes what requests are answered with.
    pub(crate) fn new(updates: Arc<Updates>, guard: Guard, run: u64) -> Self {
        let at_once = thread::available_parallelism().map_or(2, NonZeroUsize::get);
        let (working, listening) = (Arc::new(Semaphore::new(at_once)), Arc::new(Semaphore::new(LISTENERS)));
        Self { updates, guard, working, listening, run, answered: Mutex::default() }
    }

    /// Asks the index on a thread apart. The flag that the work is given is raised when the client goes, or
    /// when it takes too long.
    ///
    /// # Errors
    /// Those of the work; and where too many others are before it, or it takes too long.
    async fn work<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &Arc<AtomicBool>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let busy = |message: &str| {
            Failure::unavailable("busy", message).hint("ask again in a moment, or ask for less")
        };
        let turn = timeout(WAIT, Arc::clone(&self.working).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(busy("too many others are asking")) };
        let gone = Gone(Arc::new(AtomicBool::new(false)));
        let (site, cancel) = (Arc::clone(self), Arc::clone(&gone.0));
        let task = spawn_blocking(move || {
            let _turn = turn;
            work(&site, &cancel)
        });
        match timeout(LONGEST, task).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(Failure::fault()),
            Err(_) => Err(busy("the answer takes too long")),
        }
    }

    /// Returns what tells an answer of this index from those of others: the commit, and the day, which `last
    /// week` is told from. None where the index does not agree with its folders, or that is not known.
    fn tag(&self, index: &Arc<Index>, freshness: &Freshness) -> Option<String> {
        if !freshness.agrees() {
            return None;
        }
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.0.as_ptr() != Arc::as_ptr(index) {
            *answered = (Arc::downgrade(index), answered.1 + 1);
        }
        let (run, commit, day) = (self.run, answered.1, Date::of(SystemTime::now()).first_day());
        Some(format!("W/\"{run:x}-{commit}-{day}\""))
    }
}

/// Raises a flag when it is let go: its request is answered, or nobody waits for it.
struct Gone(Arc<AtomicBool>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use excerpt::index::Update;

    use super::*;
    use crate::cmd::live::Live;

    #[test]
    fn work_that_nobody_waits_for_is_told_to_end() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let live = Arc::new(Live::new(dir.path().into(), Update::default()));
        let (dir, folders, means) = (dir.path().into(), Vec::new(), Update::default());
        let (updates, thread) = Updates::start(live, Start { dir, folders, watch: false, means });
        let guard = Guard { names: Vec::new(), token: None };
        let site = Arc::new(Site::new(Arc::clone(&updates), guard, 0));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("it starts");
        let ((begin, begun), (end, ended)) = (mpsc::channel(), mpsc::channel());
        let task = runtime.spawn(async move {
            let work = site.work(move |_, cancel| {
                begin.send(()).expect("the test goes on");
                while !cancel.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
                end.send(()).expect("the test goes on");
                Ok(())
            });
            _ = work.await;
        });
        begun.recv_timeout(Duration::from_secs(60)).expect("it begins");
        task.abort();
        ended.recv_timeout(Duration::from_secs(60)).expect("it ends");
        updates.stop();
        thread.join().expect("it ends");
    }
}
