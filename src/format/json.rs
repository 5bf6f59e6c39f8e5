//! JSON: a list of records, each an article, or an object that is one.
//!
//! A list may be the file, or a member of an object, as services answer. It is read record after
//! record, whatever its length.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use self::reader::Reader;
use super::{
    Cause, Each, Extent, Format, Input, Warnings,
    decode::Decoding,
    record::{Fact, Names},
};

mod reader;
mod scan;

/// The reader of JSON.
pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn takes_fields(&self) -> bool {
        true
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn marks(&self, head: &str) -> bool {
        is_list(head)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        read(input, each)
    }
}

/// Reads JSON.
pub(super) fn read(input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
    let names = Names::before_usual(input.nest);
    Reader::new(Decoding::new(input, None)?, &names, each).read()
}

/// Says whether a text is a list whose first record has a text and another fact of an article.
fn is_list(text: &str) -> bool {
    let Some(records) = text.trim_start().strip_prefix('[') else { return false };
    let mut records = Deserializer::from_str(records).into_iter::<BTreeMap<String, IgnoredAny>>();
    let Some(Ok(record)) = records.next() else { return false };
    let names = Names::default();
    let facts = || record.keys().filter_map(|name| names.fact(names.number(name)?));
    facts().any(|fact| fact == Fact::Text) && facts().any(|fact| fact != Fact::Text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use std::io;

    use super::{
        super::{Flow, Nest, Rest, read_all, read_one},
        *,
    };
    use crate::article::{Article, Lines};

    /// Prints each article as `record:line member | title: text`.
    fn print(articles: &[Article]) -> Vec<String> {
        let print = |article: &Article| {
            let place =
                article.record.map_or(String::new(), |record| format!("{}:{} ", record.number, record.line));
            let text: Vec<&str> = article.sections.iter().map(|section| section.text.as_str()).collect();
            let fact = |fact: &Option<String>| fact.clone().unwrap_or_else(|| "-".into());
            format!("{place}{} | {}: {}", fact(&article.member), fact(&article.title), text.join("|"))
        };
        articles.iter().map(print).collect()
    }

    fn check(json: &str, expected: &[&str]) {
        assert_eq!(print(&read_all(&Json, "a.json", json.as_bytes()).0), expected, "{json}");
    }

    #[test]
    fn a_list_is_read_record_by_record() {
        check(
            "[\n{\"id\": \"x\", \"title\": \"A\", \"text\": \"a\"},\n\n{\"title\": \"B\",\n\"body\": \"b\"}]",
            &["1:2 x | A: a", "2:4 2 | B: b"],
        );
        check(
            r#"{"status": "ok", "articles": [{"text": "a"}, {"text": "b"}], "total": 2}"#,
            &["1:1 1 | -: a", "2:1 2 | -: b"],
        );
        check(
            r#"{"hits": {"total": 1, "hits": [{"_id": "7", "_source": {"title": "A", "text": "a"}}]}}"#,
            &["1:1 7 | A: a"],
        );
        check(r#"{"response": {"docs": [{"title": "A", "abstract": "a"}]}}"#, &["1:1 1 | A: a"]);
        check(
            r#"{"talks": [{"title": "A", "transcript": "a"}, {"title": "B"}]}"#,
            &["1:1 1 | A: a", "2:1 2 | B: "],
        );
        check("{\"text\": \"a\"}\n{\"text\": \"b\"}\n", &["1:1 1 | -: a", "2:2 2 | -: b"]);
        check(r#"[{"text": "<p>a</p><p>b</p>"}, [1], "c"]"#, &["1:1 1 | -: a\n\nb"]);
    }

    #[test]
    fn a_list_is_told_by_its_first_record() {
        let check = |text: &str, expected| assert_eq!(is_list(text), expected, "{text}");
        check("\n[ {\"title\": \"A\", \"text\": \"a\"}, {\"tit", true);
        check("[{\"id\": 1, \"body\": [\"a\"]}]", true);
        check("[{\"text\": \"a\", \"size\": 1}]", false);
        check("[{\"title\": \"A\", \"tex", false);
        check("[Note] {\"title\": \"A\", \"text\": \"a\"}", false);
        check("[]", false);
    }

    #[test]
    fn an_object_is_one_article() {
        check(r#"{"id": 1, "title": "A", "text": "a", "comments": [{"text": "b"}]}"#, &["- | A: a"]);
        check(r#"{"comments": [{"text": "b"}], "title": "A", "text": "a"}"#, &["- | A: a"]);
        check(r#"{"title": "A", "authors": [{"name": "B"}], "body": "a"}"#, &["- | A: a"]);
        check(r#"{"data": {"title": "A", "text": "a"}}"#, &["1:1 1 | A: a"]);
        check(
            r#"{"name": "A", "parts": [{"text": "four words are here"}, {"x": "and some more of them"}]}"#,
            &["- | A: four words are here\n\nand some more of them"],
        );
        let article = read_one(
            &Json,
            "a.json",
            r#"{"text": "a", "author": 7, "created": 1714550400, "language": "en"}"#,
        );
        assert_eq!((article.lines, article.authors.len()), (Lines::Text, 0));
        assert_eq!(article.date.map(|date| date.to_string()).as_deref(), Some("2024-05-01"));
    }

    #[test]
    fn text_under_other_names_is_found() {
        check(r#"{"a": {"b": "only four words here", "c": "few"}}"#, &["- | -: only four words here"]);
        check(
            r#"["one two three four", 1, ["five six seven eight"]]"#,
            &["- | -: one two three four\n\nfive six seven eight"],
        );
        let (articles, warnings) =
            read_all(&Json, "a.json", br#"[{"bio": "a life of some words"}, {"x": 1}]"#);
        assert_eq!(print(&articles), ["1:1 1 | -: a life of some words"]);
        assert_eq!(
            warnings,
            [
                "line 1 begins a record without a text under a name that is known: all its strings were taken",
                "line 1 begins a record without text",
            ]
        );
        assert_eq!(
            read_all(&Json, "a.json", br#"{"a": 1, "b": ["x"]}"#),
            (Vec::new(), vec!["holds no text".to_owned()])
        );
        assert_eq!(read_all(&Json, "a.json", b""), (Vec::new(), vec!["holds no text".to_owned()]));
    }

    #[test]
    fn what_is_broken_costs_only_itself() {
        let (articles, warnings) = read_all(
            &Json,
            "a.json",
            b"[{\"text\": \"a\"},\n{\"text\": x},\n{\"text\": \"c\"}, {\"text\": \"d",
        );
        assert_eq!(print(&articles), ["1:1 1 | -: a", "3:3 3 | -: c"]);
        assert_eq!(
            warnings,
            [
                "broken off: what follows was not read",
                "line 2 begins a record that is no JSON: expected value"
            ]
        );
        let (articles, warnings) = read_all(&Json, "a.json", br#"{"title": "A", "text": "one tw\u00"#);
        assert_eq!(print(&articles), ["- | A: one tw"]);
        assert_eq!(warnings, ["broken off: what follows was not read"]);
        let cause = Json.read(Input::of("a.json", b"not json"), &mut |_| Flow::Continue(()));
        assert_eq!(cause.expect_err("it is none").0, "is no JSON with text");
    }

    #[test]
    fn the_feed_of_a_site_is_read() {
        let (articles, _) = read_all(&Json, "a.json", br#"{"version": "https://jsonfeed.org/version/1.1", "title": "Shore", "language": "en",
            "items": [{"id": "1", "content_html": "<p>a</p>", "summary": "s", "date_published": "2024-05-01T00:00:00Z", "authors": [{"name": "B"}]}]}"#);
        assert_eq!(print(&articles), ["1:2 1 | -: a"]);
        assert_eq!(
            (articles[0].language.as_deref(), articles[0].authors.as_slice()),
            (Some("en"), &["B".to_owned()][..])
        );
    }

    #[test]
    fn a_list_of_any_length_is_read_in_little_memory() {
        let record = "{\"text\": \"a\"},".to_owned() + &" ".repeat(1000);
        let mut rest = io::Cursor::new(record.repeat(5_000));
        let input =
            Input { rest: Rest::Stream(&mut rest), nest: Nest::default(), ..Input::of("a.json", b"[") };
        let mut count = 0;
        let warnings = Json.read(input, &mut |_| {
            count += 1;
            if count == 4_000 { Flow::Break(()) } else { Flow::Continue(()) }
        });
        assert_eq!((count, warnings.expect("it can be read").len()), (4_000, 0));
    }

    #[test]
    fn hostile_files_are_read_in_time() {
        for unit in [
            "[",
            "{\"a\":",
            "{\"data\":",
            "{\"items\":[",
            "[{\"text\":\"a\"},",
            "\"",
            "{\"a\":[{}],",
            "]",
            "\\\"",
            "{\"a\":[{\"b\":1}],\"c\":",
        ] {
            let _ =
                Json.read(Input::of("a.json", unit.repeat(100_000).as_bytes()), &mut |_| Flow::Continue(()));
        }
    }

    proptest! {
        #[test]
        fn any_mix_is_read(text in "(\\{|\\}|\\[|\\]|,|:|\"|\"text\":|\"items\":|\"data\":|\"a b c d\"|\\\\|1|\n|\\PC){0,40}") {
            let _ = Json.read(Input::of("a.json", text.as_bytes()), &mut |_| Flow::Continue(()));
        }
    }
}
