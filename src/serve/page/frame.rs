//! What stands around every page.

use excerpt::{Index, render::harmless};
use maud::{DOCTYPE, Markup, html};

use super::asked::{Asked, FILTERS};
use crate::serve::failure::Failure;

/// Queries that show what can be asked.
const EXAMPLES: &[(&str, &str)] = &[
    ("llama agentic", "words and their forms, the best passages first"),
    ("\"agentic capabilities\"", "exactly these words in this order"),
    ("+meta -nvidia", "must have, must not have"),
    ("agent*", "words that begin so"),
    ("zukerberg~", "words spelled nearly so"),
    ("title:llama", "in the title; so author: path: tag: site:"),
    ("date:2025-01..2025-03", "dated so; so after: and before:"),
];

/// Returns the page of a search.
pub(super) fn search(asked: &Asked, answer: &Markup) -> Markup {
    page(
        &asked.title(),
        "search",
        html! {
            header.top {
                a.name href="/" { "excerpt" }
                (form(asked))
                button.help type="button" data-help hidden aria-label="Keys" title="Keys (?)" { "?" }
            }
            div.trouble role="alert" hidden {}
            p.said role="status" aria-live="polite" {}
            main id="main" { (answer) }
            (keys())
        },
    )
}

/// Returns a whole page.
pub(super) fn page(title: &str, kind: &str, body: Markup) -> Markup {
    let version = env!("CARGO_PKG_VERSION");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (harmless(title)) }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href={ "/assets/excerpt.css?" (version) };
                script src={ "/assets/excerpt.js?" (version) } defer {}
            }
            body class=(kind) {
                a.skip href="#main" { "To the content" }
                (body)
            }
        }
    }
}

/// Returns the box to ask in, with what else was asked for.
fn form(asked: &Asked) -> Markup {
    html! {
        form.ask role="search" action="/" method="get" {
            label.unseen for="q" { "Search the articles" }
            input id="q" name="q" type="search" value=(asked.text()) placeholder="Search the articles"
                autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="4096" autofocus;
            @for name in FILTERS.iter().chain(&["sort"]) {
                @if let Some(value) = asked.0.text(name) {
                    input type="hidden" name=(name) value=(value);
                }
            }
            button type="submit" { "Search" }
        }
    }
}

/// Returns what is shown while nothing is asked for.
pub(super) fn welcome(index: &Index) -> Markup {
    html! {
        section.welcome {
            h1 { "Find the passage" }
            p {
                (counted(index.articles(), "article")) ", " (counted(index.passages(), "passage"))
                @let folders = index.folders();
                @if !folders.is_empty() {
                    " in "
                    @for (at, folder) in folders.iter().take(8).enumerate() {
                        @if at > 0 { ", " }
                        code { (harmless(&folder.display().to_string())) }
                    }
                    @if folders.len() > 8 { " and " (folders.len() - 8) " more" }
                }
                "."
            }
            @if index.articles() == 0 {
                p.empty { "Nothing is indexed yet. Add a folder with " code { "excerpt index FOLDER" } "." }
            }
            h2 { "What can be asked" }
            dl.examples {
                @for (query, about) in EXAMPLES {
                    div { dt { a data-nav href=(Asked::default().with(&[("q", query)])) { code { (query) } } } dd { (about) } }
                }
            }
        }
    }
}

/// Returns why there is no answer.
pub(super) fn failure(failure: &Failure) -> Markup {
    html! {
        section.failure {
            h1 { "No answer" }
            p { (harmless(&failure.message)) }
            @if let Some(hint) = &failure.hint { p.hint { (harmless(hint)) } }
        }
    }
}

/// Returns the keys, for who asks for them.
pub(super) fn keys() -> Markup {
    let keys: &[(&[&str], &str)] = &[
        (&["/"], "to the search box"),
        (&["j"], "next hit (↓ too), or next match in an article"),
        (&["k"], "the one before (↑ too)"),
        (&["Enter"], "open"),
        (&["o"], "open the file itself"),
        (&["Esc"], "back"),
        (&["?"], "these keys"),
    ];
    html! {
        dialog id="keys" aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keys" }
            dl {
                @for (keys, about) in keys {
                    div {
                        dt { @for key in *keys { kbd { (key) } " " } }
                        dd { (about) }
                    }
                }
            }
            form method="dialog" { button { "Close" } }
        }
    }
}

/// Returns so many of something.
pub(super) fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// Returns a number with its figures in groups of three.
pub(super) fn grouped(number: u64) -> String {
    let figures = number.to_string();
    let mut grouped = String::with_capacity(figures.len() + 4);
    for (at, figure) in figures.chars().enumerate() {
        if at > 0 && (figures.len() - at).is_multiple_of(3) {
            // A narrow space that does not break, as ISO 31-0 has it.
            grouped.push('\u{202f}');
        }
        grouped.push(figure);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_in_groups_of_three() {
        let check =
            |number: u64, expected: &str| assert_eq!(grouped(number).replace('\u{202f}', " "), expected);
        check(0, "0");
        check(999, "999");
        check(1_000, "1 000");
        check(1_234_567, "1 234 567");
    }
}
