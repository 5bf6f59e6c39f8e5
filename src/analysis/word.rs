//! Where words are.
//!
//! A word is a run of letters, their marks and figures. In Chinese, Japanese and Korean every character
//! is one; Thai, Lao, Khmer and Burmese, which put no blanks between words either, are parted by a
//! dictionary ([UAX 29](https://www.unicode.org/reports/tr29/), by ICU). Initials are one word (`U.S.`),
//! and `C++`, `C#` keep what tells them from `C`.

use std::{collections::VecDeque, ops::Range};

use icu_segmenter::WordSegmenter;
use unicode_normalization::char::is_combining_mark;

/// Returns the byte ranges of the words of a text, in order.
pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0, parted: VecDeque::new() }
}

/// Counts the words of a text: what the length of a passage is measured in.
pub fn count(text: &str) -> usize {
    runs(text.as_bytes()).unwrap_or_else(|| words(text).count())
}

/// The words of a text; see [`words`].
#[derive(Clone, Debug)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    /// Words found already, in a run of letters that a dictionary parted.
    parted: VecDeque<Range<usize>>,
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        self.plain().or_else(|| self.other())
    }
}

impl Words<'_> {
    /// Returns the next word where it is one of ASCII letters and figures alone, and nothing behind it can
    /// belong to it. None says nothing of what comes: see [`Self::other`].
    #[inline(always)]
    pub(super) fn plain(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        if !self.parted.is_empty() {
            return None;
        }
        let between = |byte: &&u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
        let start = self.at + bytes[self.at..].iter().take_while(between).count();
        let end = plain_end(bytes, start);
        let length = end - start;
        let ends = match bytes.get(end) {
            None => true,
            // `U.S.`, `C++`, `C#`.
            Some(b'.') => length > 1,
            Some(b'+' | b'#') => length > 2,
            // An accent may follow, or a letter that has one.
            Some(byte) => byte.is_ascii(),
        };
        if !ends || length == 0 {
            return None;
        }
        self.at = end;
        Some(start..end)
    }

    /// Returns the next word, of any kind.
    pub(super) fn other(&mut self) -> Option<Range<usize>> {
        if let Some(word) = self.parted.pop_front() {
            return Some(word);
        }
        let start = self.begin()?;
        self.at = start;
        if let Some(word) = self.plain() {
            return Some(word);
        }
        let first = self.text[start..].chars().next()?;
        if is_character_word(first) {
            let end = start + first.len_utf8();
            self.at = end + marks(&self.text[end..]);
            return Some(start..self.at);
        }
        if is_unparted(first) {
            return self.part(start);
        }
        if let Some(end) = initials(self.text, start) {
            self.at = end;
            return Some(start..end);
        }
        self.at = self.end(start);
        self.at += symbols(&self.text[start..self.at], &self.text[self.at..]);
        Some(start..self.at)
    }

    /// Returns where the next word begins.
    fn begin(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        loop {
            let byte = *bytes.get(at)?;
            if byte.is_ascii() {
                if byte.is_ascii_alphanumeric() {
                    return Some(at);
                }
                at += 1;
                continue;
            }
            let letter = self.text[at..].chars().next()?;
            // The apostrophe counts as a letter, but no word begins with it.
            if letter.is_alphanumeric() && letter != 'ʼ' {
                return Some(at);
            }
            at += letter.len_utf8();
        }
    }

    /// Returns where a word ends that begins here.
    fn end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start + self.text[start..].chars().next().map_or(0, char::len_utf8);
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let Some(letter) = self.text[at..].chars().next() else { break };
            let next = at + letter.len_utf8();
            let inside = match letter {
                // What parts nothing where letters go on behind it.
                '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}' => {
                    self.text[next..].chars().next().is_some_and(char::is_alphanumeric)
                }
                '"' | '\'' | '’' | 'ʼ' | '״' | '׳' => self.is_letter_between(start, at, next),
                _ if letter.is_ascii() => false,
                _ => {
                    (letter.is_alphanumeric() && !is_character_word(letter) && !is_unparted(letter))
                        || is_combining_mark(letter)
                }
            };
            if !inside {
                break;
            }
            at = next;
        }
        at
    }

    /// Whether an apostrophe or quotation mark belongs to the word around it, as in Ukrainian `м'ята` and
    /// in Hebrew abbreviations.
    fn is_letter_between(&self, start: usize, at: usize, next: usize) -> bool {
        let before = self.text[start..at].chars().next_back();
        let after = self.text[next..].chars().next();
        let mark = self.text[at..next].chars().next();
        let cyrillic = |letter: Option<char>| matches!(letter, Some('\u{400}'..='\u{4FF}'));
        let hebrew = |letter: Option<char>| matches!(letter, Some('\u{591}'..='\u{5F2}'));
        match mark {
            Some('\'' | '’' | 'ʼ') => cyrillic(before) && cyrillic(after),
            _ => hebrew(before) && hebrew(after),
        }
    }

    /// Parts the run of letters that begins here, and returns the first word of it.
    fn part(&mut self, start: usize) -> Option<Range<usize>> {
        let rest = &self.text[start..];
        let inside = |letter: char| is_unparted(letter) || is_combining_mark(letter) || letter == '\u{200B}';
        let run = &rest[..rest.find(|letter| !inside(letter)).unwrap_or(rest.len())];
        self.at = start + run.len();
        let mut from = 0;
        for to in WordSegmenter::new_dictionary(Default::default()).segment_str(run).skip(1) {
            if run[from..to].contains(char::is_alphanumeric) {
                self.parted.push_back(start + from..start + to);
            }
            from = to;
        }
        self.parted.pop_front()
    }
}

/// Counts the runs of letters and figures of a text, eight bytes at once; none where these may not be
/// its words, as it is not ASCII, or holds a full stop right before a letter.
fn runs(bytes: &[u8]) -> Option<usize> {
    let mut count = 0;
    // Whether the byte before was of a run, or a full stop, in the lowest one.
    let (mut inside, mut stop) = (0, 0);
    let mut add = |eight: u64| {
        if eight & HIGH != 0 {
            return None;
        }
        let runs = plain(eight) & HIGH;
        let stops = !((eight ^ each(b'.')) + each(0x7F)) & HIGH;
        let odd = (stops << 8 | stop) & runs;
        count += ((runs & !(runs << 8 | inside)) >> 7).wrapping_mul(each(1)) >> 56;
        (inside, stop) = (runs >> 56, stops >> 56);
        (odd == 0).then_some(())
    };
    let (eights, rest) = bytes.as_chunks();
    for eight in eights {
        add(u64::from_le_bytes(*eight))?;
    }
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    add(u64::from_le_bytes(last))?;
    usize::try_from(count).ok()
}

/// The highest bit of each of eight bytes.
const HIGH: u64 = each(0x80);

/// Returns eight times the same byte.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Returns where the ASCII letters and figures end that begin here; looks at eight bytes at once.
pub(super) fn plain_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(eight) = bytes[at..].first_chunk() {
        let others = !plain(u64::from_le_bytes(*eight)) & HIGH;
        if others != 0 {
            return at + others.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}

/// Sets the highest bit of each of eight bytes that is an ASCII letter or figure; of their other bits
/// nothing is known.
const fn plain(eight: u64) -> u64 {
    // No sum goes past its byte. It reaches the highest bit from the first character on that is named.
    let low = eight & each(0x7F);
    let small = low | each(0x20);
    let letters = (small + each(0x80 - b'a')) & !(small + each(0x80 - b'z' - 1));
    let figures = (low + each(0x80 - b'0')) & !(low + each(0x80 - b'9' - 1));
    (letters | figures) & !eight
}

/// Returns the length of the marks that a text begins with: they belong to the character before.
fn marks(text: &str) -> usize {
    let mark = |letter: char| is_combining_mark(letter) || matches!(letter, '\u{FF9E}' | '\u{FF9F}');
    text.find(|letter| !mark(letter)).unwrap_or(text.len())
}

/// No name has more initials.
const MOST_INITIALS: usize = 12;

/// Returns where initials end that begin here: single letters parted by full stops, the last of which is
/// no part of them.
fn initials(text: &str, start: usize) -> Option<usize> {
    let mut end = start;
    let mut letters = 0;
    let mut rest = text[start..].chars();
    while rest.next().is_some_and(char::is_alphabetic) {
        letters += 1;
        if letters > MOST_INITIALS {
            return None;
        }
        end = text.len() - rest.as_str().len();
        match rest.next() {
            Some('.') => {}
            Some(next) if next.is_alphanumeric() || is_combining_mark(next) => return None,
            _ => break,
        }
        // `e.on` is no initials, `U.S.5` neither.
        if rest.as_str().chars().next().is_none_or(|next| !next.is_alphanumeric()) {
            break;
        }
    }
    let goes_on = text[end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    (letters > 1 && !goes_on).then_some(end)
}

/// Returns the length of the signs behind a word that tell it from another: `C++`, `C#`.
fn symbols(word: &str, rest: &str) -> usize {
    let signs = match rest.as_bytes() {
        [b'+', b'+', ..] if word.len() <= 2 => 2,
        [b'#', ..] if word.len() == 1 => 1,
        _ => return 0,
    };
    let alone = word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !rest[signs..]
            .starts_with(|letter: char| letter.is_alphanumeric() || letter == '+' || letter == '#');
    if alone { signs } else { 0 }
}

/// Whether a character is a word by itself: those of Chinese, Japanese and Korean.
pub(crate) fn is_character_word(letter: char) -> bool {
    matches!(letter,
        '\u{3005}'..='\u{3007}' // repetition and closing marks, zero
        | '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' // kana
        | '\u{3105}'..='\u{312F}' // bopomofo
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{3134F}'
        | '\u{AC00}'..='\u{D7A3}' // Hangul
        | '\u{FF66}'..='\u{FF9D}') // half-width kana
}

/// Whether a letter is of a script that is parted by a dictionary.
fn is_unparted(letter: char) -> bool {
    matches!(letter,
        '\u{E00}'..='\u{E4F}' | '\u{E5A}'..='\u{E7F}' // Thai
        | '\u{E80}'..='\u{ECF}' | '\u{EDA}'..='\u{EFF}' // Lao
        | '\u{1000}'..='\u{103F}' | '\u{104A}'..='\u{109F}' | '\u{AA60}'..='\u{AA7F}' // Burmese
        | '\u{1780}'..='\u{17DF}') // Khmer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::ROOT_MARKS;

    #[test]
    fn words_are_runs_of_letters_and_figures() {
        let check = |text: &str, expected: &str| {
            let found: Vec<&str> = words(text).map(|range| &text[range]).collect();
            assert_eq!(found.join("|"), expected, "{text}");
        };
        check("Llama 4 agentic", "Llama|4|agentic");
        check("GPT-4, don't!", "GPT|4|don|t");
        check("ʼ fʼ ʼn ʼʼtis", "f|n|tis");
        check("l'avion d’Ivoire", "l|avion|d|Ivoire");
        check("naïve café", "naïve|café");
        check("  ", "");
        check("", "");
        check("人工智能 AI很好", "人|工|智|能|AI|很|好");
        check("한국의 수도", "한|국|의|수|도");
        check("ｶﾞｽ", "ｶﾞ|ｽ");
        check("हिन्दी में", "हिन्दी|में");
        check("Привет, мир", "Привет|мир");
        check("м'ята й обов’язок", "м'ята|й|обов’язок");
        check("צה\"ל אמר \"שלום\"", "צה\"ל|אמר|שלום");
        check("ภาษาไทย 2568 ok", "ภาษา|ไทย|2568|ok");
        check("ພາສາລາວ", "ພາສາ|ລາວ");
        check("the U.S. and the U.S.A., e.g. J. Smith", "the|U.S|and|the|U.S.A|e.g|J|Smith");
        check("U.S.-led in the U.S", "U.S|led|in|the|U.S");
        check("see t.co or a.b.com", "see|t|co|or|a|b|com");
        check("C++ and C#, F#, C, g++; a+b", "C++|and|C#|F#|C|g++|a|b");
        check("me@example.org https://example.org/a", "me|example|org|https|example|org|a");
        check("3,5 % of 1.000", "3|5|of|1|000");
        check("co\u{AD}operate", "co\u{AD}operate");
        check("می\u{200C}خواهم", "می\u{200C}خواهم");
    }

    #[test]
    fn letters_and_figures_are_told_from_other_bytes_eight_at_once() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                let mut eight = *b"aZ09zA5m";
                eight[at] = byte;
                let expected = if byte.is_ascii_alphanumeric() { 8 } else { at };
                assert_eq!(plain_end(&eight, 0), expected, "{byte}");
                assert_eq!(plain_end(&[&eight[..], b"b"].concat(), 0), expected + expected / 8, "{byte}");
            }
        }
    }

    proptest! {
        #[test]
        fn counting_is_counting_words(text in "([a-zA-Z0-9.+#' -]|[.a]|[é人]?){0,60}") {
            prop_assert_eq!(count(&text), words(&text).count());
        }

        #[test]
        fn any_text_has_words_on_character_borders_in_order(text in "([a-zʼ’.:~+# ก-๛]){0,60}|\\PC{0,60}") {
            let mut last = 0;
            for range in words(&text) {
                prop_assert!(range.start >= last && range.end > range.start);
                prop_assert!(text[range.clone()].contains(char::is_alphanumeric));
                prop_assert!(!text[range.clone()].bytes().any(|byte| ROOT_MARKS.contains(&byte)));
                last = range.end;
            }
        }
    }
}
