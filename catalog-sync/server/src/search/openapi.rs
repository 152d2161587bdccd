//! The description of the API, and a page to read it. Both need nothing from elsewhere.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

/// What stands before the routes, which describe themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Knytt",
        description = "Search a shop by words, pictures, or both. Errors are problems (RFC 9457) with a stable `code`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "search", description = "Find products"),
        (name = "products", description = "Products by their ids"),
        (name = "catalogs", description = "What is searched here"),
        (name = "auth", description = "Sign in and out"),
        (name = "me", description = "What belongs to who is signed in"),
        (name = "admin", description = "For staff"),
    )
)]
pub struct Description;

/// `/api/v1/openapi.json`
pub async fn document(api: utoipa::openapi::OpenApi) -> Response {
    Json(api).into_response()
}

/// `/api/v1/docs`
pub async fn page() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    let policy = [(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'",
    )];
    (kind, policy, include_str!("docs.html")).into_response()
}
