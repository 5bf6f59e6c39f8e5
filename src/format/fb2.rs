//! FictionBook: a book in one XML file, its pictures too.
//!
//! The notes stand in a body of their own, after the text: they are read as its last part, each with
//! the mark that the text has for it.

use std::io::Read;

use memchr::memmem;

use self::{
    description::{document_info, publish_info, title_info},
    text::Text,
};
use super::{
    Cause, Each, Extent, Format, Input, Warnings,
    xml::{self, Node, Xml},
};
use crate::article::{Article, Lines};

mod description;
mod text;

/// The reader of FictionBook.
pub(super) struct Fb2;

/// Bytes at the start of a file in which the book must begin.
const BEGUN_WITHIN: usize = 1_024;

/// Bytes that are read of a file: most of a long one are pictures.
const LONGEST: u64 = 64 << 20;

impl Format for Fb2 {
    fn name(&self) -> &'static str {
        "fb2"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["fb2"]
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let head = &bytes[..bytes.len().min(BEGUN_WITHIN)];
        let name = b"FictionBook";
        let begun = |at: usize| at > 0 && matches!(head[at - 1], b'<' | b':');
        memmem::find_iter(head, name).any(begun).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let mut bytes = Vec::new();
        let read = input.reader().take(LONGEST + 1).read_to_end(&mut bytes);
        read.map_err(|error| Cause(format!("cannot be read: {error}")))?;
        let cut = bytes.len() as u64 > LONGEST;
        bytes.truncate(usize::try_from(LONGEST).unwrap_or(usize::MAX));
        let text = xml::text(&bytes)?;
        drop(bytes);
        let mut article = book(&text)?;
        if cut {
            let limit = LONGEST >> 20;
            article.warnings = vec![format!("is longer than {limit} MB: what follows was not read")];
        }
        let _ = each(article);
        Ok(Warnings::new())
    }
}

/// Reads a book.
fn book(text: &str) -> Result<Article, Cause> {
    let xml = &mut Xml::new(text);
    let mut article = Article { lines: Lines::Text, ..Article::default() };
    let mut book = Text::default();
    let (mut begun, mut ended) = (false, false);
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) => match element.name() {
                "FictionBook" => begun = true,
                "title-info" => title_info(xml, &mut article, &mut book),
                "publish-info" => publish_info(xml, &mut article),
                "document-info" => document_info(xml, &mut article),
                "src-title-info" | "binary" | "stylesheet" | "custom-info" => xml.skip(),
                "body" => {
                    book.begin_body(element.attribute("name").as_deref(), &article);
                    book.read(xml, "body");
                }
                _ => {}
            },
            Node::End(name) if name == "FictionBook" => ended = true,
            _ => {}
        }
    }
    if !begun {
        return Err(Cause("holds no book".to_owned()));
    }
    let (sections, cut) = book.finish();
    article.sections = sections;
    if cut {
        article.warnings.push(format!("is longer than {} MB: the rest was left out", text::LONGEST >> 20));
    }
    if xml.broken() || !ended {
        article.warnings.push("broken off: what follows was not read".to_owned());
    }
    Ok(article)
}

/// Returns a text on one line.
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{print, read_one, worded},
        *,
    };

    fn read(text: &str) -> Article {
        read_one(&Fb2, "a.fb2", text)
    }

    #[test]
    fn blocks_have_their_kind_and_headings() {
        let check = |body: &str, expected: &[&str]| {
            let text = format!("<FictionBook><body>{body}</body></FictionBook>");
            let article = read(&text);
            assert_eq!(print(&article.sections), expected, "{body}");
            assert!(article.warnings.is_empty());
        };
        check("", &[]);
        check(
            "<section><p>a <strong>b</strong>c\n d</p><empty-line/><p>e</p></section>",
            &["Prose : a bc d", "Prose : e"],
        );
        check(
            "<section><title><p>A</p><p>B</p></title><section><title><p>C</p></title><p>c</p></section>
            <section><p>d</p></section></section><section><title><p>E</p></title><p>e</p></section>",
            &["Prose A B > C: c", "Prose A B: d", "Prose E: e"],
        );
        check(
            "<title><p>A</p></title><section><title><p>B</p></title><p>b</p></section>",
            &["Prose A > B: b"],
        );
        check(
            "<section><title><p>A</p></title><subtitle>B</subtitle><p>b</p><subtitle>* * *</subtitle><p>c</p></section>",
            &["Prose A > B: b", "Prose A: c"],
        );
        check(
            "<section><epigraph><p>a</p><text-author>B</text-author></epigraph><poem><title><p>C</p></title>
            <stanza><v>d</v><v>e</v></stanza><stanza><v>f</v></stanza><text-author>G</text-author></poem>
            <cite><p>h</p><subtitle>i</subtitle></cite></section>",
            &[
                "Prose : a",
                "Prose : B",
                "Prose : C",
                "Prose : d\ne",
                "Prose : f",
                "Prose : G",
                "Prose : h",
                "Prose : i",
            ],
        );
        check(
            "<section><table><tr><th>a</th><th/><th>b</th></tr><tr><td><p>c</p> d</td></tr><tr><td/></tr></table></section>",
            &["Row : a |  | b", "Row : c d"],
        );
        check(
            "<section><p><code>  a {</code></p><p><code>    b</code></p><p>c <code>d</code></p></section>",
            &["Code :   a {\n    b", "Prose : c d"],
        );
        check(
            "<section><image alt='A red buoy'/><p>a<image alt='b.png'/></p></section>",
            &["Prose : A red buoy", "Prose : a"],
        );
        check("<section>stray<p>a</p></section>", &["Prose : stray", "Prose : a"]);
    }

    #[test]
    fn notes_follow_the_text_with_their_marks() {
        let article = read(
            "<FictionBook><body name='notes'><title><p>Remarks</p></title><section id='n1'><title><p>1</p></title>
            <p>a note</p><p>goes on</p></section></body><body><section><title><p>A</p></title>
            <p>tide<a l:href='#n1' type='note'>1</a> and <a l:href='#n2' type='note'>[2]</a></p></section></body>
            <body name='notes'><section><title><p>2</p></title><p>b</p></section></body></FictionBook>",
        );
        assert_eq!(
            print(&article.sections),
            [
                "Prose A: tide[1] and [2]",
                "Prose Remarks: [1] a note",
                "Prose Remarks: goes on",
                "Prose Notes: [2] b"
            ]
        );
    }

    #[test]
    fn the_description_fills_the_fields() {
        let article = read(
            "<?xml version='1.0'?><FictionBook><description><title-info><genre>sf</genre><genre>sf</genre><author>
            <first-name>Ann</first-name><middle-name>B.</middle-name><last-name>Roe</last-name></author>
            <author><nickname>sea</nickname></author><book-title>The  tide</book-title>
            <annotation><p>About it.</p></annotation><keywords>sea, moon</keywords><date value='2025-01-30'>1925</date>
            <lang>en</lang><translator><first-name>No</first-name></translator></title-info>
            <src-title-info><book-title>No</book-title></src-title-info>
            <document-info><author><nickname>no</nickname></author><src-url>https://example.org/</src-url></document-info>
            <publish-info><book-name>No</book-name><year>1999</year></publish-info></description>
            <body><title><p>Ann B. Roe</p><p>THE TIDE</p></title><section><p>a</p></section></body>
            <binary id='i'>bm8=</binary></FictionBook>",
        );
        assert_eq!(article.title.as_deref(), Some("The tide"));
        assert_eq!(article.authors, ["Ann B. Roe", "sea"]);
        assert_eq!(article.date.map(|date| date.to_string()).as_deref(), Some("2025-01-30"));
        assert_eq!(article.date_source, "title information");
        assert_eq!(article.url.as_deref(), Some("https://example.org/"));
        assert_eq!(article.language.as_deref(), Some("en"));
        assert_eq!(article.tags, ["sf", "sea", "moon"]);
        assert_eq!(print(&article.sections), ["Prose : About it.", "Prose : a"]);
    }

    #[test]
    fn broken_books_give_what_can_be_read() {
        let check = |text: &str, expected: &[&str]| {
            let article = read(text);
            assert_eq!(print(&article.sections), expected, "{text}");
            assert_eq!(article.warnings, ["broken off: what follows was not read"], "{text}");
        };
        check("<FictionBook><body><section><p>a</p><p>b", &["Prose : a", "Prose : b"]);
        check("<FictionBook><body><section><title><p>A</p><p>b", &["Prose : A b"]);
        check("<FictionBook><body><section><table><tr><td>a", &["Row : a"]);
        check("<FictionBook><body><p>a</p><", &["Prose : a"]);
        assert!(
            Fb2.read(Input::of("a.fb2", b"<p>a</p>"), &mut |_| super::super::Flow::Continue(())).is_err()
        );
    }

    #[test]
    fn encodings_are_followed() {
        let text = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><FictionBook><body><p>\xcf\xf0\xe8\xe2\xe5\xf2</p></body></FictionBook>";
        let (articles, _) = super::super::read_all(&Fb2, "a.fb2", text);
        assert_eq!(print(&articles[0].sections), ["Prose : Привет"]);
    }

    #[test]
    fn books_are_told_by_their_first_bytes() {
        let check = |text: &str, expected: Option<bool>| {
            assert_eq!(Fb2.begins(text.as_bytes()), expected, "{text}");
        };
        check("<?xml version='1.0'?>\n<FictionBook xmlns='x'>", Some(true));
        check("<fb:FictionBook>", Some(true));
        check("A FictionBook is a file", None);
        check("", None);
    }

    #[test]
    fn hostile_books_are_read_in_time() {
        let check = |unit: &str, count: usize| {
            let text = format!("<FictionBook><body>{}<p>end</p>", unit.repeat(count));
            let article = read(&text);
            assert!(article.sections.iter().any(|section| section.text.contains("end")), "{unit}");
        };
        check("<section>", 100_000);
        check("<section><title><p>a</p></title>", 50_000);
        check("<title>", 100_000);
        check("<p>", 100_000);
        check("<table><tr><td>", 50_000);
        check("<poem><stanza><v>a", 50_000);
        check("<a type='note'>1", 50_000);
        check("<p><code>a</code></p>", 50_000);
    }

    /// Pieces of a body; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "<p>@ <emphasis>@</emphasis></p>",
        "<section><title><p>@</p><p>@</p></title><p>@</p></section>",
        "<section>",
        "</section>",
        "<subtitle>@</subtitle>",
        "<poem><title><p>@</p></title><stanza><title><p>@</p></title><subtitle>@</subtitle><v>@</v><v>@</v></stanza><date>@</date></poem>",
        "<epigraph><p>@</p><cite><p>@</p></cite><text-author>@</text-author></epigraph>",
        "<table><tr><th>@</th><td>@<p>@</p></td></tr></table>",
        "<p><code>@</code></p>",
        "<p>@<a type='note'>@</a></p>",
        "<p><image alt='@ @'/></p><image alt='@ @'/>",
        "</body><body name='notes'><section><title><p>@</p></title><p>@</p></section><section><title><p>@ that is long enough</p></title></section>",
        "@",
        "<title><p>@</p></title>",
        "<v>@</v>",
        "<td>@</td>",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let inner: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            let text = worded(&format!("<FictionBook><body>{inner}</body></FictionBook>"));
            let words = inner.matches('@').count();
            let sections = read(&text).sections;
            for word in (0..words).map(|number| format!("w{number}w")) {
                let named = sections.iter().any(|one| one.headings.iter().any(|heading| heading.contains(&word)));
                let found: usize = sections.iter().map(|one| one.text.matches(&word).count()).sum();
                prop_assert_eq!(found, usize::from(!named), "{} of {}\n{:?}", word, text, sections);
            }
        }

        #[test]
        fn any_text_is_read(text in "(</?(FictionBook|body|section|title|p|v|poem|tr|td|a|code|title-info|author|date|image)( (type|name|alt|value)='[a-c ]{0,4}')?/?>|[a&;\n ]){0,40}") {
            if let Ok(article) = book(&text) {
                for section in article.sections {
                    prop_assert!(!section.text.trim().is_empty() && section.blocks[0].start == 0);
                }
            }
        }
    }
}
