//! The styles of an OpenDocument file, as far as they say what a paragraph is, and its lists.

use std::collections::HashMap;

use crate::format::{office::number::Digits, xml::Element};

/// Styles that one may be made from through others.
const LONGEST_CHAIN: usize = 20;

/// Levels of a list.
const LEVELS: usize = 10;

/// The marker of a list without numbers.
const BULLET: &str = "-";

/// What kind of paragraph a style makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    Title,
    Code,
}

#[derive(Debug, Default)]
struct Style {
    parent: Option<String>,
    hidden: bool,
}

/// How the items of one level are numbered.
#[derive(Clone, Debug, Default)]
struct Level {
    digits: Option<Digits>,
    prefix: String,
    suffix: String,
    start: Option<u32>,
    /// How many numbers are printed, from the innermost outwards.
    shown: usize,
}

/// The styles of a document, while and after they are read.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    /// The style that is read.
    style: Option<String>,
    lists: HashMap<String, Vec<Level>>,
    list: Option<String>,
}

impl Styles {
    /// Reads an element, if it is one of a style.
    pub(super) fn start(&mut self, element: &Element<'_>) {
        let attribute = |name| element.attribute(name);
        match element.name() {
            "style" => {
                let family = attribute("family").unwrap_or_default();
                let name = key(&family, &attribute("name").unwrap_or_default());
                let parent = attribute("parent-style-name").map(|parent| key(&family, &parent));
                self.styles.insert(name.clone(), Style { parent, hidden: false });
                self.style = Some(name);
            }
            "text-properties" => {
                let style = self.style.as_ref().and_then(|name| self.styles.get_mut(name));
                let hidden = attribute("display").as_deref() == Some("none");
                style.into_iter().for_each(|style| style.hidden |= hidden);
            }
            "list-style" => self.list = attribute("name"),
            name @ ("list-level-style-number" | "list-level-style-bullet") => {
                let Some(list) = self.list.clone() else { return };
                let at = attribute("level").and_then(|level| level.parse::<usize>().ok()).unwrap_or(1);
                let levels = self.lists.entry(list).or_insert_with(|| vec![Level::default(); LEVELS]);
                let Some(level) = at.checked_sub(1).and_then(|at| levels.get_mut(at)) else { return };
                let text = |name| attribute(name).unwrap_or_default().chars().take(20).collect::<String>();
                *level = Level {
                    digits: Some(name)
                        .filter(|name| name.ends_with("number"))
                        .and_then(|_| digits(&text("num-format"))),
                    prefix: text("num-prefix"),
                    suffix: text("num-suffix"),
                    start: attribute("start-value").and_then(|start| start.parse().ok()),
                    shown: attribute("display-levels").and_then(|shown| shown.parse().ok()).unwrap_or(1),
                };
            }
            _ => {}
        }
    }

    /// Says whether text of this style is hidden.
    pub(super) fn hides(&self, family: &str, name: &str) -> bool {
        self.chain(key(family, name)).any(|(_, style)| style.hidden)
    }

    /// Returns what kind of paragraph this style makes.
    pub(super) fn class(&self, name: &str) -> Option<Class> {
        let class = |name: &str| match name {
            "Title" => Some(Class::Title),
            "Preformatted Text" | "Preformatted_20_Text" | "Source_20_Code" => Some(Class::Code),
            _ => None,
        };
        let unknown = class(name);
        unknown
            .or_else(|| self.chain(key("paragraph", name)).find_map(|(key, _)| class(key.split_once(' ')?.1)))
    }

    /// Returns the marker of an item, by the style of its list and the numbers of all levels down to
    /// its own.
    pub(super) fn marker(&self, list: &str, numbers: &[u32]) -> Option<String> {
        let at = numbers.len().checked_sub(1)?.min(LEVELS - 1);
        let Some(levels) = self.lists.get(list) else { return Some(BULLET.into()) };
        let level = &levels[at];
        let Some(digits) = level.digits else { return Some(BULLET.into()) };
        let first = (at + 1).saturating_sub(level.shown.max(1));
        let outer = (first..at).filter_map(|at| Some(levels[at].digits?.print(numbers[at])));
        let shown: Vec<String> = outer.chain([digits.print(numbers[at])]).collect();
        let marker = format!("{}{}{}", level.prefix, shown.join("."), level.suffix);
        Some(marker.trim().to_owned()).filter(|marker| !marker.is_empty())
    }

    /// Returns the number that the first item of a level has.
    pub(super) fn first(&self, list: &str, depth: usize) -> u32 {
        self.lists.get(list).and_then(|levels| levels.get(depth)?.start).unwrap_or(1)
    }

    /// Returns a style and those that it is made from, each with its key.
    fn chain(&self, key: String) -> impl Iterator<Item = (&str, &Style)> {
        let find = |key: &str| self.styles.get_key_value(key).map(|(key, style)| (key.as_str(), style));
        let next = move |(_, style): &(&str, &Style)| style.parent.as_deref().and_then(find);
        std::iter::successors(find(&key), next).take(LONGEST_CHAIN)
    }
}

/// Returns the key of a style: styles of two families may have one name.
fn key(family: &str, name: &str) -> String {
    format!("{family} {name}")
}

fn digits(format: &str) -> Option<Digits> {
    Some(match format {
        "" => return None,
        "a" => Digits::Letters,
        "A" => Digits::Capitals,
        "i" => Digits::Roman,
        "I" => Digits::RomanCapitals,
        _ => Digits::Decimal,
    })
}
