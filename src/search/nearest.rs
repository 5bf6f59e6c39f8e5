//! The words of the index that are spelled most like one that it does not hold.

use std::collections::BTreeMap;

use tantivy::{Term, query::Bm25StatisticsProvider};

use super::{compile::Compiler, likeness::Spelling};
use crate::analysis::ACCENT_MARK;

/// So many words stand for one that is not there.
const MOST: usize = 3;

/// Words less alike than this are other words.
const LEAST: f32 = 0.5;

/// Returns the words most like one, each with how alike it is (0 to 1), most alike first. They begin
/// with the same letter: that is seldom the one that is wrong (Pollock and Zamora 1984,
/// <https://doi.org/10.1145/358027.358048>).
pub(super) fn nearest(compiler: &Compiler<'_>, word: &str) -> tantivy::Result<Vec<(String, f32)>> {
    let Some(first) = word.chars().next() else { return Ok(Vec::new()) };
    let index = compiler.index;
    let field = index.fields().exact;
    let first = first.to_string();
    let spelling = Spelling::new(word);
    let mut found = BTreeMap::new();
    for segment in index.searcher().segment_readers() {
        let inverted = segment.inverted_index(field)?;
        let mut terms = inverted.terms().range().ge(&first).into_stream()?;
        while terms.advance() && terms.key().starts_with(first.as_bytes()) {
            let Ok(other) = std::str::from_utf8(terms.key()) else { continue };
            if other.contains(ACCENT_MARK) {
                continue;
            }
            let alike = spelling.alike(other);
            if alike >= LEAST {
                found.insert(other.to_string(), alike);
            }
        }
    }
    let mut near = Vec::new();
    for (other, alike) in found {
        // A word of deleted passages stays in the dictionary until segments merge.
        let holders = compiler.lexicon.statistics.doc_freq(&Term::from_field_text(field, &other))?;
        near.extend((holders > 0).then_some((other, alike, holders)));
    }
    near.sort_by(|one, other| {
        other.1.total_cmp(&one.1).then(other.2.cmp(&one.2)).then_with(|| one.0.cmp(&other.0))
    });
    near.truncate(MOST);
    Ok(near.into_iter().map(|(word, alike, _)| (word, alike)).collect())
}
