//! The signs by which reStructuredText is told from other text.

/// Directives that are usual.
const DIRECTIVES: &[&str] = &[
    "admonition",
    "attention",
    "autoclass",
    "autofunction",
    "automodule",
    "caution",
    "class",
    "code",
    "code-block",
    "container",
    "contents",
    "csv-table",
    "currentmodule",
    "danger",
    "deprecated",
    "envvar",
    "epigraph",
    "error",
    "figure",
    "footer",
    "function",
    "glossary",
    "header",
    "highlight",
    "hint",
    "image",
    "important",
    "include",
    "index",
    "list-table",
    "literalinclude",
    "math",
    "meta",
    "method",
    "module",
    "note",
    "only",
    "option",
    "parsed-literal",
    "program",
    "py:class",
    "py:function",
    "py:module",
    "raw",
    "replace",
    "role",
    "rubric",
    "seealso",
    "sectnum",
    "sidebar",
    "sourcecode",
    "table",
    "tip",
    "toctree",
    "topic",
    "versionadded",
    "versionchanged",
    "warning",
];

/// Says whether a text has an underlined title and signs of which some are no other format's.
pub(super) fn is_signed(text: &str) -> bool {
    // A glance that passes most texts.
    if !text.contains("\n.. ") && !text.starts_with(".. ") && !text.contains(">`_") {
        return false;
    }
    let (mut titled, mut own) = (false, 0);
    let [mut literal, mut example, mut field] = [false; 3];
    let (mut before, mut last) = ("", "");
    for line in text.lines().map(str::trim_end) {
        titled |= underlines(line, last) && (before.is_empty() || before == line);
        own += usize::from(is_marked(line));
        if line.contains('`') {
            own += usize::from(line.contains(">`_")) + usize::from(has_role(line));
            literal |= line.matches("``").count() >= 2;
        }
        example |= line.ends_with("::") && !line.starts_with("..");
        field |= is_field(line);
        let more = usize::from(literal) + usize::from(example) + usize::from(field);
        if titled && own > 0 && own + more >= 2 {
            return true;
        }
        (before, last) = (last, line);
    }
    false
}

/// Says whether a line underlines the one before.
fn underlines(line: &str, title: &str) -> bool {
    let Some(sign) = line.chars().next().filter(char::is_ascii_punctuation) else { return false };
    line.len() >= 3
        && line.chars().all(|char| char == sign)
        && title.chars().any(char::is_alphanumeric)
        && line.chars().count() >= title.trim_start().chars().count()
}

/// Says whether a line begins with explicit markup: a directive, a target, a footnote, a substitution.
fn is_marked(line: &str) -> bool {
    let Some(mark) = line.trim_start().strip_prefix(".. ").map(str::trim_start) else { return false };
    let directive =
        mark.split_once("::").map(|(name, rest)| (name, rest.is_empty() || rest.starts_with(' ')));
    directive.is_some_and(|(name, ends)| ends && DIRECTIVES.contains(&name))
        || mark.starts_with('_') && mark.contains(':')
        || mark.starts_with('|') && mark.contains("| ") && mark.contains("::")
        || mark.starts_with('[') && mark.contains("] ")
}

/// Says whether a role stands in a line: `:name:` and a text in grave accents.
fn has_role(line: &str) -> bool {
    let Some((before, after)) = line.split_once(":`") else { return false };
    let plain = |char: &char| char.is_ascii_alphanumeric() || "-_:.+".contains(*char);
    let name: String = before.chars().rev().take_while(plain).collect();
    name.trim_end_matches(':').len() + 1 == name.len() && name.len() > 2 && after.contains('`')
}

/// Says whether a line is a field, such as `:Author: Jane Doe`.
fn is_field(line: &str) -> bool {
    let name = line.strip_prefix(':').and_then(|rest| rest.split_once(": "));
    name.is_some_and(|(name, _)| name.chars().next().is_some_and(char::is_alphabetic) && name.len() < 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rst_is_told_by_a_title_and_its_own_marks() {
        let check = |text: &str, expected| assert_eq!(is_signed(text), expected, "{text}");
        check("Tides\n=====\n\n.. note:: late\n\nUse ``tide``.\n", true);
        check("=====\nTides\n=====\n\n.. contents::\n\n.. _high:\n\nHigh\n----\n", true);
        check("Tides\n*****\n\nSee `this <https://example.org>`_.\n", false);
        check(
            ".. image:: a.png\n\nTides\n*****\n\nSee :ref:`high` and `this <https://example.org>`_.\n",
            true,
        );
        check("Tides\n=====\n\n:Author: Jane Doe\n\n`This <https://example.org>`_ is late.\n", true);
        check("Tides\n=====\n\n.. and so on\n\nUse ``tide``::\n\n  tide\n", false);
        check("Tides\n=====\n\nUse ``tide``::\n\n  tide\n", false);
        check(".. note:: late\n\n.. warning:: later\n", false);
        check("Tides\n=====\n\n- [a](https://example.org)\n.. \n", false);
        check("", false);
    }
}
