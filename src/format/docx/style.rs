//! The styles of a Word document, as far as they say what a paragraph is.
//!
//! A style has an id, which is localised, and a name, which for the styles that Word brings along is
//! English in any language; other programs localise that too.

use std::collections::HashMap;

use crate::format::xml::{Node, Xml};

/// Styles that one may be based on through others.
const LONGEST_CHAIN: usize = 20;

/// Names of headings, less their number, in the languages that programs write them in.
const HEADINGS: &[&str] = &[
    "heading",
    "überschrift",
    "titre",
    "título",
    "titulo",
    "encabezado",
    "titolo",
    "kop",
    "rubrik",
    "overskrift",
    "nagłówek",
    "заголовок",
    "nadpis",
    "otsikko",
    "címsor",
    "başlık",
    "标题",
    "標題",
    "見出し",
    "제목",
    "επικεφαλίδα",
];

/// Names of the style of a document's title.
const TITLES: &[&str] = &["title", "titel", "titre", "título", "titolo", "название", "标题", "標題", "表題"];

/// Names of the styles of code.
const CODE: &[&str] = &[
    "code",
    "code block",
    "html preformatted",
    "macro text",
    "preformatted text",
    "source code",
    "sourcecode",
    "verbatim",
];

/// What a style says, without what it is based on.
#[derive(Clone, Debug, Default)]
pub(super) struct Style {
    name: String,
    based_on: Option<String>,
    /// The outline level, 0 being the outermost; 9 is that of plain text.
    outline: Option<u8>,
    /// The list, and the level in it.
    pub(super) list: Option<String>,
    pub(super) list_level: Option<usize>,
    pub(super) hidden: Option<bool>,
}

/// What kind of paragraph a style makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    Title,
    /// A heading of this level, 1 being the outermost.
    Heading(u8),
    Code,
    /// A line of the table of contents.
    Contents,
    /// A line that names authors.
    Author,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

impl Styles {
    /// Reads the part that holds them.
    pub(super) fn read(text: &str) -> Self {
        let mut styles = HashMap::new();
        let mut current: Option<(String, Style)> = None;
        let xml = &mut Xml::new(text);
        while let Some(node) = xml.next() {
            let element = match node {
                Node::Start(element) => element,
                Node::End(name) => {
                    styles.extend(current.take_if(|_| name == "style"));
                    continue;
                }
                Node::Text(_) => continue,
            };
            let value = element.attribute("val");
            let Some((_, style)) = &mut current else {
                if element.name() == "style" {
                    current = Some((element.attribute("styleId").unwrap_or_default(), Style::default()));
                }
                continue;
            };
            match element.name() {
                "name" => style.name = value.unwrap_or_default().trim().to_lowercase(),
                "basedOn" => style.based_on = value,
                "outlineLvl" => style.outline = value.and_then(|level| level.parse().ok()),
                "numId" => style.list = value,
                "ilvl" => style.list_level = value.and_then(|level| level.parse().ok()),
                "vanish" => style.hidden = Some(is_on(value.as_deref())),
                // What a style makes of the cells of a table is not its own.
                "tblStylePr" => xml.skip(),
                _ => {}
            }
        }
        Self(styles)
    }

    /// Returns a style and those that it is based on.
    fn chain<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Style> {
        let next = |style: &&'a Style| style.based_on.as_deref().and_then(|id| self.0.get(id));
        std::iter::successors(self.0.get(id), next).take(LONGEST_CHAIN)
    }

    /// Returns what kind of paragraph this style makes.
    pub(super) fn class(&self, id: &str) -> Option<Class> {
        let unknown = Style { name: id.to_lowercase(), ..Style::default() };
        let unknown = (!self.0.contains_key(id)).then_some(&unknown);
        for (place, style) in self.chain(id).chain(unknown).enumerate() {
            let by_outline = style.outline.map(|level| (level < 9).then_some(Class::Heading(level + 1)));
            match class_of_name(&style.name).map(Some).or(by_outline) {
                // What only looks like the title stands over a part, as `Contents` does.
                Some(Some(Class::Title)) if place > 0 => return Some(Class::Heading(1)),
                Some(class) => return class,
                None => {}
            }
        }
        None
    }

    /// Returns the first that is said of a style, by itself or what it is based on.
    pub(super) fn find<T>(&self, id: &str, said: impl Fn(&Style) -> Option<T>) -> Option<T> {
        self.chain(id).find_map(said)
    }
}

fn class_of_name(name: &str) -> Option<Class> {
    let known = name.trim_end_matches(|char: char| char.is_ascii_digit());
    let level = name[known.len()..].parse().ok().filter(|level| (1..=9).contains(level));
    let known = known.trim_end();
    match level {
        Some(level) if HEADINGS.contains(&known) => Some(Class::Heading(level)),
        Some(_) if known == "toc" => Some(Class::Contents),
        _ if TITLES.contains(&name) => Some(Class::Title),
        _ if CODE.contains(&name) => Some(Class::Code),
        _ if matches!(name, "author" | "authors") => Some(Class::Author),
        _ => None,
    }
}

/// Says whether a property that is on or off is on.
pub(super) fn is_on(value: Option<&str>) -> bool {
    !matches!(value, Some("0" | "false" | "off" | "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_what_its_name_or_what_it_is_based_on_says() {
        let styles = Styles::read(
            "<w:styles><w:style w:styleId='berschrift2'><w:name w:val='heading 2'/></w:style>\
             <w:style w:styleId='Mine'><w:name w:val='Mine'/><w:basedOn w:val='berschrift2'/></w:style>\
             <w:style w:styleId='Plain'><w:name w:val='Plain'/><w:basedOn w:val='Mine'/><w:pPr><w:outlineLvl w:val='9'/></w:pPr></w:style>\
             <w:style w:styleId='Out'><w:name w:val='Out'/><w:pPr><w:outlineLvl w:val='0'/></w:pPr></w:style>\
             <w:style w:styleId='A'><w:name w:val='A'/><w:basedOn w:val='B'/></w:style>\
             <w:style w:styleId='B'><w:name w:val='B'/><w:basedOn w:val='A'/></w:style>\
             <w:style w:styleId='T'><w:name w:val='Title'/></w:style>\
             <w:style w:styleId='V'><w:name w:val='TOC 3'/></w:style></w:styles>",
        );
        let check = |id, expected| assert_eq!(styles.class(id), expected, "{id}");
        check("berschrift2", Some(Class::Heading(2)));
        check("Mine", Some(Class::Heading(2)));
        check("Plain", None);
        check("Out", Some(Class::Heading(1)));
        check("A", None);
        check("T", Some(Class::Title));
        check("V", Some(Class::Contents));
        check("Heading3", Some(Class::Heading(3)));
        check("Überschrift 1", Some(Class::Heading(1)));
        check("Heading10", None);
        check("SourceCode", Some(Class::Code));
    }
}
