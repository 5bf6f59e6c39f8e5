//! What `excerpt eval` prints: the figures of judged queries, for people and for programs.

mod json;
mod text;

use std::path::PathBuf;

pub use json::json;
pub use text::text;

use crate::eval::{Comparison, Evaluation, Judged, judgments::Selection};

/// Queries that were won or lost most are shown up to this many each.
const SHOWN: usize = 5;

/// An evaluation and what is to be said with it.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    /// The figures.
    pub evaluation: &'a Evaluation,
    /// Which queries were asked.
    pub selection: &'a Selection,
    /// What was evaluated.
    pub what: Evaluated,
    /// The queries with the lowest figures, where they are asked for.
    pub misses: Option<Vec<&'a Judged>>,
    /// How something else stands to it, and what that is.
    pub compare: Option<(&'a str, &'a Comparison)>,
    /// What else the reader should know.
    pub notes: &'a [String],
}

/// What was evaluated.
#[derive(Clone, Debug)]
pub enum Evaluated {
    /// A run that was read.
    Run(PathBuf),
    /// Searches in an index.
    Index {
        /// The settings they were made with, such as `by=article`.
        settings: String,
        /// The index; none where it was made for this only.
        path: Option<PathBuf>,
        /// When it was committed, in seconds since 1970; none where it was made just now.
        updated: Option<i64>,
        /// Articles in it.
        articles: u64,
        /// Passages in it.
        passages: u64,
    },
}
