//! What watches the backend: whether the process lives, whether it can serve, and its metrics.

use std::future::Future;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::{Router, routing};
use serde::Serialize;

use super::refusal::Refusal;
use crate::app::App;

/// How long a dependency may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Health {
    status: &'static str,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: String,
    ok: bool,
    /// Whether the backend can take requests without it.
    required: bool,
    #[serde(rename = "millis")]
    took_ms: u64,
}

pub fn health_router() -> Router<App> {
    Router::new().route("/health/live", routing::get(live)).route("/health/ready", routing::get(ready))
}

pub fn metrics_router() -> Router<App> {
    Router::new().route("/metrics", routing::get(metrics))
}

async fn live() -> Json<Health> {
    Json(Health { status: "live", checks: Vec::new() })
}

/// NATS is not required: events wait in the database until it is back.
async fn ready(State(app): State<App>) -> Response {
    let database = check("database", true, app.db.probe());
    let objects = check("objects", true, async { app.objects.probe().await.map_err(|e| e.to_string()) });
    let (database, objects) = tokio::join!(database, objects);
    let mut checks = vec![database, objects];
    if let Some(broker) = &app.broker {
        checks.push(check("events", false, broker.probe()).await);
    }
    checks.extend(app.search.followed.iter().map(|progress| Check {
        name: format!("catalog {}", progress.name),
        ok: progress.caught_up() && !progress.is_failing(),
        // What has caught up once answers from what it has.
        required: !progress.caught_up(),
        took_ms: 0,
    }));
    let ready = checks.iter().all(|check| check.ok || !check.required);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = match checks.iter().all(|check| check.ok) {
        true => "ready",
        false if ready => "degraded",
        false => "not ready",
    };
    (status, Json(Health { status: word, checks })).into_response()
}

async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, Refusal> {
    app.search.measure();
    let page = app.metrics.encode().map_err(Refusal::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], page))
}

async fn check(name: &'static str, required: bool, work: impl Future<Output = Result<(), String>>) -> Check {
    let started = std::time::Instant::now();
    let result = tokio::time::timeout(PATIENCE, work).await;
    let result = result.unwrap_or_else(|_| Err("no answer in time".into()));
    if let Err(error) = &result {
        tracing::warn!(name, error, "a dependency is not ready");
    }
    Check {
        name: name.into(),
        ok: result.is_ok(),
        required,
        took_ms: started.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
    }
}
