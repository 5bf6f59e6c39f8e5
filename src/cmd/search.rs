//! `excerpt search`: ranked passages.

use std::{ffi::OsString, io::Write};

use excerpt::{
    Index,
    render::understood as render,
    search::{self, Query},
};

use super::{Outcome, Shared, locate, options::Options, ui::Ui};

/// Print the passages that answer, best first
///
/// A folder that the index does not know is indexed first. In the query, "quotes" mean exactly these
/// words, +word must be there and -word must not, agent* begins so, zukerberg~ is spelled nearly so and
/// /gpt-[45]/ is of this shape; AND, OR, NOT and ( ) work, and title: author: path: tag: site: lang:
/// format: date: after: before: look in that field.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  excerpt search Llama 4 agentic --in corpus
  excerpt search '\"agentic capabilities\"' meta -nvidia --after 2025-01-01 -n 5")]
pub(super) struct Search {
    /// What to look for
    #[arg(value_name = "WORDS", required_unless_present_any = ["after", "before"])]
    words: Vec<OsString>,
    /// Look for all words exactly as they are written, but for case and accents
    #[arg(long)]
    exact: bool,
    /// Take quoted words letter for letter, case and accents too
    #[arg(long)]
    case: bool,
    /// Say how the query was understood, and search nothing
    #[arg(long)]
    explain_query: bool,
    #[command(flatten)]
    options: Options,
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
        let words: Vec<String> = self
            .words
            .iter()
            .map(|word| word.to_string_lossy().trim_start_matches(WORD).to_string())
            .collect();
        let query = Query { exact: self.exact, case: self.case, ..self.options.query(words.join(" ")) };
        if !self.explain_query {
            return self.options.answer(shared, ui, &query, &|index, query| index.search(query));
        }
        // Where there is an index, it tells what the words stand for in it; none is needed.
        let index = locate::locate(shared).ok().and_then(|dir| Index::open(&dir).ok());
        let understood = index.map_or_else(|| search::understood(&query), |index| index.understood(&query));
        let mut out = ui.out();
        match ui.json {
            true => render::json(&understood, &mut out)?,
            false => render::text(&understood, &ui.look(), &mut out)?,
        }
        out.flush()?;
        Ok(Outcome::Done)
    }
}
