//! The text of a block without marks: formatting, macros, references, attributes.

use super::attribute::{Attributes, attribute, filled};
use crate::format::{
    gather::{Next, breaks, hidden, unmarked},
    latex::math::math,
};

/// Macros that show nothing.
const DROPPED: &[&str] =
    &["anchor", "icon", "indexterm", "counter", "set", "include", "video", "audio", "toc"];

/// Returns text without marks; its line breaks stay.
pub(super) fn clean(text: &str, attributes: &Attributes) -> String {
    formatting(&macros(text, attributes))
}

/// Takes out macros, references and what is passed through.
fn macros(text: &str, attributes: &Attributes) -> String {
    let mut ends = Ends {
        bracket: Next::new(text, "]"),
        angles: Next::new(text, ">>"),
        brackets: Next::new(text, "]]"),
        terms: Next::new(text, ")))"),
        term: Next::new(text, "))"),
        triple: Next::new(text, "+++"),
        literal: Next::new(text, "+`"),
        tick: Next::new(text, "`"),
        quoted: false,
    };
    unmarked(text, |at, out| mark(text, at, out, &mut ends, attributes))
}

/// Where the marks end.
struct Ends<'a> {
    bracket: Next<'a>,
    angles: Next<'a>,
    brackets: Next<'a>,
    terms: Next<'a>,
    term: Next<'a>,
    triple: Next<'a>,
    literal: Next<'a>,
    tick: Next<'a>,
    /// Whether a quotation has begun.
    quoted: bool,
}

/// Reads the mark at an offset: what is kept of it, and where it ends. The name of a macro is already
/// written when its colon is met.
fn mark(
    text: &str,
    at: usize,
    out: &mut String,
    ends: &mut Ends<'_>,
    attributes: &Attributes,
) -> Option<(String, usize)> {
    let rest = &text[at..];
    let dropped = |end: usize| Some((breaks(&text[at..end]), end));
    match rest.as_bytes()[0] {
        b'\\' => {
            let next = rest[1..]
                .chars()
                .next()
                .filter(|next| "*_`#^~+{[<(\"':.".contains(*next) || next.is_alphabetic())?;
            // A backslash keeps the mark that follows from being one.
            let escapes = !next.is_alphabetic()
                || rest[1..]
                    .split(|char: char| !char.is_alphanumeric())
                    .next()
                    .is_some_and(|word| rest[1 + word.len()..].starts_with([':', '@', '[']));
            let kept = if next == '{' || !next.is_alphabetic() {
                hidden(&next.to_string())
            } else {
                next.to_string()
            };
            escapes.then(|| (kept, at + 1 + next.len_utf8()))
        }
        b'<' if rest.starts_with("<<") => {
            let end = ends.angles.at(at + 2)?;
            let inner = &text[at + 2..end];
            if inner.len() > 400 || inner.contains("\n\n") {
                return None;
            }
            let shown = inner.split_once(',').map_or("", |(_, shown)| shown);
            Some((breaks(inner.split(',').next().unwrap_or("")) + shown.trim_start_matches(' '), end + 2))
        }
        b'[' if rest.starts_with("[[") => dropped(ends.brackets.at(at + 2)? + 2),
        b'[' if rest.starts_with("[.")
            || rest.starts_with("[#")
            || rest[1..].starts_with(|next: char| next.is_ascii_lowercase()) =>
        {
            // A role of the text that follows.
            let end = ends.bracket.at(at)?;
            let marked = text[end + 1..].starts_with(['#', '*', '_', '`', '^', '~']);
            (marked && end - at < 80).then(|| (String::new(), end + 1))
        }
        b'(' if rest.starts_with("(((") => dropped(ends.terms.at(at + 3)? + 3),
        b'(' if rest.starts_with("((") => {
            let end = ends.term.at(at + 2)?;
            (end - at < 200).then(|| (text[at + 2..end].to_owned(), end + 2))
        }
        b'+' if rest.starts_with("+++") => {
            let end = ends.triple.at(at + 3)?;
            Some((hidden(&text[at + 3..end]), end + 3))
        }
        b'`' if rest.starts_with("`+") => {
            let end = ends.literal.at(at + 2)?;
            Some((hidden(&text[at + 2..end]), end + 2))
        }
        // Quotation marks are written with ticks inside.
        b'"' if rest.starts_with("\"`") => {
            ends.quoted = true;
            Some(("“".to_owned(), at + 2))
        }
        b'\'' if rest.starts_with("'`") => {
            ends.quoted = true;
            Some(("‘".to_owned(), at + 2))
        }
        b'`' if rest.starts_with("`\"") && ends.quoted => Some(("”".to_owned(), at + 2)),
        b'`' if rest.starts_with("`'") && ends.quoted => Some(("’".to_owned(), at + 2)),
        // Marks inside code are mostly part of it.
        b'`' if !text[..at]
            .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '"' | '\'' | '`')) =>
        {
            let end = ends.tick.at(at + 1)?;
            let inner = &text[at + 1..end];
            let after = text[end + 1..].chars().next();
            let code = !inner.is_empty()
                && !inner.starts_with([' ', '\n'])
                && !inner.ends_with([' ', '\n'])
                && inner.len() < 400;
            let apart =
                after.is_none_or(|after| !after.is_alphanumeric() && !matches!(after, '`' | '"' | '\''));
            (code && apart && !inner.contains("\n\n")).then(|| (hidden(&filled(inner, attributes)), end + 1))
        }
        b'{' => {
            let length = rest[1..]
                .bytes()
                .take(60)
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte))
                .count();
            let name = &rest[1..1 + length];
            (length > 0 && rest[1 + length..].starts_with('}'))
                .then(|| (attribute(name, attributes), at + length + 2))
        }
        b':' => {
            // A macro ends with a bracket: where none follows, none has to be looked for.
            ends.bracket.at(at)?;
            let start = out
                .rfind(|char: char| !char.is_ascii_alphanumeric() && char != '-')
                .map_or(0, |found| found + 1);
            let start = if out.is_char_boundary(start) { start } else { out.len() };
            let name = out[start..].to_owned();
            if name.is_empty() || name.len() > 20 {
                return None;
            }
            let address = matches!(name.as_str(), "http" | "https" | "ftp" | "irc");
            let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'[' | b']');
            let length = rest[1..].bytes().take(2_000).take_while(|byte| !blank(byte)).count();
            // It may be cut inside a character.
            let target = rest.get(1..1 + length)?;
            if !rest[1 + length..].starts_with('[') || target.ends_with(':') && length > 1 {
                return None;
            }
            let open = at + 1 + length;
            let end = closing(text, open, ends)?;
            let inner = &text[open + 1..end];
            // A heading of words before a bracket is no macro.
            if target.is_empty()
                && !matches!(
                    name.as_str(),
                    "footnote"
                        | "kbd"
                        | "btn"
                        | "pass"
                        | "stem"
                        | "latexmath"
                        | "asciimath"
                        | "indexterm"
                        | "indexterm2"
                        | "icon"
                        | "menu"
                        | "mailto"
                        | "link"
                        | "footnoteref"
                )
            {
                return None;
            }
            out.truncate(start);
            let written = if address { format!("{name}:{target}") } else { target.to_owned() };
            Some((shown(&name, &written, inner), end + 1))
        }
        _ => None,
    }
}

/// Returns the offset of the bracket that closes one, which may hold others.
fn closing(text: &str, open: usize, ends: &mut Ends<'_>) -> Option<usize> {
    let mut end = ends.bracket.at(open)?;
    for _ in 0..8 {
        let inner = &text[open + 1..end];
        if inner.len() > 2_000 {
            return None;
        }
        if inner.matches('[').count() <= inner.matches(']').count() && !inner.ends_with('\\') {
            break;
        }
        end = ends.bracket.at(end + 1)?;
    }
    (!text[open..end].contains("\n\n")).then_some(end)
}

/// Returns what a macro shows.
fn shown(name: &str, target: &str, inner: &str) -> String {
    let first = || {
        // What follows the text are attributes of the link.
        let quoted = inner.strip_prefix('"').and_then(|inner| inner.split_once('"'));
        let text = quoted.map_or_else(
            || if inner.contains('=') { inner.split(',').next().unwrap_or("") } else { inner },
            |(text, _)| text,
        );
        let named = text.contains('=') && !text.contains(' ');
        if named { "" } else { text.trim_end_matches('^') }.to_owned()
    };
    match name {
        _ if DROPPED.contains(&name) => breaks(inner),
        "footnote" | "footnoteref" => match inner.trim() {
            "" => String::new(),
            note => format!(" [{note}]"),
        },
        "stem" | "latexmath" | "asciimath" => hidden(&math(inner)),
        "pass" => hidden(inner),
        "image" => first().split(',').next().unwrap_or("").to_owned(),
        "menu" => format!("{target} {inner}"),
        "kbd" | "btn" | "indexterm2" => inner.to_owned(),
        // A page of a manual.
        _ if !inner.is_empty()
            && inner.len() < 5
            && inner.starts_with(|first: char| first.is_ascii_digit())
            && !target.contains(['/', '.']) =>
        {
            format!("{}({inner})", hidden(target))
        }
        _ => {
            let text = first();
            if text.trim().is_empty() && name != "xref" { hidden(target) + &breaks(inner) } else { text }
        }
    }
}

/// Takes out the signs of formatting.
fn formatting(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    // Where formatting may have begun: the sign, how often it stands there, the place in `out`.
    let mut open: Vec<(u8, usize, usize)> = Vec::new();
    let bytes = text.as_bytes();
    let (mut done, mut at) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if !matches!(byte, b'*' | b'_' | b'`' | b'#' | b'^' | b'~' | b'+') {
            at += 1;
            continue;
        }
        let count = bytes[at..].iter().take_while(|&&other| other == byte).count();
        let before = text[..at].chars().next_back();
        let after = text[at + count..].chars().next();
        let blank = |char: Option<char>| char.is_none_or(char::is_whitespace);
        let word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
        // One sign stands at the border of a word, two stand anywhere.
        let free = count == 2 || matches!(byte, b'^' | b'~');
        let known = open.iter().rposition(|one| one.0 == byte && one.1 == count);
        if count > 2 {
            at += count;
        } else if let Some(known) = known.filter(|_| !blank(before) && (free || !word(after))) {
            let place = open[known].2;
            out[place] = "";
            out.push(&text[done..at]);
            done = at + count;
            open.truncate(known);
        } else if known.is_none() && !blank(after) && (free || !word(before)) && after != Some(byte as char) {
            out.push(&text[done..at]);
            open.push((byte, count, out.len()));
            out.push(&text[at..at + count]);
            done = at + count;
        }
        at += count;
        if byte == b'\n' {
            open.clear();
        }
    }
    out.push(&text[done..]);
    out.concat().replace(" +\n", "\n").replace(" -- ", " — ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::gather::shown;

    #[test]
    fn marks_leave_their_text() {
        let attributes = Attributes::default();
        attributes.borrow_mut().insert("sea".to_owned(), "North Sea".to_owned());
        let check =
            |text: &str, expected: &str| assert_eq!(shown(clean(text, &attributes)), expected, "{text}");
        check("*a* _b c_ `d` #e# [.f]#g# a**b**c x^2^ H~2~O", "a b c d e g abc x2 H2O");
        check("2 * 3 * 4 snake_case_name a*b*c", "2 * 3 * 4 snake_case_name a*b*c");
        check("`a_b` and `c_d` `*e*` `+{f}+` +++<g>+++", "a_b and c_d *e* {f} <g>");
        check(
            "https://a.b[c d^] https://a.b/c_d_e link:f.html[g, h=i] <<j,k l>> <<m>> xref:n.adoc[o]",
            "c d https://a.b/c_d_e g k l  o",
        );
        check("image:a.png[A tide,300] icon:b[] kbd:[Ctrl+C] footnote:[c _d_.]", "A tide  Ctrl+C  [c d.]");
        check("{sea} {nope} {plus} `{sea}`", "North Sea  + North Sea");
        check("((term)) (((a, b))) [[id]]c note: d [e]", "term  c note: d [e]");
        check("\\*a* \\{sea}", "*a* {sea}");
        check("a +\nb -- \"`c`\"", "a\nb — “c”");
        check("stem:[\\alpha^2] pass:[*a*]", "α^2 *a*");
        let long = "潮".repeat(1_000);
        check(&format!("a:{long} [b]"), &format!("a:{long} [b]"));
        check("*a man:b[1] \\...", "*a b(1) ...");
        check("https://a.b[\"c, d\",window=_blank] mailto:e@f.g[]", "c, d e@f.g");
    }
}
