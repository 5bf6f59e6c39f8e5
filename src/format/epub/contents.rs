//! The table of contents of a book: of EPUB 3 a page with a list in it, of EPUB 2 a file of its own.

use super::{
    super::{
        html::same,
        line,
        xml::{Node, Xml},
    },
    href::{Target, resolve},
};

/// Most entries that are taken.
const MOST: usize = 20_000;

/// Entries deeper than this are taken for less deep.
const DEEPEST: u8 = 8;

/// Bytes of the longest title. A longer one is a list of what the chapter tells.
const LONGEST: usize = 200;

/// An entry of the table of contents.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// How deep it stands; the outermost at 1.
    pub depth: u8,
    /// What it says.
    pub title: String,
    /// Where it leads.
    pub target: Target,
}

/// The table of contents, and what else a navigation document names.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// Places by what they are, such as `cover` and `toc`.
    pub landmarks: Vec<(String, Target)>,
}

/// An entry that may lead nowhere.
struct Found {
    depth: usize,
    title: String,
    target: Option<Target>,
}

/// Reads the navigation document that stands at `path`.
pub(super) fn of_nav(text: &str, path: &str) -> Contents {
    let mut xml = Xml::new(text);
    let mut found: Vec<Found> = Vec::new();
    let mut landmarks = Vec::new();
    // What the open `nav` holds, and how many lists are open in it.
    let mut kind: Option<String> = None;
    let mut depth = 0_usize;
    while let Some(node) = xml.next() {
        let element = match node {
            Node::Start(element) => element,
            Node::End(name) => {
                match name.as_str() {
                    "nav" => kind = None,
                    "ol" | "ul" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                continue;
            }
            Node::Text(_) => continue,
        };
        let stated = || element.attribute("type").unwrap_or_default().to_ascii_lowercase();
        let Some(nav) = &kind else {
            if element.name() == "nav" {
                kind = Some(stated());
                depth = 0;
            }
            continue;
        };
        let is = |name: &str| nav.split_whitespace().any(|one| one == name);
        match element.name() {
            "ol" | "ul" => depth += 1,
            "a" | "span" if depth > 0 => {
                let target = element.attribute("href").and_then(|href| resolve(path, &href));
                let kind = stated();
                let title = xml.text_inside();
                if is("landmarks") {
                    landmarks.extend(target.filter(|_| landmarks.len() < MOST).map(|target| (kind, target)));
                } else if (is("toc") || nav.is_empty()) && found.len() < MOST {
                    found.push(Found { depth, title, target });
                }
            }
            _ => {}
        }
    }
    Contents { entries: entries(found), landmarks }
}

/// Reads the table of contents that stands at `path`.
pub(super) fn of_ncx(text: &str, path: &str) -> Contents {
    let mut xml = Xml::new(text);
    let mut found: Vec<Found> = Vec::new();
    // The numbers of the entries that are open.
    let mut open: Vec<usize> = Vec::new();
    while let Some(node) = xml.next() {
        match node {
            Node::Start(element) => match element.name() {
                "navPoint" if found.len() < MOST => {
                    open.push(found.len());
                    found.push(Found { depth: open.len(), title: String::new(), target: None });
                }
                "text" => {
                    let title = xml.text_inside();
                    if let Some(&at) = open.last().filter(|&&at| found[at].title.is_empty()) {
                        found[at].title = title;
                    }
                }
                "content" => {
                    if let Some(&at) = open.last() {
                        found[at].target = element.attribute("src").and_then(|href| resolve(path, &href));
                    }
                }
                _ => {}
            },
            Node::End(name) if name == "navPoint" => drop(open.pop()),
            _ => {}
        }
    }
    Contents { entries: entries(found), landmarks: Vec::new() }
}

/// Gives an entry that leads nowhere the place of the first below it, and leaves out what says nothing
/// or the same again.
fn entries(mut found: Vec<Found>) -> Vec<Entry> {
    for at in (1..found.len()).rev() {
        if found[at - 1].target.is_none() && found[at].depth > found[at - 1].depth {
            found[at - 1].target = found[at].target.clone();
        }
    }
    let mut entries: Vec<Entry> = Vec::new();
    for Found { depth, title, target } in found {
        let title = line::of(&title);
        let Some(target) = target.filter(|_| !title.is_empty() && title.len() <= LONGEST) else { continue };
        let again = |last: &Entry| last.target == target && same(&last.title, &title);
        if entries.last().is_none_or(|last| !again(last)) {
            entries.push(Entry { depth: u8::try_from(depth).unwrap_or(DEEPEST).min(DEEPEST), title, target });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(contents: &Contents) -> Vec<String> {
        let print = |entry: &Entry| {
            format!("{} {} {}#{}", entry.depth, entry.title, entry.target.path, entry.target.fragment)
        };
        contents.entries.iter().map(print).collect()
    }

    #[test]
    fn a_navigation_document_is_read() {
        let contents = of_nav(
            "<html><body><nav epub:type='page-list'><ol><li><a href='a.xhtml#p1'>1</a></li></ol></nav>
            <nav epub:type='toc'><h1>Contents</h1><ol><li><span>Part</span><ol>
            <li><a href='a.xhtml'>One <i>tide</i></a></li><li><a href='a.xhtml#b'>Two</a></li></ol></li>
            <li><a href='c.xhtml'>Three</a><ol><li><a href='c.xhtml'>Three</a></li></ol></li>
            <li><a href='https://example.org'>Out</a></li></ol></nav>
            <nav epub:type='landmarks'><ol><li><a epub:type='cover' href='d.xhtml'>Cover</a></li></ol></nav>",
            "OPS/nav.xhtml",
        );
        assert_eq!(
            print(&contents),
            ["1 Part OPS/a.xhtml#", "2 One tide OPS/a.xhtml#", "2 Two OPS/a.xhtml#b", "1 Three OPS/c.xhtml#"]
        );
        assert_eq!(contents.landmarks.len(), 1);
        assert_eq!(contents.landmarks[0].1.path, "OPS/d.xhtml");
    }

    #[test]
    fn a_table_of_contents_is_read() {
        let point = |title: &str, src: &str, inner: &str| {
            format!(
                "<navPoint><navLabel><text>{title}</text></navLabel><content src='{src}'/>{inner}</navPoint>"
            )
        };
        let text = format!(
            "<ncx><docTitle><text>Book</text></docTitle><navMap>{}{}</navMap><pageList><pageTarget>
            <navLabel><text>1</text></navLabel><content src='a.html#p'/></pageTarget></pageList></ncx>",
            point("Part", "a.html", &point("One", "a.html#b", "")),
            point("Two", "c.html", ""),
        );
        assert_eq!(print(&of_ncx(&text, "toc.ncx")), ["1 Part a.html#", "2 One a.html#b", "1 Two c.html#"]);
    }
}
