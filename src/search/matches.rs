//! What of a text was looked for, word by word.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    ops::Range,
};

use super::{
    compile::drops_stop_words,
    print::single,
    tree::{Group, Node},
};
use crate::analysis;

/// Returns what a part of a query stands for: words, or several side by side.
pub(super) type Expand<'a> = dyn Fn(&Node) -> tantivy::Result<Vec<Vec<String>>> + 'a;

/// What is marked in a text.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// Stems, each with what finding it is worth.
    stems: HashMap<String, f32>,
    /// The first letters of these.
    initials: HashSet<char>,
    /// Words as they are, each with the part of the query that stands for it.
    words: HashMap<String, String>,
    phrases: Vec<(Vec<String>, u32)>,
}

impl Targets {
    /// Returns what a tree looks for; `worth` says how telling a stem is, `expand` what a prefix, a fuzzy
    /// word or a shape stands for.
    pub(super) fn of(
        tree: &Group,
        worth: &dyn Fn(&str) -> f32,
        expand: &Expand<'_>,
    ) -> tantivy::Result<Self> {
        let mut targets = Self::default();
        targets.collect(tree, worth, expand)?;
        targets.initials = targets.stems.keys().filter_map(|stem| stem.chars().next()).collect();
        Ok(targets)
    }

    fn collect(
        &mut self,
        group: &Group,
        worth: &dyn Fn(&str) -> f32,
        expand: &Expand<'_>,
    ) -> tantivy::Result<()> {
        let drop = drops_stop_words(group);
        for (node, should) in
            group.must.iter().map(|node| (node, false)).chain(group.should.iter().map(|node| (node, true)))
        {
            match node {
                Node::Words(words) => {
                    for word in words {
                        if !(should && drop && analysis::is_stop_word(&word.folded)) {
                            self.stems.insert(word.stem.clone(), worth(&word.stem));
                        }
                    }
                }
                Node::Prefix(_) | Node::Fuzzy(..) | Node::Shape(_) => {
                    for words in expand(node)? {
                        match <[String; 1]>::try_from(words) {
                            Ok([word]) => {
                                self.words.entry(word).or_insert_with(|| single(node));
                            }
                            Err(words) => self.phrases.push((words, 0)),
                        }
                    }
                }
                Node::Phrase(words, slop) => {
                    let words = words.iter().map(|word| word.folded.clone());
                    self.phrases.push((words.collect(), *slop));
                }
                Node::Group(inner) => self.collect(inner, worth, expand)?,
                Node::Title(_) | Node::Filter(_) => {}
            }
        }
        Ok(())
    }

    /// Returns what matches in a text, in order and apart from each other, each with the number of
    /// what was found and its worth.
    pub(super) fn matches(&self, text: &str) -> Vec<Match> {
        let words: Vec<(Range<usize>, String)> = analysis::words(text)
            .map(|range| (range.clone(), analysis::fold(&text[range]).into_owned()))
            .collect();
        let mut found: Vec<Match> = Vec::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for (range, folded) in &words {
            // A stem begins as its word does: of most words it need not be known.
            let may_match = self.initials.contains(&folded.chars().next().unwrap_or_default());
            let stem = if may_match { analysis::stem(folded) } else { Cow::Borrowed("") };
            let hit = match self.stems.get(stem.as_ref()) {
                Some(&worth) => Some((stem.into_owned(), worth)),
                None => self.words.get(folded).map(|part| (part.clone(), 5.0)),
            };
            if let Some((key, worth)) = hit {
                let next = numbers.len();
                let what = *numbers.entry(key).or_insert(next);
                found.push(Match { range: range.clone(), what, worth });
            }
        }
        for (phrase, slop) in &self.phrases {
            let what = numbers.len() + usize::MAX / 2;
            let what = what + phrase.len();
            for at in stands(phrase, *slop, &words) {
                let range = words[at].0.clone();
                found.push(Match { range, what, worth: 8.0 });
            }
        }
        found.sort_by_key(|one| one.range.start);
        found.dedup_by(|later, earlier| later.range == earlier.range);
        found
    }
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
