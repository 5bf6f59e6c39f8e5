//! Words → query tree. Never fails: what is not understood is read as words, with a note. One pass,
//! no recursion: time and memory grow with the length of the text, and nesting is bounded.

use std::mem;

use super::{
    field::{Field, filter, split_field},
    operators::{Frame, Join, Sign, is_in_capitals},
    tree::{Group, Node, Word},
};
use crate::analysis;

/// Parentheses deeper than this are passed over.
const DEEPEST: usize = 32;

/// Words past so many are passed over: what looks like a query of more is a text pasted by mistake,
/// and each word costs time.
const MOST_WORDS: usize = 256;

/// Notes past so many say nothing new.
const MOST_NOTES: usize = 12;

/// A note quotes at most so many characters of the query.
const LONGEST_QUOTE: usize = 60;

/// A query as it was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) tree: Group,
    /// What was read otherwise than it was typed.
    pub(crate) notes: Vec<String>,
}

/// Reads a query.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parser = Parser {
        text,
        at: 0,
        stack: vec![Frame::default()],
        skipped: 0,
        unclosed: false,
        capitals: is_in_capitals(text),
        words: 0,
        nodes: 0,
        notes: Vec::new(),
    };
    parser.run();
    let mut notes = parser.notes;
    if parser.words.max(parser.nodes) > MOST_WORDS {
        notes.push(format!("only the first {MOST_WORDS} words were looked for"));
    }
    let mut tree = Group::default();
    while let Some(frame) = parser.stack.pop() {
        let sign = frame.outer;
        let group = frame.finish();
        match parser.stack.last_mut() {
            Some(around) if group != Group::default() => {
                around.sign = sign;
                around.add(group.into_node());
            }
            Some(_) => {}
            None => tree = group,
        }
    }
    Parsed { tree, notes }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    stack: Vec<Frame>,
    /// Parentheses that were opened too deep and are not on the stack.
    skipped: usize,
    /// Whether no quotation mark closes any more.
    unclosed: bool,
    /// Whether all of it is in capitals, so that an operator cannot be told from a word.
    capitals: bool,
    words: usize,
    nodes: usize,
    notes: Vec<String>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        while let Some(letter) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            let goes_on = rest[letter.len_utf8()..].chars().next().is_some_and(|next| !next.is_whitespace());
            match letter {
                _ if letter.is_whitespace() => self.at += letter.len_utf8(),
                '(' => self.open(None),
                ')' => self.close(),
                '+' | '-' if goes_on => {
                    self.at += 1;
                    self.top().sign = if letter == '+' { Sign::Must } else { Sign::Not };
                }
                '"' | '“' | '”' | '„' | '«' => self.quoted(letter),
                _ => self.chunk(),
            }
        }
        if self.stack.len() > 1 || self.skipped > 0 {
            self.note("a parenthesis is not closed");
        }
        for frame in &mut self.stack {
            frame.sign = Sign::Plain;
        }
    }

    fn top(&mut self) -> &mut Frame {
        self.stack.last_mut().expect("the outermost frame is never closed")
    }

    fn field(&self) -> Option<Field> {
        self.stack.last().and_then(|frame| frame.field)
    }

    fn note(&mut self, note: &str) {
        if self.notes.len() < MOST_NOTES && !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.into());
        }
    }

    fn open(&mut self, field: Option<Field>) {
        self.at += 1;
        if self.stack.len() > DEEPEST {
            self.skipped += 1;
            self.note("parentheses nested too deeply were passed over");
            return;
        }
        let field = field.or(self.field());
        let outer = mem::take(&mut self.top().sign);
        self.stack.push(Frame { outer, field, ..Frame::default() });
    }

    fn close(&mut self) {
        self.at += 1;
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if self.stack.len() == 1 {
            self.note("a parenthesis was never opened");
            return;
        }
        let Some(frame) = self.stack.pop() else { return };
        let outer = frame.outer;
        let group = frame.finish();
        if group != Group::default() {
            self.top().sign = outer;
            self.add(group.into_node());
        }
    }

    fn add(&mut self, node: Node) {
        self.nodes += 1;
        if self.nodes <= MOST_WORDS {
            self.top().add(node);
        }
    }

    /// Reads what stands in quotes, and a distance after it.
    fn quoted(&mut self, open: char) {
        let start = self.at + open.len_utf8();
        let rest = &self.text[start..];
        let close = if self.unclosed { None } else { rest.find(['"', '“', '”', '»']) };
        let Some(end) = close else {
            self.at = start;
            self.unclosed = true;
            self.note("a quotation mark is not closed: its words are read as words");
            return;
        };
        let content = &rest[..end];
        self.at = start + end + rest[end..].chars().next().map_or(0, char::len_utf8);
        let slop = self.distance();
        if let Some(field) = self.field() {
            self.in_field(field, content);
            return;
        }
        let words: Vec<String> =
            self.count(analysis::words(content).map(|range| analysis::fold(&content[range]).into_owned()));
        match words.len() {
            0 => {}
            _ => self.add(Node::Phrase(words, slop)),
        }
    }

    /// Reads `~5` after a phrase.
    fn distance(&mut self) -> u32 {
        let Some(rest) = self.text[self.at..].strip_prefix('~') else { return 0 };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return 0;
        }
        self.at += 1 + digits;
        rest[..digits].parse().unwrap_or(u32::MAX).min(1_000)
    }

    /// Reads what stands up to a blank, parenthesis or quotation mark.
    fn chunk(&mut self) {
        let rest = &self.text[self.at..];
        let end = rest.find(|letter: char| {
            letter.is_whitespace() || matches!(letter, '(' | ')' | '"' | '“' | '”' | '„' | '«' | '»')
        });
        // A mark that opens nothing here is passed over.
        let end = end.unwrap_or(rest.len()).max(rest.chars().next().map_or(1, char::len_utf8));
        let chunk = &rest[..end];
        let after = &rest[end..];
        if let Some((field, content)) = split_field(chunk) {
            match after.chars().next() {
                _ if !content.is_empty() => {
                    self.at += end;
                    self.in_field(field, content);
                }
                Some('(') => {
                    self.at += end;
                    self.open(Some(field));
                }
                Some('"' | '“' | '”' | '„' | '«') => {
                    self.at += end;
                    let outer = self.top().field.replace(field);
                    self.quoted(after.chars().next().unwrap_or('"'));
                    self.top().field = outer;
                }
                _ => {
                    self.at += end;
                    self.note(&format!("`{chunk}` says no value: read as a word"));
                    self.plain(chunk.trim_end_matches(':'));
                }
            }
            return;
        }
        self.at += end;
        match chunk {
            "AND" | "OR" | "NOT" if self.capitals => self.plain(chunk),
            "AND" | "OR" => {
                // An operator needs something on both sides.
                let between = !self.top().items.is_empty() && self.more_follows();
                if between && self.top().join.is_none() {
                    self.top().join = Some(if chunk == "AND" { Join::And } else { Join::Or });
                    return;
                }
                self.note(&format!("`{chunk}` joins nothing here: read as a word"));
                self.plain(chunk);
            }
            "NOT" if self.more_follows() => self.top().sign = Sign::Not,
            _ => match self.field() {
                Some(field) => self.in_field(field, chunk),
                None => self.plain(chunk),
            },
        }
    }

    fn more_follows(&self) -> bool {
        self.text[self.at..].chars().any(|letter| letter.is_alphanumeric())
    }

    /// Takes a chunk without a field.
    fn plain(&mut self, chunk: &str) {
        let core = chunk
            .trim_matches(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '*' | '~' | '/'));
        if let Some(stem) = core.strip_suffix('*') {
            let mut words: Vec<String> =
                analysis::words(stem).map(|range| analysis::fold(&stem[range]).into_owned()).collect();
            if let [word] = words.as_mut_slice() {
                self.words += 1;
                let word = mem::take(word);
                self.add(Node::Prefix(word));
                return;
            }
        }
        let shape = core.len() > 2 && core.starts_with('/') && core.ends_with('/');
        if shape {
            self.note(&format!("`{}` was read as words, not as a pattern", quote(core)));
        } else if core.len() > 1
            && core.trim_end_matches(|letter: char| letter.is_ascii_digit()).ends_with('~')
        {
            self.note(&format!("`{}` was read as a word: other spellings are not looked for", quote(core)));
        }
        let body = core.split_once('~').map_or(core, |(body, _)| body);
        let body = if shape { core } else { body };
        let mut words = self.count(analysis::words(body).map(|range| Word::of(&body[range])));
        if words.is_empty() {
            // The sign of nothing is not that of what follows.
            self.top().sign = Sign::Plain;
        } else {
            if let Some(last) = words.last_mut() {
                last.pause = chunk.ends_with(['.', ',', ';', ':', '?', '!', '。', '，', '、', '？']);
            }
            self.add(Node::Words(words));
        }
    }

    fn in_field(&mut self, field: Field, content: &str) {
        if field == Field::Title {
            let words = self.count(analysis::words(content).map(|range| Word::of(&content[range])));
            if !words.is_empty() {
                self.add(Node::Title(words));
            }
        } else if let Some(filter) = filter(field, content) {
            self.add(Node::Filter(filter));
        } else {
            self.note(&format!(
                "`{}` is not a date such as 2025-01-30 or 2025-01: read as words",
                quote(content)
            ));
            self.plain(content);
        }
    }

    /// Takes words as long as there are not too many in all.
    fn count<T>(&mut self, words: impl Iterator<Item = T>) -> Vec<T> {
        let mut taken = Vec::new();
        for word in words {
            self.words += 1;
            if self.words > MOST_WORDS {
                break;
            }
            taken.push(word);
        }
        taken
    }
}

/// Returns as much of the query as a note quotes.
fn quote(text: &str) -> &str {
    text.char_indices().nth(LONGEST_QUOTE).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes a tree in short: `+` must, `-` must not, the rest should.
    fn short(group: &Group) -> String {
        let node = |node: &Node| match node {
            Node::Words(words) => words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join("-"),
            Node::Prefix(word) => format!("{word}*"),
            Node::Phrase(words, slop) => format!("'{}'{slop}", words.join(" ")),
            Node::Title(words) => format!(
                "title:{}",
                words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join("-")
            ),
            Node::Filter(filter) => format!("{filter:?}"),
            Node::Group(group) => format!("({})", short(group)),
        };
        let part = |sign: &str, nodes: &[Node]| {
            nodes.iter().map(|one| format!("{sign}{}", node(one))).collect::<Vec<_>>()
        };
        [part("+", &group.must), part("", &group.should), part("-", &group.not)].concat().join(" ")
    }

    #[test]
    fn queries_are_read_as_the_manual_says() {
        let check = |text: &str, expected: &str, notes: usize| {
            let parsed = parse(text);
            assert_eq!(short(&parsed.tree), expected, "{text}");
            assert_eq!(parsed.notes.len(), notes, "{text}: {:?}", parsed.notes);
        };
        check("llama agentic", "llama agentic", 0);
        check("\"agentic capabilities\"", "'agentic capabilities'0", 0);
        check("“agentic capabilities”", "'agentic capabilities'0", 0);
        check("\"llama agentic\"~5", "'llama agentic'5", 0);
        check("+meta -nvidia", "+meta -nvidia", 0);
        check("meta OR openai", "(meta openai)", 0);
        check("meta AND openai", "(+meta +openai)", 0);
        check("meta AND NOT openai", "(+meta -openai)", 0);
        check("a AND b OR c d", "((+a +b) c) d", 0);
        check("(meta OR openai) +llama", "+llama (meta openai)", 0);
        check("-(a b)", "-(a b)", 0);
        check("agent*", "agent*", 0);
        check("zukerberg~", "zukerberg", 1);
        check("/gpt-[45]/", "gpt-45", 1);
        check("GPT-4 don't", "gpt-4 don-t", 0);
        check("title:llama news", "+title:llama news", 0);
        check("title:\"llama four\"", "+title:llama-four", 0);
        check("title:(llama OR gpt)", "+(title:llama title:gpt)", 0);
        check("lang:de OR lang:fr x", "+(Language(\"de\") Language(\"fr\")) x", 0);
        check("date:2025", "+Days(20250101, 20251231)", 0);
        check("date:2025-01..2025-03", "+Days(20250101, 20250331)", 0);
        check("after:2025-01-15 before:2025-02", "+Days(20250115, 99991231) +Days(0, 20250200)", 0);
        check("date:soon", "soon", 1);
        check("https://example.org/a", "https-example-org-a", 0);
        check("foo:bar", "foo-bar", 0);
        check("title:", "title", 1);
        check("AND", "and", 1);
        check("OR meta AND", "or meta and", 2);
        check("\"unclosed phrase", "unclosed phrase", 1);
        check("((a)", "a", 1);
        check("-(a b", "-(a b)", 1);
        check("a)", "a", 1);
        check("- + ~ * ( )", "", 0);
        check("", "", 0);
        check("\0 a\0b", "a-b", 0);
        check("C++ C#", "c c", 0);
        check("NATO OR EU", "(nato eu)", 0);
        check("TALKS AND A TREATY OR WHAT CAME OF THEM", "talks and a treaty or what came of them", 0);
    }

    #[test]
    fn endless_nesting_and_long_text_are_bounded() {
        let deep = "(".repeat(100_000);
        assert!(!parse(&deep).notes.is_empty());
        assert!(!parse(&format!("{deep}a{}", ")".repeat(100_000))).notes.is_empty());
        let long = parse(&"word ".repeat(200_000));
        assert_eq!(long.tree.should.len(), MOST_WORDS);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\PC|[ ()+*~/:\"-]|AND |OR |NOT |title:|date:){0,40}") {
            parse(&text);
        }
    }
}
