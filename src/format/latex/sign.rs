//! The signs by which LaTeX is told from other text.

/// What stands at the beginning of a document and nowhere else.
const CLASSES: &[&str] = &["\\documentclass", "\\documentstyle"];

/// What a chapter that is kept in a file of its own begins with.
const HEADS: &[&str] = &["part", "chapter", "section", "subsection"];

/// What else is in a chapter.
const INSIDE: &[&str] = &[
    "\\label{",
    "\\begin{",
    "\\subsection{",
    "\\section{",
    "\\cite",
    "\\ref{",
    "\\emph{",
    "\\textbf{",
    "\\textit{",
];

/// Commands of a chapter that are asked for beside its head.
const FEWEST: usize = 2;

/// Says whether a text is a document in LaTeX, or a chapter of one.
pub(super) fn is_signed(text: &str) -> bool {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('%'));
    let class = |line: &str| {
        let rest = CLASSES.iter().find_map(|class| line.strip_prefix(class));
        rest.is_some_and(|rest| rest.trim_start().starts_with(['[', '{'])) || line == "\\begin{document}"
    };
    let head = |line: &str| {
        let rest = HEADS.iter().find_map(|head| line.strip_prefix('\\')?.strip_prefix(head));
        rest.is_some_and(|rest| rest.trim_start_matches('*').starts_with(['[', '{']))
    };
    // Before it stand commands and comments.
    lines().take_while(|line| line.starts_with('\\')).any(class)
        || lines().next().is_some_and(head)
            && INSIDE.iter().filter(|command| text.contains(*command)).nth(FEWEST - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latex_is_told_by_its_beginning() {
        let check = |text: &str, expected| assert_eq!(is_signed(text), expected, "{text}");
        check("% !TEX root\n\n\\documentclass[12pt]{article}\n", true);
        check("\\RequirePackage{fix-cm}\n\\documentclass{book}", true);
        check("\\documentclass [a4paper]\n{report}", true);
        check("\\section{Tides}\n\\label{tides}\nThe tide is \\emph{late}.", true);
        check("\\chapter*{One}\n\nIt rained.\n\n\\begin{quote}\nSo it did \\cite{a}.", true);
        check("Write \\documentclass{article} first.", false);
        check("To begin:\n\\documentclass{article}\n\\begin{document}", false);
        check("\\documentclasses are many", false);
        check("\\section{A}\nText.", false);
        check("C:\\section\\begin{\n", false);
        check("", false);
    }
}
