//! The filters, each with how many match it, and when what matches is dated.

use excerpt::{
    render::harmless,
    search::{Facet, Facets, FolderFacet},
};
use maud::{Markup, html};

use super::{asked::Asked, frame::grouped};

/// No list of filters is longer.
const MOST: usize = 15;

/// More months than these are shown as years.
const MOST_MONTHS: usize = 36;

/// The measures of the picture, in its own units.
const HEIGHT: usize = 48;
const BAR: usize = 8;
const GAP: usize = 2;

/// Returns all filters.
pub(super) fn filters(asked: &Asked, facets: &Facets) -> Markup {
    html! {
        aside.filters id="filters" aria-label="Filters" {
            (sorts(asked))
            (dates(asked, &facets.dates))
            (folders(asked, &facets.folders))
            (named(asked, "Format", "format", &facets.formats, &|name| name.to_string()))
            (named(asked, "Language", "lang", &facets.languages, &language))
        }
    }
}

fn sorts(asked: &Asked) -> Markup {
    let by_date = asked.0.text("sort") == Some("date");
    let one = |name: &str, value: &str, is_on: bool| {
        html! { a data-nav id={ "sort-" (name) } href=(asked.with(&[("sort", value)])) aria-current=[is_on.then_some("true")] { (name) } }
    };
    html! {
        nav.sorts aria-label="Order" { (one("Relevance", "", !by_date)) (one("Date", "date", by_date)) }
    }
}

/// Returns a list of filters; the one that is on is taken off again by itself.
fn named(
    asked: &Asked,
    title: &str,
    param: &str,
    facets: &[Facet],
    shown: &dyn Fn(&str) -> String,
) -> Markup {
    let on = asked.0.text(param);
    let missing = on.filter(|on| !facets.iter().any(|facet| facet.name == *on));
    html! {
        @if !facets.is_empty() || missing.is_some() {
            section.facet aria-labelledby={ "facet-" (param) } {
                h2 id={ "facet-" (param) } { (title) }
                ul {
                    @for facet in facets.iter().take(MOST) {
                        (entry(asked, param, &facet.name, &shown(&facet.name), facet.total, on == Some(&facet.name)))
                    }
                    @if facets.len() > MOST { li.rest { "and " (facets.len() - MOST) " more" } }
                    @if let Some(name) = missing { (entry(asked, param, name, &shown(name), 0, true)) }
                }
            }
        }
    }
}

fn entry(asked: &Asked, param: &str, value: &str, shown: &str, total: u64, is_on: bool) -> Markup {
    let to = asked.with(&[(param, if is_on { "" } else { value })]);
    html! {
        li {
            a data-nav id={ "f-" (param) "-" (value) } href=(to) aria-current=[is_on.then_some("true")] {
                span.what dir="auto" { (harmless(shown)) }
                span.count { (grouped(total)) }
                @if is_on { span.off { span.unseen { ", take this filter off" } } }
            }
        }
    }
}

fn folders(asked: &Asked, facets: &[FolderFacet]) -> Markup {
    let on = asked.0.text("in");
    html! {
        @if !facets.is_empty() || on.is_some() {
            section.facet.folders aria-labelledby="facet-in" {
                h2 id="facet-in" { "Folder" }
                ul {
                    @for facet in facets.iter().take(2 * MOST) {
                        @let file = facet.file.to_string_lossy();
                        @let is_on = on == Some(&*file);
                        li class=[(!facet.path.is_empty() && !is_on).then_some("inside")] {
                            @let name = facet.file.file_name().unwrap_or(facet.file.as_os_str()).to_string_lossy();
                            @let to = asked.with(&[("in", if is_on { "" } else { &file })]);
                            a data-nav id={ "f-in-" (facet.file.display()) } href=(to) title=(harmless(&file)) aria-current=[is_on.then_some("true")] {
                                span.what dir="auto" { (harmless(&name)) }
                                span.count { (grouped(facet.total)) }
                                @if is_on { span.off { span.unseen { ", take this filter off" } } }
                            }
                        }
                    }
                    @if facets.len() > 2 * MOST { li.rest { "and " (facets.len() - 2 * MOST) " more" } }
                    @if let Some(on) = on && !facets.iter().any(|facet| facet.file.to_string_lossy() == on) {
                        (entry(asked, "in", on, on, 0, true))
                    }
                }
            }
        }
    }
}

/// Returns when what matches is dated, as bars that filter, and days to filter by.
fn dates(asked: &Asked, dates: &[Facet]) -> Markup {
    let bars = bars(dates);
    let most = bars.iter().map(|bar| bar.total).max().unwrap_or(1).max(1);
    let width = (bars.len() * (BAR + GAP)).max(1);
    let (after, before) = (asked.0.text("after"), asked.0.text("before"));
    let is_on = after.is_some() || before.is_some();
    html! {
        section.facet.dates aria-labelledby="facet-date" {
            h2 id="facet-date" { "Date" }
            @if bars.len() > 1 {
                svg.histogram viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" role="group" aria-label="Hits by date" {
                    @for (at, bar) in bars.iter().enumerate() {
                        @let height = (HEIGHT as u64 * bar.total).div_ceil(most) as usize;
                        @let x = at * (BAR + GAP);
                        @if bar.total > 0 {
                            a data-nav href=(asked.with(&[("after", &bar.from), ("before", &bar.to)])) aria-label={ (bar.name) ": " (bar.total) } {
                                title { (bar.name) ": " (grouped(bar.total)) }
                                rect.room x=(x) y="0" width=(BAR + GAP) height=(HEIGHT) {}
                                rect.bar x=(x) y=(HEIGHT - height) width=(BAR) height=(height) {}
                            }
                        }
                    }
                }
                p.range aria-hidden="true" {
                    span { (bars[0].name) }
                    span { (bars[bars.len() - 1].name) }
                }
            }
            form.days action="/" method="get" data-nav {
                @for name in ["q", "in", "format", "lang", "sort"] {
                    @if let Some(value) = asked.0.text(name) { input type="hidden" name=(name) value=(value); }
                }
                label { "From " input id="after" name="after" type="text" inputmode="numeric" placeholder="2025-01" size="10" value=[after]; }
                label { "before " input id="before" name="before" type="text" inputmode="numeric" placeholder="2025-07" size="10" value=[before]; }
                button type="submit" { "Set" }
                @if is_on {
                    a data-nav id="f-date-off" href=(asked.with(&[("after", ""), ("before", "")])) { "Any date" }
                }
            }
        }
    }
}

/// A bar of the picture: a month or a year, the day it begins, and the day behind its last.
#[derive(Debug, PartialEq)]
struct Bar {
    name: String,
    from: String,
    to: String,
    total: u64,
}

/// Returns the bars from the first to the last date: of months, or of years where these are many.
fn bars(dates: &[Facet]) -> Vec<Bar> {
    let month = |name: &str| -> Option<(usize, Option<usize>)> {
        match name.split_once('-') {
            Some((year, month)) => Some((year.parse().ok()?, Some(month.parse().ok()?))),
            None => Some((name.parse().ok()?, None)),
        }
    };
    let known: Vec<(usize, Option<usize>, u64)> = dates
        .iter()
        .filter_map(|facet| month(&facet.name).map(|(year, month)| (year, month, facet.total)))
        .collect();
    let months = known.iter().filter_map(|(year, month, _)| Some(year * 12 + (*month)? - 1));
    let (first, last) = (months.clone().min(), months.max());
    let years = (known.iter().map(|known| known.0).min(), known.iter().map(|known| known.0).max());
    let by_month = known.iter().all(|(_, month, _)| month.is_some());
    match (first, last, years) {
        (Some(first), Some(last), _) if by_month && last - first < MOST_MONTHS => (first..=last)
            .map(|at| {
                let name = |at: usize| format!("{:04}-{:02}", at / 12, at % 12 + 1);
                let of = |(year, month, _): &&(usize, Option<usize>, u64)| {
                    month.is_some_and(|month| year * 12 + month - 1 == at)
                };
                let total = known.iter().filter(of).map(|known| known.2).sum();
                Bar { name: name(at), from: name(at), to: name(at + 1), total }
            })
            .collect(),
        // What is dated long ago by mistake leaves no room for the rest.
        (_, _, (Some(first), Some(last))) => (first.max(last.saturating_sub(99))..=last)
            .map(|year| {
                let total = known.iter().filter(|known| known.0 == year).map(|known| known.2).sum();
                let name = |year: usize| format!("{year:04}");
                Bar { name: name(year), from: name(year), to: name(year + 1), total }
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Returns the English name of a language, where it is one of those that most articles are in.
fn language(code: &str) -> String {
    let name = match code {
        "ar" => "Arabic",
        "cs" => "Czech",
        "da" => "Danish",
        "de" => "German",
        "el" => "Greek",
        "en" => "English",
        "es" => "Spanish",
        "fa" => "Persian",
        "fi" => "Finnish",
        "fr" => "French",
        "he" => "Hebrew",
        "hi" => "Hindi",
        "hu" => "Hungarian",
        "it" => "Italian",
        "ja" => "Japanese",
        "ko" => "Korean",
        "nl" => "Dutch",
        "no" => "Norwegian",
        "pl" => "Polish",
        "pt" => "Portuguese",
        "ro" => "Romanian",
        "ru" => "Russian",
        "sv" => "Swedish",
        "th" => "Thai",
        "tr" => "Turkish",
        "uk" => "Ukrainian",
        "vi" => "Vietnamese",
        "zh" => "Chinese",
        code => code,
    };
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_reach_from_the_first_date_to_the_last() {
        let facet = |(name, total): &(&str, u64)| Facet::of(name, *total);
        let check = |dates: &[(&str, u64)], expected: &[(&str, &str, u64)]| {
            let dates: Vec<Facet> = dates.iter().map(facet).collect();
            let bars = bars(&dates);
            let found: Vec<(&str, &str, u64)> =
                bars.iter().map(|bar| (bar.from.as_str(), bar.to.as_str(), bar.total)).collect();
            assert_eq!(found, expected);
        };
        check(&[], &[]);
        check(&[("2025-01", 3)], &[("2025-01", "2025-02", 3)]);
        check(
            &[("2024-12", 1), ("2025-02", 2)],
            &[("2024-12", "2025-01", 1), ("2025-01", "2025-02", 0), ("2025-02", "2025-03", 2)],
        );
        check(&[("2024", 1), ("2025-02", 2)], &[("2024", "2025", 1), ("2025", "2026", 2)]);
        check(
            &[("1999-05", 1), ("2003-05", 2)],
            &[
                ("1999", "2000", 1),
                ("2000", "2001", 0),
                ("2001", "2002", 0),
                ("2002", "2003", 0),
                ("2003", "2004", 2),
            ],
        );
    }
}
