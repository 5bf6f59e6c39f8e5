//! What is done with the text below a directive.

/// What stands after the name of a directive and below it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Body {
    /// Text below; what stands after the name only says how it is shown.
    Text,
    /// Text after the name, and below.
    Titled,
    /// A piece of program after the name, text below.
    Signed,
    /// Code.
    Code,
    /// Code with marks in it.
    Marked,
    /// A formula.
    Formula,
    /// The rows of a table.
    Rows,
    /// Nothing that is read.
    Dropped,
}

const DROPPED: &[&str] = &[
    "image",
    "include",
    "toctree",
    "contents",
    "raw",
    "meta",
    "highlight",
    "default-role",
    "role",
    "index",
    "sectnum",
    "header",
    "footer",
    "tabularcolumns",
    "graphviz",
    "digraph",
    "graph",
    "plot",
    "bibliography",
    "literalinclude",
    "currentmodule",
    "module",
    "py:module",
    "py:currentmodule",
    "moduleauthor",
    "sectionauthor",
    "codeauthor",
    "title",
    "date",
    "unicode",
    "autosummary",
    "program",
    "mermaid",
    "uml",
    "todolist",
    "inheritance-diagram",
    "target-notes",
    "section-numbering",
    "restructuredtext-test-directive",
    "testsetup",
    "testcleanup",
    "jinja",
    "youtube",
    "video",
    "tags",
    "replace",
    "highlightlang",
    "post",
];

const CODE: &[&str] = &[
    "code",
    "code-block",
    "sourcecode",
    "doctest",
    "testcode",
    "testoutput",
    "prompt",
    "ipython",
    "productionlist",
    "console",
    "jupyter-execute",
    "literal",
    "terminal",
];

const TEXT: &[&str] = &[
    "container",
    "class",
    "rst-class",
    "only",
    "ifconfig",
    "figure",
    "cssclass",
    "highlights",
    "hlist",
    "compound",
];

const SIGNED: &[&str] = &[
    "function",
    "method",
    "attribute",
    "data",
    "exception",
    "decorator",
    "classmethod",
    "staticmethod",
    "option",
    "envvar",
    "describe",
    "object",
    "cmdoption",
    "macro",
    "type",
    "var",
    "confval",
    "setting",
    "property",
];

/// Returns the name of a directive and what stands after it.
pub(super) fn parse(text: &str) -> Option<(&str, &str)> {
    let (name, argument) = text.split_once("::")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-+.:".contains(&byte);
    let named = !name.is_empty() && name.len() <= 40 && name.bytes().all(plain);
    let after = argument.is_empty() || argument.starts_with([' ', '\t']);
    (named && after).then(|| (name, argument.trim()))
}

/// Returns what a directive of this name, in lowercase, has.
pub(super) fn body(name: &str) -> Body {
    let is = |names: &[&str]| names.contains(&name);
    match name {
        "math" => Body::Formula,
        "parsed-literal" => Body::Marked,
        "list-table" | "csv-table" => Body::Rows,
        _ if is(DROPPED) || name.starts_with("auto") => Body::Dropped,
        _ if is(CODE) => Body::Code,
        _ if is(TEXT) => Body::Text,
        _ if is(SIGNED) || name.contains(':') => Body::Signed,
        _ => Body::Titled,
    }
}
