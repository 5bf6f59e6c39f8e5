//! `excerpt index`: makes the index agree with its folders.

pub(super) mod allocator;
mod processors;
mod watching;

use std::{
    io::{self, Write},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant, SystemTime},
};

use excerpt::{
    Error,
    format::FieldNames,
    index::{Event, Outcome as FileOutcome, Report, Update},
    render::{harmless, object, shown_path},
    walk::Rules,
};
use indicatif::HumanBytes;

use super::{
    Outcome, Shared, locate, read_worker,
    ui::{self, Progress, Ui},
};

/// Make the index agree with its folders
///
/// New and changed files are read, those that are gone are removed. A folder that the index does not
/// hold yet is added. Without folders, all of the index's are brought up to date.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt index ~/articles --exclude 'drafts/**'
  excerpt index --forget ~/old-articles")]
pub(super) struct Index {
    /// Folders or single files, even hidden or ignored ones
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Take this folder out of the index
    #[arg(long, value_name = "FOLDER")]
    forget: Vec<PathBuf>,
    #[command(flatten)]
    rules: RuleFlags,
    /// Read all files again and build the index anew beside the old one
    #[arg(long)]
    rebuild: bool,
    /// Take what was removed out of the files of the index too, and merge these as far as memory allows
    #[arg(long)]
    compact: bool,
    /// Go on until Ctrl-C: what changes is indexed within a second or two
    #[arg(long, conflicts_with_all = ["dry_run", "forget", "rebuild", "compact"])]
    watch: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    means: Means,
}

/// The heading of flags that are remembered for a folder.
const REMEMBERED: &str = "What is passed over in the folders named, from now on, instead of what was before";

/// What is passed over; remembered for the folders that are named with it.
#[derive(Debug, clap::Args)]
struct RuleFlags {
    /// Leave out what this pattern matches, written as in a .gitignore
    #[arg(long, value_name = "GLOB", help_heading = REMEMBERED)]
    exclude: Vec<String>,
    /// Take hidden files too
    #[arg(long, help_heading = REMEMBERED)]
    hidden: bool,
    /// Pay no heed to .excerptignore, .ignore and .gitignore
    #[arg(long, help_heading = REMEMBERED)]
    no_ignore: bool,
    /// Follow symbolic links
    #[arg(long, help_heading = REMEMBERED)]
    follow: bool,
    /// Names of fields in records, put before the usual ones: FACT=NAME,…; facts are id, title, text, author,
    /// date, url, language, tags [example: text=body_md,title=name]
    #[arg(long, value_name = "NAMES", help_heading = REMEMBERED, value_parser = FieldNames::parse)]
    fields: Option<FieldNames>,
    /// Pass over again what is passed over where none of these is given
    #[arg(long, help_heading = REMEMBERED, conflicts_with_all = ["exclude", "fields", "hidden", "no_ignore", "follow"])]
    default_rules: bool,
}

/// What an update may use.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Means {
    /// How many processors to use, reading as many files at once [default: all]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// How much memory to use, such as 512M or 1G
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = memory)]
    memory: u64,
    /// How much to read before it is committed, such as 64M: a run that is cut off loses no more
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = memory)]
    stage: u64,
}

impl Means {
    pub(super) fn update(&self) -> Update {
        Update {
            jobs: self.jobs.map_or(0, NonZeroUsize::get),
            memory: self.memory,
            worker: read_worker::command(),
            stage: self.stage,
            now: SystemTime::now(),
            ..Update::default()
        }
    }
}

impl Default for Means {
    fn default() -> Self {
        let Update { memory, stage, .. } = Update::default();
        Self { jobs: None, memory, stage }
    }
}

fn memory(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "M" | "MB" | "MIB" => 20,
        "K" | "KB" | "KIB" => 10,
        "G" | "GB" | "GIB" => 30,
        _ => return Err("give a size such as 256M or 1G".into()),
    };
    let number: u64 = digits.parse().map_err(|_| "give a size such as 256M or 1G".to_string())?;
    number.checked_mul(1 << unit).ok_or_else(|| "that is more than there is".into())
}

/// Where more bytes than this are to be read, the allocator is told how to work: see [`allocator`].
const MUCH: u64 = 16 << 20;

impl RuleFlags {
    /// Returns the rules, where any flag is given.
    fn rules(&self) -> Option<Rules> {
        let rules = Rules {
            hidden: self.hidden,
            no_ignore: self.no_ignore,
            follow: self.follow,
            exclude: self.exclude.clone(),
        };
        (self.default_rules || rules != Rules::default()).then_some(rules)
    }
}

impl Index {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        if self.watch || self.rebuild || self.compact {
            allocator::tell();
        }
        let began = Instant::now();
        let dir = locate::locate(shared)?;
        let rules = self.rules.rules();
        if (rules.is_some() || self.rules.fields.is_some()) && self.folders.is_empty() {
            anyhow::bail!(
                "what is passed over, and how fields are called, is remembered for a folder: name it"
            );
        }
        let update = Update {
            folders: self.folders.clone(),
            rules,
            fields: self.rules.fields.clone().or(self.rules.default_rules.then(FieldNames::default)),
            forget: self.forget.clone(),
            rebuild: self.rebuild,
            compact: self.compact,
            dry_run: self.dry_run,
            // A search that brings the index up to date is soon done.
            patience: Duration::from_secs(2),
            ..self.means.update()
        };
        if let Some(jobs) = self.means.jobs {
            processors::keep_to(jobs.get());
        }
        if let Some(path) = self.folders.iter().find(|folder| !folder.exists()) {
            return Err(Error::MissingFolder { path: path.clone() }.into());
        }
        if !excerpt::index::is_index(&dir) && self.folders.is_empty() {
            excerpt::Index::open(&dir)?;
        }
        if self.watch {
            return self.watch(&dir, update, ui);
        }
        let report = self.update(&dir, &update, &Arc::default(), ui)?;
        self.tell(&report, &dir, began, ui)?;
        Ok(if report.interrupted { Outcome::Interrupted } else { Outcome::Done })
    }

    fn tell(&self, report: &Report, dir: &Path, began: Instant, ui: &Ui) -> anyhow::Result<()> {
        let (dir, seconds) = (dunce::canonicalize(dir).unwrap_or_else(|_| dir.into()), began.elapsed());
        if ui.json {
            object::report(report, &dir, seconds.as_secs_f64(), peak_memory(report), &mut ui.out())?;
        } else {
            self.summary(report, seconds, ui)?;
        }
        Ok(())
    }

    fn update(
        &self,
        dir: &Path,
        update: &Update,
        cancel: &Arc<AtomicBool>,
        ui: &Ui,
    ) -> anyhow::Result<Report> {
        let from = ui.look().from;
        let mut lines = Vec::new();
        let mut progress = Progress::new(self.dry_run);
        let mut take = |event: Event| match event {
            Event::File { path, outcome, .. } if self.dry_run => {
                let sign = match outcome {
                    FileOutcome::Added => '+',
                    FileOutcome::Removed => '-',
                    _ => '~',
                };
                lines.push(format!("{sign} {}", shown_path(&path, &from)));
            }
            Event::Planned { .. } if self.dry_run => {}
            event => {
                // Nothing was printed yet, and nothing written that is not found again.
                if let Event::Planned { files, bytes } = event {
                    if bytes > MUCH {
                        allocator::tell();
                    }
                    // What changes nothing need not be stopped.
                    if files > 0 {
                        ui::raise_when_interrupted(cancel, || {});
                    }
                }
                progress.take(event);
            }
        };
        let known = excerpt::index::is_index(dir);
        if !known && self.dry_run {
            // Nothing is written, not even an empty index: a temporary one tells the same.
            let folder = std::env::temp_dir().join(format!("excerpt-dry-run-{}", std::process::id()));
            let result = excerpt::Index::bring_up_to_date(&folder, update, &mut take, cancel);
            let _ = std::fs::remove_dir_all(&folder);
            let report = result?;
            return self.print_plan(&lines, report, ui);
        }
        let report = excerpt::Index::bring_up_to_date(dir, update, &mut take, cancel);
        progress.finish();
        let report = report?;
        for folder in &report.named {
            let folder = shown_path(folder, &from);
            ui::say(&format!("excerpt: the settings of the index name {folder}, which is added"));
        }
        if self.dry_run { self.print_plan(&lines, report, ui) } else { Ok(report) }
    }

    fn print_plan(&self, lines: &[String], report: Report, ui: &Ui) -> anyhow::Result<Report> {
        if !ui.json {
            let mut out = ui.out();
            for line in lines {
                writeln!(out, "{line}")?;
            }
            out.flush()?;
        }
        Ok(report)
    }

    fn summary(&self, report: &Report, time: Duration, ui: &Ui) -> io::Result<()> {
        let mut out = ui.out();
        let (would, seconds) = (if self.dry_run { "would be: " } else { "" }, time.as_secs_f64());
        for folder in &report.missing {
            writeln!(
                out,
                "note: the folder {} is missing; its articles stay until you --forget it",
                folder.display()
            )?;
        }
        if let Some(cause) = &report.unmerged {
            writeln!(out, "note: searches may be slower: segments could not be merged: {}", harmless(cause))?;
        }
        if report.rebuilt && !report.interrupted && !self.dry_run {
            writeln!(out, "The index was built anew.")?;
        }
        if report.interrupted && report.rebuilt {
            writeln!(
                out,
                "Stopped. The index is as it was before; `excerpt index` goes on with the new one."
            )?;
            return out.flush();
        }
        if report.interrupted {
            writeln!(out, "Stopped. What was read is in the index; `excerpt index` goes on from there.")?;
        }
        write!(
            out,
            "{would}{} added, {} changed, {} removed, {} unchanged, {} skipped, {} failed",
            report.added, report.changed, report.removed, report.unchanged, report.skipped, report.failed,
        )?;
        if !self.dry_run {
            write!(out, " · {} articles, {} passages", report.articles, report.passages)?;
        }
        write!(out, " · {seconds:.1} s")?;
        if let Some(peak) = peak_memory(report) {
            write!(out, ", peak memory {}", HumanBytes(peak))?;
        }
        writeln!(out)?;
        if report.failed > 0 {
            writeln!(out, "hint: `excerpt status --failures` says why")?;
        }
        out.flush()
    }
}

/// Returns the most memory that this process and those apart held at once, in bytes, where the system
/// tells. They may have held it at different times: it was no more.
fn peak_memory(report: &Report) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024 + report.apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_in_bytes_with_a_unit() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(memory(text).ok(), expected, "{text}");
        check("256M", Some(256 << 20));
        check("1g", Some(1 << 30));
        check("300", Some(300 << 20));
        check("many", None);
        check("", None);
        check("99999999999999G", None);
    }
}
