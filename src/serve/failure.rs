//! What a request can end with instead of an answer: the error object, with a fitting status.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use excerpt::{Error, render::object};

/// Why a request was not answered.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(super) status: StatusCode,
    pub(super) kind: &'static str,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into(), hint: None }
    }

    /// Adds what can be done about it.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Returns a failure that may be none in a moment.
    pub(super) fn unavailable(kind: &'static str, message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, kind, message)
    }

    /// Returns a failure that nobody foresaw.
    pub(super) fn fault() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "a fault of the program")
            .hint("please report it with what you did")
    }

    /// Returns a failure for what the request gave that cannot be taken.
    pub(super) fn parameter(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "usage", message)
    }

    /// Returns the error object.
    pub(super) fn object(&self) -> String {
        let mut bytes = Vec::new();
        object::error(self.kind, &self.message, self.hint.as_deref(), &mut bytes)
            .expect("memory can be written to");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::UnknownPassage { .. } | Error::UnknownFolder { .. } | Error::MissingFolder { .. } => {
                StatusCode::NOT_FOUND
            }
            Error::AmbiguousId { .. } | Error::Pattern { .. } => StatusCode::BAD_REQUEST,
            Error::NoIndex { .. }
            | Error::Older { .. }
            | Error::Newer { .. }
            | Error::Locked { .. }
            | Error::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut message = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            message.push_str(&format!(": {cause}"));
            source = cause.source();
        }
        Self { status, kind: error.kind(), message, hint: error.hint().map(Into::into) }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status, headers, self.object()).into_response();
        // A page says it otherwise.
        response.extensions_mut().insert(self);
        response
    }
}
