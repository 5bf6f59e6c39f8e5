//! What stands inside an element of a feed: text, or a page that may be escaped or not.

use super::super::{
    fragment, line,
    xml::{Node, Xml},
};

/// Elements of HTML without an end.
const VOID: &[&str] = &["br", "hr", "img", "wbr", "input", "source", "track", "embed", "col"];

/// Returns what stands in the element of this name that has just begun: its text, in which a page may
/// have been escaped, or the page that it holds as elements.
pub(super) fn inside(xml: &mut Xml<'_>, own: &str) -> String {
    let (mut plain, mut page) = (String::new(), String::new());
    // Elements that are not closed end with this one.
    let mut same = 0;
    let mut elements = 0;
    for node in xml.by_ref() {
        match node {
            Node::Start(element) => {
                elements += 1;
                same += usize::from(element.name() == own);
                page.push('<');
                page.push_str(element.name());
                for name in ["alt", "start", "hidden"] {
                    if let Some(value) = element.attribute(name) {
                        page.push_str(&format!(" {name}=\"{}\"", escaped(&value)));
                    }
                }
                // Whether there is a link decides about a word that follows.
                page.push_str(if element.name() == "a" { " href=\"#\">" } else { ">" });
            }
            Node::End(name) if name == own && same == 0 => break,
            Node::End(name) => {
                same -= usize::from(name == own);
                if !VOID.contains(&name.as_str()) {
                    page.push_str(&format!("</{name}>"));
                }
            }
            Node::Text(text) => {
                plain.push_str(&text);
                page.push_str(&escaped(&text));
            }
        }
    }
    if elements == 0 { plain } else { page }
}

/// Returns the text in the element of this name that has just begun, on one line.
pub(super) fn line_inside(xml: &mut Xml<'_>, own: &str) -> String {
    line::of(&fragment::line(&inside(xml, own)))
}

/// Passes over the element of this name that has just begun.
pub(super) fn skip(xml: &mut Xml<'_>, own: &str) {
    let mut same = 0;
    for node in xml.by_ref() {
        match node {
            Node::Start(element) => same += usize::from(element.name() == own),
            Node::End(name) if name == own && same == 0 => break,
            Node::End(name) => same -= usize::from(name == own),
            Node::Text(_) => {}
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Names in square brackets that a blog puts something in the place of.
const SHORT_CODES: &[&str] =
    &["caption", "gallery", "embed", "audio", "video", "playlist", "wp_caption", "vc_row", "vc_column"];

/// Takes out what a blog puts something in the place of: what is in it stays.
pub(super) fn without_short_codes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let name = after.strip_prefix('/').unwrap_or(after);
        let name = &name[..name
            .find(|letter: char| !letter.is_ascii_alphabetic() && letter != '_')
            .unwrap_or(name.len())];
        let end = after.bytes().take(1_000).position(|byte| byte == b']' || byte == b'[');
        let end = end.filter(|&end| SHORT_CODES.contains(&name) && after.as_bytes()[end] == b']');
        rest = match end {
            Some(end) => &after[end + 1..],
            None => {
                out.push('[');
                after
            }
        };
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_is_text_or_a_page() {
        let check = |text: &str, expected: &str, after: &str| {
            let mut xml = Xml::new(text);
            xml.next();
            assert_eq!(inside(&mut xml, "d"), expected, "{text}");
            let rest: String = xml
                .map(|node| if let Node::Text(text) = node { text.into_owned() } else { String::new() })
                .collect();
            assert_eq!(rest, after, "{text}");
        };
        check("<d>a &amp; b</d>c", "a & b", "c");
        check("<d>&lt;p&gt;a</d>c", "<p>a", "c");
        check("<d><![CDATA[<p>a]]></d>c", "<p>a", "c");
        check(
            "<d><div>a &lt; b<br/><img alt='e&quot;'/></div></d>c",
            "<div>a &lt; b<br><img alt=\"e&quot;\"></div>",
            "c",
        );
        check("<d><p>a<br>b</d>c", "<p>a<br>b", "c");
        check("<d><d>a</d>b</d>c", "<d>a</d>b", "c");
        check("<d/>c", "", "c");
        check("<d>a", "a", "");
    }

    #[test]
    fn short_codes_are_taken_out() {
        let check = |text: &str, expected: &str| assert_eq!(without_short_codes(text), expected);
        check("a [caption id='b']c[/caption] d [1] [e", "a c d [1] [e");
        check("[gallery ids=\"1,2\"][captions]", "[captions]");
        check("[[gallery]", "[");
    }
}
