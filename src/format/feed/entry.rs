//! One entry of a feed, in the words of any kind of feed.

use super::{
    super::{
        decode::plain,
        fragment, line,
        xml::{Element, Node, Xml},
    },
    markup::{inside, line_inside, skip, without_short_codes},
};
use crate::{
    article::{Article, Kind, Role, Section},
    date::Date,
};

/// Most authors that are named.
const MOST_AUTHORS: usize = 50;

/// Most subjects that are named.
const MOST_TAGS: usize = 50;

/// Most comments that are read.
const MOST_COMMENTS: usize = 2_000;

/// Kinds of posts that are no articles.
const NO_ARTICLES: &[&str] =
    &["attachment", "nav_menu_item", "revision", "custom_css", "customize_changeset", "oembed_cache"];

/// Names of a date, the best first. An entry may be updated long after it was published.
const DATES: &[&str] =
    &["published", "pubDate", "issued", "date", "post_date", "created", "datetime", "updated", "modified"];

/// Whether an entry was read to its end.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum State {
    Whole,
    Broken,
}

/// What a feed says of itself, which is true of its entries where they say nothing else.
#[derive(Default)]
pub(super) struct Channel {
    facts: Facts,
}

/// What the elements of an entry, or of a feed, say.
#[derive(Default)]
struct Facts {
    titles: [Option<String>; 2],
    /// Texts by their rank: what is whole goes before what is a summary.
    texts: [String; 4],
    authors: Vec<String>,
    /// The best date so far: the number of its name.
    date: Option<(usize, Date)>,
    /// Addresses by their rank.
    links: [Option<String>; 3],
    id: Option<String>,
    language: Option<String>,
    tags: Vec<String>,
    comments: Vec<String>,
    post: Post,
}

/// What a blog's export says of a post.
#[derive(Clone, Copy, Default, PartialEq)]
enum Post {
    /// Nothing: it is no export.
    #[default]
    None,
    /// It is one.
    Article,
    /// It is something else that the blog keeps as a post.
    Other,
}

impl Channel {
    /// Reads what stands around the entries of a feed.
    pub(super) fn read(around: &[u8]) -> Self {
        let around = String::from_utf8_lossy(around);
        let mut xml = Xml::new(&around);
        let mut facts = Facts::default();
        while let Some(node) = xml.next() {
            let Node::Start(element) = node else { continue };
            if let "rss" | "RDF" | "feed" | "channel" = element.name() {
                facts.language = facts.language.or(element.attribute("lang"));
            } else {
                facts.take(&element, &mut xml);
            }
        }
        Self { facts }
    }

    /// Returns the article that a feed without entries is.
    pub(super) fn article(self) -> Article {
        Article { member: None, ..self.facts.article() }
    }
}

/// Reads an entry, none where it is no article.
pub(super) fn read(text: &str, channel: &Channel) -> Option<(Article, State)> {
    let mut xml = Xml::new(text);
    let mut facts = Facts::default();
    if let Some(Node::Start(element)) = xml.next() {
        facts.language = element.attribute("lang");
        facts.id = element.attribute("about");
    }
    while let Some(node) = xml.next() {
        if let Node::Start(element) = node {
            facts.take(&element, &mut xml);
        }
    }
    if facts.post == Post::Other {
        return None;
    }
    let state = if xml.broken() { State::Broken } else { State::Whole };
    if facts.authors.is_empty() {
        facts.authors.clone_from(&channel.facts.authors);
    }
    facts.language = facts.language.or_else(|| channel.facts.language.clone());
    Some((facts.article(), state))
}

impl Facts {
    /// Takes an element that has begun, to its end.
    fn take(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        let (prefix, name) = (element.prefix(), element.name());
        match (prefix, name) {
            // What is inside them is the entry's.
            ("media", "group") => {}
            ("media" | "itunes" | "googleplay", "title") => put(&mut self.titles[1], line_inside(xml, name)),
            ("dc", "title") => put(&mut self.titles[1], line_inside(xml, name)),
            (_, "title") => put(&mut self.titles[0], line_inside(xml, name)),
            ("excerpt", "encoded") => self.text(2, inside(xml, name)),
            (_, "encoded") => self.text(0, inside(xml, name)),
            ("media", "content") => skip(xml, name),
            (_, "content" | "summary") if !is_text(element) => skip(xml, name),
            (_, "content" | "body" | "fullitem") => {
                // Where the content is elsewhere, this is what is said of it.
                let linked = element.attribute("src").is_some();
                let text = inside(xml, name);
                self.text(if linked { 2 } else { 0 }, text);
            }
            ("media" | "itunes" | "googleplay" | "dc", "description" | "summary") => {
                self.text(2, inside(xml, name));
            }
            (_, "description" | "summary" | "tagline") => self.text(1, inside(xml, name)),
            (_, "subtitle") => self.text(3, inside(xml, name)),
            ("media" | "googleplay", "author" | "credit") => skip(xml, name),
            (_, "author" | "creator") => self.author(xml, name),
            ("dc" | "dcterms" | "wp" | "", _) | ("atom" | "a", _) if DATES.contains(&name) => {
                let rank = DATES.iter().position(|known| *known == name).unwrap_or(DATES.len());
                if let Some(date) = date(&line_inside(xml, name))
                    && self.date.is_none_or(|(best, _)| rank < best)
                {
                    self.date = Some((rank, date));
                }
            }
            (_, "origLink") => put(&mut self.links[0], line_inside(xml, name)),
            ("" | "atom" | "a" | "rss", "link") => self.link(element, xml),
            (_, "guid") => {
                let link = element.attribute("isPermaLink").is_none_or(|is| is != "false");
                let id = line_inside(xml, name);
                if link && is_address(&id) {
                    put(&mut self.links[2], id.clone());
                }
                put(&mut self.id, id);
            }
            ("" | "atom" | "a", "id") => put(&mut self.id, line_inside(xml, name)),
            ("" | "atom" | "a" | "dc", "category" | "subject") => {
                let named = element.attribute("label").or_else(|| element.attribute("term"));
                let text = line_inside(xml, name);
                self.tag(&named.unwrap_or(text));
            }
            ("itunes", "category") => {
                self.tag(&element.attribute("text").unwrap_or_default());
                skip(xml, name);
            }
            ("itunes" | "media", "keywords") => {
                line_inside(xml, name).split(',').for_each(|tag| self.tag(tag))
            }
            (_, "language") => put(&mut self.language, line_inside(xml, name)),
            ("wp", "post_type") => {
                let kind = line_inside(xml, name);
                let none = kind.starts_with("wp_") || NO_ARTICLES.contains(&kind.as_str());
                self.post = if none { Post::Other } else { self.post.or_article() };
            }
            ("wp", "status") if line_inside(xml, name) == "trash" => self.post = Post::Other,
            ("wp", "status") => {}
            ("wp", "comment") => self.comment(xml),
            _ => skip(xml, name),
        }
    }

    fn text(&mut self, rank: usize, text: String) {
        let text = text.trim();
        // The same may be said in the words of several kinds of feed, once in full.
        if text.len() > self.texts[rank].len() {
            self.texts[rank] = text.to_owned();
        }
    }

    /// Reads a name: in an element of its own, or beside an address of mail.
    fn author(&mut self, xml: &mut Xml<'_>, own: &str) {
        let (mut text, mut named) = (String::new(), None);
        while let Some(node) = xml.next() {
            match node {
                Node::Start(element) if element.name() == "name" => named = Some(line_inside(xml, "name")),
                Node::Start(element) => skip(xml, element.name()),
                Node::End(name) if name == own => break,
                Node::End(_) => {}
                Node::Text(part) => text.push_str(&part),
            }
        }
        let text = line::of(&text);
        let name = named.unwrap_or_else(|| without_address(&text));
        let named = self.authors.len() < MOST_AUTHORS && !self.authors.contains(&name);
        if named && !name.is_empty() && !name.contains('@') {
            self.authors.push(name);
        }
    }

    fn link(&mut self, element: &Element<'_>, xml: &mut Xml<'_>) {
        match element.attribute("href") {
            Some(address) => {
                skip(xml, "link");
                if element.attribute("rel").is_none_or(|rel| rel == "alternate") {
                    put(&mut self.links[1], address.trim().to_owned());
                }
            }
            None => put(&mut self.links[1], line_inside(xml, "link")),
        }
    }

    fn tag(&mut self, tag: &str) {
        let tag = tag.trim();
        if !tag.is_empty() && self.tags.len() < MOST_TAGS && !self.tags.iter().any(|known| known == tag) {
            self.tags.push(tag.to_owned());
        }
    }

    /// Reads what a reader wrote below a post.
    fn comment(&mut self, xml: &mut Xml<'_>) {
        let (mut author, mut text, mut shown) = (String::new(), String::new(), true);
        while let Some(node) = xml.next() {
            match node {
                Node::Start(element) => match element.name() {
                    "comment_author" => author = line_inside(xml, "comment_author"),
                    "comment_content" => text = inside(xml, "comment_content"),
                    "comment_approved" => shown &= line_inside(xml, "comment_approved") == "1",
                    "comment_type" => shown &= matches!(&*line_inside(xml, "comment_type"), "" | "comment"),
                    name => skip(xml, name),
                },
                Node::End(name) if name == "comment" => break,
                Node::End(_) | Node::Text(_) => {}
            }
        }
        if shown && !text.trim().is_empty() && self.comments.len() < MOST_COMMENTS {
            let between = if author.is_empty() { "" } else { ": " };
            self.comments.push(format!("{author}{between}{}", text.trim()));
        }
    }

    fn article(self) -> Article {
        let mut texts = self.texts.into_iter().filter(|text| !text.is_empty());
        let body = plain(texts.next().unwrap_or_default().into());
        let body = if self.post == Post::None { body } else { without_short_codes(&body) };
        let mut sections = fragment::sections(&body);
        let mut around = Section { role: Role::Aside, ..Section::default() };
        for comment in &self.comments {
            for part in fragment::sections(&plain(comment.into())) {
                around.push(Kind::Prose, &part.text, 0);
            }
        }
        sections.extend(Some(around).filter(|around| !around.blocks.is_empty()));
        let url = self.links.into_iter().flatten().next();
        Article {
            member: self.id.or_else(|| url.clone()),
            title: self.titles.into_iter().flatten().next(),
            authors: self.authors,
            date: self.date.map(|(_, date)| date),
            date_source: self.date.map_or("", |(rank, _)| DATES[rank]).into(),
            url,
            language: self.language,
            tags: self.tags,
            sections,
            ..Article::default()
        }
    }
}

impl Post {
    /// Returns that it is an article, unless it is something else.
    fn or_article(self) -> Self {
        if self == Self::Other { self } else { Self::Article }
    }
}

/// Fills a place that is empty.
fn put(place: &mut Option<String>, text: String) {
    if place.is_none() && !text.is_empty() {
        *place = Some(text);
    }
}

/// Says whether an element of Atom holds text, or a page, and no other data.
fn is_text(element: &Element<'_>) -> bool {
    let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
    let data = kind.contains('/') && !kind.starts_with("text/") && !kind.ends_with("xml");
    !data && element.attribute("mode").is_none_or(|mode| mode != "base64")
}

/// Returns the name in `name <address>` or `address (name)`.
fn without_address(text: &str) -> String {
    let parts = text.split(['(', ')', '<', '>']).map(str::trim);
    let mut names = parts.filter(|part| !part.is_empty() && !part.contains('@'));
    if text.contains('@') { names.next().unwrap_or_default().to_owned() } else { text.to_owned() }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Reads a date: also one whose day of the week is wrong, or whose zone is none.
fn date(text: &str) -> Option<Date> {
    let day = |text: &str| {
        let (_, rest) = text.split_once(',')?;
        Date::parse(&rest.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
    };
    Date::parse(text).or_else(|| day(text))
}
