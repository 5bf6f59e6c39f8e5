//! The chain: a text in one pass as the terms that fields hold and queries look for.

use std::{hash::BuildHasher, ops::Range};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{
    Language, fold, lower, plain_stem,
    stem::{is_same_in_small, stem},
    term::push_word_term,
    word::{is_character_word, words},
};

/// As many different words of a language are remembered, of so many bytes at most: some three megabytes, and
/// what a table of 65,536 places holds.
const MOST_REMEMBERED: usize = 56_000;
const LONGEST_REMEMBERED: usize = 40;
/// Of so many languages.
const MOST_LANGUAGES: usize = 3;

/// Parts a folded word and the form of it with its accents, in one term: `cafe=café`. No word holds it.
pub const ACCENT_MARK: char = '=';

/// A word of a text as the terms that stand for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Where the word stands, in bytes of the text.
    pub range: Range<usize>,
    /// Its stem. For a character that is a word by itself, that character and the next one, where that
    /// follows at once; none for the last of several.
    pub stem: Option<&'a str>,
    /// The stem without accents, where that has some that it keeps; see [`plain_stem`].
    pub plain: Option<&'a str>,
    /// The word as it is compared, see [`fold`].
    pub folded: &'a str,
    /// The folded word, [`ACCENT_MARK`] and the word in small letters, where the word has accents without
    /// which its stem would be another: what was typed without them is led to it.
    pub accented: Option<&'a str>,
    /// Whether the word is one of the characters of a script that has no other words.
    pub is_character: bool,
    /// The form of the word under its stem, under the plain one where there is one; of a character under none.
    /// See [`super::word_term`].
    pub(crate) term: &'a str,
}

/// Takes texts apart, and remembers the words it met.
#[derive(Debug, Default)]
pub struct Analyzer {
    /// Of the languages met last, the words that were met.
    memories: Vec<Memory>,
    pair: String,
}

/// The words of one language.
#[derive(Debug, Default)]
struct Memory {
    language: Option<Language>,
    hasher: RandomState,
    known: HashTable<Known>,
    texts: String,
}

/// A word, and what it is in the index, as texts that stand one behind the other. Nearly all words of a text were
/// met before: what is asked of those lies close together.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// Where the first text begins.
    start: u32,
    /// Where each ends, from there on: the word as it is written, its term, the folded word, its stem, the plain
    /// one, and the form with accents. The last two are empty where they are missing.
    ends: [u16; 6],
}

impl Known {
    /// Puts down what a word is.
    fn of(word: &str, language: Option<Language>, texts: &mut String) -> Self {
        let start = texts.len();
        let (folded, stem_of) = (fold(word), stem(word, language));
        let lower = (!word.is_ascii()).then(|| lower(word)).filter(|lower| **lower != *folded);
        let plain = lower.as_ref().and_then(|_| plain_stem(word, language));
        // Typed without accents the word mostly has the same stem, or one beside it: nothing need lead there.
        let leads = || plain.is_none() && *stem(&folded, language) != *stem_of;
        let accented = lower.filter(|_| leads()).map(|lower| format!("{folded}{ACCENT_MARK}{lower}"));
        let under = if is_character(word) { "" } else { plain.as_deref().unwrap_or(&stem_of) };
        let mut ends = [0; 6];
        let mut end = |at: usize, texts: &String| {
            ends[at] = u16::try_from(texts.len() - start).expect("each is cut off before");
        };
        // What is never looked for need not be there.
        texts.push_str(if is_remembered(word) { word } else { "" });
        end(0, texts);
        push_word_term(texts, under, &folded);
        end(1, texts);
        let others = [
            &*folded,
            &*stem_of,
            plain.as_deref().unwrap_or_default(),
            accented.as_deref().unwrap_or_default(),
        ];
        for (at, text) in (2..).zip(others) {
            texts.push_str(text);
            end(at, texts);
        }
        Self { start: start as u32, ends }
    }

    /// Returns one of its texts.
    fn text<'a>(&self, at: usize, texts: &'a str) -> &'a str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &texts[self.start as usize..][usize::from(start)..usize::from(self.ends[at])]
    }

    fn token<'a>(&self, range: Range<usize>, texts: &'a str) -> Token<'a> {
        let other = |at| Some(self.text(at, texts)).filter(|text| !text.is_empty());
        Token {
            range,
            stem: Some(self.text(3, texts)),
            plain: other(4),
            folded: self.text(2, texts),
            accented: other(5),
            is_character: false,
            term: self.text(1, texts),
        }
    }
}

fn is_remembered(word: &str) -> bool {
    word.len() <= LONGEST_REMEMBERED
}

/// Whether a word is one of the characters of a script that has no other words.
fn is_character(word: &str) -> bool {
    !word.is_ascii() && word.chars().next().is_some_and(is_character_word)
}

impl Analyzer {
    /// Puts the memory of a language first.
    fn remember(&mut self, language: Option<Language>) {
        match self.memories.iter().position(|memory| memory.language == language) {
            Some(at) => self.memories[..=at].rotate_right(1),
            None => {
                self.memories.truncate(MOST_LANGUAGES - 1);
                self.memories.insert(0, Memory { language, ..Memory::default() });
            }
        }
        let memory = &mut self.memories[0];
        if memory.known.len() > MOST_REMEMBERED {
            memory.known.clear();
            memory.texts.clear();
        }
    }

    /// Hands on the words of a text in a language, in order.
    pub fn each(&mut self, text: &str, language: Option<Language>, each: impl FnMut(Token<'_>)) {
        self.each_of(text, language, |_| true, each);
    }

    /// Hands on those words of a text in a language that are wanted, in order. Of words with other letters
    /// than those of ASCII all are.
    pub fn each_of(
        &mut self,
        text: &str,
        language: Option<Language>,
        is_wanted: impl Fn(&str) -> bool,
        mut each: impl FnMut(Token<'_>),
    ) {
        self.remember(language);
        let Self { memories, pair } = self;
        let memory = &mut memories[0];
        let mut words = words(text).peekable();
        // Whether the word before was a character that was paired with this one.
        let mut paired = false;
        while let Some(range) = words.next() {
            let word = &text[range.clone()];
            if is_character(word) {
                let token = memory.token(word, range);
                let next = words.peek().filter(|next| next.start == token.range.end);
                let next = next.map(|next| &text[next.clone()]).filter(|next| is_character(next));
                pair.clear();
                pair.push_str(token.folded);
                if let Some(next) = next {
                    pair.push_str(&fold(next));
                }
                let stem = (next.is_some() || !paired).then_some(pair.as_str());
                paired = next.is_some();
                each(Token { stem, plain: None, accented: None, is_character: true, ..token });
                continue;
            }
            paired = false;
            if word.is_ascii() && !is_wanted(word) {
                continue;
            }
            if is_remembered(word) {
                each(memory.token(word, range));
            } else {
                let mut texts = String::new();
                each(Known::of(word, language, &mut texts).token(range, &texts));
            }
        }
    }
}

impl Memory {
    /// Returns what a word is in the index, that stands here in a text.
    fn token(&mut self, word: &str, range: Range<usize>) -> Token<'_> {
        let known = match self.find(word) {
            Some(known) => known,
            None => self.learn(word),
        };
        known.token(range, &self.texts)
    }

    fn find(&self, word: &str) -> Option<Known> {
        let hash = self.hasher.hash_one(word);
        self.known.find(hash, |known| known.text(0, &self.texts) == word).copied()
    }

    /// Remembers a word. What one with a capital is, is known where that was met in small letters.
    fn learn(&mut self, word: &str) -> Known {
        let small = is_same_in_small(word, self.language).then(|| word.to_ascii_lowercase());
        let known = match small.and_then(|small| self.find(&small)) {
            Some(small) => {
                let known = Known { start: self.texts.len() as u32, ..small };
                let [behind, .., end] = small.ends.map(|end| small.start as usize + usize::from(end));
                self.texts.push_str(word);
                self.texts.extend_from_within(behind..end);
                known
            }
            None => Known::of(word, self.language, &mut self.texts),
        };
        let Self { hasher, known: all, texts, .. } = self;
        let hash = |known: &Known| hasher.hash_one(known.text(0, texts));
        all.insert_unique(hash(&known), known, hash);
        known
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, language: &str) -> String {
        let mut shown = Vec::new();
        Analyzer::default().each(text, Language::of_tag(language), |token| {
            let accented = token.accented.map(|accented| format!("/{accented}")).unwrap_or_default();
            shown.push(format!("{}/{}{accented}", token.stem.unwrap_or("-"), token.folded));
        });
        shown.join(" ")
    }

    #[test]
    fn words_become_stems_folded_words_and_their_accents() {
        let check = |text: &str, language: &str, expected: &str| {
            assert_eq!(shown(text, language), expected, "{text}")
        };
        check("Running cafés", "en", "run/running cafe/cafes");
        check("canción", "es", "es:cancion/cancion");
        check("organização", "pt", "pt:organiz/organizacao/organizacao=organização");
        check("Häuser", "de", "de:haus/hauser");
        check("人工智能 AI", "zh", "人工/人 工智/工 智能/智 -/能 ai/ai");
        check("猫", "ja", "猫/猫");
        check("猫、犬です", "ja", "猫/猫 犬で/犬 です/で -/す");
        check("한국 수", "ko", "한국/한 -/국 수/수");
        check("ilk Ilk", "tr", "tr:ilk/ilk tr:ılk/ilk");
        check("ilk Ilk", "en", "ilk/ilk ilk/ilk");
        check("U.S. C++", "en", "us/us c++/c++");
    }

    proptest! {
        #[test]
        fn what_was_met_before_changes_nothing(texts in prop::collection::vec("([A-Zé人工 .]|\\PC){0,20}", 1..4)) {
            let mut analyzer = Analyzer::default();
            for text in &texts {
                let (mut one, mut other) = (Vec::new(), Vec::new());
                analyzer.each(text, None, |token| one.push(format!("{token:?}")));
                Analyzer::default().each(text, None, |token| other.push(format!("{token:?}")));
                prop_assert_eq!(one, other);
            }
        }
    }
}
