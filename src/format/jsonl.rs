//! JSON Lines: one object a line, each an article; a folder's way to hold thousands of them.
//!
//! A line is read, handed on and forgotten: a file may be of any length. The usual names of fields
//! are known; a record's text is read as a file of plain text would be.

use std::io::{self, BufRead, Read};

use serde_json::{Map, Value};

use super::{Cause, Flow, Format, Input, Warnings, text};
use crate::{
    article::{Article, Lines},
    date::Date,
};

/// The reader of JSON Lines.
pub(super) struct Jsonl;

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 16 << 20;

/// So many of the lines that hold no article are named.
const MOST_NAMED: usize = 3;

/// The names that the facts of an article go by, the likeliest first.
const ID: &[&str] = &["id", "_id", "docid", "doc_id", "uid", "uuid", "guid"];
const TITLE: &[&str] = &["title", "headline", "name", "subject"];
const TEXT: &[&str] = &["text", "body", "contents", "content", "article", "passage", "abstract", "summary"];
const AUTHOR: &[&str] = &["author", "authors", "byline", "creator"];
const DATE: &[&str] = &[
    "date",
    "published",
    "date_published",
    "published_at",
    "pub_date",
    "created",
    "created_at",
    "timestamp",
];
const URL: &[&str] = &["url", "link", "permalink", "canonical_url", "uri"];
const LANGUAGE: &[&str] = &["language", "lang"];
const TAGS: &[&str] = &["tags", "keywords", "categories"];

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn holds_records(&self) -> bool {
        true
    }

    fn read(&self, input: Input<'_>, each: &mut dyn FnMut(Article) -> Flow) -> Result<Warnings, Cause> {
        let mut reader = input.reader();
        let mut missed = Missed::default();
        let (mut number, mut records) = (0, 0);
        let mut line = Vec::new();
        loop {
            number += 1;
            match next_line(&mut reader, &mut line) {
                Ok(false) => break,
                Ok(true) if line.trim_ascii().is_empty() => continue,
                Ok(true) if line.len() as u64 > LONGEST_LINE => {
                    missed.take(number, &format!("is longer than {} MB", LONGEST_LINE >> 20));
                    continue;
                }
                Ok(true) => {}
                Err(error) => {
                    missed.take(number, &format!("cannot be read: {error}; what follows was left out"));
                    break;
                }
            }
            let start = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
            match serde_json::from_slice::<Map<String, Value>>(start) {
                Ok(object) => {
                    records += 1;
                    if each(article(&object, records, number)).is_break() {
                        break;
                    }
                }
                Err(error) => missed.take(number, &reason(&error)),
            }
        }
        match missed.say() {
            Some(warning) if records == 0 => Err(Cause(format!("no line holds an article: {warning}"))),
            warning => Ok(warning.into_iter().collect()),
        }
    }
}

/// Reads a line into `line`, no more of it than one byte past [`LONGEST_LINE`]; false at the end.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    reader.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', line)?;
    if line.len() as u64 > LONGEST_LINE && !line.ends_with(b"\n") {
        reader.skip_until(b'\n')?;
    }
    Ok(!line.is_empty())
}

/// Says what is wrong with a line. It is one line: only the column tells.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cause = text.split(" at line ").next().unwrap_or(&text);
    format!("is no object of JSON: {cause} at column {}", error.column())
}

fn article(object: &Map<String, Value>, record: u64, line: u64) -> Article {
    let first = |names: &[&str]| names.iter().find_map(|name| text_of(object.get(*name)?, "\n\n"));
    let short = |names: &[&str]| names.iter().find_map(|name| text_of(object.get(*name)?, ", "));
    let mut sections = first(TEXT).map(|body| text::sections(&body.replace('\r', ""))).unwrap_or_default();
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    for block in sections.iter_mut().flat_map(|section| &mut section.blocks) {
        block.line = line;
    }
    Article {
        member: Some(short(ID).unwrap_or_else(|| record.to_string())),
        title: short(TITLE),
        author: short(AUTHOR),
        date: DATE.iter().find_map(|name| Date::parse(&text_of(object.get(*name)?, " ")?)),
        url: short(URL),
        language: short(LANGUAGE),
        tags: TAGS.iter().find_map(|name| names_of(object.get(*name)?)).unwrap_or_default(),
        sections,
        lines: Lines::File,
        record: Some(record),
        ..Article::default()
    }
}

/// Returns a value as text: a string, a number, the `name` of an object, or a list of these. None
/// where there is nothing in it.
fn text_of(value: &Value, between: &str) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_string(),
        Value::Number(number) => number.to_string(),
        Value::Object(object) => text_of(object.get("name")?, between)?,
        Value::Array(list) => {
            let parts: Vec<String> = list.iter().filter_map(|part| text_of(part, between)).collect();
            parts.join(between)
        }
        Value::Null | Value::Bool(_) => String::new(),
    };
    (!text.is_empty()).then_some(text)
}

/// Returns the names that a value lists, or a text of them with commas between.
fn names_of(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> = match value {
        Value::Array(list) => list.iter().filter_map(|name| text_of(name, " ")).collect(),
        _ => text_of(value, " ")?.split(',').map(|name| name.trim().to_string()).collect(),
    };
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then_some(names)
}

/// The lines that hold no article.
#[derive(Default)]
struct Missed {
    count: u64,
    named: Vec<String>,
}

impl Missed {
    fn take(&mut self, line: u64, why: &str) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(format!("line {line} {why}"));
        }
    }

    fn say(self) -> Option<String> {
        let rest = self.count - self.named.len() as u64;
        let more = if rest > 0 { format!("; and {rest} more lines were passed over") } else { String::new() };
        (self.count > 0).then(|| self.named.join("; ") + &more)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> (Vec<Article>, Result<Warnings, Cause>) {
        let mut articles = Vec::new();
        let read = Jsonl.read(Input::of("a.jsonl", text), &mut |article| {
            articles.push(article);
            Flow::Continue(())
        });
        (articles, read)
    }

    #[test]
    fn the_usual_names_of_fields_are_known() {
        let check = |line: &str, expected: &str| {
            let (articles, _) = read(line.as_bytes());
            let Article { member, title, author, date, url, language, tags, sections, .. } = &articles[0];
            let text: Vec<&str> = sections.iter().map(|section| section.text.as_str()).collect();
            let facts = [member, title, author, &date.map(|date| date.to_string()), url, language];
            let facts: Vec<&str> = facts.iter().map(|fact| fact.as_deref().unwrap_or("-")).collect();
            assert_eq!(format!("{} {tags:?} {}", facts.join(" "), text.join("|")), expected, "{line}");
        };
        check(r#"{"id": "a1", "title": "Tides", "text": "The sea."}"#, "a1 Tides - - - - [] The sea.");
        check(r#"{"_id": 7, "headline": "Tides", "body": "The sea."}"#, "7 Tides - - - - [] The sea.");
        check(r#"{"contents": "The sea."}"#, "1 - - - - - [] The sea.");
        check(
            r#"{"id": "x", "text": ["One.", "Two."], "authors": ["A", {"name": "B"}], "published": "2025-01-30T10:00:00Z", "lang": "en", "url": "https://example.org", "tags": "sea, moon"}"#,
            "x - A, B 2025-01-30 https://example.org en [\"sea\", \"moon\"] One.\n\nTwo.",
        );
        check(r#"{"id": "", "title": null, "text": "", "abstract": "Short."}"#, "1 - - - - - [] Short.");
        check("{}", "1 - - - - - [] ");
    }

    #[test]
    fn a_line_that_is_no_record_costs_only_itself() {
        let text = b"\xef\xbb\xbf{\"text\": \"One.\"}\n\nnot json\n{\"text\": \"Two.\"}\n[1]\n{\"text\": \"Three.\"}";
        let (articles, warnings) = read(text);
        let places: Vec<_> =
            articles.iter().map(|article| (article.record, article.sections[0].blocks[0].line)).collect();
        assert_eq!(places, [(Some(1), 1), (Some(2), 4), (Some(3), 6)]);
        let warnings = warnings.expect("there are articles").join("");
        assert!(
            warnings.contains("line 3 is no object of JSON") && warnings.contains("line 5"),
            "{warnings}"
        );
        assert!(
            read(b"nothing\nof\nthe\nkind")
                .1
                .is_err_and(|cause| cause.0.ends_with("and 1 more lines were passed over"))
        );
        assert!(read(b"").1.is_ok_and(|warnings| warnings.is_empty()));
    }

    #[test]
    fn a_line_without_end_is_passed_over_without_standing_in_memory() {
        let long = io::repeat(b'x').take(3 * LONGEST_LINE);
        let mut rest = long.chain(&b"\n{\"text\": \"After.\"}"[..]);
        let input = Input { name: "a.jsonl", bytes: b"{\"text\": \"Before.\"}\n", rest: Some(&mut rest) };
        let mut texts = Vec::new();
        let warnings = Jsonl.read(input, &mut |article| {
            texts.push(article.sections[0].text.clone());
            Flow::Continue(())
        });
        assert_eq!(texts, ["Before.", "After."]);
        assert_eq!(warnings.expect("there are articles"), ["line 2 is longer than 16 MB"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(\\{\"text\": \"\\PC{0,20}\"\\}|\\PC{0,9}|\n){0,9}") {
            let _ = (read(&bytes), read(text.as_bytes()));
        }
    }
}
