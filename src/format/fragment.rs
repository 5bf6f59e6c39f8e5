//! Text of a field that may be plain, Markdown or a fragment of a page; nothing but its signs tells
//! which.

use super::text;
use crate::article::Section;

/// Tags that show by their end, or at the very start, that a text is a fragment of a page.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "iframe",
    "img",
    "ins",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "script",
    "style",
    "object",
    "embed",
    "noscript",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "tt",
    "u",
    "ul",
    "video",
    "!--",
    "body",
    "html",
    "!doctype",
];

/// Different signs that make a text Markdown: one may stand in any text.
#[cfg(feature = "markdown")]
const MARKDOWN: usize = 2;

/// Tags that part paragraphs: without them empty lines do.
#[cfg(any(feature = "html", feature = "markdown"))]
const PARTING: &[&str] = &["p", "div"];

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Looks {
    Plain,
    /// Plain, but with entities in it.
    Escaped,
    /// A fragment of a page.
    Page,
}

/// Returns the sections of a text: plain, Markdown or of a page.
pub(super) fn sections(text: &str) -> Vec<Section> {
    #[cfg(feature = "markdown")]
    if signs_of_markdown(text) >= MARKDOWN {
        return super::markdown::add(text, 0, super::outline::Outline::default()).finish();
    }
    match looks(text) {
        Looks::Plain => text::sections(text),
        Looks::Escaped => text::sections(&unescaped(text)),
        Looks::Page => page(text),
    }
}

/// Returns a text that is one line, plain or of a page, as plain text.
pub(super) fn line(text: &str) -> String {
    if looks(text) == Looks::Plain {
        return text.to_owned();
    }
    let sections = page(text);
    let parts = sections.iter().flat_map(|section| section.headings.iter().chain([&section.text]));
    parts.map(String::as_str).collect::<Vec<_>>().join(" ")
}

#[cfg(feature = "html")]
fn page(text: &str) -> Vec<Section> {
    super::html::whole(&paragraphs(text))
}

#[cfg(not(feature = "html"))]
fn page(text: &str) -> Vec<Section> {
    text::sections(text)
}

/// Returns a text of lines with its entities resolved.
#[cfg(feature = "html")]
fn unescaped(text: &str) -> String {
    let sections = super::html::whole(&format!("<pre>\n{text}</pre>"));
    sections.into_iter().map(|section| section.text).collect()
}

#[cfg(not(feature = "html"))]
fn unescaped(text: &str) -> String {
    text.to_owned()
}

/// Tells a fragment of a page: it begins with a tag, ends an element, or breaks a line.
fn looks(text: &str) -> Looks {
    let entity = |rest: &str| {
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        let name = end.map_or("", |end| &rest[..end]);
        let code = name.strip_prefix('#').map(|code| code.strip_prefix(['x', 'X']).unwrap_or(code));
        code.is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_hexdigit()))
            || ["amp", "lt", "gt", "quot", "apos", "nbsp"].contains(&name)
    };
    let start = text.trim_start().strip_prefix('<').and_then(tag);
    if start.is_some() || tags(text).any(|(name, ends)| ends == Ends::Yes || name == "br") {
        Looks::Page
    } else if text.split('&').skip(1).any(entity) {
        Looks::Escaped
    } else {
        Looks::Plain
    }
}

/// Counts the different signs of Markdown in a text, none in one that begins with a tag of a page: a
/// heading, a fence, a link, a line of a table, strong words.
#[cfg(feature = "markdown")]
fn signs_of_markdown(text: &str) -> usize {
    if text.trim_start().strip_prefix('<').and_then(tag).is_some_and(|name| PARTING.contains(&name)) {
        return 0;
    }
    let mut signs = [false; 5];
    let [heading, fence, link, rule, strong] = &mut signs;
    for line in text.lines() {
        let line = line.trim();
        let level = line.bytes().take_while(|&byte| byte == b'#').count();
        *heading |= (1..=6).contains(&level) && line[level..].starts_with(' ');
        *fence |= line.starts_with("```");
        *link |= line.contains("](http") || line.contains("](/") || line.contains("](#");
        *rule |= line.contains('|') && line.contains("--") && !line.contains(|char| !"|-: ".contains(char));
        let pairs = line.matches("**").count();
        *strong |= pairs >= 2 && pairs.is_multiple_of(2);
    }
    signs.iter().filter(|sign| **sign).count()
}

#[derive(PartialEq)]
enum Ends {
    Yes,
    No,
}

/// Returns the known tags in a text.
fn tags(text: &str) -> impl Iterator<Item = (&'static str, Ends)> {
    text.split('<').skip(1).filter_map(|rest| {
        let inner = rest.strip_prefix('/');
        let ends = if inner.is_some() { Ends::Yes } else { Ends::No };
        Some((tag(inner.unwrap_or(rest))?, ends))
    })
}

/// Returns the known tag that follows a `<`.
fn tag(rest: &str) -> Option<&'static str> {
    let ended = |name: &str| {
        let after = rest.as_bytes().get(name.len());
        name == "!--" || matches!(after, Some(b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r'))
    };
    let same = |name: &str| rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    TAGS.iter().copied().find(|name| same(name) && ended(name))
}

/// Makes paragraphs of what empty lines part, where nothing else parts it: so blogs keep their posts.
#[cfg(feature = "html")]
fn paragraphs(text: &str) -> std::borrow::Cow<'_, str> {
    let lines = text.trim().lines();
    if !lines.clone().any(|line| line.trim().is_empty())
        || tags(text).any(|(name, _)| PARTING.contains(&name))
    {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut code = false;
    for line in lines {
        if line.trim().is_empty() && !code {
            out.push_str("<p>");
        }
        if let Some((_, ends)) = tags(line).filter(|(name, _)| *name == "pre").last() {
            code = ends == Ends::No;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_of_a_page_is_told_by_its_signs() {
        let check = |text: &str, expected: Looks| assert_eq!(looks(text), expected, "{text}");
        check("<p>The tide", Looks::Page);
        check(" <IMG src=a>", Looks::Page);
        check("The <b>tide</b> is late", Looks::Page);
        check("One<br/>two", Looks::Page);
        check("Fish &amp; chips", Looks::Escaped);
        check("Ebb &#8211; flood &#x2014;", Looks::Escaped);
        check("<!-- wp:paragraph -->a", Looks::Page);
        check("a < b and c > d && e", Looks::Plain);
        check("The <p> tag begins a paragraph", Looks::Plain);
        check("Vec<String> and </thing>", Looks::Plain);
        check("R&D; Q&A", Looks::Plain);
        check("&", Looks::Plain);
        check("<", Looks::Plain);
        check("</", Looks::Plain);
        check("<pé>", Looks::Plain);
        check("", Looks::Plain);
    }

    #[test]
    fn text_is_read_as_what_it_is() {
        let check = |text: &str, expected: &str| {
            let sections = sections(text);
            let print = |section: &Section| format!("{}: {}", section.headings.join(" > "), section.text);
            assert_eq!(sections.iter().map(print).collect::<Vec<_>>().join("|"), expected, "{text}");
        };
        check("a < b\n\nc", ": a < b\n\nc");
        check("<p>a <b>b</b></p><h2>C</h2><p>d", ": a b|C: d");
        check("a <b>b</b>\n\nc\nd", ": a b\n\nc d");
        check("<em>a</em>\n<pre>b\n\nc</pre>\n\nd", ": a\n\nb\n\nc\n\nd");
        check("<p>a</p>\n\nb", ": a\n\nb");
        check("a<br>b\n\nc", ": a\nb\n\nc");
        check("a &amp; b &#60;c\n\n&lt;p&gt; d", ": a & b <c\n\n<p> d");
        // Markdown, whatever tags stand in it.
        check(
            "# A\n\nb<br>\nc [d](https://example.org)\n\n- e\n- <b>f</b>\n\n```sh\ng\nh\n```",
            "A: b\nc d\n\n- e\n- f\n\ng\nh",
        );
        check("a\n\n## B\n\n**c** d\n\n| e |\n|---|\n| f |", ": a|B: c d\n\ne\nf");
        check("# a\n\nb", ": # a\n\nb");
        check("<p>**a** [b](https://example.org)</p>", ": **a** [b](https://example.org)");
    }

    #[test]
    fn a_line_is_plain() {
        let check = |text: &str, expected: &str| assert_eq!(line(text), expected, "{text}");
        check("The <i>late</i> tide", "The late tide");
        check("Fish &amp; chips", "Fish & chips");
        check("Fish & chips", "Fish & chips");
        check("<h1>A</h1><p>b</p>", "A b");
    }
}
