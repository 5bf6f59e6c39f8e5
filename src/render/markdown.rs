//! For notes: each hit as a heading with its place and a quotation.

use std::io::{self, Write};

use super::{
    Look, Render,
    advice::{advice, plain_notes, relaxed, spent},
    harmless,
    text::unit,
};
use crate::search::Results;

/// Markdown that stands by itself or inside a note.
pub(super) struct Markdown;

impl Render for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn render(&self, results: &Results, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        if let Some(relaxed) = relaxed(results) {
            writeln!(out, "*{}*\n", escaped(&relaxed))?;
        } else if results.hits.is_empty() {
            writeln!(out, "*No {} matches.*\n", unit(results))?;
        }
        for hit in &results.hits {
            let mut heading = escaped(&hit.title);
            for part in &hit.headings {
                heading.push_str(" › ");
                heading.push_str(&escaped(part));
            }
            writeln!(out, "### {}. {heading}\n", hit.rank)?;
            let mut facts =
                vec![format!("[{}](<{}>)", escaped(&String::from_utf8_lossy(&hit.path)), hit.link)];
            facts.extend(hit.date.map(|date| date.to_string()));
            facts.extend(hit.authors.iter().map(|author| escaped(author)));
            facts.extend(hit.stale.map(|stale| format!("file {stale}")));
            writeln!(out, "{}\n", facts.join(" · "))?;
            for line in hit.text.lines() {
                let line = escaped(line);
                writeln!(out, "{}", if line.is_empty() { ">".into() } else { format!("> {line}") })?;
            }
            writeln!(out)?;
        }
        for line in advice(results) {
            writeln!(out, "{}\n", escaped(&line))?;
        }
        for note in plain_notes(results).chain(&results.freshness.notes) {
            writeln!(out, "*{}*\n", escaped(note))?;
        }
        if let Some(spent) = spent(results) {
            writeln!(out, "*{}*\n", escaped(&spent))?;
        }
        Ok(())
    }
}

/// Returns one line of text that means nothing in Markdown but itself.
fn escaped(text: &str) -> String {
    let text = harmless(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let mut escaped = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let special =
            matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$')
                || (at == 0 && matches!(letter, '-' | '+' | '='));
        // `1.` at the beginning of a line is a list.
        let list =
            matches!(letter, '.' | ')') && at > 0 && text[..at].bytes().all(|byte| byte.is_ascii_digit());
        if special || list {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_means_nothing_but_itself() {
        let check = |text: &str, expected: &str| assert_eq!(escaped(text), expected);
        check("# <b>x</b>\n[a](b)", "\\# \\<b\\>x\\</b\\> \\[a\\](b)");
        check("1. one", "1\\. one");
        check("- one - two", "\\- one - two");
    }
}
