//! Saved pages: the article, and around it all other visible text.
//!
//! What the article is, is told by the algorithm of Mozilla's Readability. It decides about the nodes
//! of the page, not about text: the text is read from the page as it was, so that headings, lists and
//! tables stay what they are, and each text is either article or around it, never both.

use std::collections::HashSet;

use dom_query::{Document, NodeId};
use dom_smoothie::{Config, Readability};

use self::page::{Piece, Shape};
use super::{Cause, Flow, Format, Input, decode::decode, outline::Outline};
use crate::article::{Article, Kind, Lines, Role, Section};

mod head;
mod page;
mod tags;
mod tame;

/// The reader of saved pages.
pub(super) struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["html", "htm", "xhtml"]
    }

    fn read(&self, input: Input<'_>, each: &mut dyn FnMut(Article) -> Flow) -> Result<(), Cause> {
        let decoded = decode(input.bytes, declared(input.bytes).as_deref())?;
        let mut article = article(&decoded.text);
        article.warnings.extend(decoded.warning);
        let _ = each(article);
        Ok(())
    }
}

/// Bytes at the start of a page in which its encoding may be declared.
const DECLARED_WITHIN: usize = 2_048;

/// Most work the search for the article may be: the sum of the depths of all elements. A page of
/// 50,000 elements has about a million.
const HEAVIEST: usize = 6_000_000;

/// Words in a row that tell that a text stands elsewhere already.
const WORDS_IN_A_ROW: usize = 8;

fn article(text: &str) -> Article {
    let page = tame::tame(text);
    let document = Document::from(page.html.as_str());
    let mut article = head::read(&document, &page);
    article.lines = Lines::Text;
    let pieces = document.body().map(page::pieces).unwrap_or_default();
    if page.flattened {
        article.warnings.push("nested too deeply: some of its structure was left out".to_owned());
    }
    let found = if page.weight <= HEAVIEST { main_nodes(document) } else { None };
    let nodes = found.unwrap_or_default();
    let title = article.title.as_deref().unwrap_or_default();
    article.sections = sections(&pieces, &nodes, title);
    if article.sections.iter().all(|section| section.role == Role::Aside) && !pieces.is_empty() {
        article.warnings.push("no main article found; all text of the page was taken".to_owned());
        article.sections = all_sections(&pieces);
    }
    article
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

/// Puts the pieces of the article under their headings, and all others into one last section.
fn sections(pieces: &[Piece], nodes: &HashSet<NodeId>, title: &str) -> Vec<Section> {
    let title = key(title);
    let mut outline = Outline::default();
    let parts: Vec<(String, String)> = pieces.iter().map(|piece| part(piece, nodes)).collect();
    let is_text = |at: usize| matches!(pieces[at].shape, Shape::Block(_)) && !parts[at].0.is_empty();
    let mut known = Known::default();
    let mut rest = Vec::new();
    let mut last = None;
    for (at, (piece, (own, other))) in pieces.iter().zip(&parts).enumerate() {
        let is_title = key(&piece.text) == title;
        match piece.shape {
            Shape::Heading(level) if is_title => {
                outline.close(level);
                known.add(own);
            }
            Shape::Heading(level) => {
                // A heading that was left out, but stands between two texts of the article.
                let between = last == Some(at.wrapping_sub(1)) && at + 1 < pieces.len() && is_text(at + 1);
                let own = if own.is_empty() && between { other } else { own };
                outline.heading(level, own, 0);
                known.add(own);
                if own.is_empty() {
                    rest.push((Kind::Prose, other));
                }
            }
            Shape::Block(_) if is_title && (last.is_none() || !piece.has_words) => known.add(own),
            Shape::Block(kind) => {
                if is_text(at) && (piece.has_words || known.add_new(own)) {
                    outline.push(kind, own, 0);
                    known.add(own);
                    last = Some(at);
                }
                rest.push((kind, other));
            }
        }
    }
    let mut sections = outline.finish();
    let mut around = Section { role: Role::Aside, ..Section::default() };
    for (kind, text) in rest {
        if known.add_new(text) {
            around.push(kind, text, 0);
        }
    }
    if !around.blocks.is_empty() {
        sections.push(around);
    }
    sections
}

/// Parts the text of a piece into what is of the article and what is not.
fn part(piece: &Piece, nodes: &HashSet<NodeId>) -> (String, String) {
    // A paragraph that is nothing but a link leads to another article.
    if piece.is_link && piece.shape == Shape::Block(Kind::Prose) {
        return (String::new(), piece.text.clone());
    }
    piece.part(nodes)
}

fn all_sections(pieces: &[Piece]) -> Vec<Section> {
    let mut outline = Outline::default();
    for piece in pieces {
        match piece.shape {
            Shape::Heading(level) => outline.heading(level, &piece.text, 0),
            Shape::Block(kind) => outline.push(kind, &piece.text, 0),
        }
    }
    outline.finish()
}

/// Text that was taken already.
#[derive(Debug, Default)]
struct Known {
    texts: HashSet<String>,
    rows: HashSet<u64>,
}

impl Known {
    fn add(&mut self, text: &str) {
        self.rows.extend(rows(text));
        self.texts.insert(key(text));
    }

    /// Adds a text, and returns whether it says anything that was not known.
    fn add_new(&mut self, text: &str) -> bool {
        let key = key(text);
        let rows: Vec<u64> = rows(text).collect();
        let repeated = !rows.is_empty() && rows.iter().all(|row| self.rows.contains(row));
        self.rows.extend(rows);
        !key.is_empty() && self.texts.insert(key) && !repeated
    }
}

/// Returns a number for each run of words, where there are enough of them.
fn rows(text: &str) -> impl Iterator<Item = u64> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let words: Vec<String> = text.split_whitespace().map(key).filter(|word| !word.is_empty()).collect();
    let count = (words.len() + 1).saturating_sub(WORDS_IN_A_ROW);
    (0..count).map(move |at| {
        let mut hasher = DefaultHasher::new();
        words[at..at + WORDS_IN_A_ROW].hash(&mut hasher);
        hasher.finish()
    })
}

/// Returns the letters and digits of a text, lowercase: texts that differ in nothing else are the same.
fn key(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Finds the encoding that a page declares.
fn declared(bytes: &[u8]) -> Option<String> {
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
