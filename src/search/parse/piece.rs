//! Reading what was typed in one piece: words, or one word with a mark that lets it stand for others.

use std::ops::Range;

use super::{
    Field, MOST_WORDS, Node, Parser, Sign, Word,
    glyph::{is_pause, is_punctuation, plain},
};
use crate::{
    analysis,
    search::{
        shape,
        tree::{LONGEST_FUZZY, usual_slips},
    },
};

/// So many parts of a query may stand for words of the index: each takes a walk through all of them.
const MOST_EXPANDING: usize = 16;

/// How many slips a word may hold at most: with three most words are like most others.
const MOST_SLIPS: u8 = 2;

impl Parser<'_> {
    /// Reads a piece that names no field itself.
    pub(super) fn piece(&mut self, field: Option<Field>, range: Range<usize>) {
        let chunk = &self.text[range.clone()];
        let node = self.starred(range.clone()).or_else(|| self.fuzzy(range.clone()));
        if let Some(node) = node {
            self.words += 1;
            if self.words <= MOST_WORDS {
                self.add(field, node);
            }
            return;
        }
        let body = without_slips(chunk);
        let mut words = self.count(analysis::words(body).map(|range| Word::of(&body[range])));
        match words.last_mut() {
            // The sign of nothing is not that of what follows.
            None => self.top().sign = Sign::Plain,
            Some(_) if self.exact => self.add(field, Node::Phrase(words, 0)),
            Some(last) => {
                last.pause = field.is_none() && chunk.ends_with(is_pause);
                self.add(field, Node::Words(words));
            }
        }
    }

    /// Whether one more part of the query, or so many, good or not, may stand for words of the index; notes it if
    /// not.
    pub(super) fn may_expand(&mut self, range: Range<usize>, parts: usize) -> bool {
        self.expanding += parts;
        if self.expanding > MOST_EXPANDING {
            self.notes.add(range, "{} was read as words: too much stands for other words already");
        }
        self.expanding <= MOST_EXPANDING
    }

    /// Reads `agent*`, and `*` elsewhere in a word or in one of several.
    fn starred(&mut self, range: Range<usize>) -> Option<Node> {
        let chunk = &self.text[range.clone()];
        if !chunk.contains(['*', '＊']) || chunk.len() > shape::LONGEST {
            return None;
        }
        // Two stars make words bold in Markdown.
        if chunk.contains("**") {
            return None;
        }
        let words: Vec<Range<usize>> = analysis::words(chunk).collect();
        let (first, last) = (words.first()?, words.last()?);
        let star = |letter: Option<char>| letter.map(plain) == Some('*');
        let mut pattern = String::new();
        if star(chunk[..first.start].chars().next_back()) {
            pattern.push_str(".*");
        }
        for (word, next) in words.iter().zip(words.iter().skip(1).map(Some).chain([None])) {
            pattern.push_str(&sound(&chunk[word.clone()])?);
            let gap = &chunk[word.end..next.map_or(chunk.len(), |next| next.start)];
            if star(gap.chars().next()) {
                pattern.push_str(".*");
            }
            let other = gap.chars().any(|letter| !star(Some(letter)));
            if next.is_some() && (gap.is_empty() || other) {
                pattern.push('-');
                if gap.chars().count() > 1 && star(gap.chars().next_back()) {
                    pattern.push_str(".*");
                }
            }
        }
        let prefix = pattern.strip_suffix(".*").filter(|_| words.len() == 1 && !pattern.starts_with('.'));
        let has_letters = chunk[first.start..last.end].contains(char::is_alphabetic);
        if !pattern.contains('*') || (prefix.is_none() && !has_letters) {
            return None;
        }
        if !self.may_expand(range.clone(), shape::pieces(&pattern).len()) {
            return None;
        }
        if let Some(fault) = shape::fault(&pattern) {
            self.notes.add_with(range, "{} was read as words: ", &fault);
            return None;
        }
        Some(match prefix {
            Some(prefix) => Node::Prefix(prefix.into()),
            None => Node::Shape(pattern),
        })
    }

    /// Reads `word~` and `word~1`.
    fn fuzzy(&mut self, range: Range<usize>) -> Option<Node> {
        let chunk = &self.text[range.clone()];
        let mark = chunk.rfind(['~', '～'])?;
        let behind = chunk[mark..].trim_start_matches(['~', '～']).trim_end_matches(is_punctuation);
        let body = chunk[..mark].trim_start_matches(|letter: char| !letter.is_alphanumeric());
        if !behind.bytes().all(|byte| byte.is_ascii_digit()) || body.is_empty() {
            return None;
        }
        let mut words = analysis::words(body);
        let whole = words.next().is_some_and(|first| first.len() == body.len());
        let word = if whole { sound(body) } else { None };
        let letters = word.as_ref().map_or(0, |word| word.chars().count());
        let (Some(word), true) = (word, body.contains(char::is_alphabetic)) else {
            self.notes.add(range, "{} was read as words: `~` is for the spelling of a single one");
            return None;
        };
        let slips = match behind {
            "" => usual_slips(letters).max(1),
            // What exactly this word means.
            "0" => return Some(Node::Phrase(vec![Word::of(body)], 0)),
            "1" => 1,
            "2" => MOST_SLIPS,
            _ => {
                self.notes.add(range.clone(), "{} was looked for with two slips, the most there are");
                MOST_SLIPS
            }
        };
        if letters < 3 {
            self.notes.add(range, "{} is too short to be spelled otherwise");
            return None;
        }
        if letters > LONGEST_FUZZY {
            self.notes.add(range, "{} is too long to look for other spellings");
            return None;
        }
        self.may_expand(range, 1).then_some(Node::Fuzzy(word, slips))
    }
}

/// Returns a piece without the slips that could not be allowed it: `~2` behind a word is no word.
fn without_slips(chunk: &str) -> &str {
    let Some(mark) = chunk.rfind(['~', '～']) else { return chunk };
    let behind = chunk[mark..].trim_start_matches(['~', '～']).trim_end_matches(is_punctuation);
    let stands_behind_letters = chunk[..mark].contains(char::is_alphabetic);
    if stands_behind_letters && behind.bytes().all(|byte| byte.is_ascii_digit()) {
        &chunk[..mark]
    } else {
        chunk
    }
}

/// Returns a word folded, if that is a single word too: `½` folded is two.
fn sound(typed: &str) -> Option<String> {
    let folded = analysis::fold(typed);
    let whole = analysis::words(&folded).next() == Some(0..folded.len());
    (whole && analysis::fold(&folded) == folded).then(|| folded.into_owned())
}
