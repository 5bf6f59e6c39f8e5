//! What the elements of a page do to the text in them and around them.

/// What an element does to the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Element {
    /// Its content is not seen.
    Hidden,
    /// It breaks a line.
    Break,
    /// It stands for its description.
    Image,
    /// It stands inside words.
    Inline,
    /// It stands inside words, but parts them from another of its kind.
    Link,
    /// It parts words.
    Word,
    /// It is a block of its own.
    Block,
    /// It is a heading of a level from 1 to 6.
    Heading(u8),
    /// It is a list; a numbered one with its first number.
    List(Option<u32>),
    /// It is an item of a list.
    Item,
    /// Its lines and spaces are kept.
    Code,
    /// It is a row of a table.
    Row,
    /// It is a cell of a table.
    Cell,
}

impl Element {
    /// Returns what an element does by its name and attributes.
    pub(super) fn of<'a>(name: &str, attribute: impl Fn(&str) -> Option<&'a str>) -> Self {
        if attribute("hidden").is_some() || attribute("style").is_some_and(is_hidden) {
            return Self::Hidden;
        }
        match name {
            "a" => Self::Link,
            "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "center" | "dd"
            | "details" | "dialog" | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure"
            | "footer" | "form" | "header" | "hgroup" | "hr" | "legend" | "main" | "nav" | "p" | "search"
            | "section" | "summary" | "table" | "tbody" | "tfoot" | "thead" => Self::Block,
            "br" => Self::Break,
            "img" => Self::Image,
            "button" | "label" => Self::Word,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Heading(name.as_bytes()[1] - b'0'),
            "dir" | "menu" | "ul" => Self::List(None),
            "ol" => {
                Self::List(Some(attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1)))
            }
            "li" => Self::Item,
            "listing" | "pre" => Self::Code,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "audio" | "canvas" | "datalist" | "embed" | "head" | "iframe" | "input" | "noscript"
            | "object" | "script" | "select" | "style" | "svg" | "template" | "textarea" | "title"
            | "video" => Self::Hidden,
            _ => Self::Inline,
        }
    }

    /// Whether nothing inside it is text.
    pub(super) fn is_empty(self) -> bool {
        matches!(self, Self::Hidden | Self::Break | Self::Image)
    }
}

fn is_hidden(style: &str) -> bool {
    style.split(';').filter_map(|rule| rule.split_once(':')).any(|(name, value)| {
        let value = value.split(['!', ' ']).find(|word| !word.is_empty()).unwrap_or_default();
        match name.trim().to_ascii_lowercase().as_str() {
            "display" => value.eq_ignore_ascii_case("none"),
            "visibility" => value.eq_ignore_ascii_case("hidden"),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_may_hide_an_element() {
        let check = |style: &str, hidden: bool| {
            let element = Element::of("p", |name| (name == "style").then_some(style));
            assert_eq!(element == Element::Hidden, hidden, "{style}");
        };
        check("display:none", true);
        check("color: red; DISPLAY : None !important", true);
        check("visibility: hidden", true);
        check("display: nonesuch", false);
        check("display:;none", false);
        check("overflow: hidden", false);
    }
}
