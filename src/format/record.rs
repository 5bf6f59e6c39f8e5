//! Records: objects or rows whose fields are the facts of an article, under names that are usual.
//!
//! [`Names`] says which name stands for which fact, the likeliest first. Fields of other names are
//! passed over as they are read, so that a record takes no more memory than its text.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, de::DeserializeSeed};

use self::{mend::mend, value::Fields};
pub(super) use self::{
    missed::Missed,
    value::{Strings, Texts},
};
use super::{FACTS, Nest, fragment};
use crate::{
    article::{self, Article, Lines},
    date::Date,
};

mod mend;
mod missed;
mod value;

/// The longest record that is read, in bytes: more than any book, and little beside the memory that
/// an update may use, of which a record takes some times its length.
pub(super) const LONGEST: u64 = 4 << 20;

/// Bytes of a field that may say where an article is and what it is called; a longer one does not.
const LONGEST_FACT: usize = 4_000;

/// A fact of an article that a field may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// What it goes by in its file.
    Id,
    /// Its title.
    Title,
    /// Its text.
    Text,
    /// Who wrote it.
    Author,
    /// When it was published.
    Date,
    /// Where it was published.
    Url,
    /// The language it is in.
    Language,
    /// Its subjects.
    Tags,
}

/// The facts in the order of [`FACTS`].
const BY_NAME: [Fact; FACTS.len()] =
    [Fact::Id, Fact::Title, Fact::Text, Fact::Author, Fact::Date, Fact::Url, Fact::Language, Fact::Tags];

/// The usual names of each fact, the likeliest first.
const USUAL: &[(Fact, &[&str])] = &[
    (Fact::Id, &["id", "_id", "docid", "doc_id", "uid", "uuid", "guid"]),
    (Fact::Title, &["title", "headline", "name", "subject"]),
    (
        Fact::Text,
        &[
            "text",
            "body",
            "contents",
            "content",
            "article",
            "passage",
            "content_html",
            "content_text",
            "articleBody",
            "article_body",
            "full_text",
            "selftext",
            "transcript",
            "abstract",
            "abstract_note",
            "summary",
            "description",
        ],
    ),
    (Fact::Author, &["author", "authors", "byline", "creator", "creators"]),
    (
        Fact::Date,
        &[
            "date",
            "published",
            "date_published",
            "datePublished",
            "published_at",
            "publishedAt",
            "pub_date",
            "pubDate",
            "created",
            "created_at",
            "createdAt",
            "timestamp",
            "created_utc",
        ],
    ),
    (Fact::Url, &["url", "link", "permalink", "canonical_url", "uri", "external_url"]),
    (Fact::Language, &["language", "lang"]),
    (Fact::Tags, &["tags", "keywords", "categories"]),
];

/// The names that facts go by, the likeliest of each first.
#[derive(Debug)]
pub(super) struct Names(Vec<(Fact, Cow<'static, str>)>);

impl Default for Names {
    fn default() -> Self {
        Self::after(&[])
    }
}

impl Names {
    /// Returns the usual names, and before them others. A name stands for one fact, the first.
    pub(super) fn after(others: &[(Fact, String)]) -> Self {
        let others = others.iter().map(|(fact, name)| (*fact, Cow::Owned(name.clone())));
        let usual =
            USUAL.iter().flat_map(|(fact, names)| names.iter().map(|name| (*fact, Cow::Borrowed(*name))));
        Self(others.chain(usual).collect())
    }

    /// Returns the usual names, and before them those that a user gave.
    pub(super) fn before_usual(nest: Nest<'_>) -> Self {
        let fact = |name: &str| FACTS.iter().position(|fact| *fact == name).map(|at| BY_NAME[at]);
        let others = nest.fields().filter_map(|(of, name)| Some((fact(of)?, name.to_owned())));
        Self::after(&others.collect::<Vec<_>>())
    }

    /// Returns the number of a name that is known.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(_, known)| known == name)
    }

    /// Returns the number of a name that is known, whatever its case and the signs in it: `Date
    /// published` is `date_published`.
    pub(super) fn loosely(&self, name: &str) -> Option<usize> {
        fn letters(name: &str) -> impl Iterator<Item = char> {
            name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase)
        }
        self.number(name).or_else(|| self.0.iter().position(|(_, known)| letters(known).eq(letters(name))))
    }

    /// Returns what the name of this number stands for.
    pub(super) fn fact(&self, number: usize) -> Option<Fact> {
        self.0.get(number).map(|(fact, _)| *fact)
    }
}

/// What of a record is an article's: the fields of known names.
pub(super) struct Record<'n> {
    names: &'n Names,
    fields: Vec<(usize, Texts)>,
}

impl<'n> Record<'n> {
    /// Returns a record without fields.
    pub(super) fn new(names: &'n Names) -> Self {
        Self { names, fields: Vec::new() }
    }

    /// Reads an object of JSON, and says whether it held what is no text, which was replaced.
    ///
    /// # Errors
    /// Where it is none.
    pub(super) fn parse(names: &'n Names, json: &[u8]) -> serde_json::Result<(Self, Repair)> {
        let parse = |json: &[u8]| {
            let mut parser = serde_json::Deserializer::from_slice(json);
            let record = Fields(names).deserialize(&mut parser)?;
            parser.end().map(|()| record)
        };
        match parse(json) {
            Ok(record) => Ok((record, Repair::None)),
            Err(error) => Ok((parse(&mend(json)).map_err(|_| error)?, Repair::Replaced)),
        }
    }

    /// Adds the texts of the field whose name has this number.
    pub(super) fn add(&mut self, number: usize, texts: Texts) {
        self.fields.push((number, texts));
    }

    /// Returns the texts in the likeliest field of a fact that has any, and its name.
    fn likeliest(&self, fact: Fact) -> impl Iterator<Item = (&Cow<'static, str>, &[String])> {
        let names = self.names.0.iter().enumerate().filter(move |(_, (of, _))| *of == fact);
        names.filter_map(|(number, (_, name))| {
            let fields = self.fields.iter().rev().filter(|(known, _)| *known == number);
            let texts = fields.map(|(_, texts)| texts.0.as_slice()).find(|texts| !texts.is_empty())?;
            Some((name, texts))
        })
    }

    /// Returns the texts of a fact.
    pub(super) fn first(&self, fact: Fact) -> Option<&[String]> {
        self.likeliest(fact).next().map(|(_, texts)| texts)
    }

    /// Says whether it has text.
    pub(super) fn has_text(&self) -> bool {
        self.first(Fact::Text).is_some()
    }

    /// Returns the article that the record is, the one of this number in its file, on this line.
    pub(super) fn article(&self, number: u64, line: u64) -> Article {
        let short = |fact| self.first(fact).map(|texts| texts.join(", "));
        let fact = |fact| short(fact).filter(|text: &String| text.len() <= LONGEST_FACT);
        let mut dates = self.likeliest(Fact::Date);
        let date = dates.find_map(|(name, texts)| Some((day(texts.first()?)?, name)));
        // A number is the author's, but no name.
        let named = |name: &&String| name.contains(char::is_alphabetic);
        let authors = self.first(Fact::Author).into_iter().flatten().filter(named);
        let body = self.first(Fact::Text).map(|texts| texts.join("\n\n"));
        Article {
            member: Some(fact(Fact::Id).unwrap_or_else(|| number.to_string())),
            title: short(Fact::Title).map(|title| fragment::line(&title)),
            authors: authors.cloned().collect(),
            date: date.map(|(date, _)| date),
            date_source: date
                .map_or("", |(_, name)| match name {
                    Cow::Borrowed(name) => *name,
                    Cow::Owned(_) => "its field of dates",
                })
                .into(),
            url: fact(Fact::Url),
            language: fact(Fact::Language),
            tags: self.first(Fact::Tags).map(names_of).unwrap_or_default(),
            sections: body.map(|body| fragment::sections(&body)).unwrap_or_default(),
            lines: Lines::File,
            record: Some(article::Record { number, line: u32::try_from(line).unwrap_or(u32::MAX) }),
            ..Article::default()
        }
    }
}

/// Whether a record had to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// It was whole.
    None,
    /// What is no text was replaced.
    Replaced,
}

/// Reads a date, or the seconds or milliseconds since 1970.
fn day(text: &str) -> Option<Date> {
    let since = |seconds| Some(Date::of(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)));
    match text.parse::<f64>() {
        Ok(time) if (1e8..1e10).contains(&time) => since(time as u64),
        Ok(time) if (1e11..1e13).contains(&time) => since((time / 1e3) as u64),
        _ => Date::parse(text),
    }
}

/// Returns the names in a list of them, or in a text with commas between.
fn names_of(parts: &[String]) -> Vec<String> {
    let names = parts.iter().flat_map(|part| part.split(',')).map(str::trim);
    names.filter(|name| !name.is_empty()).map(String::from).collect()
}

/// Returns the strings of any value of JSON that are longer than a few words, each once.
pub(super) fn strings(json: &[u8]) -> Vec<String> {
    let parse = |json: &[u8]| {
        let mut parser = serde_json::Deserializer::from_slice(json);
        Strings::deserialize(&mut parser)
    };
    parse(json).or_else(|_| parse(&mend(json))).map(|strings| strings.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(names: &Names, json: &str) -> String {
        let (record, _) = Record::parse(names, json.as_bytes()).expect("it is an object");
        let article = record.article(1, 1);
        let text: Vec<&str> = article.sections.iter().map(|section| section.text.as_str()).collect();
        format!("{}: {}", article.title.unwrap_or_default(), text.join("|"))
    }

    #[test]
    fn other_names_go_before_the_usual_ones() {
        let json =
            r#"{"body_md": "The ebb.", "text": "The flood.", "name": "A", "title": "B", "day": "2024"}"#;
        assert_eq!(text(&Names::default(), json), "B: The flood.");
        let others = [(Fact::Text, "body_md"), (Fact::Title, "name"), (Fact::Date, "day")];
        let names = Names::after(&others.map(|(fact, name)| (fact, name.to_owned())));
        assert_eq!(text(&names, json), "A: The ebb.");
        let (record, _) = Record::parse(&names, json.as_bytes()).expect("it is an object");
        let article = record.article(1, 1);
        assert_eq!((article.date, &*article.date_source), (Date::parse("2024"), "its field of dates"));
    }

    #[test]
    fn a_name_is_known_in_any_spelling_where_that_is_asked() {
        let names = Names::default();
        let check = |name: &str, expected: Option<Fact>| {
            let found = names.loosely(name).and_then(|number| names.fact(number));
            assert_eq!(found, expected, "{name}");
        };
        check("Date Published", Some(Fact::Date));
        check("ABSTRACT-NOTE", Some(Fact::Text));
        check("id", Some(Fact::Id));
        check("Price", None);
        check("", None);
    }

    #[test]
    fn what_is_wrapped_is_found() {
        let check =
            |json: &str, expected: &str| assert_eq!(text(&Names::default(), json), expected, "{json}");
        check(r#"{"_source": {"title": "A", "text": "b"}}"#, "A: b");
        check(r#"{"attributes": {"title": "A", "body": {"value": "b", "format": "x"}}}"#, "A: b");
        check(
            r#"{"title": {"rendered": "A &#8211; B"}, "content": {"rendered": "<p>c</p><p>d</p>"}}"#,
            "A – B: c\n\nd",
        );
        check(r#"{"attributes": [1], "title": "A", "text": "b"}"#, "A: b");
    }

    #[test]
    fn strings_of_some_words_are_found_anywhere() {
        let check = |json: &str, expected: &[&str]| assert_eq!(strings(json.as_bytes()), expected, "{json}");
        check(
            r#"{"a": ["one two three four", {"b": "five six seven eight nine"}], "c": "short"}"#,
            &["one two three four", "five six seven eight nine"],
        );
        check(
            r#"["same words four times", "same words four times", 1, null, true, 1.5, -1]"#,
            &["same words four times"],
        );
        check(r#"{"b": "of four \ud83d words here"}"#, &["of four \u{fffd} words here"]);
        check("nothing", &[]);
    }
}
