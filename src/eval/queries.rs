//! Queries from a file: `id<TAB>text` lines, JSON lines, or TREC topics, told apart by what is there.
//!
//! JSON lines are objects with `id`, `_id`, `qid` or `query_id`, and `text`, `query`, `question` or
//! `title`. Of TREC topics `<num>` and `<title>` are taken. Blank lines are nothing; anything else that
//! is not a query is an error.

use std::{collections::HashSet, path::Path};

use serde_json::{Map, Value};

use super::{
    Topic,
    lines::{self, Slip, one_line},
};
use crate::error;

const TSV: &str = "a line of queries is `id<TAB>text`";
const JSONL: &str = "a line is an object such as {\"id\": \"1\", \"text\": \"late tides\"}";
const TREC: &str = "a topic is `<top> <num> 1 <title> late tides </top>`";

/// Where the id of a query in JSON is looked for.
const IDS: [&str; 4] = ["id", "_id", "qid", "query_id"];

/// Where its text is looked for.
const TEXTS: [&str; 4] = ["text", "query", "question", "title"];

/// Reads the queries of a file, in its order.
///
/// # Errors
/// [`crate::Error::Read`] where the file cannot be read, [`crate::Error::Malformed`] where a line of it
/// is no query or an id is there twice.
pub fn read(path: &Path) -> error::Result<Vec<Topic>> {
    lines::read(path, parse)
}

fn parse(text: &str) -> Result<Vec<Topic>, Slip> {
    let start = text.trim_start();
    let (topics, expected) = match start.chars().next() {
        None => return Err(Slip::new(1, "there are no queries", TSV)),
        Some('{') => (lines::lines(text).map(from_json).collect::<Result<Vec<_>, _>>()?, JSONL),
        Some('<') if start.contains("<top>") => (from_trec(text)?, TREC),
        Some(_) => (lines::lines(text).map(from_tsv).collect::<Result<Vec<_>, _>>()?, TSV),
    };
    let mut ids = HashSet::new();
    for (line, topic) in &topics {
        let wrong = if topic.id.is_empty() {
            "the id is empty".into()
        } else if topic.text.is_empty() {
            "the text is empty".into()
        } else if !ids.insert(&topic.id) {
            format!("the id `{}` is there twice", topic.id)
        } else {
            continue;
        };
        return Err(Slip::new(*line, wrong, expected));
    }
    Ok(topics.into_iter().map(|(_, topic)| topic).collect())
}

fn from_tsv((line, text): (usize, &str)) -> Result<(usize, Topic), Slip> {
    match text.split('\t').collect::<Vec<_>>()[..] {
        [id, text] => Ok((line, Topic { id: id.trim().into(), text: one_line(text) })),
        [_] => Err(Slip::new(line, "there is no tab between id and text", TSV)),
        ref columns => Err(Slip::new(line, format!("there are {} columns", columns.len()), TSV)),
    }
}

fn from_json((line, text): (usize, &str)) -> Result<(usize, Topic), Slip> {
    let slip = |cause: String| Slip::new(line, cause, JSONL);
    // The line is told already.
    let object: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| slip(error.to_string().replace(" line 1", "")))?;
    let value = |names: [&str; 4], what: &str| {
        let value = names.iter().find_map(|name| object.get(*name));
        match value {
            Some(Value::String(text)) => Ok(one_line(text)),
            Some(Value::Number(number)) => Ok(number.to_string()),
            Some(_) => Err(slip(format!("the {what} is neither text nor a number"))),
            None => Err(slip(format!("there is no {what} under {}", names.join(", ")))),
        }
    };
    Ok((line, Topic { id: value(IDS, "id")?, text: value(TEXTS, "text")? }))
}

fn from_trec(text: &str) -> Result<Vec<(usize, Topic)>, Slip> {
    let mut topics = Vec::new();
    let mut rest = text;
    let line = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
    loop {
        let start = rest.trim_start();
        if start.is_empty() {
            return Ok(topics);
        }
        let at = line(start);
        let Some(inside) = start.strip_prefix("<top>") else {
            return Err(Slip::new(at, "there is text between topics", TREC));
        };
        let Some((topic, after)) = inside.split_once("</top>") else {
            return Err(Slip::new(at, "the topic has no end", TREC));
        };
        let field = |tag: &str, labels: &[&str]| {
            let value = topic.split_once(tag).map(|(_, rest)| rest.split('<').next().unwrap_or(rest).trim());
            let value = value.ok_or_else(|| Slip::new(at, format!("the topic has no {tag}"), TREC))?;
            let label = labels.iter().find_map(|label| value.strip_prefix(label));
            Ok(one_line(label.unwrap_or(value)))
        };
        topics.push((
            at,
            Topic { id: field("<num>", &["Number:"])?, text: field("<title>", &["Topic:", "Title:"])? },
        ));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn print(text: &str) -> String {
        match parse(text) {
            Ok(topics) => {
                let topics = topics.iter().map(|topic| format!("{}={}", topic.id, topic.text));
                topics.collect::<Vec<_>>().join(" | ")
            }
            Err(slip) => format!("{slip:?}").split(", expected: ").next().unwrap_or_default().into(),
        }
    }

    #[test]
    fn each_form_is_told_by_what_is_there() {
        let check = |text: &str, expected: &str| assert_eq!(print(text), expected, "{text}");
        check("1\tlate tides\n\nq2\t a  b \r\n", "1=late tides | q2=a b");
        check("{\"_id\": 1, \"text\": \"late\\ntides\"}\n", "1=late tides");
        check(
            "{\"qid\":\"a\",\"question\":\"why?\",\"x\":[]}\n{\"query_id\":\"b\",\"title\":\"c\"}",
            "a=why? | b=c",
        );
        check(
            "<top>\n<num> Number: 301\n<title> International\n Organized Crime\n\n<desc> Description:\nall\n</top>\n\n\
             <top><num>302</num><title>Topic: Polio</title></top>",
            "301=International Organized Crime | 302=Polio",
        );
        check("<html>\tis text", "<html>=is text");
    }

    #[test]
    fn what_is_no_query_is_told_by_its_line() {
        let check = |text: &str, expected: &str| {
            assert_eq!(print(text), format!("Slip {{ {expected}"), "{text}");
        };
        check("", r#"line: 1, cause: "there are no queries""#);
        check("1\ta\nb\n", r#"line: 2, cause: "there is no tab between id and text""#);
        check("1\ta\tb", r#"line: 1, cause: "there are 3 columns""#);
        check("1\ta\n\n1\tb", r#"line: 3, cause: "the id `1` is there twice""#);
        check("1\t \n", r#"line: 1, cause: "the text is empty""#);
        check(" \ta\n", r#"line: 1, cause: "the id is empty""#);
        check("{\"id\":1}", r#"line: 1, cause: "there is no text under text, query, question, title""#);
        check("{\"id\":[],\"text\":\"a\"}", r#"line: 1, cause: "the id is neither text nor a number""#);
        check(
            "{\"id\":1,\"text\":\"a\"}\n1\ta",
            r#"line: 2, cause: "invalid type: integer `1`, expected a map at column 1""#,
        );
        check("\n<top>\n<title> a </top>", r#"line: 2, cause: "the topic has no <num>""#);
        check("<top><num>1<title>a</top>\nb", r#"line: 2, cause: "there is text between topics""#);
        check("<top><num>1<title>a", r#"line: 1, cause: "the topic has no end""#);
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "(?s)([\\t\\n{}\"<>/: ]|<top>|</top>|<num>|<title>|id|text|.){0,60}") {
            let _ = parse(&text);
        }
    }
}
