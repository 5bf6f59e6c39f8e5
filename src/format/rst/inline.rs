//! The text of a block without marks: emphasis, roles, references, substitutions.

use std::collections::HashMap;

use super::directive;
use crate::format::{
    gather::{Next, breaks, hidden, unmarked},
    latex::math::math,
};

/// Roles whose text is only a name for programs, unless they give another one.
const POINTERS: &[&str] = &["numref", "eq", "cite", "footcite", "label", "cite:p", "cite:t", "download"];

/// Roles in whose place stands the title of what they name.
const TITLED: &[&str] = &["ref", "doc", "any"];

/// Names that stand for what a program fills in.
const FILLED_IN: &[&str] = &["release", "version", "today"];

/// Signs that make what stands between them no mark.
const QUOTES: &[(char, char)] = &[('"', '"'), ('\'', '\''), ('(', ')'), ('[', ']'), ('<', '>'), ('“', '”')];

/// Bytes of the longest text that a name stands for.
const LONGEST_REPLACEMENT: usize = 300;

/// Takes marks out of text, knowing what names stand for.
pub(super) struct Inline {
    replaced: HashMap<String, String>,
    /// The titles below labels of this file.
    titles: HashMap<String, String>,
}

impl Inline {
    /// Looks for what names stand for in the lines of a file.
    pub(super) fn new(lines: &[&str]) -> Self {
        let mut replaced = HashMap::new();
        for line in lines {
            let Some(rest) = line.trim().strip_prefix(".. |") else { continue };
            let Some((name, rest)) = rest.split_once('|') else { continue };
            let text = match directive::parse(rest.trim()) {
                Some(("replace", text)) if text.len() < LONGEST_REPLACEMENT => text,
                Some(_) => "",
                None => continue,
            };
            replaced.insert(name.to_lowercase(), text.to_owned());
        }
        let plain = Self { replaced: HashMap::new(), titles: HashMap::new() };
        replaced.values_mut().for_each(|text| *text = plain.clean(text));
        let mut titles = titles(lines);
        titles.values_mut().for_each(|text| *text = plain.clean(text));
        Self { replaced, titles }
    }

    /// Returns text without marks; its line breaks stay.
    pub(super) fn clean(&self, text: &str) -> String {
        let mut ends =
            Ends { tick: Next::new(text, "`"), ticks: Next::new(text, "``"), bar: Next::new(text, "|") };
        unmarked(text, |at, _| self.mark(text, at, &mut ends))
    }

    /// Reads the mark at an offset: what is kept of it, and where it ends.
    fn mark(&self, text: &str, at: usize, ends: &mut Ends<'_>) -> Option<(String, usize)> {
        let rest = &text[at..];
        if !rest.starts_with(|sign: char| sign.is_ascii_punctuation()) {
            return None;
        }
        let before = text[..at].chars().next_back();
        let apart = before.is_none_or(|char| !char.is_alphanumeric() && char != '\\');
        match rest.as_bytes()[0] {
            b'\\' => {
                let next = rest[1..].chars().next()?;
                let kept = match next {
                    '\n' => "\n".to_owned(),
                    _ if next.is_whitespace() => String::new(),
                    _ => hidden(&next.to_string()),
                };
                Some((kept, at + 1 + next.len_utf8()))
            }
            b'`' if rest.starts_with("``") => {
                let end = ends.ticks.at(at + 2)?;
                // A tick of the code itself may stand before the last two.
                let more = text[end + 2..].bytes().take_while(|&byte| byte == b'`').count();
                let end = end + more;
                (end > at + 2).then(|| (hidden(&text[at + 2..end]), end + 2))
            }
            b'`' => {
                let end = ends.tick.at(at + 1)?;
                let (kept, next) = (shown_of(&text[at + 1..end]), end + 1);
                let after = &text[next..];
                let role = role_of(after).map_or(0, |name| name.len() + 2);
                let lines = after.bytes().take(2).take_while(|&byte| byte == b'_').count();
                Some((kept, next + if role > 0 && !after[role..].starts_with('`') { role } else { lines }))
            }
            b'_' if rest.starts_with("_`") && apart => Some((String::new(), at + 1)),
            b'_' => {
                let lines = rest.bytes().take_while(|&byte| byte == b'_').count();
                let after = rest[lines..].chars().next();
                let ends = after.is_none_or(|char| !char.is_alphanumeric());
                let word =
                    text[..at].bytes().rev().take(80).take_while(|&byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
                    });
                let leads = word.last() == Some(b'_');
                (!apart && lines <= 2 && ends && !leads).then(|| (String::new(), at + lines))
            }
            b':' if apart => {
                let name = role_of(rest)?;
                let start = at + name.len() + 2;
                if !text[start..].starts_with('`') {
                    return None;
                }
                let end = ends.tick.at(start + 1)?;
                let inner = &text[start + 1..end];
                if TITLED.contains(&name) && !inner.ends_with('>') {
                    return Some((self.title(inner), end + 1));
                }
                Some((role(name, inner), end + 1))
            }
            b'*' => {
                let mark = if rest.starts_with("**") { "**" } else { "*" };
                let inner = &rest[mark.len()..];
                let quoted = before.zip(inner.chars().next());
                let quoted = quoted.is_some_and(|pair| QUOTES.contains(&pair));
                if !apart || quoted || inner.starts_with([' ', '\n', '*']) {
                    return None;
                }
                let mut from = 0;
                for _ in 0..4 {
                    let end = from + inner[from..].find(mark)?;
                    let after = inner[end + mark.len()..].chars().next();
                    let closes = !inner[..end].ends_with([' ', '\n', '\\']);
                    if closes && end > 0 && after.is_none_or(|char| !char.is_alphanumeric()) {
                        return Some((inner[..end].to_owned(), at + 2 * mark.len() + end));
                    }
                    from = end + mark.len();
                }
                None
            }
            b'|' if apart => {
                let end = ends.bar.at(at + 1)?;
                let name = &text[at + 1..end];
                let lines = text[end + 1..].bytes().take(2).take_while(|&byte| byte == b'_').count();
                let known = self.replaced.get(&name.get(..name.len().min(80))?.to_lowercase()).cloned();
                let known = known.or_else(|| FILLED_IN.contains(&name).then(String::new));
                Some((known?, end + 1 + lines))
            }
            b'[' => {
                let length = rest.bytes().take(80).take_while(|&byte| byte != b']' && byte != b'\n').count();
                let noted = rest.get(length..)?.starts_with("]_");
                noted.then(|| (reference(&rest[1..length]), at + length + 2))
            }
            _ => None,
        }
    }
}

impl Inline {
    /// Returns the title of what a label names, or the words of the label: mostly those of a title
    /// that stands in another file.
    fn title(&self, label: &str) -> String {
        if let Some(title) = self.titles.get(&label.to_lowercase()) {
            return title.clone();
        }
        let last = label.trim_start_matches(['!', '~']).rsplit('/').next().unwrap_or(label);
        hidden(&last.replace(['-', '_'], " "))
    }
}

/// Returns the titles that stand below labels, by these in lowercase.
fn titles(lines: &[&str]) -> HashMap<String, String> {
    let is_rule = |line: &str| {
        let first = line.chars().next().filter(char::is_ascii_punctuation);
        first.is_some_and(|first| line.len() >= 3 && line.chars().all(|char| char == first))
    };
    let above_text = |at: usize| lines.get(at + 1).is_some_and(|next| !is_rule(next.trim_end()));
    let mut titles = HashMap::new();
    // The labels that were met since the last text.
    let mut labels: Vec<String> = Vec::new();
    for (at, line) in lines.iter().map(|line| line.trim()).enumerate() {
        let label = line.strip_prefix(".. _").and_then(|rest| rest.strip_suffix(':'));
        if let Some(label) = label {
            labels.push(label.trim_matches('`').to_lowercase());
        } else if !(line.is_empty() || is_rule(line) && above_text(at)) {
            let titled = lines.get(at + 1).is_some_and(|next| is_rule(next.trim_end()));
            let named = labels.drain(..).filter(|_| titled);
            titles.extend(named.map(|label| (label, line.to_owned())));
        }
    }
    titles
}

/// Where the marks end.
struct Ends<'a> {
    tick: Next<'a>,
    ticks: Next<'a>,
    bar: Next<'a>,
}

/// Returns the reference to a note as it is shown.
pub(super) fn reference(label: &str) -> String {
    match label.strip_prefix('#').filter(|name| !name.is_empty()) {
        Some(name) => format!("[{name}]"),
        None => format!("[{label}]"),
    }
}

/// Returns the name of a role where text begins with one.
fn role_of(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(':')?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+.:".contains(byte);
    let length = rest.bytes().take(60).take_while(plain).count();
    let name = rest[..length].strip_suffix(':')?;
    (!name.is_empty()).then_some(name)
}

/// Returns what the text of a role shows.
fn role(name: &str, text: &str) -> String {
    let last = name.rsplit(':').next().unwrap_or(name);
    match last.to_ascii_lowercase().as_str() {
        "math" => return hidden(&math(text)),
        "pep" => return format!("PEP {}", shown_of(text)),
        "rfc" => return format!("RFC {}", shown_of(text)),
        _ => {}
    }
    let given = text.ends_with('>') && text.contains('<');
    if POINTERS.contains(&name) && !given {
        return breaks(text);
    }
    let shown = shown_of(text);
    match shown.strip_prefix('~') {
        Some(path) => path.rsplit('.').next().unwrap_or(path).to_owned(),
        None => hidden(shown.trim_start_matches('!')),
    }
}

/// Returns what `text <target>` shows.
fn shown_of(text: &str) -> String {
    let Some(start) = text.strip_suffix('>').and_then(|text| text.rfind('<')) else {
        return text.replace('\\', "");
    };
    let target = &text[start + 1..text.len() - 1];
    match text[..start].trim_end() {
        "" => hidden(target),
        shown => shown.replace('\\', "") + &breaks(&text[shown.len()..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::gather::shown;

    #[test]
    fn marks_leave_their_text() {
        let lines = ".. |n| replace:: the *name*\n.. |i| image:: a.png\n\n.. _one:\n.. _`Two`:\n\n=====\n*A* b\n=====\n
            \n.. _three:\n\nc\n";
        let inline = Inline::new(&lines.lines().collect::<Vec<_>>());
        let check = |text: &str, expected: &str| assert_eq!(shown(inline.clean(text)), expected, "{text}");
        check("*a* **b c** ``d *e*`` f*g*h 2 * 3 * 4", "a b c d *e* f*g*h 2 * 3 * 4");
        check("`a <http://b>`_ `c`_ d_ e__ `f`:role: _`g`", "a c d e f g");
        check("`<http://a.b/c_d_>`_ `e\nf <g>`__", "http://a.b/c_d_ e\nf");
        check(":eq:`a` :ref:`b <c>` :py:func:`d.e_` :class:`~f.g` :func:`!h`", " b d.e_ g h");
        check("the :ref:`one`, :ref:`two`, :ref:`three`", "the A b, A b, three");
        check(":doc:`/a/b-c_d` :any:`e`", "b c d e");
        check(":math:`\\alpha^2` :pep:`8` :a: b", "α^2 PEP 8 :a: b");
        check("|n| |i| |version| |x| a|b|c", "the name   |x| a|b|c");
        check("[1]_ [#]_ [#a]_ [b] [c", "[1] [#] [a] [b] [c");
        check("\\*a\\* b\\ c snake_case __init__ ``a_``_", "*a* bc snake_case __init__ a__");
        check("``a", "``a");
        check("\"*\" (*) [*]_ *a*", "\"*\" (*) [*] a");
        check("*a\nb* c", "a\nb c");
    }
}
