//! What Markdown leaves as it is: the code of code spans, and raw HTML.

/// Returns the code of a code span with the line breaks that the parser made spaces of; `source` is
/// the span as it stands in the file.
pub(super) fn inline_code<'a>(text: &'a str, source: &'a str) -> &'a str {
    let written = source.trim_matches('`').trim_matches([' ', '\n']);
    let same = written.len() == text.trim().len() && written.replace('\n', " ") == text.trim();
    if same { written } else { text }
}

/// Elements whose tags stand inside words.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr",
];

const ENTITIES: &[(&str, &str)] =
    &[("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];

/// Returns the text of raw HTML, with all its line breaks. Comments, scripts and styles go; tags
/// become spaces where they part words.
pub(super) fn strip_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    // What was looked for in vain is not looked for again: it is nowhere further down either.
    let mut missing: Vec<String> = Vec::new();
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (name, closes) = name(rest);
        let hidden = !closes && ["script", "style"].iter().any(|hidden| name.eq_ignore_ascii_case(hidden));
        let comment = rest.starts_with("<!--");
        let end = if comment {
            "-->".to_owned()
        } else if hidden {
            format!("</{name}>")
        } else {
            ">".to_owned()
        };
        let tag = comment || !name.is_empty() || rest.starts_with("<!") || rest.starts_with("<?");
        let found = if tag && !missing.contains(&end) { rest.find(&end) } else { None };
        let Some(found) = found else {
            if tag {
                missing.push(end);
            }
            text.push('<');
            rest = &rest[1..];
            continue;
        };
        let gone = &rest[..found + end.len()];
        text.extend(gone.matches('\n'));
        if !comment && !INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline)) {
            text.push(' ');
        }
        rest = &rest[gone.len()..];
    }
    text.push_str(rest);
    for (entity, char) in ENTITIES {
        if text.contains(entity) {
            text = text.replace(entity, char);
        }
    }
    text
}

/// Returns the name of the tag that a text begins with, and whether it is an end tag.
fn name(tag: &str) -> (&str, bool) {
    let name = tag[1..].strip_prefix('/').unwrap_or(&tag[1..]);
    let end = name.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(name.len());
    (
        if name.starts_with(|first: char| first.is_ascii_digit()) { "" } else { &name[..end] },
        tag.starts_with("</"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_words_stay_apart() {
        let check = |html: &str, expected: &str| assert_eq!(strip_tags(html), expected, "{html}");
        check("<p>one</p><p><b>t</b>wo</p>", " one  two ");
        check("a<br>b <!-- c\nd --> e", "a b \n e");
        check("<script>var a = '<p>';</script>b<STYLE>c</STYLE>", " b ");
        check("1 < 2 > 0 <3 &lt;tag&gt; &amp;lt;", "1 < 2 > 0 <3 <tag> &lt;");
        check("<a href='x'\n>b</a> <!-- no end", "\nb <!-- no end");
        check("<script> no end <b>c</b>", "<script> no end c");
        check("<!DOCTYPE x><?y?>z", "  z");
    }

    #[test]
    fn a_code_span_keeps_its_line_breaks() {
        let check =
            |text: &str, source: &str, expected: &str| assert_eq!(inline_code(text, source), expected);
        check("a", "`a`", "a");
        check("a b", "``a\nb``", "a\nb");
        check("a b", "`a\n> b`", "a b");
        check(" `a` ", "``  `a`  ``", "`a`");
    }
}
