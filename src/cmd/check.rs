//! `excerpt check`: is the index whole, and if not, makes it so.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use excerpt::{
    Index,
    index::{Check as Checked, Event, Repair, Update},
    render::{harmless, object, shown_path},
};
use indicatif::HumanBytes;

use super::{
    Outcome, Shared,
    index::{Means, allocator},
    locate,
    ui::{self, Progress, Ui},
};

/// Say whether the index is whole: every byte, every passage, and the ledger beside them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt check
  excerpt check --repair --index ~/articles/index

Exits with 1 where something is broken, and was not repaired.")]
pub(super) struct Check {
    /// Make again what is broken, from what is whole and the articles on disk
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    means: Means,
}

/// How long to wait for a writer: a search that brings the index up to date is soon done.
const PATIENCE: Duration = Duration::from_secs(2);

impl Check {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let began = Instant::now();
        if self.repair {
            allocator::tell();
        }
        let dir = locate::locate(shared)?;
        let mut progress = Progress::new(false);
        let mut take = |event: Event| progress.take(event);
        let cancel = ui::interruption();
        let repair = if self.repair {
            let update = Update { patience: PATIENCE, ..self.means.update() };
            Index::repair(&dir, &update, &mut take, &cancel)
        } else {
            let check = Index::check(&dir, PATIENCE, &mut take, &cancel);
            check.map(Repair::of)
        };
        progress.finish();
        let repair = repair?;
        let (dir, seconds) = (dunce::canonicalize(&dir).unwrap_or(dir), began.elapsed().as_secs_f64());
        if ui.json {
            object::check(&repair, &dir, seconds, &mut ui.out())?;
        } else {
            self.print(&repair, seconds, ui)?;
        }
        let interrupted = repair.report.as_ref().is_some_and(|report| report.interrupted);
        Ok(if repair.check.interrupted || interrupted {
            Outcome::Interrupted
        } else if repair.is_whole() {
            Outcome::Done
        } else {
            Outcome::Nothing
        })
    }

    fn print(&self, repair: &Repair, seconds: f64, ui: &Ui) -> io::Result<()> {
        let mut out = ui.out();
        let Checked { files, bytes, passages, entries, faults, more_faults, left_over, unfinished, .. } =
            &repair.check;
        for fault in faults {
            let line = format!("{}: {}", fault.path.display(), fault.cause).replace('\n', " ");
            writeln!(out, "broken    {}", harmless(&line))?;
        }
        if *more_faults > 0 {
            writeln!(out, "broken    {more_faults} more")?;
        }
        let size = HumanBytes(*bytes);
        writeln!(
            out,
            "checked   {files} files ({size}), {passages} passages, {entries} entries of the ledger"
        )?;
        if *left_over > 0 {
            let fate =
                if repair.report.is_some() { "removed" } else { "the next `excerpt index` removes them" };
            writeln!(out, "left over {left_over} files of a run that was cut off; {fate}")?;
        }
        if *unfinished && repair.report.is_none() {
            writeln!(out, "note: indexing was stopped before its end; `excerpt index` goes on")?;
        }
        let from = ui.look().from;
        if let Some(report) = &repair.report {
            let read = report.added + report.changed;
            match (report.rebuilt, read) {
                (true, _) => writeln!(out, "repaired  the index was built anew from {read} files")?,
                (_, 0) => writeln!(out, "repaired  no file had to be read again")?,
                _ => writeln!(out, "repaired  {read} files were read again")?,
            }
            for (path, cause) in &repair.lost {
                let cause = harmless(cause).replace('\n', " ");
                writeln!(out, "lost      {}: {cause}", shown_path(path, &from))?;
            }
        } else if !repair.check.interrupted {
            writeln!(out, "{}", if faults.is_empty() { "whole     nothing is broken" } else { "damaged" })?;
        }
        writeln!(out, "time      {seconds:.1} s")?;
        if !repair.is_whole() {
            writeln!(out, "hint: run `excerpt check --repair`")?;
        }
        out.flush()
    }
}
