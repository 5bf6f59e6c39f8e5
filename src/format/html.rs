//! Saved pages: the article, and around it all other visible text.
//!
//! What the article is, is told by the algorithm of Mozilla's Readability. It decides about the nodes
//! of the page, not about text: the text is read from the page as it was, so that headings, lists and
//! tables stay what they are, and each text is either article or around it, never both.

use std::{
    borrow::Cow,
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use dom_query::{Document, NodeId};
use dom_smoothie::{Config, Readability};

use self::sections::{all_sections, sections};
use super::{Cause, Each, Extent, FIRST_PART, Format, Input, Rest, Warnings, decode::decode, may_begin};
use crate::article::{Article, Lines, Section};

mod tame;
mod tags;
mod nesting;
mod inlined;
mod page;
mod element;
mod piece;
mod sections;
mod known;
mod head;
mod facts;
mod data;
#[cfg(feature = "books")]
pub(super) mod chapter;
#[cfg(feature = "mail")]
mod letter;

#[cfg(feature = "mail")]
pub(super) use self::letter::letter;
#[cfg(feature = "books")]
pub(super) use self::{known::same, piece::Shape};

/// The reader of saved pages.
pub(super) struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml"]
    }

    fn extent(&self) -> Extent {
        // Of a long one most is data, and what is left takes many times its length to be parsed: it is
        // read alone.
        Extent::Whole
    }

    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        if bytes.starts_with(b"PK") {
            return Some(false);
        }
        if !may_begin(bytes, b'<') {
            return None;
        }
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGUN_WITHIN)]);
        let head = head.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
        let head = match head.strip_prefix("<?xml") {
            Some(rest) => rest.split_once("?>").map_or("", |(_, rest)| rest.trim_start()),
            None => &head,
        };
        // Markdown may begin with a tag, but not with this one.
        (head.starts_with("<!doctype html") || head.starts_with("<html")).then_some(true)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let mut warning = None;
        let page = match input.rest {
            Rest::Nothing => Cow::Borrowed(input.bytes),
            // Most of a page so long is data.
            _ => {
                let mut page = Vec::new();
                let more = inlined::read(&mut input.reader(), LONGEST, &mut page);
                warning = match more {
                    Ok(false) => None,
                    Ok(true) => Some(format!("only the first {} MB of its text were read", LONGEST >> 20)),
                    Err(error) => Some(format!("broken off: {error}; what follows was not read")),
                };
                Cow::Owned(page)
            }
        };
        let mut article = page_of(&page, None)?;
        article.warnings.extend(warning);
        let _ = each(article);
        Ok(Warnings::new())
    }
}

/// Bytes of a page that are read, less the data of pictures and the like.
const LONGEST: usize = FIRST_PART as usize;

/// Bytes at the start of a page in which it must show what it is.
const BEGUN_WITHIN: usize = 1_000;

/// Bytes at the start of a page in which its encoding may be declared.
const DECLARED_WITHIN: usize = 2_048;

/// Most work the search for the article may be: the sum of the depths of all elements. A page of
/// 50,000 elements has about a million.
const HEAVIEST: usize = 6_000_000;

/// Reads a page. An encoding that is said to be its own goes before the one that it declares.
pub(super) fn page_of(bytes: &[u8], charset: Option<&str>) -> Result<Article, Cause> {
    let declared = declared(bytes);
    let decoded = decode(bytes, charset.or(declared.as_deref()))?;
    let mut article = article(&decoded.text);
    article.warnings.extend(decoded.warning);
    Ok(article)
}

/// Reads a page of this text.
pub(super) fn article(text: &str) -> Article {
    let page = tame::tame(text);
    let document = Document::from(page.html.as_str());
    let mut article = head::read(&document, &page);
    article.lines = Lines::Text;
    let pieces = document.body().map(page::pieces).unwrap_or_default();
    if page.flattened {
        article.warnings.push("nested too deeply: some of its structure was left out".to_owned());
    }
    let light = page.weight <= HEAVIEST;
    // Where the search fails, the text is still there to be read.
    let search = AssertUnwindSafe(|| light.then(|| main_nodes(document)).flatten());
    let nodes = catch_unwind(search).ok().flatten().unwrap_or_default();
    let title = article.title.as_deref().unwrap_or_default();
    article.sections = match sections(&pieces, &nodes, title) {
        Some(sections) => sections,
        None => {
            if !pieces.is_empty() {
                article.warnings.push("no main article found; all text of the page was taken".to_owned());
            }
            all_sections(&pieces, title)
        }
    };
    article
}

/// Reads a fragment of a page, all of which is the article: an entry of a feed, a mail, a chapter.
pub(super) fn whole(text: &str) -> Vec<Section> {
    let document = Document::from(tame::tame(text).html.as_str());
    let pieces = document.body().map(page::pieces).unwrap_or_default();
    all_sections(&pieces, "")
}

/// Finds the texts and images of the article.
fn main_nodes(document: Document) -> Option<HashSet<NodeId>> {
    let config = Config { disable_json_ld: true, ..Config::default() };
    let mut readability = Readability::with_document(document, None, Some(config)).ok()?;
    readability.parse().ok()?;
    let content = readability.doc.select_single("#readability-page-1");
    let content = content.nodes().first()?;
    let nodes = content.descendants_it().filter(|node| node.is_text() || node.has_name("img"));
    Some(nodes.map(|node| node.id).collect())
}

/// Finds the encoding that a page declares.
pub(super) fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(DECLARED_WITHIN)];
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let xml = head.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let label = |text: &str, name: &str| {
        let value = text[text.find(name)? + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        let label = value.trim_start_matches(['"', '\'']);
        let end = label.find(|char: char| !char.is_ascii_alphanumeric() && !"-_:.".contains(char));
        Some(label[..end.unwrap_or(label.len())].to_owned()).filter(|label| !label.is_empty())
    };
    let meta = |tag: &str| label(tag.split('>').next()?, "charset");
    head.split("<meta").skip(1).find_map(meta).or_else(|| label(xml?, "encoding"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::read_one, *};

    fn read(page: &str) -> Article {
        read_one(&Html, "a.html", page)
    }

    /// Prints each section as `role headings: text`, long sentences as `…`.
    fn print(sections: &[Section]) -> Vec<String> {
        let print = |section: &Section| {
            let text = section.text.replace(SENTENCE, "…");
            format!("{:?} {}: {text}", section.role, section.headings.join(" > "))
        };
        sections.iter().map(print).collect()
    }

    const SENTENCE: &str = "Here is a long sentence, with commas, and with more than enough letters in it, \
        so that it cannot be taken for anything but the text of an article.";

    fn page(title: &str, article: &str) -> String {
        let article = article.replace('…', SENTENCE);
        format!(
            "<title>{title}</title><body><nav><a href=/>Home</a> <a href=/a>News</a></nav>
            <div class=main><article>{article}</article></div><footer><p>Imprint</p></footer>"
        )
    }

    #[test]
    fn the_article_stands_before_what_is_around_it() {
        let check = |title: &str, article: &str, expected: &[&str]| {
            let sections = read(&page(title, article)).sections;
            assert_eq!(print(&sections), expected, "{article}");
        };
        let around = "Aside : Home News\n\nImprint";
        check("T", "<p>…</p><p>…</p>", &["Main : …\n\n…", around]);
        check("T a", "<h1>T A!</h1><p>…</p><h2>B</h2><p>…</p>", &["Main : …", "Main B: …", around]);
        check(
            "T",
            "<h1>A</h1><p>…</p><h3>B</h3><p>…</p><h2>C</h2>",
            &["Main A: …", "Main A > B: …", "Main A: C", around],
        );
        check("T", "<p>…</p><h2 class=hidden>B</h2><p>…</p>", &["Main : …", "Main B: …", around]);
        check(
            "T a",
            "<p><img src=i alt='T a'></p><p>…</p><p><img src=j alt='b c'> …</p>",
            &["Main : …\n\nb c …", around],
        );
        check(
            "T",
            "<p>…</p><p><a href=/b>Another article</a></p><p>…</p>",
            &["Main : …\n\n…", "Aside : Home News\n\nAnother article\n\nImprint"],
        );
        check(
            "T",
            "<p>…</p><ul><li>a<li>b</ul><table><tr><th>c<th>d<tr><td>e<td>f</table><pre> g\n  h</pre>",
            &["Main : …\n\n- a\n- b\n\nc | d\ne | f\n\n g\n  h", around],
        );
    }

    #[test]
    fn what_is_known_is_not_repeated_around_the_article() {
        let aside = |article: &str, around: &str| {
            let page = page("The title", article) + around;
            print(&read(&page).sections).pop().unwrap_or_default()
        };
        let check = |around: &str, expected: &str| {
            assert_eq!(
                aside("<p>…</p><h2>Part</h2><p>One. …</p>", around),
                format!("Aside : Home News\n\nImprint{expected}")
            );
        };
        check("", "");
        check("<p>THE TITLE</p><div>part!</div>", "");
        check("<p>home news</p><footer><p>Imprint</p><p>Press</p></footer>", "\n\nPress");
        let part = SENTENCE.split(", so").next().expect("it is in it");
        check(&format!("<aside>{part}!</aside>"), "");
        check(&format!("<aside>New: {part}</aside>"), &format!("\n\nNew: {part}"));
        check("<p>* * *</p>", "");
    }

    #[test]
    fn a_page_without_an_article_is_taken_whole() {
        let check = |page: &str, expected: &[&str], warnings: &[&str]| {
            let article = read(page);
            assert_eq!(
                (print(&article.sections).as_slice(), article.warnings.as_slice()),
                (
                    expected.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>().as_slice(),
                    warnings.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>().as_slice(),
                )
            );
        };
        let none = "no main article found; all text of the page was taken";
        let deep = "nested too deeply: some of its structure was left out";
        check("", &[], &[]);
        check("<a href=b>c</a>", &["Main : c"], &[none]);
        check("<h1>A</h1><a href=b>c</a>", &["Main : c"], &[none]);
        check("<h1>A</h1><nav><h2>B</h2><a href=b>c</a></nav>", &["Main B: c"], &[none]);
        check("<h1>A</h1>", &[], &[none]);
        check(&("<div>".repeat(5_000) + "<p>a"), &["Main : a"], &[deep]);
        check("plain text, and no tag", &["Main : plain text, and no tag"], &[]);
    }

    #[test]
    fn a_page_declares_its_encoding() {
        let check = |page: &str, expected: Option<&str>| {
            assert_eq!(declared(page.as_bytes()).as_deref(), expected, "{page}")
        };
        check("<meta charset=utf-8>", Some("utf-8"));
        check("<META CharSet = 'ISO-8859-2' />", Some("iso-8859-2"));
        check(
            "<meta http-equiv=content-type content='text/html; charset=windows-1251'>",
            Some("windows-1251"),
        );
        check("<?xml version='1.0' encoding=\"koi8-r\"?><html>", Some("koi8-r"));
        check("<meta name=a content=b><p charset=c>", None);
        check("<meta charset=>", None);
        check(&(" ".repeat(4_000) + "<meta charset=utf-8>"), None);
    }

    #[test]
    fn hostile_pages_are_read_in_time() {
        let check = |unit: &str, count: usize| {
            let text = unit.repeat(count) + "<p>end";
            let article = read(&text);
            assert!(article.sections.iter().any(|section| section.text.contains("end")), "{unit}");
        };
        check("<div>", 50_000);
        check("<b id=a>x<p>", 20_000);
        check("<a href=b><div></a>", 10_000);
        check("<table><tr><td>", 20_000);
        check("<ul><li>", 20_000);
        check("&a", 50_000);
        check("<!--", 50_000);
        check("<title>", 20_000);
        check("<a b='", 50_001);
        check("<svg>", 50_000);
    }

    /// Pieces of a page; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "<p>@ @ <b>@</b> <a href=x>@</a></p>",
        "<p>@<br>@<br><br>@</p>@",
        "<div>@<div>@</div>@</div>",
        "<h2>@ <i>@</i></h2>",
        "<h1>@</h1>",
        "<div><h3>@</h3></div>",
        "<ul><li>@<li><p>@</p><ol><li>@</ol></ul>",
        "<table><tr><th>@<td>@<tr><td>@<td><p>@</p><p>@</p></table>",
        "<pre>@\n @</pre>",
        "<li><h4>@</h4>@",
        "<dl><dt>@<dd>@</dl>",
        "<nav><a href=x>@</a><a href=x>@</a></nav>",
        "<aside class=sidebar>@ @</aside>",
        "<figure><img src=x alt='@ @'><figcaption>@</figcaption></figure>",
        "<blockquote>@</blockquote>",
        "<p>…, @, @, …</p>",
        "<div class=share>@</div>",
        "<form><label>@</label><button>@</button></form>",
        "<p>@ <span class=comment>@</span> @</p>",
        "<footer>@</footer>",
        "<font>@<p>@</font>@",
        "<math><mi>@</mi></math>",
        "<details><summary>@</summary>@</details>",
        "<section><p>@, …</p></section>",
        "<p class=byline>@</p>",
        "<script>x</script><style>x</style><!-- x --><svg>x</svg><p hidden>x</p>",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once(pieces in prop::collection::vec(0..PIECES.len(), 0..14)) {
            let mut page = String::new();
            let mut words = Vec::new();
            for char in pieces.iter().flat_map(|&piece| PIECES[piece].chars()) {
                match char {
                    '@' => {
                        words.push(format!("w{}w", words.len()));
                        page.push_str(&words[words.len() - 1]);
                    }
                    '…' => page.push_str(SENTENCE),
                    char => page.push(char),
                }
            }
            let article = read(&page);
            let title = article.title.unwrap_or_default();
            for word in words {
                let sections = &article.sections;
                let named = sections.iter().any(|one| one.headings.iter().any(|heading| heading.contains(&word)));
                let found: usize = sections.iter().map(|one| one.text.matches(&word).count()).sum();
                let expected = usize::from(!named && !title.contains(&word));
                prop_assert_eq!(found, expected, "{} of {}\n{:?}", word, page, sections);
            }
        }

        #[test]
        fn any_text_is_read(page in "(<(/?(p|b|a|h2|ul|li|td|tr|table|svg|math|title|script|pre|br)|!--)( a='?)?[ />-]{0,3}|[&<;é ]|x, ){0,40}") {
            for section in read(&page).sections {
                prop_assert!(!section.text.trim().is_empty() && section.blocks[0].start == 0);
            }
        }
    }
}
