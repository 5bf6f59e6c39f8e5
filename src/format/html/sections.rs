//! Pieces of a page put under their headings, and the article parted from what stands around it.

use std::collections::HashSet;

use dom_query::NodeId;

use super::{
    known::{Known, same},
    piece::{Piece, Shape},
};
use crate::{
    article::{Kind, Role, Section},
    format::outline::Outline,
};

/// Puts the pieces of the article under their headings, and all others into one last section.
/// Returns none where the article has no text.
pub(super) fn sections(pieces: &[Piece], nodes: &HashSet<NodeId>, title: &str) -> Option<Vec<Section>> {
    let parts: Vec<(String, String)> = pieces.iter().map(|piece| part(piece, nodes)).collect();
    let is_text = |at: usize| {
        pieces.get(at).is_some_and(|piece| matches!(piece.shape, Shape::Block(_))) && !parts[at].0.is_empty()
    };
    let mut outline = Outline::default();
    let mut known = Known::default();
    known.add(title);
    let mut rest = Vec::new();
    let mut begun = false;
    for (at, (piece, (own, other))) in pieces.iter().zip(&parts).enumerate() {
        match piece.shape {
            Shape::Heading(level) if same(&piece.text, title) => outline.close(level),
            Shape::Heading(level) => {
                // Also one that was left out, but stands between two texts of the article.
                let between = at > 0 && is_text(at - 1) && is_text(at + 1);
                let (own, other) = if own.is_empty() && between { (other, own) } else { (own, other) };
                if !own.is_empty() {
                    outline.heading(level, own, 0);
                    known.add(own);
                }
                rest.push((Kind::Prose, other));
            }
            Shape::Block(_) if !begun && same(&piece.text, title) => {}
            Shape::Block(kind) => {
                // The description of an image may repeat the title or another.
                if !own.is_empty() && (known.add(own) || piece.has_words) {
                    outline.push(kind, own, 0);
                    begun = true;
                }
                rest.push((kind, other));
            }
        }
    }
    let mut sections = outline.finish();
    let mut around = Section { role: Role::Aside, ..Section::default() };
    for (kind, text) in rest {
        if known.add(text) {
            around.push(kind, text, 0);
        }
    }
    if !around.blocks.is_empty() {
        sections.push(around);
    }
    begun.then_some(sections)
}

/// Puts all pieces under their headings.
pub(super) fn all_sections(pieces: &[Piece], title: &str) -> Vec<Section> {
    let mut outline = Outline::default();
    for piece in pieces {
        match piece.shape {
            Shape::Heading(level) if same(&piece.text, title) => outline.close(level),
            Shape::Heading(level) => outline.heading(level, &piece.text, 0),
            Shape::Block(kind) => outline.push(kind, &piece.text, 0),
        }
    }
    outline.finish()
}

/// Parts the text of a piece into what is of the article and what is not.
fn part(piece: &Piece, nodes: &HashSet<NodeId>) -> (String, String) {
    // A paragraph that is nothing but a link leads to another article.
    if !piece.has_plain && piece.shape == Shape::Block(Kind::Prose) {
        return (String::new(), piece.text.clone());
    }
    piece.part(nodes)
}
