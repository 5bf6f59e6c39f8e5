//! What a page says of itself: title, author, date, address, language, subjects.
//!
//! Pages state these many times over, and not always the same; each is taken from the most reliable
//! source that has it.

use dom_query::Document;

use super::{super::names, facts::Facts, known::same, tame::Tame};
use crate::{article::Article, date::Date};

/// Bytes of the longest byline. A longer one is a paragraph.
const LONGEST_AUTHOR: usize = 120;

/// Most authors that are named.
const MOST_AUTHORS: usize = 20;

/// Most keywords that tell anything: a longer list is made for search engines.
const MOST_KEYWORDS: usize = 10;

/// Bytes of the longest title from which the name of the site is taken off.
const LONGEST_TITLE: usize = 400;

/// What may stand between the title of an article and the name of its site.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", " « ", " / ", ": "];

/// What may stand before the name in a byline.
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

// Names of `meta` elements, the most reliable first.
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
const KEYWORDS: &[&str] = &["news_keywords", "keywords", "parsely-tags"];

/// Fills the fields of an article from its page.
pub(super) fn read(document: &Document, page: &Tame) -> Article {
    let facts = Facts::of(document, page);
    let title = title(&facts);
    let url = url(&facts, page);
    let in_url = || url.as_deref().and_then(day_in).map(|date| (date, "the address"));
    let date = date(&facts).or_else(in_url);
    let mut tags = tags(&facts);
    tags.retain(|tag| title.as_deref().is_none_or(|title| !same(title, tag)));
    Article {
        authors: authors(&facts),
        date: date.map(|(date, _)| date),
        date_source: date.map_or("", |(_, source)| source).into(),
        language: language(&facts),
        title,
        url,
        tags,
        ..Article::default()
    }
}

/// Chooses the title. The name of the site is taken off it where the page shows which part that is.
fn title(facts: &Facts) -> Option<String> {
    let site = facts.meta(SITES).or_else(|| facts.data("publisher").into_iter().next());
    let is_site = |title: &str| site.as_deref().is_some_and(|site| same(site, title));
    let stated = [facts.meta(TITLES), facts.data("headline").into_iter().next(), facts.title.clone()];
    let known: Vec<&str> = stated.iter().flatten().chain(&facts.headings).map(String::as_str).collect();
    let only_heading = Some(&facts.headings).filter(|headings| headings.len() == 1).into_iter().flatten();
    let titles: Vec<&String> =
        stated.iter().flatten().chain(only_heading).filter(|title| !title.is_empty()).collect();
    let title = titles.iter().find(|title| !is_site(title)).or(titles.first())?;
    Some(without_site(title, &known, is_site).to_owned())
}

/// Returns the part of a title that the page states elsewhere too, or the part beside the name of
/// the site; all of it where there is no such part.
fn without_site<'a>(title: &'a str, known: &[&str], is_site: impl Fn(&str) -> bool) -> &'a str {
    if title.len() > LONGEST_TITLE {
        return title;
    }
    let mut cuts: Vec<(&str, &str)> = Vec::new();
    for separator in SEPARATORS {
        let at = title.match_indices(separator);
        cuts.extend(at.map(|(at, _)| (&title[..at], &title[at + separator.len()..])));
    }
    let is_known = |part: &&str| known.iter().any(|one| same(one, part) && !is_site(one));
    let parts = cuts.iter().flat_map(|(before, after)| [*before, *after]);
    if let Some(part) = parts.filter(is_known).max_by_key(|part| part.len()) {
        return part.trim();
    }
    let rest = cuts.iter().find_map(|&(before, after)| match (is_site(before), is_site(after)) {
        (_, true) => Some(before),
        (true, _) => Some(after),
        _ => None,
    });
    rest.map_or(title, str::trim)
}

/// Returns the authors of the first source that names any.
fn authors(facts: &Facts) -> Vec<String> {
    let data = ["author", "creator"].into_iter().map(|field| facts.data(field));
    let metas = AUTHORS.iter().map(|name| facts.metas(&[*name]).map(str::to_owned).collect());
    let marked = facts.byline.as_deref().map(before_date).into_iter().collect();
    let found = data.chain(metas).chain([marked]).find_map(|names: Vec<String>| {
        let names: Vec<String> = names.iter().filter_map(|name| byline(name)).take(MOST_AUTHORS).collect();
        let names = names::split(&names);
        let length: usize = names.iter().map(String::len).sum();
        (!names.is_empty() && length <= LONGEST_AUTHOR * names.len()).then_some(names)
    });
    found.unwrap_or_default()
}

/// Returns the name in a byline.
fn byline(text: &str) -> Option<String> {
    let mut name = text;
    for start in BEFORE_NAMES {
        if name.get(..start.len()).is_some_and(|first| first.eq_ignore_ascii_case(start)) {
            name = name[start.len()..].trim();
        }
    }
    let name = name.trim_matches([',', '|', '·', ' ']);
    (name.chars().any(char::is_alphabetic) && !name.contains("://")).then(|| name.to_owned())
}

/// Returns what stands in a byline before the date and the like.
fn before_date(line: &str) -> String {
    let first = line.split(['|', '·', '•']).next().unwrap_or_default();
    let is_name = |part: &&str| !part.contains(|char: char| char.is_ascii_digit());
    first.split(',').take_while(is_name).collect::<Vec<_>>().join(",")
}

/// Returns the day of publication and what states it.
fn date(facts: &Facts) -> Option<(Date, &'static str)> {
    let data = facts.data("datePublished").into_iter().map(|date| (date, "structured data"));
    let stated = facts.metas(DATES).map(|date| (date.to_owned(), "a meta element"));
    let marked = facts.times.iter().rev().map(|date| (date.clone(), "a time element"));
    data.chain(stated).chain(marked).find_map(|(date, source)| {
        let compact = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
        let date = if compact { format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]) } else { date };
        // The year 1 stands where a program had no date.
        Some((Date::parse(&date).filter(|date| date.year >= 1_000)?, source))
    })
}

/// Finds a day in an address, as in `/2025/01/30/`.
fn day_in(url: &str) -> Option<Date> {
    let parts: Vec<&str> = url.split('/').collect();
    parts.windows(3).filter(|day| day[0].len() == 4).find_map(|day| Date::parse(&day.join("/")))
}

fn url(facts: &Facts, page: &Tame) -> Option<String> {
    let stated = facts.metas(URLS).map(str::to_owned);
    let data = ["url", "mainEntityOfPage", "@id"].into_iter().flat_map(|field| facts.data(field));
    let mut urls =
        facts.canonical.clone().into_iter().chain(stated).chain(data).chain(page.saved_from.clone());
    urls.find(|url| url.starts_with("https://") || url.starts_with("http://"))
}

fn language(facts: &Facts) -> Option<String> {
    let data = facts.data("inLanguage").into_iter().next();
    let language = facts.language.clone().or_else(|| facts.meta(LANGUAGES)).or(data)?;
    let tag = language.split([',', ';', ' ']).next().unwrap_or_default().replace('_', "-");
    (!tag.is_empty() && tag.len() < 20).then_some(tag)
}

/// Returns the first list of subjects that is short enough to tell anything.
fn tags(facts: &Facts) -> Vec<String> {
    let tagged = facts.metas(&["article:tag"]).map(str::to_owned).collect();
    let keywords = facts.metas(KEYWORDS).map(|list| vec![list.to_owned()]);
    [tagged, facts.data("keywords")]
        .into_iter()
        .chain(keywords)
        .map(|list| few(&list))
        .find(|tags| !tags.is_empty())
        .unwrap_or_default()
}

/// Returns the keywords of a list, or none where they are too many.
fn few(list: &[String]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in list.iter().flat_map(|tags| tags.split([',', ';'])).map(str::trim) {
        // Keywords such as `type: article` are for machines.
        if !tag.is_empty() && !tag.contains(':') && !tags.iter().any(|known| same(known, tag)) {
            tags.push(tag.to_owned());
        }
        if tags.len() > MOST_KEYWORDS {
            return Vec::new();
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::{super::tame::tame, *};

    fn article(page: &str) -> Article {
        let page = tame(page);
        read(&Document::from(page.html.as_str()), &page)
    }

    #[test]
    fn the_title_is_without_the_site() {
        let check = |head: &str, expected: Option<&str>| {
            assert_eq!(article(head).title.as_deref(), expected, "{head}")
        };
        let site = "<meta property=og:site_name content='The Site'>";
        check("", None);
        check("<title> A \n b </title>", Some("A b"));
        check("<title>A - b | The Site</title>", Some("A - b | The Site"));
        check(&format!("<title>A - b | The Site</title>{site}"), Some("A - b"));
        check(&format!("<title>The Site: A</title>{site}"), Some("A"));
        check("<title>A - b - The Site</title><h1>A - B</h1>", Some("A - b"));
        check("<title>A | C</title><meta property=og:title content='A b | C'><h1>a b</h1>", Some("A b"));
        check("<title>The Site</title><h1>A</h1><meta property=og:site_name content='the site'>", Some("A"));
        check("<title>The Site</title><h1>A</h1><h1>B</h1>", Some("The Site"));
        check("<h1><a>A</a><span>b</span></h1>", Some("A b"));
        check("<title>A</title><meta name=twitter:title content='A &amp;amp; b'>", Some("A & b"));
        check("<title>A</title><meta property='x:y og:title' content=B>", Some("B"));
        check(
            "<script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"A\"}</script><title>A|B</title>",
            Some("A"),
        );
    }

    #[test]
    fn the_author_is_a_name() {
        let check = |page: &str, expected: Option<&str>| {
            assert_eq!(article(page).authors.join(" + "), expected.unwrap_or_default(), "{page}")
        };
        check("<meta name=author content=' By A  B '>", Some("A B"));
        check(
            "<meta name=author content=A><meta name=author content=B><meta name=author content=A>",
            Some("A + B"),
        );
        check("<meta name=article:author content='https://a.b/c'><p class=byline>by: A</p>", Some("A"));
        check(
            "<script type=application/ld+json>{\"@type\":\"Article\",\"author\":[{\"name\":\"A\"},\"B\"]}</script><meta name=author content=C>",
            Some("A + B"),
        );
        check("<p class='post-byline x'>Words: A C, B D | 1 October 2024</p>", Some("A C + B D"));
        check("<p class=byline>A, 12 May 2024</p>", Some("A"));
        check("<p class=byline>12 May 2024</p>", None);
        check("<form><a rel=author>A</a></form><div class=comments><a rel=author>B</a></div>", None);
        check(&format!("<p class=byline>{}</p>", "a ".repeat(100)), None);
    }

    #[test]
    fn the_date_is_that_of_publication() {
        let check = |page: &str, expected: Option<&str>| {
            assert_eq!(article(page).date.map(|date| date.to_string()).as_deref(), expected, "{page}");
        };
        check("<meta property=article:published_time content=2025-01-30T08:00:00Z>", Some("2025-01-30"));
        check("<meta name=DC.date content=20250130>", Some("2025-01-30"));
        check("<meta name=date content=soon><time datetime=2025-01>January</time>", Some("2025-01"));
        check("<nav><time datetime=2024>x</time></nav><time datetime=2025>y</time>", Some("2025"));
        check(
            "<time datetime=2024>x</time><p itemprop=datePublished>30 January 2025</p>",
            Some("2025-01-30"),
        );
        check("<meta name=date content='0001-01-01T00:00:00'>", None);
        check("<link rel=canonical href='https://a.b/2025/01/30/c'>", Some("2025-01-30"));
        check(
            "<script type=application/ld+json>{\"@type\":\"Article\",\"datePublished\":\"2025-01-30\"}</script><meta name=date content=2024>",
            Some("2025-01-30"),
        );
    }

    #[test]
    fn the_address_language_and_subjects_are_found() {
        let check = |page: &str, expected: [&str; 3]| {
            let article = article(page);
            let found = [
                article.url.unwrap_or_default(),
                article.language.unwrap_or_default(),
                article.tags.join("+"),
            ];
            assert_eq!(found, expected, "{page}");
        };
        check("", ["", "", ""]);
        check(
            "<html lang=pt-BR><link rel=canonical href=/a><meta property=og:url content=http://a.b>",
            ["http://a.b", "pt-BR", ""],
        );
        check(
            "<!-- saved from url=(0014)https://a.b/c --><meta property=og:locale content=en_GB>",
            ["https://a.b/c", "en-GB", ""],
        );
        check(
            "<link rel='x canonical' href=https://a.b><meta name=keywords content='a, b;c,A, d:e'>",
            ["https://a.b", "", "a+b+c"],
        );
        check(
            "<meta name=article:tag content=a><meta name=article:tag content=b><meta name=keywords content=c>",
            ["", "", "a+b"],
        );
        check("<meta name=keywords content='a,b,c,d,e,f,g,h,i,j,k'>", ["", "", ""]);
        check("<title>A b</title><meta name=keywords content='a b,c'>", ["", "", "c"]);
    }
}
