//! Words without what readers do not mean to tell apart: case, accents, forms of the same letter.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest term in bytes. What is longer is found by its first part.
pub(super) const LONGEST_TERM: usize = 250;

/// Returns a word in small letters and Unicode normal form KC, so that full-width and half-width forms
/// and ligatures are those of the plain letters. Accents stay. What is only there for the layout, such
/// as a soft hyphen, goes. At most 250 bytes are kept.
pub fn lower(word: &str) -> Cow<'_, str> {
    if is_plain(word) {
        return Cow::Borrowed(word);
    }
    if word.len() <= LONGEST_TERM && word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Cow::Owned(word.to_ascii_lowercase());
    }
    let mut lower = String::with_capacity(word.len());
    if word.is_ascii() {
        lower.push_str(word);
        lower.make_ascii_lowercase();
        lower.retain(|letter| !is_layout(letter));
    } else {
        lower.extend(word.nfkc().flat_map(char::to_lowercase).filter(|letter| !is_layout(*letter)).nfc());
    }
    if is_initials(&lower) {
        lower.retain(|letter| letter != '.');
    }
    Cow::Owned(cut(lower))
}

/// Returns a word as it is compared: as [`lower`] has it, and without accents and other marks of Latin,
/// Greek, Arabic and Hebrew letters. Letters that have a plain spelling take it (`ß` is `ss`, `ø` is `o`,
/// `ё` is `е`), Arabic and Hebrew letters their usual form, and figures of all scripts are 0 to 9.
pub fn fold(word: &str) -> Cow<'_, str> {
    if is_plain(word) {
        return Cow::Borrowed(word);
    }
    if word.is_ascii() {
        return lower(word);
    }
    let mut folded = latin(word).unwrap_or_else(|| decomposed(word));
    if is_initials(&folded) {
        folded.retain(|letter| letter != '.');
    }
    Cow::Owned(cut(folded))
}

/// Returns a word as [`decomposed`] does, in a tenth of the time, where it is of plain letters and those
/// with accents that most languages of western Europe need no others than.
fn latin(word: &str) -> Option<String> {
    let mut folded = String::with_capacity(word.len());
    for letter in word.chars().filter(|letter| !is_layout(*letter)) {
        folded.push_str(match letter {
            _ if letter.is_ascii() => {
                folded.push(letter.to_ascii_lowercase());
                continue;
            }
            'À'..='Å' | 'à'..='å' => "a",
            'Æ' | 'æ' => "ae",
            'Ç' | 'ç' => "c",
            'È'..='Ë' | 'è'..='ë' => "e",
            'Ì'..='Ï' | 'ì'..='ï' => "i",
            'Ð' | 'ð' => "d",
            'Ñ' | 'ñ' => "n",
            'Ò'..='Ö' | 'ò'..='ö' | 'Ø' | 'ø' => "o",
            'Ù'..='Ü' | 'ù'..='ü' => "u",
            'Ý' | 'ý' | 'ÿ' => "y",
            'Þ' | 'þ' => "th",
            'ß' => "ss",
            _ => return None,
        });
    }
    Some(folded)
}

/// Returns a word without what [`fold`] takes away, full stops apart, letter by letter.
fn decomposed(word: &str) -> String {
    let mut base = '\0';
    let letters = word.nfkd().flat_map(char::to_lowercase).filter(|letter| {
        let goes = is_layout(*letter) || is_mark(base, *letter);
        if !is_combining_mark(*letter) {
            base = *letter;
        }
        !goes
    });
    let mut plain = String::with_capacity(word.len());
    for letter in letters {
        match spelling(letter) {
            Some(spelling) => plain.push_str(spelling),
            None => plain.push(figure(letter).unwrap_or(letter)),
        }
    }
    plain.nfc().collect()
}

/// Whether a word is compared as it stands: of small ASCII letters and figures, or of Han characters,
/// kana or Hangul that have no other form.
fn is_plain(word: &str) -> bool {
    let ascii = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let plain = |letter: char| matches!(letter, '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}');
    word.len() <= LONGEST_TERM && (word.bytes().all(ascii) || word.chars().all(plain))
}

fn cut(mut word: String) -> String {
    if word.len() > LONGEST_TERM {
        let end = (0..=LONGEST_TERM).rev().find(|&at| word.is_char_boundary(at)).unwrap_or(0);
        word.truncate(end);
    }
    word
}

/// Whether a word is letters parted by full stops, as in `U.S.`
fn is_initials(word: &str) -> bool {
    word.contains('.') && word.trim_end_matches('.').split('.').all(|letter| letter.chars().nth(1).is_none())
}

/// Whether a character inside a word is no letter of it: apostrophes and marks of abbreviation, hyphens
/// and joiners that only lay out.
fn is_layout(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '’' | 'ʼ' | '"' | '״' | '׳' | '\u{AD}' | '\u{200B}'
            ..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{640}'
    )
}

/// Whether a combining mark only qualifies the letter before it. In Cyrillic `й` and `ї` are letters of
/// their own and `ё` is mostly written `е`; in the scripts of India and Southeast Asia marks are vowels.
fn is_mark(base: char, mark: char) -> bool {
    match mark {
        '\u{300}'..='\u{36F}' => match base {
            'a'..='z' | '\u{DF}'..='\u{24F}' | '\u{370}'..='\u{3FF}' => true,
            'е' => mark == '\u{308}',
            // A stress mark on a vowel.
            '\u{400}'..='\u{4FF}' => mark == '\u{301}' || mark == '\u{300}',
            _ => false,
        },
        // Hebrew points, Arabic vowel signs, hamza and madda above or below a letter, Indian nukta.
        '\u{591}'..='\u{5C7}'
        | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{6D6}'..='\u{6ED}' => true,
        '\u{93C}' | '\u{9BC}' | '\u{A3C}' | '\u{ABC}' | '\u{B3C}' => true,
        _ => false,
    }
}

/// Returns the usual spelling of a letter that has one and does not decompose to it.
fn spelling(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "n",
        'ς' => "σ",
        // Candrabindu, which is often written as anusvara.
        'ँ' => "ं",
        // Alef wasla; alef maksura and Persian yeh; teh marbuta and Persian heh; Persian kaf (after
        // Lucene's ArabicNormalizer and PersianNormalizer).
        'ٱ' => "ا",
        'ى' | 'ی' | 'ے' => "ي",
        'ة' | 'ۀ' | 'ە' | 'ہ' | 'ھ' => "ه",
        'ک' => "ك",
        // The forms of Hebrew letters at the end of a word.
        'ך' => "כ",
        'ם' => "מ",
        'ן' => "נ",
        'ף' => "פ",
        'ץ' => "צ",
        _ => return None,
    })
}

/// Returns the figure 0 to 9 that a decimal digit of another script stands for.
fn figure(letter: char) -> Option<char> {
    /// The zeros of the scripts in use (Unicode, general category Nd); nine digits follow each.
    const ZEROS: [u32; 15] = [
        0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0x1040,
        0x17E0,
    ];
    let code = u32::from(letter);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_takes_case_and_accents_away() {
        let check = |word: &str, expected: &str| assert_eq!(fold(word), expected, "{word}");
        check("Llama", "llama");
        check("Café", "cafe");
        check("Ångström", "angstrom");
        check("ﬁsh", "fish");
        check("Straße", "strasse");
        check("STRASSE", "strasse");
        check("Işık", "isik");
        check("İstanbul", "istanbul");
        check("SMØRREBRØD", "smorrebrod");
        check("Łódź", "lodz");
        check("Việt", "viet");
        check("Đà", "da");
        check("Йод", "йод");
        check("Ещё", "еще");
        check("Їжак", "їжак");
        check("замо́к", "замок");
        check("Ελλάδα", "ελλαδα");
        check("ΛΌΓΟΣ", "λογοσ");
        check("λόγος", "λογοσ");
        check("हिन्दी", "हिन्दी");
        check("ज़रूर", "जरूर");
        check("ＡＢＣ１", "abc1");
        check("ｶﾞｽ", "ガス");
        check("مُحَمَّد", "محمد");
        check("أحمد", "احمد");
        check("مدرسة", "مدرسه");
        check("مـــدرسة", "مدرسه");
        check("کتابی", "كتابي");
        check("١٢٣", "123");
        check("२०२५", "2025");
        check("שָׁלוֹם", "שלומ");
        check("צה\"ל", "צהל");
        check("U.S.", "us");
        check("example.org", "example.org");
        check("co\u{AD}operate", "cooperate");
        check("м'ята", "мята");
        check("C++", "c++");
        check(&"x".repeat(1000), &"x".repeat(LONGEST_TERM));
    }

    #[test]
    fn small_letters_keep_their_accents() {
        let check = |word: &str, expected: &str| assert_eq!(lower(word), expected, "{word}");
        check("Café", "café");
        check("CAFE\u{301}", "café");
        check("Straße", "straße");
        check("U.S", "us");
        check("ﬁsh", "fish");
        check("مُحَمَّد", "مُحَمَّد");
    }

    proptest! {
        #[test]
        fn letters_of_western_europe_are_folded_as_all_others(word in "[a-zA-Z0-9.'’\u{AD}À-ÖØ-öø-ÿ]{0,12}") {
            prop_assert_eq!(latin(&word), Some(decomposed(&word)));
        }

        #[test]
        fn folding_twice_is_folding_once(word in "[\\p{L}\\p{M}\\p{N}]{0,12}") {
            let folded = fold(&word).into_owned();
            prop_assert_eq!(fold(&folded), folded.as_str());
            let small = lower(&word);
            prop_assert_eq!(fold(&small), folded.as_str());
        }
    }
}
