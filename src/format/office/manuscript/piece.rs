//! What has ended: paragraphs and rows, on their way to where they belong.

use std::ops::Range;

use crate::{article::Kind, format::outline::Outline};

/// Bytes of the longest row of a table that is one block. Longer ones are there for the layout: each
/// paragraph in them is a block.
const LONGEST_ROW: usize = 1_000;

/// Levels of a list that are told apart.
const DEEPEST_LIST: usize = 12;

/// A paragraph or table row that has ended.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::format) struct Piece {
    shape: PieceShape,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum PieceShape {
    Heading(u8),
    Block(Kind),
}

impl Piece {
    pub(super) fn block(kind: Kind, text: String) -> Self {
        Self { shape: PieceShape::Block(kind), text }
    }

    /// Makes a heading of this level.
    pub(in crate::format) fn heading(level: u8, text: String) -> Self {
        Self { shape: PieceShape::Heading(level.max(1)), text }
    }

    pub(super) fn item(depth: usize, marker: Option<&str>, text: &str) -> Self {
        let indent = "  ".repeat(depth.min(DEEPEST_LIST));
        let text = match marker {
            _ if text.is_empty() => String::new(),
            Some(marker) => format!("{indent}{marker} {text}"),
            None => format!("{indent}  {text}"),
        };
        Self::block(Kind::Item, text)
    }

    /// Returns its text.
    pub(in crate::format) fn text(&self) -> &str {
        self.text.trim_start()
    }

    pub(super) fn is_heading(&self) -> bool {
        matches!(self.shape, PieceShape::Heading(_))
    }

    pub(super) fn is_code(&self) -> bool {
        self.shape == PieceShape::Block(Kind::Code)
    }

    pub(super) fn add_to(&self, outline: &mut Outline) {
        match self.shape {
            PieceShape::Heading(level) => outline.heading(level, &self.text, 0),
            PieceShape::Block(kind) => outline.push(kind, &self.text, 0),
        }
    }
}

/// Returns a text without the marks in it.
pub(super) fn unmarked(text: &str, marks: &[Range<usize>]) -> String {
    let starts = [0].into_iter().chain(marks.iter().map(|mark| mark.end));
    let ends = marks.iter().map(|mark| mark.start).chain([text.len()]);
    starts.zip(ends).map(|(start, end)| &text[start..end]).collect()
}

/// Makes a block of a row, or what stands in it where it is there for the layout.
pub(super) fn row(cells: Vec<Vec<Piece>>) -> Vec<Piece> {
    let parted = |piece: &Piece| matches!(piece.shape, PieceShape::Block(Kind::Row | Kind::Code));
    let pieces = || cells.iter().flatten();
    let length: usize = pieces().map(|piece| piece.text.len()).sum();
    if cells.len() == 1 || length > LONGEST_ROW || pieces().any(parted) {
        return cells.into_iter().flatten().collect();
    }
    let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    let mut text = String::with_capacity(length + 3 * filled);
    for (number, cell) in cells[..filled].iter().enumerate() {
        text.push_str(if number > 0 { " |" } else { "" });
        for piece in cell {
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(piece.text.trim_start());
        }
    }
    vec![Piece::block(Kind::Row, text)]
}

/// Returns a text whose words are parted by one blank each, without control characters.
pub(in crate::format) fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut words = text.split(|char: char| char.is_control() || char.is_whitespace());
    for word in words.by_ref().filter(|word| !word.is_empty()) {
        out.push_str(if out.is_empty() { "" } else { " " });
        out.push_str(word);
    }
    out
}

/// Returns a text without control characters, except for those that lay it out.
pub(super) fn plain(text: &str) -> String {
    let plain = |char: char| if char.is_control() && !matches!(char, '\n' | '\t') { ' ' } else { char };
    text.trim_end().chars().map(plain).collect()
}
