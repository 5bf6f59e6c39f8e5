//! The text of a block without marks: emphasis, links, notes, entities.

use crate::format::{
    gather::{Next, breaks, hidden, unmarked},
    latex::{math::math, symbols::symbol},
};

/// Endings of files that are pictures: a link to one shows no words.
const PICTURES: &[&str] = &[".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".pdf"];

/// Macros that stand for what a program fills in.
const FILLED_IN: &[&str] = &["date", "time", "modification-time", "property", "keyword", "n", "results"];

/// Returns text without marks; its line breaks stay.
pub(super) fn clean(text: &str) -> String {
    links(&emphasis(text))
}

/// Takes out the signs of emphasis and hides those inside code.
fn emphasis(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    // Where emphasis may have begun, and in which line: the sign, its offset, its place in `out`.
    let mut open: Vec<(u8, usize, usize, usize)> = Vec::new();
    let bytes = text.as_bytes();
    let (mut done, mut line) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'\n' {
            line += 1;
            // Emphasis ends in the line after the one it began in.
            open.retain(|one| one.3 + 1 >= line);
        }
        if !matches!(byte, b'*' | b'/' | b'_' | b'=' | b'~' | b'+') {
            continue;
        }
        let before = text[..at].chars().next_back();
        let after = text[at + 1..].chars().next();
        let blank = |char: Option<char>| char.is_none_or(char::is_whitespace);
        let closes = |char: Option<char>| {
            blank(char) || char.is_some_and(|char| "-–—.,;:!?'\")}[]|\\…*/_=~+".contains(char))
        };
        let opens =
            |char: Option<char>| blank(char) || char.is_some_and(|char| "-–—('\"{[*/_=~+".contains(char));
        let known = open.iter().rposition(|one| one.0 == byte && one.1 + 1 < at);
        if let Some(known) = known.filter(|_| !blank(before) && closes(after)) {
            let (_, start, place, _) = open[known];
            if matches!(byte, b'=' | b'~') {
                out.truncate(place);
                out.push(String::new());
                out.push(hidden(&text[start + 1..at]));
            } else {
                out[place].clear();
                out.push(text[done..at].to_owned());
            }
            done = at + 1;
            open.truncate(known);
        } else if opens(before)
            && !blank(after)
            && bytes.get(at + 1) != Some(&byte)
            && open.iter().all(|one| one.0 != byte)
        {
            out.push(text[done..at].to_owned());
            open.push((byte, at, out.len(), line));
            out.push(text[at..=at].to_owned());
            done = at + 1;
        }
    }
    out.push(text[done..].to_owned());
    out.concat()
}

/// Takes out what else is marked.
fn links(text: &str) -> String {
    let mut ends = Ends {
        bracket: Next::new(text, "]"),
        link: Next::new(text, "]]"),
        angle: Next::new(text, ">"),
        angles: Next::new(text, ">>"),
        snippet: Next::new(text, "@@"),
        replaced: Next::new(text, "}}}"),
        brace: Next::new(text, "}"),
        dollar: Next::new(text, "$"),
        inline: Next::new(text, "\\)"),
        display: Next::new(text, "\\]"),
    };
    unmarked(text, |at, _| ends.mark(text, at))
}

/// Where the marks end.
struct Ends<'a> {
    bracket: Next<'a>,
    link: Next<'a>,
    angle: Next<'a>,
    angles: Next<'a>,
    snippet: Next<'a>,
    replaced: Next<'a>,
    brace: Next<'a>,
    dollar: Next<'a>,
    inline: Next<'a>,
    display: Next<'a>,
}

impl Ends<'_> {
    /// Reads the mark at an offset: what is kept of it, and where it ends.
    fn mark(&mut self, text: &str, at: usize) -> Option<(String, usize)> {
        let rest = &text[at..];
        let dropped = |end: usize| Some((breaks(&text[at..end]), end));
        match rest.as_bytes()[0] {
            b'[' if rest.starts_with("[[") => {
                let target = self.bracket.at(at + 2)?;
                let inner = &text[at + 2..target];
                if text[target..].starts_with("][") {
                    let end = self.link.at(target + 2)?;
                    return Some((breaks(inner) + &text[target + 2..end], end + 2));
                }
                text[target..].starts_with("]]").then(|| (target_text(inner), target + 2))
            }
            b'[' if rest.starts_with("[fn:") => {
                let label = rest[4..]
                    .bytes()
                    .take_while(|byte| !matches!(byte, b':' | b']' | b' ' | b'\n'))
                    .take(80)
                    .count();
                match rest.as_bytes().get(4 + label)? {
                    b':' => Some(("[".to_owned(), at + 4 + label + 1)),
                    b']' => Some((format!("[{}", &rest[4..4 + label]), at + 4 + label)),
                    _ => None,
                }
            }
            b'[' if rest.starts_with("[cite") => dropped(self.bracket.at(at)? + 1),
            b'<' if rest.starts_with("<<") => {
                let end = self.angles.at(at)?;
                let inner = &text[at + 2..end.max(at + 2)];
                if inner.len() > 200 {
                    return None;
                }
                match inner.strip_prefix('<') {
                    Some(radio) => {
                        Some((radio.to_owned(), end + 2 + usize::from(text[end + 2..].starts_with('>'))))
                    }
                    None => dropped(end + 2),
                }
            }
            b'<' if rest.starts_with("<http") || rest.starts_with("<mailto:") => {
                let end = self.angle.at(at)?;
                Some((text[at + 1..end].trim_start_matches("mailto:").to_owned(), end + 1))
            }
            b'@' if rest.starts_with("@@") => dropped(self.snippet.at(at + 2)? + 2),
            b'{' if rest.starts_with("{{{") => {
                let end = self.replaced.at(at + 3)?;
                let (name, shown) = text[at + 3..end].split_once('(').unwrap_or((&text[at + 3..end], ""));
                let shown = shown.strip_suffix(')').filter(|_| !FILLED_IN.contains(&name));
                Some((shown.map_or_else(|| breaks(&text[at..end]), String::from), end + 3))
            }
            b'_' | b'^' if rest[1..].starts_with('{') => {
                let end = self.brace.at(at)?;
                Some((text[at + 2..end].to_owned(), end + 1))
            }
            b'$' => {
                let end = self.dollar.at(at + 1)?;
                let inner = &text[at + 1..end];
                let blank = |char: Option<char>| char.is_none_or(char::is_whitespace);
                let word = text[end + 1..].starts_with(char::is_alphanumeric);
                let ok = !blank(inner.chars().next())
                    && !blank(inner.chars().next_back())
                    && !word
                    && inner.len() < 400;
                ok.then(|| (math(inner), end + 1))
            }
            b'\\' => self.escaped(text, at),
            _ => None,
        }
    }

    fn escaped(&mut self, text: &str, at: usize) -> Option<(String, usize)> {
        let rest = &text[at + 1..];
        if rest.starts_with('\\') && (rest.len() == 1 || rest[1..].starts_with('\n')) {
            return Some((String::new(), at + 2));
        }
        let formula = match rest.as_bytes().first()? {
            b'(' => Some(self.inline.at(at + 2)?),
            b'[' => Some(self.display.at(at + 2)?),
            _ => None,
        };
        if let Some(end) = formula {
            return Some((math(&text[at + 2..end]), end + 2));
        }
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let sign = symbol(&rest[..length])?;
        let braces = if rest[length..].starts_with("{}") { 2 } else { 0 };
        Some((sign.to_owned(), at + 1 + length + braces))
    }
}

/// Returns what a link without a text of its own shows.
fn target_text(target: &str) -> String {
    let lower = target.to_ascii_lowercase();
    let hidden = target.starts_with('#')
        || target.starts_with("id:")
        || PICTURES.iter().any(|ending| lower.ends_with(ending));
    if hidden {
        breaks(target)
    } else {
        target.trim_start_matches("file:").trim_start_matches('*').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::gather::shown;

    #[test]
    fn marks_leave_their_text() {
        let check = |text: &str, expected: &str| assert_eq!(shown(clean(text)), expected, "{text}");
        check("*a* /b c/ _d_ +e+, =f= (~g~)", "a b c d e, f (g)");
        check("2*3*4 a/b/c snake_case_name a * b * c", "2*3*4 a/b/c snake_case_name a * b * c");
        check("=*a*= ~[[b]]~ =\\alpha=", "*a* [[b]] \\alpha");
        check("*a\nb* /c\nd\ne/", "a\nb /c\nd\ne/");
        check("*/a/* _*b*_", "a b");
        check("[[https://a.b][c d]] [[file:e.org]] [[*F]] [[#g]] [[./h.png]]", "c d e.org F  ");
        check("[[a\nb][c\nd]]", "\nc\nd");
        check("a[fn:1] b[fn:: c] d[fn:e: f]", "a[1] b[ c] d[ f]");
        check("\\alpha{} \\ldots \\C:\\dir", "α … \\C:\\dir");
        check("H_{2}O $x^2$ \\(\\pi\\) $5 and $6", "H2O x^2 π $5 and $6");
        check("@@html:<b>@@a {{{b(c)}}} {{{n(x)}}}<<d>><<<e>>> <https://f.g>", "a c e https://f.g");
        check("a\\\\\nb [cite:@c] é*f*", "a\nb  é*f*");
        check("<2024-05-01 Wed> [a] [[b", "<2024-05-01 Wed> [a] [[b");
    }
}
