//! For spreadsheets: each hit as one row.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use super::{Look, Render, harmless};
use crate::{article::Spot, search::Results};

/// Comma-separated values (RFC 4180) with a row of names.
pub(super) struct Csv;

impl Render for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn render(&self, results: &Results, look: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut rows = csv::Writer::from_writer(out);
        rows.write_record([
            "rank", "score", "id", "file", "member", "line", "title", "headings", "author", "date", "text",
            "page",
        ])?;
        for hit in &results.hits {
            let text = |text: &str| cell(&if look.terminal { harmless(text) } else { Cow::Borrowed(text) });
            rows.write_record([
                hit.rank.to_string(),
                format!("{:.4}", hit.score),
                hit.id.clone(),
                text(&hit.file.to_string_lossy()),
                text(hit.member.as_deref().unwrap_or_default()),
                hit.place.line.to_string(),
                text(&hit.title),
                text(&hit.headings.join(" › ")),
                text(&hit.authors.join("; ")),
                hit.date.map(|date| date.to_string()).unwrap_or_default(),
                text(&hit.text),
                match hit.place.spot {
                    Some(Spot::Page(page)) => page.to_string(),
                    _ => String::new(),
                },
            ])?;
        }
        rows.flush()
    }
}

/// Returns a cell that a spreadsheet takes as text: one that begins like a formula gets a quote
/// before it (OWASP, CSV injection).
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("plain"), "plain");
    }
}
