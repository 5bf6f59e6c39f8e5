//! Feeds: RSS of all versions, Atom and JSON Feed, and the exports of WordPress, each entry an article.
//!
//! A feed is cut into its entries before they are read, each on its own: one that is broken costs
//! only itself, a feed that is cut off keeps all the others, and one of any length can be read.

use std::io::BufReader;

use self::{entry::Channel, split::Split};
use super::{
    Cause, Each, Extent, Format, Input, Warnings, decode::Decoding, json, may_begin, record::Missed, xml,
};
use crate::article::{Article, Lines, Record};

mod entry;
mod markup;
mod split;

/// The reader of feeds.
pub(super) struct Feed;

/// Bytes at the start of a JSON Feed in which it must say that it is one.
const SAID_WITHIN: usize = 4_000;

impl Format for Feed {
    fn name(&self) -> &'static str {
        "feed"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rss", "atom"]
    }

    fn extent(&self) -> Extent {
        Extent::Stream
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        (is_json_feed(bytes) || xml::first_tag(bytes).is_some_and(|tag| is_feed(&tag))).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        if is_json_feed(input.bytes) {
            return json::read(input, each);
        }
        let declared = xml::declared(input.bytes);
        let mut split = Split::new(BufReader::new(Decoding::new(input, declared.as_deref())?));
        let mut channel: Option<Channel> = None;
        let mut missed = Missed::default();
        let mut warnings = Warnings::new();
        let mut number = 0;
        loop {
            let cut = match split.next() {
                Ok(Some(cut)) => cut,
                Ok(None) => break,
                Err(error) => {
                    warnings.push(format!("cannot be read: {error}; what follows was left out"));
                    break;
                }
            };
            let channel = channel.get_or_insert_with(|| Channel::read(split.around()));
            number += 1;
            if cut.text.is_empty() {
                missed.take(cut.line, "begins an entry that is too long");
                continue;
            }
            let Some((mut article, state)) = entry::read(&cut.text, channel) else { continue };
            if !cut.whole {
                warnings.push(format!("broken off in entry {number}: what follows was not read"));
            } else if state == entry::State::Broken {
                missed.note(cut.line, "begins an entry that is broken, of which a part was not read");
            }
            article.member.get_or_insert_with(|| number.to_string());
            article.lines = Lines::File;
            article.record = Some(Record { number, line: u32::try_from(cut.line).unwrap_or(u32::MAX) });
            if each(article).is_break() {
                break;
            }
        }
        if number == 0 {
            let article = Channel::read(split.around()).article();
            if article.title.is_none() && article.sections.is_empty() {
                return Err(Cause("holds neither entries nor a title".into()));
            }
            let _ = each(Article { lines: Lines::Text, ..article });
            warnings.push("is a feed without entries".into());
        }
        let (missed, notes) = missed.say();
        warnings.extend(missed.into_iter().chain(notes).chain(split.reader().get_ref().warning()));
        Ok(warnings)
    }
}

/// Says whether the first tag of a document begins a feed.
fn is_feed(tag: &str) -> bool {
    let name = tag.split([' ', '\t', '\n', '\r', '/']).next().unwrap_or_default();
    let has = |names: &[&str]| names.iter().any(|name| tag.contains(name));
    match name.rsplit(':').next().unwrap_or(name) {
        "rss" => true,
        "feed" => has(&["www.w3.org/2005/Atom", "purl.org/atom"]),
        "RDF" => has(&["purl.org/rss/", "my.netscape.com/rdf/", "channel.netscape.com/rdf/"]),
        _ => false,
    }
}

fn is_json_feed(bytes: &[u8]) -> bool {
    if !may_begin(bytes, b'{') {
        return false;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(SAID_WITHIN)]);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with('{')
        && head.split("\"version\"").skip(1).any(|rest| {
            let value = rest.trim_start().strip_prefix(':').unwrap_or_default().trim_start();
            value.replace("\\/", "/").starts_with("\"https://jsonfeed.org/")
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{read_all, read_one},
        *,
    };
    use crate::article::Role;

    /// Prints an article: its facts, then its sections.
    fn print(article: &Article) -> String {
        let Article { member, title, authors, date, date_source, url, language, tags, sections, .. } =
            article;
        let text = |section: &crate::article::Section| {
            let aside = if section.role == Role::Aside { "* " } else { "" };
            format!("{aside}{}: {}", section.headings.join(" > "), section.text)
        };
        let date = date.map(|date| format!("{date} {date_source}"));
        let authors = Some(authors.join(", ")).filter(|authors| !authors.is_empty());
        let facts = [title, &authors, &date, member, url, language];
        let facts: Vec<&str> = facts.iter().map(|fact| fact.as_deref().unwrap_or("-")).collect();
        let text: Vec<String> = sections.iter().map(text).collect();
        format!("{} | {} | {}", facts.join(" | "), tags.join(", "), text.join(" | "))
    }

    fn check(feed: &str, expected: &[&str]) {
        let (articles, _) = read_all(&Feed, "a.rss", feed.as_bytes());
        assert_eq!(articles.iter().map(print).collect::<Vec<_>>(), expected, "{feed}");
    }

    const RSS: &str = r#"<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Shore</title><link>https://shore.example/</link><language>en-gb</language>
<image><title>Logo</title><url>x</url></image>
"#;

    #[test]
    fn entries_of_rss_are_articles() {
        check(
            &(RSS.to_owned()
                + r#"<item><title>Fish &amp;amp; chips</title><link>https://shore.example/1</link><guid isPermaLink="false">g1</guid>
<pubDate>Mon, 30 Jan 2025 08:15:00 GMT</pubDate><dc:creator>Jane Doe</dc:creator><author>a@b.example (John Roe)</author>
<category>sea</category><category><![CDATA[moon]]></category><category>sea</category>
<description>Short.</description><content:encoded><![CDATA[<p>Long.</p><h2>Part</h2><p>More.</p>]]></content:encoded></item>
<item><guid>https://shore.example/2</guid><description>Plain text.&#10;&#10;Two parts of it.</description></item>
<item><title>Raw</title><description><p>One<br>two</p></description><link>https://shore.example/3</link></item>
</channel></rss>"#),
            &[
                "Fish & chips | Jane Doe, John Roe | 2025-01-30 pubDate | g1 | https://shore.example/1 | en-gb | sea, moon | : Long. | Part: More.",
                "- | - | - | https://shore.example/2 | https://shore.example/2 | en-gb |  | : Plain text.

Two parts of it.",
                "Raw | - | - | https://shore.example/3 | https://shore.example/3 | en-gb |  | : One
two",
            ],
        );
        check(
            r#"<rdf:RDF xmlns="http://purl.org/rss/1.0/"><channel><title>a</title><items><rdf:li/></items></channel>
<item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link><dc:date>2004-05-06T07:08Z</dc:date><dc:subject>x</dc:subject><description>b</description></item></rdf:RDF>"#,
            &["One | - | 2004-05-06 date | https://a.example/1 | https://a.example/1 | - | x | : b"],
        );
    }

    #[test]
    fn entries_of_atom_are_articles() {
        check(
            r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>a</title><author><name>Jane Doe</name><email>j@a.example</email></author>
<entry><title type="html">The &lt;i&gt;late&lt;/i&gt; tide</title><id>tag:1</id><updated>2025-03-01T00:00:00Z</updated><published>2024-01-02T03:04:05Z</published>
<link rel="self" href="https://a.example/x"/><link rel="alternate" href="https://a.example/1"/><category term="t" label="Tides"/>
<source><title>Other</title></source><summary>s</summary><content type="xhtml"><div xmlns="x"><p>a &lt; b</p><ul><li>c</li></ul></div></content></entry>
<entry xml:lang="fr"><title>b</title><author><name>John Roe</name></author><summary>s</summary><updated>2025-03-01</updated></entry></feed>"#,
            &[
                "The late tide | Jane Doe | 2024-01-02 published | tag:1 | https://a.example/1 | de | Tides | : a < b

- c",
                "b | John Roe | 2025-03-01 updated | 2 | - | fr |  | : s",
            ],
        );
    }

    #[test]
    fn posts_of_a_blog_are_articles() {
        check(
            &(RSS.to_owned()
                + r#"<wp:author><wp:author_login>j</wp:author_login></wp:author>
<item><title>A</title><guid isPermaLink="false">https://a.example/?p=1</guid><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>
<content:encoded><![CDATA[First <b>part</b>.

Second part. [caption id="x"]Words.[/caption]]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:comment><wp:comment_author>Max</wp:comment_author><wp:comment_content>Nice.</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>
<wp:comment><wp:comment_content>Spam.</wp:comment_content><wp:comment_approved>spam</wp:comment_approved></wp:comment></item>
<item><title>B</title><wp:post_type>attachment</wp:post_type></item>
<item><title>C</title><wp:status>trash</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>"#),
            &["A | - | - | https://a.example/?p=1 | - | en-gb |  | : First part.

Second part. Words. | * : Max: Nice."],
        );
    }

    #[test]
    fn show_notes_of_a_podcast_are_its_text() {
        check(
            &(RSS.to_owned()
                + "<itunes:author>Radio Shore</itunes:author><item><itunes:title>Ep</itunes:title><itunes:summary>About the ebb.</itunes:summary>                <itunes:keywords>a, b</itunes:keywords><enclosure url='https://a.example/1.mp3'/><media:group><media:description>x</media:description></media:group></item></channel></rss>"),
            &["Ep | Radio Shore | - | 1 | - | en-gb | a, b | : About the ebb."],
        );
    }

    #[test]
    fn a_feed_that_is_cut_off_keeps_its_entries() {
        let feed = RSS.to_owned()
            + "<item><title>A</title><description>a</description></item>\n<item><title>B</title><description>The rest is";
        let (articles, warnings) = read_all(&Feed, "a.rss", feed.as_bytes());
        assert_eq!(
            articles.iter().map(|article| article.sections[0].text.as_str()).collect::<Vec<_>>(),
            ["a", "The rest is"]
        );
        let places: Vec<_> = articles
            .iter()
            .filter_map(|article| article.record.map(|record| (record.number, record.line)))
            .collect();
        assert_eq!(places, [(1, 5), (2, 6)]);
        assert_eq!(warnings, ["broken off in entry 2: what follows was not read"]);
        let feed = RSS.to_owned()
            + "<item><title>A</title><description>a</item><item><title>B</title><description>b</description></item>";
        let (articles, _) = read_all(&Feed, "a.rss", feed.as_bytes());
        assert_eq!(
            articles.iter().filter_map(|article| article.title.as_deref()).collect::<Vec<_>>(),
            ["A", "B"]
        );
    }

    #[test]
    fn a_feed_without_entries_is_one_article() {
        let article = read_one(
            &Feed,
            "a.rss",
            &(RSS.to_owned() + "<description>News of the sea.</description></channel></rss>"),
        );
        assert_eq!(
            print(&article),
            "Shore | - | - | - | https://shore.example/ | en-gb |  | : News of the sea."
        );
        assert!(Feed.read(Input::of("a.rss", b"<rss/>"), &mut |_| super::super::Flow::Continue(())).is_err());
    }

    #[test]
    fn feeds_are_told_by_what_they_begin_with() {
        let check =
            |text: &str, expected: Option<bool>| assert_eq!(Feed.begins(text.as_bytes()), expected, "{text}");
        check("<?xml version='1.0'?><!-- a --><rss version='2.0'>", Some(true));
        check("<feed xmlns='http://www.w3.org/2005/Atom'>", Some(true));
        check("<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", Some(true));
        check("<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", Some(true));
        check("<rdf:RDF xmlns:dc='x'>", None);
        check("<feed>", None);
        check(r#"{ "version" : "https://jsonfeed.org/version/1""#, Some(true));
        check(r#"{"title": "a", "version": "https:\/\/jsonfeed.org\/version\/1.1""#, Some(true));
        check(r#"{"version": "1.0"}"#, None);
        check("<rs", None);
        check("", None);
    }

    #[test]
    fn hostile_feeds_are_read_in_time() {
        for unit in [
            "<item>",
            "<entry><title>",
            "<author>",
            "<![CDATA[",
            "<a b='",
            "&a",
            "<content><div>",
            "<wp:comment>",
            "[caption ",
        ] {
            let feed = RSS.to_owned() + "<item><description>" + &unit.repeat(50_000);
            let _ = read_all(&Feed, "a.rss", feed.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn any_mix_is_read(text in "(<item>|</item>|<entry>|</entry>|<title>|</title>|<content:encoded>|<!\\[CDATA\\[|\\]\\]>|<author>|<name>|</name>|<wp:comment>|<wp:post_type>|<link href='a'/>|<updated>2024|<p>|[<>a&;\n]){0,40}") {
            let _ = Feed.read(Input::of("a.rss", text.as_bytes()), &mut |_| super::super::Flow::Continue(()));
        }
    }
}
