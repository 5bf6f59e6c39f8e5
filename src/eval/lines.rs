//! Files that are read line by line: where one cannot be understood, the line and the cause are told.

use std::{fs, path::Path, str};

use crate::error::{Error, Result};

/// A line that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// The line, from 1.
    line: usize,
    /// What is wrong with it.
    cause: String,
    /// How such lines should look.
    expected: &'static str,
}

impl Slip {
    pub(super) fn new(line: usize, cause: impl Into<String>, expected: &'static str) -> Self {
        Self { line, cause: cause.into(), expected }
    }
}

/// Reads a file and understands its text.
///
/// # Errors
/// [`Error::Read`] where it cannot be read, [`Error::Malformed`] where it cannot be understood.
pub(super) fn read<T>(path: &Path, parse: impl Fn(&str) -> std::result::Result<T, Slip>) -> Result<T> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.into(), source })?;
    let parsed = match str::from_utf8(&bytes) {
        // What some editors put first, a byte order mark, is no text.
        Ok(text) => parse(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Slip::new(line, "it is not UTF-8", "save the file as UTF-8"))
        }
    };
    parsed.map_err(|Slip { line, cause, expected }| Error::Malformed {
        path: path.into(),
        line: line as u64,
        source: cause.into(),
        expected,
    })
}

/// Returns the lines that are not blank, each with its number from 1.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

/// Returns text with single blanks between its words.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
