//! OPML: outlines and lists of subscriptions, as one article.
//!
//! What has something below it is a heading, at least near the top; all else is an item of a list.

use super::{
    Cause, Each, Format, Input, Warnings,
    decode::decode,
    fragment, line,
    outline::{self, Outline},
    xml::{self, Element, Node, Xml},
};
use crate::{
    article::{Article, Kind, Lines},
    date::Date,
};

/// The reader of OPML.
pub(super) struct Opml;

/// So many levels are headings.
const MOST_HEADINGS: usize = 3;

/// Attributes of an outline that are text for its reader.
const TEXTS: &[&str] = &["description", "htmlUrl", "xmlUrl", "url"];

impl Format for Opml {
    fn name(&self) -> &'static str {
        "opml"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["opml"]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let tag = xml::first_tag(bytes)?;
        let rest = tag.strip_prefix("opml")?;
        rest.chars().next().is_none_or(char::is_whitespace).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let decoded = decode(input.bytes, xml::declared(input.bytes).as_deref())?;
        let mut article = article(&decoded.text);
        article.warnings.extend(decoded.warning);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

fn article(text: &str) -> Article {
    let mut xml = Xml::new(text);
    let mut article = Article { lines: Lines::Text, ..Article::default() };
    let mut outline = Outline::default();
    // The outlines that are open. Those above the last one have been put where they belong.
    let mut open = 0;
    let mut last: Option<Entry> = None;
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) if element.name() == "outline" => {
                if let Some(above) = last.replace(Entry::of(&element)) {
                    above.begin(open, &mut outline);
                }
                open += 1;
            }
            Node::End(name) if name == "outline" => {
                if let Some(last) = last.take() {
                    last.item(open, &mut outline);
                }
                open = usize::saturating_sub(open, 1);
            }
            Node::Start(element) => match element.name() {
                "title" => article.title = Some(one_line(&xml.text_inside())),
                "ownerName" => article.authors.push(one_line(&xml.text_inside())),
                "dateCreated" => date(&mut article, &xml.text_inside(), "dateCreated"),
                "dateModified" if article.date.is_none() => {
                    date(&mut article, &xml.text_inside(), "dateModified");
                }
                _ => {}
            },
            Node::End(_) | Node::Text(_) => {}
        }
    }
    if let Some(last) = last {
        last.item(open, &mut outline);
    }
    if xml.broken() || open > 0 {
        article.warnings.push("broken off: what follows was not read".into());
    }
    article.sections = outline.finish();
    article
}

fn date(article: &mut Article, text: &str, source: &'static str) {
    if let Some(date) = Date::parse(text) {
        (article.date, article.date_source) = (Some(date), source.into());
    }
}

/// What an outline says.
struct Entry {
    text: String,
    note: String,
}

impl Entry {
    fn of(element: &Element<'_>) -> Self {
        let attribute = |name: &str| element.attribute(name).unwrap_or_default();
        let named = Some(attribute("text")).filter(|text| !text.trim().is_empty());
        let mut text = one_line(&named.unwrap_or_else(|| attribute("title")));
        for name in TEXTS {
            let more = one_line(&attribute(name));
            if !more.is_empty() && !text.contains(&more) {
                text.push_str(if text.is_empty() { "" } else { ", " });
                text.push_str(&more);
            }
        }
        Self { text, note: one_line(&attribute("_note")) }
    }

    /// Puts an outline that has others below it; it is the innermost of so many.
    fn begin(self, depth: usize, outline: &mut Outline) {
        match u8::try_from(depth).ok().filter(|_| depth <= MOST_HEADINGS) {
            Some(level) => {
                outline.heading(level, &self.text, 0);
                outline.push(Kind::Prose, &self.note, 0);
            }
            None => self.item(depth, outline),
        }
    }

    /// Puts an outline that is an item of a list; it is the innermost of so many.
    fn item(self, depth: usize, outline: &mut Outline) {
        if let Ok(level) = u8::try_from(depth) {
            outline.close(level);
        }
        let indent = outline::indent(depth.saturating_sub(MOST_HEADINGS + 1));
        if !self.text.is_empty() {
            outline.push(Kind::Item, &format!("{indent}- {}", self.text), 0);
        }
        if !self.note.is_empty() {
            outline.push(Kind::Item, &format!("{indent}  {}", self.note), 0);
        }
    }
}

/// Returns a text, which may be a fragment of a page, on one line.
fn one_line(text: &str) -> String {
    line::of(&fragment::line(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::read_one, *};

    fn read(text: &str) -> Article {
        read_one(&Opml, "a.opml", text)
    }

    #[test]
    fn an_outline_is_headings_and_items() {
        let check = |body: &str, expected: &[&str]| {
            let sections = read(&format!("<opml version='2.0'><body>{body}</body></opml>")).sections;
            let print = |section: &crate::article::Section| {
                format!("{}: {}", section.headings.join(" > "), section.text)
            };
            assert_eq!(sections.iter().map(print).collect::<Vec<_>>(), expected, "{body}");
        };
        check("", &[]);
        check("<outline text='a'/><outline text='b &amp;amp; &lt;b&gt;c&lt;/b&gt;'/>", &[": - a\n- b & c"]);
        check(
            "<outline text='A'><outline text='b'/><outline text='C'><outline text='d'/></outline><outline text='e'/></outline><outline text='f'/>",
            &["A: - b", "A > C: - d", "A: - e", ": - f"],
        );
        check(
            "<outline title='a' text='' type='rss' htmlUrl='https://a.example' xmlUrl='https://a.example/rss' description='d'/>",
            &[": - a, d, https://a.example, https://a.example/rss"],
        );
        check(
            "<outline text='A'><outline text='B'><outline text='C'><outline text='d'><outline text='e' _note='f'/></outline></outline></outline></outline>",
            &["A > B > C: - d\n  - e\n    f"],
        );
        check("<outline text='A' _note='b'><outline text='c'/></outline>", &["A: b\n\n- c"]);
    }

    #[test]
    fn the_head_fills_the_fields() {
        let article = read(
            "<opml><head><title>A</title><dateModified>Thu, 30 Jan 2025 08:15:00 GMT</dateModified><ownerName>Jane Doe</ownerName></head><body><outline text='a'/></body>",
        );
        let date = article.date.map(|date| date.to_string());
        assert_eq!((article.title.as_deref(), date.as_deref()), (Some("A"), Some("2025-01-30")));
        assert_eq!((article.authors, &*article.date_source), (vec!["Jane Doe".to_owned()], "dateModified"));
        assert_eq!(read("<opml><outline text='a'>").warnings, ["broken off: what follows was not read"]);
    }

    #[test]
    fn an_outline_is_told_by_its_first_tag() {
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(Opml.begins(text.as_bytes()), expected, "{text}");
        };
        check("<?xml version='1.0'?>\n<opml version='2.0'>", Some(true));
        check("<opml>", Some(true));
        check("<opmlx>", None);
        check("opml", None);
    }

    #[test]
    fn deep_outlines_are_read() {
        let article = read(&("<opml>".to_owned() + &"<outline text='a'>".repeat(50_000)));
        assert!(!article.sections.is_empty());
    }

    proptest! {
        #[test]
        fn every_word_comes_out_once(pieces in prop::collection::vec(0..5_usize, 0..30)) {
            let (mut text, mut words) = (String::from("<opml><body>"), 0);
            for piece in pieces {
                let mut word = || {
                    words += 1;
                    format!("w{words}w")
                };
                text.push_str(&match piece {
                    0 => format!("<outline text='{}'/>", word()),
                    1 => format!("<outline text='{}'>", word()),
                    2 => format!("<outline title='{}' _note='{}' url='{}'>", word(), word(), word()),
                    3 => "</outline>".to_owned(),
                    _ => "</x>\n".to_owned(),
                });
            }
            let sections = read(&text).sections;
            let mut all = String::new();
            let mut before: &[String] = &[];
            for section in &sections {
                let same = before.iter().zip(&section.headings).take_while(|(one, other)| one == other).count();
                all.push_str(&section.headings[same..].join("\n"));
                all.push('\n');
                all.push_str(&section.text);
                before = &section.headings;
            }
            for word in 1..=words {
                prop_assert_eq!(all.matches(&format!("w{word}w")).count(), 1, "{} of {}", word, text);
            }
        }

        #[test]
        fn any_text_is_read(text in "(<opml>|<outline text='a'|/>|</outline>|<head>|<title>|[<>a&'\n]){0,30}") {
            read(&text);
        }
    }
}
