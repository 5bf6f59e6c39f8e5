//! The one thread that writes: it keeps the index at one with its folders, and tells all who listen how it
//! goes.

use std::{
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{self, Receiver, SyncSender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use excerpt::{
    Error, Index, Result,
    index::{AUTO, Budget, Event, Freshness, Outcome, Update},
};
use serde::Serialize;
use tokio::sync::broadcast;

use super::failure::Failure;
use crate::cmd::{
    live::Live,
    watch::{self, Updated, WAITING, Wake, Watch},
};

/// Progress is told so often at most.
const TELL: Duration = Duration::from_millis(100);

/// What is heard of is trusted for so long, then the disk is asked again: of links and of disks elsewhere the
/// system does not tell all.
const TRUST: Duration = Duration::from_secs(2);

/// So much of what was told is kept for who listens slowly.
const KEPT: usize = 64;

/// How an update goes.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Progress {
    /// Files to read, and their bytes; both 0 while folders are compared.
    pub(super) files: u64,
    pub(super) bytes: u64,
    /// Files and bytes that were read.
    pub(super) files_done: u64,
    pub(super) bytes_done: u64,
    pub(super) added: u64,
    pub(super) changed: u64,
    pub(super) removed: u64,
    pub(super) failed: u64,
}

/// What is told.
#[derive(Clone, Debug)]
pub(super) enum News {
    Progress(Progress),
    /// The update of this number is done.
    Done(u64, Progress),
    Failed(u64, Arc<Failure>),
    /// Nothing more will be told.
    Over,
}

/// The updates of an index.
pub(crate) struct Updates {
    live: Arc<Live>,
    wake: SyncSender<Wake>,
    news: broadcast::Sender<News>,
    heard: Arc<AtomicU64>,
    now: Mutex<Now>,
    cancel: AtomicBool,
}

/// How it stands.
#[derive(Default)]
struct Now {
    /// How many updates were begun.
    begun: u64,
    running: Option<Progress>,
    last: Option<Last>,
}

/// What the last comparison found.
struct Last {
    index: Arc<Index>,
    freshness: Freshness,
    /// When it was made, and what had been heard when it began.
    at: Instant,
    heard: u64,
    /// Whether the folders are listened to.
    hears: bool,
}

/// What the thread begins with.
pub(crate) struct Start {
    /// The folder of the index.
    pub(crate) dir: PathBuf,
    /// Folders to add first.
    pub(crate) folders: Vec<PathBuf>,
    /// Whether it goes on when that is done.
    pub(crate) watch: bool,
    /// What an update may use.
    pub(crate) means: Update,
}

impl Updates {
    /// Starts the thread; it ends when it is [told to](Self::stop).
    pub(crate) fn start(live: Arc<Live>, start: Start) -> (Arc<Self>, JoinHandle<()>) {
        let (wake, wakes) = mpsc::sync_channel(WAITING);
        let updates = Arc::new(Self {
            live,
            wake,
            news: broadcast::channel(KEPT).0,
            heard: Arc::default(),
            now: Mutex::default(),
            cancel: AtomicBool::new(false),
        });
        let own = Arc::clone(&updates);
        let thread = thread::spawn(move || own.keep(start, &wakes));
        (updates, thread)
    }

    /// Ends the thread soon; nothing that was committed is lost.
    pub(crate) fn stop(&self) {
        self.cancel.store(true, Ordering::SeqCst);
        let _ = self.news.send(News::Over);
        // A thread that is busy sees the flag, and makes room.
        let _ = self.wake.send(Wake::Stop);
    }

    /// Asks for an update; returns what is told from now on, and the number of the first update that
    /// begins after this.
    pub(super) fn ask(&self) -> (broadcast::Receiver<News>, u64) {
        let (news, next) = (self.news.subscribe(), self.held().begun + 1);
        // Where many wait already, this one is among them.
        let _ = self.wake.try_send(Wake::Asked);
        (news, next)
    }

    /// Returns what is told from now on.
    pub(super) fn listen(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Returns how an update goes that is running.
    pub(super) fn running(&self) -> Option<Progress> {
        self.held().running.clone()
    }

    /// Returns the index as it answers now, and how far it agrees with its folders. Where that was found a
    /// moment ago, and nothing was heard since, nothing is looked at; else as much as a small budget lets one
    /// see.
    pub(super) fn current(&self, cancel: &AtomicBool) -> Result<(Arc<Index>, Freshness)> {
        let index = self.live.current()?;
        let heard = self.heard.load(Ordering::SeqCst);
        let hears = {
            let now = self.held();
            let running = now.running.is_some();
            let known = |last: &&Last| {
                let is_new = last.at.elapsed() < TRUST && (last.hears || running);
                is_new && last.heard == heard && Arc::ptr_eq(&last.index, &index)
            };
            if let Some(last) = now.last.as_ref().filter(known) {
                return Ok((index, last.freshness.clone()));
            }
            if running {
                let mut freshness = index.compared(Budget::Nothing)?;
                freshness.notes.push("the index is being brought up to date".into());
                return Ok((index, freshness));
            }
            now.last.as_ref().is_some_and(|last| last.hears)
        };
        let (index, freshness) = self.live.refreshed(Budget::Within(AUTO), &mut |_| {}, cancel)?;
        if hears && freshness.agrees() {
            let (index, freshness) = (Arc::clone(&index), freshness.clone());
            self.held().last = Some(Last { index, freshness, at: Instant::now(), heard, hears });
        }
        Ok((index, freshness))
    }

    fn keep(&self, start: Start, wakes: &Receiver<Wake>) {
        let Start { dir, folders, watch: goes_on, means } = start;
        let mut new = folders;
        if goes_on {
            let watch = Watch::new(&dir, Arc::clone(&self.heard), self.wake.clone());
            return watch.run(wakes, &mut |watch| self.update(&dir, &mut new, &means, Some(watch)));
        }
        while watch::begin(wakes) == Wake::Asked {
            self.update(&dir, &mut new, &means, None);
            if wakes.recv() != Ok(Wake::Asked) {
                return;
            }
        }
    }

    /// Updates once.
    fn update(
        &self,
        dir: &std::path::Path,
        new: &mut Vec<PathBuf>,
        means: &Update,
        watch: Option<&Watch>,
    ) -> Updated {
        let heard = self.heard.load(Ordering::SeqCst);
        let number = {
            let mut now = self.held();
            now.begun += 1;
            now.running = Some(Progress::default());
            now.begun
        };
        let mut told = Instant::now();
        let mut progress = Progress::default();
        let mut event = |event: Event| {
            progress.take(event);
            if told.elapsed() >= TELL {
                told = Instant::now();
                self.held().running = Some(progress.clone());
                // It does not matter whether anybody listens.
                let _ = self.news.send(News::Progress(progress.clone()));
            }
        };
        let at = Instant::now();
        let done =
            panic::catch_unwind(AssertUnwindSafe(|| self.bring_up_to_date(dir, new, means, &mut event)));
        let fault = |_| Err(Failure::fault());
        let done = done.map_or_else(fault, |done| done.map_err(Failure::from));
        let mut now = self.held();
        now.running = None;
        let (news, updated) = match done {
            Ok((index, freshness)) => {
                let (folders, agrees) = (index.folders(), freshness.agrees());
                let hears = watch.is_some_and(|watch| watch.hears(&folders));
                let news = match freshness.notes.last().filter(|_| freshness.not_updated) {
                    Some(note) => News::Failed(number, Arc::new(Failure::unavailable("locked", note))),
                    None => News::Done(number, progress),
                };
                now.last = Some(Last { index, freshness, at, heard, hears });
                (news, Updated { folders, agrees })
            }
            Err(failure) => {
                let folders = now.last.take().map(|last| last.index.folders()).unwrap_or_default();
                (News::Failed(number, Arc::new(failure)), Updated { folders, agrees: false })
            }
        };
        drop(now);
        let _ = self.news.send(news);
        updated
    }

    fn bring_up_to_date(
        &self,
        dir: &std::path::Path,
        new: &mut Vec<PathBuf>,
        means: &Update,
        event: &mut dyn FnMut(Event),
    ) -> Result<(Arc<Index>, Freshness)> {
        match Index::open(dir) {
            Err(Error::Older { .. }) => _ = Index::rebuild(dir, means, event, &self.cancel)?,
            Err(Error::NoIndex { .. }) if !new.is_empty() => _ = Index::create(dir)?,
            _ => {}
        }
        if !new.is_empty() {
            let update = Update { folders: new.clone(), now: std::time::SystemTime::now(), ..means.clone() };
            Index::open(dir)?.update(&update, event, &self.cancel)?;
            new.clear();
        }
        self.live.refreshed(Budget::Everything, event, &self.cancel)
    }

    fn held(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    fn take(&mut self, event: Event) {
        match event {
            Event::Planned { files, bytes } => (self.files, self.bytes) = (files, bytes),
            Event::Part { bytes } => self.bytes_done += bytes,
            Event::File { bytes, outcome, .. } => {
                self.bytes_done += bytes;
                match outcome {
                    Outcome::Removed => return self.removed += 1,
                    Outcome::Added => self.added += 1,
                    Outcome::Failed(_) => self.failed += 1,
                    _ => self.changed += 1,
                }
                self.files_done += 1;
            }
            _ => {}
        }
    }
}
