//! What of a text was looked for, word by word.

use std::{cell::RefCell, collections::HashMap, ops::Range};

use super::{
    lexicon::{Sought, drops_stop_words},
    tree::{Group, Node, Word},
};
use crate::analysis::{Analyzer, Language, StopWords};

/// What is marked in a text.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// Stems and pairs of characters.
    stems: HashMap<String, Target>,
    /// Single characters.
    characters: HashMap<String, Target>,
    prefixes: Vec<String>,
    phrases: Vec<(Vec<String>, u32)>,
    analyzer: RefCell<Analyzer>,
}

#[derive(Clone, Copy, Debug)]
struct Target {
    what: usize,
    worth: f32,
}

impl Targets {
    /// Returns what a tree looks for; `sought` says what words typed in one piece stand for, and what
    /// finding each is worth.
    pub(super) fn of(
        tree: &Group,
        stop: &StopWords,
        sought: &dyn Fn(&[Word]) -> Vec<(Sought, f32)>,
    ) -> Self {
        let mut targets = Self::default();
        targets.collect(tree, stop, sought);
        targets
    }

    fn collect(
        &mut self,
        group: &Group,
        stop: &StopWords,
        sought: &dyn Fn(&[Word]) -> Vec<(Sought, f32)>,
    ) {
        let drop = drops_stop_words(group, stop);
        for (node, should) in
            group.must.iter().map(|node| (node, false)).chain(group.should.iter().map(|node| (node, true)))
        {
            match node {
                Node::Words(words) => {
                    for (sought, worth) in sought(words) {
                        if !(should && drop && stop.contains(&sought.word)) {
                            self.add(sought, worth);
                        }
                    }
                }
                Node::Prefix(prefix) => self.prefixes.push(prefix.clone()),
                Node::Phrase(words, slop) => {
                    let words = words.iter().map(|word| word.folded.clone());
                    self.phrases.push((words.collect(), *slop));
                }
                Node::Group(inner) => self.collect(inner, stop, sought),
                _ => {}
            }
        }
    }

    fn add(&mut self, sought: Sought, worth: f32) {
        let target = Target { what: self.stems.len() + self.characters.len(), worth };
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
        let mut words: Vec<(Range<usize>, String)> = Vec::new();
        let phrases = self.stems.len() + self.characters.len() + self.prefixes.len();
        // A pair of characters that the next one is the second of.
        let mut open: Option<usize> = None;
        self.analyzer.borrow_mut().each(text, language, |token| {
            if let Some(pair) = open.take() {
                found[pair].range.end = token.range.end;
            }
            if let Some(Target { what, worth }) = token.stem.and_then(|stem| self.stems.get(stem)) {
                open = (token.is_character && token.stem != Some(token.folded)).then_some(found.len());
                found.push(Match { range: token.range.clone(), what: *what, worth: *worth });
            }
            if let Some(Target { what, worth }) = self.characters.get(token.folded) {
                found.push(Match { range: token.range.clone(), what: *what, worth: *worth });
            }
            let prefix = self.prefixes.iter().position(|prefix| token.folded.starts_with(prefix.as_str()));
            if let Some(prefix) = prefix {
                let what = self.stems.len() + self.characters.len() + prefix;
                found.push(Match { range: token.range.clone(), what, worth: 5.0 });
            }
            if !self.phrases.is_empty() {
                words.push((token.range, token.folded.into()));
            }
        });
        for (number, (phrase, slop)) in self.phrases.iter().enumerate() {
            for at in stands(phrase, *slop, &words) {
                found.push(Match { range: words[at].0.clone(), what: phrases + number, worth: 8.0 });
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

/// Returns the numbers of the words that stand for a phrase: exactly in order, or with up to `slop`
/// other words between them.
fn stands(phrase: &[String], slop: u32, words: &[(Range<usize>, String)]) -> Vec<usize> {
    let mut found = Vec::new();
    let Some(first) = phrase.first() else { return found };
    for start in (0..words.len()).filter(|&at| words[at].1 == *first) {
        let end = (start + phrase.len() + slop as usize).min(words.len());
        let mut taken = vec![start];
        let mut at = start + 1;
        for wanted in &phrase[1..] {
            match (at..end).find(|&at| words[at].1 == *wanted) {
                Some(next) => {
                    taken.push(next);
                    at = next + 1;
                }
                None => break,
            }
        }
        if taken.len() == phrase.len() {
            found.extend(taken);
        }
    }
    // A loose phrase may stand the other way round.
    if slop > 0 && found.is_empty() {
        let span = phrase.len() + slop as usize;
        for start in (0..words.len()).filter(|&at| phrase.contains(&words[at].1)) {
            let window = start..(start + span).min(words.len());
            if phrase.iter().all(|wanted| window.clone().any(|at| words[at].1 == *wanted)) {
                found.extend(window.filter(|&at| phrase.contains(&words[at].1)));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
