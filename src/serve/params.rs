//! What a request may ask with: one row for each parameter, which is read, refused and described by it.

use std::collections::BTreeMap;

use excerpt::search::{Extent, Query, Recency, Sort, Unit};

use super::failure::Failure;
use crate::cmd::options;

/// A parameter of a route.
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    /// Whether it may be given several times.
    pub(super) many: bool,
    pub(super) about: &'static str,
}

/// What a parameter takes.
pub(super) enum Takes {
    /// So many characters at most.
    Text(usize),
    /// A whole number from 0, or from 1, to this.
    Number(usize, usize),
    /// `1` or `true`, `0` or `false`; nothing is `1`.
    Switch,
    /// One of these, the first where it is not given.
    One(&'static [&'static str]),
    /// A day, as `--after` takes it.
    Day,
    /// An age, as `--recency` takes it.
    Age,
}

/// A path is never longer.
const PATH: usize = 8_192;

/// A query is never longer; what is longer than the query language reads is noted by the search.
pub(super) const QUERY: usize = 4_096;

/// No page lies deeper: what is behind is found with a narrower query.
pub(super) const DEEPEST: usize = 10_000;

const fn param(name: &'static str, takes: Takes, about: &'static str) -> Param {
    Param { name, takes, many: false, about }
}

const fn any(name: &'static str, takes: Takes, about: &'static str) -> Param {
    Param { name, takes, many: true, about }
}

/// What `/api/search` takes.
pub(super) const SEARCH: &[Param] = &[
    param("q", Takes::Text(QUERY), "The query, in the query language"),
    any("in", Takes::Text(PATH), "Search in this folder or file of the index only"),
    any("format", Takes::Text(40), "Only what was read as this format"),
    any("lang", Takes::Text(40), "Only passages in this language, by its code"),
    param("after", Takes::Day, "Only what is dated this day or later"),
    param("before", Takes::Day, "Only what is dated before this day"),
    param("limit", Takes::Number(1, 100), "How many hits; 10 where it is not given"),
    param("offset", Takes::Number(0, DEEPEST), "How many of the best to pass over first"),
    param("by", Takes::One(&["passage", "article"]), "What is ranked"),
    param("per_article", Takes::Number(1, 100), "How many passages of one article at most"),
    param("sort", Takes::One(&["relevance", "date", "modified"]), "In which order"),
    param("recency", Takes::Age, "Prefer newer articles: the age at which half of the preference is gone"),
    param("exact", Takes::Switch, "Look for all words exactly as they are written"),
    param("case", Takes::Switch, "Take quoted words letter for letter"),
    param("copies", Takes::Switch, "List near copies of each passage"),
    param("full", Takes::Switch, "Whole passages as snippets"),
    param("context", Takes::Number(0, 10), "So many passages before and after each"),
    param("facets", Takes::Switch, "Count what matches by folder, format, language and month"),
    param("explain", Takes::Switch, "Say how each score came to be"),
];

/// What `/api/show` takes.
pub(super) const SHOW: &[Param] = &[
    param("id", Takes::Text(40), "The id of a passage, or a beginning of it that is unique"),
    param("path", Takes::Text(PATH), "A file of the index, instead of an id"),
    param("line", Takes::Number(1, u32::MAX as usize), "A line of that file"),
    param("member", Takes::Text(PATH), "One of the articles of that file"),
    param("context", Takes::Number(0, 1_000), "How many passages before and after; 1 where it is not given"),
];

/// What `/api/similar` takes.
pub(super) const SIMILAR: &[Param] = &[
    param("id", Takes::Text(40), "The id of a passage, or a beginning of it that is unique"),
    param("path", Takes::Text(PATH), "A file of the index, instead of an id"),
    any("in", Takes::Text(PATH), "Search in this folder or file of the index only"),
    param("limit", Takes::Number(1, 100), "How many hits; 10 where it is not given"),
    param("offset", Takes::Number(0, DEEPEST), "How many of the best to pass over first"),
    param("by", Takes::One(&["passage", "article"]), "What is ranked"),
];

/// What a request gave: each value of each parameter, as it may be.
#[derive(Clone, Debug, Default)]
pub(super) struct Given(BTreeMap<&'static str, Vec<String>>);

impl Given {
    /// Reads the query of a URL.
    ///
    /// # Errors
    /// Where a parameter is not known, is given twice, or holds what it cannot take.
    pub(super) fn read(query: &str, known: &'static [Param]) -> Result<Self, Failure> {
        let mut given = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(param) = known.iter().find(|param| param.name == name) else {
                let names: Vec<&str> = known.iter().map(|param| param.name).collect();
                let hint = match names.as_slice() {
                    [] => "nothing is taken here".into(),
                    names => format!("those known here are {}", names.join(", ")),
                };
                let shown: String = name.chars().take(60).collect();
                return Err(Failure::parameter(format!("`{shown}` is not a parameter")).hint(hint));
            };
            given.take(param, &value)?;
        }
        Ok(given)
    }

    /// Reads what of the query of a URL is known and can be taken; says what cannot.
    pub(super) fn read_known(query: &str, known: &'static [Param]) -> (Self, Vec<String>) {
        let (mut given, mut faults) = (Self::default(), Vec::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some(param) = known.iter().find(|param| param.name == name)
                && !value.is_empty()
            {
                faults.extend(given.take(param, &value).err().map(|failure| failure.message));
            }
        }
        (given, faults)
    }

    fn take(&mut self, param: &'static Param, value: &str) -> Result<(), Failure> {
        let name = param.name;
        let fault = |what: String| Failure::parameter(format!("`{name}` {what}"));
        if !param.many && self.0.contains_key(name) {
            return Err(fault("is given twice".into()));
        }
        match &param.takes {
            Takes::Text(most) if value.chars().count() > *most => {
                return Err(fault(format!("is longer than {most} characters")));
            }
            Takes::Text(_) => {}
            Takes::Number(least, most) => {
                let number = value.parse::<usize>().ok().filter(|number| (least..=most).contains(&number));
                number.ok_or_else(|| fault(format!("takes a number from {least} to {most}")))?;
            }
            Takes::Switch if matches!(value, "" | "1" | "true" | "0" | "false") => {}
            Takes::Switch => return Err(fault("takes `1` or `0`".into())),
            Takes::One(names) if names.contains(&value) => {}
            Takes::One(names) => return Err(fault(format!("takes one of {}", names.join(", ")))),
            Takes::Day => _ = options::date(value).map_err(|cause| fault(format!("is no date: {cause}")))?,
            Takes::Age => _ = options::age(value).map_err(|cause| fault(format!("is no age: {cause}")))?,
        }
        self.0.entry(name).or_default().push(value.into());
        Ok(())
    }

    /// Returns the value of a parameter.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.first().map(String::as_str)
    }

    /// Returns all values of a parameter.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the number that a parameter gives.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// Says whether a switch is on.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| matches!(value, "" | "1" | "true"))
    }

    /// Returns what is asked of the index.
    pub(super) fn query(&self) -> Query {
        let today = options::today();
        let day = |name| self.text(name).and_then(|text| options::date(text).ok());
        let by = if self.text("by") == Some("article") { Unit::Article } else { Unit::Passage };
        let recency = self.text("recency").and_then(|text| options::age(text).ok());
        Query {
            text: self.text("q").unwrap_or_default().into(),
            exact: self.is_on("exact"),
            case: self.is_on("case"),
            today: Some(today),
            within: self.all("in").iter().map(Into::into).collect(),
            formats: self.all("format").to_vec(),
            languages: self.all("lang").to_vec(),
            after: day("after"),
            before: day("before"),
            limit: self.number("limit").unwrap_or(10),
            offset: self.number("offset").unwrap_or(0),
            per_article: self.number("per_article").unwrap_or(if by == Unit::Article { 3 } else { 1 }),
            by,
            sort: match self.text("sort") {
                Some("date") => Sort::Date,
                Some("modified") => Sort::Modified,
                _ => Sort::Relevance,
            },
            recency: recency.map(|half_life| Recency { half_life, today }),
            snippet: if self.is_on("full") { Extent::Whole } else { Extent::Sentences },
            copies: self.is_on("copies"),
            context: self.number("context").unwrap_or(0),
            explain: self.is_on("explain"),
            facets: self.is_on("facets"),
            ..Query::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_given_is_what_is_asked() {
        let given =
            Given::read("q=a%20b&in=%2Fx&in=%2Fy&limit=3&by=article&after=2025&facets&full=0", SEARCH);
        let query = given.expect("it can be taken").query();
        assert_eq!((query.text.as_str(), query.limit, query.per_article), ("a b", 3, 3));
        assert_eq!(query.within, ["/x", "/y"].map(std::path::PathBuf::from));
        assert_eq!(query.after.map(|day| day.to_string()).as_deref(), Some("2025-01-01"));
        assert!(query.facets && query.snippet == Extent::Sentences);
    }

    proptest! {
        #[test]
        fn any_address_is_taken_or_refused(query in "\\PC*|([a-z_]{1,12}=[^&]{0,20}&?){0,6}|(q|in|limit|after|recency|sort)=.{0,30}") {
            for known in [SEARCH, SHOW, SIMILAR] {
                if let Ok(given) = Given::read(&query, known) {
                    let query = given.query();
                    prop_assert!((1..=100).contains(&query.limit) && query.offset <= DEEPEST);
                }
                Given::read_known(&query, known).0.query();
            }
        }
    }
}
