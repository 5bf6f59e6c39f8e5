//! Front matter: what stands between `---` or `+++` lines at the top of a Markdown file.
//!
//! Much of it is not quite YAML or TOML. What does not parse is read line by line, so that one
//! unquoted colon does not cost an article its title and date.

use serde_saphyr::DuplicateKeyPolicy;

use super::line;
use crate::{article::Article, date::Date};

/// Bytes of the longest front matter.
const LONGEST: usize = 100_000;

const TITLES: &[&str] = &["title"];
const AUTHORS: &[&str] = &["author", "authors", "byline", "creator"];
const DATES: &[&str] = &[
    "date",
    "published",
    "published_at",
    "publishdate",
    "publish_date",
    "pubdate",
    "datepublished",
    "date_published",
    "created",
    "created_at",
    "date_created",
    "creation_date",
];
const URLS: &[&str] =
    &["url", "link", "canonical", "canonical_url", "canonicalurl", "permalink", "source", "source_url"];
const LANGUAGES: &[&str] = &["lang", "language", "locale"];
const TAGS: &[&str] = &["tags", "tag", "keywords", "categories", "category", "topics", "subjects", "subject"];

/// Tables in which some programs keep the fields of an article.
const TABLES: &[&str] = &["taxonomies", "extra", "params"];

/// A value, its scalars as they were written.
#[derive(Debug)]
enum Value {
    One(String),
    Many(Vec<Value>),
    Table(Vec<(String, Value)>),
}

/// Reads front matter into the fields of `article`, and returns the offset at which the text
/// begins: 0 where there is none.
pub(super) fn take(text: &str, article: &mut Article) -> usize {
    let Some((fence, matter, end)) = split(text) else { return 0 };
    let (parsed, separator) = match fence {
        "+++" => (toml(matter), '='),
        _ => (yaml(matter), ':'),
    };
    let (fields, error) = match parsed {
        Ok(Some(fields)) => (fields, None),
        Ok(None) => return 0,
        Err(error) => (lines(matter, separator), Some(error)),
    };
    if !fill(article, &fields) {
        // `Note: some prose` between two thematic breaks is text.
        let key = |key: &str| key.starts_with(|first: char| first.is_lowercase()) && !key.contains(' ');
        if !fields.iter().all(|(name, _)| key(name)) || (error.is_some() && fields.is_empty()) {
            return 0;
        }
        article.warnings.extend(error.map(|error| format!("front matter could not be read: {error}")));
    }
    end
}

/// Returns the fence, what stands between two of them, and the offset after the second.
fn split(text: &str) -> Option<(&'static str, &str, usize)> {
    let fence = ["---", "+++"].into_iter().find(|fence| text.starts_with(fence))?;
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let begin = at;
        at += line.len();
        let line = line.trim_end();
        match start {
            None if line == fence => start = Some(at),
            None => return None,
            Some(start) if line == fence || fence == "---" && line == "..." => {
                return Some((fence, &text[start..begin], at));
            }
            // A thematic break is followed by an empty line.
            Some(start) if at > LONGEST || begin == start && line.is_empty() => {
                return None;
            }
            Some(_) => {}
        }
    }
    None
}

/// Parses YAML. Returns no fields where it holds something else than fields: prose.
fn yaml(matter: &str) -> Result<Option<Vec<(String, Value)>>, String> {
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    match serde_saphyr::from_str_with_options::<serde_json::Value>(matter, options) {
        Ok(serde_json::Value::Null) => Ok(Some(Vec::new())),
        Ok(serde_json::Value::Object(fields)) => {
            Ok(Some(fields.into_iter().map(|(key, value)| (key, value.into())).collect()))
        }
        Ok(_) => Ok(None),
        Err(error) => Err(first_line(&error.to_string())),
    }
}

fn toml(matter: &str) -> Result<Option<Vec<(String, Value)>>, String> {
    match matter.parse::<toml::Table>() {
        Ok(fields) => Ok(Some(fields.into_iter().map(|(key, value)| (key, value.into())).collect())),
        Err(error) => Err(first_line(error.message())),
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// Reads lines of a key and a value; lines of `- value` belong to the key before them.
fn lines(matter: &str, separator: char) -> Vec<(String, Value)> {
    let mut fields: Vec<(String, Value)> = Vec::new();
    for line in matter.lines() {
        if let Some(item) = line.trim_start().strip_prefix("- ")
            && let Some((_, value)) = fields.last_mut()
        {
            match value {
                Value::Many(items) => items.push(Value::One(unquote(item).to_owned())),
                _ => *value = Value::Many(vec![Value::One(unquote(item).to_owned())]),
            }
            continue;
        }
        let Some((key, value)) = line.split_once(separator) else { continue };
        let key = key.trim_end();
        let plain = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.');
        let parted = separator == '=' || value.is_empty() || value.starts_with([' ', '\t']);
        if key.is_empty() || key.len() > 40 || !key.chars().all(plain) || !parted {
            continue;
        }
        let value = value.trim();
        let value = match value.strip_prefix('[') {
            Some(items) => Value::Many(
                items
                    .trim_end_matches(']')
                    .split(',')
                    .map(|item| Value::One(unquote(item).to_owned()))
                    .collect(),
            ),
            None => Value::One(unquote(value).to_owned()),
        };
        fields.push((key.to_owned(), value));
    }
    fields
}

fn unquote(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// Fills what the article does not have yet. Returns whether any field was known.
fn fill(article: &mut Article, fields: &[(String, Value)]) -> bool {
    article.title = article.title.take().or_else(|| first(fields, TITLES));
    if article.authors.is_empty() {
        article.authors = all(fields, AUTHORS);
    }
    article.take_date(all(fields, DATES).iter().find_map(|date| Date::parse(date)), "front matter");
    if article.url.is_none() {
        let web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
        article.url = all(fields, URLS).iter().find(web).cloned();
    }
    article.language = article.language.take().or_else(|| first(fields, LANGUAGES));
    for tag in all(fields, TAGS).iter().flat_map(|tags| tags.split(',')) {
        let tag = tag.trim().trim_start_matches('#');
        if !tag.is_empty() && !article.tags.iter().any(|known| known == tag) {
            article.tags.push(tag.to_owned());
        }
    }
    [TITLES, AUTHORS, DATES, URLS, LANGUAGES, TAGS].iter().any(|names| !all(fields, names).is_empty())
}

fn first(fields: &[(String, Value)], names: &[&str]) -> Option<String> {
    all(fields, names).into_iter().next()
}

/// Returns the values of all fields of these names, in the order of the names.
fn all(fields: &[(String, Value)], names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        for (key, value) in fields {
            if key.eq_ignore_ascii_case(name) {
                value.collect(&mut found);
            }
        }
    }
    for (key, value) in fields {
        if let Value::Table(inner) = value
            && TABLES.contains(&key.as_str())
        {
            found.extend(all(inner, names));
        }
    }
    found
}

impl Value {
    /// Collects the scalars; of a table, the name it gives.
    fn collect(&self, found: &mut Vec<String>) {
        match self {
            Self::One(text) => {
                let text = line::of(text);
                if !text.is_empty() {
                    found.push(text);
                }
            }
            Self::Many(values) => values.iter().for_each(|value| value.collect(found)),
            Self::Table(fields) => {
                let name = fields.iter().find(|(key, _)| ["name", "title"].contains(&key.as_str()));
                name.into_iter().for_each(|(_, value)| value.collect(found));
            }
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Many(Vec::new()),
            serde_json::Value::String(text) => Self::One(text),
            serde_json::Value::Array(values) => Self::Many(values.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(fields) => {
                Self::Table(fields.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
            other => Self::One(other.to_string()),
        }
    }
}

impl From<toml::Value> for Value {
    fn from(value: toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::One(text),
            toml::Value::Array(values) => Self::Many(values.into_iter().map(Self::from).collect()),
            toml::Value::Table(fields) => {
                Self::Table(fields.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
            toml::Value::Datetime(date) => Self::One(date.to_string()),
            other => Self::One(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prints the fields that are set, and the text that is left.
    fn print(text: &str) -> String {
        let mut article = Article::default();
        let body = take(text, &mut article);
        let date = article.date.map(|date| date.to_string());
        let fields = [
            ("title", article.title),
            ("author", Some(article.authors.join(", ")).filter(|names| !names.is_empty())),
            ("date", date),
            ("url", article.url),
            ("language", article.language),
            ("tags", (!article.tags.is_empty()).then(|| article.tags.join("+"))),
            ("warning", (!article.warnings.is_empty()).then(|| article.warnings.join("+"))),
        ];
        let fields: Vec<String> =
            fields.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
        format!("{}|{}", fields.join(" "), &text[body..])
    }

    #[test]
    fn yaml_fills_the_fields() {
        let check = |matter: &str, expected: &str| {
            assert_eq!(print(&format!("---\n{matter}\n---\nbody")), format!("{expected}|body"), "{matter}");
        };
        check("title: A b", "title=A b");
        check("Title: 'A: b'\nDATE: 2025-01-30", "title=A: b date=2025-01-30");
        check("date: 2025", "date=2025");
        check("date: 2025-01-30 08:15:00 +0100", "date=2025-01-30");
        check("date: soon\npublished: January 30, 2025", "date=2025-01-30");
        check("author: A B", "author=A B");
        check("authors: [A B, C D]", "author=A B, C D");
        check("author:\n  name: A B\n  url: x", "author=A B");
        check("authors:\n- name: A\n- C", "author=A, C");
        check("tags: [no, yes, 'c d', 7]", "tags=no+yes+c d+7");
        check("tags: 'a, #b, a'\nkeywords:\n  - d", "tags=a+b+d");
        check("title: NO\nlang: no", "title=NO language=no");
        check("title: 1984\ntitle: 2001", "title=2001");
        check("title: >\n  A\n  b\nurl: /a\nsource: https://a.b/c", "title=A b url=https://a.b/c");
        check("source: A. Writer\nlink: http://a.b", "url=http://a.b");
        check("title:\nauthor: ~\nlayout: post", "");
        check("layout: post\ndraft: true", "");
        assert_eq!(print("---\n---\nbody"), "|body");
        check("extra:\n  author: A\ntaxonomies:\n  tags: [b]", "author=A tags=b");
    }

    #[test]
    fn toml_fills_the_fields() {
        let check = |matter: &str, expected: &str| {
            assert_eq!(print(&format!("+++\n{matter}\n+++\nbody")), format!("{expected}|body"), "{matter}");
        };
        check("title = \"A\"\ndate = 2025-01-30T08:15:00Z", "title=A date=2025-01-30");
        check("date = 2025-01-30\n[taxonomies]\ntags = [\"a\", \"b\"]", "date=2025-01-30 tags=a+b");
        check("title = A b\ndate = 2025-01-30", "title=A b date=2025-01-30");
    }

    #[test]
    fn what_does_not_parse_is_read_by_lines() {
        let check = |matter: &str, expected: &str| {
            assert_eq!(print(&format!("---\n{matter}\n---\nbody")), format!("{expected}|body"), "{matter}");
        };
        check("title: Foo: bar\ndate: 2025-01-30", "title=Foo: bar date=2025-01-30");
        check("title:\t\"A\nb: [", "title=\"A");
        check("title: 'A' b\ntags:\n\t- x\n\t- 'y'", "title='A' b tags=x+y");
        check("title: @a\ntags: [#a, b]", "title=@a tags=a+b");
        let lost = print("---\nlayout: @\n---\nbody");
        assert!(
            lost.starts_with("warning=front matter could not be read: ") && lost.ends_with("|body"),
            "{lost}"
        );
    }

    #[test]
    fn what_is_no_front_matter_stays_text() {
        let check = |text: &str| assert_eq!(print(text), format!("|{text}"));
        check("body");
        check("---\n\nbody\n\n---\n\nmore: body");
        check("---\nbody\n---\nmore");
        check("---\n'Tis a body\n---\nmore");
        check("---\nNote: this is a body.\n---\nmore");
        check("---\ntitle: never ended");
        check("----\ntitle: a\n----\n");
        check("+++\nbody\n+++\n");
        check("--- a\ntitle: b\n---\n");
    }

    #[test]
    fn bombs_are_defused() {
        let mut bomb = "---\ntitle: T\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (last, this) in ('a'..='j').zip('b'..='k') {
            bomb += &format!("{this}: &{this} [{}]\n", vec![format!("*{last}"); 9].join(","));
        }
        assert_eq!(print(&format!("{bomb}---\nbody")), "title=T|body");
        assert!(print(&format!("---\na: {}\n---\nbody", "[".repeat(50_000))).ends_with("|body"));
        assert!(print(&format!("+++\na = {}\n+++\nbody", "[".repeat(50_000))).ends_with("|body"));
    }
}
