//! JSON Lines: one object a line, each an article; a folder's way to hold thousands of them.
//!
//! A line is read, handed on and forgotten: a file may be of any length. The usual names of fields
//! are known; a record's text is read as a file of plain text would be.

use std::{
    borrow::Cow,
    fmt,
    io::{self, BufRead, Read},
};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::{Cause, Flow, Format, Input, Warnings, text};
use crate::{
    article::{self, Article, Lines},
    date::Date,
};

/// The reader of JSON Lines.
pub(super) struct Jsonl;

/// The longest line that is read, in bytes: more than any book, and little beside the memory that an
/// update may use, of which a record takes some times its length.
const LONGEST_LINE: u64 = 4 << 20;

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
        &["jsonl", "ndjson", "jsonlines"]
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
            let read = serde_json::from_slice::<Record>(start).or_else(|error| {
                let mended = serde_json::from_slice(&mend(start)).map_err(|_| error)?;
                missed.note(number, "holds what is no text, which was replaced");
                Ok::<_, serde_json::Error>(mended)
            });
            match read {
                Ok(record) => {
                    records += 1;
                    if record.first(TEXT).is_none() {
                        missed.note(number, "has no text under a name that is known");
                    }
                    if each(article(record, records, number)).is_break() {
                        break;
                    }
                }
                Err(error) => missed.take(number, &reason(&error)),
            }
        }
        match missed.say() {
            (Some(missed), _) if records == 0 => Err(Cause(format!("no line holds an article: {missed}"))),
            (missed, notes) => Ok(missed.into_iter().chain(notes).collect()),
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

/// Puts what is text in the place of what JSON does not take for it, and programs write nevertheless:
/// bytes that are not UTF-8, control characters, and halves of surrogate pairs.
fn mend(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line).replace(|letter: char| letter.is_ascii_control(), " ");
    let mut mended = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let unit = |at: usize| {
            let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let (low, high) = (0xDC00..=0xDFFF, 0xD800..=0xDBFF);
        let end = match unit(at) {
            Some(first) if high.contains(&first) && unit(at + 6).is_some_and(|next| low.contains(&next)) => {
                at + 12
            }
            Some(first) if high.contains(&first) || low.contains(&first) => {
                mended.push_str(&rest[..at]);
                mended.push_str("\\ufffd");
                rest = &rest[at + 6..];
                continue;
            }
            // An escape of one letter, that of the backslash itself among them.
            _ => at + 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    mended.push_str(rest);
    mended.into_bytes()
}

/// Says what is wrong with a line. It is one line: only the column tells.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cause = text.split(" at line ").next().unwrap_or(&text);
    format!("is no object of JSON: {cause} at column {}", error.column())
}

fn article(record: Record, number: u64, line: u64) -> Article {
    let body = record.first(TEXT).map(|parts| parts.join("\n\n").replace('\r', ""));
    let short = |names| record.first(names).map(|parts| parts.join(", "));
    Article {
        member: Some(short(ID).unwrap_or_else(|| number.to_string())),
        title: short(TITLE),
        author: short(AUTHOR),
        date: DATE.iter().find_map(|name| Date::parse(record.first(&[name])?.first()?)),
        url: short(URL),
        language: short(LANGUAGE),
        tags: record.first(TAGS).map(names_of).unwrap_or_default(),
        sections: body.map(|body| text::sections(&body)).unwrap_or_default(),
        lines: Lines::File,
        record: Some(article::Record { number, line: u32::try_from(line).unwrap_or(u32::MAX) }),
        ..Article::default()
    }
}

/// Returns the names in a list of them, or in a text with commas between.
fn names_of(parts: &[String]) -> Vec<String> {
    let names = parts.iter().flat_map(|part| part.split(',')).map(str::trim);
    names.filter(|name| !name.is_empty()).map(String::from).collect()
}

/// What of a record is an article's: the fields of known names. Others are passed over as they are
/// read, so that a record takes no more memory than its text.
struct Record(Vec<(&'static str, Texts)>);

impl Record {
    /// Returns the texts in the first of these fields that has any.
    fn first(&self, names: &[&str]) -> Option<&[String]> {
        names.iter().find_map(|name| {
            let fields = self.0.iter().rev().filter(|(known, _)| known == name);
            fields.map(|(_, texts)| texts.0.as_slice()).find(|texts| !texts.is_empty())
        })
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Record;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
                let known = [ID, TITLE, TEXT, AUTHOR, DATE, URL, LANGUAGE, TAGS];
                let mut record = Record(Vec::new());
                while let Some(key) = map.next_key::<Cow<'_, str>>()? {
                    match known.iter().copied().flatten().find(|name| **name == key) {
                        Some(name) => record.0.push((*name, map.next_value()?)),
                        None => _ = map.next_value::<IgnoredAny>()?,
                    }
                }
                Ok(record)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// The texts in a value: a string, a number, the `name` of an object, or those of a list.
struct Texts(Vec<String>);

/// A value has at most so many texts; further ones are passed over.
const MOST_TEXTS: usize = 1 << 16;

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextsOf)
    }
}

struct TextsOf;

impl TextsOf {
    fn one<E>(text: &str) -> Result<Texts, E> {
        let text = text.trim();
        Ok(Texts(if text.is_empty() { Vec::new() } else { vec![text.into()] }))
    }
}

impl<'de> Visitor<'de> for TextsOf {
    type Value = Texts;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
        Self::one(text)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Texts, E> {
        Self::one(&number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Texts, E> {
        Self::one(&number.to_string())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Texts, E> {
        Self::one(&number.to_string())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Texts, E> {
        Ok(Texts(Vec::new()))
    }

    fn visit_unit<E>(self) -> Result<Texts, E> {
        Ok(Texts(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
        let mut texts = Vec::new();
        while texts.len() < MOST_TEXTS {
            let Some(Texts(more)) = list.next_element()? else { return Ok(Texts(texts)) };
            texts.extend(more);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        let mut texts = Texts(Vec::new());
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            if key == "name" {
                texts = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(texts)
    }
}

/// The lines that hold no article, and those that hold less than one.
#[derive(Default)]
struct Missed {
    count: u64,
    named: Vec<String>,
    /// What is to be known of others: the line it was met on first, and how many there are.
    notes: Vec<(&'static str, u64, u64)>,
}

impl Missed {
    fn take(&mut self, line: u64, why: &str) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(format!("line {line} {why}"));
        }
    }

    fn note(&mut self, line: u64, what: &'static str) {
        match self.notes.iter_mut().find(|(known, ..)| *known == what) {
            Some((.., count)) => *count += 1,
            None => self.notes.push((what, line, 1)),
        }
    }

    /// Says what there is to say, that of lines without an article first.
    fn say(self) -> (Option<String>, Warnings) {
        let rest = self.count - self.named.len() as u64;
        let more = if rest > 0 { format!("; and {rest} more lines were passed over") } else { String::new() };
        let missed = (self.count > 0).then(|| self.named.join("; ") + &more);
        let notes = self.notes.into_iter().map(|(what, line, count)| match count {
            1 => format!("line {line} {what}"),
            _ => format!("line {line} {what}, and so do {} more", count - 1),
        });
        (missed, notes.collect())
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
        check(
            r#"{"title": {"name": "Tides"}, "text": [["a"], [1.5, true, {"x": "y"}]], "\u0069d": "e"}"#,
            "e Tides - - - - [] a\n\n1.5",
        );
    }

    #[test]
    fn a_line_that_is_no_record_costs_only_itself() {
        let text = b"\xef\xbb\xbf{\"text\": \"One.\"}\n\nnot json\n{\"text\": \"Two.\"}\n[1]\n{\"text\": \"Three.\"}";
        let (articles, warnings) = read(text);
        let places: Vec<_> = articles
            .iter()
            .filter_map(|article| article.record.map(|record| (record.number, record.line)))
            .collect();
        assert_eq!(places, [(1, 1), (2, 4), (3, 6)]);
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
    fn what_is_no_text_is_replaced() {
        let check = |line: &[u8], expected: &str| {
            let (articles, warnings) = read(line);
            assert_eq!(articles[0].sections[0].text, expected);
            assert!(warnings.expect("there is an article")[0].contains("which was replaced"));
        };
        check(
            br#"{"text": "A lone \ud83d half, \udc00 and \\ud83d."}"#,
            "A lone \u{fffd} half, \u{fffd} and \\ud83d.",
        );
        check(br#"{"text": "\ud83e\udd99 and \ud83e."}"#, "\u{1f999} and \u{fffd}.");
        check(b"{\"text\": \"A \xff byte.\"}", "A \u{fffd} byte.");
        check(b"{\"text\": \"A NUL\0here.\"}", "A NUL here.");
    }

    #[test]
    fn a_record_without_text_is_told_of() {
        let (articles, warnings) = read(b"{\"title\": \"a\"}\n{\"text\": \"b\"}\n{\"TEXT\": \"c\"}");
        let warnings = warnings.expect("there are articles");
        assert_eq!(articles.len(), 3);
        assert_eq!(warnings, ["line 1 has no text under a name that is known, and so do 1 more"]);
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
        assert_eq!(warnings.expect("there are articles"), ["line 2 is longer than 4 MB"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(\\{\"text\": \"\\PC{0,20}\"\\}|\\PC{0,9}|\n){0,9}") {
            let _ = (read(&bytes), read(text.as_bytes()));
        }
    }
}
