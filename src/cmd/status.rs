//! `excerpt status`: what is in the index, how fresh it is, and what could not be read.

use std::io::{self, Write};

use excerpt::{
    Index,
    index::{Budget, FileLine, Freshness, Status as IndexStatus, Verdict},
    render::{Look, harmless, object, shown_path},
};
use indicatif::HumanBytes;

use super::{Outcome, Shared, locate, ui::Ui};

/// Say what is in the index, how fresh it is, and what could not be read
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt status
  excerpt status --failures --json")]
pub(super) struct Status {
    /// List the files that could not be read, in whole or in part, and why
    #[arg(long)]
    failures: bool,
    /// List every file and folder, and what became of it
    #[arg(long)]
    files: bool,
}

impl Status {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let index = Index::open(&locate::locate(shared)?)?;
        let status = index.status()?;
        let mut files = Vec::new();
        if self.files || self.failures {
            let wanted = |line: &FileLine| match &line.verdict {
                Verdict::Failed(_) => true,
                Verdict::Indexed(warnings) => self.files || !warnings.is_empty(),
                _ => self.files,
            };
            index.each_file(&mut |line| files.extend(Some(line).filter(&wanted)))?;
        }
        let list = (self.files || self.failures).then_some(files.as_slice());
        // Looking is all that is wanted: as much as fits, and nothing indexed.
        let fresh = index.compared(Budget::Within(excerpt::index::AUTO * 10))?;
        let mut out = ui.out();
        if ui.json {
            object::status(&status, &fresh, list, &mut out)?;
        } else {
            let look = ui.look();
            if list.is_none() {
                print(&status, &fresh, &look, &mut out)?;
            }
            for line in list.unwrap_or_default() {
                print_line(line, &look, &mut out)?;
            }
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}

fn print(status: &IndexStatus, fresh: &Freshness, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "index     {}", shown_path(&status.path, &look.from))?;
    let updated = status.updated.map_or_else(
        || "never".into(),
        |seconds| jiff::Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default(),
    );
    writeln!(out, "updated   {updated}")?;
    writeln!(
        out,
        "holds     {} articles, {} passages, {} on disk in {} segments",
        status.articles,
        status.passages,
        HumanBytes(status.bytes),
        status.segments
    )?;
    for folder in &status.folders {
        let missing = if folder.missing { ", missing" } else { "" };
        writeln!(
            out,
            "folder    {} ({} files, {}{missing})",
            shown_path(&folder.path, &look.from),
            folder.files,
            HumanBytes(folder.bytes)
        )?;
        let rules = &folder.rules;
        let flags =
            [(rules.hidden, "--hidden"), (rules.no_ignore, "--no-ignore"), (rules.follow, "--follow")];
        let mut flags: Vec<String> =
            flags.iter().filter(|(on, _)| *on).map(|(_, flag)| (*flag).into()).collect();
        flags.extend(rules.exclude.iter().map(|glob| format!("--exclude '{}'", harmless(glob))));
        if !folder.fields.is_empty() {
            flags.push(format!("--fields '{}'", harmless(&folder.fields.to_string())));
        }
        if !flags.is_empty() {
            writeln!(out, "          {}", flags.join(" "))?;
        }
    }
    let languages: Vec<String> = status
        .languages
        .iter()
        .map(|(language, passages)| match language {
            Some(language) => format!("{language} {passages}"),
            None => format!("unknown {passages}"),
        })
        .collect();
    if !languages.is_empty() {
        writeln!(out, "languages {} (passages)", languages.join(", "))?;
    }
    let stated: Vec<String> =
        status.stated.counts().iter().map(|(what, articles)| format!("{what} {articles}")).collect();
    writeln!(out, "stated    {} (of {} articles)", stated.join(", "), status.articles)?;
    let formats: Vec<String> =
        status.formats.iter().map(|(format, files)| format!("{format} {files}")).collect();
    if !formats.is_empty() {
        writeln!(out, "formats   {}", formats.join(", "))?;
    }
    writeln!(
        out,
        "files     {} indexed ({} with a warning), {} left out by a rule, {} of other kinds, {} unread",
        status.indexed, status.warned, status.left_out, status.unsupported, status.failed
    )?;
    let count = |count: Option<u64>| count.map_or_else(|| "?".into(), |count| count.to_string());
    writeln!(
        out,
        "compared  {} of {} files: {} changed, {} new, {} gone",
        fresh.compared,
        fresh.files,
        count(fresh.changed),
        count(fresh.new),
        count(fresh.gone)
    )?;
    for note in &fresh.notes {
        writeln!(out, "note: {note}")?;
    }
    if status.failed > 0 || status.warned > 0 {
        writeln!(out, "hint: `excerpt status --failures` says what could not be read, and why")?;
    }
    Ok(())
}

fn print_line(line: &FileLine, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let path = shown_path(&line.path, &look.from);
    let (verdict, reasons) = super::why::verdict(&line.verdict);
    write!(out, "{verdict:<11} {path}")?;
    for reason in reasons {
        write!(out, ": {}", harmless(reason).replace('\n', " "))?;
    }
    writeln!(out)
}
