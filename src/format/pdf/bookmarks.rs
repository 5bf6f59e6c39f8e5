//! The outline that a file has of itself, as headings: each entry is looked for on its page.

use std::collections::{HashMap, HashSet};

use hayro_syntax::{
    Pdf,
    object::{Array, Dict, Object, ObjectIdentifier, String as Bytes},
};

use super::{info, line::Line};

/// Entries of an outline that are read, and names of places in a file.
const MOST: usize = 50_000;

/// How deep entries, or tables of names, are nested.
const DEEPEST: usize = 12;

/// Lines over which one heading runs.
const MOST_LINES: usize = 4;

/// One entry of the outline.
struct Bookmark {
    level: u8,
    title: String,
    page: usize,
}

/// Finds the lines that the outline of the file names, and says so in them. Returns whether these
/// are the headings of the file.
pub(super) fn mark(pdf: &Pdf, pages: &mut [Vec<Line>]) -> bool {
    let bookmarks = read(pdf);
    let mut found = 0;
    for (number, bookmark) in bookmarks.iter().enumerate() {
        let Some(lines) = pages.get_mut(bookmark.page) else { continue };
        if let Some((from, to)) = find(lines, &bare(&bookmark.title)) {
            lines[from..to].iter_mut().for_each(|line| line.heading = Some((bookmark.level, number)));
            found += 1;
        }
    }
    let enough = found >= 2 && found * 5 >= bookmarks.len() * 2;
    if !enough {
        pages.iter_mut().flatten().for_each(|line| line.heading = None);
    }
    enough
}

/// Finds the lines that make up a title: of several those in the largest letters.
fn find(lines: &[Line], title: &str) -> Option<(usize, usize)> {
    if title.is_empty() {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    for from in 0..lines.len() {
        let mut text = String::new();
        for to in from..lines.len().min(from + MOST_LINES) {
            if lines[to].heading.is_some() || lines[to].turn != lines[from].turn {
                break;
            }
            text.push_str(&bare(&lines[to].text));
            if text.len() > title.len() + 24 {
                break;
            }
            let larger = best.is_none_or(|(one, _)| lines[from].size > lines[one].size * 1.05);
            if same(&text, title) && larger {
                best = Some((from, to + 1));
            }
        }
    }
    best
}

/// Says whether a line is a title: either may have a number before it that the other lacks.
fn same(line: &str, title: &str) -> bool {
    let rest = line.strip_suffix(title).or_else(|| title.strip_suffix(line).filter(|_| line.len() > 3));
    rest.is_some_and(|number| {
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        number.is_empty() || number.len() <= 20 && number.len() - digits <= 1 + 12 * usize::from(digits > 0)
    })
}

/// Returns the letters and digits of a text, small.
fn bare(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn read(pdf: &Pdf) -> Vec<Bookmark> {
    let Some(root) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else { return Vec::new() };
    let first = root.get::<Dict<'_>>("Outlines").and_then(|outlines| outlines.get::<Dict<'_>>("First"));
    let Some(first) = first else { return Vec::new() };
    let numbers = pdf.pages().iter().enumerate();
    let pages: HashMap<ObjectIdentifier, usize> =
        numbers.filter_map(|(number, page)| Some((page.raw().obj_id()?, number))).collect();
    let names = names(&root);
    let mut bookmarks = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![first];
    while let Some(entry) = open.pop() {
        if bookmarks.len() >= MOST || seen.len() >= 2 * MOST {
            break;
        }
        // Entries that lead back to where they come from would never end.
        if entry.obj_id().is_some_and(|id| !seen.insert(id)) {
            continue;
        }
        let level = open.len() + 1;
        let title = entry.get::<Bytes<'_>>("Title").map(|title| info::string(title.as_bytes()));
        let action = || entry.get::<Dict<'_>>("A").and_then(|action| action.get::<Object<'_>>("D"));
        let place = entry.get::<Object<'_>>("Dest").or_else(action);
        let page = place.and_then(|place| page(&place, &names, &pages));
        if let (Some(title), Some(page)) = (title, page) {
            bookmarks.push(Bookmark { level: level.min(6) as u8, title, page });
        }
        // What comes after an entry waits until all below it is read.
        let inner = entry.get::<Dict<'_>>("First").filter(|_| level < DEEPEST);
        match entry.get::<Dict<'_>>("Next") {
            Some(next) => open.push(next),
            None if inner.is_some() => open.push(Dict::empty()),
            None => {}
        }
        open.extend(inner);
    }
    bookmarks
}

/// Returns the number of the page that a place lies on.
fn page<'a>(
    place: &Object<'a>,
    names: &HashMap<Vec<u8>, Object<'a>>,
    pages: &HashMap<ObjectIdentifier, usize>,
) -> Option<usize> {
    let named = match place {
        Object::String(name) => names.get(name.as_bytes()),
        Object::Name(name) => names.get(name.as_ref()),
        _ => Some(place),
    };
    let array = match named? {
        Object::Array(array) => array.clone(),
        Object::Dict(dict) => dict.get::<Array<'_>>("D")?,
        _ => return None,
    };
    let first = array.raw_iter().next()?;
    match first.as_obj_ref() {
        Some(id) => pages.get(&id.into()).copied(),
        None => array.iter::<u32>().next().map(|number| number as usize),
    }
}

/// Returns the places of a file that have a name.
fn names<'a>(root: &Dict<'a>) -> HashMap<Vec<u8>, Object<'a>> {
    let mut names = HashMap::new();
    if let Some(places) = root.get::<Dict<'a>>("Dests") {
        for name in places.keys().take(MOST) {
            if let Some(place) = places.get::<Object<'a>>(&name) {
                names.insert(name.as_ref().to_vec(), place);
            }
        }
    }
    let tree = root.get::<Dict<'a>>("Names").and_then(|names| names.get::<Dict<'a>>("Dests"));
    let mut open: Vec<(Dict<'a>, usize)> = tree.map(|tree| (tree, 0)).into_iter().collect();
    let mut visited = 0;
    while let Some((branch, depth)) = open.pop() {
        visited += 1;
        if visited > MOST || names.len() > MOST {
            break;
        }
        let pairs = branch.get::<Array<'a>>("Names");
        let mut pairs = pairs.iter().flat_map(|pairs| pairs.iter::<Object<'a>>());
        while let (Some(name), Some(place)) = (pairs.next(), pairs.next()) {
            if let Object::String(name) = name {
                names.insert(name.as_bytes().to_vec(), place);
            }
        }
        let kids = branch.get::<Array<'a>>("Kids").filter(|_| depth < DEEPEST);
        open.extend(
            kids.iter().flat_map(|kids| kids.iter::<Dict<'a>>()).take(MOST).map(|kid| (kid, depth + 1)),
        );
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_known_with_and_without_its_number() {
        let check = |line: &str, title: &str, expected: bool| {
            assert_eq!(same(&bare(line), &bare(title)), expected, "{line} {title}");
        };
        check("The late tide", "The late tide", true);
        check("1.2 The late tide", "The late tide", true);
        check("Chapter 3. The late tide", "The late tide", true);
        check("The late tide", "A. The late tide", true);
        check("On the late tide", "The late tide", false);
        check("tide", "The late tide", false);
    }
}
