//! What the caller asks for.

use std::path::PathBuf;

use crate::date::Date;

/// A question to an index.
#[derive(Clone, Debug)]
pub struct Query {
    /// The words, in the query language; see the README.
    pub text: String,
    /// Folders and files to search in; all where empty.
    pub within: Vec<PathBuf>,
    /// Only what is dated on this day or later.
    pub after: Option<Date>,
    /// Only what is dated before this day.
    pub before: Option<Date>,
    /// How many hits to return.
    pub limit: usize,
    /// How many of the best to pass over first.
    pub offset: usize,
    /// How many passages of one article to return at most.
    pub per_article: usize,
    /// In which order.
    pub sort: Sort,
    /// How much of a passage the snippet shows.
    pub snippet: Extent,
    /// How many passages before and after each hit to return with it.
    pub context: usize,
    /// Whether each hit says how its score came to be.
    pub explain: bool,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            within: Vec::new(),
            after: None,
            before: None,
            limit: 10,
            offset: 0,
            per_article: 1,
            sort: Sort::default(),
            snippet: Extent::default(),
            context: 0,
            explain: false,
        }
    }
}

/// The order of the hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first; what has no date last.
    Date,
}

/// How much of a passage is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// The best sentence or two.
    #[default]
    Sentences,
    /// All of it.
    Whole,
}
