//! Judgments from a file: what answers which query, and how well.
//!
//! - TREC qrels, `query 0 article level`: columns are split at tabs where there are three, so that an
//!   article's name may hold blanks, else at blanks. BEIR's form, `query-id corpus-id score` with that
//!   header and tabs, means the same.
//! - Answers, `query<TAB>path<TAB>text`, with the language as a fourth column or without: the passage
//!   that is wanted is of that article and contains that text. Several lines of one query are several
//!   answers to it. The query is its text, or the id of one in a file of queries.
//!
//! The first line tells which. Blank lines are nothing; anything else that is not a judgment is an
//! error, and so is an article judged twice for one query, as for trec_eval.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use super::{
    Topic,
    lines::{self, Slip, one_line},
};
use crate::error;

const QRELS: &str = "a line of judgments is `query 0 article level`, the level a whole number";
const BEIR: &str = "a line below `query-id corpus-id score` is `query<TAB>article<TAB>level`";
const ANSWERS: &str =
    "a line of answers is `query<TAB>path<TAB>text of the passage`, then <TAB>language or not";

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Articles, by their names.
    Articles,
    /// Passages, by what they contain.
    Answers,
}

/// What answers a query.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judgment {
    /// The article: its path, its path and member as `path#member`, or its member alone.
    pub name: String,
    /// How relevant it is: 1 and more is relevant, 0 and less is not.
    pub level: i32,
    /// What the passage contains, with single blanks; none where the article is judged.
    pub words: Option<String>,
}

/// Which queries are answered by what.
#[derive(Clone, Debug)]
pub struct Judgments {
    pub(super) kind: Kind,
    /// The queries, in the order in which the file first names them.
    queries: Vec<String>,
    by_query: HashMap<String, Vec<Judgment>>,
    names: HashSet<String>,
}

/// The queries to evaluate by.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Selection {
    /// Queries with something relevant.
    pub topics: Vec<Topic>,
    /// Queries that were given and have nothing relevant.
    pub left_out: usize,
    /// Judged queries with something relevant that were not given.
    pub missing: usize,
}

/// Reads the judgments of a file; of answers only those in a language, where one is given.
///
/// # Errors
/// [`crate::Error::Read`] where the file cannot be read, [`crate::Error::Malformed`] where a line of it
/// is no judgment.
pub fn read(path: &Path, language: Option<&str>) -> error::Result<Judgments> {
    lines::read(path, |text| parse(text, language))
}

impl Judgments {
    /// Returns what is judged.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns what is judged about a query, in the order of the file. Answers know a query by its id
    /// or its text, articles by its id.
    pub fn of(&self, topic: &Topic) -> &[Judgment] {
        self.key(topic).and_then(|key| self.by_query.get(key)).map_or(&[], Vec::as_slice)
    }

    /// Says whether any query has a judgment of this article.
    pub fn knows(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Returns some name of an article, to show how the judgments write them.
    pub fn example(&self) -> Option<&str> {
        let first = self.by_query.get(self.queries.first()?)?.first()?;
        Some(&first.name)
    }

    /// Returns the queries among these that have something relevant, in their order; without any,
    /// all that are judged, in the order of the judgments.
    pub fn select(&self, topics: Option<Vec<Topic>>) -> Selection {
        let relevant = |topic: &Topic| self.of(topic).iter().any(|judgment| judgment.level >= 1);
        let all = || self.queries.iter().map(|query| Topic { id: query.clone(), text: query.clone() });
        let judged = all().filter(relevant);
        let Some(given) = topics else {
            let topics: Vec<Topic> = judged.collect();
            return Selection { left_out: self.queries.len() - topics.len(), topics, missing: 0 };
        };
        let known: HashSet<&str> = given.iter().filter_map(|topic| self.key(topic)).collect();
        let missing = judged.filter(|topic| !known.contains(topic.id.as_str())).count();
        let count = given.len();
        let topics: Vec<Topic> = given.into_iter().filter(relevant).collect();
        Selection { left_out: count - topics.len(), topics, missing }
    }

    /// Returns the name that the judgments have for a query.
    fn key<'a>(&self, topic: &'a Topic) -> Option<&'a str> {
        let by_text = (self.kind == Kind::Answers).then_some(&topic.text);
        [Some(&topic.id), by_text]
            .into_iter()
            .flatten()
            .find(|key| self.by_query.contains_key(*key))
            .map(String::as_str)
    }

    fn add(&mut self, query: String, judgment: Judgment) {
        if !self.by_query.contains_key(&query) {
            self.queries.push(query.clone());
        }
        self.names.insert(judgment.name.clone());
        self.by_query.entry(query).or_default().push(judgment);
    }
}

/// What a line holds.
type Row = (String, Judgment);

pub(super) fn parse(text: &str, language: Option<&str>) -> Result<Judgments, Slip> {
    let (line, first) =
        lines::lines(text).next().ok_or_else(|| Slip::new(1, "there are no judgments", QRELS))?;
    let beir = first.split_whitespace().eq(["query-id", "corpus-id", "score"]);
    let kind = if beir || is_qrel(first) { Kind::Articles } else { Kind::Answers };
    if language.is_some() && kind == Kind::Articles {
        return Err(Slip::new(line, "judgments of articles have no language", ANSWERS));
    }
    let row = |line: &str| match kind {
        Kind::Articles if beir => from_beir(line).map(Some),
        Kind::Articles => qrel(line).map(Some),
        Kind::Answers => answer(line, language),
    };
    let expected = match kind {
        Kind::Articles if beir => BEIR,
        Kind::Articles => QRELS,
        Kind::Answers => ANSWERS,
    };
    let mut judgments =
        Judgments { kind, queries: Vec::new(), by_query: HashMap::new(), names: HashSet::new() };
    let mut judged = HashSet::new();
    for (line, text) in lines::lines(text).skip(usize::from(beir)) {
        let Some((query, judgment)) = row(text).map_err(|cause| Slip::new(line, cause, expected))? else {
            continue;
        };
        if !judged.insert((query.clone(), judgment.name.clone(), judgment.words.clone())) {
            let cause = format!("`{}` is judged twice for the query `{query}`", judgment.name);
            return Err(Slip::new(line, cause, expected));
        }
        judgments.add(query, judgment);
    }
    Ok(judgments)
}

/// Says whether a line is meant to be of TREC qrels, even if it has a slip.
fn is_qrel(line: &str) -> bool {
    match line.split('\t').map(str::trim).collect::<Vec<_>>()[..] {
        [_] | [_, _] => true,
        [_, _, _] => false,
        [_, iteration, _, _] if ["0", "Q0"].contains(&iteration) => true,
        _ => qrel(line).is_ok(),
    }
}

/// Understands a line of TREC qrels. Its second column is nothing.
fn qrel(line: &str) -> Result<Row, String> {
    let tabs: Vec<&str> = line.split('\t').map(str::trim).collect();
    let columns = if tabs.len() == 4 { tabs } else { line.split_whitespace().collect() };
    match columns[..] {
        [query, _, name, level] => article(query, name, level),
        _ => Err(format!("there are {} columns instead of 4", columns.len())),
    }
}

fn from_beir(line: &str) -> Result<Row, String> {
    match line.split('\t').map(str::trim).collect::<Vec<_>>()[..] {
        [query, name, level] => article(query, name, level),
        ref columns => Err(format!("there are {} columns instead of 3", columns.len())),
    }
}

fn article(query: &str, name: &str, level: &str) -> Result<Row, String> {
    if query.is_empty() || name.is_empty() {
        return Err("a column is empty".into());
    }
    let level = level.parse().map_err(|_| format!("the level `{level}` is not a whole number"))?;
    Ok((query.into(), Judgment { name: name.into(), level, words: None }))
}

/// Understands a line of answers; none where it is of another language.
fn answer(line: &str, language: Option<&str>) -> Result<Option<Row>, String> {
    let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
    let (query, path, words, of) = match columns[..] {
        [query, path, words] => (query, path, words, None),
        [query, path, words, language] => (query, path, words, Some(language)),
        _ => return Err(format!("there are {} columns instead of 3 or 4", columns.len())),
    };
    if query.is_empty() || path.is_empty() || words.is_empty() {
        return Err("a column is empty".into());
    }
    let judgment = Judgment { name: path.into(), level: 1, words: Some(one_line(words)) };
    Ok((language.is_none() || of == language).then(|| (one_line(query), judgment)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn print(text: &str, language: Option<&str>) -> String {
        let judgments = match parse(text, language) {
            Ok(judgments) => judgments,
            Err(slip) => return format!("{slip:?}").split(", expected: ").next().unwrap_or_default().into(),
        };
        let mut shown = Vec::new();
        for query in &judgments.queries {
            for Judgment { name, level, words } in &judgments.by_query[query] {
                let words = words.as_ref().map(|words| format!(" {words:?}")).unwrap_or_default();
                shown.push(format!("{query}: {name} {level}{words}"));
            }
        }
        shown.join(" | ")
    }

    #[test]
    fn each_form_is_told_by_its_first_line() {
        let check = |text: &str, expected: &str| assert_eq!(print(text, None), expected, "{text}");
        check("1 0 a 2\n\n1  Q0 b.txt\t-1\r\n2 0 a 0", "1: a 2 | 1: b.txt -1 | 2: a 0");
        check("1\t0\tmy notes/a b.md\t1", "1: my notes/a b.md 1");
        check("query-id\tcorpus-id\tscore\n1\ta b\t3\n", "1: a b 3");
        check(
            "why late\ta.md\tthe  moon\nwhy late\tb.md\tsun",
            "why late: a.md 1 \"the moon\" | why late: b.md 1 \"sun\"",
        );
        check("why\ta.md\tthe moon\ten", "why: a.md 1 \"the moon\"");
        check("when\ta.md\t1973", "when: a.md 1 \"1973\"");
        check("why late\ta.md\t1973", "why late: a.md 1 \"1973\"");
        check("1 0 a\t2", "1: a 2");
        assert_eq!(print("a\tb\tc\ten\nd\te\tf\tde\ng\th\ti", Some("de")), "d: e 1 \"f\"");
    }

    #[test]
    fn what_is_no_judgment_is_told_by_its_line() {
        let check = |text: &str, expected: &str| {
            assert_eq!(print(text, None), format!("Slip {{ {expected}"), "{text}");
        };
        check("\n", r#"line: 1, cause: "there are no judgments""#);
        check("1 0 a", r#"line: 1, cause: "there are 3 columns instead of 4""#);
        check("1 0 a 1\n1 0 b x", r#"line: 2, cause: "the level `x` is not a whole number""#);
        check("1 0 a 1\n1 0 b 1.5", r#"line: 2, cause: "the level `1.5` is not a whole number""#);
        check("1 0 a 1\n\n1 0 a 1", r#"line: 3, cause: "`a` is judged twice for the query `1`""#);
        check("1\t0\t\t1", r#"line: 1, cause: "a column is empty""#);
        check("1\t0\ta\t1.0", r#"line: 1, cause: "the level `1.0` is not a whole number""#);
        check("query-id\tcorpus-id\tscore\n1 a 1", r#"line: 2, cause: "there are 1 columns instead of 3""#);
        check("a\tb\tc\nd\te", r#"line: 2, cause: "there are 2 columns instead of 3 or 4""#);
        check("a\tb\tc\nd\t\tf", r#"line: 2, cause: "a column is empty""#);
        let slip = print("1 0 a 1", Some("en"));
        assert_eq!(slip, r#"Slip { line: 1, cause: "judgments of articles have no language""#);
    }

    #[test]
    fn queries_without_anything_relevant_are_left_out_and_missing_ones_counted() {
        let judgments = parse("1 0 a 1\n2 0 a 0\n3 0 b 2\n4 0 b -1", None).expect("they are judgments");
        let check = |ids: Option<&[&str]>, expected: (&[&str], usize, usize)| {
            let topics = ids.map(|ids| ids.iter().map(|id| Topic { id: (*id).into(), text: "3".into() }));
            let selection = judgments.select(topics.map(Iterator::collect));
            let ids: Vec<&str> = selection.topics.iter().map(|topic| topic.id.as_str()).collect();
            assert_eq!((&ids[..], selection.left_out, selection.missing), expected);
        };
        check(None, (&["1", "3"], 2, 0));
        check(Some(&["3", "2", "1"]), (&["3", "1"], 1, 0));
        check(Some(&["1", "x"]), (&["1"], 1, 1));
        check(Some(&["x"]), (&[], 1, 2));
    }

    #[test]
    fn answers_know_a_query_by_id_or_text() {
        let judgments =
            parse("q1\ta.md\tmoon\nwhy late\tb.md\tsun\nelse\tb.md\tsun", None).expect("they are answers");
        let topic = |id: &str, text: &str| Topic { id: id.into(), text: text.into() };
        let selection =
            judgments.select(Some(vec![topic("q1", "moon?"), topic("q2", "why late"), topic("q3", "x")]));
        assert_eq!((selection.topics.len(), selection.left_out, selection.missing), (2, 1, 1));
        assert_eq!(judgments.of(&selection.topics[1])[0].name, "b.md");
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "(?s)([\\t\\n 01]|query-id\\tcorpus-id\\tscore\\n|a|.){0,60}") {
            let _ = parse(&text, None);
            let _ = parse(&text, Some("en"));
        }
    }
}
