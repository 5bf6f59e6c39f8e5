//! The words of the index that are spelled most like one that it does not hold.

use std::{collections::BTreeMap, rc::Rc};

use tantivy::query::Bm25StatisticsProvider;

use super::{
    compile::Compiler,
    expand::{self, Beginning, Both},
    likeness,
    tree::{LONGEST_FUZZY, usual_slips},
};
use crate::index::of_form;

/// So many words stand for one that is not there.
const MOST: usize = 3;

/// Words less alike than this are other words.
const LEAST: f32 = 0.5;

/// More slips than this are in no word that is like another.
const MOST_SLIPS: u8 = 2;

/// A part of a compound has at least so many letters: with fewer too many words would be one.
const LEAST_PART: usize = 4;

/// What may join the parts of a compound, as in German and its neighbours.
const JOINTS: &[&str] = &["", "s", "es", "n", "en", "er", "e"];

/// How alike each part of a compound is to the whole: more than a word that shares some letters, less than
/// one with a slip of the pen.
const PART: f32 = 0.7;

/// A word of the index that is spelled like another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Near {
    pub(super) word: String,
    /// How alike it is, from 0 to 1.
    pub(super) alike: f32,
    /// Passages that hold it.
    pub(super) passages: u64,
}

/// Returns the words most like one, most alike first, and of equally alike ones the most frequent: those
/// with a slip or two, whatever alphabet they are of; those that share most letters and the first, which is
/// seldom the one that is wrong (Pollock and Zamora 1984, <https://doi.org/10.1145/358027.358048>); and the
/// two that a compound is made of.
pub(super) fn nearest(compiler: &Compiler<'_>, word: &str) -> tantivy::Result<Rc<[Near]>> {
    if let Some(known) = compiler.nearest.borrow().get(word) {
        return Ok(Rc::clone(known));
    }
    let near: Rc<[Near]> = find(compiler, word)?.into();
    compiler.nearest.borrow_mut().insert(word.into(), Rc::clone(&near));
    Ok(near)
}

fn find(compiler: &Compiler<'_>, word: &str) -> tantivy::Result<Vec<Near>> {
    let Some(first) = word.chars().next() else { return Ok(Vec::new()) };
    let first = first.to_string();
    let (likeness, beginning) = (likeness::Spelling::new(word), Beginning(&first));
    // Slips take long to count: machines leave most words out before.
    let slips = (word.chars().count() <= LONGEST_FUZZY).then(|| expand::Spelling::of(word, MOST_SLIPS));
    let mut found = BTreeMap::<String, f32>::new();
    let mut take = |other: &str, alike: f32| {
        if alike >= LEAST {
            found.insert(other.into(), alike);
        }
        Ok(())
    };
    match &slips {
        Some(slips) => {
            compiler
                .each_word(&beginning, &mut |met| take(met.form(), likeness.alike_by_runs(met.form())))?;
            let both = Both(&beginning, slips);
            compiler.each_word(&both, &mut |met| take(met.form(), likeness.alike(met.form())))?;
        }
        None => {
            compiler.each_word(&beginning, &mut |met| take(met.form(), likeness.alike(met.form())))?;
        }
    }
    for (other, slips) in compiler.spelled_nearly(word, usual_slips(word.chars().count()))? {
        let long = word.chars().count().max(other.chars().count());
        let alike = 1.0 - f32::from(slips) / long as f32;
        found.entry(other).and_modify(|known| *known = known.max(alike)).or_insert(alike);
    }
    for part in parts(compiler, word)? {
        found.insert(part, PART);
    }
    let holders = |word: &str| holders(compiler, word);
    let mut near = Vec::new();
    for (other, alike) in found.into_iter().filter(|(other, _)| other != word) {
        // A word of deleted passages stays in the dictionary until segments merge.
        let passages = holders(&other)?;
        near.extend((passages > 0).then_some(Near { word: other, alike, passages }));
    }
    near.sort_by(|one, other| {
        let by_likeness = other.alike.total_cmp(&one.alike);
        by_likeness.then(other.passages.cmp(&one.passages)).then_with(|| one.word.cmp(&other.word))
    });
    near.truncate(MOST);
    Ok(near)
}

/// Returns how many passages hold a word.
fn holders(compiler: &Compiler<'_>, word: &str) -> tantivy::Result<u64> {
    let fields = compiler.index.fields();
    compiler.lexicon.statistics.doc_freq(&of_form(fields, fields.words, word))
}

/// Returns the two words of the index that a compound is made of, where there are any: of several ways to
/// part it the one with the most even parts.
pub(super) fn parts(compiler: &Compiler<'_>, word: &str) -> tantivy::Result<Vec<String>> {
    let holds = |part: &str| -> tantivy::Result<bool> { Ok(holders(compiler, part)? > 0) };
    let mut best: Option<(usize, [&str; 2])> = None;
    let borders: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    if word.contains(|letter: char| !letter.is_alphabetic()) || borders.len() < 2 * LEAST_PART {
        return Ok(Vec::new());
    }
    let last = borders.len() - LEAST_PART;
    for (at, border) in borders.iter().enumerate().take(last + 1).skip(LEAST_PART) {
        let (head, tail) = word.split_at(*border);
        if !holds(head)? {
            continue;
        }
        for joint in JOINTS {
            let Some(tail) = tail.strip_prefix(joint) else { continue };
            let even = at.min(tail.chars().count());
            if even >= LEAST_PART && best.is_none_or(|(most, _)| even > most) && holds(tail)? {
                best = Some((even, [head, tail]));
            }
        }
    }
    Ok(best.map(|(_, parts)| parts.map(String::from).to_vec()).unwrap_or_default())
}
