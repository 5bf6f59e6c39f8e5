//! The numbers and bullets before the items of a Word document's lists.
//!
//! A paragraph names a list, which may change an abstract one; lists of one abstract list go on
//! counting where the other left off, unless they say where to start.

use std::collections::{HashMap, HashSet};

use crate::format::{
    office::number::Digits,
    xml::{Element, Node, Xml},
};

/// Levels of a list.
const LEVELS: usize = 9;

/// Bytes of the longest marker that is printed.
const LONGEST_MARKER: usize = 40;

/// The marker of a list without numbers.
const BULLET: &str = "-";

/// How the items of one level are numbered.
#[derive(Clone, Debug, Default)]
struct Level {
    start: Option<u32>,
    /// None for a bullet.
    digits: Option<Digits>,
    /// The marker, with `%1` for the number of the outermost level; empty for none.
    text: String,
    /// Whether all numbers are decimal.
    legal: bool,
}

/// A list that paragraphs name.
#[derive(Clone, Debug, Default)]
struct List {
    abstracted: String,
    /// Where it starts to count anew, by level.
    starts: HashMap<usize, u32>,
    levels: HashMap<usize, Level>,
}

/// The lists of a document, and how far they have been counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    abstracts: HashMap<String, HashMap<usize, Level>>,
    lists: HashMap<String, List>,
    /// By abstract list: the last number of each level.
    counts: HashMap<String, [Option<u32>; LEVELS]>,
    /// Lists that have started anew at a level.
    started: HashSet<(String, usize)>,
}

impl Numbering {
    /// Reads the part that holds the lists.
    pub(super) fn read(text: &str) -> Self {
        let mut numbering = Self::default();
        // Links from an abstract list to a style, and from a style to the abstract list that it is.
        let (mut linked, mut linking) = (HashMap::new(), Vec::new());
        let mut list: Option<(String, List)> = None;
        let mut at = 0;
        for node in Xml::new(text) {
            let element = match node {
                Node::Start(element) => element,
                Node::End(name) => {
                    match (name.as_str(), list.take_if(|_| matches!(name.as_str(), "abstractNum" | "num"))) {
                        ("abstractNum", Some((id, list))) => {
                            drop(numbering.abstracts.insert(id, list.levels))
                        }
                        (_, Some((id, list))) => drop(numbering.lists.insert(id, list)),
                        _ => {}
                    }
                    continue;
                }
                Node::Text(_) => continue,
            };
            let value = element.attribute("val").unwrap_or_default();
            let Some((id, list)) = &mut list else {
                let id = match element.name() {
                    "abstractNum" => element.attribute("abstractNumId"),
                    "num" => element.attribute("numId"),
                    _ => None,
                };
                list = id.map(|id| (id, List::default()));
                continue;
            };
            match element.name() {
                "abstractNumId" => list.abstracted = value,
                "styleLink" => drop(linked.insert(value, id.clone())),
                "numStyleLink" => linking.push((id.clone(), value)),
                "lvl" | "lvlOverride" => at = level(&element),
                "startOverride" => drop(value.parse().map(|start| list.starts.insert(at, start))),
                name @ ("start" | "numFmt" | "lvlText" | "isLgl") => {
                    let level = list.levels.entry(at).or_default();
                    match name {
                        "start" => level.start = value.parse().ok(),
                        "lvlText" => level.text = value.chars().take(LONGEST_MARKER).collect(),
                        "isLgl" => level.legal = super::style::is_on(element.attribute("val").as_deref()),
                        _ => level.digits = digits(&value),
                    }
                }
                _ => {}
            }
        }
        for (id, style) in linking {
            if let Some(levels) = linked.get(&style).and_then(|id| numbering.abstracts.get(id)).cloned() {
                numbering.abstracts.insert(id, levels);
            }
        }
        numbering
    }

    /// Counts an item, and returns its marker: none where it goes on with the item before. Returns
    /// none at all where there is no such list.
    pub(super) fn count(&mut self, id: &str, level: usize) -> Option<Option<String>> {
        let list = self.lists.get(id)?;
        let level = level.min(LEVELS - 1);
        let levels = self.abstracts.get(&list.abstracted);
        let of = |at: usize| list.levels.get(&at).or_else(|| levels?.get(&at));
        let counts = self.counts.entry(list.abstracted.clone()).or_default();
        let anew = list.starts.get(&level).filter(|_| self.started.insert((id.to_owned(), level)));
        let start = |at: usize| {
            list.starts.get(&at).copied().or_else(|| of(at).and_then(|level| level.start)).unwrap_or(1)
        };
        counts[level] = Some(match (anew, counts[level]) {
            (Some(&anew), _) => anew,
            (None, Some(last)) => last.saturating_add(1),
            (None, None) => start(level),
        });
        counts[level + 1..].fill(None);
        let this = of(level)?;
        let Some(digits) = this.digits else {
            let blank = this.text.trim().is_empty();
            return Some((!blank).then(|| BULLET.into()));
        };
        let mut marker = String::new();
        let mut chars = this.text.chars();
        while let Some(char) = chars.next() {
            let place =
                Some(char).filter(|char| *char == '%').and_then(|_| chars.clone().next()?.to_digit(10));
            match place {
                Some(place @ 1..=9) => {
                    chars.next();
                    let at = place as usize - 1;
                    let number = counts[at].unwrap_or_else(|| start(at));
                    let own = if at == level { Some(digits) } else { of(at).and_then(|level| level.digits) };
                    let digits = if this.legal { Digits::Decimal } else { own.unwrap_or_default() };
                    marker.push_str(&digits.print(number));
                }
                _ => marker.push(char),
            }
        }
        let marker = marker.trim();
        Some((!marker.is_empty()).then(|| marker.to_owned()))
    }
}

fn level(element: &Element<'_>) -> usize {
    element.attribute("ilvl").and_then(|level| level.parse().ok()).unwrap_or(0).min(LEVELS - 1)
}

/// Returns the digits of a number format; none for bullets.
fn digits(name: &str) -> Option<Digits> {
    Some(match name {
        "bullet" | "none" => return None,
        "lowerLetter" => Digits::Letters,
        "upperLetter" => Digits::Capitals,
        "lowerRoman" => Digits::Roman,
        "upperRoman" => Digits::RomanCapitals,
        "decimalZero" => Digits::Padded,
        _ => Digits::Decimal,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted_as_word_does() {
        let level = |at: usize, format: &str, text: &str| {
            format!(
                "<w:lvl w:ilvl='{at}'><w:start w:val='1'/><w:numFmt w:val='{format}'/><w:lvlText w:val='{text}'/></w:lvl>"
            )
        };
        let text = format!(
            "<w:numbering><w:abstractNum w:abstractNumId='0'>{}{}</w:abstractNum>\
             <w:abstractNum w:abstractNumId='1'>{}{}</w:abstractNum>\
             <w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>\
             <w:num w:numId='2'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='5'/></w:lvlOverride></w:num>\
             <w:num w:numId='3'><w:abstractNumId w:val='1'/></w:num></w:numbering>",
            level(0, "decimal", "%1."),
            level(1, "lowerLetter", "%1.%2)"),
            level(0, "bullet", "\u{f0b7}"),
            level(1, "bullet", " "),
        );
        let mut numbering = Numbering::read(&text);
        let mut check = |id, level, expected: Option<Option<&str>>| {
            let marker = numbering.count(id, level);
            assert_eq!(marker.as_ref().map(Option::as_deref), expected, "{id} {level}");
        };
        check("1", 0, Some(Some("1.")));
        check("1", 1, Some(Some("1.a)")));
        check("1", 1, Some(Some("1.b)")));
        check("1", 0, Some(Some("2.")));
        check("1", 1, Some(Some("2.a)")));
        check("2", 0, Some(Some("5.")));
        check("2", 0, Some(Some("6.")));
        check("3", 0, Some(Some("-")));
        check("3", 1, Some(None));
        check("3", 77, None);
        check("9", 0, None);
    }
}
