//! What the elements of a page state about it, gathered before any of it is weighed.

use dom_query::{Document, NodeRef};
use serde_json::Value;

use super::{
    data::{collect, structured},
    tame::Tame,
};
use crate::format::line;

/// Most headings of the first level that are gathered.
const MOST_HEADINGS: usize = 10;

/// What a page states.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// `meta` elements: name, lowercase, and content.
    metas: Vec<(String, String)>,
    /// The `title` element.
    pub title: Option<String>,
    /// The headings of the first level.
    pub headings: Vec<String>,
    /// The address that the page calls its own.
    pub canonical: Option<String>,
    /// The language of the page.
    pub language: Option<String>,
    /// Dates that elements are marked with, the most reliable last.
    pub times: Vec<String>,
    /// The first line that is marked as the byline.
    pub byline: Option<String>,
    /// Structured data about the article.
    data: Option<Value>,
}

impl Facts {
    /// Gathers what a page states.
    pub(super) fn of(document: &Document, page: &Tame) -> Self {
        let mut facts = Self { data: structured(&page.data), ..Self::default() };
        for node in document.root().descendants_it() {
            facts.take(node);
        }
        facts
    }

    fn take(&mut self, node: NodeRef<'_>) {
        let Some(element) = node.element_ref() else { return };
        let attribute = |name: &str| {
            let found = element.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
            Some(found.value.trim()).filter(|value| !value.is_empty())
        };
        let is = |name: &str, value: &str| {
            attribute(name).is_some_and(|values| values.split(' ').any(|one| one.eq_ignore_ascii_case(value)))
        };
        match &*element.name.local {
            "html" => self.language = attribute("lang").or_else(|| attribute("xml:lang")).map(line::of),
            "meta" => {
                let names = ["property", "name", "itemprop", "http-equiv"].into_iter().find_map(attribute);
                if let (Some(names), Some(content)) = (names, attribute("content")) {
                    let names =
                        names.to_ascii_lowercase().replace("dc:", "dc.").replace("dcterms:", "dcterms.");
                    self.metas.extend(names.split(' ').map(|name| (name.to_owned(), unescape(content))));
                }
            }
            "title" if self.title.is_none() => self.title = Some(line::of(&node.text())),
            "h1" if self.headings.len() < MOST_HEADINGS => self.headings.push(spaced_text(node)),
            "link" if self.canonical.is_none() && is("rel", "canonical") => {
                self.canonical = attribute("href").map(line::of);
            }
            "time" if self.times.is_empty() && !is_around(node) => {
                self.times.extend(attribute("datetime").map(line::of));
            }
            _ => {}
        }
        if is("itemprop", "datePublished") {
            let stated = attribute("datetime").or_else(|| attribute("content")).map(line::of);
            self.times.push(stated.unwrap_or_else(|| spaced_text(node)));
        }
        let is_byline = || {
            let class = attribute("class").is_some_and(|class| class.contains("byline"));
            class || is("rel", "author") || is("itemprop", "author")
        };
        if self.byline.is_none() && is_byline() && !is_around(node) {
            self.byline = Some(spaced_text(node)).filter(|line| !line.is_empty());
        }
    }

    /// Returns the contents of `meta` elements of these names, in the order of the names.
    pub(super) fn metas<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let of = |name: &'a str| self.metas.iter().filter(move |(key, _)| key == name);
        names.iter().flat_map(move |name| of(name)).map(|(_, content)| content.as_str())
    }

    /// Returns the content of the first `meta` element of these names.
    pub(super) fn meta(&self, names: &[&str]) -> Option<String> {
        self.metas(names).next().map(str::to_owned)
    }

    /// Returns the strings in a field of the structured data, and the names of what it holds.
    pub(super) fn data(&self, field: &str) -> Vec<String> {
        let mut found = Vec::new();
        self.data.iter().filter_map(|data| data.get(field)).for_each(|value| collect(value, &mut found));
        found.iter().map(|text| unescape(text)).filter(|text| !text.is_empty()).collect()
    }
}

/// Whether a node stands in a part of the page that is about other articles, or in a form.
fn is_around(node: NodeRef<'_>) -> bool {
    let above = node.ancestors_it(None).take_while(|above| !above.has_name("body"));
    above.filter_map(|above| above.element_ref()).any(|element| {
        let class = element.attrs.iter().find(|attribute| &*attribute.name.local == "class");
        matches!(&*element.name.local, "nav" | "aside" | "footer" | "form")
            || class.is_some_and(|class| ["comment", "related"].iter().any(|word| class.value.contains(word)))
    })
}

/// Returns the text of a node, a space between its elements.
fn spaced_text(node: NodeRef<'_>) -> String {
    let mut text = String::new();
    for inner in node.descendants_it().filter(|inner| inner.is_text()) {
        text.push_str(&inner.text());
        text.push(' ');
    }
    line::of(&text)
}

/// Returns a text on one line, without the entities of text that was escaped twice.
fn unescape(text: &str) -> String {
    if text.contains('&') && text.contains(';') {
        return line::of(&Document::fragment(text.replace('<', "&lt;")).text());
    }
    line::of(text)
}
