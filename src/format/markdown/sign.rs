//! The signs by which Markdown is told from other text, most of which has some of them.

use super::front;
use crate::article::Article;

/// Heads that are asked for.
const FEWEST_HEADS: usize = 2;

/// Says whether a text has the front matter of an article, or several heads and something else that
/// is Markdown's.
pub(super) fn is_signed(text: &str) -> bool {
    if front::take(text, &mut Article::default()) > 0 {
        return true;
    }
    // Glances that pass most texts. In scripts and settings lines that look like heads are comments.
    if text.starts_with("#!") || !(text.starts_with('#') || text.contains("\n#")) {
        return false;
    }
    let (mut heads, mut fences, mut strays, mut other) = (0, 0, 0, false);
    let mut before = 0;
    for line in text.lines() {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let named = line[level..].starts_with([' ', '\t']) && !line[level..].trim().is_empty();
        if line.starts_with("```") {
            fences += 1;
        } else if fences % 2 == 0 {
            other |= has_link(line) || has_strong(line);
            match (1..=6).contains(&level) && named {
                // A comment goes on from line to line.
                true if level == before => return false,
                true => heads += 1,
                false => strays += usize::from(level > 0),
            }
        }
        before = level;
    }
    heads >= FEWEST_HEADS && strays <= heads && (other || fences >= 2)
}

/// Says whether `[words](target)` stands in a line.
fn has_link(line: &str) -> bool {
    line.split_once("](").is_some_and(|(before, after)| {
        let target = after.split(')').next().unwrap_or_default();
        let opened = before.rfind('[').is_some_and(|at| before.len() > at + 1);
        opened && target.len() < after.len() && !target.is_empty() && !target.starts_with(' ')
    })
}

/// Says whether `**words**` stand in a line, and no pattern such as `src/**/*`.
fn has_strong(line: &str) -> bool {
    let Some((before, rest)) = line.split_once("**") else { return false };
    let Some((inner, after)) = rest.split_once("**") else { return false };
    let opens = before.is_empty() || before.ends_with([' ', '(', '>']);
    let words = inner.starts_with(char::is_alphanumeric) && !inner.ends_with(' ');
    opens && words && !after.starts_with(|char: char| char.is_alphanumeric() || char == '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_told_by_its_heads_and_more() {
        let check = |text: &str, expected| assert_eq!(is_signed(text), expected, "{text}");
        check("---\ntitle: Tides\ndate: 2024-05-01\n---\n\nText.", true);
        check("# Tides\n\nA [link](https://example.org).\n\n## High\n\nText.", true);
        check("## High\n\n**Note** it.\n\n## Low\n\nText.", true);
        check("# Tides\n## High\n\n```sh\n# ls\n# ls\n```\n", true);
        check("# Tides\n\nText.\n\n## High\n\nText.\n", false);
        check("# Tides\n\nA [link](https://example.org).\n", false);
        check("# Set the port. See [this](a.md).\n# It is 22.\nPort 22\n\n# Users\n", false);
        check("#!/bin/sh\n# [a](b)\nls\n\n# c\n", false);
        check("#Port 22\n#Address\n\n# Users\n\n# **Keys** of a\n\n#Key b\n", false);
        check("# Files\ninclude = [\"src/**/*\", \"a/**/*\"]\n\n# Others\nf(**a, **b)\n", false);
        check("Note: some prose\n---\n", false);
        check("", false);
    }
}
