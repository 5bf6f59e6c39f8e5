//! What of a text was looked for, word by word.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use super::{
    lexicon::{Sought, drops_stop_words},
    otherwise::Other,
    tree::{Group, Node, Word},
};
use crate::analysis::{Analyzer, Language, StopWords};

/// What finding a word is worth that stands for a part of the query.
const EXPANDED: f32 = 5.0;

/// What finding a phrase is worth.
const PHRASE: f32 = 8.0;

/// How the words of a query are read in an index.
pub(super) struct Reading<'a> {
    /// Words that carry no subject.
    pub(super) stop: &'a StopWords,
    /// What words typed in one piece stand for, and what finding each is worth.
    pub(super) sought: &'a dyn Fn(&[Word]) -> Vec<(Sought, f32)>,
    /// What may stand there instead.
    pub(super) others: &'a dyn Fn(&[Node]) -> Vec<Other>,
    /// What a prefix, a fuzzy word or a shape stands for: words, or several side by side.
    pub(super) expand: &'a dyn Fn(&Node) -> tantivy::Result<Vec<Vec<String>>>,
}

/// What is marked in a text.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// Stems and pairs of characters.
    stems: HashMap<String, Target>,
    /// Single characters.
    characters: HashMap<String, Target>,
    /// Folded words.
    words: HashMap<String, Target>,
    phrases: Vec<Phrase>,
    analyzer: RefCell<Analyzer>,
}

#[derive(Clone, Copy, Debug)]
struct Target {
    what: usize,
    worth: f32,
}

/// Words side by side.
#[derive(Debug)]
struct Phrase {
    /// What each of them may be: folded words, or stems.
    words: Vec<Vec<String>>,
    stemmed: bool,
    slop: u32,
}

/// A word of a text.
struct Piece {
    range: Range<usize>,
    folded: String,
    stem: String,
}

impl Targets {
    /// Returns what a tree looks for.
    pub(super) fn of(tree: &Group, reading: &Reading<'_>) -> tantivy::Result<Self> {
        let mut targets = Self::default();
        targets.collect(tree, reading)?;
        Ok(targets)
    }

    fn collect(&mut self, group: &Group, reading: &Reading<'_>) -> tantivy::Result<()> {
        let drop = drops_stop_words(group, reading.stop);
        for (nodes, should) in [(&group.must, false), (&group.should, true)] {
            for node in nodes {
                self.collect_node(node, should && drop, reading)?;
            }
            for other in (reading.others)(nodes) {
                let mut each = other.words.iter().map(|word| (reading.sought)(std::slice::from_ref(word)));
                if other.words.len() == 1 {
                    each.flatten().for_each(|(sought, worth)| self.add(sought, worth));
                    continue;
                }
                let words =
                    each.by_ref().map(|sought| sought.into_iter().flat_map(|(one, _)| one.stems).collect());
                self.phrases.push(Phrase { words: words.collect(), stemmed: true, slop: 0 });
            }
        }
        Ok(())
    }

    fn collect_node(&mut self, node: &Node, drop: bool, reading: &Reading<'_>) -> tantivy::Result<()> {
        match node {
            Node::Words(words) => {
                for (sought, worth) in (reading.sought)(words) {
                    if !(drop && reading.stop.contains(&sought.word)) {
                        self.add(sought, worth);
                    }
                }
            }
            Node::Prefix(_) | Node::Fuzzy(..) | Node::Shape(_) => {
                let target = Target { what: self.known(), worth: EXPANDED };
                for words in (reading.expand)(node)? {
                    match <[String; 1]>::try_from(words) {
                        Ok([word]) => _ = self.words.entry(word).or_insert(target),
                        Err(words) => {
                            let words = words.into_iter().map(|word| vec![word]).collect();
                            self.phrases.push(Phrase { words, stemmed: false, slop: 0 });
                        }
                    }
                }
            }
            Node::Phrase(words, slop) => {
                let words = words.iter().map(|word| vec![word.folded.clone()]).collect();
                self.phrases.push(Phrase { words, stemmed: false, slop: *slop });
            }
            Node::Group(inner) => self.collect(inner, reading)?,
            Node::Title(_) | Node::Filter(_) => {}
        }
        Ok(())
    }

    /// Returns how many things are looked for, less phrases.
    fn known(&self) -> usize {
        self.stems.len() + self.characters.len() + self.words.len()
    }

    fn add(&mut self, sought: Sought, worth: f32) {
        let target = Target { what: self.known(), worth };
        if sought.retrieves && sought.is_character() {
            self.characters.insert(sought.word, target);
        }
        for stem in sought.stems {
            self.stems.entry(stem).or_insert(target);
        }
    }

    /// Returns what matches in a text of a language, in order and apart from each other.
    pub(super) fn matches(&self, text: &str, language: Option<Language>) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        let mut words: Vec<Piece> = Vec::new();
        // A pair of characters that the next one is the second of.
        let mut open: Option<usize> = None;
        self.analyzer.borrow_mut().each(text, language, |token| {
            if let Some(pair) = open.take() {
                found[pair].range.end = token.range.end;
            }
            let stem = token.stem.and_then(|stem| self.stems.get(stem));
            let stem = stem.or_else(|| token.plain.and_then(|plain| self.stems.get(plain)));
            if let Some(Target { what, worth }) = stem {
                open = (token.is_character && token.stem != Some(token.folded)).then_some(found.len());
                found.push(Match { range: token.range.clone(), what: *what, worth: *worth });
            }
            if let Some(Target { what, worth }) = self.characters.get(token.folded) {
                found.push(Match { range: token.range.clone(), what: *what, worth: *worth });
            }
            if let Some(Target { what, worth }) = self.words.get(token.folded) {
                found.push(Match { range: token.range.clone(), what: *what, worth: *worth });
            }
            if !self.phrases.is_empty() {
                let stem = token.stem.unwrap_or_default().into();
                words.push(Piece { range: token.range, folded: token.folded.into(), stem });
            }
        });
        for (number, phrase) in self.phrases.iter().enumerate() {
            for at in phrase.stands(&words) {
                found.push(Match {
                    range: words[at].range.clone(),
                    what: self.known() + number,
                    worth: PHRASE,
                });
            }
        }
        found.sort_by_key(|one| (one.range.start, one.range.end));
        apart(found)
    }
}

/// Cuts off of each match what the one before it covers already.
fn apart(found: Vec<Match>) -> Vec<Match> {
    let mut apart: Vec<Match> = Vec::with_capacity(found.len());
    for mut one in found {
        let end = apart.last().map_or(0, |last| last.range.end);
        one.range.start = one.range.start.max(end);
        if one.range.start < one.range.end {
            apart.push(one);
        }
    }
    apart
}

/// A word of a text that was looked for.
pub(super) struct Match {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// What was found: the same for two forms of one word.
    pub(super) what: usize,
    /// How telling it is.
    pub(super) worth: f32,
}

impl Phrase {
    /// Returns the numbers of the words of a text that stand for it: exactly in order, or with up to
    /// `slop` other words between them.
    fn stands(&self, words: &[Piece]) -> Vec<usize> {
        let slop = self.slop as usize;
        let is = |wanted: &[String], at: usize| {
            let word = if self.stemmed { &words[at].stem } else { &words[at].folded };
            wanted.contains(word)
        };
        let mut found = Vec::new();
        let Some((first, rest)) = self.words.split_first() else { return found };
        for start in (0..words.len()).filter(|&at| is(first, at)) {
            let end = (start + self.words.len() + slop).min(words.len());
            let mut taken = vec![start];
            let mut at = start + 1;
            for wanted in rest {
                match (at..end.min(at + slop + 1)).find(|&at| is(wanted, at)) {
                    Some(next) => {
                        taken.push(next);
                        at = next + 1;
                    }
                    None => break,
                }
            }
            if taken.len() == self.words.len() {
                found.extend(taken);
            }
        }
        // A loose phrase may stand the other way round.
        if slop > 0 && found.is_empty() {
            let any = |at: usize| self.words.iter().any(|wanted| is(wanted, at));
            let span = self.words.len() + slop;
            for start in (0..words.len()).filter(|&at| any(at)) {
                let window = start..(start + span).min(words.len());
                if self.words.iter().all(|wanted| window.clone().any(|at| is(wanted, at))) {
                    found.extend(window.filter(|&at| any(at)));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
