//! What a search is asked with, beside what is looked for: from where, how much, in which order and
//! in what form.

use std::{io::Write, path::PathBuf, time::SystemTime};

use anyhow::Context;
use clap::builder::PossibleValuesParser;
use excerpt::{
    Index,
    date::{Date, Span},
    index::{Budget, Update},
    render::{self, Hyperlinks, Look, RENDERERS},
    search::{self, Extent, Query, RELAXED, Recency, Results, Sort},
};

use super::{
    Outcome, Shared, history, locate,
    prepare::{self, Unknown},
    ui::{self, Progress, Ui},
};

/// The options of every command that prints hits.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Search in this folder or file only
    #[arg(long = "in", value_name = "PATH")]
    within: Vec<PathBuf>,
    /// How many passages to print [default: 10, with --budget as many as fit]
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// Print the best passages that fit so many tokens of a language model together, whole, and say what was
    /// left out
    #[arg(long, value_name = "TOKENS")]
    budget: Option<usize>,
    /// Pass over so many of the best first
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// What to rank: passages, or whole articles by all they say
    #[arg(long, value_name = "UNIT", default_value = "passage")]
    by: Unit,
    /// How many passages of one article to print at most [default: 1, with --by article 3]
    #[arg(long, value_name = "N")]
    per_article: Option<usize>,
    /// List near copies of each passage, the earliest dated first
    #[arg(long)]
    copies: bool,
    /// In which order
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    sort: Order,
    /// Prefer newer articles: at this age half of the preference is gone, as in 30d, 6w, 3m or 2y
    #[arg(long, value_name = "AGE", value_parser = age)]
    recency: Option<f64>,
    /// Only what is dated this day or later: 2025, 2025-01-15, yesterday, "last week", or 7d for the last
    /// seven days
    #[arg(long, value_name = "DATE", value_parser = date)]
    after: Option<Date>,
    /// Only what is dated before this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    before: Option<Date>,
    /// How the answer is printed
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = formats())]
    format: String,
    /// How places on a terminal become links: none, file, the name of an editor such as vscode, or a URL with
    /// {path}, and {line}, {column} and {host} if you like
    #[arg(long, value_name = "FORMAT", default_value = "file", value_parser = hyperlinks)]
    hyperlinks: Hyperlinks,
    /// Print so many passages before and after each too
    #[arg(long, value_name = "N", default_value_t = 0)]
    context: usize,
    /// Print whole passages instead of their best sentences
    #[arg(long)]
    full: bool,
    /// Count what matches by folder, format, language and month
    #[arg(long)]
    facets: bool,
    /// Say how each score came to be
    #[arg(long)]
    explain: bool,
    /// How much to compare the index with the files first
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    refresh: Refresh,
    /// Search only what is indexed already
    #[arg(long)]
    no_index: bool,
    /// Do not keep the hits for `excerpt open`
    #[arg(long)]
    no_history: bool,
}

/// What is ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Unit {
    /// Each passage by itself
    Passage,
    /// Articles, with their best passages inside
    Article,
}

impl From<Unit> for search::Unit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Passage => Self::Passage,
            Unit::Article => Self::Article,
        }
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Order {
    /// Best first
    Relevance,
    /// Newest first
    Date,
    /// The file that was changed last first
    Modified,
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

fn hyperlinks(text: &str) -> Result<Hyperlinks, String> {
    Hyperlinks::parse(text, &ui::host())
}

/// Reads a day that something lies behind or before: the first of those that the text stands for.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    let span = Span::after(text, Some(today()));
    let span = span.map_err(|_| "give a date such as 2025, 2025-01-30, \"last week\" or 7d")?;
    // Nothing is dated earlier.
    Ok(span.begins().unwrap_or(Date { year: 1000, month: None, day: None }))
}

pub(crate) fn today() -> Date {
    Date::of(SystemTime::now())
}

/// Reads an age in days: a number of days, weeks, months or years.
pub(crate) fn age(text: &str) -> Result<f64, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let days = match &text[digits.len()..] {
        "d" | "" => 1.0,
        "w" => 7.0,
        "m" => 365.25 / 12.0,
        "y" => 365.25,
        _ => 0.0,
    };
    let age = digits.parse().map_or(0.0, |number: f64| number * days);
    if age.is_finite() && age > 0.0 { Ok(age) } else { Err("give an age such as 30d, 6w, 3m or 2y".into()) }
}

impl Options {
    /// Asks the index that is to be asked, and prints what it answers.
    pub(super) fn answer(
        &self,
        shared: &Shared,
        ui: &Ui,
        query: &Query,
        ask: &dyn Fn(&Index, &Query) -> excerpt::Result<Results>,
    ) -> anyhow::Result<Outcome> {
        let dir = locate::locate(shared)?;
        let means = shared.settings.means.update();
        let mut notes = Vec::new();
        let unknown = if self.no_index { Unknown::LeftOut } else { Unknown::Indexed };
        let mut index = prepare::open(&dir, &self.within, unknown, &means, &ui::interruption, &mut notes)?;
        let fresh = self.refresh(&mut index, &means, &mut notes)?;
        prepare::unread(&index, &self.within, &mut notes)?;
        let mut results = ask(&index, query)?;
        results.freshness = fresh;
        results.notes.extend(notes);
        let format = if ui.json { "json" } else { &self.format };
        let renderer = render::by_name(format).context("no such output format")?;
        // Data says nothing of the answer as a whole.
        if !ui.json && matches!(format, "csv" | "jsonl" | "paths") {
            let relaxed = results.notes.iter().find(|note| results.relaxed && note.starts_with(RELAXED));
            let nothing = (results.total == 0).then_some("nothing matches");
            let spent = render::spent(&results);
            for line in relaxed.map(String::as_str).into_iter().chain(nothing).chain(spent.as_deref()) {
                ui::say(&format!("excerpt: {}", render::harmless(line)));
            }
        }
        let mut out = ui.out();
        let look = ui.look();
        let links = match look.links {
            Hyperlinks::None => Hyperlinks::None,
            _ => self.hyperlinks.clone(),
        };
        if !self.no_history && shared.settings.history {
            history::keep(&results);
        }
        renderer.render(&results, &Look { links, ..look }, &mut out)?;
        out.flush()?;
        let nothing = results.total == 0 || results.relaxed;
        // The system takes back at once, as the process ends, what would be given back bit by bit.
        std::mem::forget((index, results));
        Ok(if nothing { Outcome::Nothing } else { Outcome::Done })
    }

    /// Returns the query that the options are for.
    pub(super) fn query(&self, text: String) -> Query {
        let today = today();
        Query {
            text,
            today: Some(today),
            within: self.within.clone(),
            after: self.after,
            before: self.before,
            limit: self.limit.unwrap_or(if self.budget.is_some() { usize::MAX } else { 10 }),
            budget: self.budget,
            offset: self.offset,
            by: self.by.into(),
            per_article: self.per_article.unwrap_or(match self.by {
                Unit::Passage => 1,
                Unit::Article => 3,
            }),
            copies: self.copies,
            sort: match self.sort {
                Order::Relevance => Sort::Relevance,
                Order::Date => Sort::Date,
                Order::Modified => Sort::Modified,
            },
            recency: self.recency.map(|half_life| Recency { half_life, today }),
            snippet: if self.full || self.budget.is_some() { Extent::Whole } else { Extent::Sentences },
            context: self.context,
            facets: self.facets,
            explain: self.explain,
            ..Query::default()
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_given_in_days_weeks_months_or_years() {
        let check = |text: &str, expected: Option<f64>| assert_eq!(age(text).ok(), expected, "{text}");
        check("30d", Some(30.0));
        check("30", Some(30.0));
        check("2w", Some(14.0));
        check("0.5y", Some(182.625));
        check("0d", None);
        check("-3d", None);
        check("soon", None);
        check("", None);
    }
}
