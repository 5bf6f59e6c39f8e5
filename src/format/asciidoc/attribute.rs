//! Attributes: names that a document, or every one, has a text for.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use crate::format::gather::hidden;

/// Bytes of the longest text that an attribute stands for.
pub(super) const LONGEST_VALUE: usize = 200;

/// What attributes stand for, as far as the document was read.
pub(super) type Attributes = Rc<RefCell<HashMap<String, String>>>;

/// Attributes that every document has.
const PREDEFINED: &[(&str, &str)] = &[
    ("nbsp", " "),
    ("zwsp", ""),
    ("wj", ""),
    ("empty", ""),
    ("blank", ""),
    ("sp", " "),
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("plus", "+"),
    ("apos", "'"),
    ("quot", "\""),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("deg", "°"),
    ("brvbar", "¦"),
    ("vbar", "|"),
    ("startsb", "["),
    ("endsb", "]"),
    ("caret", "^"),
    ("asterisk", "*"),
    ("tilde", "~"),
    ("backslash", "\\"),
    ("backtick", "`"),
    ("two-colons", "::"),
    ("two-semicolons", ";;"),
    ("cpp", "C++"),
    ("pp", "++"),
    ("litdd", "--"),
    ("lbracket", "["),
    ("rbracket", "]"),
];

/// Returns text with its attributes filled in.
pub(super) fn filled(text: &str, attributes: &Attributes) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.find('}').filter(|&end| end < 60).and_then(|end| {
            let value = attributes.borrow().get(&rest[1..end].to_lowercase()).cloned();
            Some((value?, end + 1))
        });
        match known {
            Some((value, length)) => {
                out.push_str(&value);
                rest = &rest[length..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// Returns the text that a name in braces stands for.
pub(super) fn attribute(name: &str, attributes: &Attributes) -> String {
    let lower = name.to_lowercase();
    let known = attributes.borrow().get(&lower).cloned();
    let known =
        known.or_else(|| PREDEFINED.iter().find(|(known, _)| *known == lower).map(|(_, text)| hidden(text)));
    known.unwrap_or_default()
}
