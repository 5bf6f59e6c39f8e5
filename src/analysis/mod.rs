//! Text → terms: the same chain for index, query and highlight.
//!
//! A text is cut into [words](words()), each word is [folded](fold) (case and accents) and
//! [stemmed](stem) by the rules of its [language](Languages). Characters of scripts without other words
//! stand for themselves and, as stems, for pairs of neighbours. Offsets are always byte offsets into the
//! original text.

mod word;
mod fold;
mod language;
mod detect;
mod stem;
mod term;
mod chain;
mod sentence;
mod hash;
mod sketch;
mod stop;
mod speech;

pub use chain::{ACCENT_MARK, Analyzer, Token};
pub use detect::{Languages, glance, is_glanced};
pub use fold::{fold, lower};
pub(crate) use hash::{hash, mix};
pub use language::Language;
pub use sentence::{clauses, sentences};
pub use sketch::{BANDS, Sketch, Sketcher, alike, sketch};
pub(crate) use stem::ROOT_MARKS;
pub use stem::{Beginnings, head, keeps_accents, keeps_first_letters, plain_stem, restored, root, stem};
pub use stop::{StopWords, asks_for_kind};
pub(crate) use term::{END_OF_OWN_STEM, MARK, form_term, split_form, split_word, word_term};
pub(crate) use word::is_character_word;
pub use word::{Words, count, words};
