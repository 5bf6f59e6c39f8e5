//! What the caller asks for.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tantivy::TantivyError;

use super::weight::Weights;
use crate::date::Date;

/// A question to an index.
#[derive(Clone, Debug)]
pub struct Query {
    /// The words, in the query language; see the README.
    pub text: String,
    /// Whether words are looked for exactly as they are written, but for case and accents.
    pub exact: bool,
    /// Whether quoted words are meant letter for letter.
    pub case: bool,
    /// The day that `last week` and the like are told from; without one they are read as words.
    pub today: Option<Date>,
    /// Folders and files to search in; all where empty.
    pub within: Vec<PathBuf>,
    /// Only what is dated on this day or later.
    pub after: Option<Date>,
    /// Only what is dated before this day.
    pub before: Option<Date>,
    /// Only what was read as one of these formats; any where empty.
    pub formats: Vec<String>,
    /// Only passages in one of these languages, by their codes or English names, as after `lang:`; any where empty.
    pub languages: Vec<String>,
    /// How many hits to return.
    pub limit: usize,
    /// How many tokens the hits may take together, as [`tokens`](super::tokens) counts them: with the best that
    /// fit, no more than `limit` of them.
    pub budget: Option<usize>,
    /// How many of the best to pass over first.
    pub offset: usize,
    /// How many passages of one article to return at most.
    pub per_article: usize,
    /// What is ranked, and shown as one hit.
    pub by: Unit,
    /// In which order.
    pub sort: Sort,
    /// How much newer articles are preferred; not at all where none.
    pub recency: Option<Recency>,
    /// How much of a passage the snippet shows.
    pub snippet: Extent,
    /// Whether each hit lists its near copies.
    pub copies: bool,
    /// How many passages before and after each hit to return with it.
    pub context: usize,
    /// Whether each hit says how its score came to be.
    pub explain: bool,
    /// Whether to count how all that matches is spread over folders, formats, languages and months.
    pub facets: bool,
    /// What the parts of a score count.
    pub weights: Weights,
    /// Raised where nobody waits for the answer any more: the search ends soon after.
    pub cancel: Cancel,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            exact: false,
            case: false,
            today: None,
            within: Vec::new(),
            after: None,
            before: None,
            formats: Vec::new(),
            languages: Vec::new(),
            limit: 10,
            budget: None,
            offset: 0,
            per_article: 1,
            by: Unit::default(),
            sort: Sort::default(),
            recency: None,
            snippet: Extent::default(),
            copies: false,
            context: 0,
            explain: false,
            facets: false,
            weights: Weights::default(),
            cancel: None,
        }
    }
}

/// Raised where nobody waits for an answer any more.
pub type Cancel = Option<Arc<AtomicBool>>;

/// Says whether nobody waits for an answer any more.
pub(super) fn is_raised(cancel: &Cancel) -> bool {
    cancel.as_ref().is_some_and(|cancel| cancel.load(Ordering::Relaxed))
}

/// Goes on, where somebody still waits for the answer.
///
/// # Errors
/// Where nobody does; what it says is never shown.
pub(super) fn go_on(cancel: &Cancel) -> tantivy::Result<()> {
    match is_raised(cancel) {
        true => Err(TantivyError::InternalError("nobody waits for the answer".into())),
        false => Ok(()),
    }
}

/// What is ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Passages, each by itself.
    #[default]
    Passage,
    /// Articles, by all they say; their best passages are shown.
    Article,
}

/// The order of the hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first; what has no date last.
    Date,
    /// What was last changed on disk first, whatever its date.
    Modified,
}

/// A preference for newer articles: a score is multiplied by (1 + 2^(−age / half-life)) / 2, so by 1
/// for what is dated today and, in the end, by a half. What has no date counts as the oldest. The
/// decay is that of Li and Croft 2003 (<https://doi.org/10.1145/956863.956951>).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recency {
    /// The age, in days, at which half of the preference is gone; above 0.
    pub half_life: f64,
    /// The day that ages are counted to.
    pub today: Date,
}

impl Recency {
    /// Returns what the score of an article is multiplied by that is dated on this day, `YYYYMMDD` or 0
    /// where it has no date.
    pub(super) fn factor(&self, day: u64) -> f32 {
        let age = Date::days_between(day, self.today.first_day());
        let preference = age.map_or(0.0, |age| (-(age.max(0) as f64) / self.half_life).exp2());
        ((1.0 + preference) / 2.0) as f32
    }
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
