//! The page: written here, so that it works without script; script only asks for parts of it sooner. What
//! comes from articles is text, never markup.

mod asked;
mod facets;
mod frame;
mod hits;
mod reader;
mod state;

use std::sync::{Arc, atomic::AtomicBool};

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use excerpt::{
    Index,
    index::Freshness,
    search::{Query, Results},
};
use maud::{Markup, html};

use self::asked::Asked;
use super::{Site, failure::Failure, updates::Progress};

/// What stands beside the page, by its name: its type and its bytes.
const ASSETS: &[(&str, &str, &str)] = &[
    ("excerpt.css", "text/css; charset=utf-8", include_str!("page/excerpt.css")),
    ("excerpt.js", "text/javascript; charset=utf-8", include_str!("page/excerpt.js")),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
];

/// As many passages of an article are read at once before and behind the one that was asked for.
const AROUND: usize = 100;

/// What an answer is shown with.
struct Answered {
    index: Arc<Index>,
    fresh: Freshness,
    /// None where nothing was asked for.
    results: Option<Results>,
}

/// The page of a search.
pub(super) async fn search(State(site): State<Arc<Site>>, uri: Uri, headers: HeaderMap) -> Response {
    let asked = Asked::read(&uri);
    let own = asked.clone();
    let answered = site.work(move |site, cancel| {
        let (index, fresh) = site.updates.current(cancel)?;
        let query = Query { facets: true, copies: true, cancel: Some(Arc::clone(cancel)), ..own.query() };
        let results = (!own.is_empty()).then(|| index.search(&query)).transpose()?;
        Ok(Answered { index, fresh, results })
    });
    let answered = answered.await;
    let status = answered.as_ref().err().map_or(StatusCode::OK, |failure| failure.status);
    let answer = answer(&asked, &answered, site.updates.running().as_ref());
    // Script asks for what changes alone.
    let page = if headers.contains_key("x-part") { answer } else { frame::search(&asked, &answer) };
    sent(status, page)
}

/// What of the page changes with what is asked.
fn answer(asked: &Asked, answered: &Result<Answered, Failure>, running: Option<&Progress>) -> Markup {
    match answered {
        Err(failure) => html! {
            div.answer data-title=(asked.title()) data-said=(failure.message) {
                @match running {
                    Some(_) if failure.kind == "no-index" => {
                        p.empty { "The folder is being read for the first time." }
                    }
                    _ => (frame::failure(failure)),
                }
                (state::running(running))
            }
        },
        Ok(Answered { index, fresh, results: None }) => html! {
            div.answer data-title="excerpt" data-said="" {
                (faults(asked))
                @if running.is_some() && index.articles() == 0 {
                    p.empty { "The folder is being read for the first time." }
                } @else {
                    (frame::welcome(index))
                }
                (state::line(asked, index, fresh, running))
            }
        },
        Ok(Answered { index, fresh, results: Some(results) }) => html! {
            div.answer.has-hits data-title=(asked.title()) data-said=(hits::count(results)) {
                section.found aria-label="Results" {
                    (faults(asked))
                    (hits::found(asked, results))
                }
                @if let Some(facets) = &results.facets {
                    (facets::filters(asked, facets))
                }
                (state::line(asked, index, fresh, running))
            }
        },
    }
}

fn faults(asked: &Asked) -> Markup {
    html! { @for fault in &asked.1 { p.note { (excerpt::render::harmless(fault)) } } }
}

/// An article with the passage that was found.
pub(super) async fn read(State(site): State<Arc<Site>>, uri: Uri) -> Response {
    let asked = Asked::read(&uri);
    let own = asked.clone();
    let read = site.work(move |site, cancel| reading(site, &own, cancel));
    match read.await {
        Ok(page) => sent(StatusCode::OK, page),
        Err(failure) => failed(&failure),
    }
}

/// Returns the page that says why there is none.
pub(super) fn failed(failure: &Failure) -> Response {
    let answer = html! { div.answer { (frame::failure(failure)) } };
    sent(failure.status, frame::search(&Asked::default(), &answer))
}

fn sent(status: StatusCode, page: Markup) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "private, no-cache")];
    (status, headers, page.into_string()).into_response()
}

fn reading(site: &Site, asked: &Asked, cancel: &Arc<AtomicBool>) -> Result<Markup, Failure> {
    let (index, _) = site.updates.current(cancel)?;
    let Some(id) = asked.0.text("id") else { return Err(Failure::parameter("no passage is named")) };
    let around = asked.0.number("around").unwrap_or(AROUND);
    let article = index.show_id(id, around)?;
    let query = Query { cancel: Some(Arc::clone(cancel)), ..asked.query() };
    let marked = index.marked(&article, &query)?;
    Ok(reader::page_of(asked, &article, &marked, around))
}

/// Style, script and icon.
pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Failure> {
    let asset = ASSETS.iter().find(|(known, ..)| *known == name);
    let Some((_, kind, bytes)) = asset else {
        return Err(Failure::new(StatusCode::NOT_FOUND, "not-found", "there is no such file"));
    };
    let headers = [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "private, no-cache")];
    Ok((headers, *bytes).into_response())
}
