//! What all routes share: state, refusals, limits, and what is seen of each request.

mod auth;
mod body;
mod client;
mod health;
mod limits;
mod metrics;
mod observe;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Router, routing};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::config::Config;
use crate::db::Database;
use crate::feedback::{self, Ingest};
use crate::objects::{self, Objects};
use crate::outbox::Broker;
use crate::report;

pub(crate) use auth::authorize;
pub(crate) use body::{broken, read_body};
pub(crate) use limits::Limits;
pub(crate) use metrics::Metrics;
pub(crate) use refusal::Refusal;

/// What every handler may use. Clones share all of it.
#[derive(Clone)]
pub(crate) struct App {
    pub config: Arc<Config>,
    pub db: Database,
    pub objects: Objects,
    pub ingest: Ingest,
    pub broker: Option<Broker>,
    pub limits: Arc<Limits>,
    pub metrics: Arc<Metrics>,
}

/// All routes with all that stands before them.
pub(crate) fn router(app: App) -> Router {
    let compress = CompressionLayer::new().compress_when(SizeAbove::new(1_024).and(is_json));
    let limited = Router::new()
        .merge(feedback::router())
        .merge(report::router())
        .merge(objects::router())
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::new(405, "method_not_allowed", "Method not allowed"))
        .layer(compress)
        .layer(middleware::from_fn_with_state(app.clone(), in_time))
        .layer(middleware::from_fn_with_state(app.clone(), limits::per_address));
    // What watches the backend is not limited, else it would be taken for dead under load.
    let watched = health::router().route("/metrics", routing::get(metrics::show));
    limited
        .merge(watched)
        .layer(cors(&app.config))
        .layer(middleware::from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

fn is_json(
    _: axum::http::StatusCode,
    _: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().ends_with(b"json"))
}

/// Pages may read releases; nothing else is for pages of other origins.
fn cors(config: &Config) -> CorsLayer {
    let origins: Vec<HeaderValue> =
        config.cors_origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    let allowed = match config.cors_origins.iter().any(|origin| origin == "*") {
        true => AllowOrigin::any(),
        false => AllowOrigin::list(origins),
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([header::RANGE, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG, header::CONTENT_RANGE, HeaderName::from_static("x-request-id")])
        .max_age(Duration::from_secs(3_600))
}

/// Ends what takes too long. Uploads have a limit between two pieces instead, in their handler.
async fn in_time(State(app): State<App>, request: Request, next: Next) -> Result<Response, Refusal> {
    if request.method() == Method::PUT {
        return Ok(next.run(request).await);
    }
    let late = |_| Refusal::new(503, "timeout", "The request took too long").retry_after(5);
    tokio::time::timeout(app.config.request_timeout, next.run(request)).await.map_err(late)
}
