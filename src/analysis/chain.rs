//! The chain: a text in one pass as the terms that fields hold and queries look for.

use std::{cell::OnceCell, collections::HashMap, ops::Range};

use foldhash::fast::RandomState;

use super::{
    Language, fold, lower, plain_stem,
    stem::{is_same_in_small, stem},
    term::{MARK, word_term},
    texts::Texts,
    word::{is_character_word, words},
};

/// As many different words of a language are remembered, of so many bytes at most: some ten megabytes, and
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
    known: &'a Known,
}

impl Token<'_> {
    /// Returns the word as terms; see [`super::word_term`].
    pub(crate) fn terms(&self) -> &Terms {
        self.known.terms.get_or_init(|| Terms::of(self.known, self.is_character))
    }
}

/// Takes texts apart, and remembers the words it met.
#[derive(Debug, Default)]
pub struct Analyzer {
    /// Of the languages met last, the words that were met.
    memories: Vec<Memory>,
    pair: String,
}

/// The words of one language, as they are written.
#[derive(Debug, Default)]
struct Memory {
    language: Option<Language>,
    /// Each with its number among the known ones.
    numbers: HashMap<Box<str>, usize, RandomState>,
    known: Vec<Known>,
}

/// What a word is in the index. Of most texts nearly all words are remembered, so that it is small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    /// What [`Token`] has: the folded word, the stem, the plain one, and the form with accents.
    texts: Texts<4>,
    terms: OnceCell<Terms>,
}

/// A word as terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms(Texts<2>);

impl Terms {
    fn of(known: &Known, is_character: bool) -> Self {
        let (folded, stem, plain) = (known.folded(), known.stem(), known.texts.get(2));
        let under = if is_character { "" } else { plain.unwrap_or(stem) };
        let stem = plain.is_some().then(|| format!("{stem}{MARK}"));
        Self(Texts::of([Some(&word_term(under, folded)), stem.as_deref()]))
    }

    /// Returns the form of the word under its stem, under the plain one where there is one; of a character
    /// under none.
    pub(crate) fn word(&self) -> &str {
        self.0.get(0).unwrap_or_default()
    }

    /// Returns the stem alone, where the form is under the plain one.
    pub(crate) fn stem(&self) -> Option<&str> {
        self.0.get(1)
    }
}

impl Known {
    fn of(word: &str, language: Option<Language>) -> Self {
        let (folded, stem_of) = (fold(word), stem(word, language));
        let lower = (!word.is_ascii()).then(|| lower(word)).filter(|lower| **lower != *folded);
        let plain = lower.as_ref().and_then(|_| plain_stem(word, language));
        // Typed without accents the word mostly has the same stem, or one beside it: nothing need lead there.
        let leads = || plain.is_none() && *stem(&folded, language) != *stem_of;
        let accented = lower.filter(|_| leads()).map(|lower| format!("{folded}{ACCENT_MARK}{lower}"));
        let texts = Texts::of([Some(&folded), Some(&stem_of), plain.as_deref(), accented.as_deref()]);
        Self { texts, terms: OnceCell::new() }
    }

    fn folded(&self) -> &str {
        self.texts.get(0).unwrap_or_default()
    }

    fn stem(&self) -> &str {
        self.texts.get(1).unwrap_or_default()
    }
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
        if memory.numbers.len() > MOST_REMEMBERED {
            memory.numbers.clear();
            memory.known.clear();
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
        let Self { memories, pair, .. } = self;
        let memory = &mut memories[0];
        let mut words = words(text).peekable();
        // Whether the word before was a character that was paired with this one.
        let mut paired = false;
        while let Some(range) = words.next() {
            let word = &text[range.clone()];
            if !word.is_ascii() && word.chars().next().is_some_and(is_character_word) {
                let known = memory.word(word);
                let folded = known.folded();
                let next =
                    words.peek().filter(|next| next.start == range.end).map(|next| &text[next.clone()]);
                let next = next.filter(|next| next.chars().next().is_some_and(is_character_word));
                pair.clear();
                pair.push_str(folded);
                if let Some(next) = next {
                    pair.push_str(&fold(next));
                }
                let stem = (next.is_some() || !paired).then_some(pair.as_str());
                paired = next.is_some();
                let (plain, accented, is_character) = (None, None, true);
                each(Token { range, stem, plain, folded, accented, is_character, known });
                continue;
            }
            paired = false;
            if word.is_ascii() && !is_wanted(word) {
                continue;
            }
            let once;
            let known = if word.len() > LONGEST_REMEMBERED {
                once = Known::of(word, language);
                &once
            } else {
                memory.word(word)
            };
            each(Token {
                range,
                stem: Some(known.stem()),
                plain: known.texts.get(2),
                folded: known.folded(),
                accented: known.texts.get(3),
                is_character: false,
                known,
            });
        }
    }
}

impl Memory {
    /// Returns what a word is in the index.
    fn word(&mut self, word: &str) -> &Known {
        let number = match self.numbers.get(word) {
            Some(number) => *number,
            None => self.learn(word),
        };
        &self.known[number]
    }

    /// Remembers a word and returns its number. One with a capital has that of the same in small letters,
    /// where that was met.
    fn learn(&mut self, word: &str) -> usize {
        let small = is_same_in_small(word, self.language).then(|| word.to_ascii_lowercase());
        let number = small.and_then(|small| self.numbers.get(small.as_str()).copied());
        let number = number.unwrap_or_else(|| {
            self.known.push(Known::of(word, self.language));
            self.known.len() - 1
        });
        self.numbers.insert(word.into(), number);
        number
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
