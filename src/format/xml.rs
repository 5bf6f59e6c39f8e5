//! XML as the readers of this folder want it: elements and text, in order, however broken.
//!
//! Names that are not closed, entities that nobody declared and the like are read as well as can be;
//! nothing is fetched, and no entity grows.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

use super::{Cause, decode::decode, may_begin};

/// Bytes at the start of a document in which its encoding may be declared.
const DECLARED_WITHIN: usize = 200;

/// Bytes at the start of a document in which its first tag must begin.
const BEGUN_WITHIN: usize = 4_000;

/// One part of a document. An empty element starts and ends.
pub(super) enum Node<'a> {
    /// An element begins.
    Start(Element<'a>),
    /// The element of this name, without its prefix, ends.
    End(String),
    /// Text, its entities resolved. A long one may come in parts.
    Text(Cow<'a, str>),
}

/// The beginning of an element.
pub(super) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// Returns its name without a prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Returns the prefix of its name, empty where there is none.
    pub(super) fn prefix(&self) -> &str {
        self.0.name().into_inner().split_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// Returns the value of an attribute of this name, whatever its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found = attributes.with_checks(false).flatten();
        let mut found = found.filter(|attribute| attribute.key.local_name().into_inner() == name);
        found.next().map(|attribute| resolved(&attribute.value))
    }

    /// Returns the value of an attribute of this name that has a prefix: an element may have one with
    /// and one without.
    pub(super) fn prefixed(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found = attributes.with_checks(false).flatten();
        let local = |key: &str| key.split_once(':').is_some_and(|(_, local)| local == name);
        let mut found = found.filter(|attribute| local(attribute.key.into_inner()));
        found.next().map(|attribute| resolved(&attribute.value))
    }
}

/// A document that is read part by part.
pub(super) struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    broken: bool,
}

/// Returns the text of an XML document: in the encoding that it declares, if that can be.
///
/// # Errors
/// Where it is no text.
pub(super) fn text(bytes: &[u8]) -> Result<String, Cause> {
    Ok(decode(bytes, declared(bytes).as_deref())?.text)
}

/// Returns the label of the encoding that an XML document declares.
pub(super) fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARED_WITHIN)]);
    let (_, rest) = head.split("?>").next()?.split_once("encoding=")?;
    let quote = rest.chars().next()?;
    rest[quote.len_utf8()..].split(quote).next().map(String::from)
}

/// Returns the first tag of an XML document, from its name on, or the beginning of it; none where
/// bytes do not begin one.
pub(super) fn first_tag(bytes: &[u8]) -> Option<String> {
    if !may_begin(bytes, b'<') {
        return None;
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGUN_WITHIN)]);
    let mut rest = head.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start().strip_prefix('<')?;
        let end = match rest.bytes().next()? {
            b'?' => "?>",
            b'!' if rest.starts_with("!--") => "-->",
            b'!' if rest.split('>').next().is_some_and(|declared| declared.contains('[')) => "]>",
            b'!' => ">",
            _ => break,
        };
        rest = rest.split_once(end)?.1;
    }
    rest.starts_with(char::is_alphabetic).then(|| rest.split('>').next().unwrap_or(rest).to_owned())
}

impl<'a> Xml<'a> {
    /// Begins to read a document.
    pub(super) fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Self { reader, broken: false }
    }

    /// Says whether the document broke off, so that what follows was not read.
    pub(super) fn broken(&self) -> bool {
        self.broken
    }

    /// Returns all text up to the end of the element that has just begun, its parts joined.
    pub(super) fn text_inside(&mut self) -> String {
        let (mut text, mut depth) = (String::new(), 1);
        for node in self.by_ref() {
            match node {
                Node::Start(_) => depth += 1,
                Node::End(_) => depth -= 1,
                Node::Text(part) => text.push_str(&part),
            }
            if depth == 0 {
                break;
            }
        }
        text
    }

    /// Passes over the rest of the element that has just begun.
    pub(super) fn skip(&mut self) {
        let mut depth = 1;
        while depth > 0 {
            match self.next() {
                Some(Node::Start(_)) => depth += 1,
                Some(Node::End(_)) => depth -= 1,
                Some(Node::Text(_)) => {}
                None => break,
            }
        }
    }
}

impl<'a> Iterator for Xml<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        loop {
            return match self.reader.read_event() {
                Ok(Event::Start(start)) => Some(Node::Start(Element(start))),
                Ok(Event::End(end)) => Some(Node::End(end.local_name().into_inner().to_owned())),
                Ok(Event::Text(text)) => Some(Node::Text(text.into_inner())),
                Ok(Event::CData(data)) => Some(Node::Text(data.into_inner())),
                Ok(Event::GeneralRef(entity)) => {
                    let named = entity.into_inner();
                    Some(Node::Text(entity_text(&named)))
                }
                Ok(Event::Eof) => None,
                Ok(_) => continue,
                Err(_) => {
                    self.broken = true;
                    None
                }
            };
        }
    }
}

/// Returns what an entity stands for, without its `&` and `;`; itself where nobody knows.
fn entity_text(name: &str) -> Cow<'static, str> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
        let code = hex.unwrap_or_else(|| number.parse());
        return Cow::Owned(code.ok().and_then(char::from_u32).unwrap_or('\u{fffd}').into());
    }
    match resolve_predefined_entity(name).or_else(|| quick_xml::escape::resolve_html5_entity(name)) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("&{name};")),
    }
}

/// Returns a text with its entities resolved.
fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match after.split_once(';').filter(|(name, _)| name.len() <= 32) {
            Some((name, more)) => {
                out.push_str(&entity_text(name));
                rest = more;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn print(text: &str) -> String {
        let mut xml = Xml::new(text);
        let mut out = String::new();
        for node in xml.by_ref() {
            match node {
                Node::Start(element) => {
                    let id = element.attribute("id").map(|id| format!(" {id}")).unwrap_or_default();
                    out.push_str(&format!("<{}{id}>", element.name()));
                }
                Node::End(name) => out.push_str(&format!("</{name}>")),
                Node::Text(text) => out.push_str(&text),
            }
        }
        out + if xml.broken() { "!" } else { "" }
    }

    #[test]
    fn documents_are_read_however_broken() {
        let check = |text: &str, expected: &str| assert_eq!(print(text), expected, "{text}");
        check(
            "<?xml version='1.0'?><!DOCTYPE a><a><!-- c --><w:b x:id='1 &amp; 2'/>t</a>",
            "<a><b 1 & 2></b>t</a>",
        );
        check("<a>&lt;&#65;&#x42;&nbsp;&no;&eacute; &amp</a>", "<a><AB\u{a0}&no;é &amp</a>");
        check("<![CDATA[<x>]]>", "<x>");
        check("<a><b></a></c>", "<a><b></a></c>");
        check("<a>b<", "<a>b!");
        check("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a>&b;</a>");
    }

    #[test]
    fn a_document_declares_its_encoding() {
        let bytes = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xcf\xf0\xe8\xe2\xe5\xf2</a>";
        assert!(text(bytes).expect("it is text").ends_with("<a>Привет</a>"));
    }

    #[test]
    fn the_first_tag_is_found() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(first_tag(text.as_bytes()).as_deref(), expected, "{text}");
        };
        check("<a b='c'>d", Some("a b='c'"));
        check("\u{feff}<?xml version='1.0'?>\n<!-- <x> -->\n<!DOCTYPE a>\n<w:a>", Some("w:a"));
        check("<!DOCTYPE a [<!ENTITY b 'c'>]><a", Some("a"));
        check("a <b>", None);
        check("<?xml", None);
        check("<1>", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([<>/&;!\\[\\]?='\"a-c -]|&#x?[0-9]{0,9};|<!\\[CDATA\\[){0,40}") {
            print(&text);
        }
    }
}
