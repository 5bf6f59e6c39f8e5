//! The signs by which AsciiDoc is told from other text, such as a wiki's, which has heads like its own.

/// What a line in brackets above a block begins with.
const BLOCKS: &[&str] = &[
    "source",
    "verse",
    "quote",
    "listing",
    "literal",
    "NOTE",
    "TIP",
    "WARNING",
    "IMPORTANT",
    "CAUTION",
    "cols",
    "horizontal",
    "discrete",
    "abstract",
    "appendix",
    "glossary",
    "qanda",
    "options",
    "header",
    "autowidth",
];

/// Macros that stand on a line of their own.
const BLOCK_MACROS: &[&str] = &["include::", "image::", "ifdef::", "ifndef::", "endif::", "toc::", "video::"];

/// Macros in a line. All have a colon, and stand before brackets.
const MACROS: &[&str] = &[
    "http://",
    "https://",
    "link:",
    "xref:",
    "linkgit:",
    "footnote:[",
    "kbd:[",
    "image:",
    "stem:[",
    "mailto:",
];

/// Says whether a text has a title of AsciiDoc and a sign that nothing else has, or a head of another
/// kind and several of those.
pub(super) fn is_signed(text: &str) -> bool {
    let mut lines = text.lines().skip_while(|line| line.trim().is_empty() || is_comment(line)).peekable();
    let titled =
        lines.peek().and_then(|first| first.strip_prefix("= ")).is_some_and(|title| !title.trim().is_empty());
    // Glances that pass most texts.
    if !titled && !text.contains("\n[") && !text.starts_with('[') && !text.contains("::") {
        return false;
    }
    let [mut attribute, mut block, mut anchor, mut block_macro, mut table, mut inline] = [false; 6];
    // A header goes on to the first empty line.
    let (mut header, mut headed) = (true, false);
    let mut before = "";
    for line in lines.map(str::trim_end) {
        header &= !line.is_empty();
        headed |= underlines(line, before) || line.starts_with("== ") || line.starts_with("=== ");
        attribute |= header && is_attribute(line);
        if let Some(inner) = line.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
            let inner = inner.trim_start_matches(['"', '\'', '%']);
            let name = inner.split([',', '%', '#', '=', '"', '\'']).next();
            block |= name.is_some_and(|name| BLOCKS.contains(&name));
            anchor |= inner.strip_prefix('[').and_then(|name| name.strip_suffix(']')).is_some_and(is_name);
        }
        let rest = BLOCK_MACROS.iter().find_map(|name| line.strip_prefix(name));
        block_macro |= rest.is_some_and(|rest| rest.contains('[') && rest.ends_with(']'));
        table |= line == "|===";
        inline = inline
            || line.contains(']') && line.contains(':') && MACROS.iter().any(|name| has_macro(line, name));
        let count = [attribute, block, anchor, block_macro, table, inline]
            .into_iter()
            .map(usize::from)
            .sum::<usize>();
        if titled && count >= 1 || headed && count >= 2 {
            return true;
        }
        before = line;
    }
    false
}

/// Says whether a line underlines the one before.
fn underlines(line: &str, title: &str) -> bool {
    let sign = line.bytes().next().filter(|sign| b"=-~^+".contains(sign));
    let length = title.chars().count();
    length >= 3 && line.len().abs_diff(length) <= 2 && line.bytes().all(|byte| Some(byte) == sign)
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//") && !line.starts_with("///")
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || "_-:., ".contains(char))
}

/// Says whether a line sets an attribute of the document: `:name: value`.
fn is_attribute(line: &str) -> bool {
    let name = line.strip_prefix(':').and_then(|rest| rest.split_once(':'));
    name.is_some_and(|(name, value)| {
        let name = name.trim_matches('!');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        !name.is_empty() && name.bytes().all(plain) && (value.is_empty() || value.starts_with(' '))
    })
}

/// Says whether a macro stands in a line: its name, a target without blanks, and brackets.
fn has_macro(line: &str, name: &str) -> bool {
    let Some(at) = line.find(name) else { return false };
    let apart = line[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric());
    let rest = &line[at + name.len()..];
    let target = rest.split(['[', ' ']).next().unwrap_or_default();
    let opens = name.ends_with('[') || !target.is_empty() && rest[target.len()..].starts_with('[');
    apart && opens && rest.contains(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asciidoc_is_told_by_its_title_and_more() {
        let check = |text: &str, expected| assert_eq!(is_signed(text), expected, "{text}");
        check("= Tides\nJane Doe\n:toc: left\n\n== High\n", true);
        check("// a comment\n= Tides\n\n[source,sh]\n----\nls\n----\n", true);
        check("= Tides\n\nSee link:a.html[this].\n", true);
        check(
            "tide(1)\n=======\n\nNAME\n----\ntide - it rises\n\n[verse]\n'tide' [-h]\n\ninclude::a.txt[]\n",
            true,
        );
        check("[[high]]\nHigh\n----\n\n[NOTE]\nIt is late.\n", true);
        check("= Tides =\n\n== High ==\n* [[other]]\n", false);
        check("= Rake -- Ruby Make\n\n== Installation\n\n  gem install rake\n", false);
        check("Tides\n=====\n\n[verse]\nIt rises.", false);
        check("[source]\nurl = http://example.org\n\n[quote]\na = b::c\n", false);
        check("[[deps]]\nname = \"a\"\n\n[package]\n", false);
        check("= 5 apples and 3 pears\n", false);
        check("", false);
    }
}
