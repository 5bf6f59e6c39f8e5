//! What format a file is of: what its first bytes show, then what its name says, then the marks in it.

use std::borrow::Cow;

#[cfg(feature = "xml")]
use super::markup;
use super::{Extent, FORMATS, Format, decode};

/// Files that are no articles, although they are text or hold some: what belongs to pages and
/// programs, and what no reader takes as it is meant.
const NO_ARTICLES: &[&str] = &[
    "apk", "css", "jar", "js", "key", "lock", "map", "mjs", "numbers", "ods", "pages", "rdf", "svg", "vsix",
    "wasm", "whl", "xlsb", "xlsm", "xlsx", "xpi",
];

/// Bytes by which a text is told from what is none.
const SAMPLE: usize = 8_000;

/// Bytes at the start of a text in which its marks are looked for.
const MARKED_WITHIN: usize = 32_000;

/// Returns the format of a file: that of its name unless its first bytes show another one, and plain
/// text for what is text. Text under the name of plain text, or under one without an extension, is of
/// the format whose marks it bears. Returns none for what no reader takes.
pub fn of(name: &str, bytes: &[u8]) -> Option<&'static dyn Format> {
    let named = by_extension(name);
    if let Some(format) = named.filter(|format| format.begins(bytes) == Some(true)) {
        return Some(format);
    }
    let told = FORMATS.iter().find(|format| format.begins(bytes) == Some(true)).copied();
    let plain_zip = told.filter(|format| format.name() == "zip");
    if (told.is_none() || plain_zip.is_some()) && is_no_article(name) {
        return None;
    }
    let says_nothing = extension(name).is_none() || named.is_some_and(|format| format.name() == "text");
    // A book or an office file is a zip file that may not show what it is.
    let named = named.filter(|format| format.begins(bytes).is_none());
    let zipped = plain_zip.and(named.filter(|format| format.extent() == Extent::Whole));
    let marked = || says_nothing.then(|| marked(bytes)).flatten();
    let untold = || looks_like_text(bytes).then(|| untold(bytes));
    zipped.or(told).or_else(marked).or(named).or_else(untold)
}

/// Returns the format whose marks a text bears.
fn marked(bytes: &[u8]) -> Option<&'static dyn Format> {
    let head = &bytes[..bytes.len().min(MARKED_WITHIN)];
    let text = text_of(head)?;
    // Of a line that is cut off nothing can be said.
    let cut = bytes.len() > MARKED_WITHIN;
    let end = text.rfind('\n').filter(|_| cut).unwrap_or(text.len());
    FORMATS.iter().find(|format| format.marks(&text[..end])).copied()
}

/// Returns the format of text of which neither its name nor its beginning says more.
#[cfg_attr(not(feature = "xml"), expect(unused_variables, reason = "then all text is plain"))]
fn untold(bytes: &[u8]) -> &'static dyn Format {
    #[cfg(feature = "xml")]
    if markup::is_xml(bytes) {
        return &markup::Markup;
    }
    FORMATS[0]
}

/// Whether a text may begin with this sign: no other ASCII character stands before it that shows.
#[cfg(feature = "xml")]
pub(super) fn may_begin(bytes: &[u8], sign: u8) -> bool {
    let first = bytes.iter().find(|byte| !char::from(**byte).is_whitespace() || !byte.is_ascii());
    first.is_some_and(|first| *first == sign || !first.is_ascii())
}

/// Says why no reader takes a file of this name, for which [`of`] returned none.
pub fn refusal(name: &str) -> String {
    match (extension(name), by_extension(name)) {
        (Some(extension), _) if is_no_article(name) => format!(".{extension} files are no articles"),
        (Some(extension), Some(_)) => format!("is no .{extension} file, although its name says so"),
        _ => "is neither text nor of a format that can be read".into(),
    }
}

fn is_no_article(name: &str) -> bool {
    extension(name).is_some_and(|extension| NO_ARTICLES.contains(&extension.as_str()))
}

/// Returns the format that answers to a file's extension.
pub fn by_extension(name: &str) -> Option<&'static dyn Format> {
    let extension = extension(name)?;
    FORMATS.iter().find(|format| format.extensions().contains(&extension.as_str())).copied()
}

/// Returns the format of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().find(|format| format.name() == name).copied()
}

fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    // `.profile` and `St. Mary` have none.
    let plain = !extension.is_empty()
        && extension.len() <= 10
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!stem.is_empty() && plain).then(|| extension.to_ascii_lowercase())
}

/// Says whether there is no control character among these bytes but for blanks, line breaks and escape:
/// then they are text of some encoding.
fn is_plain(bytes: &[u8]) -> bool {
    let control = |byte: &u8| matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31);
    // Looked at in parts without an early end, which the compiler can do for many at once.
    bytes.chunks(256).all(|part| !part.iter().fold(false, |any, byte| any | control(byte)))
}

/// Returns the first part of a file as text, with line breaks as `\n`; none where it is no text.
fn text_of(head: &[u8]) -> Option<Cow<'_, str>> {
    if is_plain(head) && !head.contains(&b'\r') && !head.starts_with(b"\xef\xbb\xbf") {
        match std::str::from_utf8(head) {
            Ok(text) => return Some(text.into()),
            // A character that is cut off at the end.
            Err(error) if error.error_len().is_none() => {
                return std::str::from_utf8(&head[..error.valid_up_to()]).ok().map(Cow::from);
            }
            Err(_) => {}
        }
    }
    Some(head)
        .filter(|head| looks_like_text(head))
        .and_then(|head| Some(decode::decode(head, None).ok()?.text.into()))
}

/// Says whether bytes are text of some encoding, and no binary data.
fn looks_like_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(SAMPLE)];
    if is_plain(head) {
        return true;
    }
    let control = |byte: &u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || decode::is_utf_32(head);
    (wide || !head.iter().any(control)) && decode::decode(head, None).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_told_by_its_first_bytes_before_its_name() {
        let check = |name: &str, bytes: &[u8], expected: Option<&str>| {
            assert_eq!(of(name, bytes).map(|format| format.name()), expected, "{name}");
        };
        check("a.txt", b"plain", Some("text"));
        check("a", b"plain", Some("text"));
        check("a.strange", "näive".as_bytes(), Some("text"));
        check("a.strange", b"na\xefve caf\xe9", Some("text"));
        check("a.strange", b"\0\x01\x02", None);
        check("a.css", b"p { color: red }", None);
        check("a", b"{\"text\": \"b\"}\n{\"text\": \"c\"}\n", Some("jsonl"));
        check("a.txt", b"{\"text\": \"b\"}\nc\n", Some("text"));
        check("a.xlsx", b"PK\x03\x04", None);
        #[cfg(feature = "xml")]
        {
            check("a.page", b"\n<page xmlns='http://example.org/p'><p>a", Some("xml"));
            check("a.xml", b"<?xml version='1.0'?><svg/>", Some("xml"));
            check("a.svg", b"<?xml version='1.0'?><svg/>", None);
            check("a.page", b"<page> is a tag", Some("text"));
            check("a.txt", b"<?xml version='1.0'?><a/>", Some("text"));
        }
        #[cfg(feature = "html")]
        {
            check("a.txt", b"\xef\xbb\xbf <!DOCTYPE html><p>a", Some("html"));
            check("a", b"<?xml version='1.0'?>\n<html><p>a", Some("html"));
        }
        #[cfg(feature = "pdf")]
        {
            check("a.txt", b"%PDF-1.4", Some("pdf"));
            check("a.pdf", b"plain", Some("text"));
            check("a.pdf", b"\0\x01\x02", None);
        }
        #[cfg(all(feature = "archives", feature = "books", feature = "office"))]
        {
            check("a.zip", b"PK\x03\x04", Some("zip"));
            check("a.epub", b"PK\x03\x04", Some("epub"));
            check("a.docx", b"PK\x03\x04", Some("docx"));
            check("a.docx", b"{\\rtf1 a}", Some("rtf"));
            check("a.txt", b"PK\x03\x04", Some("zip"));
            check("a.html", b"PK\x03\x04", Some("zip"));
        }
    }

    #[test]
    fn marks_tell_a_format_under_a_name_that_does_not() {
        let check = |text: &str, expected: &str| {
            for name in ["a.txt", "README", "Notes of May 1. by hand"] {
                let found = of(name, text.as_bytes()).map(|format| format.name());
                assert_eq!(found, Some(expected), "{name}: {text}");
            }
            // A name that says something goes before the marks.
            assert_ne!(of("a.py", text.as_bytes()).map(|format| format.name()), Some(expected), "{text}");
        };
        check("= Tides\nJane Doe\n:toc:\n\n== High\n\nThe tide is late.\n", "asciidoc");
        check("#+TITLE: Tides\n\n* High\nThe tide is late.\n", "org");
        check("Tides\n=====\n\n.. note::\n\n   Mind the ``tide``.\n\nHigh\n----\n\nIt is late.\n", "rst");
        check("\\documentclass{article}\n\\begin{document}\nThe tide is late.\n\\end{document}\n", "latex");
        check("id,title,text\n1,a,b\n2,c,d\n3,e,f\n4,g,h\n", "csv");
        check("[{\"title\": \"Tides\", \"text\": \"The tide is late.\"}]", "json");
        check("Title\tText\tDate\na\tb\t2024\nc\td\t2024\ne\tf\t2024\ng\th\t2024\n", "csv");
        #[cfg(feature = "markdown")]
        check("# Tides\n\nThe [tide](https://example.org) is late.\n\n## High\n\nSo it is.\n", "markdown");
    }

    #[test]
    fn plain_text_stays_plain() {
        let check = |text: &str| {
            assert_eq!(of("a.txt", text.as_bytes()).map(|format| format.name()), Some("text"), "{text}");
        };
        // Underlined heads, stars, numbers and rules are as old as typewriters.
        check("THE TIDE\n========\n\n* It is late.\n* It is high.\n\nNOTES\n-----\n\n1. See below.\n");
        check("= The tide =\n\n== High ==\n\nIt is [[late]].\n\n* one\n** two\n");
        check("The tide is late,\nas ever, as it was,\nand high, and low, and gone,\nso, we, wait.\n");
        check(
            "diff --git a/README.md b/README.md\n--- a/README.md\n+++ b/README.md\n@@ -1,3 +1,3 @@\n-# Tides\n+# The [tide](a.md)\n \n+## High\n",
        );
        check(
            "2024-05-01 10:00:00,123 INFO tide: rising, slowly, still\n2024-05-01 10:00:01,200 WARN tide: late, high, here\n",
        );
        check("+------+------+\n| port | tide |\n+======+======+\n| Brest | 7.2 |\n+------+------+\n");
        check("Dear Ann,\n\n> It is *late*.\n\nSo it is. See http://example.org/a[1].\n\n-- \nBo\n");
        check("* Changes in 2.0\n\n** The tide is told by `tide'.\n\n* Changes in 1.0\n");
        check("# Port to listen on\n# (see [the manual](man:tide))\nPort 22\n\n# Users\nAllow all\n");
        check("#include <stdio.h>\n\n// = Tides\nint main(void) { return a[0](1) ** b; }\n");
        check("To write \\documentclass{article} you type it.\n\\begin{document} is next.\n");
        check("[package]\nname = \"tide\"\n\n[[bin]]\npath = \"a::b\"\n\n[source]\nlink = \"link:a[b]\"\n");
        check("---\nNot front matter: this is prose that goes on.\n---\n\nMore.\n");
        check("port,height,depth\nBrest,7,2\nBrest,7,3\nBrest,7,4\nBrest,7,5\n");
    }

    proptest! {
        #[test]
        fn any_text_is_told(text in "([-=#+*:|.`_~<>\\[\\](){},;\t\n ]|\\.\\. |::|title|text|id|#\\+|\\\\section|é){0,60}") {
            prop_assert!(of("a.txt", text.as_bytes()).is_some());
        }
    }
}
