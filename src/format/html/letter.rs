//! A page that is a letter: all its text, and what its markup says of who says it.
//!
//! No article is looked for: letters and newsletters are laid out as tables of short texts and links,
//! which a search for articles takes for what is around one.

use std::collections::HashSet;

use dom_query::{Document, NodeId};

use super::{
    super::mail::{Paragraph, Voice},
    page,
    piece::Shape,
    tame::tame,
};
use crate::article::Kind;

/// Elements in which programs quote what is answered or handed on.
const QUOTED: &str = "blockquote[type=cite], .gmail_quote, .gmail_attr, .yahoo_quoted, .protonmail_quote, \
    .tutanota_quote, .zmail_extra, .moz-cite-prefix, .moz-forward-container, .ntes-mailmaster-quote, \
    #mail-editor-reference-message-container";

/// Elements from which on all is quoted.
const QUOTED_FROM: &str = "#divRplyFwdMsg, #appendonsend, .OutlookMessageHeader";

/// Elements in which programs put signatures.
const FOOT: &str = ".gmail_signature, .moz-signature, #AppleMailSignature, #Signature, \
    #ms-outlook-mobile-signature, .protonmail_signature_block";

/// Reads a page that is a letter. Says what was left out, too.
pub(in crate::format) fn letter(text: &str) -> (Vec<Paragraph>, Option<String>) {
    let page = tame(text);
    let document = Document::from(page.html.as_str());
    let pieces = document.body().map(page::pieces).unwrap_or_default();
    let [quoted, from, foot] = [QUOTED, QUOTED_FROM, FOOT].map(|elements| inside(&document, elements));
    let mut paragraphs = Vec::with_capacity(pieces.len());
    let mut all_quoted = false;
    for piece in pieces {
        let (level, kind) = match piece.shape {
            Shape::Heading(level) => (Some(level), Kind::Prose),
            Shape::Block(kind) => (None, kind),
        };
        let mut push = |voice, text: String| {
            if !text.trim().is_empty() {
                paragraphs.push(Paragraph { voice, level, kind, text });
            }
        };
        all_quoted |= !piece.part(&from).0.is_empty();
        if all_quoted {
            push(Voice::Quoted, piece.text);
            continue;
        }
        let (quote, rest) = piece.part(&quoted);
        let (signature, _) = piece.part(&foot);
        // A quote may hold a signature, and is a quote all the same.
        match (quote.is_empty(), signature.is_empty()) {
            (true, true) => push(Voice::Own, rest),
            (true, false) => push(Voice::Foot, rest),
            (false, _) => {
                push(Voice::Own, rest);
                push(Voice::Quoted, quote);
            }
        }
    }
    let warning = page.flattened.then(|| "nested too deeply: some of its structure was left out".to_owned());
    (paragraphs, warning)
}

/// Returns all that is inside elements of a kind.
fn inside(document: &Document, elements: &str) -> HashSet<NodeId> {
    let mut nodes = HashSet::new();
    for element in document.select(elements).nodes() {
        // Quotes stand in quotes; what is inside an outer one was taken with it.
        if !nodes.contains(&element.id) {
            nodes.extend(element.descendants_it().map(|node| node.id));
        }
    }
    nodes
}
