//! A piece of a page: one heading, paragraph, list item, table row or block of code.

use std::collections::HashSet;

use dom_query::NodeId;

use crate::article::Kind;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::format) enum Shape {
    /// A heading of a level from 1 to 6.
    Heading(u8),
    /// A block of text.
    Block(Kind),
}

/// A heading or a block of text, and the nodes that its text is from.
#[derive(Debug)]
pub(super) struct Piece {
    /// What it is.
    pub shape: Shape,
    /// Its text.
    pub text: String,
    /// Whether there is more in it than the descriptions of images.
    pub has_words: bool,
    /// Whether any of it is outside links.
    pub has_plain: bool,
    runs: Vec<Run>,
}

/// Part of a piece's text, up to the offset `end`: from one node, or a mark or space between.
#[derive(Clone, Copy, Debug)]
struct Run {
    end: usize,
    node: Option<NodeId>,
}

impl Default for Piece {
    fn default() -> Self {
        let shape = Shape::Block(Kind::Prose);
        Self { shape, text: String::new(), has_words: false, has_plain: false, runs: Vec::new() }
    }
}

impl Piece {
    /// Adds words from a node, a space between. Hyphens that are only there to break a line go.
    pub(super) fn push_words<'a>(&mut self, words: impl Iterator<Item = &'a str>, node: NodeId) {
        for (number, word) in words.enumerate() {
            self.text.push_str(if number == 0 { "" } else { " " });
            self.text.extend(word.split('\u{ad}'));
        }
        self.add("", Some(node));
    }

    /// Adds text from a node as it is.
    pub(super) fn push(&mut self, text: &str, node: NodeId) {
        self.add(text, Some(node));
    }

    /// Adds a mark or a space, which belongs to no node.
    pub(super) fn push_mark(&mut self, text: &str) {
        self.add(text, None);
    }

    fn add(&mut self, text: &str, node: Option<NodeId>) {
        self.text.push_str(text);
        self.runs.push(Run { end: self.text.len(), node });
    }

    /// Returns the nodes that its text is from, in order.
    #[cfg(feature = "books")]
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.runs.iter().filter_map(|run| run.node)
    }

    /// Whether any of its text is from a node and can be seen.
    pub(super) fn is_text(&self) -> bool {
        self.runs.iter().any(|run| run.node.is_some()) && !self.text.trim_start().is_empty()
    }

    /// Parts the text into that of the given nodes and the rest. Marks go with the former.
    pub(super) fn part(&self, nodes: &HashSet<NodeId>) -> (String, String) {
        let inside = |run: &Run| run.node.is_none_or(|node| nodes.contains(&node));
        if !self.runs.iter().any(|run| run.node.is_some() && inside(run)) {
            return (String::new(), self.text.clone());
        }
        if self.runs.iter().all(inside) {
            return (self.text.clone(), String::new());
        }
        let (mut own, mut rest) = (String::new(), String::new());
        for (text, node) in self.parts() {
            if node.is_some_and(|node| !nodes.contains(&node)) {
                rest.push(' ');
                rest.push_str(text);
            } else if node.is_some() || !own.ends_with(char::is_whitespace) {
                own.push_str(text);
            }
        }
        (own, rest)
    }

    fn parts(&self) -> impl Iterator<Item = (&str, Option<NodeId>)> {
        let mut start = 0;
        self.runs.iter().map(move |run| {
            let text = &self.text[start..run.end];
            start = run.end;
            (text, run.node)
        })
    }

    /// Makes a table row of pieces, each with the number of its cell.
    pub(super) fn row(pieces: &[(usize, Self)]) -> Self {
        let mut row =
            Self { shape: Shape::Block(Kind::Row), has_words: true, has_plain: true, ..Self::default() };
        let mut last = 0;
        for (number, (cell, piece)) in pieces.iter().enumerate() {
            if *cell > last {
                row.push_mark(&" | ".repeat(cell - last));
            } else if number > 0 {
                row.push_mark(" ");
            }
            last = *cell;
            for (text, node) in piece.parts() {
                row.add(&text.replace('\n', " "), node);
            }
        }
        row
    }
}
