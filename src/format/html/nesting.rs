//! Which elements a tag ends, by the rules of HTML.
//!
//! Where elements are not closed in their turn, this follows the parser of the standard as far as
//! real pages need it. That a page stays within its limits does not depend on it.

use super::tags::{RAW, Tag};

/// What the tags of an element do to the elements around it, by the rules of HTML.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    /// It has no content, or there is only one of it.
    Void,
    /// It says only how text looks, or in which frame.
    Look,
    /// It holds no tags.
    Raw,
    /// It ends a paragraph.
    Block,
    /// It ends a paragraph and another heading.
    Heading,
    /// The end tag of a plain element does not reach across it.
    Special,
    /// Hardly any end tag reaches across it.
    Wall,
    /// A part of a table.
    Part,
    /// None of these.
    Plain,
}

/// Returns the class of an element.
pub(super) fn class(name: &str) -> Class {
    match name {
        "a" | "span" | "label" => Class::Plain,
        "div" | "p" | "li" | "ul" | "article" | "section" | "address" | "aside" | "blockquote" | "center"
        | "dd" | "details" | "dialog" | "dir" | "dl" | "dt" | "fieldset" | "figcaption" | "figure"
        | "footer" | "form" | "header" | "hgroup" | "listing" | "main" | "menu" | "nav" | "ol" | "pre"
        | "search" | "summary" => Class::Block,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Class::Heading,
        "area" | "base" | "basefont" | "bgsound" | "body" | "br" | "col" | "colgroup" | "embed" | "head"
        | "hr" | "html" | "image" | "img" | "input" | "keygen" | "link" | "meta" | "param" | "source"
        | "track" | "wbr" => Class::Void,
        "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt"
        | "u" | "frame" | "frameset" | "noframes" => Class::Look,
        "td" | "th" | "tr" | "tbody" | "tfoot" | "thead" | "caption" => Class::Part,
        "table" | "applet" | "marquee" | "object" | "select" | "template" => Class::Wall,
        "button" | "noscript" => Class::Special,
        _ if RAW.contains(&name) => Class::Raw,
        _ => Class::Plain,
    }
}

/// An element that is open.
#[derive(Clone, Debug)]
pub(super) struct Open<'a> {
    /// The tag that opened it.
    pub tag: Tag<'a>,
    /// Its class.
    pub class: Class,
}

impl Open<'_> {
    /// Whether this is its name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.tag.name == name
    }

    fn is_wall(&self) -> bool {
        self.class == Class::Wall || self.class == Class::Part && !self.is("tr")
    }

    fn is_special(&self) -> bool {
        self.class != Class::Plain
    }

    fn is_heading(&self) -> bool {
        self.class == Class::Heading
    }

    /// Whether it parts one item of a list from another.
    fn parts_items(&self) -> bool {
        self.is_special() && !matches!(&*self.tag.name, "address" | "div" | "p")
    }

    fn is_table(&self) -> bool {
        self.is("table") || self.is("template")
    }

    fn parts_paragraphs(&self) -> bool {
        self.is_wall() || self.is("button")
    }
}

/// Returns the outermost open element that a start tag ends; with it end all inside it.
pub(super) fn ended_by_start(open: &[Open<'_>], name: &str, class: Class) -> Option<usize> {
    let paragraph = match class {
        Class::Block | Class::Heading => find(open, |one| one.is("p"), Open::parts_paragraphs),
        _ => None,
    };
    let open = &open[..paragraph.unwrap_or(open.len())];
    let other = match name {
        "li" => find(open, |one| one.is("li"), Open::parts_items),
        "dd" | "dt" => find(open, |one| one.is("dd") || one.is("dt"), Open::parts_items),
        "td" | "th" => find(open, |one| one.is("td") || one.is("th"), Open::is_table),
        "tr" => find(open, |one| one.is("tr"), Open::is_table),
        "tbody" | "tfoot" | "thead" | "caption" => outermost_part(open),
        "a" => find(open, |one| one.is("a"), Open::is_wall),
        "button" => find(open, |one| one.is("button"), Open::is_wall),
        "option" | "optgroup" => find(open, |one| one.is("option"), |_| true),
        _ if class == Class::Heading => find(open, Open::is_heading, |_| true),
        _ => None,
    };
    other.or(paragraph)
}

/// Returns the open element that an end tag ends; with it end all inside it.
pub(super) fn ended_by_end(open: &[Open<'_>], name: &str) -> Option<usize> {
    match name {
        "a" => find(open, |one| one.is("a"), Open::is_wall),
        "table" => find(open, |one| one.is("table"), |one| one.is("template")),
        "p" => find(open, |one| one.is("p"), Open::parts_paragraphs),
        "li" => find(open, |one| one.is("li"), |one| one.is_wall() || one.is("ol") || one.is("ul")),
        _ => match class(name) {
            Class::Void | Class::Look | Class::Raw => None,
            Class::Heading => find(open, Open::is_heading, Open::is_wall),
            Class::Part => find(open, |one| one.is(name), Open::is_table),
            Class::Block | Class::Special | Class::Wall => find(open, |one| one.is(name), Open::is_wall),
            Class::Plain => find(open, |one| one.is(name), Open::is_special),
        },
    }
}

/// Finds the innermost element that `is` holds for, unless one that `wall` holds for stands before it.
fn find<'a>(
    open: &[Open<'a>],
    is: impl Fn(&Open<'a>) -> bool,
    wall: impl Fn(&Open<'a>) -> bool,
) -> Option<usize> {
    let at = open.iter().rposition(|one| is(one) || wall(one))?;
    is(&open[at]).then_some(at)
}

/// Finds the outermost part of the innermost table.
fn outermost_part(open: &[Open<'_>]) -> Option<usize> {
    let table = open.iter().rposition(Open::is_table)?;
    (table + 1 < open.len()).then_some(table + 1)
}

#[cfg(test)]
mod tests {
    use super::{super::tame::tame, *};

    #[test]
    fn every_class_of_element_is_known() {
        let check = |name: &str, expected: Class| assert_eq!(class(name), expected, "{name}");
        check("br", Class::Void);
        check("b", Class::Look);
        check("script", Class::Raw);
        check("div", Class::Block);
        check("h3", Class::Heading);
        check("button", Class::Special);
        check("table", Class::Wall);
        check("td", Class::Part);
        check("my-element", Class::Plain);
    }

    #[test]
    fn tags_end_what_they_end_in_a_browser() {
        let check = |page: &str, expected: &str| assert_eq!(tame(page).html, expected, "{page}");
        check("<p>a<p>b<div>c", "<p>a</p><p>b</p><div>c");
        check("<p><button><p></button></p>", "<p><button><p></p></button></p>");
        check("<h1>a<h2>b</h3>c", "<h1>a</h1><h2>b</h2>c");
        check("<h1><p>a<h2>b", "<h1><p>a</p></h1><h2>b");
        check("<ul><li>a<ul><li>b<li>c</ul><li>d", "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d");
        check("<li><div>a<li>b", "<li><div>a</div></li><li>b");
        check("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>");
        check(
            "<table><tr><td>a<td>b<tr><td>c</table>",
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        );
        check(
            "<table><thead><tr><th>a<tbody><tr><td>b",
            "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b",
        );
        check("<div><table><td>a</div>b</table>", "<div><table><td>ab</td></table>");
        check("<select><option>a<option>b</select>", "<select><option>a</option><option>b</option></select>");
        check("<span><div>a</span>b</div>", "<span><div>ab</div>");
        check("<div><span>a</div>b</span>", "<div><span>a</span></div>b");
        check("<button>a<button>b", "<button>a</button><button>b");
        check("</p></div></li></td></a></x>a", "a");
    }
}
