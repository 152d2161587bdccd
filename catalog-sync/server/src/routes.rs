//! The assembly of all routes and of the layers before them.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;
use crate::config::Config;
use crate::http::refusal::Refusal;
use crate::{accounts, console, feedback, http, objects, report, search, web};

/// Headers of answers that pages of other origins may read.
const EXPOSED: [&str; 7] = [
    "etag",
    "content-range",
    "x-request-id",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "x-knytt-cache",
];

/// Builds all routes and the layers that every request passes.
pub(crate) fn router(app: App) -> Router {
    let compress = CompressionLayer::new().compress_when(SizeAbove::new(1_024).and(is_text));
    let limited = Router::new()
        .merge(feedback::router())
        .merge(report::router())
        .merge(objects::router())
        .merge(search::router(&app))
        .merge(web::router(&app))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::new(405, "method_not_allowed", "Method not allowed"))
        .layer(middleware::from_fn_with_state(app.clone(), accounts::guard))
        .layer(compress)
        .layer(middleware::from_fn_with_state(app.clone(), in_time))
        .layer(middleware::from_fn_with_state(app.clone(), http::per_address));
    // Health checks and metrics are not limited: under load, a limited probe would report a dead backend.
    let mut watched = http::health_router();
    if app.config.metrics_listen.is_none() {
        watched = watched.merge(http::metrics_router());
    }
    let mut routes = limited.merge(watched).layer(cors(&app.config));
    if app.config.tls.is_some() {
        routes = routes.layer(middleware::map_response(only_encrypted));
    }
    routes.layer(middleware::from_fn_with_state(app.clone(), http::observe)).with_state(app)
}

/// The routes of the listener for metrics.
pub(crate) fn metrics_router(app: App) -> Router {
    http::metrics_router().with_state(app)
}

/// Tells browsers to come back over TLS only.
async fn only_encrypted(mut response: Response) -> Response {
    let year = HeaderValue::from_static("max-age=31536000");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    response
}

/// Answers that are made anew. Files come packed.
fn is_text(
    _: axum::http::StatusCode,
    _: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    let is_text = |kind: &HeaderValue| {
        let kind = kind.as_bytes();
        kind.ends_with(b"json") || kind.ends_with(b"xml") || kind.starts_with(b"text/html")
    };
    !headers.contains_key(header::CONTENT_ENCODING) && headers.get(header::CONTENT_TYPE).is_some_and(is_text)
}

/// Web pages of the allowed origins may read releases and search.
fn cors(config: &Config) -> CorsLayer {
    let origins: Vec<HeaderValue> =
        config.cors_origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    let allowed = match config.cors_origins.iter().any(|origin| origin == "*") {
        true => AllowOrigin::any(),
        false => AllowOrigin::list(origins),
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::RANGE,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
        ])
        .expose_headers(EXPOSED.map(HeaderName::from_static))
        .max_age(Duration::from_secs(3_600))
}

/// Ends requests that take too long. The handler of uploads limits the time between two pieces instead.
async fn in_time(State(app): State<App>, request: Request, next: Next) -> Result<Response, Refusal> {
    if request.method() == Method::PUT || console::is_upload(request.method(), request.uri().path()) {
        return Ok(next.run(request).await);
    }
    let late = |_| Refusal::new(503, "timeout", "The request took too long").retry_after(5);
    tokio::time::timeout(app.config.request_timeout, next.run(request)).await.map_err(late)
}
