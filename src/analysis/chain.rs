//! The chain: a text in one pass as the terms that fields hold and queries look for.

use std::{borrow::Cow, hash::BuildHasher, ops::Range};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{
    Language, fold, lower, plain_stem,
    stem::{is_same_in_small, stem},
    term::word_term,
    word::{is_character_word, words},
};

/// As many different words of a language are remembered, of so many bytes at most: some three megabytes, and
/// what a table of 65,536 places holds.
const MOST_REMEMBERED: usize = 56_000;
const LONGEST_REMEMBERED: usize = 40;
/// Who met so many is to meet many more.
const MANY: usize = 1_000;
/// So many words are looked for together, most of a passage: the processor then waits for memory but once.
const STRETCH: usize = 128;
/// Words of so many languages are remembered.
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
    stretch: Vec<Sought>,
    pair: String,
}

/// A plain word that is looked for with others.
#[derive(Debug)]
struct Sought {
    range: Range<usize>,
    hash: u64,
    /// Where it may stand in the texts of the words that were met.
    start: Option<u32>,
}

/// The words of one language. Nearly all words of a text were met before: what is asked of those is small, and
/// lies close together.
#[derive(Debug, Default)]
struct Memory {
    language: Option<Language>,
    hasher: RandomState,
    /// Where each word stands in the texts.
    known: HashTable<u32>,
    /// For each word first the lengths of its texts, each written as a letter of one byte, and then these: the
    /// word as it is written, its term, and what else [`Known`] has of it.
    texts: String,
}

/// What a word is in the index.
struct Known<'a> {
    term: String,
    folded: Cow<'a, str>,
    stem: Cow<'a, str>,
    plain: Option<String>,
    accented: Option<String>,
}

impl<'a> Known<'a> {
    fn of(word: &'a str, language: Option<Language>) -> Self {
        let (folded, stem_of) = (fold(word), stem(word, language));
        let lower = (!word.is_ascii()).then(|| lower(word)).filter(|lower| **lower != *folded);
        let plain = lower.as_ref().and_then(|_| plain_stem(word, language));
        // Typed without accents the word mostly has the same stem, or one beside it: nothing need lead there.
        let leads = || plain.is_none() && *stem(&folded, language) != *stem_of;
        let accented = lower.filter(|_| leads()).map(|lower| format!("{folded}{ACCENT_MARK}{lower}"));
        let under = if is_character(word) { "" } else { plain.as_deref().unwrap_or(&stem_of) };
        Self { term: word_term(under, &folded), folded, stem: stem_of, plain, accented }
    }

    fn token(&self, range: Range<usize>) -> Token<'_> {
        Token {
            range,
            stem: Some(&self.stem),
            plain: self.plain.as_deref(),
            folded: &self.folded,
            accented: self.accented.as_deref(),
            is_character: false,
            term: &self.term,
        }
    }
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
        let Self { memories, stretch, pair } = self;
        let memory = &mut memories[0];
        let mut words = words(text);
        // A word that was looked at for the one before it, and whether that was a character that was paired with it.
        let (mut ahead, mut paired) = (None, false);
        loop {
            // Most words are plain, and in a search not wanted.
            while ahead.is_none()
                && stretch.len() < STRETCH
                && let Some(range) = words.plain()
            {
                paired = false;
                let word = &text[range.clone()];
                if is_wanted(word) {
                    stretch.push(Sought { range, hash: memory.hasher.hash_one(word), start: None });
                }
            }
            memory.each_of(stretch, text, &mut each);
            let Some(range) = ahead.take().or_else(|| words.other()) else { break };
            let word = &text[range.clone()];
            if !is_character(word) {
                paired = false;
                if !word.is_ascii() || is_wanted(word) {
                    memory.look_up(word, range, &mut each);
                }
                continue;
            }
            ahead = words.next();
            let next = ahead.as_ref().filter(|next| next.start == range.end);
            let next = next.map(|next| &text[next.clone()]).filter(|next| is_character(next));
            pair.clear();
            [Some(word), next].into_iter().flatten().for_each(|character| pair.push_str(&fold(character)));
            let stem = (next.is_some() || !paired).then_some(pair.as_str());
            paired = next.is_some();
            memory.look_up(word, range, |token| {
                each(Token { stem, plain: None, accented: None, is_character: true, ..token });
            });
        }
    }
}

/// Texts of a word that is remembered.
const TEXTS: usize = 6;

/// Returns one of the texts of the word that stands here, and where the next one begins.
fn text_at(texts: &str, start: usize, number: usize, at: usize) -> (&str, usize) {
    let end = at + usize::from(texts.as_bytes()[start + number]);
    (&texts[at..end], end)
}

/// Returns the word that stands here, as it is written.
fn word_at(texts: &str, start: u32) -> &str {
    text_at(texts, start as usize, 0, start as usize + TEXTS).0
}

impl Memory {
    /// Returns the texts of the word that stands here, and where they end.
    fn texts(&self, start: u32) -> ([&str; TEXTS], usize) {
        let start = start as usize;
        let mut at = start + TEXTS;
        let texts = std::array::from_fn(|number| {
            let (text, end) = text_at(&self.texts, start, number, at);
            at = end;
            text
        });
        (texts, at)
    }

    /// Returns what the word is that stands here.
    fn token(&self, start: u32, range: Range<usize>) -> Token<'_> {
        let ([_, term, folded, stem, plain, accented], _) = self.texts(start);
        let [plain, accented] = [plain, accented].map(|text| Some(text).filter(|text| !text.is_empty()));
        Token { range, stem: Some(stem), plain, folded, accented, is_character: false, term }
    }

    /// Returns where a word stands that was met.
    fn find(&self, word: &str) -> Option<u32> {
        let is_it = |start: &u32| word_at(&self.texts, *start) == word;
        self.known.find(self.hasher.hash_one(word), is_it).copied()
    }

    /// Hands on a word of a text.
    fn look_up(&mut self, word: &str, range: Range<usize>, then: impl FnOnce(Token<'_>)) {
        match self.find(word).or_else(|| self.learn(word)) {
            Some(start) => then(self.token(start, range)),
            None => then(Known::of(word, self.language).token(range)),
        }
    }

    /// Hands on words of a text, and takes them away.
    fn each_of(&mut self, words: &mut Vec<Sought>, text: &str, mut each: impl FnMut(Token<'_>)) {
        // None of these steps needs what the one before it finds of the word before.
        for Sought { hash, start, .. } in words.iter_mut() {
            *start = self.known.find(*hash, |_| true).copied();
        }
        for Sought { range, start, .. } in words.iter_mut() {
            *start = start.filter(|start| self.texts.as_bytes()[*start as usize] as usize == range.len());
        }
        for Sought { range, start, .. } in words.drain(..) {
            let word = &text[range.clone()];
            match start.filter(|start| word_at(&self.texts, *start) == word) {
                Some(start) => each(self.token(start, range)),
                None => self.look_up(word, range, &mut each),
            }
        }
    }

    /// Remembers a word and returns where it stands; none where it is too long. What one with a capital is, is
    /// known where that was met in small letters.
    fn learn(&mut self, word: &str) -> Option<u32> {
        let start = u32::try_from(self.texts.len()).ok()?;
        let small = is_same_in_small(word, self.language).then(|| word.to_ascii_lowercase());
        if let Some(small) = small.and_then(|small| self.find(&small)) {
            let (small, end) = (small as usize, self.texts(small).1);
            self.texts.extend_from_within(small..small + TEXTS);
            self.texts.push_str(word);
            self.texts.extend_from_within(small + TEXTS + word.len()..end);
        } else if word.len() <= LONGEST_REMEMBERED {
            let Known { term, folded, stem, plain, accented } = Known::of(word, self.language);
            let (plain, accented) = (plain.unwrap_or_default(), accented.unwrap_or_default());
            let texts: [&str; TEXTS] = [word, &term, &folded, &stem, &plain, &accented];
            let lengths = texts.map(|text| u8::try_from(text.len()).ok().filter(u8::is_ascii));
            let lengths: String =
                lengths.into_iter().map(|length| length.map(char::from)).collect::<Option<_>>()?;
            self.texts.push_str(&lengths);
            self.texts.extend(texts);
        } else {
            return None;
        }
        let Self { hasher, known, texts, .. } = self;
        let hash = |start: &u32| hasher.hash_one(word_at(texts, *start));
        if known.len() == MANY {
            // Each time that a table grows, all words are looked at again.
            known.reserve(MOST_REMEMBERED, hash);
        }
        known.insert_unique(hash(&start), start, hash);
        Some(start)
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
        fn words_are_handed_on_in_order_however_many_there_are(text in "(a|B|ab|Ab|é| |\\. |人){0,900}") {
            let mut ranges = Vec::new();
            Analyzer::default().each(&text, None, |token| {
                assert_eq!(token.folded, fold(&text[token.range.clone()]));
                ranges.push(token.range);
            });
            prop_assert_eq!(ranges, words(&text).collect::<Vec<_>>());
        }

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
