//! The signs by which Org is told from other text, such as the outlines that only share its stars.

/// What is said of a whole file.
const KEYWORDS: &[&str] = &[
    "title",
    "author",
    "date",
    "email",
    "options",
    "startup",
    "language",
    "filetags",
    "category",
    "todo",
    "seq_todo",
    "property",
    "setupfile",
    "latex_header",
    "latex_class",
    "html_head",
    "export_file_name",
    "description",
    "keywords",
    "subtitle",
];

/// When something is to be done, or was.
const PLANNING: &[&str] = &["SCHEDULED: <", "DEADLINE: <", "CLOSED: ["];

/// Says whether a text begins as Org does and bears two signs of it, one of which nothing else has.
pub(super) fn is_signed(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.contains("-*- mode: org") || first.contains("-*- org -*-") {
        return true;
    }
    // Glances that pass most texts.
    if !(first.starts_with("#+")
        || first.starts_with("# ")
        || is_head(first)
        || first.trim() == ":PROPERTIES:")
    {
        return false;
    }
    let mut keywords = 0;
    let mut kinds = [false; 5];
    let [block, drawer, planned, head, link] = &mut kinds;
    for line in text.lines() {
        let inner = line.trim();
        if let Some(said) = inner.strip_prefix("#+") {
            let said = said.to_ascii_lowercase();
            let name = said.split_once(':').map(|(name, _)| name);
            let known = name.is_some_and(|name| KEYWORDS.contains(&name)) && line.starts_with('#');
            keywords += usize::from(known);
            *block |= said.starts_with("begin_");
        }
        *drawer |= inner == ":PROPERTIES:";
        *planned |= PLANNING.iter().any(|name| inner.starts_with(name));
        *head |= is_head(line);
        *link |= line.contains("[[") && line.split_once("][").is_some_and(|(_, rest)| rest.contains("]]"));
    }
    let alone = keywords > 0 || *block || *drawer || *planned;
    alone && keywords + kinds.iter().filter(|kind| **kind).count() >= 2
}

fn is_head(line: &str) -> bool {
    line.starts_with('*') && line.trim_start_matches('*').starts_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn org_is_told_by_two_signs() {
        let check = |text: &str, expected| assert_eq!(is_signed(text), expected, "{text}");
        check("#+TITLE: Tides\n\n* High\nText.", true);
        check("#+title: Tides\n\nSee [[https://example.org][this]].", true);
        check("* High\n:PROPERTIES:\n:ID: 7\n:END:\nText.", true);
        check("* TODO Call\n  SCHEDULED: <2024-05-01 Wed>\n", true);
        check("# -*- mode: org -*-\n* High", true);
        check("#+begin_src sh\nls\n#+end_src\n\n* High\n", true);
        check("* High\n** Low\n* [[other]] and <2024-05-01 Wed>", false);
        check("#+TITLE: Tides\n#+AUTHOR: Jane Doe\n\nText.", true);
        check("#+TITLE: Tides\n\nText.", false);
        check("The README says:\n\n* High\n#+begin_src sh\nls\n#+end_src\n", false);
        check("#+++ a\n* b\n", false);
        check("* Changes in 2.0: <none>\n** More", false);
        check("==\n* -*- outline -*-\n", false);
        check("# -*- coding: utf-8; organised -*-\n* a", false);
        check("", false);
    }
}
