//! Words → query tree. Never fails: what is not understood is read as words, with a note. One pass,
//! no recursion: time and memory grow with the length of the text, and nesting is bounded.

mod glyph;
mod notes;
mod piece;
mod shape;
mod value;

use std::{mem, ops::Range};

pub(super) use self::glyph::is_quote;
use self::{
    glyph::{Quotes, plain},
    notes::Notes,
};
use super::{
    field::{Field, split_field},
    operators::{Frame, Join, Sign, is_in_capitals},
    query::Query,
    tree::{DEEPEST, Group, Node, Word},
};
use crate::{analysis, date::Date};

/// Words past so many are passed over: what looks like a query of more is a text pasted by mistake,
/// and each word costs time.
const MOST_WORDS: usize = 256;

/// A query as it was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) tree: Group,
    /// What was read otherwise than it was typed.
    pub(crate) notes: Vec<String>,
}

/// Reads the text of a query.
pub(crate) fn parse(query: &Query) -> Parsed {
    let text = query.text.as_str();
    let mut parser = Parser {
        text,
        at: 0,
        stack: vec![Frame::default()],
        skipped: 0,
        unclosed: Vec::new(),
        flat: false,
        last: text.rfind(|letter: char| letter.is_alphanumeric() || letter == '/').unwrap_or(0),
        capitals: is_in_capitals(text),
        exact: query.exact,
        today: query.today,
        words: 0,
        nodes: 0,
        expanding: 0,
        notes: Notes::of(text),
    };
    parser.run();
    let mut tree = Group::default();
    while let Some(frame) = parser.stack.pop() {
        let sign = frame.outer;
        let group = frame.finish(&mut parser.flat);
        match parser.stack.last_mut() {
            Some(around) if !group.is_empty() => {
                around.sign = sign;
                around.add(group.into_node(&mut parser.flat));
            }
            Some(_) => {}
            None => tree = group,
        }
    }
    if parser.flat {
        parser.notes.of_all("what is nested too deeply was read side by side".into());
    }
    if parser.words.max(parser.nodes) > MOST_WORDS {
        parser.notes.of_all(format!("only the first {MOST_WORDS} words were looked for"));
    }
    for (field, names) in [(Field::Format, &query.formats), (Field::Language, &query.languages)] {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let filter = (!names.is_empty()).then(|| field.one_of(&names)).flatten();
        tree.must.extend(filter.map(Node::Filter));
    }
    Parsed { tree, notes: parser.notes.finish() }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    stack: Vec<Frame>,
    /// Parentheses that were opened too deep and are not on the stack.
    skipped: usize,
    /// Quotation marks that close no more.
    unclosed: Vec<Quotes>,
    /// Whether groups were nested too deeply.
    flat: bool,
    /// Where the last letter, figure or slash stands: behind it nothing is looked for.
    last: usize,
    /// Whether all of it is in capitals, so that an operator cannot be told from a word.
    capitals: bool,
    /// Whether words are looked for as they are written.
    exact: bool,
    today: Option<Date>,
    words: usize,
    nodes: usize,
    /// Nodes that stand for words of the index.
    expanding: usize,
    notes: Notes<'a>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        while let Some(letter) = self.next() {
            let start = self.at;
            let follows = self.text[self.at + letter.len_utf8()..].chars().next();
            let goes_on = follows.is_some_and(|next| !next.is_whitespace());
            match plain(letter) {
                _ if letter.is_whitespace() => self.at += letter.len_utf8(),
                '(' => self.open(None),
                ')' => self.close(),
                '+' if goes_on => self.sign(letter, Sign::Must),
                '-' if goes_on => self.sign(letter, Sign::Not),
                '!' if follows.is_some_and(begins_something) => self.sign(letter, Sign::Not),
                '&' if follows.map(plain) == Some('&') => self.operator(Join::And),
                '|' if follows.map(plain) == Some('|') => self.operator(Join::Or),
                _ if Quotes::opened_by(letter).is_some() => self.quoted(),
                _ => self.chunk(),
            }
            if self.at == start {
                self.pass();
            }
        }
        if let Some(frame) = self.stack.last().filter(|_| self.stack.len() > 1) {
            let mark = self.text[frame.at..].chars().next().map_or(0, char::len_utf8);
            self.notes.add(frame.at..frame.at + mark, "{} is not closed");
        }
        if self.top().join.is_some() {
            self.notes.of_all("the last operator joins nothing".into());
        }
        for frame in &mut self.stack {
            frame.sign = Sign::Plain;
        }
    }

    fn next(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn top(&mut self) -> &mut Frame {
        self.stack.last_mut().expect("the outermost frame is never closed")
    }

    fn field(&self) -> Option<Field> {
        self.stack.last().and_then(|frame| frame.field)
    }

    fn sign(&mut self, letter: char, sign: Sign) {
        self.at += letter.len_utf8();
        self.top().sign = sign;
    }

    /// Passes over the character that stands here, and returns where it stood.
    fn pass(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += self.next().map_or(0, char::len_utf8);
        start..self.at
    }

    fn open(&mut self, field: Option<Field>) {
        let mark = self.pass();
        if self.stack.len() > DEEPEST {
            self.skipped += 1;
            self.notes.add(mark, "{} is nested too deeply and was passed over");
            return;
        }
        let field = field.or(self.field());
        let outer = mem::take(&mut self.top().sign);
        self.stack.push(Frame { outer, field, at: mark.start, ..Frame::default() });
    }

    fn close(&mut self) {
        let mark = self.pass();
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        if self.stack.len() == 1 {
            self.notes.add(mark, "{} closes nothing");
            return;
        }
        let Some(frame) = self.stack.pop() else { return };
        let outer = frame.outer;
        if frame.join.is_some() {
            self.notes.add(mark, "before {} an operator joins nothing");
        }
        let group = frame.finish(&mut self.flat);
        if !group.is_empty() {
            self.top().sign = outer;
            let node = group.into_node(&mut self.flat);
            self.top().add(node);
        }
    }

    /// Takes what is no group.
    fn add(&mut self, field: Option<Field>, node: Node) {
        self.nodes += 1;
        if self.nodes <= MOST_WORDS {
            let titled = field == Some(Field::Title);
            self.top().add(if titled { Node::Title(Box::new(node)) } else { node });
        }
    }

    /// Reads `&&` or `||`.
    fn operator(&mut self, join: Join) {
        let start = self.at;
        self.pass();
        self.pass();
        if !self.joins(join) {
            self.notes.add(start..self.at, "{} joins nothing and was passed over");
        }
    }

    /// Joins what stands before to what follows, if there is something on both sides.
    fn joins(&mut self, join: Join) -> bool {
        let more = self.more_follows();
        let top = self.top();
        let between = !top.items.is_empty() && top.join.is_none() && top.sign == Sign::Plain && more;
        if between {
            top.join = Some(join);
        }
        between
    }

    fn more_follows(&self) -> bool {
        self.at <= self.last
    }

    /// Reads what stands in quotes.
    fn quoted(&mut self) {
        match self.field() {
            Some(field) if field != Field::Title => self.value(field, self.at),
            field => self.phrase(field),
        }
    }

    /// Reads a phrase, and a distance after it.
    fn phrase(&mut self, field: Option<Field>) {
        let Some(range) = self.between_quotes() else { return };
        let content = &self.text[range.clone()];
        let slop = self.distance();
        if content.contains(['*', '＊']) {
            self.notes.add(range, "{} is looked for as it stands: `*` means nothing in quotation marks");
        }
        let words = self.count(analysis::words(content).map(|range| Word::of(&content[range])));
        match words.is_empty() {
            true => self.top().sign = Sign::Plain,
            false => self.add(field, Node::Phrase(words, slop)),
        }
    }

    /// Returns where the content of the quotes stands that open here, and passes over them; where they
    /// are not closed, over the first of them only.
    fn between_quotes(&mut self) -> Option<Range<usize>> {
        let mark = self.pass();
        let quotes = self.text[mark.clone()].chars().next().and_then(Quotes::opened_by)?;
        let rest = &self.text[mark.end..];
        let known = self.unclosed.contains(&quotes);
        let close = if known { None } else { rest.find(|letter| quotes.closed_by(letter)) };
        let Some(end) = close else {
            if !known {
                self.unclosed.push(quotes);
            }
            self.notes.add(mark, "the quotation mark {} is not closed: what follows is read as words");
            return None;
        };
        self.at = mark.end + end;
        self.pass();
        Some(mark.end..mark.end + end)
    }

    /// Reads `~5` after a phrase.
    fn distance(&mut self) -> u32 {
        if self.next().map(plain) != Some('~') {
            return 0;
        }
        let mark = self.pass();
        let rest = &self.text[self.at..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            self.notes.add(mark, "{} behind a phrase wants a number, as in `\"a b\"~5`");
        }
        self.at += digits;
        match &rest[..digits] {
            "" => 0,
            digits => digits.parse().unwrap_or(u32::MAX).min(1_000),
        }
    }

    /// Reads what stands up to a blank, parenthesis, quotation mark or operator.
    fn chunk(&mut self) {
        let start = self.at;
        let end = self.end_of_chunk(|_| false);
        let chunk = &self.text[start..end];
        if let Some((field, content)) = split_field(chunk) {
            self.at = end - content.len();
            return self.value(field, start);
        }
        match self.field() {
            None | Some(Field::Title) if chunk.starts_with('/') && self.shape(self.field()) => return,
            _ => self.at = end,
        }
        if matches!(chunk, "AND" | "OR" | "NOT") && !self.capitals {
            let done = match chunk {
                "AND" => self.joins(Join::And),
                "OR" => self.joins(Join::Or),
                _ => self.more_follows(),
            };
            if done {
                if chunk == "NOT" {
                    self.top().sign = Sign::Not;
                }
                return;
            }
            self.notes.add(start..end, "{} joins nothing here: read as a word");
        }
        match self.field() {
            Some(field) if field != Field::Title => {
                self.at = start;
                self.value(field, start);
            }
            field => self.piece(field, start..end),
        }
    }

    /// Returns where the chunk ends that begins here, also at what is said to part it.
    fn end_of_chunk(&self, parts: impl Fn(char) -> bool) -> usize {
        let rest = &self.text[self.at..];
        let mut before = None;
        for (at, letter) in rest.char_indices() {
            let plain = plain(letter);
            let ends =
                letter.is_whitespace() || matches!(plain, '(' | ')') || is_quote(letter) || parts(plain);
            // A mark that opens nothing here is passed over.
            if ends && (at > 0 || parts(plain)) {
                return self.at + at;
            }
            if matches!(plain, '&' | '|') && before.is_some_and(|(_, before)| before == plain) {
                return self.at + before.map_or(at, |(at, _)| at);
            }
            before = (at > 0).then_some((at, plain));
            if ends {
                return self.at + letter.len_utf8();
            }
        }
        self.text.len()
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

/// Whether something begins with it that `!` can stand before.
fn begins_something(letter: char) -> bool {
    letter.is_alphanumeric() || plain(letter) == '(' || Quotes::opened_by(letter).is_some()
}

#[cfg(test)]
mod tests;
