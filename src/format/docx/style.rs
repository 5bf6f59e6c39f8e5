//! The styles of a Word document, as far as they say what a paragraph is.
//!
//! A style has an id, which is localised, and a name.

use std::collections::HashMap;

use crate::format::{
    office::style::{self, Class},
    xml::{Node, Xml},
};

/// Styles that one may be based on through others.
const LONGEST_CHAIN: usize = 20;

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
            match style::class(&style.name).map(Some).or(by_outline) {
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
