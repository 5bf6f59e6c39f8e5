//! Links that open a file at a passage.

use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::article::{Lines, Place};

/// What stays as it is in the path of a file URL (RFC 8089, RFC 3986).
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How many words a text fragment quotes: enough to be found once, few enough to stand in one block.
const QUOTED_WORDS: usize = 8;

/// Returns a `file:` URL of a file with a fragment for the passage: `#L18` where lines are the
/// file's own, as editors take it, and a text fragment for a page
/// (<https://wicg.github.io/scroll-to-text-fragment/>).
pub(super) fn of(file: &Path, format: &str, place: &Place, text: &str) -> String {
    let path = percent_encode(&bytes(file), IN_PATH).to_string();
    let slash = if path.starts_with('/') { "" } else { "/" };
    let fragment = match place.of {
        Lines::File => format!("#L{}", place.line),
        Lines::Text if format == "html" => match quote(text) {
            Some(quote) => format!("#:~:text={quote}"),
            None => String::new(),
        },
        Lines::Text => String::new(),
    };
    format!("file://{slash}{path}{fragment}")
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
        let check = |path: &str, format: &str, lines, expected: &str| {
            let place = Place { of: lines, line: 18, line_end: 20, record: None, spot: None };
            assert_eq!(of(Path::new(path), format, &place, "\n- One, two-three\nFour"), expected);
        };
        check("/a b/ü.md", "markdown", Lines::File, "file:///a%20b/%C3%BC.md#L18");
        check("/a.html", "html", Lines::Text, "file:///a.html#:~:text=One%2C%20two%2Dthree");
    }
}
