//! `excerpt search`: ranked passages.

use std::{
    ffi::OsString,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use excerpt::{
    Error, Index,
    date::Date,
    index::{Budget, Update, Verdict},
    render::{self, RENDERERS},
    search::{Extent, Query, Sort},
};

use super::{
    Outcome, Shared,
    index::Means,
    locate,
    ui::{self, Progress, Ui},
};

/// Print the passages that answer, best first
///
/// A folder that the index does not know is indexed first. In the query, "quotes" mean exactly these
/// words, +word must be there and -word must not, agent* begins so; AND, OR, NOT and ( ) work, and
/// title: author: path: tag: site: lang: format: date: after: before: look in that field.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt search Llama 4 agentic --in corpus
  excerpt search '\"agentic capabilities\"' meta -nvidia --after 2025-01-01 -n 5")]
pub(super) struct Search {
    /// What to look for
    #[arg(value_name = "WORDS", required_unless_present_any = ["after", "before"])]
    words: Vec<OsString>,
    /// Search in this folder or file only
    #[arg(long = "in", value_name = "PATH")]
    within: Vec<PathBuf>,
    /// How many passages to print
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Pass over so many of the best first
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// How many passages of one article to print at most
    #[arg(long, value_name = "N", default_value_t = 1)]
    per_article: usize,
    /// In which order
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    sort: Order,
    /// Only what is dated this day or later: 2025, 2025-01 or 2025-01-15
    #[arg(long, value_name = "DATE", value_parser = date)]
    after: Option<Date>,
    /// Only what is dated before this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    before: Option<Date>,
    /// How the answer is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = formats())]
    format: String,
    /// Print so many passages before and after each too
    #[arg(long, value_name = "N", default_value_t = 0)]
    context: usize,
    /// Print whole passages instead of their best sentences
    #[arg(long)]
    full: bool,
    /// Say how each score came to be
    #[arg(long)]
    explain: bool,
    /// How much to compare the index with the files first
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    refresh: Refresh,
    /// Search only what is indexed already
    #[arg(long)]
    no_index: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Order {
    /// Best first
    Relevance,
    /// Newest first
    Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Refresh {
    /// As much as fits 20 ms; small changes are indexed
    Auto,
    /// All of it: the index is brought up to date
    Always,
    /// Nothing
    Never,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(RENDERERS.iter().map(|renderer| renderer.name()))
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "give a date such as 2025, 2025-01 or 2025-01-30".into())
}

/// What stands before a word that begins with a dash, so that it is not taken for an option. No
/// argument can hold it.
const WORD: char = '\0';

/// Marks the words of a search that begin with one dash and are no short option: they are query text.
pub(super) fn protect_words(mut args: Vec<OsString>) -> Vec<OsString> {
    let Some(search) = args.iter().position(|arg| arg == "search") else { return args };
    for arg in &mut args[search + 1..] {
        let Some(text) = arg.to_str() else { continue };
        if text == "--" {
            break;
        }
        let dashed = text.len() > 1 && text.starts_with('-') && !text.starts_with("--");
        if dashed && !matches!(text, "-n" | "-h") && !text.starts_with("-n=") {
            *arg = format!("{WORD}{text}").into();
        }
    }
    args
}

impl Search {
    pub(super) fn run(&self, shared: &Shared, ui: &Ui) -> anyhow::Result<Outcome> {
        let dir = locate::locate(shared)?;
        let means = Means::default().update();
        let mut notes = Vec::new();
        let mut index = self.open(&dir, &means, &mut notes)?;
        let fresh = self.refresh(&mut index, &means, &mut notes)?;
        let mut results = index.search(&self.query())?;
        results.freshness = fresh;
        results.notes.extend(notes);
        let format = if ui.json { "json" } else { &self.format };
        let renderer = render::by_name(format).context("no such output format")?;
        let mut out = ui.out();
        renderer.render(&results, &ui.look(), &mut out)?;
        out.flush()?;
        Ok(if results.total == 0 { Outcome::Nothing } else { Outcome::Done })
    }

    fn query(&self) -> Query {
        let words: Vec<String> = self
            .words
            .iter()
            .map(|word| word.to_string_lossy().trim_start_matches(WORD).to_string())
            .collect();
        Query {
            text: words.join(" "),
            within: self.within.clone(),
            after: self.after,
            before: self.before,
            limit: self.limit,
            offset: self.offset,
            per_article: self.per_article,
            sort: match self.sort {
                Order::Relevance => Sort::Relevance,
                Order::Date => Sort::Date,
            },
            snippet: if self.full { Extent::Whole } else { Extent::Sentences },
            context: self.context,
            explain: self.explain,
        }
    }

    /// Opens the index, after indexing what is to be searched and not known yet.
    fn open(&self, dir: &Path, means: &Update, notes: &mut Vec<String>) -> anyhow::Result<Index> {
        let known = excerpt::index::is_index(dir);
        if !known && (self.within.is_empty() || self.no_index) {
            return Err(Error::NoIndex { path: dir.into() }.into());
        }
        for path in self.within.iter().filter(|path| !path.exists()) {
            // A folder that is gone may still be searched: its articles are in the index.
            if !known || !Index::open(dir).is_ok_and(|index| index.holds(path)) {
                let missing = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file or folder");
                return Err(Error::Read { path: path.clone(), source: missing }.into());
            }
        }
        let mut index = match if known { Index::open(dir) } else { Index::create(dir) } {
            Err(Error::Older { .. }) => {
                let mut progress = Progress::new(true);
                let done = Index::rebuild(dir, means, &mut |event| progress.take(event), &ui::interruption());
                progress.finish();
                done?;
                notes.push("the index was of an older version and was built anew".into());
                Index::open(dir)?
            }
            opened => opened?,
        };
        let new = self.unknown(&index, notes)?;
        if new.is_empty() || self.no_index {
            return Ok(index);
        }
        let update = Update { folders: new, ..means.clone() };
        let mut progress = Progress::new(true);
        let done = index.update(&update, &mut |event| progress.take(event), &ui::interruption());
        progress.finish();
        match done {
            Ok(report) if report.interrupted => {
                notes.push("indexing was stopped: only what was read by then was searched".into());
            }
            Ok(_) => {}
            Err(error @ (Error::Locked { .. } | Error::Write { .. })) => {
                notes.push(format!("not indexed: {:#}", anyhow::Error::from(error)));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(index)
    }

    /// Returns the paths to index first: folders the index does not hold, and single files that a
    /// rule left out of one. Says of other files why they cannot be searched.
    fn unknown(&self, index: &Index, notes: &mut Vec<String>) -> anyhow::Result<Vec<PathBuf>> {
        let mut new = Vec::new();
        for path in &self.within {
            if !index.holds(path) {
                new.push(path.clone());
            } else if path.is_file() {
                match index.why(path)?.file.verdict {
                    Verdict::LeftOut(_) => new.push(path.clone()),
                    Verdict::Unsupported(cause) | Verdict::Failed(cause) => {
                        notes.push(format!("{} was not read: {cause}", path.display()));
                    }
                    _ => {}
                }
            }
        }
        Ok(new)
    }

    fn refresh(
        &self,
        index: &mut Index,
        means: &Update,
        notes: &mut Vec<String>,
    ) -> anyhow::Result<excerpt::index::Freshness> {
        let budget = match self.refresh {
            Refresh::Never => Budget::Nothing,
            Refresh::Auto => Budget::Within(excerpt::index::AUTO),
            Refresh::Always => Budget::Everything,
        };
        if self.no_index {
            return Ok(index.compared(budget)?);
        }
        let mut progress = Progress::new(true);
        let cancel = if budget == Budget::Everything { ui::interruption() } else { Default::default() };
        let fresh = index.refresh(budget, means, &mut |event| progress.take(event), &cancel);
        progress.finish();
        if cancel.load(std::sync::atomic::Ordering::Relaxed) {
            notes.push("bringing the index up to date was stopped".into());
        }
        Ok(fresh?)
    }
}
