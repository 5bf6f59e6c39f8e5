//! `excerpt index --watch`: goes on making the index agree with its folders.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Instant, SystemTime},
};

use excerpt::{
    Error,
    index::{Report, Update},
};

use super::Index;
use crate::cmd::{
    Outcome,
    ui::{self, Ui, say},
    watch::{Updated, WAITING, Wake, Watch},
};

impl Index {
    /// Updates whenever something changes, and tells of it, until Ctrl-C.
    pub(super) fn watch(&self, dir: &Path, first: Update, ui: &Ui) -> anyhow::Result<Outcome> {
        let (wake, wakes) = mpsc::sync_channel(WAITING);
        let stop = wake.clone();
        // Where many wait already, the flag is seen when the first of them is.
        let cancel = ui::interruption_then(move || _ = stop.try_send(Wake::Stop));
        let mut failed = None;
        let mut update = Some(first);
        // The folder of the index must be there, to be told from those that are watched.
        if !excerpt::index::is_index(dir) {
            excerpt::Index::create(dir)?;
        }
        let ending = wake.clone();
        let mut once = |_: &Watch| {
            let began = Instant::now();
            let is_first = update.is_some();
            // Folders and rules are remembered from the first time on.
            let now =
                update.take().unwrap_or_else(|| Update { now: SystemTime::now(), ..self.means.update() });
            let done = match cancel.load(Ordering::SeqCst) {
                true => return over(&ending),
                false => self.update(dir, &now, &cancel, ui),
            };
            match done {
                Ok(report) => {
                    if (is_first || is_news(&report))
                        && let Err(error) = self.tell(&report, dir, began, ui)
                    {
                        failed = Some(error);
                        return over(&ending);
                    }
                    let agrees = report.missing.is_empty() && !report.interrupted;
                    Updated { folders: folders(dir), agrees }
                }
                // Somebody else writes, or the disk is full: it is tried again.
                Err(error) if !is_first && is_passing(&error) => {
                    say(&format!("excerpt: {error:#}"));
                    Updated { folders: folders(dir), agrees: false }
                }
                Err(error) => {
                    failed = Some(error);
                    over(&ending)
                }
            }
        };
        Watch::new(dir, Arc::new(AtomicU64::new(0)), wake).run(&wakes, &mut once);
        failed.map_or(Ok(Outcome::Interrupted), Err)
    }
}

/// Ends what would go on.
fn over(wake: &mpsc::SyncSender<Wake>) -> Updated {
    // Where many wait already, this is called again for the first of them.
    let _ = wake.try_send(Wake::Stop);
    Updated { folders: Vec::new(), agrees: true }
}

fn folders(dir: &Path) -> Vec<std::path::PathBuf> {
    excerpt::Index::open(dir).map(|index| index.folders()).unwrap_or_default()
}

fn is_news(report: &Report) -> bool {
    report.added + report.changed + report.removed > 0
}

fn is_passing(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<Error>(),
        Some(Error::Locked { .. } | Error::Write { .. } | Error::Read { .. })
    )
}
