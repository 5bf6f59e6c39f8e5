//! What an update would do, without doing it.

use super::{
    content, damaged,
    ledger::Fate,
    plan::Plan,
    report::{Event, Outcome, Report},
};
use crate::error::Result;

impl Plan<'_> {
    /// Says what would be done, as far as names and, where they say nothing, first bytes tell.
    pub(super) fn foresee(mut self, event: &mut dyn FnMut(Event)) -> Result<Report> {
        for due in std::mem::take(&mut self.tasks) {
            let task = self.task(due, &self.slots).map_err(|source| damaged(self.dir, source))?;
            let outcome = match &task.old {
                Some(old) if matches!(old.fate, Fate::Indexed(_)) => {
                    self.report.changed += 1;
                    Outcome::Changed
                }
                _ if !content::is_readable(&task.file) => {
                    self.report.skipped += 1;
                    continue;
                }
                _ => {
                    self.report.added += 1;
                    Outcome::Added
                }
            };
            self.report.bytes += task.bytes;
            event(Event::File { path: task.file, bytes: task.bytes, outcome });
        }
        self.sum_up();
        Ok(self.report)
    }
}
