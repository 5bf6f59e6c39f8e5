//! A document that is text from its first word to its last: a chapter of a book, not a page with an
//! article somewhere in it.

use std::collections::{HashMap, HashSet};

use dom_query::{Document, NodeRef};

use super::{
    page,
    piece::{Piece, Shape},
    tame::tame,
};

/// Letters of the longest mark of a note.
const LONGEST_NOTE: usize = 6;

/// The text of a document.
#[derive(Debug, Default)]
pub(in crate::format) struct Chapter {
    /// Its text, in order.
    pub parts: Vec<Part>,
    /// What its body says that it is (`epub:type`), lowercase.
    pub types: String,
    /// Whether elements were left out that were nested too deeply.
    pub flattened: bool,
}

/// A heading or a block of text.
#[derive(Debug)]
pub(in crate::format) struct Part {
    /// What it is.
    pub shape: Shape,
    /// Its text.
    pub text: String,
    /// Whether there is more in it than the descriptions of images.
    pub has_words: bool,
    /// Whether any of it is outside links.
    pub has_plain: bool,
    /// The names of the elements that begin in it, or before it where they have no text.
    pub anchors: Vec<String>,
}

/// Reads a document that is XHTML, or nearly so. Of the names of elements only those `wanted` are
/// looked for.
pub(in crate::format) fn read(text: &str, wanted: &HashSet<&str>) -> Chapter {
    // An empty element ends itself, which it does not in a page.
    let page = match text.trim_start().starts_with("<?xml") {
        true => tame(text),
        false => tame(&format!("<?xml?>{text}")),
    };
    let document = Document::from(page.html.as_str());
    let Some(body) = document.body() else { return Chapter::default() };
    mark_notes(&document, &body);
    let pieces = page::pieces(body);
    let mut places = HashMap::new();
    for (number, piece) in pieces.iter().enumerate() {
        places.extend(piece.nodes().map(|node| (node, number)));
    }
    let mut parts: Vec<Part> = pieces.into_iter().map(part).collect();
    let mut due: Vec<String> = Vec::new();
    let root = document.root();
    for node in root.descendants_it().take_while(|_| !wanted.is_empty()) {
        let names = [attribute(&node, "id"), attribute(&node, "name")].into_iter().flatten();
        due.extend(names.filter(|name| wanted.contains(name.as_str())));
        if let Some(part) = places.get(&node.id).and_then(|&number| parts.get_mut(number)) {
            part.anchors.append(&mut due);
        }
    }
    let types = attribute(&body, "epub:type").unwrap_or_default().to_ascii_lowercase();
    Chapter { parts, types, flattened: page.flattened }
}

fn part(piece: Piece) -> Part {
    let Piece { shape, text, has_words, has_plain, .. } = piece;
    Part { shape, text, has_words, has_plain, anchors: Vec::new() }
}

/// Parts the marks of notes from the words they stand at, and shows notes that only a reading
/// program would show.
fn mark_notes(document: &Document, body: &NodeRef<'_>) {
    for node in body.descendants() {
        let kind = [attribute(&node, "epub:type"), attribute(&node, "role")];
        let kind = kind.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let is = |names: &[&str]| kind.split([' ', '\t', '\n']).any(|one| names.contains(&one));
        if is(&["footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"]) {
            node.remove_attr("hidden");
        }
        if node.has_name("a")
            && (is(&["noteref", "doc-noteref"]) || is_raised(&node))
            && is_mark(&node.text())
        {
            let (before, after) = (document.tree.new_text("["), document.tree.new_text("]"));
            node.insert_before(&before);
            node.insert_after(&after);
        }
    }
}

fn is_mark(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().count() <= LONGEST_NOTE && text.chars().all(char::is_alphanumeric)
}

/// Whether a link is a raised number that leads to a place in a book.
fn is_raised(node: &NodeRef<'_>) -> bool {
    let leads = || attribute(node, "href").is_some_and(|href| href.contains('#'));
    let number = || node.text().trim().bytes().all(|byte| byte.is_ascii_digit());
    let raised = || node.parent().is_some_and(|parent| parent.has_name("sup"));
    let raises = || node.first_child().is_some_and(|child| child.has_name("sup"));
    leads() && (raised() || raises()) && number()
}

fn attribute(node: &NodeRef<'_>, name: &str) -> Option<String> {
    let element = node.element_ref()?;
    let found = element.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(found.value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str, wanted: &[&str]) -> Vec<String> {
        let chapter = read(text, &wanted.iter().copied().collect());
        let print = |part: &Part| {
            let kind = match part.shape {
                Shape::Heading(level) => level.to_string(),
                Shape::Block(kind) => format!("{kind:?}"),
            };
            let anchors: String = part.anchors.iter().map(|name| format!("#{name} ")).collect();
            format!("{kind} {anchors}{}", part.text)
        };
        chapter.parts.iter().map(print).collect()
    }

    #[test]
    fn a_chapter_is_read_whole() {
        let check = |text: &str, wanted: &[&str], expected: &[&str]| {
            assert_eq!(print(text, wanted), expected, "{text}");
        };
        check("", &[], &[]);
        check("<title/><body><h1>A</h1><p>b<a id='c'/></p><p>d</p>", &[], &["1 A", "Prose b", "Prose d"]);
        check(
            "<body id=a><h1 id=b>A</h1><a id='c'/><p>b <span id=d>c</span></p><ul><li id=e>d",
            &["a", "b", "c", "d", "f"],
            &["1 #a #b A", "Prose #c #d b c", "Item - d"],
        );
        check(
            "<p>a<a name=b></a></p><table><tr><td>c<td id=d>e",
            &["b", "d"],
            &["Prose a", "Row #b #d c | e"],
        );
    }

    #[test]
    fn notes_are_marked() {
        let check = |text: &str, expected: &[&str]| assert_eq!(print(text, &[]), expected, "{text}");
        check("<p>tide<a epub:type='noteref' href='#n'>1</a>, moon", &["Prose tide[1], moon"]);
        check("<p>tide<sup><a href='n.xhtml#n'>12</a></sup>", &["Prose tide[12]"]);
        check("<p>tide<a href='#n'><sup>12</sup></a>", &["Prose tide[12]"]);
        check("<p>x<sup>2</sup> <a href='#n'>12</a>", &["Prose x2 12"]);
        check("<p>tide<a role='doc-noteref' href='#n'>[1]</a>", &["Prose tide[1]"]);
        check("<p>a<aside hidden='' epub:type='footnote'>b</aside><p hidden>c", &["Prose a", "Prose b"]);
    }
}
