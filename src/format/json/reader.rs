//! Articles in JSON: where they are in a file, and which of its objects are some.

use std::{
    borrow::Cow,
    io::{self, BufReader},
};

use super::scan::{End, Scan};
use crate::{
    article::{Article, Lines},
    format::{
        Cause, Each, Warnings,
        decode::{Decoding, plain},
        fragment,
        record::{self, Fact, LONGEST, Missed, Names, Record, Repair},
    },
};

/// Names of members that hold a list of articles, or an object with one.
const LISTS: &[&str] = &[
    "items",
    "articles",
    "data",
    "results",
    "posts",
    "entries",
    "docs",
    "documents",
    "hits",
    "records",
    "rows",
    "stories",
    "pages",
    "messages",
    "response",
    "result",
    "feed",
    "rss",
    "channel",
    "item",
    "entry",
    "notes",
    "news",
];

/// Names of members that hold what others wrote below an article.
const BELOW: &[&str] = &["comments", "replies", "children", "attachments", "related", "sections", "parts"];

/// Lists are looked for so deep in objects.
const DEEPEST: u8 = 4;

/// A file of JSON, and what came of it so far.
pub(super) struct Reader<'a, 'e> {
    scan: Scan<BufReader<Decoding<'a>>>,
    names: &'a Names,
    each: &'a mut Each<'e>,
    missed: Missed,
    records: u64,
    articles: u64,
    /// Strings that are in no record.
    loose: String,
    /// Values that are no list and no object.
    strays: u64,
    /// The language of the records that follow.
    language: Option<String>,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Reading,
    /// No more articles are wanted.
    Stopped,
    /// The file ended inside a value.
    Broken,
}

/// An object that was passed, less the lists in it.
struct Object {
    json: Vec<u8>,
    line: u64,
    has_text: bool,
}

impl<'a, 'e> Reader<'a, 'e> {
    pub(super) fn new(text: Decoding<'a>, names: &'a Names, each: &'a mut Each<'e>) -> Self {
        Self {
            scan: Scan::new(BufReader::with_capacity(1 << 16, text)),
            names,
            each,
            missed: Missed::default(),
            records: 0,
            articles: 0,
            loose: String::new(),
            strays: 0,
            language: None,
            state: State::Reading,
        }
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// Says why there is no article in it.
    pub(super) fn read(mut self) -> Result<Warnings, Cause> {
        let read = self.all();
        self.finish(read)
    }

    /// Reads one value after the other.
    fn all(&mut self) -> io::Result<()> {
        let mut last: Option<Object> = None;
        while self.state == State::Reading
            && let Some(byte) = self.scan.peek()?
        {
            match byte {
                b'[' => self.list()?,
                b'{' => {
                    if let Some(object) = last.take() {
                        self.record(&object.json, object.line);
                    }
                    last = self.object(0)?;
                }
                b',' => self.scan.pass(),
                _ => {
                    self.strays += 1;
                    self.scan.value(&mut Vec::new())?;
                }
            }
        }
        if let Some(object) = last {
            if self.records == 0 { self.only(&object.json) } else { self.record(&object.json, object.line) }
        }
        Ok(())
    }

    fn finish(mut self, read: io::Result<()>) -> Result<Warnings, Cause> {
        if self.articles == 0 && !self.loose.is_empty() {
            self.hand_on(Article {
                sections: fragment::sections(&self.loose),
                lines: Lines::Text,
                ..Article::default()
            });
        }
        let mut warnings = Warnings::new();
        match read {
            Err(error) => warnings.push(format!("cannot be read: {error}; what follows was left out")),
            Ok(()) if self.state == State::Broken => {
                warnings.push("broken off: what follows was not read".into());
            }
            Ok(()) => {}
        }
        let (missed, notes) = self.missed.say();
        let bad = missed.is_some() || !warnings.is_empty();
        warnings.extend(missed.into_iter().chain(notes).chain(self.scan.reader().get_ref().warning()));
        match self.articles {
            0 if bad => Err(Cause(format!("holds no article: {}", warnings.join("; ")))),
            0 if self.strays > 0 => Err(Cause("is no JSON with text".into())),
            0 => {
                warnings.push("holds no text".into());
                Ok(warnings)
            }
            _ => Ok(warnings),
        }
    }

    /// Reads the list that begins here.
    fn list(&mut self) -> io::Result<()> {
        self.scan.pass();
        self.elements()
    }

    /// Reads the rest of a list.
    fn elements(&mut self) -> io::Result<()> {
        let mut value = Vec::new();
        while self.state == State::Reading {
            match self.scan.peek()? {
                Some(b']') => {
                    self.scan.pass();
                    return Ok(());
                }
                Some(b',') => self.scan.pass(),
                Some(byte) => {
                    let line = self.scan.line();
                    value.clear();
                    match self.scan.value(&mut value)? {
                        End::Long => self.missed.take(line, &too_long()),
                        End::Broken => self.broken(),
                        End::Whole if byte == b'{' => self.record(&value, line),
                        End::Whole => self.keep(&value),
                    }
                }
                None => self.broken(),
            }
        }
        Ok(())
    }

    fn broken(&mut self) {
        if self.state == State::Reading {
            self.state = State::Broken;
        }
    }

    /// Reads an object, so deep in others. Returns it unless its articles were handed on.
    fn object(&mut self, depth: u8) -> io::Result<Option<Object>> {
        let mut own = Object { json: vec![b'{'], line: self.scan.line(), has_text: false };
        let records = self.records;
        let (mut key, mut value) = (Vec::new(), Vec::new());
        self.scan.pass();
        while self.state == State::Reading {
            match self.scan.peek()? {
                Some(b'}') => {
                    self.scan.pass();
                    break;
                }
                Some(b'"') => {}
                Some(_) => {
                    value.clear();
                    self.scan.value(&mut value)?;
                    continue;
                }
                None => {
                    self.broken();
                    break;
                }
            }
            key.clear();
            value.clear();
            self.scan.value(&mut key)?;
            if self.scan.peek()? != Some(b':') {
                continue;
            }
            self.scan.pass();
            let name = serde_json::from_slice::<String>(&key).unwrap_or_default();
            let end = match self.scan.peek()? {
                Some(b'[') => match self.member_list(&name, own.has_text, &mut value)? {
                    Some(end) => end,
                    None => continue,
                },
                Some(b'{') if depth < DEEPEST && LISTS.contains(&name.as_str()) => {
                    match self.object(depth + 1)? {
                        Some(inner) if inner.has_text && !own.has_text => {
                            self.record(&inner.json, inner.line);
                            continue;
                        }
                        Some(inner) => value = inner.json,
                        None => continue,
                    }
                    End::Whole
                }
                _ => self.scan.value(&mut value)?,
            };
            if end == End::Broken {
                // What there is of a string is text all the same.
                mended(&mut value);
                self.broken();
            }
            if end == End::Long || own.json.len() + value.len() > LONGEST as usize {
                self.missed.take(own.line, "begins an object of which a part is too long");
                continue;
            }
            let fact = self.names.number(&name).and_then(|number| self.names.fact(number));
            own.has_text |=
                fact == Some(Fact::Text) && ![&b"\"\""[..], b"null", b"[]", b"{}"].contains(&&value[..]);
            if fact == Some(Fact::Language) && self.language.is_none() {
                self.language = serde_json::from_slice(&value).ok();
            }
            own.json.extend(if own.json.len() > 1 { &b","[..] } else { b"" });
            own.json.extend_from_slice(&key);
            own.json.push(b':');
            own.json.extend_from_slice(&value);
        }
        own.json.push(b'}');
        Ok(Some(own).filter(|_| self.records == records))
    }

    /// Reads a list that is the member of an object: as articles where it holds such, else into
    /// `value`, returning how it ended.
    fn member_list(&mut self, name: &str, has_text: bool, value: &mut Vec<u8>) -> io::Result<Option<End>> {
        self.scan.pass();
        value.push(b'[');
        if self.scan.peek()? != Some(b'{') {
            return self.scan.rest(1, value).map(Some);
        }
        let line = self.scan.line();
        let end = self.scan.value(value)?;
        if end == End::Broken {
            return Ok(Some(end));
        }
        let first = &value[1..];
        let texts = || Record::parse(self.names, first).is_ok_and(|(record, _)| record.has_text());
        let likely = !has_text && !BELOW.contains(&name);
        if likely && (LISTS.contains(&name) || end == End::Whole && texts()) {
            match end {
                End::Long => self.missed.take(line, &too_long()),
                _ => self.record(first, line),
            }
            self.elements()?;
            return Ok(None);
        }
        let more = self.scan.rest(1, value)?;
        Ok(Some(if more == End::Whole { end } else { more }))
    }

    /// Hands on a record.
    fn record(&mut self, json: &[u8], line: u64) {
        self.records += 1;
        let (record, repair) = match Record::parse(self.names, json) {
            Ok(parsed) => parsed,
            Err(error) => {
                let text = error.to_string();
                let cause = text.split(" at line ").next().unwrap_or(&text);
                return self.missed.take(line, &format!("begins a record that is no JSON: {cause}"));
            }
        };
        if repair == Repair::Replaced {
            self.missed.note(line, "begins a record with what is no text, which was replaced");
        }
        let mut article = record.article(self.records, line);
        if !record.has_text() {
            article.sections = fragment::sections(&strings(json, article.title.as_deref()));
            self.missed.note(line, match article.sections.is_empty() {
                true => "begins a record without text",
                false => "begins a record without a text under a name that is known: all its strings were taken",
            });
        }
        if article.language.is_none() {
            article.language.clone_from(&self.language);
        }
        if article.title.is_some() || !article.sections.is_empty() {
            self.hand_on(article);
        }
    }

    /// Hands on the object that is the file.
    fn only(&mut self, json: &[u8]) {
        let (record, _) = match Record::parse(self.names, json) {
            Ok(parsed) => parsed,
            Err(error) => return self.missed.take(1, &format!("begins an object that is no JSON: {error}")),
        };
        let mut article = Article { member: None, record: None, lines: Lines::Text, ..record.article(1, 1) };
        if !record.has_text() {
            article.sections = fragment::sections(&strings(json, article.title.as_deref()));
        }
        if article.title.is_some() || !article.sections.is_empty() {
            self.hand_on(article);
        }
    }

    fn hand_on(&mut self, article: Article) {
        self.articles += 1;
        if (self.each)(article).is_break() {
            self.state = State::Stopped;
        }
    }

    /// Keeps the strings of a value that is in no record.
    fn keep(&mut self, json: &[u8]) {
        let more = strings(json, None);
        if !more.is_empty() && self.loose.len() + more.len() < LONGEST as usize {
            self.loose.push_str(if self.loose.is_empty() { "" } else { "\n\n" });
            self.loose.push_str(&more);
        }
    }
}

/// Returns the strings of a value that has no text under a known name, as paragraphs.
fn strings(json: &[u8], title: Option<&str>) -> String {
    let mut strings = record::strings(json);
    strings.retain(|text| title != Some(text));
    plain(Cow::Owned(strings.join("\n\n")))
}

/// Ends a string that was broken off; of any other value nothing is left.
fn mended(value: &mut Vec<u8>) {
    if value.first() == Some(&b'"') {
        // An escape may be cut off too.
        if let Some(last) = value.iter().rposition(|&byte| byte == b'\\').filter(|at| at + 6 > value.len()) {
            let run = value[..=last].iter().rev().take_while(|&&byte| byte == b'\\').count();
            value.truncate(if run % 2 == 1 { last } else { value.len() });
        }
        value.push(b'"');
    } else {
        *value = b"null".to_vec();
    }
}

fn too_long() -> String {
    format!("begins a record that is longer than {} MB", LONGEST >> 20)
}
