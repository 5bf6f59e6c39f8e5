//! JSON Lines: one object a line, each an article; a folder's way to hold thousands of them.
//!
//! A line is read, handed on and forgotten: a file may be of any length. The usual names of fields
//! are known; a record's text is read as a file of plain text or a part of a page would be.

use std::io::{self, BufRead, Read};

use super::{
    Cause, Each, Extent, Format, Input, Warnings,
    record::{LONGEST, Missed, Names, Record, Repair},
};

/// Bytes at the start of a file among which its first two lines must end for it to be told by them.
const BEGUN_WITHIN: usize = 64 << 10;

/// The reader of JSON Lines.
pub(super) struct Jsonl;

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson", "jsonlines"]
    }

    fn version(&self) -> u16 {
        2
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        if !bytes.starts_with(b"{\"") {
            return None;
        }
        // Two objects, each on a line of its own, are records under any name.
        let head = &bytes[..bytes.len().min(BEGUN_WITHIN)];
        let mut lines = head.split_inclusive(|&byte| byte == b'\n').filter(|line| line.ends_with(b"\n"));
        let object = |line: &[u8]| {
            line.starts_with(b"{\"") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
        };
        (lines.next().is_some_and(object) && lines.next().is_some_and(object)).then_some(true)
    }

    fn takes_fields(&self) -> bool {
        true
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let (names, mut missed) = (Names::before_usual(input.nest), Missed::default());
        let mut reader = input.reader();
        let (mut number, mut records) = (0, 0);
        let mut line = Vec::new();
        loop {
            number += 1;
            match next_line(&mut reader, &mut line) {
                Ok(false) => break,
                Ok(true) if line.trim_ascii().is_empty() => continue,
                Ok(true) if line.len() as u64 > LONGEST => {
                    missed.take(number, &format!("is longer than {} MB", LONGEST >> 20));
                    continue;
                }
                Ok(true) => {}
                Err(error) => {
                    missed.take(number, &format!("cannot be read: {error}; what follows was left out"));
                    break;
                }
            }
            let start = if number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line) } else { &line };
            match Record::parse(&names, start) {
                Ok((record, repair)) => {
                    records += 1;
                    if repair == Repair::Replaced {
                        missed.note(number, "holds what is no text, which was replaced");
                    }
                    if !record.has_text() {
                        missed.note(number, "has no text under a name that is known");
                    }
                    if each(record.article(records, number)).is_break() {
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

/// Reads a line into `line`, no more of it than one byte past [`LONGEST`]; false at the end.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    reader.by_ref().take(LONGEST + 1).read_until(b'\n', line)?;
    if line.len() as u64 > LONGEST && !line.ends_with(b"\n") {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Flow, Nest, Rest},
        *,
    };
    use crate::article::Article;

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
            let Article { member, title, authors, date, url, language, tags, sections, .. } = &articles[0];
            let text: Vec<&str> = sections.iter().map(|section| section.text.as_str()).collect();
            let author = &Some(authors.join(", ")).filter(|names| !names.is_empty());
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
        let long = io::repeat(b'x').take(3 * LONGEST);
        let mut rest = long.chain(&b"\n{\"text\": \"After.\"}"[..]);
        let input = Input {
            name: "a.jsonl",
            bytes: b"{\"text\": \"Before.\"}\n",
            rest: Rest::Stream(&mut rest),
            nest: Nest::default(),
        };
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
