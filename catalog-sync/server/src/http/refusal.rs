//! How a request is told no: a problem (RFC 9457) whose code does not change.

use std::fmt::Display;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use knytt_wire::Problem;

use super::request_id;

/// A request that is refused, or that failed through no fault of its own.
#[derive(Debug)]
pub struct Refusal {
    status: u16,
    code: &'static str,
    title: &'static str,
    detail: Option<String>,
    retry_after_secs: Option<u64>,
}

impl Refusal {
    pub fn new(status: u16, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None, retry_after_secs: None }
    }

    pub fn not_found() -> Self {
        Self::new(404, "not_found", "Not found")
    }

    pub fn too_large(limit_bytes: u64) -> Self {
        Self::new(413, "body_too_large", "Body too large")
            .detail(format!("at most {limit_bytes} bytes are taken"))
    }

    /// A failure of ours: what it was goes to the log, not to who asked.
    pub fn internal(error: impl Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(500, "internal", "The backend failed")
    }

    /// Something that the backend needs is away: the log says what.
    pub fn unavailable(error: impl Display) -> Self {
        tracing::error!(%error, "a request met a dependency that is away");
        Self::new(503, "unavailable", "The backend is not ready").retry_after(5)
    }

    /// Says what is wrong this time. Never for what only the log should know.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Says when to come again.
    pub fn retry_after(mut self, secs: u64) -> Self {
        self.retry_after_secs = Some(secs);
        self
    }

    pub fn code(&self) -> &'static str {
        self.code
    }

    pub fn status(&self) -> u16 {
        self.status
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::unavailable(error)
    }
}

impl From<crate::Error> for Refusal {
    fn from(error: crate::Error) -> Self {
        Self::unavailable(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem {
            kind: "about:blank".into(),
            title: self.title.into(),
            status: self.status,
            detail: self.detail,
            code: self.code.into(),
            request_id: request_id::current(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // A device may ask for the next root a second time only for the minute that this is kept.
        let kept = if self.status == 404 { "public, max-age=60" } else { "no-store" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        if self.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
