//! Words in the index. The text of a passage is written down once: a term is the stem of a word and its
//! form (see [`crate::analysis`]), so that both find it. What is looked up by a stem is all the terms that
//! begin with it, and by a form the terms that have it under any stem: those that [`super::Forms`] name, and
//! the form that is its own stem.

use std::{io, sync::Arc};

use tantivy::{
    DocId, DocSet, SegmentReader, TERMINATED, Term,
    index::SegmentId,
    postings::{BlockSegmentPostings, Postings, SegmentPostings, TermInfo},
    schema::{Field, IndexRecordOption},
};

use super::{Index, schema::Fields};
use crate::analysis::{MARK, is_character_word, split_form, word_term};

/// Before a form that is looked up under any stem. No word holds it.
const ANY: char = '\u{3}';

/// Returns the name that all forms of a stem have together in a field.
pub(crate) fn of_stem(field: Field, stem: &str) -> Term {
    Term::from_field_text(field, &format!("{stem}{MARK}"))
}

/// Returns the name that a folded word has in a field, whatever its stem is.
pub(crate) fn of_form(fields: &Fields, field: Field, form: &str) -> Term {
    match form.chars().next().is_some_and(is_character_word) {
        true if field == fields.words => Term::from_field_text(fields.beside, form),
        true => Term::from_field_text(field, &word_term("", form)),
        false => Term::from_field_text(field, &format!("{ANY}{form}")),
    }
}

/// Something that is looked up as one term: all terms of the index that it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lookup {
    /// Its name: what statistics know it by.
    pub(crate) term: Term,
    /// The terms that each segment has: dictionaries are asked once.
    found: Arc<[(SegmentId, Vec<TermInfo>)]>,
}

impl Lookup {
    /// Finds what a name stands for. `heads` are what stems of the index may begin with; see
    /// [`crate::analysis::root`].
    pub(crate) fn new(index: &Index, heads: &[String], term: &Term) -> tantivy::Result<Self> {
        let value = term.value();
        let text = value.as_str().unwrap_or_default();
        let is_beginning = text.len() > MARK.len_utf8() && text.ends_with(MARK);
        let mut keys: Vec<String> = Vec::new();
        match text.strip_prefix(ANY) {
            Some(form) => {
                keys.extend(heads.iter().map(|head| word_term(&format!("{head}{form}"), form)));
                keys.extend(stems(index, form)?.iter().map(|stem| word_term(stem, form)));
            }
            None => keys.push(text.into()),
        }
        let of_segment = |segment: &SegmentReader| {
            let inverted = segment.inverted_index(term.field())?;
            let (dictionary, mut found) = (inverted.terms(), Vec::new());
            if is_beginning {
                let mut terms = dictionary.range().ge(text).into_stream()?;
                while terms.advance() && terms.key().starts_with(text.as_bytes()) {
                    found.push(terms.value().clone());
                }
            } else {
                for key in &keys {
                    found.extend(dictionary.get(key)?);
                }
            }
            Ok((segment.segment_id(), found))
        };
        let found = index.searcher().segment_readers().iter().map(of_segment);
        Ok(Self { term: term.clone(), found: found.collect::<tantivy::Result<_>>()? })
    }

    fn in_segment(&self, segment: &SegmentReader) -> &[TermInfo] {
        let found = self.found.iter().find(|(id, _)| *id == segment.segment_id());
        found.map_or(&[], |(_, terms)| terms)
    }

    /// Returns where it stands in a segment.
    pub(crate) fn postings(
        &self,
        segment: &SegmentReader,
        option: IndexRecordOption,
    ) -> tantivy::Result<Together> {
        let inverted = segment.inverted_index(self.term.field())?;
        let lists = self.in_segment(segment).iter();
        let lists = lists.map(|term| inverted.read_postings_from_terminfo(term, option));
        Ok(Together::new(lists.collect::<io::Result<_>>()?))
    }

    /// Returns the same, each term by itself, to be gone through block by block.
    pub(crate) fn blocks(&self, segment: &SegmentReader) -> tantivy::Result<Vec<BlockSegmentPostings>> {
        let (inverted, option) = (segment.inverted_index(self.term.field())?, IndexRecordOption::WithFreqs);
        let lists = self.in_segment(segment).iter();
        let lists = lists.map(|term| inverted.read_block_postings_from_terminfo(term, option));
        Ok(lists.collect::<io::Result<_>>()?)
    }

    /// Returns how many passages of a segment it is in that were not deleted.
    pub(crate) fn count(&self, segment: &SegmentReader) -> tantivy::Result<u64> {
        match self.in_segment(segment) {
            [] => Ok(0),
            [one] if !segment.has_deletes() => Ok(one.doc_freq.into()),
            _ => Ok(self.postings(segment, IndexRecordOption::Basic)?.count(segment)),
        }
    }
}

/// Returns the stems that a form has in the index, in order, but for those that it is itself.
fn stems(index: &Index, form: &str) -> tantivy::Result<Vec<String>> {
    let beginning = format!("{form}{MARK}");
    let mut stems: Vec<String> = Vec::new();
    for forms in index.forms() {
        forms.each_from(&beginning, &mut |form| stems.extend(split_form(form).map(|(_, stem)| stem)));
    }
    stems.sort_unstable();
    stems.dedup();
    Ok(stems)
}

/// More than one in so many of a segment's passages are many; see [`Together::count`].
const FEW: u32 = 512;

/// Several postings as one.
pub(crate) struct Together {
    lists: Vec<SegmentPostings>,
    doc: DocId,
}

impl Together {
    fn new(lists: Vec<SegmentPostings>) -> Self {
        let mut together = Self { lists, doc: 0 };
        together.settle();
        together
    }

    fn settle(&mut self) -> DocId {
        self.doc = self.lists.iter().map(DocSet::doc).min().unwrap_or(TERMINATED);
        self.doc
    }

    /// Returns how often it stands in the present passage.
    pub(crate) fn term_freq(&self) -> u32 {
        match self.lists.as_slice() {
            [one] => one.term_freq(),
            lists => lists.iter().filter(|list| list.doc() == self.doc).map(Postings::term_freq).sum(),
        }
    }

    /// Puts its positions in the present passage in the place of others, in order.
    pub(crate) fn positions(&mut self, positions: &mut Vec<u32>) {
        positions.clear();
        let doc = self.doc;
        let mut several = false;
        for list in self.lists.iter_mut().filter(|list| list.doc() == doc) {
            several |= !positions.is_empty();
            list.append_positions_with_offset(0, positions);
        }
        if several {
            positions.sort_unstable();
        }
    }

    /// Returns how many passages it is in, at most.
    pub(crate) fn bound(&self) -> u64 {
        self.lists.iter().map(|list| u64::from(list.doc_freq())).sum()
    }

    /// Returns how many passages of the segment it is in that were not deleted.
    fn count(mut self, segment: &SegmentReader) -> u64 {
        let (alive, bound) = (segment.alive_bitset(), self.bound());
        let mut sum = 0;
        // Marking the passages of many is faster than going through all lists side by side.
        if bound > u64::from(segment.max_doc() / FEW) {
            let mut held = vec![0_u64; segment.max_doc() as usize / 64 + 1];
            for list in &mut self.lists {
                let mut doc = list.doc();
                while doc != TERMINATED {
                    held[doc as usize / 64] |= 1 << (doc % 64);
                    doc = list.advance();
                }
            }
            for (at, bits) in (0..).zip(&held) {
                sum += match alive {
                    None => u64::from(bits.count_ones()),
                    Some(alive) => (0..64)
                        .filter(|bit| bits >> bit & 1 == 1 && alive.is_alive(64 * at + bit))
                        .count() as u64,
                };
            }
            return sum;
        }
        let mut doc = self.doc();
        while doc != TERMINATED {
            sum += u64::from(alive.is_none_or(|alive| alive.is_alive(doc)));
            doc = self.advance();
        }
        sum
    }
}

impl DocSet for Together {
    fn advance(&mut self) -> DocId {
        if let [one] = self.lists.as_mut_slice() {
            self.doc = one.advance();
            return self.doc;
        }
        let doc = self.doc;
        for list in self.lists.iter_mut().filter(|list| list.doc() == doc && doc != TERMINATED) {
            list.advance();
        }
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        for list in self.lists.iter_mut().filter(|list| list.doc() < target) {
            list.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.lists.iter().map(DocSet::size_hint).max().unwrap_or(0)
    }
}
