//! The visible text of a page as pieces, in order.

use dom_query::{NodeData, NodeId, NodeRef};

use super::{
    element::Element,
    piece::{Piece, Shape},
};
use crate::{article::Kind, format::outline::indent};

/// Bytes of the longest table row. A longer one is no row of data, but a page laid out as a table.
const LONGEST_ROW: usize = 600;

/// Collects the pieces of all visible text in `root`.
pub(super) fn pieces(root: NodeRef<'_>) -> Vec<Piece> {
    let mut walk = Walk::default();
    let mut open = Vec::new();
    let mut node = root;
    let mut next = root.first_child();
    loop {
        while let Some(inner) = next {
            let element = walk.enter(inner);
            open.push(element);
            node = inner;
            next = if element.is_empty() { None } else { inner.first_child() };
        }
        let Some(element) = open.pop() else { break };
        walk.leave(element);
        next = node.next_sibling();
        if next.is_none()
            && let Some(parent) = node.parent()
        {
            node = parent;
        }
    }
    walk.end_piece();
    walk.pieces
}

#[derive(Debug, Default)]
struct Walk {
    pieces: Vec<Piece>,
    /// The piece being read.
    piece: Piece,
    /// Whether a space is due before the next word, and how many line breaks.
    space: bool,
    breaks: usize,
    /// Open links, and whether one has just ended.
    links: usize,
    linked: bool,
    heading: Option<u8>,
    code: usize,
    /// Open lists: the number of the next item, where they are numbered.
    lists: Vec<Option<u32>>,
    /// Open list items: whether their text is that of a list.
    items: Vec<bool>,
    /// The mark of a list item, while it is due.
    mark: Option<String>,
    /// Open table rows: the first piece of each cell.
    rows: Vec<Vec<usize>>,
}

impl Walk {
    fn enter(&mut self, node: NodeRef<'_>) -> Element {
        let text = |inner: &dom_query::TreeNode| match &inner.data {
            NodeData::Text { contents } => {
                self.write(contents, node.id);
                true
            }
            _ => false,
        };
        if node.query_or(false, text) {
            return Element::Inline;
        }
        let Some(inner) = node.element_ref() else { return Element::Hidden };
        let attribute = |name: &str| {
            let found = inner.attrs.iter().find(|attribute| &*attribute.name.local == name);
            found.map(|attribute| &*attribute.value)
        };
        let element = match Element::of(&inner.name.local, attribute) {
            // Inside a heading all blocks only part words.
            Element::Block
            | Element::List(_)
            | Element::Item
            | Element::Code
            | Element::Row
            | Element::Cell
                if self.heading.is_some() =>
            {
                Element::Word
            }
            element => element,
        };
        match element {
            Element::Hidden | Element::Inline => {}
            Element::Break if self.code > 0 => self.piece.push_mark("\n"),
            Element::Break => self.breaks += 1,
            Element::Image => self.write_image(attribute("alt").unwrap_or_default(), node.id),
            Element::Link => {
                self.space |= self.linked;
                self.links += 1;
            }
            Element::Word => self.space = true,
            Element::Block => self.end_block(),
            Element::Heading(level) => {
                self.end_piece();
                self.heading = Some(level);
                self.mark = None;
                // An item with a heading is a part of the article, not a line of a list.
                if let Some(item) = self.items.last_mut() {
                    *item = false;
                }
            }
            Element::List(first) => {
                self.end_piece();
                self.lists.push(first);
            }
            Element::Item => self.begin_item(),
            Element::Code => {
                self.end_piece();
                self.code += 1;
            }
            Element::Row => {
                self.end_piece();
                self.rows.push(Vec::new());
            }
            Element::Cell => {
                self.end_piece();
                let first = self.pieces.len();
                if let Some(cells) = self.rows.last_mut() {
                    cells.push(first);
                }
            }
        }
        element
    }

    fn leave(&mut self, element: Element) {
        match element {
            Element::Hidden | Element::Break | Element::Image | Element::Inline => {}
            Element::Link => {
                self.linked = true;
                self.links -= 1;
            }
            Element::Word => self.space = true,
            Element::Block => self.end_block(),
            Element::Cell => self.end_piece(),
            Element::Heading(_) => {
                self.end_piece();
                self.heading = None;
            }
            Element::List(_) => {
                self.end_piece();
                self.lists.pop();
            }
            Element::Item => {
                self.end_piece();
                self.items.pop();
                self.mark = None;
            }
            Element::Code => {
                self.end_piece();
                self.code -= 1;
            }
            Element::Row => {
                self.end_piece();
                let cells = self.rows.pop().unwrap_or_default();
                self.end_row(&cells);
            }
        }
    }

    fn begin_item(&mut self) {
        self.end_piece();
        let indent = indent(self.lists.len().saturating_sub(1));
        self.mark = Some(match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{indent}{}. ", *number - 1)
            }
            _ => format!("{indent}- "),
        });
        self.items.push(true);
    }

    fn write(&mut self, text: &str, node: NodeId) {
        if self.code > 0 {
            (self.piece.has_words, self.piece.has_plain) = (true, true);
            self.piece.push(text, node);
            return;
        }
        self.space |= text.starts_with(char::is_whitespace);
        if text.trim_start().is_empty() {
            return;
        }
        self.begin_word();
        self.piece.has_words = true;
        self.piece.push_words(text.split_whitespace(), node);
        self.space = text.ends_with(char::is_whitespace);
    }

    fn write_image(&mut self, description: &str, node: NodeId) {
        // One word with digits in it is the name of a file.
        let file = |char: char| char == '_' || char.is_ascii_digit();
        let description = description.trim();
        let is_file = description.contains(file) && !description.contains(char::is_whitespace);
        if description.is_empty() || is_file || self.code > 0 {
            return;
        }
        self.space = true;
        self.begin_word();
        self.piece.push_words(description.split_whitespace(), node);
        self.space = true;
    }

    /// Writes what is due before a word.
    fn begin_word(&mut self) {
        let in_heading = self.heading.is_some();
        if self.breaks > 1 && !in_heading {
            self.end_piece();
        }
        if self.piece.text.is_empty() {
            if let Some(mark) = self.mark.take() {
                self.piece.push_mark(&mark);
            } else if self.is_item() {
                self.piece.push_mark(&(indent(self.lists.len().saturating_sub(1)) + "  "));
            }
        } else if self.breaks > 0 && !in_heading {
            self.piece.push_mark("\n");
        } else if self.space || self.breaks > 0 {
            self.piece.push_mark(" ");
        }
        self.piece.has_plain |= self.links == 0;
        self.space = false;
        self.breaks = 0;
        self.linked = false;
    }

    fn is_item(&self) -> bool {
        self.items.last().is_some_and(|item| *item) && self.code == 0 && self.heading.is_none()
    }

    fn end_block(&mut self) {
        if self.code == 0 {
            self.end_piece();
        } else if !self.piece.text.is_empty() && !self.piece.text.ends_with('\n') {
            self.piece.push_mark("\n");
        }
    }

    fn end_piece(&mut self) {
        self.space = false;
        self.breaks = 0;
        let mut piece = std::mem::take(&mut self.piece);
        if !piece.is_text() {
            return;
        }
        piece.shape = match self.heading {
            Some(level) => Shape::Heading(level),
            None if self.code > 0 => Shape::Block(Kind::Code),
            None if self.is_item() => Shape::Block(Kind::Item),
            None => Shape::Block(Kind::Prose),
        };
        // The description of an image often says what its caption says.
        let is_caption =
            |last: &mut Piece| !last.has_words && piece.has_words && piece.text.contains(last.text.trim());
        self.pieces.pop_if(is_caption);
        self.pieces.push(piece);
    }

    /// Makes one piece of the cells of a row, where they hold no more than a table of data does.
    fn end_row(&mut self, cells: &[usize]) {
        let start = cells.first().map_or(self.pieces.len(), |&first| first.min(self.pieces.len()));
        let inner = &self.pieces[start..];
        let simple = |piece: &Piece| matches!(piece.shape, Shape::Block(Kind::Prose | Kind::Item));
        let mut length = 0;
        let is_data = inner.iter().all(|piece| {
            length += piece.text.len();
            simple(piece) && length <= LONGEST_ROW
        });
        if cells.len() < 2 || inner.is_empty() || !is_data {
            return;
        }
        let cell = |at: usize| cells.iter().rposition(|&first| first <= at).unwrap_or(0);
        let inner: Vec<(usize, Piece)> = self
            .pieces
            .drain(start..)
            .enumerate()
            .map(|(number, piece)| (cell(start + number), piece))
            .collect();
        self.pieces.push(Piece::row(&inner));
    }
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    #[test]
    fn a_page_is_read_as_it_is_seen() {
        let check = |page: &str, expected: &[&str]| {
            let document = Document::from(page);
            let pieces = pieces(document.body().expect("every page has a body"));
            let print = |piece: &Piece| match piece.shape {
                Shape::Heading(level) => format!("{level} {}", piece.text),
                Shape::Block(kind) => format!("{kind:?} {}", piece.text),
            };
            assert_eq!(pieces.iter().map(print).collect::<Vec<_>>(), expected, "{page}");
        };
        check("", &[]);
        check(
            "<p> a\n <i>b</i>c <b> d</b>e </p>f<div>g</div>h",
            &["Prose a bc de", "Prose f", "Prose g", "Prose h"],
        );
        check("<p>w&shy;o&shy;r&nbsp;d</p>", &["Prose wor d"]);
        check("<p>w<span>o</span>r<wbr>d</p><p><a>b</a><a>c</a>d</p>", &["Prose word", "Prose b cd"]);
        check("a<br>b<br> <br>c<button>d</button>e<hr>f", &["Prose a\nb", "Prose c d e", "Prose f"]);
        check("<h1>A<br><div>b</div></h1><h6><a>C</a></h6>", &["1 A b", "6 C"]);
        check("<ul><li>a<li><p>b</p><p>c</p></ul>", &["Item - a", "Item - b", "Item   c"]);
        check(
            "<ol start=3><li>a<ul><li>b</ul><li>c</ol>d",
            &["Item 3. a", "Item   - b", "Item 4. c", "Prose d"],
        );
        check("<ul><li><h2>A</h2><p>b</ul><li>c", &["2 A", "Prose b", "Item - c"]);
        check("<pre>\n a\n\n  <b>b</b><br>c</pre>d", &["Code  a\n\n  b\nc", "Prose d"]);
        check("<pre><div>a</div><div> b</div></pre>", &["Code a\n b\n"]);
        check("<dl><dt>a<dd>b</dl><blockquote>c</blockquote>", &["Prose a", "Prose b", "Prose c"]);
        check("<details><summary>a</summary>b</details>", &["Prose a", "Prose b"]);
        check("<p>a<script>b</script><style>c</style><svg><text>d</text></svg><p hidden>e", &["Prose a"]);
        check("<p>a<textarea>b</textarea><select><option>c</select><template>d</template>", &["Prose a"]);
        check("a<noscript>b</noscript><div style='display: none'>c</div>", &["Prose a"]);
    }

    #[test]
    fn a_table_of_data_has_rows() {
        let check = |page: &str, expected: &[&str]| {
            let document = Document::from(format!("<table>{page}</table>"));
            let pieces = pieces(document.body().expect("every page has a body"));
            let print = |piece: &Piece| format!("{:?} {}", piece.shape, piece.text);
            let expected: Vec<String> =
                expected.iter().map(|one| format!("Block({}", one.replacen(' ', ") ", 1))).collect();
            let found: Vec<String> = pieces.iter().map(print).collect();
            assert_eq!(found, expected, "{page}");
        };
        check("<caption>a</caption><tr><th>b<th>c<tr><td>d<td>e", &["Prose a", "Row b | c", "Row d | e"]);
        check("<tr><td>a<td><td>b<br>c<p>d</p><td>", &["Row a |  | b c d"]);
        check("<tr><td><td>a", &["Row  | a"]);
        check("<tr><td>a<ul><li>b<li>c</ul><td>d", &["Row a - b - c | d"]);
        check("<tr><td>a<tr><td>b", &["Prose a", "Prose b"]);
        check("<tr><td><table><tr><td>a<td>b</table><td>c", &["Row a | b", "Prose c"]);
        let long = "long ".repeat(200);
        check(&format!("<tr><td>a<td>{long}"), &["Prose a", &format!("Prose {}", long.trim())]);
    }

    #[test]
    fn an_image_is_its_description() {
        let check = |page: &str, expected: &[&str]| {
            let document = Document::from(page);
            let pieces = pieces(document.body().expect("every page has a body"));
            assert_eq!(
                pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(),
                expected,
                "{page}"
            );
        };
        check("<p>a<img alt='b c'>d</p>", &["a b c d"]);
        check("<figure><img alt='a b'><figcaption>c</figcaption></figure>", &["a b", "c"]);
        check("<figure><img alt='a b'><figcaption>See: a b.</figcaption></figure>", &["See: a b."]);
        check("<img alt='IMG_1'><img alt=''><img>", &[]);
    }
}
