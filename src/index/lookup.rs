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
    termdict::TermDictionary,
};

use super::{Index, Property, schema::Fields};
use crate::analysis::{MARK, is_character_word, root, split_form, word_term};

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
    pub(super) fn new(index: &Index, heads: &[String], term: &Term) -> tantivy::Result<Self> {
        let value = term.value();
        let text = value.as_str().unwrap_or_default();
        let is_beginning = text.len() > MARK.len_utf8() && text.ends_with(MARK);
        let mut names: Vec<String> = Vec::new();
        match text.strip_prefix(ANY) {
            Some(form) => {
                names.extend(heads.iter().map(|head| word_term(&format!("{head}{form}"), form)));
                names.extend(stems(index, form)?.iter().map(|stem| word_term(stem, form)));
            }
            None => names.push(text.into()),
        }
        let of_segment = |segment: &SegmentReader| {
            let mut found = Vec::new();
            for name in &names {
                if !speaks(index, segment, root(name).0)? {
                    continue;
                }
                let inverted = segment.inverted_index(term.field())?;
                match is_beginning {
                    true => find_beginning(inverted.terms(), name, &mut found)?,
                    false => found.extend(inverted.terms().get(name)?),
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
    pub(crate) fn blocks(
        &self,
        segment: &SegmentReader,
        option: IndexRecordOption,
    ) -> tantivy::Result<Vec<BlockSegmentPostings>> {
        let inverted = segment.inverted_index(self.term.field())?;
        let lists = self.in_segment(segment).iter();
        let lists = lists.map(|term| inverted.read_block_postings_from_terminfo(term, option));
        Ok(lists.collect::<io::Result<_>>()?)
    }

    /// Returns how many passages of a segment it is in that were not deleted.
    pub(crate) fn count(&self, segment: &SegmentReader) -> tantivy::Result<u64> {
        match self.in_segment(segment) {
            [] => Ok(0),
            [one] if !segment.has_deletes() => Ok(one.doc_freq.into()),
            _ => Ok(count_any(segment, self.blocks(segment, IndexRecordOption::Basic)?)),
        }
    }
}

/// Says whether stems of a segment may begin so: whether it has passages of that language. Most languages of an
/// index are those of a few passages, and a word that is looked for has a stem in each of them.
fn speaks(index: &Index, segment: &SegmentReader, head: &str) -> tantivy::Result<bool> {
    let Some((language, _)) = head.split_once(':') else { return Ok(true) };
    let dictionary = segment.inverted_index(index.fields().property)?;
    Ok(dictionary.terms().get(Property::Language.value(language))?.is_some())
}

/// Finds the terms of a dictionary that begin so; what comes behind them is not read.
fn find_beginning(terms: &TermDictionary, beginning: &str, found: &mut Vec<TermInfo>) -> io::Result<()> {
    let mut end = beginning.as_bytes().to_vec();
    if let Some(last) = end.last_mut() {
        *last += 1;
    }
    let mut terms = terms.range().ge(beginning).lt(end).into_stream()?;
    while terms.advance() {
        found.push(terms.value().clone());
    }
    Ok(())
}

/// Returns how many passages of a segment are in any of these postings and were not deleted.
pub(crate) fn count_any(segment: &SegmentReader, lists: Vec<BlockSegmentPostings>) -> u64 {
    let alive = segment.alive_bitset();
    let is_alive = |passage: DocId| alive.is_none_or(|alive| alive.is_alive(passage));
    let all: u32 = lists.iter().map(BlockSegmentPostings::doc_freq).sum();
    if all <= segment.max_doc() / FEW {
        let mut held = Vec::with_capacity(all as usize);
        each_of(lists, &mut |passages| held.extend_from_slice(passages));
        held.sort_unstable();
        held.dedup();
        return held.into_iter().filter(|passage| is_alive(*passage)).count() as u64;
    }
    let mut held = vec![0_u64; segment.max_doc() as usize / 64 + 1];
    each_of(lists, &mut |passages| {
        for passage in passages {
            held[*passage as usize / 64] |= 1 << (passage % 64);
        }
    });
    if alive.is_none() {
        return held.iter().map(|bits| u64::from(bits.count_ones())).sum();
    }
    let places =
        (0..).zip(&held).flat_map(|(at, bits)| (0..64).map(move |bit| (64 * at + bit, bits >> bit & 1)));
    places.filter(|(passage, bit)| *bit == 1 && is_alive(*passage)).count() as u64
}

/// Hands on the passages of postings, some at a time.
pub(super) fn each_of(lists: Vec<BlockSegmentPostings>, each: &mut dyn FnMut(&[DocId])) {
    for mut list in lists {
        while !list.docs().is_empty() {
            each(list.docs());
            list.advance();
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

/// Where postings are of more than one in so many of a segment's passages, marking these is faster than putting
/// them in order.
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
