//! The marks that lines begin with, or are made of.

/// Returns the sign that a line under or over a heading is made of.
pub(super) fn adornment(line: &str) -> Option<char> {
    let line = line.trim_end();
    let first = line.chars().next().filter(char::is_ascii_punctuation)?;
    line.chars().all(|char| char == first).then_some(first)
}

/// Returns what an enumerator, such as `(a)` or `3.`, counts.
pub(super) fn enumerator(mark: &str) -> Option<&str> {
    let closed = mark.strip_prefix('(').and_then(|mark| mark.strip_suffix(')'));
    let counted = closed.or_else(|| mark.strip_suffix(['.', ')']))?;
    let all = |one: fn(&u8) -> bool| counted.bytes().all(|byte| one(&byte));
    let number = counted.len() < 8 && all(u8::is_ascii_digit);
    let letter = counted.len() == 1 && all(u8::is_ascii_alphabetic);
    let roman =
        counted.len() < 8 && counted.bytes().all(|byte| b"ivxlcdm".contains(&byte.to_ascii_lowercase()));
    (!counted.is_empty() && (number || letter || roman || counted == "#")).then_some(counted)
}

/// Returns the name and the value of a field, such as `:Author: Jane Doe`.
pub(super) fn field(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(':')?;
    if rest.starts_with([' ', ':', '`']) {
        return None;
    }
    let mut end = None;
    for (at, _) in rest.char_indices().take(100).filter(|&(_, char)| char == ':') {
        let after = &rest[at + 1..];
        if rest[..at].contains('`') {
            break;
        }
        if after.is_empty() || after.starts_with([' ', '\t']) {
            end = Some(at);
            break;
        }
    }
    let end = end?;
    Some((&rest[..end], rest[end + 1..].trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_from_text() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(enumerator(text), expected, "{text}");
        check("1.", Some("1"));
        check("(iv)", Some("iv"));
        check("a)", Some("a"));
        check("#.", Some("#"));
        check("1", None);
        check("No.", None);
        check(".", None);
        assert_eq!(field(":a b: c"), Some(("a b", "c")));
        assert_eq!(field(":a:"), Some(("a", "")));
        assert_eq!(field(":a:`b`"), None);
        assert_eq!(field("::"), None);
        assert_eq!((adornment("===="), adornment("=-"), adornment("")), (Some('='), None, None));
    }
}
