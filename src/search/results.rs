//! What comes out of a search: plain data.

use std::path::PathBuf;

use super::{facet::Facets, highlight::Part, query::Unit};
use crate::{
    article::{Place, Role},
    date::Date,
    index::Freshness,
};

/// The answer to a query.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Results {
    /// The query, as it was typed.
    pub query: String,
    /// What was ranked.
    pub by: Unit,
    /// Passages or articles that match; at least so many where `total_exact` is false.
    pub total: u64,
    /// Whether all matches were counted.
    pub total_exact: bool,
    /// Whether nothing matches as asked, and the hits answer a looser query; the notes say which.
    pub relaxed: bool,
    /// The hits, in order.
    pub hits: Vec<Hit>,
    /// How all that matches is spread, where that was asked for.
    pub facets: Option<Facets>,
    /// What the reader of the answer should know.
    pub notes: Vec<String>,
    /// Words of the query that the index does not hold in any form.
    pub unknown: Vec<String>,
    /// Words that the index does not hold, or hardly, and those like them that it does.
    pub suggestions: Vec<Suggestion>,
    /// The query with the nearest of these put in.
    pub corrected: Option<String>,
    /// Filters that kept matches away where there are few or none.
    pub without: Vec<Without>,
    /// What was spent of the budget, where there was one.
    pub spent: Option<Spent>,
    /// The index that answered.
    pub index: PathBuf,
    /// When it was last committed, in seconds since 1970.
    pub updated: Option<i64>,
    /// Articles in it.
    pub articles: u64,
    /// Passages in it.
    pub passages: u64,
    /// Files that could not be read.
    pub unread: u64,
    /// How far it agrees with its folders; see [`crate::Index::refresh`].
    pub freshness: Freshness,
}

/// What the hits take of a budget of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spent {
    /// How many tokens they may take.
    pub budget: usize,
    /// How many they take; see [`tokens`](super::tokens).
    pub used: usize,
    /// Passages or articles that match and are not among the hits; at least so many where not all matches were
    /// counted.
    pub left_out: u64,
    /// Those of them that stand before the last hit, or would be next, and are too long for what was left.
    pub too_long: u64,
    /// How many tokens the best of them takes, where none fits.
    pub needed: Option<usize>,
}

/// A word of the query that may be misspelled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Suggestion {
    /// The word, folded.
    pub word: String,
    /// Passages that hold a form of it.
    pub passages: u64,
    /// Words spelled like it, most alike first.
    pub near: Vec<Near>,
}

/// A word of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Near {
    /// The word, folded.
    pub word: String,
    /// Passages that hold it.
    pub passages: u64,
}

/// What a filter keeps away.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Without {
    /// The filter, as it is written in a query or on the command line.
    pub filter: String,
    /// How many would match without it.
    pub total: u64,
}

/// A passage that answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Hit {
    /// Its rank, from 1.
    pub rank: usize,
    /// Its score: a sum of BM25 scores, comparable within one answer only. 0 where hits are not
    /// ranked by words.
    pub score: f64,
    /// Its id: stays the same while path and text do.
    pub id: String,
    /// The indexed folder.
    pub folder: PathBuf,
    /// The path inside it, as the system's bytes with `/` between the parts.
    pub path: Vec<u8>,
    /// Which article of the file it is of, where that holds several.
    pub member: Option<String>,
    /// The file.
    pub file: PathBuf,
    /// The article's title.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The article's date.
    pub date: Option<Date>,
    /// Where in the file the date stands; empty where there is none.
    pub date_source: String,
    /// The article's URL.
    pub url: Option<String>,
    /// The language of the passage, with its region where the article states it.
    pub language: Option<String>,
    /// The format the file was read as.
    pub format: String,
    /// Headings above the passage, outermost first.
    pub headings: Vec<String>,
    /// Where the passage stands.
    pub place: Place,
    /// Whether it is part of the article itself.
    pub role: Role,
    /// The whole passage.
    pub text: String,
    /// The part worth showing.
    pub snippet: Vec<Part>,
    /// Where the words of the query stand; nowhere for what was found by filters alone.
    pub found_in: Option<FoundIn>,
    /// Further passages of the article among the candidates that were ranked.
    pub more: u64,
    /// Further passages of the article that are shown, best first, where articles are ranked.
    pub passages: Vec<Inside>,
    /// Near copies of the passage elsewhere in the index.
    pub copies: u64,
    /// These copies, the earliest first, where they were asked for.
    pub same: Vec<Copy>,
    /// Whether the file on disk is not the one that was read: `changed` or `gone`.
    pub stale: Option<&'static str>,
    /// A URL that opens the file at the passage, as far as its format allows.
    pub link: String,
    /// The passages before it, where they were asked for.
    pub before: Vec<String>,
    /// The passages after it, where they were asked for.
    pub after: Vec<String>,
    /// The parts of the score, where they were asked for.
    pub explanation: Vec<(String, f64)>,
}

/// Where in a passage the words of a query stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FoundIn {
    /// In its own text.
    Text,
    /// In the title of its article, and not in its text.
    Title,
    /// In a heading above it, and neither in its text nor in the title.
    Heading,
}

/// A further passage of an article that answers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inside {
    /// Its id.
    pub id: String,
    /// Headings above it, outermost first.
    pub headings: Vec<String>,
    /// Where it stands.
    pub place: Place,
    /// All of it.
    pub text: String,
    /// The part worth showing.
    pub snippet: Vec<Part>,
    /// Where the words of the query stand; nowhere for what was found by filters alone.
    pub found_in: Option<FoundIn>,
    /// A URL that opens the file there.
    pub link: String,
}

/// A near copy of a hit.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Copy {
    /// Its id.
    pub id: String,
    /// Its path inside its folder.
    pub path: Vec<u8>,
    /// Which article of the file it is of, where that holds several.
    pub member: Option<String>,
    /// Its file.
    pub file: PathBuf,
    /// The title of its article.
    pub title: String,
    /// The date of its article.
    pub date: Option<Date>,
    /// Where it stands.
    pub place: Place,
}

/// A passage or article in its place.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ranking {
    /// Its file.
    pub file: PathBuf,
    /// Its path inside its folder.
    pub path: Vec<u8>,
    /// Which article of the file it is of, where that holds several.
    pub member: Option<String>,
    /// The id of the passage, or of the best passage of the article.
    pub id: String,
    /// The text of that passage.
    pub text: String,
    /// Its score.
    pub score: f64,
}
