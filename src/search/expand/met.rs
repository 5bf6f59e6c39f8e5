//! The words of the index that a machine accepts, met in order: each form once, wherever it stands.

use std::{
    cmp::Ordering,
    collections::{BinaryHeap, binary_heap::PeekMut},
    ops::Range,
    sync::Arc,
};

use tantivy::InvertedIndexReader;
use tantivy_fst::{Automaton, Streamer};

use super::machine::{Form, Own};
use crate::{
    analysis::{END_OF_OWN_STEM, MARK, split_form},
    search::compile::Compiler,
};

/// Where a list of words is.
#[derive(Default)]
struct Entry {
    /// A form with its stem, or a term that has the word as its own stem.
    key: String,
    form: Range<usize>,
    is_own_stem: bool,
    /// How many passages hold a term of the latter, of those that were not merged away.
    holders: u64,
    segment: usize,
}

impl Entry {
    fn form(&self) -> &str {
        &self.key[self.form.clone()]
    }
}

/// Words in order.
struct List<'a> {
    /// Goes on to the next word, if there is one.
    next: Box<dyn FnMut(&mut Entry) -> bool + 'a>,
    entry: Entry,
}

impl List<'_> {
    fn advance(&mut self) -> bool {
        (self.next)(&mut self.entry)
    }

    /// Hands on where it is, and goes on to the next word, if there is one.
    fn take(&mut self, taken: &mut Vec<Entry>, spare: &mut Vec<Entry>) -> bool {
        taken.push(std::mem::replace(&mut self.entry, spare.pop().unwrap_or_default()));
        self.advance()
    }
}

/// The list whose word comes first is the greatest: that is what a heap has at hand.
impl Ord for List<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.entry.form().cmp(self.entry.form())
    }
}

impl PartialOrd for List<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for List<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for List<'_> {}

/// A word of the index, wherever it stands there.
pub(in crate::search) struct Met<'a>(&'a [Entry]);

impl Met<'_> {
    pub(in crate::search) fn form(&self) -> &str {
        self.0.first().map_or("", Entry::form)
    }

    /// Returns how many passages hold the word as its own stem, of those that were not merged away.
    pub(super) fn holders(&self) -> u64 {
        self.0.iter().filter(|entry| entry.is_own_stem).map(|entry| entry.holders).sum()
    }

    /// Returns its other stems, each with the number of a segment that has it.
    pub(super) fn stems(&self) -> impl Iterator<Item = (String, usize)> {
        let others = self.0.iter().filter(|entry| !entry.is_own_stem);
        others.filter_map(|entry| split_form(&entry.key).map(|(_, stem)| (stem, entry.segment)))
    }
}

/// What is called back with each word of the index.
pub(in crate::search) type Each<'a> = &'a mut dyn FnMut(&Met<'_>) -> tantivy::Result<()>;

/// Goes through the words of several lists in order, each once.
fn merge(mut lists: Vec<List<'_>>, each: Each<'_>) -> tantivy::Result<()> {
    lists.retain_mut(List::advance);
    let mut lists = BinaryHeap::from(lists);
    let (mut same, mut spare): (Vec<Entry>, Vec<Entry>) = Default::default();
    while !lists.is_empty() {
        while let Some(mut first) = lists.peek_mut()
            && same.first().is_none_or(|word| word.form() == first.entry.form())
        {
            if !first.take(&mut same, &mut spare) {
                PeekMut::pop(first);
            }
        }
        each(&Met(&same))?;
        spare.append(&mut same);
    }
    Ok(())
}

impl Compiler<'_> {
    /// Calls back with each word of the index that a machine accepts, in order.
    pub(in crate::search) fn each_word<A>(&self, machine: &A, each: Each<'_>) -> tantivy::Result<()>
    where
        A: Automaton,
        A::State: Clone,
    {
        let fields = self.index.fields();
        let own = [self.index.inverted(fields.words)?, self.aside()?];
        let mut lists: Vec<List<'_>> = Vec::new();
        for (segment, forms) in self.index.forms().iter().enumerate() {
            let mut forms = forms.search(Form(machine));
            let next = move |entry: &mut Entry| {
                while let Some((key, _)) = forms.next() {
                    if let Ok(key) = std::str::from_utf8(key)
                        && let Some(end) = key.find(MARK)
                    {
                        entry.key.clear();
                        entry.key.push_str(key);
                        (entry.form, entry.is_own_stem, entry.segment) = (0..end, false, segment);
                        return true;
                    }
                }
                false
            };
            lists.push(List { next: Box::new(next), entry: Entry::default() });
        }
        for inverted in own.iter().flatten() {
            for head in self.lexicon.statistics.heads() {
                let mut terms = inverted.terms().search(Own { head, machine }).into_stream()?;
                let next = move |entry: &mut Entry| {
                    let key = if terms.advance() { terms.key() } else { return false };
                    let Ok(key) = std::str::from_utf8(key) else { return false };
                    entry.key.clear();
                    entry.key.push_str(key);
                    entry.form = head.len()..key.len() - END_OF_OWN_STEM.len();
                    entry.is_own_stem = true;
                    entry.holders = u64::from(terms.value().doc_freq);
                    true
                };
                lists.push(List { next: Box::new(next), entry: Entry::default() });
            }
        }
        merge(lists, &mut |met| {
            self.go_on()?;
            each(met)
        })
    }

    /// Returns the terms of what stands around articles, of each segment; none where nothing does.
    pub(super) fn aside(&self) -> tantivy::Result<Vec<Arc<InvertedIndexReader>>> {
        match self.index.manifest().tally.asides {
            0 => Ok(Vec::new()),
            _ => self.index.inverted(self.index.fields().aside),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_merged_in_order() {
        let list = |terms: &'static [(&'static str, &'static str)]| {
            let mut terms = terms.iter();
            let next = move |entry: &mut Entry| {
                let Some((form, stem)) = terms.next() else { return false };
                let key = format!("{form}{MARK}{}{stem}{MARK}", '\u{5}');
                *entry = Entry { key, form: 0..form.len(), ..Entry::default() };
                true
            };
            List { next: Box::new(next), entry: Entry::default() }
        };
        let mut merged = Vec::new();
        let lists =
            vec![list(&[("a", "a"), ("c", "1"), ("c", "2")]), list(&[]), list(&[("b", "b"), ("c", "1")])];
        let each = &mut |met: &Met<'_>| {
            let stems: Vec<String> = met.stems().map(|(stem, _)| stem).collect();
            merged.push(format!("{} {} {}", met.form(), stems.join(" "), met.holders()));
            Ok(())
        };
        merge(lists, each).expect("nothing can fail");
        assert_eq!(merged, ["a a 0", "b b 0", "c 1 1 2 0"]);
    }
}
