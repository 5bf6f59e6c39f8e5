//! Links that open a file at a passage.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::{
    article::{Lines, Place, Spot},
    index::ArticleText,
};

/// What stays as it is in the path of a file URL (RFC 8089, RFC 3986).
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How many words a text fragment quotes: enough to be found once, few enough to stand in one block.
const QUOTED_WORDS: usize = 8;

/// Returns a `file:` URL of a file with a fragment for the passage: `#page=3` where it has pages, as
/// readers of PDF take it (RFC 8118, section 3), `#t=75` where it has times (Media Fragments 1.0,
/// 4.2.1), a text fragment for a page (<https://wicg.github.io/scroll-to-text-fragment/>), else
/// `#L18` where lines are the file's own, as editors take it. Of a file inside another one only that
/// one can be opened.
pub(super) fn of(file: &Path, format: &str, place: &Place, text: &str, member: Option<&str>) -> String {
    let path = encoded_path(file);
    let fragment = match (place.spot, place.of) {
        // A record has a line of the file, a file inside it has none.
        _ if member.is_some() && place.record.is_none() => String::new(),
        (Some(Spot::Page(page)), _) => format!("#page={page}"),
        (Some(Spot::Time(seconds)), _) => format!("#t={seconds}"),
        (_, Lines::File) => format!("#L{}", place.line),
        (_, Lines::Text) if matches!(format, "html" | "mhtml") => match quote(text) {
            Some(quote) => format!("#:~:text={quote}"),
            None => String::new(),
        },
        (_, Lines::Text) => String::new(),
    };
    format!("file://{path}{fragment}")
}

/// Returns the URL that opens an article at the passage that was asked for, as a hit has it.
pub fn link(article: &ArticleText) -> Option<String> {
    let passage = article.passages.iter().find(|passage| passage.asked)?;
    let (place, member) = (&passage.place, article.member.as_deref());
    Some(of(&article.file, &article.format, place, passage.text.trim_end(), member))
}

/// Returns a path from the root on as the path of a URL: percent-encoded, with a slash first.
pub(crate) fn encoded_path(file: &Path) -> String {
    let path = percent_encode(&bytes(file), IN_PATH).to_string();
    if path.starts_with('/') { path } else { format!("/{path}") }
}

/// Returns the first words of the first line worth quoting, encoded.
fn quote(text: &str) -> Option<String> {
    let line = text
        .lines()
        .map(|line| line.trim_start_matches(['-', '*', '•', ' ']))
        .find(|line| !line.trim().is_empty())?;
    let words: Vec<&str> = line.split_whitespace().take(QUOTED_WORDS).collect();
    Some(percent_encode(words.join(" ").as_bytes(), NON_ALPHANUMERIC).to_string())
}

#[cfg(unix)]
fn bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().into()
}

#[cfg(not(unix))]
fn bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_at_the_passage() {
        let check = |path: &str, format: &str, of_lines, spot, member: Option<&str>, expected: &str| {
            let record = member.filter(|member| *member == "record").map(|_| 7);
            let place = Place { of: of_lines, line: 18, line_end: 20, record, spot };
            let link = of(Path::new(path), format, &place, "\n- One, two-three\nFour", member);
            assert_eq!(link, format!("file:///{expected}"));
        };
        let (file, text) = (Lines::File, Lines::Text);
        check("/a b/ü.md", "markdown", file, None, None, "a%20b/%C3%BC.md#L18");
        check("/a.html", "html", text, None, None, "a.html#:~:text=One%2C%20two%2Dthree");
        check("/a.pdf", "pdf", text, Some(Spot::Page(3)), None, "a.pdf#page=3");
        check("/a.vtt", "subtitles", text, Some(Spot::Time(75)), None, "a.vtt#t=75");
        check("/a.epub", "epub", text, Some(Spot::Chapter(2)), None, "a.epub");
        check("/a.zip", "pdf", text, Some(Spot::Page(3)), Some("b.pdf"), "a.zip");
        check("/a.jsonl", "jsonl", file, None, Some("record"), "a.jsonl#L18");
    }
}
