//! Which brace closes which, for the whole file at once: an argument is then found without a search.

use std::collections::HashMap;

use super::commands::VERBATIM;
use crate::format::gather::Next;

/// Commands whose argument is an address.
const ADDRESSES: &[&str] = &["\\url{", "\\href{", "\\nolinkurl{", "\\path{"];

/// The pairs of braces of a file, and the ends of what is taken as it is.
pub(super) struct Braces<'a> {
    text: &'a str,
    /// Offsets of the first and the second brace of each pair, in order of the first.
    pairs: Vec<(usize, usize)>,
    ends: HashMap<&'static str, Ending<'a>>,
}

struct Ending<'a> {
    next: Next<'a>,
    length: usize,
}

impl<'a> Braces<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut braces = Self { text, pairs: Vec::new(), ends: HashMap::new() };
        let mut open = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' => {
                    at = braces.skip(at);
                    continue;
                }
                b'%' => {
                    at += bytes[at..].iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len() - at - 1)
                }
                b'{' => open.push(at),
                b'}' => braces.pairs.extend(open.pop().map(|start| (start, at))),
                _ => {}
            }
            at += 1;
        }
        braces.pairs.sort_unstable();
        braces
    }

    /// Returns where to go on after a backslash: behind what is taken as it is.
    fn skip(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        if let Some(name) = rest.strip_prefix("\\begin{").and_then(verbatim)
            && let Some((end, after)) = self.end(name, at)
        {
            let name_ends = at + "\\begin{".len() + name.len();
            self.pairs.extend([(name_ends - name.len() - 1, name_ends), (end + "\\end".len(), after - 1)]);
            // The language of the code.
            let mut open = name_ends + 1;
            if self.text[open..end].starts_with('[') {
                open += self.text[open..end]
                    .bytes()
                    .take(400)
                    .position(|byte| byte == b']')
                    .map_or(0, |at| at + 1);
            }
            if self.text[open..end].starts_with('{') {
                let close = self.text[open..end].bytes().take(400).position(|byte| byte == b'}');
                self.pairs.extend(close.map(|close| (open, open + close)));
            }
            return after;
        }
        if let Some((_, after)) = verb(self.text, at) {
            return after;
        }
        // A comment does not begin inside an address.
        if let Some(address) = ADDRESSES.iter().find_map(|name| rest.strip_prefix(*name)) {
            let length =
                address.bytes().take(2_000).position(|byte| matches!(byte, b'}' | b'{' | b'\n' | b' '));
            if let Some(length) = length.filter(|&length| address[length..].starts_with('}')) {
                let open = self.text.len() - address.len() - 1;
                self.pairs.push((open, open + 1 + length));
                return open + 2 + length;
            }
        }
        at + 1 + rest[1..].chars().next().map_or(0, char::len_utf8)
    }

    /// Returns the offset of the brace that closes the one at `open`.
    pub(super) fn close(&self, open: usize) -> Option<usize> {
        let found = self.pairs.binary_search_by_key(&open, |pair| pair.0).ok()?;
        Some(self.pairs[found].1)
    }

    /// Returns where the next end of an environment begins and ends.
    pub(super) fn end(&mut self, name: &'static str, at: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let ending = self.ends.entry(name).or_insert_with(|| {
            let mark = end_mark(name);
            Ending { next: Next::new(text, mark), length: mark.len() }
        });
        ending.next.at(at).map(|found| (found, found + ending.length))
    }
}

/// Returns the environment among those that are taken as they are, whose name text begins with.
fn verbatim(text: &str) -> Option<&'static str> {
    let name = &text[..text.bytes().take(30).position(|byte| byte == b'}')?];
    VERBATIM.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

/// Returns the end mark of an environment that is listed.
fn end_mark(name: &'static str) -> &'static str {
    let listed = VERBATIM.iter().chain(super::commands::FORMULAS).chain(super::commands::LEFT_OUT);
    listed.into_iter().find(|(known, _)| *known == name).map_or("\\end{", |(_, mark)| mark)
}

/// Returns the range of the code in `\verb|code|` at an offset, and where that ends.
pub(super) fn verb(text: &str, at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    let rest = text[at..].strip_prefix("\\verb").or_else(|| text[at..].strip_prefix("\\lstinline"))?;
    let rest = rest.strip_prefix('*').unwrap_or(rest);
    let sign = rest
        .chars()
        .next()
        .filter(|sign| !sign.is_alphanumeric() && !sign.is_whitespace() && !"{[*".contains(*sign))?;
    let start = text.len() - rest.len() + sign.len_utf8();
    let length = text[start..].find([sign, '\n'])?;
    text[start + length..]
        .starts_with(sign)
        .then(|| (start..start + length, start + length + sign.len_utf8()))
}
