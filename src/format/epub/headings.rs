//! The headings of a chapter: its own, and those that only the table of contents has.
//!
//! How deep a heading stands is said by the table of contents, which knows parts and chapters; a
//! document knows only itself, and often every chapter of a book begins with the same kind of heading.

use super::{
    super::html::{Shape, chapter::Part, same},
    contents::Entry,
};

/// Most parts of a chapter among which the heading is looked for that an entry names, and most bytes
/// of text before it.
const WITHIN: (usize, usize) = (8, 300);

/// Bytes of the longest heading that an entry may name.
const LONGEST: usize = 400;

/// Most headings in a row that an entry may name as one.
const MOST_JOINED: usize = 3;

/// Headings are nested no deeper.
const DEEPEST: i16 = 12;

/// What becomes of a part of a chapter.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// Headings that are written before it: level and text.
    pub before: Vec<(u8, String)>,
    /// If it is a heading: the level, and another text for it.
    pub heading: Option<(u8, Option<String>)>,
    /// Whether it is a part of the heading before it.
    pub joined: bool,
}

/// How the levels of headings in documents become those of the book; goes from chapter to chapter.
#[derive(Debug)]
pub(super) struct Levels {
    /// What is added to the level that a document gives.
    offset: i16,
    /// The level that a heading has at least.
    least: i16,
    /// The depth of an entry that has no heading of its own, until a heading comes below it.
    bare: Option<i16>,
}

impl Default for Levels {
    fn default() -> Self {
        Self { offset: 0, least: 1, bare: None }
    }
}

impl Levels {
    /// Decides what becomes of the parts of a chapter. `entries` are those that lead into it, in order.
    pub(super) fn settle(&mut self, parts: &[Part], entries: &[&Entry]) -> Vec<Fate> {
        let mut fates: Vec<Fate> = parts.iter().map(|_| Fate::default()).collect();
        let marks = marks(parts, entries);
        // The entry that a heading belongs to, and the text that it gets.
        let mut owned: Vec<Option<(i16, Option<String>)>> = vec![None; parts.len()];
        let mut inserted: Vec<Vec<&Entry>> = vec![Vec::new(); parts.len()];
        let ends = ends(&marks, parts.len());
        for (&(at, entry), end) in marks.iter().zip(ends) {
            let end = end.min(at + WITHIN.0);
            // What an entry leads to by name is its heading, whatever the words.
            let named = !entry.target.fragment.is_empty() && matches!(parts[at].shape, Shape::Heading(_));
            let own = || (named && owned[at].is_none()).then_some((at, 1, None));
            match find(&parts[..end], at, &entry.title, &owned).or_else(own) {
                Some((own, joined, text)) => {
                    owned[own] = Some((i16::from(entry.depth), text));
                    fates[own + 1..own + joined].iter_mut().for_each(|fate| fate.joined = true);
                }
                None => inserted[at].push(entry),
            }
        }
        let floor = entries.iter().map(|entry| i16::from(entry.depth)).min().unwrap_or(1);
        // A document without an entry goes on with the last.
        if !entries.is_empty() {
            (self.least, self.bare) = (floor, None);
        }
        for (at, part) in parts.iter().enumerate() {
            for entry in &inserted[at] {
                let depth = i16::from(entry.depth);
                fates[at].before.push((level(depth), entry.title.clone()));
                (self.least, self.bare) = (depth + 1, Some(depth));
            }
            let Shape::Heading(own) = part.shape else { continue };
            let own = i16::from(own);
            fates[at].heading = Some(match owned[at].take() {
                Some((depth, text)) => {
                    (self.offset, self.least, self.bare) = (depth - own, floor, None);
                    (level(depth), text)
                }
                None => {
                    if let Some(depth) = self.bare.take() {
                        self.offset = depth + 1 - own;
                    }
                    (level((own + self.offset).max(self.least)), None)
                }
            });
        }
        fates
    }
}

fn level(depth: i16) -> u8 {
    u8::try_from(depth.clamp(1, DEEPEST)).unwrap_or(1)
}

/// Returns the part that each entry leads to, in the order of the parts.
fn marks<'a>(parts: &[Part], entries: &[&'a Entry]) -> Vec<(usize, &'a Entry)> {
    let mut places = std::collections::HashMap::new();
    for (at, part) in parts.iter().enumerate() {
        for anchor in &part.anchors {
            places.entry(anchor.as_str()).or_insert(at);
        }
    }
    let mut marks: Vec<(usize, &Entry)> = Vec::new();
    let mut last = 0;
    for entry in entries {
        // An element that is not there may be one that the entry before it is near to.
        last = match entry.target.fragment.as_str() {
            "" => 0,
            fragment => places.get(fragment).copied().unwrap_or(last),
        };
        marks.push((last, entry));
    }
    if parts.is_empty() {
        marks.clear();
    }
    marks.sort_by_key(|mark| mark.0);
    marks
}

/// Returns where the next mark after each stands that is not at the same place.
fn ends(marks: &[(usize, &Entry)], end: usize) -> Vec<usize> {
    let mut ends = vec![end; marks.len()];
    for number in (1..marks.len()).rev() {
        let same = marks[number - 1].0 == marks[number].0;
        ends[number - 1] = if same { ends[number] } else { marks[number].0 };
    }
    ends
}

/// Finds the heading of a title, from a part on: its number, how many headings make it up, and the
/// text it should have instead of its own.
fn find(
    parts: &[Part],
    from: usize,
    title: &str,
    owned: &[Option<(i16, Option<String>)>],
) -> Option<(usize, usize, Option<String>)> {
    let mut near = Vec::new();
    let mut passed = 0;
    for at in from..parts.len() {
        match parts[at].shape {
            Shape::Heading(_) if owned[at].is_none() && parts[at].text.len() <= LONGEST => near.push(at),
            Shape::Heading(_) => {}
            Shape::Block(_) => passed += parts[at].text.len(),
        }
        if passed > WITHIN.1 {
            break;
        }
    }
    if let Some(&at) = near.iter().find(|&&at| same(&parts[at].text, title)) {
        return Some((at, 1, None));
    }
    for &at in &near {
        let is_heading = |part: &&Part| matches!(part.shape, Shape::Heading(_)) && part.text.len() <= LONGEST;
        let row = parts[at..].iter().take_while(is_heading).take(MOST_JOINED).enumerate();
        let mut joined = String::new();
        for (number, part) in row {
            joined = joined + &part.text + " ";
            if number > 0 && same(&joined, title) {
                return Some((at, number + 1, Some(title.to_owned())));
            }
        }
    }
    let title_words = words(title);
    near.into_iter().find_map(|at| {
        let own = words(&parts[at].text);
        let (shorter, longer) =
            if own.len() < title_words.len() { (&own, &title_words) } else { (&title_words, &own) };
        let within = shorter.len() > 2 && longer.contains(shorter.as_str());
        within.then(|| (at, 1, (own.len() < title_words.len()).then(|| title.to_owned())))
    })
}

/// Returns the words of a text, a blank before and after each.
fn words(text: &str) -> String {
    let mut words = String::from(" ");
    for word in text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words.extend(word.chars().flat_map(char::to_lowercase));
        words.push(' ');
    }
    words
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{
        super::{super::html::chapter, href::Target},
        *,
    };

    /// The entries of a chapter: depth, title, fragment.
    type Listed<'a> = &'a [(u8, &'a str, &'a str)];

    /// Prints the headings of chapters, each with its level; `-` is other text, `/` a new chapter.
    fn print(chapters: &[(&str, Listed<'_>)]) -> String {
        let mut levels = Levels::default();
        let mut printed = Vec::new();
        for (page, entries) in chapters {
            let entries: Vec<Entry> = entries
                .iter()
                .map(|&(depth, title, fragment)| Entry {
                    depth,
                    title: title.to_owned(),
                    target: Target { path: String::new(), fragment: fragment.to_owned() },
                })
                .collect();
            let wanted: HashSet<&str> = entries.iter().map(|entry| entry.target.fragment.as_str()).collect();
            let parts = chapter::read(page, &wanted).parts;
            for (part, fate) in parts.iter().zip(levels.settle(&parts, &entries.iter().collect::<Vec<_>>())) {
                printed.extend(fate.before.iter().map(|(level, text)| format!("{level} {text}")));
                match fate.heading {
                    _ if fate.joined => {}
                    Some((level, text)) => {
                        printed.push(format!("{level} {}", text.as_ref().unwrap_or(&part.text)))
                    }
                    None => printed.push("-".to_owned()),
                }
            }
        }
        printed.join(", ")
    }

    #[test]
    fn a_chapter_has_its_headings_once() {
        let check = |page: &str, entries: Listed<'_>, expected: &str| {
            assert_eq!(print(&[(page, entries)]), expected, "{page}");
        };
        check("<p>a", &[], "-");
        check("<h2>A</h2><p>a<h3>B</h3>", &[], "2 A, -, 3 B");
        check("<p>a", &[(1, "One", "")], "1 One, -");
        check("<h1>ONE</h1><p>a", &[(1, "One", "")], "1 ONE, -");
        check("<h2>One</h2><p>a<h3>B</h3><p>b<h2>C</h2>", &[(2, "One", "")], "2 One, -, 3 B, -, 2 C");
        check("<h1>1. One</h1><p>a", &[(1, "One", "")], "1 1. One, -");
        check("<h1>I</h1><p>a", &[(1, "I. One", "")], "1 I. One, -");
        check(
            "<h1>Chapter 1</h1><h2>One</h2><p>a<h2>B</h2>",
            &[(1, "Chapter 1: One", "")],
            "1 Chapter 1: One, -, 2 B",
        );
        check("<h1>One</h1><p>a<h2>B</h2>", &[(1, "Preface", "")], "1 Preface, 2 One, -, 3 B");
        check("<p>12</p><h1>One</h1><p>a", &[(1, "One", "")], "-, 1 One, -");
        check("<p>a<h3>B</h3><h2>C</h2>", &[(1, "One", "")], "1 One, -, 2 B, 2 C");
    }

    #[test]
    fn nested_entries_give_outer_headings() {
        let check = |page: &str, entries: Listed<'_>, expected: &str| {
            assert_eq!(print(&[(page, entries)]), expected, "{page}");
        };
        check("<h1>One</h1><p>a", &[(1, "Part", ""), (2, "One", "")], "1 Part, 2 One, -");
        check("<h1>Part</h1><h2>One</h2><p>a", &[(1, "Part", ""), (2, "One", "")], "1 Part, 2 One, -");
        check(
            "<h1>One</h1><p>a<p id=b>b<h1 id=c>C</h1><p>c",
            &[(1, "One", ""), (2, "B", "b"), (2, "C", "c")],
            "1 One, -, 2 B, -, 2 C, -",
        );
        check("<h1 id=b>The second</h1><p>b", &[(1, "One", ""), (2, "Two", "b")], "1 One, 2 The second, -");
        check("<p>a<p id=b>b", &[(1, "One", "none"), (2, "Two", "b")], "1 One, -, 2 Two, -");
    }

    #[test]
    fn levels_go_from_chapter_to_chapter() {
        assert_eq!(
            print(&[
                ("<h1>Part</h1>", &[(1, "Part", "")]),
                ("<h1>One</h1><p>a", &[(2, "One", "")]),
                ("<p>b<h2>B</h2>", &[]),
                ("<h1>Two</h1><p>c", &[(2, "Two", "")]),
                ("<h1>Notes</h1>", &[]),
            ]),
            "1 Part, 2 One, -, -, 3 B, 2 Two, -, 2 Notes"
        );
    }
}
