//! The names of styles that say what a paragraph is.
//!
//! For the styles that Word brings along they are English in any language; other programs localise
//! them.

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

/// What kind of paragraph a style makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::format) enum Class {
    Title,
    /// A heading of this level, 1 being the outermost.
    Heading(u8),
    Code,
    /// A line of the table of contents.
    Contents,
    /// A line that names authors.
    Author,
}

/// Returns what kind of paragraph a style of this name makes.
pub(in crate::format) fn class(name: &str) -> Option<Class> {
    let name = name.trim().to_lowercase();
    let known = name.trim_end_matches(|char: char| char.is_ascii_digit());
    let level = name[known.len()..].parse().ok().filter(|level| (1..=9).contains(level));
    let known = known.trim_end();
    match level {
        Some(level) if HEADINGS.contains(&known) => Some(Class::Heading(level)),
        Some(_) if known == "toc" => Some(Class::Contents),
        _ if TITLES.contains(&name.as_str()) => Some(Class::Title),
        _ if CODE.contains(&name.as_str()) => Some(Class::Code),
        _ if matches!(name.as_str(), "author" | "authors") => Some(Class::Author),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_paragraph_is() {
        let check = |name, expected| assert_eq!(class(name), expected, "{name}");
        check("heading 2", Some(Class::Heading(2)));
        check("Heading3", Some(Class::Heading(3)));
        check("Überschrift 1", Some(Class::Heading(1)));
        check("Heading10", None);
        check("Title", Some(Class::Title));
        check("TOC 3", Some(Class::Contents));
        check("SourceCode", Some(Class::Code));
        check("Normal", None);
    }
}
