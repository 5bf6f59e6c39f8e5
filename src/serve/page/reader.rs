//! An article as clean text, with the passage that was found and the other matches in it.

use excerpt::{
    article::Spot,
    index::{ArticleText, Shown},
    render::{harmless, shown_place},
    search::Part,
};
use maud::{Markup, html};

use super::{
    asked::Asked,
    frame::{grouped, keys, page},
    hits::marked,
};

/// A match is named by so many of its words.
const NAMED_BY: usize = 9;

/// Returns the page of an article; `texts` hold the parts of each passage.
pub(super) fn page_of(asked: &Asked, article: &ArticleText, texts: &[Vec<Part>], around: usize) -> Markup {
    let matches: Vec<(&Shown, &[Part])> = article
        .passages
        .iter()
        .zip(texts.iter().map(Vec::as_slice))
        .filter(|(_, parts)| parts.iter().any(|part| part.matched))
        .collect();
    let title = if article.title.trim().is_empty() { "Untitled" } else { &article.title };
    let asked_for = article.passages.iter().find(|passage| passage.asked);
    let back = asked.back();
    page(
        &format!("{title} – excerpt"),
        "reading",
        html! {
            header.top {
                a.name href="/" { "excerpt" }
                a.back href=(back) rel="up" { "← Results" }
                @if !matches.is_empty() {
                    nav.between aria-label="Matches" {
                        button type="button" data-step="-1" hidden aria-label="Previous match (k)" title="Previous match (k)" { "↑" }
                        span.which { (grouped(matches.len() as u64)) @if matches.len() == 1 { " match" } @else { " matches" } }
                        button type="button" data-step="1" hidden aria-label="Next match (j)" title="Next match (j)" { "↓" }
                    }
                }
                button.help type="button" data-help hidden aria-label="Keys" title="Keys (?)" { "?" }
            }
            p.said role="status" aria-live="polite" {}
            main.reader id="main" {
                article {
                    h1 dir="auto" lang=[article.language.as_deref()] { (harmless(title)) }
                    (facts(article, asked_for))
                    @if let Some(stale) = article.stale {
                        p.note { @if stale == "gone" { "The file is gone; this is how it was." } @else { "The file has changed since it was indexed." } }
                    }
                    (text(asked, article, texts, around))
                }
                @if matches.len() > 1 {
                    aside.matches aria-label="Matches in this article" {
                        h2 { "Matches" }
                        ol {
                            @for (passage, parts) in &matches {
                                li { a href={ "#" (anchor(passage)) } dir="auto" { (harmless(&named(passage, parts))) } }
                            }
                        }
                    }
                }
            }
            (keys())
        },
    )
}

fn facts(article: &ArticleText, passage: Option<&Shown>) -> Markup {
    let place = passage.map(|passage| &passage.place);
    let spot = match place.and_then(|place| place.spot) {
        Some(Spot::Page(page)) => format!("#page={page}"),
        _ => String::new(),
    };
    let home = article.folder.parent().unwrap_or(&article.folder);
    html! {
        p.meta {
            @if !article.authors.is_empty() { span dir="auto" { (harmless(&article.authors.join(", "))) } " · " }
            @if let Some(date) = article.date { time datetime=(date) { (date) } " · " }
            (article.format)
            @if let Some(place) = place {
                " · " span.place dir="auto" title=(harmless(&article.file.to_string_lossy())) {
                    (shown_place(&article.file, place, article.member.as_deref(), home))
                }
            }
        }
        p.links {
            @if let (Some(passage), true) = (passage, article.stale != Some("gone")) {
                a.file href={ "/file/" (passage.id) (spot) } { "Open the file" }
            }
            @if let Some(url) = article.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
                a.url href=(url) rel="noreferrer noopener" { "Where it is from" }
            }
        }
    }
}

/// Returns the passages; headings where they change.
fn text(asked: &Asked, article: &ArticleText, texts: &[Vec<Part>], around: usize) -> Markup {
    let asked_at = article.passages.iter().position(|passage| passage.asked).unwrap_or(0);
    let (cut_before, cut_behind) =
        (asked_at == around, article.passages.len() - asked_at.min(article.passages.len()) == around + 1);
    html! {
        @if cut_before { p.cut { a href=(asked.more_around(around * 4)) { "Show more of what stands before" } } }
        div.text lang=[article.language.as_deref()] {
            @for (at, (passage, parts)) in article.passages.iter().zip(texts).enumerate() {
                @let before = at.checked_sub(1).map_or(&[][..], |before| &article.passages[before].headings);
                @if passage.headings != before {
                    @let common = before.iter().zip(&passage.headings).take_while(|(one, other)| one == other).count();
                    @for heading in &passage.headings[common..] { h2 dir="auto" { (harmless(heading)) } }
                }
                @let is_match = parts.iter().any(|part| part.matched);
                @if passage.asked { a.here id="here" aria-hidden="true" {} }
                div id=(anchor(passage)) .passage .asked[passage.asked && at == asked_at] .match[is_match] tabindex=[is_match.then_some("-1")] dir="auto" { (marked(parts)) }
            }
        }
        @if cut_behind { p.cut { a href=(asked.more_around(around * 4)) { "Show more of what follows" } } }
    }
}

fn anchor(passage: &Shown) -> String {
    format!("p-{}", passage.id.replace(':', "-"))
}

/// Returns the words that a match is named by: those around the first that is marked.
fn named(passage: &Shown, parts: &[Part]) -> String {
    let at = parts.iter().position(|part| part.matched).unwrap_or(0);
    let before: String = parts[..at].iter().map(|part| part.text.as_str()).collect();
    let behind: String = parts[at..].iter().map(|part| part.text.as_str()).collect();
    let before: Vec<&str> = before.split_whitespace().rev().take(NAMED_BY / 3).collect();
    let words: Vec<&str> = before.into_iter().rev().chain(behind.split_whitespace()).take(NAMED_BY).collect();
    match words.as_slice() {
        [] => passage.text.split_whitespace().take(NAMED_BY).collect::<Vec<_>>().join(" "),
        words => words.join(" "),
    }
}
