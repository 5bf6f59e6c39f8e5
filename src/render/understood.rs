//! A query as it was understood: for people the canonical form, and below it what each part means.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    Look,
    json::{SCHEMA, write},
    text::{BOLD, PLAIN, WARNING, harmless},
};
use crate::search::{Forms, InIndex, Instead, Meaning, Understood};

/// Writes it for people.
///
/// # Errors
/// Whatever `out` says.
pub fn text(understood: &Understood, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let (bold, warning, plain) = if look.colour { (BOLD, WARNING, PLAIN) } else { ("", "", "") };
    let query = if understood.understood.is_empty() { "nothing to look for" } else { &understood.understood };
    writeln!(out, "{bold}{}{plain}\n", harmless(query))?;
    let mut lines = Vec::new();
    if let Meaning::Group { must, should, not } = &understood.tree {
        parts(must, should, not, 1, &mut lines);
    }
    for line in lines {
        writeln!(out, "{}", harmless(&line).replace('\n', " "))?;
    }
    if let Some(index) = &understood.index {
        for line in in_index(index) {
            writeln!(out, "{}", harmless(&line))?;
        }
    }
    for note in &understood.notes {
        writeln!(out, "\n{warning}note: {}{plain}", harmless(note).replace('\n', " "))?;
    }
    Ok(())
}

/// Writes it as one object.
///
/// # Errors
/// Whatever `out` says.
pub fn json(understood: &Understood, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Object<'a> {
        schema: u32,
        #[serde(flatten)]
        understood: &'a Understood,
    }
    write(&Object { schema: SCHEMA, understood }, out)
}

fn parts(must: &[Meaning], should: &[Meaning], not: &[Meaning], depth: usize, lines: &mut Vec<String>) {
    let field =
        |part: &Meaning| matches!(part, Meaning::Field { .. } | Meaning::Days { .. } | Meaning::Title { .. });
    let any = match (must.iter().all(field), should.len()) {
        (false, _) => "better with:",
        (true, 1) => "looked for:",
        (true, _) => "any of these, the more the better:",
    };
    for (label, parts) in [("must be there:", must), (any, should), ("must not be there:", not)] {
        if parts.is_empty() {
            continue;
        }
        lines.push(indented(depth, label));
        for part in parts {
            match part {
                Meaning::Group { must, should, not } => {
                    let lists = [must, should, not].into_iter().filter(|parts| !parts.is_empty()).count();
                    if lists > 1 {
                        lines.push(indented(depth + 1, "together:"));
                    }
                    self::parts(must, should, not, if lists > 1 { depth + 2 } else { depth + 1 }, lines);
                }
                part => lines.push(indented(depth + 1, &plain(part))),
            }
        }
    }
}

fn indented(depth: usize, text: &str) -> String {
    format!("{:width$}{text}", "", width = 2 * depth)
}

/// Says what the words stand for in the index.
fn in_index(index: &InIndex) -> Vec<String> {
    let mut lines = vec![String::new(), indented(1, "in this index:")];
    for Forms { word, stems, passages, passed_over, .. } in &index.words {
        let held = if *passages == 1 { "1 passage".into() } else { format!("{passages} passages") };
        let stems = match stems.as_slice() {
            [] => String::new(),
            stems => format!(", by {}", stems.join(", ")),
        };
        lines.push(indented(
            2,
            &match passed_over {
                true => format!("`{word}` carries no subject and is passed over"),
                false => format!("`{word}` in {held}{stems}"),
            },
        ));
    }
    for Instead { of, words, .. } in &index.instead {
        lines.push(indented(2, &format!("for `{of}` also `{words}`")));
    }
    if lines.len() > 2 { lines } else { Vec::new() }
}

/// Says in words what a part is that is no group.
fn plain(part: &Meaning) -> String {
    match part {
        Meaning::Words { words, .. } => match words.as_slice() {
            [word] => format!("`{word}` in any form"),
            words => format!("`{}` in any form, best side by side", words.join("` `")),
        },
        Meaning::Prefix { prefix, .. } => format!("words that begin `{prefix}`"),
        Meaning::Fuzzy { word, slips: 1, .. } => {
            format!("words spelled like `{word}`, with one slip at most")
        }
        Meaning::Fuzzy { word, slips, .. } => {
            format!("words spelled like `{word}`, with {slips} slips at most")
        }
        Meaning::Shape { patterns, .. } => match patterns.as_slice() {
            [pattern] => format!("words of the shape `{pattern}`"),
            patterns => format!("words side by side of the shapes `{}`", patterns.join("` `")),
        },
        Meaning::Phrase { words, slop: 0, .. } => format!("exactly `{}`", words.join(" ")),
        Meaning::Phrase { words, slop, .. } => {
            format!("exactly `{}`, with up to {slop} words between them", words.join("` `"))
        }
        Meaning::Title { of, .. } => format!("in title or headings: {}", plain(of)),
        Meaning::Field { field, values, .. } => format!("{field}: {}", values.join(" or ")),
        Meaning::Days { from, to, .. } => match (from, to) {
            (Some(from), Some(to)) if from == to => format!("dated {from}"),
            (Some(from), Some(to)) => format!("dated {from} to {to}"),
            (Some(from), None) => format!("dated {from} or later"),
            (None, Some(to)) => format!("dated {to} or earlier"),
            (None, None) => "with a date".into(),
        },
        Meaning::Group { .. } => "several".into(),
    }
}
