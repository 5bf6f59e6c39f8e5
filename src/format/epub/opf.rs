//! The package document of a book: what it is called, and which documents it is made of.

use std::collections::HashMap;

use super::{
    super::{
        line,
        xml::{Element, Node, Xml},
    },
    href::{Target, resolve},
};
use crate::{
    article::{Article, Lines},
    date::Date,
};

/// Most documents, and most statements, that are taken.
const MOST: usize = 50_000;

/// Most subjects that are taken.
const MOST_TAGS: usize = 30;

/// Earliest year that a book is thought to state: cataloguing programs write an earlier one for none.
const EARLIEST: &str = "1000";

/// What a package document says.
#[derive(Debug, Default)]
pub(super) struct Opf {
    /// What it says of the book.
    pub article: Article,
    /// The documents of the spine, in order: none where it names what is not there.
    pub spine: Vec<Option<Item>>,
    /// The navigation document.
    pub nav: Option<String>,
    /// The table of contents of EPUB 2.
    pub ncx: Option<String>,
    /// Places the book names by what they are, such as `cover` and `toc`.
    pub landmarks: Vec<(String, Target)>,
}

/// A file of the book.
#[derive(Clone, Debug, Default)]
pub(super) struct Item {
    /// Its name.
    pub path: String,
    /// Its media type.
    pub media: String,
    /// What it is in the book, such as `nav`.
    pub properties: String,
}

/// One statement about the book.
#[derive(Debug, Default)]
struct Fact {
    name: String,
    id: String,
    role: String,
    event: String,
    text: String,
}

impl Opf {
    /// Reads the package document that stands at `path`.
    pub(super) fn read(text: &str, path: &str) -> Self {
        let mut opf = Self::default();
        let mut facts = Facts::default();
        let mut items: HashMap<String, Item> = HashMap::new();
        let mut spine = Vec::new();
        let mut toc = None;
        let mut xml = Xml::new(text);
        let mut in_metadata = false;
        while let Some(node) = xml.next() {
            let element = match node {
                Node::Start(element) => element,
                Node::End(name) => {
                    in_metadata &= !name.eq_ignore_ascii_case("metadata");
                    continue;
                }
                Node::Text(_) => continue,
            };
            let name = element.name().to_ascii_lowercase();
            let attribute = |name: &str| element.attribute(name).unwrap_or_default();
            match name.as_str() {
                "metadata" => in_metadata = true,
                "dc-metadata" | "x-metadata" => {}
                _ if in_metadata => facts.take(&name, &element, &mut xml),
                "item" if items.len() < MOST => {
                    let target = resolve(path, &attribute("href"));
                    let (media, properties) = (attribute("media-type"), attribute("properties"));
                    if let Some(Target { path, .. }) = target {
                        let item = Item { path, media: media.to_ascii_lowercase(), properties };
                        items.entry(attribute("id")).or_insert(item);
                    }
                }
                "spine" => toc = element.attribute("toc"),
                "itemref" if spine.len() < MOST => spine.push(attribute("idref")),
                "reference" if opf.landmarks.len() < MOST => {
                    let target = resolve(path, &attribute("href"));
                    opf.landmarks
                        .extend(target.map(|target| (attribute("type").to_ascii_lowercase(), target)));
                }
                _ => {}
            }
        }
        opf.spine = spine.iter().map(|id| items.get(id).cloned()).collect();
        let is_nav = |item: &&Item| item.properties.split_whitespace().any(|property| property == "nav");
        opf.nav = items.values().find(is_nav).map(|item| item.path.clone());
        let ncx = toc.and_then(|id| items.get(&id));
        let ncx = ncx.or_else(|| items.values().find(|item| item.media == "application/x-dtbncx+xml"));
        opf.ncx = ncx.map(|item| item.path.clone());
        opf.article = facts.article();
        opf
    }
}

/// All statements about the book.
#[derive(Debug, Default)]
struct Facts {
    facts: Vec<Fact>,
    /// Statements about statements: the id of the other, what is stated, its value.
    refined: Vec<(String, String, String)>,
}

impl Facts {
    fn take(&mut self, name: &str, element: &Element<'_>, xml: &mut Xml<'_>) {
        let attribute = |name: &str| element.attribute(name).unwrap_or_default();
        let text = line::of(&xml.text_inside());
        if self.facts.len() + self.refined.len() >= MOST {
            return;
        }
        if name == "meta" {
            let property = attribute("property");
            match attribute("refines").strip_prefix('#') {
                Some(id) => self.refined.push((id.to_owned(), property, text)),
                None => {
                    self.facts.push(Fact { name: property, text, ..Fact::default() });
                }
            }
            return;
        }
        // Programs write this where they know nothing.
        if !text.is_empty() && !text.eq_ignore_ascii_case("unknown") {
            let (id, role, event) = (attribute("id"), attribute("role"), attribute("event"));
            self.facts.push(Fact { name: name.to_owned(), id, role, event, text });
        }
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().filter(move |fact| fact.name == name)
    }

    fn refined(&self, fact: &Fact, property: &str, value: &str) -> bool {
        let is = |one: &(String, String, String)| one.0 == fact.id && one.1 == property && one.2 == value;
        !fact.id.is_empty() && self.refined.iter().any(is)
    }

    fn article(&self) -> Article {
        let main = |fact: &&Fact| self.refined(fact, "title-type", "main");
        let title = self.named("title").find(main).or_else(|| self.named("title").next());
        let wrote = |fact: &&Fact| fact.role == "aut" || self.refined(fact, "role", "aut");
        let mut authors: Vec<String> =
            self.named("creator").filter(wrote).map(|fact| fact.text.clone()).collect();
        if authors.is_empty() {
            authors = self.named("creator").map(|fact| fact.text.clone()).collect();
        }
        let date = self.date();
        let is_url = |fact: &&Fact| fact.text.starts_with("http://") || fact.text.starts_with("https://");
        let url = self.named("identifier").find(is_url).or_else(|| self.named("source").find(is_url));
        let mut tags: Vec<String> = Vec::new();
        for fact in self.named("subject") {
            if tags.len() < MOST_TAGS && !tags.contains(&fact.text) {
                tags.push(fact.text.clone());
            }
        }
        let language = self.named("language").find(|fact| fact.text != "und");
        Article {
            title: title.map(|fact| fact.text.clone()),
            authors,
            date,
            date_source: if date.is_some() { "package metadata" } else { "" }.into(),
            url: url.map(|fact| fact.text.clone()),
            language: language.map(|fact| fact.text.clone()),
            tags,
            lines: Lines::Text,
            ..Article::default()
        }
    }

    /// Returns when the book was published; that it was changed or converted is no news.
    fn date(&self) -> Option<Date> {
        let event = |events: &[&str]| {
            let of = |fact: &&Fact| events.contains(&fact.event.to_ascii_lowercase().as_str());
            let stated = self.named("date").filter(of).filter(|fact| fact.text.as_str() >= EARLIEST);
            stated.filter_map(|fact| Date::parse(&fact.text)).next()
        };
        let issued = || self.named("dcterms:issued").find_map(|fact| Date::parse(&fact.text));
        event(&["publication", "original-publication"])
            .or_else(|| event(&[""]))
            .or_else(issued)
            .or_else(|| event(&["creation"]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_says_what_the_book_is() {
        let check = |metadata: &str, expected: &str| {
            let text =
                format!("<package xmlns:opf='o' xmlns:dc='d'><metadata>{metadata}</metadata></package>");
            let Article { title, authors, date, url, language, tags, .. } = Opf::read(&text, "a.opf").article;
            let date = date.map(|date| date.to_string());
            let facts = [title, Some(authors.join("; ")), date, url, language, Some(tags.join("; "))];
            let facts: Vec<String> =
                facts.into_iter().map(|fact| fact.unwrap_or_else(|| "-".into())).collect();
            assert_eq!(facts.join(" | "), expected, "{metadata}");
        };
        check("", "- |  | - | - | - | ");
        check(
            "<dc:title>The\n tide</dc:title><dc:creator>A B</dc:creator><dc:date>2025-01-30</dc:date>
            <dc:language>en</dc:language><dc:subject>Sea</dc:subject><dc:subject>Sea</dc:subject>
            <dc:identifier>urn:1</dc:identifier><dc:source>https://example.org/</dc:source>",
            "The tide | A B | 2025-01-30 | https://example.org/ | en | Sea",
        );
        check(
            "<dc:title id='a'>A tale</dc:title><dc:title id='b'>The tide</dc:title>
            <meta refines='#b' property='title-type'>main</meta>
            <dc:creator id='c'>C D</dc:creator><dc:creator id='d'>E F</dc:creator>
            <meta refines='#c' property='role'>ill</meta><meta refines='#d' property='role'>aut</meta>
            <meta property='dcterms:modified'>2025-02-01</meta>",
            "The tide | E F | - | - | - | ",
        );
        check(
            "<dc-metadata><dc:Title>The tide</dc:Title><dc:creator opf:role='edt'>A B</dc:creator>
            <dc:creator opf:role='aut'>C D</dc:creator><dc:date opf:event='modification'>2024</dc:date>
            <dc:date opf:event='publication'>1999</dc:date></dc-metadata>",
            "The tide | C D | 1999 | - | - | ",
        );
        check(
            "<dc:creator>Unknown</dc:creator><dc:date>0101-01-01T00:00:00+00:00</dc:date>",
            "- |  | - | - | - | ",
        );
    }

    #[test]
    fn a_package_names_its_documents() {
        let opf = Opf::read(
            "<package><manifest><item id='a' href='x/a%20b.xhtml' media-type='application/xhtml+xml'/>
            <item id='n' href='nav.xhtml' properties='scripted nav'/><item id='c' href='toc.ncx'/></manifest>
            <spine toc='c'><itemref idref='a'/><itemref idref='none'/></spine>
            <guide><reference type='cover' href='c.xhtml#d'/></guide></package>",
            "OPS/content.opf",
        );
        let spine: Vec<Option<&str>> =
            opf.spine.iter().map(|item| item.as_ref().map(|item| item.path.as_str())).collect();
        assert_eq!(spine, [Some("OPS/x/a b.xhtml"), None]);
        assert_eq!(opf.nav.as_deref(), Some("OPS/nav.xhtml"));
        assert_eq!(opf.ncx.as_deref(), Some("OPS/toc.ncx"));
        assert_eq!(opf.landmarks[0].0, "cover");
        assert_eq!(opf.landmarks[0].1.path, "OPS/c.xhtml");
    }
}
