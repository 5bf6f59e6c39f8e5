//! What is answered under which address: one row for each, which the server and the description of the API
//! are both made of.

use std::sync::Arc;

use axum::{
    Router,
    http::{Method, StatusCode, Uri},
    middleware,
    routing::{MethodRouter, get, post},
};
use tower_http::compression::CompressionLayer;

use super::{
    Site, api, events,
    failure::Failure,
    file, guard, page,
    params::{Param, SEARCH, SHOW, SIMILAR},
};

/// A route of the API.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) about: &'static str,
    pub(super) params: &'static [Param],
    /// The type of the answer, and the name of its schema where it is an object.
    pub(super) answer: Answer,
    to: fn() -> MethodRouter<Arc<Site>>,
}

/// What a route answers.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// An object, by the name of its schema.
    Object(&'static str),
    /// Server-sent events.
    Events,
}

/// The API.
pub(super) const API: &[Route] = &[
    Route {
        method: "get",
        path: "/api/search",
        about: "Ranked passages",
        params: SEARCH,
        answer: Answer::Object("Results"),
        to: || get(api::search),
    },
    Route {
        method: "get",
        path: "/api/show",
        about: "A passage with what stands around it, or the text of an article",
        params: SHOW,
        answer: Answer::Object("Article"),
        to: || get(api::show),
    },
    Route {
        method: "get",
        path: "/api/similar",
        about: "More like a passage or an article",
        params: SIMILAR,
        answer: Answer::Object("Results"),
        to: || get(api::similar),
    },
    Route {
        method: "get",
        path: "/api/status",
        about: "What is in the index, and how fresh it is",
        params: &[],
        answer: Answer::Object("Status"),
        to: || get(api::status),
    },
    Route {
        method: "post",
        path: "/api/update",
        about: "Make the index agree with its folders, and tell how it goes: `progress`, then `done` or `failed`",
        params: &[],
        answer: Answer::Events,
        to: || post(events::update),
    },
    Route {
        method: "get",
        path: "/api/events",
        about: "How all updates go, for as long as one listens",
        params: &[],
        answer: Answer::Events,
        to: || get(events::events),
    },
    Route {
        method: "get",
        path: "/api/openapi.json",
        about: "This description",
        params: &[],
        answer: Answer::Object("Description"),
        to: || get(api::description),
    },
];

/// Returns everything that is answered.
pub(crate) fn routes(site: Arc<Site>) -> Router {
    let pages = Router::new()
        .route("/", get(page::search))
        .route("/read", get(page::read))
        .route("/update", post(events::update_page))
        .route("/file/{id}", get(file::file))
        .route("/assets/{name}", get(page::asset));
    API.iter()
        .fold(pages, |router, route| router.route(route.path, (route.to)()))
        .fallback(|uri: Uri| async move {
            let path: String = uri.path().chars().take(100).collect();
            let failure = Failure::new(StatusCode::NOT_FOUND, "not-found", format!("there is no {path}"));
            failure.hint("see /api/openapi.json")
        })
        .method_not_allowed_fallback(|method: Method| async move {
            let message = format!("this is not answered by {method}");
            Failure::new(StatusCode::METHOD_NOT_ALLOWED, "usage", message)
        })
        // What was asked for passes the guard first; answers are made small last.
        .layer(middleware::from_fn_with_state(Arc::clone(&site), guard::guard))
        .layer(CompressionLayer::new())
        .with_state(site)
}
