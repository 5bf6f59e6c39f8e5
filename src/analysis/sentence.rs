//! Where sentences end.

use std::{borrow::Cow, ops::Range};

use icu_segmenter::SentenceSegmenter;

/// Words whose full stop does not end a sentence when more text follows, in small letters.
const ABBREVIATIONS: &[&str] = &[
    "approx", "bros", "capt", "cf", "col", "dr", "e.g", "ed", "eds", "est", "fig", "gen", "gov", "hon",
    "i.e", "lt", "maj", "messrs", "mr", "mrs", "ms", "mt", "nos", "op", "pp", "prof", "rep", "rev", "sen",
    "sgt", "sr", "st", "vol", "vs",
];

/// Returns the byte ranges of a text's sentences. They lie side by side and cover all of it, each
/// with the blanks that follow it. A single line break is a blank; an empty line ends a sentence.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    // The Unicode rules (UAX 29) end a sentence at every line break, which hard-wrapped text has
    // in the middle of sentences.
    let flat = flatten(text);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut add = |end: usize| {
        if end == text.len() || !goes_on(&flat[start..end]) {
            ranges.push(start..end);
            start = end;
        }
    };
    match borders(&flat) {
        Some(ends) => ends.into_iter().for_each(&mut add),
        None => SentenceSegmenter::new(Default::default()).segment_str(&flat).skip(1).for_each(&mut add),
    }
    if start < text.len() {
        ranges.push(start..text.len());
    }
    ranges
}

/// What a character is to the rules of sentences (UAX 29, table 4).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Ends a paragraph.
    Sep,
    /// A full stop.
    ATerm,
    /// Ends a sentence and nothing else.
    STerm,
    /// A closing or opening mark.
    Close,
    Sp,
    /// Between the parts of a sentence.
    SContinue,
    Upper,
    Lower,
    Numeric,
    Other,
}

const ASCII: [Part; 128] = {
    let mut parts = [Part::Other; 128];
    let mut at = 0;
    while at < parts.len() {
        parts[at] = match at as u8 {
            b'\n' | b'\r' => Part::Sep,
            b'.' => Part::ATerm,
            b'!' | b'?' => Part::STerm,
            b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => Part::Close,
            b' ' | b'\t' | 0xB | 0xC => Part::Sp,
            b',' | b'-' | b':' | b';' => Part::SContinue,
            b'A'..=b'Z' => Part::Upper,
            b'a'..=b'z' => Part::Lower,
            b'0'..=b'9' => Part::Numeric,
            _ => Part::Other,
        };
        at += 1;
    }
    parts
};

/// Whether a sentence may end at a byte, or it is part of a character that has to be looked at.
const ENDS: [bool; 256] = {
    let mut ends = [true; 256];
    let mut at = 0;
    while at < ASCII.len() {
        ends[at] = matches!(ASCII[at], Part::Sep | Part::ATerm | Part::STerm);
        at += 1;
    }
    ends
};

/// Returns what a character is; none for most that neither Latin letters nor the marks beside them are.
fn part(letter: char) -> Option<Part> {
    Some(match letter {
        '\0'..='\x7F' => ASCII[letter as usize],
        '\u{A0}' => Part::Sp,
        '«' | '»' | '‘'..='‟' | '‹' | '›' => Part::Close,
        '–' | '—' => Part::SContinue,
        '\u{AD}' => return None,
        '\u{A1}'..='\u{17F}' if letter.is_uppercase() => Part::Upper,
        '\u{A1}'..='\u{17F}' if letter.is_lowercase() => Part::Lower,
        '\u{A1}'..='\u{BF}' | '×' | '÷' | '‐'..='―' | '†'..='•' | '…' | '′'..='″' | '€' => {
            Part::Other
        }
        _ => return None,
    })
}

/// Returns where sentences end by the Unicode rules, as ICU does, for texts of Latin letters in a
/// fraction of its time; none for others. The rules have the names that UAX 29 gives them.
fn borders(text: &str) -> Option<Vec<usize>> {
    let bytes = text.as_bytes();
    // What stands at a place, and where the next character is.
    let at = |place: usize| -> Option<(Option<Part>, usize)> {
        match bytes.get(place) {
            None => Some((None, place)),
            Some(byte) if byte.is_ascii() => Some((Some(ASCII[usize::from(*byte)]), place + 1)),
            Some(_) => {
                let letter = text[place..].chars().next()?;
                Some((Some(part(letter)?), place + letter.len_utf8()))
            }
        }
    };
    let skip = |mut place: usize, what: Part| -> Option<usize> {
        loop {
            let (part, next) = at(place)?;
            if part != Some(what) {
                return Some(place);
            }
            place = next;
        }
    };
    // SB3: a carriage return and the line feed behind it are one.
    let behind = |place: usize| if bytes[place..].starts_with(b"\r\n") { place + 2 } else { place + 1 };
    let mut ends = Vec::new();
    let mut place = 0;
    while let Some(more) = bytes[place..].iter().position(|byte| ENDS[usize::from(*byte)]) {
        let found = place + more;
        let (end, next) = at(found)?;
        place = next;
        match end {
            // SB4.
            Some(Part::Sep) => {
                place = behind(found);
                ends.push(place);
            }
            Some(Part::ATerm | Part::STerm) => {
                let is_stop = end == Some(Part::ATerm);
                let follows = at(next)?.0;
                let before = text[..found].chars().next_back().map_or(Some(Part::Other), part)?;
                let in_word = matches!(before, Part::Upper | Part::Lower) && follows == Some(Part::Upper);
                // SB6, SB7.
                if is_stop && (follows == Some(Part::Numeric) || in_word) {
                    continue;
                }
                let mut to = skip(skip(next, Part::Close)?, Part::Sp)?;
                match at(to)?.0 {
                    // SB8a.
                    Some(Part::SContinue | Part::ATerm | Part::STerm) => continue,
                    // SB9, SB10.
                    Some(Part::Sep) => to = behind(to),
                    _ if is_stop && goes_on_small(to, at)? => continue,
                    _ => {}
                }
                // SB11.
                ends.push(to);
                place = to;
            }
            _ => {}
        }
    }
    if ends.last() != Some(&text.len()) && !text.is_empty() {
        ends.push(text.len());
    }
    Some(ends)
}

/// SB8: whether the next letter is a small one.
fn goes_on_small(mut place: usize, at: impl Fn(usize) -> Option<(Option<Part>, usize)>) -> Option<bool> {
    loop {
        match at(place)? {
            (Some(Part::Lower), _) => return Some(true),
            (None | Some(Part::Upper | Part::Sep | Part::ATerm | Part::STerm), _) => return Some(false),
            (_, next) => place = next,
        }
    }
}

/// Returns the byte ranges of a sentence's clauses, side by side, covering all of it: parted after
/// commas, colons, semicolons, dashes and their like.
pub fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut parted = false;
    for (at, letter) in text.char_indices() {
        if parted && !letter.is_whitespace() {
            ranges.push(start..at);
            start = at;
        }
        parted = matches!(letter, ',' | ';' | ':' | '—' | '–' | '、' | '，' | '；' | '：' | '،' | '؛' | '।')
            || (parted && letter.is_whitespace());
    }
    if start < text.len() {
        ranges.push(start..text.len());
    }
    ranges
}

/// Puts a blank for each line break that is not an empty line; no offset changes.
fn flatten(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let broken = |at: usize| -> bool {
        let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        let after = bytes[at + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        before == Some(&b'\n') || after == Some(&b'\n')
    };
    let mut flat = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices('\n') {
        if !broken(at) {
            flat.push_str(&text[done..at]);
            flat.push(' ');
            done = at + 1;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    flat.push_str(&text[done..]);
    Cow::Owned(flat)
}

/// Whether what looks like a sentence ends in an abbreviation or an initial.
fn goes_on(sentence: &str) -> bool {
    let Some(body) = sentence.trim_end().strip_suffix('.') else { return false };
    let word = body.rsplit([' ', '\u{A0}', '(', '"', '“', '—']).next().unwrap_or(body);
    let initial = word.chars().next().is_some_and(char::is_uppercase) && word.chars().nth(1).is_none();
    // `U.S.` may well end a sentence; a lone initial as in `J. Smith` hardly ever does.
    (initial && word != "I") || ABBREVIATIONS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sentences_end_where_readers_think_they_do() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected);
        };
        check("One. Two? Three!", &["One. ", "Two? ", "Three!"]);
        check("Dr. Smith met J. Doe. They spoke.", &["Dr. Smith met J. Doe. ", "They spoke."]);
        check("A line\nthat goes on. Next.", &["A line\nthat goes on. ", "Next."]);
        check("One paragraph\n\nAnother one", &["One paragraph\n", "\n", "Another one"]);
        check("It cost 3.5 million.", &["It cost 3.5 million."]);
        check("今日は。明日。", &["今日は。", "明日。"]);
        check("", &[]);
    }

    #[test]
    fn every_character_is_to_sentences_what_it_is_to_icu() {
        let icu = |text: &str| -> Vec<usize> {
            SentenceSegmenter::new(Default::default()).segment_str(text).skip(1).collect()
        };
        for letter in '\0'..'\u{3000}' {
            for frame in
                ["a.@", "a. @", "a. @a", "a. @ A", "a.@ A", "a.@A", "A@A", "A@ A", "A@1", "A@a", "1@@a"]
            {
                let text = frame.replace('@', &letter.to_string());
                let expected = icu(&text);
                assert_eq!(borders(&text).unwrap_or_else(|| expected.clone()), expected, "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn latin_text_is_parted_as_icu_does(text in "([a-cA-C1 .,!?;:'\"()\\-\n\r\t\u{A0}/]|[«»“”’–—…éÉß€·ª¡\u{AD}\u{85}Ω。]){0,40}") {
            let expected: Vec<usize> =
                SentenceSegmenter::new(Default::default()).segment_str(&text).skip(1).collect();
            prop_assert_eq!(borders(&text).unwrap_or_else(|| expected.clone()), expected);
        }

        #[test]
        fn sentences_and_clauses_cover_the_text(text in "(\\PC|\n){0,80}") {
            for ranges in [sentences(&text), clauses(&text)] {
                let mut at = 0;
                for range in ranges {
                    prop_assert_eq!(range.start, at);
                    at = range.end;
                    prop_assert!(text.is_char_boundary(at));
                }
                prop_assert_eq!(at, text.len());
            }
        }
    }
}
