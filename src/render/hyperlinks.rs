//! Places as links that a terminal opens (OSC 8), in the form that the reader's editor takes.

use std::path::Path;

use crate::{
    article::{Lines, Place},
    search::encoded_path,
};

/// Formats that have a name, as the programs take them that their names say. Those of editors are URLs for
/// which these programs ask the system.
pub const ALIASES: &[(&str, &str)] = &[
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("grep+", "grep+://{path}:{line}"),
    ("idea", "idea://open?file={path}&line={line}&column={column}"),
    ("kitty", "file://{host}{path}#{line}"),
    ("macvim", "mvim://open?url=file://{path}&line={line}&column={column}"),
    ("textmate", "txmt://open?url=file://{path}&line={line}&column={column}"),
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("vscode-insiders", "vscode-insiders://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
    ("zed", "zed://file{path}:{line}:{column}"),
];

/// What a place is made a link by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hyperlinks {
    /// Nothing is a link.
    None,
    /// The link of the hit: a `file:` URL, with the page or the words where the format has them.
    #[default]
    File,
    /// A format of the reader's.
    Format(Vec<Piece>),
}

/// A piece of the format of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text, as it stands.
    Text(String),
    /// The path of the file from the root on, percent-encoded.
    Path,
    /// The line where the passage begins.
    Line,
    /// The column where it begins, which is 1.
    Column,
}

impl Hyperlinks {
    /// Reads the name of a format, or a format with `{path}`, `{line}`, `{column}` and `{host}`, the last of
    /// which stands for `host`.
    ///
    /// # Errors
    /// Says what is no variable, or what is missing.
    pub fn parse(text: &str, host: &str) -> Result<Self, String> {
        match text {
            "none" => return Ok(Self::None),
            "file" => return Ok(Self::File),
            _ => {}
        }
        let format = ALIASES.iter().find(|(name, _)| *name == text).map_or(text, |(_, format)| format);
        if !format.contains(['{', ':']) {
            let names: Vec<&str> = ALIASES.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "give none, file, {}, or a format such as vscode://file{{path}}:{{line}}",
                names.join(", ")
            ));
        }
        has_scheme(format)?;
        let pieces = pieces(format, host)?;
        let has = |piece| pieces.contains(&piece);
        if !has(Piece::Path) {
            return Err("a format needs {path}".into());
        }
        if has(Piece::Column) && !has(Piece::Line) {
            return Err("{column} needs {line}".into());
        }
        Ok(Self::Format(pieces))
    }

    /// Returns the link of a place in a file; none where nothing is one. Of a format that names a line the
    /// file's own lines are needed: a page or a chapter stays with `link`, which is that of the hit.
    pub fn of(&self, file: &Path, place: &Place, member: Option<&str>, link: &str) -> Option<String> {
        let pieces = match self {
            Self::None => return None,
            Self::File => return Some(link.into()),
            Self::Format(pieces) => pieces,
        };
        let has_lines = place.of == Lines::File && (member.is_none() || place.record.is_some());
        if pieces.contains(&Piece::Line) && !has_lines {
            return Some(link.into());
        }
        Some(
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Path => encoded_path(file),
                    Piece::Line => place.line.to_string(),
                    Piece::Column => "1".into(),
                })
                .collect(),
        )
    }
}

/// Checks that a format begins with a scheme (RFC 3986, section 3.1).
fn has_scheme(format: &str) -> Result<(), String> {
    let scheme = format.split_once(':').map_or("", |(scheme, _)| scheme);
    let letter = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    if scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.chars().all(letter) {
        Ok(())
    } else {
        Err("a format begins with a scheme, such as file: or vscode:".into())
    }
}

/// Parts a format into its pieces.
fn pieces(format: &str, host: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while !rest.is_empty() {
        let (text, variable, after) = match rest.split_once('{') {
            None => (rest, None, ""),
            Some((text, after)) => {
                let Some((name, after)) = after.split_once('}') else {
                    return Err("a { is not closed by }".into());
                };
                (text, Some(name), after)
            }
        };
        // What else may stand in a URL (RFC 3986, section 2).
        let foreign = |letter: char| !letter.is_ascii_graphic() || "\"<>\\^`|}".contains(letter);
        if let Some(letter) = text.chars().find(|letter| foreign(*letter)) {
            return Err(format!("`{}` cannot stand in a link", letter.escape_debug()));
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text.into()));
        }
        match variable {
            None => {}
            Some("path") => pieces.push(Piece::Path),
            Some("line") => pieces.push(Piece::Line),
            Some("column") => pieces.push(Piece::Column),
            Some("host") => pieces.push(Piece::Text(encoded_path(Path::new(host)).split_off(1))),
            Some(name) => {
                return Err(format!(
                    "there is no {{{name}}}; there are {{path}}, {{line}}, {{column}}, {{host}}"
                ));
            }
        }
        rest = after;
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(of: Lines) -> Place {
        Place { of, line: 18, line_end: 20, record: None, spot: None }
    }

    #[test]
    fn a_place_is_a_link_in_the_form_that_was_asked_for() {
        let check = |format: &str, of: Lines, member: Option<&str>, expected: &str| {
            let links = Hyperlinks::parse(format, "a b.example").expect("it is a format");
            let link = links.of(Path::new("/ä b/c:#{line}.md"), &place(of), member, "file:///x#page=3");
            assert_eq!(link.unwrap_or_default(), expected, "{format}");
        };
        let path = "/%C3%A4%20b/c%3A%23%7Bline%7D.md";
        check("none", Lines::File, None, "");
        check("file", Lines::File, None, "file:///x#page=3");
        check("vscode", Lines::File, None, &format!("vscode://file{path}:18:1"));
        check("idea", Lines::File, None, &format!("idea://open?file={path}&line=18&column=1"));
        check("kitty", Lines::File, None, &format!("file://a%20b.example{path}#18"));
        check("x-own:{path}@{line}", Lines::File, None, &format!("x-own:{path}@18"));
        // What has no lines of its own stays with the page.
        check("vscode", Lines::Text, None, "file:///x#page=3");
        check("vscode", Lines::File, Some("inside.md"), "file:///x#page=3");
        check("x-own:{path}", Lines::Text, None, &format!("x-own:{path}"));
    }

    #[test]
    fn every_name_is_a_format_that_is_allowed() {
        for (name, format) in ALIASES {
            assert!(matches!(Hyperlinks::parse(name, "host"), Ok(Hyperlinks::Format(_))), "{name}");
            assert_eq!(Hyperlinks::parse(name, "host"), Hyperlinks::parse(format, "host"));
        }
    }

    #[test]
    fn a_format_that_is_none_is_refused_with_the_reason() {
        let check = |format: &str, expected: &str| {
            let error = Hyperlinks::parse(format, "host").expect_err("it is no format");
            assert!(error.contains(expected), "{format}: {error}");
        };
        check("vscod", "vscode");
        check("", "give none, file, ");
        check("x://{file}", "no {file}; there are {path}");
        check("x://{path", "not closed");
        check("x://open", "needs {path}");
        check("x://{path}:{column}", "needs {line}");
        check("{path}:{line}", "scheme");
        check("1x:{path}", "scheme");
        check("x://{path}\u{1b}\\", "cannot stand");
        check("x://{path}ä", "cannot stand");
        check("x://{path}}", "cannot stand");
    }
}
