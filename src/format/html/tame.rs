//! A page made safe to parse.
//!
//! A parser's time and memory grow with the square of the nesting, and with the formatting tags left
//! open before every paragraph. So the page that is parsed is not the page that was saved: every tag
//! in it is closed in its turn, nothing is nested too deeply, and it holds no formatting, scripts,
//! drawings and embedded files. Its text is the same.

use std::borrow::Cow;

use super::{
    nesting::{Class, Open, class, ended_by_end, ended_by_start},
    tags::{Tag, Token, Tokens},
};

/// Elements that may be open at once. Browsers allow 512.
const DEEPEST: usize = 256;

/// Attributes of one tag.
const MOST_ATTRIBUTES: usize = 200;

/// Bytes of text without a tag in it: to write it as HTML again, which the search for the article
/// does, takes time that grows with the square of that.
const LONGEST_TEXT: usize = 4_000;

/// Bytes of an attribute's value: longer ones hold files or data for scripts.
const LONGEST_VALUE: usize = 4_000;

/// A page that is safe to parse.
#[derive(Debug, Default)]
pub(super) struct Tame {
    /// The page.
    pub html: String,
    /// What its scripts of structured data (JSON-LD) hold.
    pub data: Vec<String>,
    /// Where the page was saved from, if the program that saved it says so.
    pub saved_from: Option<String>,
    /// Whether elements were left out that were nested too deeply.
    pub flattened: bool,
    /// About the sum of the depths of all elements: what a step costs that looks below every element.
    pub weight: usize,
}

/// Makes a page safe to parse.
pub(super) fn tame(page: &str) -> Tame {
    let mut tamer = Tamer { page: Tame::default(), open: Vec::new(), unbroken: 0 };
    tamer.page.html.reserve(page.len());
    let mut tokens = Tokens::new(page);
    let xml = page.trim_start().starts_with("<?xml");
    tokens.xml = xml;
    // What is done with the raw text that may come next, and what is written after it.
    let mut raw: Option<(Raw, &str)> = None;
    let mut island: Option<Island<'_>> = None;
    let mut islands = true;
    loop {
        let Some(token) = tokens.next() else {
            // An island without an end is none: its tags are read like all others.
            let Some(island) = island.take() else { break };
            tokens = island.start;
            tamer.page.html.truncate(island.written);
            islands = false;
            continue;
        };
        if let Some(inner) = &mut island {
            match token {
                Token::Open(tag) if tag.name == inner.name && !tag.closed => inner.depth += 1,
                Token::Close(name) if name == inner.name => inner.depth -= 1,
                Token::Open(tag) if tag.name == "annotation" && !tag.closed => inner.shown = false,
                Token::Close(name) if name == "annotation" => inner.shown = inner.name == "math",
                Token::Text(text) if inner.shown => tamer.text(text),
                _ => {}
            }
            if inner.depth == 0 {
                island = None;
                tokens.xml = xml;
            }
            continue;
        }
        if let Some((keep, end)) = raw.take() {
            if let Token::Raw(text) = &token {
                match keep {
                    Raw::Text => tamer.raw_text(text),
                    Raw::Data => tamer.page.data.push((*text).to_owned()),
                    Raw::Nothing => {}
                }
            }
            tamer.page.html.push_str(end);
        }
        match token {
            Token::Text(text) => tamer.text(text),
            Token::Raw(_) => {}
            Token::Comment(text) => tamer.comment(text),
            Token::Close(name) => tamer.close(&name),
            Token::Open(tag) if tag.name == "svg" || tag.name == "math" => {
                if islands && !tag.closed {
                    let (start, written) = (tokens.clone(), tamer.page.html.len());
                    island =
                        Some(Island { shown: tag.name == "math", name: tag.name, depth: 1, start, written });
                    tokens.xml = true;
                }
            }
            Token::Open(tag) => raw = tamer.open(tag, xml),
        }
    }
    tamer.page
}

/// A drawing or a formula: of the one nothing is kept, of the other the text.
#[derive(Debug)]
struct Island<'a> {
    name: Cow<'a, str>,
    depth: usize,
    shown: bool,
    /// What follows its start tag.
    start: Tokens<'a>,
    /// How much was written before it.
    written: usize,
}

/// What is kept of the text of an element that holds no tags.
#[derive(Clone, Copy, Debug)]
enum Raw {
    Text,
    Data,
    Nothing,
}

#[derive(Debug)]
struct Tamer<'a> {
    page: Tame,
    /// The elements that are open in the page written so far, outermost first.
    open: Vec<Open<'a>>,
    /// Bytes of text since the last tag.
    unbroken: usize,
}

impl<'a> Tamer<'a> {
    /// Writes text, with a tag that does nothing in it where it is long.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let room = LONGEST_TEXT.saturating_sub(self.unbroken).min(rest.len());
            let may_part = |byte: &u8| byte.is_ascii_whitespace() || *byte >= 0xc0;
            let cut = rest.as_bytes()[room..].iter().position(may_part).map_or(rest.len(), |at| room + at);
            let (text, later) = rest.split_at(cut);
            self.unbroken += text.len();
            let escaped = text.bytes().filter(|byte| matches!(byte, b'&' | 0xc2)).count();
            self.page.weight += escaped * self.unbroken / 64;
            self.raw_text(text);
            if !later.is_empty() {
                self.page.html.push_str("<wbr>");
                self.unbroken = 0;
            }
            rest = later;
        }
    }

    fn raw_text(&mut self, text: &str) {
        // A `<` that begins no tag could begin one when what followed it is gone.
        for (number, part) in text.split('<').enumerate() {
            self.page.html.push_str(if number == 0 { "" } else { "&lt;" });
            self.page.html.push_str(part);
        }
    }

    fn comment(&mut self, text: &str) {
        if text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
            self.page.html.push_str("<!DOCTYPE html>");
        } else if self.page.saved_from.is_none() && self.open.len() < 3 {
            self.page.saved_from = saved_from(text).map(str::to_owned);
        }
    }

    /// Writes a start tag. Returns what is to be done with raw text that follows it, and what to
    /// write after that.
    fn open(&mut self, tag: Tag<'a>, xml: bool) -> Option<(Raw, &'static str)> {
        let class = class(&tag.name);
        match class {
            Class::Look => return None,
            Class::Raw => return Some(self.open_raw(&tag)),
            Class::Void => {
                self.write(&tag);
                return None;
            }
            _ => {}
        }
        if class == Class::Part && !self.open.iter().any(|open| open.is("table") || open.is("template")) {
            return None;
        }
        match ended_by_start(&self.open, &tag.name, class) {
            Some(at) if tag.name == "a" => self.end_alone(at),
            Some(at) => self.end_from(at),
            None => {}
        }
        if self.open.len() >= DEEPEST {
            self.page.flattened = true;
            return None;
        }
        self.write(&tag);
        let closed = tag.closed && (xml || class == Class::Plain);
        self.open.push(Open { tag, class });
        if closed {
            self.end_from(self.open.len() - 1);
        }
        None
    }

    fn open_raw(&mut self, tag: &Tag<'_>) -> (Raw, &'static str) {
        let is_data =
            |name: &str, value: &str| name.eq_ignore_ascii_case("type") && value.contains("ld+json");
        match &*tag.name {
            "script" if tag.attributes().any(|one| is_data(one.name, one.value)) => (Raw::Data, ""),
            "script" | "style" | "noembed" => (Raw::Nothing, ""),
            "xmp" | "plaintext" => {
                self.page.html.push_str("<pre>");
                (Raw::Text, "</pre>")
            }
            name => {
                self.write(tag);
                match name {
                    "iframe" => (Raw::Nothing, "</iframe>"),
                    "title" => (Raw::Text, "</title>"),
                    _ => (Raw::Text, "</textarea>"),
                }
            }
        }
    }

    /// Writes a tag without what is too long in it.
    fn write(&mut self, tag: &Tag<'_>) {
        self.unbroken = 0;
        self.page.weight += self.open.len();
        if tag.attributes > MOST_ATTRIBUTES {
            self.page.html.push('<');
            self.page.html.push_str(&tag.name);
            self.page.html.push('>');
            return;
        }
        let mut from = 0;
        for attribute in tag.attributes() {
            let file = attribute.value.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
            if file || attribute.value.len() > LONGEST_VALUE {
                // An empty value without quotes would take what follows for it.
                self.page.html.push_str(&tag.written[from..attribute.at]);
                self.page.html.push('-');
                from = attribute.at + attribute.value.len();
            }
        }
        self.page.html.push_str(&tag.written[from..]);
    }

    /// Ends what an end tag ends.
    fn close(&mut self, name: &str) {
        match ended_by_end(&self.open, name) {
            Some(at) if name == "a" || name == "form" => self.end_alone(at),
            Some(at) => self.end_from(at),
            None if name == "br" => self.page.html.push_str("<br>"),
            None => {}
        }
    }

    fn end_from(&mut self, at: usize) {
        self.unbroken = 0;
        for open in self.open.drain(at..).rev() {
            self.page.html.push_str("</");
            self.page.html.push_str(&open.tag.name);
            self.page.html.push('>');
        }
    }

    /// Ends an element whose end tag need not stand in its turn: what is open in it goes on.
    fn end_alone(&mut self, at: usize) {
        let inner = self.open[at + 1..].to_vec();
        self.end_from(at);
        for open in inner {
            self.write(&open.tag);
            self.open.push(open);
        }
    }
}

/// Finds the address that SingleFile, or a browser, leaves in a comment.
fn saved_from(comment: &str) -> Option<&str> {
    let at = match comment.find("saved from url=") {
        Some(at) => comment[at..].find(')').map(|end| at + end + 1)?,
        None => comment.find("SingleFile").and_then(|at| Some(at + comment[at..].find("url:")? + 4))?,
    };
    let address = comment[at..].split_whitespace().next()?;
    (address.starts_with("https://") || address.starts_with("http://")).then_some(address)
}

#[cfg(test)]
mod tests {
    use dom_query::Document;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_text_is_left_out() {
        let check = |page: &str, expected: &str| assert_eq!(tame(page).html, expected, "{page}");
        check("<p class=a>a <b>b</b>c<br/>d</p>", "<p class=a>a bc<br/>d</p>");
        check(
            "<div><p>a<p>b<ul><li>c<li>d</div>e",
            "<div><p>a</p><p>b</p><ul><li>c</li><li>d</li></ul></div>e",
        );
        check("<td>a<table><tr><td>b<td>c</div></table>", "a<table><tr><td>b</td><td>c</td></tr></table>");
        check("<a x><div y></a>b</div>", "<a x><div y></div></a><div y>b</div>");
        check("<!doctype HTML PUBLIC 'x'><!-- a -->b", "<!DOCTYPE html>b");
        check("<script>a</script><style>b</style>c", "c");
        check("a<svg><title/><style/><svg>b</svg><p>c</p></svg>d", "ad");
        check("a<svg><p>b<h2/>", "a<p>b</p><h2/>");
        check("<math><mi>a</mi><mo/><annotation>b</annotation></math>c<math/>d", "acd");
        check("<math>a<p>b</math", "a<p>b&lt;/math");
        check("<title>a<b>c</title><textarea></textarea>", "<title>a&lt;b>c</title><textarea></textarea>");
        check("<iframe src=a>b</iframe>c", "<iframe src=a></iframe>c");
        check("<frameset><frame src=a><noframes>b</noframes></frameset>", "b");
        check("<xmp><b></xmp>", "<pre>&lt;b></pre>");
        check("a <<!-- b -->i>c", "a &lt;i>c");
        check("<img src='data:a' alt=b>", "<img src='-' alt=b>");
        check("<img alt=b src=data:a>", "<img alt=b src=->");
        check(&format!("<a b='{}'c>", "d".repeat(9_000)), "<a b='-'c>");
        check(&format!("<a {}>b", "c ".repeat(9_000)), "<a>b");
        check("<?xml version='1.0'?><p><a id='b'/>c<script/></p>", "<p><a id='b'/></a>c</p>");
    }

    #[test]
    fn what_is_left_out_may_still_tell_something() {
        let page = tame("<script type='application/ld+json'>{}</script>");
        assert_eq!((page.html.as_str(), page.data), ("", vec!["{}".to_owned()]));
        let check = |comment: &str, expected: Option<&str>| {
            assert_eq!(tame(&format!("<html><!--{comment}-->")).saved_from.as_deref(), expected, "{comment}");
        };
        check(" Page saved with SingleFile \n url: https://a.b/c \n saved date: d", Some("https://a.b/c"));
        check(" saved from url=(0019)http://a.b/c ", Some("http://a.b/c"));
        check(" saved from url=(0014)about:internet ", None);
        check(" url: https://a.b/c ", None);
    }

    fn depth(page: &str) -> usize {
        let document = Document::from(page);
        let depth = |node: dom_query::NodeRef<'_>| node.ancestors_it(None).count();
        document.root().descendants_it().map(depth).max().unwrap_or(0)
    }

    #[test]
    fn nothing_is_nested_deeply() {
        let check = |unit: &str| {
            let page = tame(&format!("{}end", unit.repeat(2_000)));
            let deepest = depth(&page.html);
            assert!(deepest <= 4 * DEEPEST, "{unit}: {deepest}");
            assert_eq!(Document::from(page.html.as_str()).text().matches("end").count(), 1, "{unit}");
        };
        check("<div>");
        check("<span><div></span>");
        check("<div><table><tr><td></div>");
        check("<dd><li>");
        check("<form><div></form>");
        check("<body><div></body>");
        check("<noscript><div></noscript>");
        check("<td><div></td>");
        check("<a><div></a>");
        check("<select><option><div>");
        check("<math><mrow/><mark/><annotation-xml encoding='text/html'>");
        check("<math><mi><p>");
        check("<svg><desc><p>");
        check("<ruby><rt><span>");
        check("<h1><h2><span>");
        check("<p><b><i><font>");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(50))]
        #[test]
        fn the_limit_holds_whatever_the_tags(tags in prop::collection::vec(
            (prop::sample::select(vec![
                "a", "body", "button", "caption", "center", "dd", "desc", "dialog", "div", "dt", "form",
                "h2", "head", "image", "li", "math", "mi", "noscript", "object", "ol", "optgroup", "option",
                "p", "rt", "ruby", "select", "span", "svg", "table", "tbody", "td", "template", "tr", "ul",
            ]), any::<bool>()),
            1..8,
        )) {
            let unit: String = tags.iter().map(|(name, opens)| format!("<{}{name}>x", if *opens { "" } else { "/" })).collect();
            let page = tame(&unit.repeat(600));
            let deepest = depth(&page.html);
            prop_assert!(deepest <= 4 * DEEPEST, "{unit}: {deepest}");
        }
    }
}
