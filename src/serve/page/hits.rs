//! The hits, and what is said where there are few or none.

use excerpt::{
    article::Role,
    render::{harmless, shown_place},
    search::{Copy, FoundIn, Hit, Part, Results},
};
use maud::{Markup, html};

use super::{
    asked::Asked,
    frame::{counted, grouped},
};
use crate::serve::params::DEEPEST;

/// As many hits stand on a page.
const PER_PAGE: usize = 10;

/// Says how much was found.
pub(super) fn count(results: &Results) -> String {
    let found = match results.total {
        0 => return "Nothing matches".into(),
        total => counted(total, "passage"),
    };
    let found = if results.total_exact { found } else { format!("more than {found}") };
    match results.relaxed {
        true => format!("Nothing matches as asked; otherwise {found}"),
        false => found,
    }
}

/// Returns the hits with all that is said of them.
pub(super) fn found(asked: &Asked, results: &Results) -> Markup {
    html! {
        a.to-filters href="#filters" { "Filters" }
        h1.count tabindex="-1" { (count(results)) }
        @for note in &results.notes { p.note { (harmless(note)) } }
        @if results.hits.is_empty() && results.total > 0 {
            p.empty { "No further passages. " a data-nav href=(asked.with(&[("offset", "")])) { "To the first" } }
        }
        (advice(asked, results))
        ol.hits start=(asked.0.number("offset").unwrap_or(0) + 1) {
            @for hit in &results.hits { (self::hit(asked, hit)) }
        }
        (pages(asked, results))
    }
}

/// Returns what may help where little or nothing matches.
fn advice(asked: &Asked, results: &Results) -> Markup {
    let alike = |word: &&String| results.suggestions.iter().any(|one| one.word == **word);
    let unknown: Vec<&String> = results.unknown.iter().filter(|word| !alike(word)).take(12).collect();
    html! {
        @if let Some(corrected) = &results.corrected {
            p.advice { "Did you mean " a data-nav id="corrected" href=(asked.with(&[("q", corrected), ("format", ""), ("lang", "")])) { (harmless(corrected)) } "?" }
        }
        @if !unknown.is_empty() {
            p.advice {
                @for (at, word) in unknown.iter().enumerate() { @if at > 0 { ", " } q { (harmless(word)) } }
                @if unknown.len() == 1 { " is" } @else { " are" }
                " nowhere in the index."
            }
        }
        @for suggestion in &results.suggestions {
            p.advice {
                q { (harmless(&suggestion.word)) }
                @match suggestion.passages {
                    0 => " is nowhere in the index",
                    1 => " is in 1 passage only",
                    passages => { " is in " (grouped(passages)) " passages only" }
                }
                "; spelled like it: "
                @for (at, near) in suggestion.near.iter().enumerate() {
                    @if at > 0 { ", " }
                    a data-nav href=(asked.with(&[("q", &replaced(asked.text(), &suggestion.word, &near.word))])) { (harmless(&near.word)) }
                    " (" (grouped(near.passages)) ")"
                }
            }
        }
        @for without in &results.without {
            p.advice { (grouped(without.total)) " without " code { (harmless(&without.filter)) } }
        }
    }
}

/// Returns the query with another word in the place of one; that word alone where it is not found as such.
fn replaced(text: &str, word: &str, by: &str) -> String {
    let same = |piece: &str| piece.to_lowercase() == word;
    if !text.split_whitespace().any(same) {
        return by.into();
    }
    let pieces = text.split_whitespace().map(|piece| if same(piece) { by } else { piece });
    pieces.collect::<Vec<_>>().join(" ")
}

fn hit(asked: &Asked, hit: &Hit) -> Markup {
    let to = asked.reader(&hit.id);
    html! {
        li.hit {
            article {
                h2 dir="auto" lang=[hit.language.as_deref()] {
                    a.open href=(to) id={ "h-" (hit.id) } data-file={ "/file/" (hit.id) (spot(hit)) } {
                        @if hit.title.trim().is_empty() { "Untitled" } @else { (harmless(&hit.title)) }
                    }
                }
                @if !hit.headings.is_empty() {
                    p.headings dir="auto" { (harmless(&hit.headings.join(" › "))) }
                }
                p.meta {
                    @if let Some(date) = hit.date { time datetime=(date) { (date) } " · " }
                    @if let Some(site) = hit.url.as_deref().and_then(site) { span.site { (harmless(&site)) } " · " }
                    span.place dir="auto" title=(harmless(&hit.file.to_string_lossy())) {
                        (shown_place(&hit.file, &hit.place, hit.member.as_deref(), hit.folder.parent().unwrap_or(&hit.folder)))
                    }
                    @match hit.stale {
                        Some("gone") => { " · " strong.stale { "the file is gone" } }
                        Some(_) => { " · " strong.stale { "the file has changed since" } }
                        None => {}
                    }
                }
                (snippet(&hit.snippet, hit.language.as_deref()))
                @match hit.found_in {
                    Some(FoundIn::Title) => { p.also { "found by its title" } }
                    Some(FoundIn::Heading) => { p.also { "found by its heading" } }
                    _ => {}
                }
                @if hit.role == Role::Aside { p.also { "beside the article itself" } }
                @if hit.more > 0 || hit.copies > 0 {
                    div.also {
                        @if hit.more > 0 { a href=(to) { (grouped(hit.more)) " more in this article" } }
                        @if hit.copies > 0 {
                            details {
                                summary {
                                    @if hit.copies == 1 { "1 near copy" } @else { (grouped(hit.copies)) " near copies" }
                                }
                                ul { @for copy in &hit.same { (self::copy(asked, copy)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn copy(asked: &Asked, copy: &Copy) -> Markup {
    html! {
        li {
            a href=(asked.reader(&copy.id)) dir="auto" { (harmless(&copy.title)) }
            @if let Some(date) = copy.date { " · " time datetime=(date) { (date) } }
            " · " span.place dir="auto" { (harmless(&String::from_utf8_lossy(&copy.path))) }
        }
    }
}

/// Returns text with its matches marked.
fn snippet(parts: &[Part], language: Option<&str>) -> Markup {
    html! {
        p.snippet dir="auto" lang=[language] { (marked(parts)) }
    }
}

/// Returns text with its matches marked, inside of something.
pub(super) fn marked(parts: &[Part]) -> Markup {
    html! {
        @for part in parts {
            @if part.matched { mark { (harmless(&part.text)) } } @else { (harmless(&part.text)) }
        }
    }
}

/// Returns what stands behind the address of a file, so that it opens where the passage is.
fn spot(hit: &Hit) -> String {
    match hit.place.spot {
        Some(excerpt::article::Spot::Page(page)) => format!("#page={page}"),
        _ => String::new(),
    }
}

fn pages(asked: &Asked, results: &Results) -> Markup {
    let offset = asked.0.number("offset").unwrap_or(0);
    let next = offset + PER_PAGE;
    let has_next = results.hits.len() == PER_PAGE && next <= DEEPEST;
    html! {
        @if offset > 0 || has_next {
            nav.pages aria-label="Pages" {
                @if offset > 0 {
                    a data-nav rel="prev" id="previous" href=(asked.with(&[("offset", &match offset.saturating_sub(PER_PAGE) { 0 => String::new(), offset => offset.to_string() })])) { "Previous" }
                }
                @if has_next { a data-nav rel="next" id="next" href=(asked.with(&[("offset", &next.to_string())])) { "Next" } }
            }
        }
    }
}

/// Returns the host of a URL.
fn site(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let host = host.trim_start_matches("www.");
    (!host.is_empty()).then(|| host.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_the_host_of_a_url() {
        let check = |url: &str, expected: Option<&str>| assert_eq!(site(url).as_deref(), expected, "{url}");
        check("https://www.example.org/a?b", Some("example.org"));
        check("http://a@b.example:80#c", Some("b.example:80"));
        check("urn:isbn:1", None);
        check("https://", None);
    }

    #[test]
    fn a_word_is_put_in_the_place_of_another() {
        assert_eq!(replaced("the Tidez turn", "tidez", "tides"), "the tides turn");
        assert_eq!(replaced("title:tidez", "tidez", "tides"), "tides");
    }
}
