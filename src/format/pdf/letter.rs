//! Letters as a page shows them, made letters as a text has them.

use unicode_normalization::{UnicodeNormalization, char::compose};

/// Returns the text of a sign without its shape: ligatures opened, no control characters.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\u{fb00}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{2e80}'..='\u{2fdf}' => {
                out.extend(char.nfkc());
            }
            // The bullets of symbol fonts.
            '\u{f0b7}' | '\u{f0a7}' | '\u{f0d8}' | '\u{f0fc}' | '\u{f076}' => out.push('•'),
            '\u{e000}'..='\u{f8ff}' | '\u{200b}' | '\u{feff}' | '\u{f0000}'.. => {}
            '\u{2028}' | '\u{2029}' => out.push(' '),
            _ if char.is_control() || char.is_whitespace() => out.push(' '),
            _ => out.push(char),
        }
    }
    out
}

/// Says whether a letter is of a script that runs from right to left.
pub(super) fn is_leftward(char: char) -> bool {
    matches!(char, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
        && !matches!(char, '\u{660}'..='\u{66c}' | '\u{6f0}'..='\u{6f9}')
}

/// Returns a letter with an accent that was printed over it, where there is such a letter.
pub(super) fn accented(letter: char, accent: char) -> Option<char> {
    let mark = match accent {
        '`' => '\u{300}',
        '´' => '\u{301}',
        'ˆ' | '^' => '\u{302}',
        '˜' | '~' => '\u{303}',
        '¯' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30a}',
        '˝' => '\u{30b}',
        'ˇ' => '\u{30c}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        _ => return None,
    };
    let letter = match letter {
        'ı' => 'i',
        'ȷ' => 'j',
        _ => letter,
    };
    compose(letter, mark)
}

/// Says whether a character is an accent that stands for itself, as fonts without accented letters
/// have them.
pub(super) fn is_accent(char: char) -> bool {
    accented('c', char).or_else(|| accented('a', char)).or_else(|| accented('o', char)).is_some()
}

/// Turns text that was printed from left to right into the order in which it is read: letters from
/// right to left, numbers and foreign words as they stand.
pub(super) fn from_right(text: &str) -> String {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for char in text.chars() {
        let onward = char.is_alphanumeric() && !is_leftward(char);
        // What stands between two numbers belongs to them.
        match parts.last_mut() {
            Some((last, part)) if *last && (onward || ".,:/-".contains(char)) => part.push(char),
            Some((false, part)) if !onward => part.push(char),
            _ => parts.push((onward, char.to_string())),
        }
    }
    let turned = |(onward, part): &(bool, String)| {
        if *onward { part.clone() } else { part.chars().rev().map(mirrored).collect() }
    };
    parts.iter().rev().map(turned).collect()
}

fn mirrored(char: char) -> char {
    match char {
        '(' => ')',
        ')' => '(',
        '[' => ']',
        ']' => '[',
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_become_letters() {
        let check = |shown: &str, expected: &str| assert_eq!(plain(shown), expected, "{shown}");
        check("ﬁ", "fi");
        check("ﬄ", "ffl");
        check("x\u{b2}½", "x²½");
        check("\u{feb3}", "س");
        check("\u{2f00}", "一");
        check("\u{f0b7}\u{f123}a\u{0}b\u{a0}", "•a b ");
    }

    #[test]
    fn accents_join_their_letter() {
        let check = |letter, accent, expected| assert_eq!(accented(letter, accent), expected);
        check('u', '¨', Some('ü'));
        check('ı', '´', Some('í'));
        check('c', 'ˇ', Some('č'));
        check('q', '´', None);
        check('a', 'b', None);
        assert!(is_accent('¨') && is_accent('¸') && is_accent('˝') && !is_accent('a') && !is_accent('.'));
    }

    #[test]
    fn text_from_the_right_keeps_its_numbers() {
        let check = |shown: &str, expected: &str| assert_eq!(from_right(shown), expected, "{shown}");
        check("םולש", "שלום");
        check("(12.5) םולש", "שלום (12.5)");
        check("PDF םולש", "שלום PDF");
    }
}
