//! What is marked and shown, slowly: every word of a passage is compared with every word of the query,
//! and every way to lay a phrase over a passage is tried.

use std::{collections::HashSet, ops::Range};

use excerpt::analysis::{self, Language};

use crate::{
    ask::{Ask, Clause, Join, SHAPES, Sign, is_number},
    world::{Passage, SYNONYMS, World},
};

/// A word of a passage.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// The number of the text that it is in, and where it stands there.
    pub(crate) text: usize,
    pub(crate) range: Range<usize>,
    pub(crate) folded: String,
    /// Its stem; nothing of a character.
    stem: Option<String>,
    position: i64,
}

/// Says whether a word is what is looked for.
type Like = Box<dyn Fn(&Token) -> bool>;

/// One thing that a query looks for.
pub(crate) struct Thing {
    /// Whether it is looked for in titles and headings only.
    pub(crate) above: bool,
    form: Form,
    pub(crate) worth: f64,
}

enum Form {
    /// A word with one of these stems.
    Stem(HashSet<String>),
    /// A character by itself.
    Character(String),
    /// Two characters with nothing between them.
    Pair(String, String),
    /// A word that is like this.
    Like(Box<dyn Fn(&str) -> bool>),
    /// Words that are each like this, no further off their places than so much in all.
    Row(Vec<Like>, i64),
}

/// A word as it is typed.
#[derive(Clone, Copy)]
struct Typed<'a>(&'a str);

impl Typed<'_> {
    fn folded(&self) -> String {
        analysis::fold(self.0).into_owned()
    }

    fn is_number(&self) -> bool {
        is_number(&self.folded())
    }

    fn is_character(&self) -> bool {
        is_character(self.0)
    }
}

/// Whether a word is a character of Chinese, Japanese or Korean.
fn is_character(word: &str) -> bool {
    word.starts_with(|letter| matches!(letter, '一'..='鿿' | '가'..='힣' | 'ァ'..='ヺ' | 'ｦ'..='ﾝ'))
}

fn words(text: &str) -> Vec<&str> {
    analysis::words(text).map(|range| &text[range]).collect()
}

/// Returns the words of a passage. Between two texts of a passage a position stays free.
pub(crate) fn tokens(passage: &Passage) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut position = 0;
    for (text, written) in passage.texts.iter().enumerate() {
        for range in analysis::words(written) {
            let word = &written[range.clone()];
            let stem = (!is_character(word)).then(|| analysis::stem(word, passage.language).into_owned());
            tokens.push(Token { text, range, folded: analysis::fold(word).into_owned(), stem, position });
            position += 1;
        }
        position += 1;
    }
    tokens
}

/// What a query looks for in a world.
pub(crate) struct Oracle<'a> {
    world: &'a World,
    tokens: &'a [Vec<Token>],
    languages: Vec<Option<Language>>,
    pub(crate) things: Vec<Thing>,
    /// Words are looked for as they are written.
    exact: bool,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(world: &'a World, tokens: &'a [Vec<Token>], clauses: &[Clause], exact: bool) -> Self {
        let mut languages: Vec<Option<Language>> =
            world.passages.iter().map(|passage| passage.language).collect();
        languages.sort();
        languages.dedup();
        let mut oracle = Self { world, tokens, languages, things: Vec::new(), exact };
        oracle.group(clauses, Join::Beside);
        oracle
    }

    fn group(&mut self, clauses: &[Clause], join: Join) {
        let is_title = |clause: &&Clause| matches!(clause.ask, Ask::Title(_));
        let must = |clause: &&Clause| {
            join == Join::And || join == Join::Beside && (clause.sign == Sign::Must || is_title(clause))
        };
        let wanted: Vec<&Clause> = clauses.iter().filter(|clause| clause.sign != Sign::Not).collect();
        let (must, should): (Vec<&Clause>, Vec<&Clause>) = wanted.into_iter().partition(must);
        for list in [must, should] {
            list.iter().for_each(|clause| self.ask(&clause.ask));
            if !self.exact {
                self.others(&list);
            }
        }
    }

    fn ask(&mut self, ask: &Ask) {
        match ask {
            Ask::Piece(piece) if self.exact => self.phrase(&words(piece), 0),
            Ask::Piece(piece) => self.piece(&words(piece), false),
            Ask::Phrase(pieces, slop) => {
                let words: Vec<&str> = pieces.iter().flat_map(|piece| words(piece)).collect();
                self.phrase(&words, i64::from(*slop));
            }
            Ask::Prefix(prefix) => {
                let prefix = analysis::fold(prefix).into_owned();
                self.like(Box::new(move |word| word.starts_with(&prefix)));
            }
            Ask::Fuzzy(word, slips) => {
                let slips = slips.unwrap_or(if word.chars().count() < 6 { 1 } else { 2 });
                let word = *word;
                self.like(Box::new(move |other| strsim::osa_distance(word, other) <= usize::from(slips)));
            }
            Ask::Shape(number) => match SHAPES[*number].1 {
                [like] => self.like(Box::new(like)),
                all => {
                    let each =
                        all.iter().map(|like| -> Like { Box::new(|token: &Token| like(&token.folded)) });
                    self.add(Form::Row(each.collect(), 0), 5.0, false);
                }
            },
            Ask::Title(word) => self.piece(&words(word), true),
            Ask::Group(join, clauses) => self.group(clauses, *join),
        }
    }

    fn add(&mut self, form: Form, worth: f64, above: bool) {
        self.things.push(Thing { above, form, worth });
    }

    fn like(&mut self, like: Box<dyn Fn(&str) -> bool>) {
        self.add(Form::Like(like), 5.0, false);
    }

    fn phrase(&mut self, words: &[&str], slop: i64) {
        let each = words.iter().map(|word| -> Like {
            let folded = Typed(word).folded();
            Box::new(move |token| token.folded == folded)
        });
        self.add(Form::Row(each.collect(), slop), 8.0, false);
    }

    fn piece(&mut self, words: &[&str], above: bool) {
        for (at, word) in words.iter().map(|word| Typed(word)).enumerate() {
            let neighbour = |at: usize| words.get(at).map(|word| Typed(word)).filter(Typed::is_character);
            if !word.is_character() {
                let mut stems = self.stems(word);
                let worth = self.rare(&stems);
                // What is looked for already is no other thing.
                for thing in self.things.iter().filter(|thing| thing.above == above) {
                    if let Form::Stem(known) = &thing.form {
                        stems.retain(|stem| !known.contains(stem));
                    }
                }
                self.add(Form::Stem(stems), worth, above);
            } else if let Some(next) = neighbour(at + 1) {
                let (one, other) = (word.folded(), next.folded());
                let is_pair = |thing: &Thing| match &thing.form {
                    Form::Pair(first, second) => thing.above == above && *first == one && *second == other,
                    _ => false,
                };
                if !self.things.iter().any(is_pair) {
                    let worth = self.worth(&|tokens| !pairs(tokens, &one, &other).is_empty());
                    self.add(Form::Pair(one, other), worth, above);
                }
            } else if at == 0 || neighbour(at - 1).is_none() {
                let folded = word.folded();
                let known = |thing: &Thing| matches!(&thing.form, Form::Character(known) if thing.above == above && *known == folded);
                if !self.things.iter().any(known) {
                    // No passage is counted for a character, so that each is as rare as can be.
                    let worth = self.worth(&|_| false);
                    self.add(Form::Character(folded), worth, above);
                }
            }
        }
    }

    /// Returns the stems of a word in the languages of the world, however its accents are written there.
    fn stems(&self, word: Typed<'_>) -> HashSet<String> {
        let mut spellings = vec![word.0.to_string(), word.folded()];
        if analysis::lower(word.0) == word.folded() {
            let all = self.world.passages.iter().flat_map(|passage| &passage.texts);
            let same =
                all.flat_map(|text| words(text)).filter(|other| Typed(other).folded() == word.folded());
            spellings.extend(same.map(|other| analysis::lower(other).into_owned()));
        }
        let stems = spellings.iter().flat_map(|spelling| {
            self.languages.iter().map(|language| analysis::stem(spelling, *language).into_owned())
        });
        stems.collect()
    }

    /// Returns what a word is worth by its stems.
    fn rare(&self, stems: &HashSet<String>) -> f64 {
        let holders = stems.iter().map(|stem| {
            let holds = |tokens: &&Vec<Token>| tokens.iter().any(|token| token.stem.as_ref() == Some(stem));
            self.tokens.iter().filter(holds).count()
        });
        idf(holders.sum(), self.tokens.len())
    }

    fn worth(&self, holds: &dyn Fn(&[Token]) -> bool) -> f64 {
        idf(self.tokens.iter().filter(|tokens| holds(tokens)).count(), self.tokens.len())
    }

    /// Adds what may stand for pieces side by side.
    fn others(&mut self, list: &[&Clause]) {
        let mut others: Vec<Vec<String>> = Vec::new();
        for run in list.chunk_by(|one, other| is_piece(one) && is_piece(other)) {
            let pieces: Vec<&str> = run.iter().filter_map(|clause| written(clause)).collect();
            for (at, piece) in pieces.iter().enumerate() {
                let parted: Vec<Typed<'_>> = words(piece).into_iter().map(Typed).collect();
                let next = pieces.get(at + 1).map(|next| words(next));
                match (parted.as_slice(), next.as_deref()) {
                    ([word], next) => {
                        others.extend(parts(&word.folded()));
                        if let Some([number]) = next
                            && Typed(number).is_number()
                            && !(piece.ends_with('.') || word.is_number() || word.is_character())
                        {
                            others.push(vec![format!("{}{number}", word.0)]);
                        }
                    }
                    _ if parted.iter().any(Typed::is_number) && !parted.iter().any(Typed::is_character) => {
                        others.push(vec![words(piece).concat()]);
                    }
                    _ => {}
                }
            }
            let all: Vec<&str> = pieces.iter().flat_map(|piece| words(piece)).collect();
            for start in 0..all.len() {
                others.extend(synonyms(&all[start..]));
            }
        }
        let mut seen = HashSet::new();
        for other in others.into_iter().filter(|other| seen.insert(other.clone())) {
            let words: Vec<&str> = other.iter().map(String::as_str).collect();
            if let [_] = words.as_slice() {
                self.piece(&words, false);
                continue;
            }
            let each = words.iter().map(|word| -> Like {
                let (word, folded) = (Typed(word), Typed(word).folded());
                let stems = self.stems(word);
                match word.is_character() {
                    true => Box::new(move |token| token.folded == folded),
                    false => {
                        Box::new(move |token| token.stem.as_ref().is_some_and(|stem| stems.contains(stem)))
                    }
                }
            });
            let each = each.collect();
            self.add(Form::Row(each, 0), 8.0, false);
        }
    }
}

fn is_piece(clause: &Clause) -> bool {
    written(clause).is_some()
}

fn written(clause: &Clause) -> Option<&'static str> {
    if let Ask::Piece(piece) = clause.ask { Some(piece) } else { None }
}

/// Returns a name or number in parts, if it has any.
fn parts(word: &str) -> Option<Vec<String>> {
    Some(match word {
        "llama4" => vec!["llama".into(), "4".into()],
        "gpt4" => vec!["gpt".into(), "4".into()],
        "10000" => vec!["10".into(), "000".into()],
        _ => return None,
    })
}

/// Returns what means the same as the words that some begin with.
fn synonyms(all: &[&str]) -> Vec<Vec<String>> {
    let folded = |words: Vec<&str>| words.into_iter().map(|word| Typed(word).folded()).collect::<Vec<_>>();
    let all = folded(all.to_vec());
    let mut found = Vec::new();
    for group in SYNONYMS {
        if let Some(own) = group.iter().find(|member| all.starts_with(&folded(words(member)))) {
            let others = group.iter().filter(|member| *member != own);
            found.extend(others.map(|member| words(member).into_iter().map(String::from).collect()));
        }
    }
    found
}

/// Returns the idf of BM25.
fn idf(holders: usize, all: usize) -> f64 {
    let (holders, all) = (holders as f64, all.max(1) as f64);
    (1.0 + (all - holders + 0.5).max(0.5) / (holders + 0.5)).ln()
}

/// Returns where two characters stand side by side.
fn pairs(tokens: &[Token], one: &str, other: &str) -> Vec<Vec<usize>> {
    let is = |at: &usize| {
        let (first, second) = (&tokens[*at], &tokens[at + 1]);
        let side_by_side = first.text == second.text && first.range.end == second.range.start;
        side_by_side && first.folded == one && second.folded == other
    };
    (0..tokens.len().saturating_sub(1)).filter(is).map(|at| vec![at, at + 1]).collect()
}

impl Thing {
    /// Returns where it stands in a passage: each time by the numbers of the words, two of them for a pair
    /// of characters.
    pub(crate) fn places(&self, tokens: &[Token]) -> Vec<Vec<usize>> {
        let each = |is: &dyn Fn(&Token) -> bool| -> Vec<Vec<usize>> {
            (0..tokens.len()).filter(|at| is(&tokens[*at])).map(|at| vec![at]).collect()
        };
        match &self.form {
            Form::Stem(stems) => each(&|token| token.stem.as_ref().is_some_and(|stem| stems.contains(stem))),
            Form::Character(folded) => each(&|token| token.folded == *folded),
            Form::Like(like) => each(&|token| like(&token.folded)),
            Form::Pair(one, other) => pairs(tokens, one, other),
            Form::Row(row, slop) => {
                let mut found = HashSet::new();
                lay(row, *slop, tokens, &mut Vec::new(), &mut found);
                let mut found: Vec<usize> = found.into_iter().collect();
                found.sort_unstable();
                found.into_iter().map(|at| vec![at]).collect()
            }
        }
    }
}

/// Lays the rest of a row of words over a passage in every way, and takes the words that it lies on.
fn lay(row: &[Like], slop: i64, tokens: &[Token], laid: &mut Vec<usize>, found: &mut HashSet<usize>) {
    // How far each word is off the place that the row has for it.
    let off = laid.iter().zip(0..).map(|(at, place)| tokens[*at].position - place);
    let (least, most) = off.fold((i64::MAX, i64::MIN), |(least, most), off| (least.min(off), most.max(off)));
    if most.saturating_sub(least) > slop && !laid.is_empty() {
        return;
    }
    let Some(like) = row.get(laid.len()) else {
        found.extend(laid.iter());
        return;
    };
    for at in (0..tokens.len()).filter(|at| like(&tokens[*at])) {
        if !laid.contains(&at) {
            laid.push(at);
            lay(row, slop, tokens, laid, found);
            laid.pop();
        }
    }
}
