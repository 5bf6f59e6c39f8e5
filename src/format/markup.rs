//! XML that is text: DocBook, TEI, JATS, and whatever else has titles and paragraphs in it.
//!
//! The names of elements and attributes are never text, and of unknown elements all text is: inside
//! text that has begun they are taken for words, outside for blocks of their own.

use self::{
    facts::{Facts, facts},
    text::Text,
};
use super::{
    Cause, Each, Format, Input, Warnings,
    xml::{self, Node, Xml},
};
use crate::article::{Article, Lines};

mod facts;
mod role;
mod text;

/// The reader of XML.
pub(super) struct Markup;

/// Bytes at the start of a file in which its first element must begin.
const BEGUN_WITHIN: usize = 4_096;

/// Outermost elements of files that other readers take, and of drawings.
const OTHERS: &[&str] = &["rss", "feed", "rdf", "fictionbook", "opml", "svg"];

/// Outermost elements of DocBook.
const DOCBOOK: &[&str] = &["article", "book", "chapter", "part", "refentry", "section", "set"];

impl Format for Markup {
    fn name(&self) -> &'static str {
        "xml"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["xml", "dbk", "tei"]
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let head = &bytes[..bytes.len().min(BEGUN_WITHIN)];
        let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        if !start.starts_with(b"<") {
            // Of another encoding the first bytes say nothing.
            return (!head.contains(&0) && !start.is_empty()).then_some(false);
        }
        let head = String::from_utf8_lossy(head);
        let mut root = Xml::new(&head).filter_map(|node| match node {
            Node::Start(element) => Some(element),
            _ => None,
        });
        let root = root.next()?;
        let name = root.name().to_ascii_lowercase();
        if OTHERS.contains(&name.as_str()) || root.prefix() == "office" {
            return Some(false);
        }
        let is_docbook = || {
            let space = root.attribute("xmlns").unwrap_or_default();
            DOCBOOK.contains(&name.as_str()) && (space.ends_with("/docbook") || head.contains("DTD DocBook"))
        };
        let is_tei = || matches!(root.name(), "TEI" | "TEI.2" | "teiCorpus");
        let is_jats = || name == "article" && root.attribute("article-type").is_some();
        (is_docbook() || is_tei() || is_jats()).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        if xml::first_tag(input.bytes).is_some_and(|tag| local_name(&tag) == "svg") {
            return Err(Cause("is a drawing, no article".to_owned()));
        }
        let text = xml::text(input.bytes)?;
        let article = article(&text)?;
        if article.sections.is_empty() && article.title.is_none() {
            return Err(Cause("holds no text but in its tags".to_owned()));
        }
        let _ = each(article);
        Ok(Warnings::new())
    }
}

/// Says whether a text is XML of whatever kind: it is declared, or its first element says by an
/// address what it is of.
pub(super) fn is_xml(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    start.starts_with(b"<?xml ")
        || xml::first_tag(start)
            .is_some_and(|tag| tag.split_whitespace().any(|part| part.starts_with("xmlns")))
}

/// Returns the name that a tag begins with, without its prefix.
fn local_name(tag: &str) -> &str {
    let name = tag.split(|char: char| char.is_whitespace() || char == '/').next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or_default()
}

/// Reads a document.
fn article(text: &str) -> Result<Article, Cause> {
    let xml = &mut Xml::new(text);
    let mut stated = Facts::default();
    let mut body = Text::default();
    let mut any = false;
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) => {
                let name = element.name();
                if !any {
                    stated.language = element.attribute("lang");
                }
                any = true;
                if role::is_about(name, body.depth()) {
                    facts(xml, name, &mut stated, &mut body);
                } else if role::is_nothing(name) {
                    xml.skip();
                } else {
                    body.start(name);
                }
            }
            Node::End(name) => body.end(&name),
            Node::Text(text) => body.write(&text),
        }
    }
    if !any {
        return Err(Cause("holds no element of XML".to_owned()));
    }
    let (sections, title, open) = body.finish();
    let mut article = stated.article(title);
    article.sections = sections;
    article.lines = Lines::Text;
    if xml.broken() || open {
        article.warnings.push("broken off: what follows was not read".to_owned());
    }
    Ok(article)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{print, worded},
        *,
    };

    fn read(text: &str) -> Article {
        article(text).expect("it has an element")
    }

    /// Prints what a document says of itself.
    fn print_facts(article: &Article) -> String {
        let Article { title, authors, date, language, tags, .. } = article;
        let date = date.map(|date| date.to_string()).unwrap_or_default();
        let or = |text: &Option<String>| text.clone().unwrap_or_default();
        format!("{} | {} | {date} | {} | {}", or(title), authors.join("; "), or(language), tags.join("; "))
    }

    #[test]
    fn docbook_is_read() {
        let article = read(
            "<?xml version='1.0'?><!DOCTYPE book><book xmlns='http://docbook.org/ns/docbook' xml:lang='en'>
            <info><title>The tide</title><author><personname><firstname>Ann</firstname><surname>Roe</surname></personname>
            <affiliation>No</affiliation></author><pubdate>2025-01-30</pubdate><keywordset><keyword>sea</keyword></keywordset>
            <legalnotice><para>no</para></legalnotice><abstract><para>About it.</para></abstract></info>
            <chapter><info><title>One</title></info><para>a <emphasis>b</emphasis>c<footnote><para>d</para></footnote></para>
            <section><title>Two</title><itemizedlist><listitem><para>e</para></listitem><listitem><para>f</para>
            <para>g</para></listitem></itemizedlist><programlisting> h
  i</programlisting><figure><title>j</title></figure></section><para>k</para></chapter></book>",
        );
        assert_eq!(print_facts(&article), "The tide | Ann Roe | 2025-01-30 | en | sea");
        assert_eq!(
            print(&article.sections),
            [
                "Prose : About it.",
                "Prose One: a bc d",
                "Item One > Two: - e",
                "Item One > Two: - f",
                "Item One > Two:   g",
                "Code One > Two:  h\n  i",
                "Prose One > Two: j",
                "Prose One: k",
            ]
        );
    }

    #[test]
    fn tei_is_read() {
        let article = read(
            "<TEI><teiHeader><fileDesc><titleStmt><title>The tide</title><author>Ann Roe</author></titleStmt>
            <publicationStmt><date when='2025-01-30'>no</date><p>no</p></publicationStmt><sourceDesc><p>no</p>
            <title>no</title></sourceDesc></fileDesc><profileDesc><langUsage><language ident='de'/></langUsage>
            <textClass><keywords><term>sea</term></keywords></textClass></profileDesc></teiHeader>
            <text><body><div><head>One</head><p>a<lb/>b<note>c</note></p><lg><l>d</l><l>e</l></lg>
            <div><head>Two</head><list><item>f</item></list><table><row><cell>g</cell><cell>h</cell></row></table></div>
            </div></body></text></TEI>",
        );
        assert_eq!(print_facts(&article), "The tide | Ann Roe | 2025-01-30 | de | sea");
        assert_eq!(
            print(&article.sections),
            ["Prose One: a b c", "Prose One: d\ne", "Item One > Two: - f", "Row One > Two: g | h"]
        );
    }

    #[test]
    fn jats_is_read() {
        let article = read(
            "<article article-type='research-article'><front><journal-meta><journal-title>no</journal-title></journal-meta>
            <article-meta><article-id>no</article-id><title-group><article-title>The <i>tide</i></article-title></title-group>
            <contrib-group><contrib contrib-type='author'><name><surname>Roe</surname><given-names>Ann</given-names></name>
            <xref>1</xref></contrib><contrib contrib-type='editor'><name><surname>No</surname></name></contrib></contrib-group>
            <pub-date><day>3</day><month>1</month><year>2025</year></pub-date><permissions><p>no</p></permissions>
            <abstract><p>About it.</p></abstract><kwd-group><kwd>sea</kwd></kwd-group></article-meta></front>
            <body><sec><title>One</title><p>a</p><table-wrap><caption><title>b</title></caption><table><tr><td>c</td><td>d</td>
            </tr></table></table-wrap></sec></body><back><ref-list><title>Works</title><ref><mixed-citation>e</mixed-citation>
            </ref></ref-list></back></article>",
        );
        assert_eq!(print_facts(&article), "The tide | Ann Roe | 2025-01-03 |  | sea");
        assert_eq!(
            print(&article.sections),
            ["Prose : About it.", "Prose One: a", "Prose One: b", "Row One: c | d", "Prose Works: e"]
        );
    }

    #[test]
    fn mallard_is_read() {
        let article = read(
            "<page xmlns='http://projectmallard.org/1.0/' type='topic'><info><link type='guide' xref='a'/>
            <credit type='author copyright'><name>Ann Roe</name><email>a@example.org</email></credit>
            <credit type='editor'><name>No</name></credit><desc>When the <gui>water</gui> comes.</desc>
            <title type='sort'>No</title></info><title>The tide</title><p>It <app>rises</app>.</p>
            <section id='b'><title>Twice</title><steps><title>Wait</title><item><p>Look.</p></item></steps>
            <note><p>And go.</p></note></section></page>",
        );
        assert_eq!(print_facts(&article), "The tide | Ann Roe |  |  | ");
        assert_eq!(
            print(&article.sections),
            [
                "Prose : When the water comes.",
                "Prose : It rises.",
                "Prose Twice: Wait",
                "Item Twice: - Look.",
                "Prose Twice: And go.",
            ]
        );
    }

    #[test]
    fn files_without_text_are_refused() {
        let check = |text: &str, expected: &str| {
            let read =
                Markup.read(Input::of("a.xml", text.as_bytes()), &mut |_| super::super::Flow::Continue(()));
            assert_eq!(read.err().map(|cause| cause.0).as_deref(), Some(expected), "{text}");
        };
        check("<?xml version='1.0'?><svg><title>A map</title></svg>", "is a drawing, no article");
        check("<!-- a --><s:svg xmlns:s='b'><s:text>A</s:text></s:svg>", "is a drawing, no article");
        check("<config><add key='a' value='b'/></config>", "holds no text but in its tags");
    }

    #[test]
    fn unknown_elements_are_blocks_or_words() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print(&read(text).sections), expected, "{text}");
        check("<a/>", &[]);
        check("<a b='c'>d <e>f</e>g</a>", &["Prose : d fg"]);
        check("<a><b>c</b><d>e</d> f</a>", &["Prose : c", "Prose : e", "Prose : f"]);
        check("<a><p>b <c>d</c>e</p></a>", &["Prose : b de"]);
        check(
            "<r><x><title>A</title><y><title>B</title><p>b</p></y><p>c</p></x></r>",
            &["Prose A > B: b", "Prose A: c"],
        );
        check("<r><h1>A</h1><h2>B</h2><p>b</p></r>", &["Prose A > B: b"]);
        check("<r><p>a</x></p><p>b</r>", &["Prose : a", "Prose : b"]);
        check("<r><p>a<!-- b --><?c d?><style>e</style></p></r>", &["Prose : a"]);
    }

    #[test]
    fn broken_documents_give_what_can_be_read() {
        let article = read("<r><p>a</p><p>b");
        assert_eq!(print(&article.sections), ["Prose : a", "Prose : b"]);
        assert_eq!(article.warnings, ["broken off: what follows was not read"]);
    }

    #[test]
    fn files_are_told_by_their_first_element() {
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(Markup.begins(text.as_bytes()), expected, "{text}");
        };
        check("<?xml version='1.0'?><TEI>", Some(true));
        check("<book xmlns='http://docbook.org/ns/docbook'>", Some(true));
        check("<!DOCTYPE article PUBLIC '-//OASIS//DTD DocBook XML V4.5//EN' 'x'><article>", Some(true));
        check("<article article-type='x'>", Some(true));
        check("<article>", None);
        check("<anything>", None);
        check("<?xml version='1.0'?><rss>", Some(false));
        check("<feed>", Some(false));
        check("<FictionBook>", Some(false));
        check("<opml>", Some(false));
        check("<svg:svg>", Some(false));
        check("<office:document>", Some(false));
        check("text", Some(false));
        check("", None);
    }

    #[test]
    fn hostile_documents_are_read_in_time() {
        let check = |unit: &str, count: usize| {
            let article = read(&format!("<r>{}<p>end</p>", unit.repeat(count)));
            let found = article.sections.iter().any(|section| section.text.contains("end"));
            assert!(found || article.title.is_some_and(|title| title.contains("end")), "{unit}");
        };
        check("<a>", 100_000);
        check("<div><head>a</head>", 50_000);
        check("<title>", 100_000);
        check("<p>", 100_000);
        check("<list><item>", 50_000);
        check("<row><cell>a", 50_000);
        check("</x>", 100_000);
        check("<l>a</l>", 50_000);
    }

    /// Pieces of a document; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "<p>@ <x>@</x></p>",
        "<div><head>@</head><p>@</p></div>",
        "<div>",
        "</div>",
        "<x>@<y>@</y></x>",
        "<list><item>@<p>@</p><list><item>@</item></list></item></list>",
        "<table><row><cell>@</cell><cell><p>@</p></cell></row></table>",
        "<lg><head>@</head><l>@</l><l>@</l></lg>",
        "<programlisting>@\n @</programlisting>",
        "<p>@<note><p>@</p></note>@</p>",
        "<figure><title>@</title><caption>@</caption></figure>",
        "<h2>@</h2>",
        "<p>@",
        "</p>",
        "<cell>@</cell>@",
        "<info><abstract><p>@</p></abstract></info>",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let inner: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            let text = worded(&format!("<r>{inner}</r>"));
            let words = inner.matches('@').count();
            let article = read(&text);
            for word in (0..words).map(|number| format!("w{number}w")) {
                let titled = article.title.as_ref().is_some_and(|title| title.contains(&word));
                let sections = &article.sections;
                let named = titled || sections.iter().any(|one| one.headings.iter().any(|heading| heading.contains(&word)));
                let found: usize = sections.iter().map(|one| one.text.matches(&word).count()).sum();
                prop_assert_eq!(found, usize::from(!named), "{} of {}\n{:?}", word, text, article);
            }
        }

        #[test]
        fn any_text_is_read(text in "<r>(</?(p|title|info|author|pub-date|abstract|teiHeader|row|cell|item|l|pre|date)( (when|lang)='[a-c0-9-]{0,4}')?/?>|[a&;\n ]){0,40}") {
            let _ = Markup.begins(text.as_bytes());
            for section in read(&text).sections {
                prop_assert!(!section.text.trim().is_empty() && section.blocks[0].start == 0);
            }
        }
    }
}
