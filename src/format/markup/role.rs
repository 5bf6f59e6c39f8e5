//! What the elements of the well-known kinds of XML do to the text in them.

/// What an element does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Role {
    /// It names what it stands in; in a page, with its level.
    Title(Option<u8>),
    /// It is a paragraph, or the like.
    Block,
    /// It is an item of a list.
    Item,
    /// It is a row of a table.
    Row,
    /// It is a cell of a table.
    Cell,
    /// Its lines and spaces are kept.
    Code,
    /// It is a line of verse.
    Line,
    /// It stands inside a paragraph, but apart from its words.
    Note,
    /// It parts words.
    Space,
    /// It is of unknown name, inside text that has begun: words of it.
    Words,
    /// It holds blocks, or stands inside one.
    Other,
}

impl Role {
    /// Returns what an element does by its name.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "title" | "head" | "heading" | "article-title" => Self::Title(None),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Title(Some(name.as_bytes()[1] - b'0')),
            "p" | "para" | "simpara" | "ab" | "term" | "subtitle" | "speaker" | "stage" | "attribution"
            | "bibliomixed" | "mixed-citation" | "element-citation" | "bibl" | "dt" | "dd" | "synopsis" => {
                Self::Block
            }
            "item" | "listitem" | "list-item" | "li" | "member" | "step" => Self::Item,
            "row" | "tr" => Self::Row,
            "cell" | "entry" | "td" | "th" => Self::Cell,
            "programlisting" | "screen" | "literallayout" | "preformat" | "eg" | "pre" | "listing"
            | "codeblock" => Self::Code,
            "l" | "verse-line" | "v" => Self::Line,
            "footnote" | "fn" | "note" => Self::Note,
            "lb" | "br" | "pb" | "break" | "inlinegraphic" => Self::Space,
            _ => Self::Other,
        }
    }
}

/// Whether a title inside such an element is no heading of the text that follows.
pub(super) fn is_aside(name: &str) -> bool {
    matches!(
        name,
        "figure"
            | "fig"
            | "table"
            | "informaltable"
            | "table-wrap"
            | "example"
            | "equation"
            | "caption"
            | "note"
            | "tip"
            | "warning"
            | "caution"
            | "important"
            | "procedure"
            | "step"
            | "steps"
            | "terms"
            | "itemizedlist"
            | "orderedlist"
            | "variablelist"
            | "list"
            | "formalpara"
            | "boxed-text"
            | "disp-quote"
            | "blockquote"
            | "lg"
            | "biblioentry"
            | "bibl"
            | "ref"
            | "listitem"
            | "item"
    )
}

/// Whether an element inside so many others holds what is to be known of the whole document.
pub(super) fn is_about(name: &str, depth: usize) -> bool {
    match name {
        "teiHeader" | "info" | "bookinfo" | "articleinfo" | "refentryinfo" => depth == 1,
        "article-meta" | "journal-meta" => depth <= 2,
        _ => false,
    }
}

/// Whether an element only wraps the title of what it stands in.
pub(super) fn is_wrapper(name: &str) -> bool {
    name.ends_with("info") || matches!(name, "title-group" | "titleGroup" | "header" | "front" | "refnamediv")
}

/// Whether nothing inside an element is text.
pub(super) fn is_nothing(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "svg" | "binary" | "indexterm" | "tex-math" | "legalnotice" | "permissions"
    )
}
