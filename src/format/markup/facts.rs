//! What a document says of itself, before its text.

use super::{
    super::{
        line,
        xml::{Element, Node, Xml},
    },
    role::is_nothing,
    text::Text,
};
use crate::{article::Article, date::Date};

/// Most keywords that are taken, and most authors.
const MOST: usize = 30;

/// What a document states.
#[derive(Debug, Default)]
pub(super) struct Facts {
    title: Option<String>,
    authors: Vec<String>,
    date: Option<Date>,
    tags: Vec<String>,
    /// The language that the outermost element names.
    pub language: Option<String>,
}

impl Facts {
    /// Returns an article of which this is known. `title` is that which stands above its text.
    pub(super) fn article(self, title: Option<String>) -> Article {
        Article {
            title: self.title.or(title),
            authors: self.authors,
            date_source: if self.date.is_some() { "document information" } else { "" }.into(),
            date: self.date,
            tags: self.tags,
            language: self.language.filter(|language| !language.is_empty()),
            ..Article::default()
        }
    }
}

/// Reads the element of this name, which has just begun. A summary in it is text.
pub(super) fn facts(xml: &mut Xml<'_>, name: &str, facts: &mut Facts, body: &mut Text) {
    if name == "journal-meta" {
        xml.skip();
        return;
    }
    while let Some(node) = xml.next() {
        let element = match node {
            Node::Start(element) => element,
            Node::End(ended) if ended == name => break,
            _ => continue,
        };
        match element.name() {
            // Of several titles only one is not for a list, a link and so on.
            "title" if element.attribute("type").is_some_and(|kind| !kind.is_empty()) && name == "info" => {
                xml.skip();
            }
            "title" | "article-title" => {
                let title = line::of(&xml.text_inside());
                if facts.title.is_none() && !title.is_empty() {
                    facts.title = Some(title);
                }
            }
            "author" | "contrib" | "credit" => {
                let kind = if element.name() == "credit" { "type" } else { "contrib-type" };
                let role = element.attribute(kind).unwrap_or_else(|| "author".to_owned());
                let author = author(xml, element.name());
                let wrote = role.split_whitespace().any(|role| role == "author");
                if wrote && !author.is_empty() && facts.authors.len() < MOST {
                    facts.authors.push(author);
                }
            }
            "date" | "pubdate" | "pub-date" => {
                let date = date(xml, &element);
                facts.date = facts.date.or(date);
            }
            "keyword" | "kwd" | "term" | "subjectterm" => {
                let tag = line::of(&xml.text_inside());
                if !tag.is_empty() && facts.tags.len() < MOST && !facts.tags.contains(&tag) {
                    facts.tags.push(tag);
                }
            }
            "language" => facts.language = facts.language.take().or(element.attribute("ident")),
            "abstract" => summary(xml, "abstract", body),
            "desc" if name == "info" => summary(xml, "desc", body),
            "sourceDesc" | "revisionDesc" | "encodingDesc" | "seriesStmt" | "copyright" | "revhistory"
            | "history" | "funding-group" | "aff" | "related-article" => xml.skip(),
            name if is_nothing(name) => xml.skip(),
            _ => {}
        }
    }
}

/// Reads the element of this name, which has just begun, as text.
fn summary(xml: &mut Xml<'_>, name: &str, body: &mut Text) {
    body.start(name);
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) if is_nothing(element.name()) => xml.skip(),
            Node::Start(element) => body.start(element.name()),
            Node::Text(text) => body.write(&text),
            Node::End(ended) => {
                body.end(&ended);
                if ended == name {
                    break;
                }
            }
        }
    }
}

/// Reads a name, in its parts or in one.
fn author(xml: &mut Xml<'_>, name: &str) -> String {
    let (mut given, mut family, mut rest) = (String::new(), String::new(), String::new());
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) => match element.name() {
                "firstname" | "forename" | "given-names" | "othername" => {
                    given.push_str(&xml.text_inside());
                    given.push(' ');
                }
                "surname" => family.push_str(&xml.text_inside()),
                "affiliation" | "aff" | "email" | "xref" | "role" | "address" | "contrib-id"
                | "personblurb" | "authorblurb" | "bio" | "years" => xml.skip(),
                _ => rest.push(' '),
            },
            Node::Text(text) => rest.push_str(&text),
            Node::End(ended) if ended == name => break,
            Node::End(_) => rest.push(' '),
        }
    }
    let name = line::of(&format!("{given} {family}"));
    if name.is_empty() { line::of(&rest) } else { name }
}

/// Reads a date: as an attribute, in its parts, or as text.
fn date(xml: &mut Xml<'_>, element: &Element<'_>) -> Option<Date> {
    let stated = ["when", "iso-8601-date", "when-iso"].into_iter().find_map(|name| element.attribute(name));
    let (mut parts, mut text) = ([0_u16; 3], String::new());
    while let Some(node) = xml.next() {
        match node {
            Node::Start(part) => {
                let at = ["year", "month", "day"].iter().position(|name| *name == part.name());
                let inner = xml.text_inside();
                match at {
                    Some(at) => parts[at] = inner.trim().parse().unwrap_or(0),
                    None => text.push_str(&inner),
                }
            }
            Node::Text(part) => text.push_str(&part),
            Node::End(ended) if ended == element.name() => break,
            Node::End(_) => {}
        }
    }
    let parts = match parts {
        [0, ..] => None,
        [year, 0, _] => Some(format!("{year:04}")),
        [year, month, 0] => Some(format!("{year:04}-{month:02}")),
        [year, month, day] => Some(format!("{year:04}-{month:02}-{day:02}")),
    };
    let all = [stated, parts, Some(line::of(&text))];
    all.into_iter().flatten().find_map(|date| Date::parse(&date))
}
