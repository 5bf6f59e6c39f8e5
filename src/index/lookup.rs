//! Words as terms. The text of a passage is written down once: a term is the stem of a word and its form,
//! so that both find it. What is looked up by a stem is all the terms that begin with it, and by a form
//! the terms that have it under any stem.
//!
//! The second part of a term says how the first becomes it, so that many terms end alike, and the
//! dictionary is small: `run`, the mark, none dropped, `ning`. A stem with nothing behind its mark is one
//! that a word has beside its own; a form without a stem is a character of a script that has no other
//! words. Which stems a form has is told by the field of forms, but for the forms that are their own stem.

use tantivy::{
    DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term,
    postings::{Postings, SegmentPostings},
    schema::{Field, IndexRecordOption},
};

use super::schema::Fields;
use crate::analysis::{is_character_word, root};

/// Parts a stem and a form, in this order; and in the field of forms a form and a stem. No word holds it.
pub(crate) const MARK: char = '\u{2}';

/// Before a form that is looked up under any stem. No word holds it.
const ANY: char = '\u{3}';

/// Behind a mark, with the number of letters added that are dropped.
const DROPPED: u8 = 4;

/// Where all letters are dropped.
const ALL: u8 = 0x7F;

/// Returns the name that all forms of a stem have together in a field.
pub(crate) fn of_stem(field: Field, stem: &str) -> Term {
    Term::from_field_text(field, &format!("{stem}{MARK}"))
}

/// Returns the name that a folded word has in a field, whatever its stem is.
pub(crate) fn of_form(fields: &Fields, field: Field, form: &str) -> Term {
    match form.chars().next().is_some_and(is_character_word) {
        true if field == fields.words => Term::from_field_text(fields.beside, form),
        true => Term::from_field_text(field, &key("", form)),
        false => Term::from_field_text(field, &format!("{ANY}{form}")),
    }
}

/// Returns the term of a form of a stem.
pub(crate) fn key(stem: &str, form: &str) -> String {
    let mut key = String::with_capacity(stem.len() + 8);
    push_key(&mut key, stem, form);
    key
}

/// Adds the term of a form of a stem to a text.
pub(super) fn push_key(text: &mut String, stem: &str, form: &str) {
    text.push_str(stem);
    text.push(MARK);
    push_change(text, root(stem).1, form);
}

/// Adds the term of a form in the field of forms to a text.
pub(super) fn push_form(text: &mut String, form: &str, stem: &str) {
    let (head, root) = root(stem);
    text.push_str(form);
    text.push(MARK);
    push_change(text, form, root);
    text.push(MARK);
    text.push_str(head);
}

/// Whether a form is its own stem: the field of forms has none of these.
pub(super) fn is_own_stem(stem: &str, form: &str) -> bool {
    root(stem).1 == form
}

/// Returns the form and the stem of a term of the field of forms; none where it is none.
pub(crate) fn split_form(key: &str) -> Option<(&str, String)> {
    let mut parts = key.split(MARK);
    let (form, change, head) = (parts.next()?, parts.next()?, parts.next()?);
    let mut letters = change.chars();
    let dropped = u8::try_from(letters.next()?).ok()?;
    let kept = match dropped {
        ALL => "",
        _ => {
            let dropped = usize::from(dropped.checked_sub(DROPPED)?);
            let end = form.char_indices().rev().take(dropped).last().map_or(form.len(), |(at, _)| at);
            &form[..end]
        }
    };
    Some((form, format!("{head}{kept}{}", letters.as_str())))
}

/// How a term ends whose form is its own stem.
pub(crate) const END_OF_OWN_STEM: [u8; 2] = [MARK as u8, DROPPED];

/// Adds to a text how one word becomes another: how many letters are dropped at its end, and what stands
/// in their place.
fn push_change(text: &mut String, from: &str, to: &str) {
    let alike = from.bytes().zip(to.bytes()).take_while(|(one, other)| one == other).count();
    let shared = (0..=alike).rev().find(|at| from.is_char_boundary(*at)).unwrap_or(0);
    let dropped = from[shared..].chars().count();
    match u8::try_from(dropped + usize::from(DROPPED)).ok().filter(|dropped| *dropped < ALL) {
        Some(dropped) => {
            text.push(char::from(dropped));
            text.push_str(&to[shared..]);
        }
        None => {
            text.push(char::from(ALL));
            text.push_str(to);
        }
    }
}

/// Something that is looked up as one term.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lookup {
    /// Its name: what statistics know it by.
    pub(crate) term: Term,
    terms: Terms,
}

/// The terms of the index that a [`Lookup`] stands for.
#[derive(Clone, Debug, PartialEq)]
enum Terms {
    /// Those that begin so.
    Beginning(String),
    These(Vec<Term>),
}

impl Lookup {
    /// Finds what a name stands for.
    /// `heads` are what stems of the index may begin with; see [`root`].
    pub(crate) fn new(
        searcher: &Searcher,
        fields: &Fields,
        heads: &[String],
        term: &Term,
    ) -> tantivy::Result<Self> {
        let value = term.value();
        let text = value.as_str().unwrap_or_default();
        let terms = if text.len() > MARK.len_utf8() && text.ends_with(MARK) {
            Terms::Beginning(text.into())
        } else if let Some(form) = text.strip_prefix(ANY) {
            let mut keys = Vec::with_capacity(heads.len() + 1);
            keys.extend(heads.iter().map(|head| key(&format!("{head}{form}"), form)));
            keys.extend(stems(searcher, fields, form)?.iter().map(|stem| key(stem, form)));
            Terms::These(keys.iter().map(|key| Term::from_field_text(term.field(), key)).collect())
        } else {
            Terms::These(vec![term.clone()])
        };
        Ok(Self { term: term.clone(), terms })
    }

    /// Returns where it stands in a segment.
    pub(crate) fn postings(
        &self,
        segment: &SegmentReader,
        option: IndexRecordOption,
    ) -> tantivy::Result<Together> {
        let inverted = segment.inverted_index(self.term.field())?;
        let mut lists = Vec::new();
        match &self.terms {
            Terms::Beginning(beginning) => {
                let mut terms = inverted.terms().range().ge(beginning).into_stream()?;
                while terms.advance() && terms.key().starts_with(beginning.as_bytes()) {
                    lists.push(inverted.read_postings_from_terminfo(terms.value(), option)?);
                }
            }
            Terms::These(terms) => {
                for term in terms {
                    lists.extend(inverted.read_postings(term, option)?);
                }
            }
        }
        Ok(Together::new(lists))
    }
}

/// Returns the stems that a form has in the index, in order, but for those that it is itself.
fn stems(searcher: &Searcher, fields: &Fields, form: &str) -> tantivy::Result<Vec<String>> {
    let beginning = format!("{form}{MARK}");
    let mut stems: Vec<String> = Vec::new();
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(fields.form)?;
        let mut terms = inverted.terms().range().ge(&beginning).into_stream()?;
        while terms.advance() && terms.key().starts_with(beginning.as_bytes()) {
            let stem = std::str::from_utf8(terms.key()).ok().and_then(split_form);
            stems.extend(stem.map(|(_, stem)| stem));
        }
    }
    stems.sort_unstable();
    stems.dedup();
    Ok(stems)
}

/// One of so many passages of a segment is many; see [`Together::count`].
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
    pub(crate) fn count(mut self, segment: &SegmentReader) -> u64 {
        let alive = segment.alive_bitset();
        let bound = self.bound();
        if alive.is_none() && self.lists.len() < 2 {
            return bound;
        }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terms_of_a_stem_begin_alike_and_end_as_others_do() {
        assert_eq!(key("run", "running"), "run\u{2}\u{4}ning");
        assert_eq!(key("run", "run"), "run\u{2}\u{4}");
        assert_eq!(key("poni", "pony"), "poni\u{2}\u{5}y");
        assert_eq!(key("es:cancion", "canciones"), "es:cancion\u{2}\u{4}es");
        assert_eq!(key("", "人"), "\u{2}\u{4}人");
        assert!(is_own_stem("vi:~viet", "viet") && !is_own_stem("run", "running"));
        assert!(key("es:pan", "pan").as_bytes().ends_with(&END_OF_OWN_STEM));
    }

    proptest! {
        #[test]
        fn a_form_tells_its_stem(form in "[a-zé人]{0,200}", root in "[a-zé]{0,200}", head in "(es:|vi:~|)") {
            let stem = format!("{head}{root}");
            let mut text = String::new();
            push_form(&mut text, &form, &stem);
            prop_assert_eq!(split_form(&text), Some((form.as_str(), stem)));
        }

        #[test]
        fn other_forms_have_other_terms(one in "[a-cé]{0,6}", other in "[a-cé]{0,6}", stem in "[a-cé]{0,6}") {
            prop_assert_eq!(key(&stem, &one) == key(&stem, &other), one == other);
        }
    }
}
