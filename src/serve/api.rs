//! The HTTP API: the objects that the command line prints with `--json`.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::SystemTime,
};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use excerpt::{
    Index,
    index::{ArticleText, Freshness},
    render::{Look, by_name, object},
    search::{Query, Results},
};

use super::{
    Site,
    failure::Failure,
    openapi,
    params::{Given, SEARCH, SHOW, SIMILAR},
};

/// Answers a query.
pub(super) async fn search(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let given = Given::read(uri.query().unwrap_or_default(), SEARCH)?;
    answer(&site, &headers, move |index, fresh, cancel| {
        let query = Query { cancel: Some(Arc::clone(cancel)), ..given.query() };
        json(index.search(&query)?, fresh)
    })
    .await
}

/// Answers what is like a passage or an article.
pub(super) async fn similar(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let given = Given::read(uri.query().unwrap_or_default(), SIMILAR)?;
    answer(&site, &headers, move |index, fresh, cancel| {
        let article = shown(index, &given, 0)?;
        let query = Query { cancel: Some(Arc::clone(cancel)), ..given.query() };
        json(index.similar(&article, &query)?, fresh)
    })
    .await
}

/// Returns a passage or an article.
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let given = Given::read(uri.query().unwrap_or_default(), SHOW)?;
    answer(&site, &headers, move |index, _, _| {
        let article = shown(index, &given, given.number("context").unwrap_or(1))?;
        bytes(|out| object::article(&article, index.path(), out))
    })
    .await
}

/// Returns what the index holds.
pub(super) async fn status(
    State(site): State<Arc<Site>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    Given::read(uri.query().unwrap_or_default(), &[])?;
    answer(&site, &headers, |index, fresh, _| {
        let status = index.status()?;
        bytes(|out| object::status(&status, &fresh, None, out))
    })
    .await
}

/// Returns the description of all this.
pub(super) async fn description() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi::description().to_string()).into_response()
}

/// Returns the object that the index answers with, or that it is the one the client has already.
async fn answer(
    site: &Arc<Site>,
    headers: &HeaderMap,
    ask: impl FnOnce(&Index, Freshness, &Arc<AtomicBool>) -> Result<Vec<u8>, Failure> + Send + 'static,
) -> Result<Response, Failure> {
    let known: Vec<String> = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|values| values.split(',').map(|value| value.trim().to_string()))
        .collect();
    let answered = site.work(move |site, cancel| {
        let (index, fresh) = site.updates.current(cancel)?;
        let tag = site.tag(&index, &fresh);
        if tag.as_ref().is_some_and(|tag| known.contains(tag)) {
            return Ok((None, tag));
        }
        Ok((Some(ask(&index, fresh, cancel)?), tag))
    });
    let (body, tag) = answered.await?;
    let mut response = match body {
        Some(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, no-cache"));
    if let Some(tag) = tag.and_then(|tag| tag.parse().ok()) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Returns the passage or article that a request names.
pub(super) fn shown(index: &Index, given: &Given, around: usize) -> Result<ArticleText, Failure> {
    if let Some(id) = given.text("id") {
        return Ok(index.show_id(id, around)?);
    }
    let Some(path) = given.text("path") else {
        return Err(Failure::parameter("neither `id` nor `path` is given"));
    };
    let path = in_index(index, path);
    let line = given.number("line").and_then(|line| u32::try_from(line).ok());
    Ok(match (given.text("member"), line) {
        (Some(member), line) => index.show_line(&path, Some(member), line, around)?,
        (None, line) => index.show_path(&path, line, around)?,
    })
}

/// Returns a path as it is, or inside the first folder of the index that it is known in.
fn in_index(index: &Index, path: &str) -> PathBuf {
    let path = Path::new(path);
    if path.is_absolute() {
        return path.into();
    }
    let inside: Vec<PathBuf> = index.folders().iter().map(|folder| folder.join(path)).collect();
    let known = inside.iter().find(|path| index.show_path(path, None, 0).is_ok());
    known.or(inside.first()).cloned().unwrap_or_else(|| path.into())
}

fn json(mut results: Results, fresh: Freshness) -> Result<Vec<u8>, Failure> {
    results.freshness = fresh;
    let look = Look::plain(SystemTime::now());
    let renderer = by_name("json").expect("there is JSON");
    bytes(|out| renderer.render(&results, &look, out))
}

fn bytes(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let failed =
        |error: io::Error| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", error.to_string());
    write(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
