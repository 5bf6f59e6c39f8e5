//! What a page says of itself: title, author, date, address, language, subjects.

use dom_query::{Document, NodeRef};
use serde_json::Value;

use crate::{article::Article, date::Date};

use super::{key, tame::Tame};

/// Bytes of the longest byline. A longer one is a paragraph.
const LONGEST_AUTHOR: usize = 120;

/// Most authors that are named.
const MOST_AUTHORS: usize = 20;

/// Most keywords that tell anything: a longer list is made for search engines.
const MOST_KEYWORDS: usize = 10;

/// Most headings of the first level that are compared with the title.
const MOST_HEADINGS: usize = 10;

/// Bytes of the longest title from which the name of the site is taken off.
const LONGEST_TITLE: usize = 400;

/// What may stand between the title of an article and the name of its site.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " « ", " / ", ": "];

/// `meta` names, the most reliable first.
const TITLES: &[&str] =
    &["og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title", "parsely-title"];
const SITES: &[&str] = &["og:site_name", "application-name"];
const AUTHORS: &[&str] = &[
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "author",
    "parsely-author",
    "article:author",
    "byl",
    "sailthru.author",
    "dc.contributor",
];
const DATES: &[&str] = &[
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "article:published",
    "article_date_original",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "date",
];
const URLS: &[&str] = &["og:url", "twitter:url"];
const LANGUAGES: &[&str] = &["og:locale", "content-language", "dc.language", "dcterms.language", "language"];
/// What stands before the name in a byline.
const BEFORE_NAMES: &[&str] = &[
    "written by ",
    "posted by ",
    "story by ",
    "text by ",
    "words by ",
    "author: ",
    "words: ",
    "text: ",
    "by: ",
    "by ",
    "von ",
    "par ",
    "por ",
];
const KEYWORDS: &[&str] = &["news_keywords", "keywords", "parsely-tags"];

/// What the elements of a page state.
#[derive(Debug, Default)]
struct Facts {
    /// `meta` elements: name, lowercase, and content.
    metas: Vec<(String, String)>,
    title: Option<String>,
    headings: Vec<String>,
    canonical: Option<String>,
    language: Option<String>,
    /// Dates that elements of the page are marked with, the most reliable last.
    times: Vec<String>,
    byline: Option<String>,
    /// Structured data about the article.
    data: Option<Value>,
}

/// Fills the fields of an article from its page.
pub(super) fn read(document: &Document, page: &Tame) -> Article {
    let facts = Facts::of(document, page);
    let site = facts.meta(SITES).or_else(|| facts.data("publisher"));
    let url = facts.urls().into_iter().chain(page.saved_from.clone()).find(|url| is_web(url));
    let title = facts.title(site.as_deref());
    let tags = facts.tags().into_iter().filter(|tag| title.as_deref().map(key) != Some(key(tag)));
    Article {
        author: facts.author(),
        date: facts.date().or_else(|| url.as_deref().and_then(date_in)),
        language: facts.language(),
        tags: tags.collect(),
        title,
        url,
        ..Article::default()
    }
}

impl Facts {
    fn of(document: &Document, page: &Tame) -> Self {
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
            Some(one_line(&found.value)).filter(|value| !value.is_empty())
        };
        match &*element.name.local {
            "html" => self.language = attribute("lang").or_else(|| attribute("xml:lang")),
            "meta" => {
                let names = ["property", "name", "itemprop", "http-equiv"].into_iter().find_map(attribute);
                if let (Some(names), Some(content)) = (names, attribute("content")) {
                    let plain = |name: &str| {
                        name.to_ascii_lowercase().replace("dc:", "dc.").replace("dcterms:", "dcterms.")
                    };
                    self.metas.extend(names.split(' ').map(|name| (plain(name), content.clone())));
                }
            }
            "title" if self.title.is_none() => self.title = Some(one_line(&node.text())),
            "h1" if self.headings.len() < MOST_HEADINGS => self.headings.push(spaced_text(node)),
            "link" if attribute("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.canonical = self.canonical.take().or_else(|| attribute("href"));
            }
            "time" if self.times.is_empty() && !is_around(node) => self.times.extend(attribute("datetime")),
            _ if self.byline.is_none() && is_byline(&attribute) && !is_around(node) => {
                // The date often stands behind the name, or in its place.
                let line = spaced_text(node);
                let name = line.split(['|', '·', '•']).next().unwrap_or_default();
                let is_name = |part: &&str| !part.contains(|char: char| char.is_ascii_digit());
                self.byline = byline(&name.split(',').take_while(is_name).collect::<Vec<_>>().join(","));
            }
            _ => {}
        }
        if attribute("itemprop").is_some_and(|property| property.eq_ignore_ascii_case("datePublished")) {
            self.times.extend(
                attribute("datetime")
                    .or_else(|| attribute("content"))
                    .or_else(|| Some(one_line(&node.text()))),
            );
        }
    }

    fn metas<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let of = |name: &'a str| self.metas.iter().filter(move |(key, _)| key == name);
        names.iter().flat_map(move |name| of(name)).map(|(_, content)| content.as_str())
    }

    fn meta(&self, names: &[&str]) -> Option<String> {
        self.metas(names).next().map(unescape)
    }

    /// Returns a field of the structured data, or the name of what it holds.
    fn data(&self, field: &str) -> Option<String> {
        let mut names = Vec::new();
        collect(self.data.as_ref()?.get(field)?, &mut names);
        names.into_iter().next()
    }

    /// Chooses the title, and takes the name of the site off it where another part of the page
    /// shows which part that is.
    fn title(&self, site: Option<&str>) -> Option<String> {
        let headline = self.data("headline");
        let named = [self.meta(TITLES), headline, self.title.clone()];
        let known: Vec<&str> = named.iter().flatten().chain(&self.headings).map(String::as_str).collect();
        let is_site = |title: &str| site.is_some_and(|site| key(site) == key(title));
        let only_heading = match self.headings.as_slice() {
            [heading] => Some(heading),
            _ => None,
        };
        let mut titles = named.iter().flatten().chain(only_heading).filter(|title| !title.is_empty());
        let first = titles.clone().next();
        let title = titles.find(|title| !is_site(title)).or(first)?;
        Some(without_site(title, &known, is_site).to_owned())
    }

    /// Returns the authors of the first source that names any.
    fn author(&self) -> Option<String> {
        let mut data = Vec::new();
        let field = |data: &'_ Value| data.get("author").or_else(|| data.get("creator")).cloned();
        self.data.as_ref().and_then(field).iter().for_each(|authors| collect(authors, &mut data));
        let metas = AUTHORS.iter().map(|name| self.metas(&[*name]).map(str::to_owned).collect());
        let marked = self.byline.iter().cloned().collect();
        std::iter::once(data).chain(metas).chain([marked]).find_map(|names: Vec<String>| {
            let mut known: Vec<String> = Vec::new();
            for name in names.iter().filter_map(|name| byline(name)).take(MOST_AUTHORS) {
                if !known.contains(&name) {
                    known.push(name);
                }
            }
            let names = known.join(", ");
            (!names.is_empty() && names.len() <= LONGEST_AUTHOR).then_some(names)
        })
    }

    fn date(&self) -> Option<Date> {
        let data = self.data("datePublished");
        let stated = self.metas(DATES).map(str::to_owned);
        data.into_iter().chain(stated).chain(self.times.iter().rev().cloned()).find_map(|date| date_of(&date))
    }

    fn urls(&self) -> Vec<String> {
        let mut urls: Vec<String> = self.canonical.iter().cloned().collect();
        urls.extend(self.metas(URLS).map(str::to_owned));
        urls.extend(["url", "mainEntityOfPage", "@id"].into_iter().filter_map(|field| self.data(field)));
        urls
    }

    fn language(&self) -> Option<String> {
        let language =
            self.language.clone().or_else(|| self.meta(LANGUAGES)).or_else(|| self.data("inLanguage"))?;
        let tag = language.split([',', ';', ' ']).next().unwrap_or_default().replace('_', "-");
        (!tag.is_empty() && tag.len() < 20).then_some(tag)
    }

    fn tags(&self) -> Vec<String> {
        let mut lists: Vec<Vec<String>> = vec![self.metas(&["article:tag"]).map(str::to_owned).collect()];
        let mut data = Vec::new();
        if let Some(keywords) = self.data.as_ref().and_then(|data| data.get("keywords")) {
            collect(keywords, &mut data);
        }
        lists.push(data);
        lists.extend(self.metas(KEYWORDS).map(|list| vec![list.to_owned()]));
        for list in lists {
            let mut tags: Vec<String> = Vec::new();
            for tag in list.iter().flat_map(|tags| tags.split([',', ';'])).map(unescape) {
                // Keywords such as `type: article` are for machines.
                if !tag.is_empty() && !tag.contains(':') && !tags.iter().any(|known| key(known) == key(&tag))
                {
                    tags.push(tag);
                }
                if tags.len() > MOST_KEYWORDS {
                    break;
                }
            }
            if !tags.is_empty() && tags.len() <= MOST_KEYWORDS {
                return tags;
            }
        }
        Vec::new()
    }
}

/// Finds the article among the objects of structured data.
fn structured(scripts: &[String]) -> Option<Value> {
    let mut objects = Vec::new();
    for script in scripts {
        let script = script.replace(char::is_control, " ");
        // Some wrap it in marks of XML, or hide it from browsers that are long gone.
        let wrapped = script.trim_start().starts_with(['<', '/']);
        let marks = ["CDATA[", "<!--"].iter().filter(|_| wrapped);
        let inner = marks.filter_map(|mark| script.split_once(mark)).map(|(_, inner)| inner).next();
        let inner = inner.unwrap_or(&script).trim_start_matches([' ', '*', '/']);
        match serde_json::Deserializer::from_str(inner).into_iter().next() {
            Some(Ok(Value::Array(values))) => objects.extend(values),
            Some(Ok(mut value)) => {
                if let Some(Value::Array(values)) = value.get_mut("@graph").map(Value::take) {
                    objects.extend(values);
                }
                objects.push(value);
            }
            _ => {}
        }
    }
    let is_article = |object: &Value| {
        let mut types = Vec::new();
        object.get("@type").into_iter().for_each(|kind| collect(kind, &mut types));
        types.iter().any(|kind| {
            ["Article", "Posting", "Report", "Review", "Recipe"].iter().any(|end| kind.ends_with(end))
        })
    };
    let at = objects.iter().position(is_article).or_else(|| {
        objects
            .iter()
            .position(|object| object.get("datePublished").is_some() || object.get("headline").is_some())
    })?;
    Some(objects.swap_remove(at))
}

/// Collects strings: those of a list, and the names of objects.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.extend(Some(unescape(text)).filter(|text| !text.is_empty())),
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(fields) => {
            if let Some(Value::String(name)) = fields.get("name").or_else(|| fields.get("@id")) {
                found.extend(Some(unescape(name)).filter(|name| !name.is_empty()));
            }
        }
        _ => {}
    }
}

/// Returns a title without parts that are the name of the site, or that another statement of the
/// title does not have.
fn without_site<'a>(title: &'a str, known: &[&str], is_site: impl Fn(&str) -> bool) -> &'a str {
    if title.len() > LONGEST_TITLE {
        return title;
    }
    let mut cuts: Vec<(&str, &str)> = Vec::new();
    for separator in SEPARATORS {
        cuts.extend(
            title.match_indices(separator).map(|(at, _)| (&title[..at], &title[at + separator.len()..])),
        );
    }
    let known: Vec<String> = known.iter().filter(|one| !is_site(one)).map(|one| key(one)).collect();
    let parts = cuts.iter().flat_map(|(before, after)| [*before, *after]);
    if let Some(part) = parts.filter(|part| known.contains(&key(part))).max_by_key(|part| part.len()) {
        return part.trim();
    }
    let rest = cuts.iter().find_map(|&(before, after)| match (is_site(before), is_site(after)) {
        (_, true) => Some(before),
        (true, _) => Some(after),
        _ => None,
    });
    rest.map_or(title, str::trim)
}

/// Returns the name in a byline.
fn byline(text: &str) -> Option<String> {
    let mut name = unescape(text);
    for start in BEFORE_NAMES {
        if name.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start)) {
            name = name[start.len()..].trim().to_owned();
        }
    }
    let name = name.trim_matches([',', '|', '·', ' ']);
    let usable =
        name.len() <= LONGEST_AUTHOR && name.chars().any(char::is_alphabetic) && !name.contains("://");
    usable.then(|| name.to_owned())
}

fn date_of(text: &str) -> Option<Date> {
    let compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let date = if compact {
        Date::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
    } else {
        Date::parse(text)
    };
    // The year 1 stands where a program had no date.
    date.filter(|date| date.year >= 1_000)
}

/// Finds a day in an address, as in `/2025/01/30/`.
fn date_in(url: &str) -> Option<Date> {
    let parts: Vec<&str> = url.split('/').collect();
    parts.windows(3).filter(|day| day[0].len() == 4).find_map(|day| Date::parse(&day.join("/")))
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whether an element is marked as the byline.
fn is_byline(attribute: &impl Fn(&str) -> Option<String>) -> bool {
    let is_author =
        |name: &str| attribute(name).is_some_and(|value| value.split(' ').any(|word| word == "author"));
    is_author("rel")
        || is_author("itemprop")
        || attribute("class").is_some_and(|class| class.contains("byline"))
}

/// Whether a node stands in a part of the page that is about other articles, or in a form.
fn is_around(node: NodeRef<'_>) -> bool {
    let around = |name: &str| matches!(name, "nav" | "aside" | "footer" | "form");
    let comments = |class: &str| class.contains("comment") || class.contains("related");
    node.ancestors_it(None).any(|above| {
        above.element_ref().is_some_and(|element| around(&element.name.local))
            || above.class().is_some_and(|class| comments(&class))
    })
}

/// Returns the text of a node, a space between its elements.
fn spaced_text(node: NodeRef<'_>) -> String {
    let mut text = String::new();
    for inner in node.descendants_it().filter(|inner| inner.is_text()) {
        text.push_str(&inner.text());
        text.push(' ');
    }
    one_line(&text)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the text on one line, without the entities of text that was escaped twice.
fn unescape(text: &str) -> String {
    if text.contains('&') && text.contains(';') {
        return one_line(&Document::fragment(text.replace('<', "&lt;")).text());
    }
    one_line(text)
}
