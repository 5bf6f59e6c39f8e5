//! How long a line of plain text is: in words, and in columns.

use super::line::MOST_WORDS;

/// Columns that a line is measured to; what is longer is long.
pub(super) const MEASURED: usize = 400;

/// Returns the [`columns`] and the [`words`] of a line.
pub(super) fn measure(text: &str) -> (u16, u8) {
    if text.is_ascii() {
        return (text.len().min(MEASURED) as u16, plain_words(text.as_bytes()) as u8);
    }
    (columns(text), words(text) as u8)
}

/// Counts words; stops when there are more than a heading has. In scripts without spaces so many
/// characters count as one.
pub(super) fn words(text: &str) -> usize {
    if text.is_ascii() {
        return plain_words(text.as_bytes());
    }
    // In twelfths of a word.
    let (mut count, mut inside) = (0, false);
    for char in text.chars() {
        let share = match char {
            'a'..='z' | 'A'..='Z' | '0'..='9' if inside => continue,
            '\t' | ' ' => 0,
            char if is_dense(char) => 6,
            // Thai, Lao, Burmese, Khmer.
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => 2,
            char if char.is_whitespace() => 0,
            char if inside || !char.is_alphanumeric() => continue,
            _ => 12,
        };
        inside = share == 12;
        count += share;
        if count > 12 * MOST_WORDS {
            break;
        }
    }
    usize::div_ceil(count, 12)
}

/// Does as [`words`] for what is ASCII, without a branch for each character, which a processor would guess wrong
/// at the ends of words.
fn plain_words(text: &[u8]) -> usize {
    let (mut count, mut inside) = (0, false);
    for part in text.chunks(128) {
        for byte in part {
            let starts = byte.is_ascii_alphanumeric();
            count += usize::from(starts & !inside);
            inside = starts | inside & !matches!(byte, b'\t'..=b'\r' | b' ');
        }
        if count > MOST_WORDS {
            break;
        }
    }
    count.min(MOST_WORDS + 1)
}

/// Says whether a character belongs to a script that writes two columns wide and without spaces.
pub(super) fn is_dense(char: char) -> bool {
    matches!(char, '\u{2e80}'..='\u{2fff}' | '\u{3001}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

/// Counts the columns that a text takes, to [`MEASURED`].
pub(super) fn columns(text: &str) -> u16 {
    let columns = if text.is_ascii() {
        text.len().min(MEASURED)
    } else {
        let wide = |char| is_dense(char) || matches!(char, '\u{ac00}'..='\u{d7a3}');
        text.chars().take(MEASURED).map(|char| 1 + usize::from(wide(char))).sum()
    };
    columns as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_all_scripts() {
        let check = |text: &str, expected: usize| assert_eq!(words(text), expected, "{text}");
        check("", 0);
        check(" -- \t(…) ", 0);
        check("two words", 2);
        check("it's a low-water mark, 3.5\x0bm", 6);
        check("(a)\x1fb", 1);
        check("l'été dernier", 2);
        check("潮は満ちる", 3);
        check(&"tide ".repeat(12), 12);
        check(&"tide ".repeat(500), 13);
        check(&"été ".repeat(500), 13);
    }

    #[test]
    fn plain_text_has_as_many_words_as_any_other() {
        let texts =
            ["a", "a b", "a  b\t-c", "- a -b (c) d", "--", "a_b c.d 1,2", " \x0ca \x0bb\x1fc ", "a. B. c?"];
        for text in texts {
            let accented = text.replace('a', "é").replace('b', "ü") + " é";
            assert_eq!(words(&accented), words(text) + 1, "{text}");
        }
    }
}
