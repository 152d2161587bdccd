//! Middleware that sees each request: it counts the request for its address, gives it an id, logs it and
//! measures it.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::limits::Allowance;
use super::refusal::Refusal;
use super::{client, request_id};
use crate::accounts::Caller;
use crate::app::App;
use crate::telemetry;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Of draft-ietf-httpapi-ratelimit-headers.
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Routes of what shoppers did.
const EVENTS: [&str; 2] = ["/v1/events", "/api/v1/feedback"];

/// Gives a request its id, logs it and measures it. This is the outermost layer.
pub async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(|| Uuid::now_v7().to_string());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let path = request.uri().path().to_owned();
    let trusted = &app.config.trusted_proxies;
    let ip = client::of_request(request.headers(), request.extensions(), trusted);
    let started = Instant::now();
    let span = match &app.config.traces {
        None => tracing::info_span!("request", request_id = %id),
        Some(_) => {
            let peer =
                request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical());
            let is_proxy = peer.is_some_and(|peer| trusted.iter().any(|net| net.contains(&peer)));
            let proxy = is_proxy.then(|| request.headers());
            telemetry::request_span(&id, &method, &route, proxy)
        }
    };
    let work = request_id::scope(id.clone(), next.run(request)).instrument(span.clone());
    let mut response = work.await;
    let (elapsed, status) = (started.elapsed(), response.status().as_u16());
    app.metrics.request(&method, &route, status, elapsed);
    if app.config.traces.is_some() {
        telemetry::note_status(&span, status);
    }
    span.in_scope(|| {
        let millis = elapsed.as_secs_f64() * 1e3;
        // An event has no address; time and address in the log would give it one.
        let shown = app.config.log_addresses || !EVENTS.contains(&route.as_str());
        let ip = ip.filter(|_| shown).map(tracing::field::display);
        tracing::info!(%method, path, status, millis, ip, "request");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Counts a request for the address that it comes from.
pub async fn per_address(State(app): State<App>, request: Request, next: Next) -> Result<Response, Refusal> {
    if let Some(ip) = client::of_request(request.headers(), request.extensions(), &app.config.trusted_proxies)
    {
        app.limits.check_address(ip)?;
    }
    Ok(next.run(request).await)
}

/// Counts a search without a key or an account for the address that it comes from, and says in the answer how many more may follow.
pub async fn per_searcher(State(app): State<App>, request: Request, next: Next) -> Response {
    let ip = client::of_request(request.headers(), request.extensions(), &app.config.trusted_proxies);
    let Some(ip) = ip else { return next.run(request).await };
    // Keys and accounts have limits of their own.
    let caller = request.extensions().get::<Caller>();
    if caller.is_some_and(|caller| caller.key.is_some() || caller.account.is_some()) {
        return next.run(request).await;
    }
    let (mut response, allowance) = match app.limits.check_search(ip) {
        Ok(None) => return next.run(request).await,
        Ok(Some(allowance)) => (next.run(request).await, allowance),
        Err((refusal, allowance)) => (refusal.into_response(), allowance),
    };
    let Allowance { quota, left, reset_secs } = allowance;
    for (name, value) in [
        (RATE_LIMIT_POLICY, format!("\"search\";q={quota};w=60")),
        (RATE_LIMIT, format!("\"search\";r={left};t={reset_secs}")),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An id that a proxy gave, if it looks like one.
fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let fits = (1..=100).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
    fits.then(|| id.to_owned())
}
