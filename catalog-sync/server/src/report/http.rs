//! The report over HTTP, for who has a key.

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Json;
use axum::routing::get;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Filter, Popularity, Report};
use crate::app::App;
use crate::http::authorize;
use crate::http::refusal::Refusal;
use crate::keys::Scope;

const MAX_TOP: u32 = 1_000;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/v1/report", get(show)).route("/v1/catalogs/{catalog}/popularity", get(popularity))
}

#[derive(Deserialize)]
struct ReportQuery {
    catalog: Option<String>,
    from: Option<Date>,
    to: Option<Date>,
    top: Option<u32>,
}

async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    asked: Result<Query<ReportQuery>, QueryRejection>,
) -> Result<Json<Report>, Refusal> {
    let Query(asked) = asked.map_err(|error| wrong(&error))?;
    authorize(&app, &headers, Scope::Report, asked.catalog.as_deref()).await?;
    let top = asked.top.unwrap_or(20).min(MAX_TOP);
    let filter = Filter { catalog: asked.catalog, from: asked.from, to: asked.to, top };
    Ok(Json(super::report(&app.db, &filter).await?))
}

#[derive(Deserialize)]
struct Decay {
    half_life_days: Option<f64>,
}

async fn popularity(
    State(app): State<App>,
    Path(catalog): Path<String>,
    headers: HeaderMap,
    asked: Result<Query<Decay>, QueryRejection>,
) -> Result<Json<Vec<Popularity>>, Refusal> {
    let Query(asked) = asked.map_err(|error| wrong(&error))?;
    authorize(&app, &headers, Scope::Report, Some(&catalog)).await?;
    let half_life = asked.half_life_days.unwrap_or(30.0);
    if half_life.is_nan() || half_life <= 0.0 {
        return Err(
            Refusal::new(400, "query_invalid", "Query not understood").detail("half_life_days is above 0")
        );
    }
    Ok(Json(super::popularity(&app.db, &catalog, half_life).await?))
}

fn wrong(error: &QueryRejection) -> Refusal {
    Refusal::new(400, "query_invalid", "Query not understood").detail(error.body_text())
}
