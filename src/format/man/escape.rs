//! What a backslash begins in manual pages: characters, fonts, sizes, strings.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

/// Bytes that a name or an argument of an escape has at most.
const LONGEST_NAME: usize = 80;

/// Returns text without escapes; `strings` holds those that the page defines.
pub(super) fn plain(text: &str, strings: &HashMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(sign) = rest.chars().next() else { break };
        rest = &rest[sign.len_utf8()..];
        match sign {
            '"' | '#' => return out,
            '-' => out.push('-'),
            'e' | '\\' | 'E' => out.push('\\'),
            ' ' | '~' | '0' | 't' => out.push(' '),
            '.' | '\'' | '`' | '_' => out.push(sign),
            '(' | '[' => {
                let (name, after) = name(rest, sign);
                rest = after;
                out.push_str(&glyph(name));
            }
            '*' | 'f' | 'F' | 'n' | 'm' | 'M' | 'g' | 'k' | 'V' | 'Y' | '$' => {
                let shift = rest.starts_with(['+', '-']) && sign == 'n';
                rest = if shift { &rest[1..] } else { rest };
                let first = rest.chars().next().unwrap_or(' ');
                let (name, after) = match first {
                    '(' | '[' => name(&rest[1..], first),
                    _ => rest.split_at(first.len_utf8().min(rest.len())),
                };
                rest = after;
                if sign == '*' {
                    out.push_str(strings.get(name).map_or_else(|| predefined(name), String::as_str));
                }
            }
            's' => rest = size(rest),
            'h' | 'v' | 'w' | 'l' | 'L' | 'o' | 'D' | 'X' | 'N' | 'b' | 'x' | 'A' | 'B' | 'C' | 'H' | 'R'
            | 'S' | 'Z' => {
                let (inner, after) = quoted(rest);
                rest = after;
                match sign {
                    'C' => out.push_str(&glyph(inner)),
                    'h' if !inner.starts_with('-') => out.push(' '),
                    'o' => out.extend(inner.chars().next()),
                    'Z' => out.push_str(inner),
                    _ => {}
                }
            }
            '&' | '|' | '^' | '%' | ':' | '/' | ',' | ')' | 'c' | 'p' | 'd' | 'u' | 'r' | 'z' | '{' | '}'
            | 'a' | '!' | '?' | '\n' => {}
            _ => out.push(sign),
        }
    }
    out.push_str(rest);
    out
}

/// Returns the name after `(`, of two characters, or after `[`, up to the bracket, and what follows.
fn name(rest: &str, open: char) -> (&str, &str) {
    if open == '[' {
        let end = rest.bytes().take(LONGEST_NAME).position(|byte| byte == b']');
        return end.map_or(("", rest), |end| (&rest[..end], &rest[end + 1..]));
    }
    rest.split_at(rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at))
}

/// Passes over a change of size.
fn size(rest: &str) -> &str {
    let signed = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    match signed.chars().next() {
        Some('\'') => quoted(signed).1,
        Some(open @ ('(' | '[')) => name(&signed[1..], open).1,
        Some('1' | '2' | '3') if signed.len() > 1 && signed.as_bytes()[1].is_ascii_digit() => &signed[2..],
        Some(digit) if digit.is_ascii_digit() => &signed[1..],
        _ => signed,
    }
}

/// Returns what stands between two like signs, and what follows.
fn quoted(rest: &str) -> (&str, &str) {
    let Some(sign) = rest.chars().next() else { return ("", rest) };
    let inner = &rest[sign.len_utf8()..];
    let end = inner.char_indices().take(LONGEST_NAME).find(|&(_, char)| char == sign);
    end.map_or(("", rest), |(end, _)| (&inner[..end], &inner[end + sign.len_utf8()..]))
}

/// Returns a string that every page knows.
fn predefined(name: &str) -> &'static str {
    match name {
        "lq" | "L\"" => "“",
        "rq" | "R\"" => "”",
        "R" => "®",
        "Tm" => "™",
        "Aq" => "'",
        "--" => "—",
        "C+" => "C++",
        _ => "",
    }
}

/// Returns the character of this name.
fn glyph(name: &str) -> String {
    if let Some(code) =
        name.strip_prefix('u').and_then(|code| u32::from_str_radix(code.split('_').next()?, 16).ok())
    {
        return char::from_u32(code).filter(|char| !char.is_control()).map(String::from).unwrap_or_default();
    }
    let known = GLYPHS.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign);
    if let Some(known) = known {
        return known.to_owned();
    }
    let mut chars = name.chars();
    let (first, second) = (chars.next(), chars.next());
    match (first, second) {
        (Some(accent), Some(letter)) if letter.is_ascii_alphabetic() && chars.next().is_none() => {
            let mark = match accent {
                '\'' => '\u{301}',
                '`' => '\u{300}',
                '^' => '\u{302}',
                '~' => '\u{303}',
                ':' => '\u{308}',
                ',' => '\u{327}',
                'v' => '\u{30c}',
                '*' => return greek(letter).map(String::from).unwrap_or_default(),
                _ => return String::new(),
            };
            [letter, mark].into_iter().nfc().collect()
        }
        _ => String::new(),
    }
}

fn greek(letter: char) -> Option<char> {
    const LATIN: &str = "abgdezyhiklmncoprstufxqw";
    const GREEK: &str = "αβγδεζηθικλμνξοπρστυφχψω";
    let at = LATIN.find(letter.to_ascii_lowercase())?;
    let small = GREEK.chars().nth(at)?;
    if letter.is_ascii_uppercase() { small.to_uppercase().next() } else { Some(small) }
}

const GLYPHS: &[(&str, &str)] = &[
    ("em", "—"),
    ("en", "–"),
    ("hy", "-"),
    ("mi", "−"),
    ("aq", "'"),
    ("dq", "\""),
    ("lq", "“"),
    ("rq", "”"),
    ("oq", "‘"),
    ("cq", "’"),
    ("Bq", "„"),
    ("bq", "‚"),
    ("Fo", "«"),
    ("Fc", "»"),
    ("fo", "‹"),
    ("fc", "›"),
    ("bu", "•"),
    ("co", "©"),
    ("rg", "®"),
    ("tm", "™"),
    ("de", "°"),
    ("mu", "×"),
    ("di", "÷"),
    ("+-", "±"),
    ("<=", "≤"),
    (">=", "≥"),
    ("!=", "≠"),
    ("->", "→"),
    ("<-", "←"),
    ("==", "≡"),
    ("~~", "≈"),
    ("~=", "≈"),
    ("ti", "~"),
    ("ha", "^"),
    ("ga", "`"),
    ("rs", "\\"),
    ("at", "@"),
    ("sh", "#"),
    ("Do", "$"),
    ("Eu", "€"),
    ("eu", "€"),
    ("Po", "£"),
    ("Ye", "¥"),
    ("ct", "¢"),
    ("sc", "§"),
    ("ps", "¶"),
    ("dg", "†"),
    ("dd", "‡"),
    ("sq", "□"),
    ("ci", "○"),
    ("OK", "✓"),
    ("ss", "ß"),
    ("ae", "æ"),
    ("AE", "Æ"),
    ("oe", "œ"),
    ("OE", "Œ"),
    ("/o", "ø"),
    ("/O", "Ø"),
    ("oa", "å"),
    ("oA", "Å"),
    ("/l", "ł"),
    ("/L", "Ł"),
    ("ul", "_"),
    ("ru", "_"),
    ("ba", "|"),
    ("or", "|"),
    ("br", "|"),
    ("bv", "|"),
    ("sl", "/"),
    ("lB", "["),
    ("rB", "]"),
    ("lC", "{"),
    ("rC", "}"),
    ("la", "⟨"),
    ("ra", "⟩"),
    ("14", "¼"),
    ("12", "½"),
    ("34", "¾"),
    ("if", "∞"),
    ("pl", "+"),
    ("eq", "="),
    ("**", "*"),
    ("pc", "·"),
    ("md", "⋅"),
    ("no", "¬"),
    ("fm", "′"),
    ("sd", "″"),
    ("r!", "¡"),
    ("r?", "¿"),
    ("S1", "¹"),
    ("S2", "²"),
    ("S3", "³"),
    ("mc", "µ"),
    ("sr", "√"),
    ("is", "∫"),
    ("pd", "∂"),
    ("gr", "∇"),
    ("te", "∃"),
    ("fa", "∀"),
    ("mo", "∈"),
    ("es", "∅"),
    ("ca", "∩"),
    ("cu", "∪"),
    ("sb", "⊂"),
    ("sp", "⊃"),
    ("da", "↓"),
    ("ua", "↑"),
    ("<>", "↔"),
    ("rA", "⇒"),
    ("lA", "⇐"),
    ("*b", "β"),
    ("-D", "Ð"),
    ("Sd", "ð"),
    ("TP", "Þ"),
    ("Tp", "þ"),
    ("nb", " "),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_leave_their_characters() {
        let strings = HashMap::from([("x".to_owned(), "X y".to_owned()), ("ab".to_owned(), "AB".to_owned())]);
        let check = |text: &str, expected: &str| assert_eq!(plain(text, &strings), expected, "{text}");
        check(r"\fBa\fR \f(CWb\fP \f[I]c\fR", "a b c");
        check(r"a\-b \(em \(bu \[u00E9] \('e \[:u] \(*a", "a-b — • é é ü α");
        check(r"\s-1A\s0 \s+2B\s0 \s12C", "A B C");
        check(r"\*x \*(ab \*[x] \*(lqq\*(rq \*(zz", "X y AB X y “q” ");
        check(r"a\&b\|c \e \\ d\c", r"abc \ \ d");
        check(r"a \h'2n'b\v'1' \n(xx c\n+x", "a  b  c");
        check("a \\\" gone", "a ");
        check(r"\", "");
        check(r"\(", "");
        check(r"\é \[é \fé", "é é ");
    }
}
