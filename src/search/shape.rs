//! Regular expressions over folded words, made so that no pattern costs much: a pattern becomes a
//! machine of bounded size that takes one step a byte.

use std::borrow::Cow;

use regex_automata::{
    Anchored, MatchKind,
    dfa::{Automaton, StartKind, dense},
    nfa::thompson,
    util::{primitives::StateID, start, syntax},
};

use crate::analysis;

/// The longest pattern in bytes: what is longer is a text between two slashes.
pub(super) const LONGEST: usize = 200;

/// What the machine of a pattern may take in bytes. The pattern of any five letters, `\p{L}{5}`, takes
/// three quarters of it.
const LARGEST: usize = 1 << 20;

/// Parentheses in a pattern are nested no deeper.
const DEEPEST: u32 = 20;

/// A pattern that whole words fit.
pub(super) struct Shape {
    machine: dense::DFA<Vec<u32>>,
    pub(super) start: StateID,
}

impl Shape {
    /// Makes a pattern of what may stand in one word.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn new(pattern: &str) -> Result<Self, String> {
        if pattern.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        if pattern.contains(char::is_whitespace) {
            return Err("no word holds a blank".into());
        }
        let size = Some(LARGEST);
        let syntax = syntax::Config::new().case_insensitive(true).nest_limit(DEEPEST);
        let machine = dense::Builder::new()
            .syntax(syntax)
            .thompson(thompson::Config::new().nfa_size_limit(size))
            .configure(
                dense::Config::new()
                    // Every alternative counts, not the first that fits: a word fits as a whole.
                    .match_kind(MatchKind::All)
                    .start_kind(StartKind::Anchored)
                    .dfa_size_limit(size)
                    .determinize_size_limit(size),
            )
            .build(&unaccented(pattern))
            .map_err(|error| reason(&error))?;
        let start = machine.start_state(&start::Config::new().anchored(Anchored::Yes));
        Ok(Self { start: start.map_err(|_| "it looks at what stands before a word")?, machine })
    }

    pub(super) fn step(&self, state: StateID, byte: u8) -> StateID {
        self.machine.next_state(state, byte)
    }

    /// Whether a word may end here.
    pub(super) fn ends(&self, state: StateID) -> bool {
        self.machine.is_match_state(self.machine.next_eoi_state(state))
    }

    /// Whether anything that begins so may fit.
    pub(super) fn goes_on(&self, state: StateID) -> bool {
        !self.machine.is_dead_state(state)
    }
}

/// Returns the patterns of the words that one pattern with hyphens stands for: `gpt-[45]` is for two words
/// side by side, since words are parted at hyphens.
pub(super) fn pieces(pattern: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut depth, mut in_class, mut escaped, mut from) = (0_u32, false, false, 0);
    for (at, letter) in pattern.char_indices() {
        match letter {
            _ if escaped => {
                escaped = false;
                continue;
            }
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' | '{' if !in_class => depth += 1,
            ')' | '}' if !in_class => depth = depth.saturating_sub(1),
            // Alternatives of the whole pattern: a part of it is none by itself.
            '|' if !in_class && depth == 0 => return vec![pattern],
            '-' if !in_class && depth == 0 => {
                pieces.push(&pattern[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&pattern[from..]);
    pieces
}

/// Says what is wrong with a pattern, if anything is.
pub(super) fn fault(pattern: &str) -> Option<String> {
    let pieces = pieces(pattern);
    if pieces.iter().any(|piece| piece.is_empty()) {
        return Some("a hyphen parts words, and on one side of it there is none".into());
    }
    pieces.into_iter().find_map(|piece| Shape::new(piece).err())
}

/// Takes the accents of letters away, as words are looked for without them.
fn unaccented(pattern: &str) -> Cow<'_, str> {
    if pattern.is_ascii() {
        return Cow::Borrowed(pattern);
    }
    let mut plain = String::with_capacity(pattern.len());
    for letter in pattern.chars() {
        let mut buffer = [0; 4];
        let folded = analysis::fold(letter.encode_utf8(&mut buffer));
        let is_letter = !letter.is_ascii() && !folded.is_empty() && folded.chars().all(char::is_alphanumeric);
        if is_letter { plain.push_str(&folded) } else { plain.push(letter) }
    }
    Cow::Owned(plain)
}

/// Returns why no machine could be made: the last line says it, above it the place is drawn.
fn reason(error: &dense::BuildError) -> String {
    if error.is_size_limit_exceeded() {
        return "it is too large".into();
    }
    let mut text = error.to_string();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(deeper) = cause {
        text = deeper.to_string();
        cause = deeper.source();
    }
    let text = text.to_lowercase();
    if text.contains("exceed") || text.contains("limit") {
        return "it is too large".into();
    }
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").trim_end_matches('.').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, word: &str) -> bool {
        let shape = Shape::new(pattern).expect("it is a pattern");
        let state = word.bytes().fold(shape.start, |state, byte| shape.step(state, byte));
        shape.ends(state)
    }

    #[test]
    fn a_word_fits_as_a_whole() {
        let check = |pattern: &str, word: &str, expected: bool| {
            assert_eq!(fits(pattern, word), expected, "{pattern} {word}");
        };
        check("gpt[45]", "gpt4", true);
        check("gpt[45]", "gpt45", false);
        check("gpt[45]", "xgpt4", false);
        check("a|ab", "ab", true);
        check("colou?r", "color", true);
        check("Colou?r", "colour", true);
        check("caf[éè]s?", "cafes", true);
        check(".*berg", "zuckerberg", true);
        check("пр.вет", "привет", true);
        check("^a$", "a", true);
        check("a*?", "aaa", true);
        check("", "", true);
        check("", "a", false);
    }

    #[test]
    fn a_pattern_that_is_none_says_why() {
        let check = |pattern: &str, expected: &str| {
            assert_eq!(fault(pattern).as_deref(), Some(expected), "{pattern}");
        };
        check("(a", "unclosed group");
        check("[a", "unclosed character class");
        check("*a", "repetition operator missing expression");
        check("a b", "no word holds a blank");
        check("a{1000}{1000}", "it is too large");
        check("(?:a{200}){200}", "it is too large");
        check(r"\p{L}{200}", "it is too large");
        check(&"(".repeat(150), "unclosed group");
        check(&format!("{}a{}", "(".repeat(90), ")".repeat(90)), "it is too large");
        check(&"a".repeat(LONGEST + 1), "it is longer than 200 bytes");
        check("-a", "a hyphen parts words, and on one side of it there is none");
        assert_eq!(fault("gpt-[4-5]"), None);
    }

    #[test]
    fn a_pattern_with_hyphens_is_for_words_side_by_side() {
        let check = |pattern: &str, expected: &[&str]| assert_eq!(pieces(pattern), expected, "{pattern}");
        check("gpt-[45]", &["gpt", "[45]"]);
        check("[a-z]", &["[a-z]"]);
        check(r"a\-b", &[r"a\-b"]);
        check("(a-b)", &["(a-b)"]);
        check("a-b|c", &["a-b|c"]);
    }
}
