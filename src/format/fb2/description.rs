//! What a book says of itself, before its text.

use super::{
    super::{
        line,
        xml::{Node, Xml},
    },
    text::Text,
};
use crate::{article::Article, date::Date};

/// Most genres and keywords that are taken.
const MOST_TAGS: usize = 30;

/// Reads what the book is called, who wrote it and the like; the annotation is its first text.
pub(super) fn title_info(xml: &mut Xml<'_>, article: &mut Article, book: &mut Text) {
    while let Some(node) = xml.next() {
        let element = match node {
            Node::Start(element) => element,
            Node::End(name) if name == "title-info" => break,
            _ => continue,
        };
        match element.name() {
            "book-title" => article.title = line_inside(xml).or(article.title.take()),
            "author" => article.authors.extend(author(xml)),
            "lang" => article.language = line_inside(xml),
            "genre" => {
                let genre = line_inside(xml).filter(|genre| genre != "unrecognised");
                take_tags(article, genre.into_iter());
            }
            "keywords" => {
                let keywords = line_inside(xml).unwrap_or_default();
                let keywords = keywords.split([',', ';']).map(|word| word.trim().to_owned());
                take_tags(article, keywords);
            }
            "date" => {
                let value = element.attribute("value");
                let text = line_inside(xml);
                let date = [value, text].into_iter().flatten().find_map(|date| Date::parse(&date));
                article.take_date(date, "title information");
            }
            "annotation" => book.read(xml, "annotation"),
            _ => xml.skip(),
        }
    }
}

/// Reads when the book was printed.
pub(super) fn publish_info(xml: &mut Xml<'_>, article: &mut Article) {
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) if element.name() == "year" => {
                let date = line_inside(xml).and_then(|year| Date::parse(&year));
                article.take_date(date, "publication data");
            }
            Node::Start(_) => xml.skip(),
            Node::End(name) if name == "publish-info" => break,
            _ => {}
        }
    }
}

/// Reads where the file was taken from.
pub(super) fn document_info(xml: &mut Xml<'_>, article: &mut Article) {
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) if element.name() == "src-url" => {
                let is_url = |url: &String| url.starts_with("http://") || url.starts_with("https://");
                article.url = line_inside(xml).filter(is_url).or(article.url.take());
            }
            Node::Start(_) => xml.skip(),
            Node::End(name) if name == "document-info" => break,
            _ => {}
        }
    }
}

fn take_tags(article: &mut Article, tags: impl Iterator<Item = String>) {
    for tag in tags.filter(|tag| !tag.is_empty()) {
        if article.tags.len() < MOST_TAGS && !article.tags.contains(&tag) {
            article.tags.push(tag);
        }
    }
}

/// Reads the name of an author, in its parts.
fn author(xml: &mut Xml<'_>) -> Option<String> {
    let mut parts: [Option<String>; 3] = Default::default();
    let mut nickname = None;
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) => match element.name() {
                "first-name" => parts[0] = line_inside(xml),
                "middle-name" => parts[1] = line_inside(xml),
                "last-name" => parts[2] = line_inside(xml),
                "nickname" => nickname = line_inside(xml),
                _ => xml.skip(),
            },
            Node::End(name) if name == "author" => break,
            _ => {}
        }
    }
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(name).filter(|name| !name.is_empty()).or(nickname)
}

/// Returns the text of the element that has just begun, on one line.
fn line_inside(xml: &mut Xml<'_>) -> Option<String> {
    Some(line::of(&xml.text_inside())).filter(|text| !text.is_empty())
}
