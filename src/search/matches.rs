//! What of a text was looked for, word by word.

use std::{cell::RefCell, ops::Range, slice};

use foldhash::HashMap;
use unicode_normalization::UnicodeNormalization;

use super::{
    lexicon::{Sought, drops_stop_words},
    loose::Loose,
    otherwise::Other,
    tree::{Group, Node, Word},
};
use crate::analysis::{self, Analyzer, Beginnings, Language, StopWords};

/// What finding a word is worth that stands for a part of the query.
const EXPANDED: f32 = 5.0;

/// What finding a phrase is worth.
const PHRASE: f32 = 8.0;

/// What is looked for, and what finding each of it is worth.
pub(super) type Weighed = Vec<(Sought, f32)>;

/// How the words of a query are read in an index.
pub(super) struct Reading<'a> {
    /// Whether quoted words are meant letter for letter.
    pub(super) case: bool,
    /// Words that carry no subject.
    pub(super) stop: &'a StopWords,
    /// What words typed in one piece stand for, and what finding each is worth.
    pub(super) sought: &'a dyn Fn(&[Word]) -> Weighed,
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
    /// Folded words, of each part of the query that stands for some.
    words: HashMap<String, Vec<Target>>,
    phrases: Vec<Phrase>,
    /// What is looked for in titles and headings only.
    above: Option<Box<Targets>>,
    /// How many things are looked for.
    known: usize,
    analyzer: RefCell<Analyzer>,
}

#[derive(Clone, Copy, Debug)]
struct Target {
    what: usize,
    worth: f32,
}

/// Words side by side, or near each other.
#[derive(Debug)]
struct Phrase {
    words: Vec<Form>,
    loose: Loose,
    what: usize,
    worth: f32,
}

/// What a word of a phrase may be.
#[derive(Debug, PartialEq)]
enum Form {
    Folded(String),
    /// As it was typed, in Unicode normal form C.
    Typed(String),
    /// One of these.
    Stem(Vec<String>),
}

/// A word of a passage that was looked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Match {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// What was found: the same for two forms of one word.
    pub(super) what: usize,
    /// How telling it is.
    pub(super) worth: f32,
}

/// A word of a passage.
struct Piece {
    /// The number of the text that it is in.
    text: usize,
    range: Range<usize>,
    typed: String,
    folded: String,
    stem: String,
    position: u32,
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
                self.collect_other(&other, reading);
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
                let target = self.target(EXPANDED);
                for words in (reading.expand)(node)? {
                    match <[String; 1]>::try_from(words) {
                        Ok([word]) => self.words.entry(word).or_default().push(target),
                        Err(words) => self.phrase(words.into_iter().map(Form::Folded), 0, target),
                    }
                }
            }
            Node::Phrase(words, slop) => {
                let target = self.target(PHRASE);
                let form = |word: &Word| match reading.case {
                    true => Form::Typed(word.typed.nfc().collect()),
                    false => Form::Folded(word.folded.clone()),
                };
                self.phrase(words.iter().map(form), *slop, target);
            }
            Node::Group(inner) => self.collect(inner, reading)?,
            Node::Title(inner) => {
                let above = self.above.get_or_insert_default();
                match &**inner {
                    // Titles are indexed by forms only.
                    Node::Phrase(words, _) => {
                        above.collect_node(&Node::Words(words.clone()), false, reading)?;
                    }
                    inner => above.collect_node(inner, false, reading)?,
                }
            }
            Node::Filter(_) => {}
        }
        Ok(())
    }

    fn collect_other(&mut self, other: &Other, reading: &Reading<'_>) {
        if let [_] = other.words.as_slice() {
            (reading.sought)(&other.words).into_iter().for_each(|(sought, worth)| self.add(sought, worth));
            return;
        }
        let form = |word: &Word| match word.is_character() {
            true => Form::Folded(word.folded.clone()),
            false => {
                let sought = (reading.sought)(slice::from_ref(word));
                Form::Stem(sought.into_iter().flat_map(|(one, _)| one.stems).collect())
            }
        };
        let target = self.target(PHRASE);
        self.phrase(other.words.iter().map(form), 0, target);
    }

    /// Returns a thing to look for that is none of the others.
    fn target(&mut self, worth: f32) -> Target {
        self.known += 1;
        Target { what: self.known, worth }
    }

    fn add(&mut self, sought: Sought, worth: f32) {
        let target = self.target(worth);
        if sought.retrieves && sought.is_character() {
            self.characters.entry(sought.word).or_insert(target);
        }
        for stem in sought.stems {
            self.stems.entry(stem).or_insert(target);
        }
    }

    fn phrase(&mut self, words: impl Iterator<Item = Form>, slop: u32, target: Target) {
        let words: Vec<(usize, Form)> = words.enumerate().collect();
        let loose = Loose::of(&words, slop);
        let words = words.into_iter().map(|(_, word)| word).collect();
        self.phrases.push(Phrase { words, loose, what: target.what, worth: target.worth });
    }

    /// Returns what matches in the texts that a passage is indexed with – its title, its headings and last
    /// its own text – by the text it is in, in order. Matches overlap where a word is found as several
    /// things, and where characters are found in pairs.
    pub(super) fn matches(&self, texts: &[&str], language: Option<Language>) -> Vec<Vec<Match>> {
        let mut found = self.found(texts, language);
        if let Some((above, texts)) = self.above.as_ref().zip(texts.split_last().map(|(_, above)| above)) {
            for (matches, more) in found.iter_mut().zip(above.found(texts, language)) {
                matches.extend(more);
            }
        }
        for matches in &mut found {
            matches.sort_by_key(|one| (one.range.start, one.range.end, one.what));
            matches.dedup();
        }
        found
    }

    fn found(&self, texts: &[&str], language: Option<Language>) -> Vec<Vec<Match>> {
        let mut found: Vec<Vec<Match>> = vec![Vec::new(); texts.len()];
        let mut words: Vec<Piece> = Vec::new();
        let mut count = 0;
        for (number, (text, found)) in texts.iter().zip(&mut found).enumerate() {
            self.words_of(text, language, found, &mut |range, folded, stem| {
                if !self.phrases.is_empty() {
                    // tantivy leaves a position free between two texts of a field.
                    let position = u32::try_from(count + number).unwrap_or(u32::MAX);
                    let typed = text[range.clone()].nfc().collect();
                    let (folded, stem) = (folded.into(), stem.into());
                    words.push(Piece { text: number, range, typed, folded, stem, position });
                }
                count += 1;
            });
        }
        for phrase in &self.phrases {
            for piece in phrase.stands(&words) {
                found[piece.text].push(Match {
                    range: piece.range.clone(),
                    what: phrase.what,
                    worth: phrase.worth,
                });
            }
        }
        found
    }

    /// Adds the words of a text that match by themselves, and hands on all of them where there are phrases.
    fn words_of(
        &self,
        text: &str,
        language: Option<Language>,
        found: &mut Vec<Match>,
        each: &mut dyn FnMut(Range<usize>, &str, &str),
    ) {
        // A pair of characters that the next one is the second of.
        let mut open: Option<usize> = None;
        let all = !self.phrases.is_empty() || !analysis::keeps_first_letters(language);
        let beginnings = Beginnings::of(self.stems.keys().chain(self.words.keys()));
        let may_match = |word: &str| all || beginnings.may_be_of(word);
        self.analyzer.borrow_mut().each_of(text, language, may_match, |token| {
            if let Some(pair) = open.take() {
                found[pair].range.end = token.range.end;
            }
            let mut add = |Target { what, worth }: Target| {
                found.push(Match { range: token.range.clone(), what, worth });
                found.len() - 1
            };
            let stem = token.stem.and_then(|stem| self.stems.get(stem));
            let stem = stem.or_else(|| token.plain.and_then(|plain| self.stems.get(plain)));
            if let Some(target) = stem {
                let pair = add(*target);
                open = (token.is_character && token.stem != Some(token.folded)).then_some(pair);
            }
            let character = self.characters.get(token.folded).copied();
            let words = self.words.get(token.folded).into_iter().flatten().copied();
            character.into_iter().chain(words).for_each(|target| _ = add(target));
            each(token.range, token.folded, token.stem.unwrap_or_default());
        });
    }
}

impl Phrase {
    /// Returns the words of a passage that are part of the phrase where it stands.
    fn stands<'a>(&self, words: &'a [Piece]) -> impl Iterator<Item = &'a Piece> {
        let is = |form: &Form, piece: &Piece| match form {
            Form::Folded(word) => *word == piece.folded,
            Form::Typed(word) => *word == piece.typed,
            Form::Stem(stems) => stems.contains(&piece.stem),
        };
        let positions = |form: &Form| {
            words.iter().filter(|piece| is(form, piece)).map(|piece| piece.position).collect::<Vec<_>>()
        };
        let positions: Vec<Vec<u32>> = self.words.iter().map(positions).collect();
        let stands = self.loose.stands(&positions);
        words.iter().filter(move |piece| stands.binary_search(&piece.position).is_ok())
    }
}
