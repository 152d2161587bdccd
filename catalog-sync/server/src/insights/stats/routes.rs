//! The routes below `/api/v1/admin/stats`, with their descriptions.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use knytt_wire::Problem;
use serde::{Deserialize, Serialize};
use sqlx::Row as _;
use utoipa::{IntoParams, IntoResponses, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::changes::{self, ChangeRow};
use super::drift::{self, DriftRow};
use super::figures::{self, DayRow, Figures};
use super::money::{self, Revenue};
use super::products::{self, ProductRow};
use super::queries::{self, QueryList, QueryRow};
use super::scope::{StatsQuery, day_name};
use super::service::{self, Service};
use super::tables::{FIGURES, OUTCOME, figure_cells, file_name, of_share, outcome_cells, shown};
use super::ways::{self, ReleaseRow, WayRow};
use crate::accounts::problem;
use crate::app::App;
use crate::http::csv;
use crate::http::extract::Query;
use crate::http::refusal::Refusal;
use crate::insights::embeddings::{self, Days, EmbeddingDrift};

/// Rows of a list, if it is not said, and at most.
const USUAL: u32 = 20;
const MOST: u32 = 1_000;

/// All of them.
pub fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(summary))
        .routes(routes!(catalogs))
        .routes(routes!(days))
        .routes(routes!(ways))
        .routes(routes!(releases))
        .routes(routes!(queries))
        .routes(routes!(products))
        .routes(routes!(service))
        .routes(routes!(drift))
        .routes(routes!(embeddings))
        .routes(routes!(changes))
}

/// Which rows, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Which words; those that were asked most if absent.
    #[serde(default)]
    list: QueryList,
    /// Rows at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

impl ListQuery {
    /// How many rows; a table has as many as there may be unless somebody says fewer.
    fn limit(&self, is_table: bool) -> Result<u32, Refusal> {
        match self.limit.unwrap_or(if is_table { MOST } else { USUAL }) {
            limit @ 1..=MOST => Ok(limit),
            _ => Err(problem::bad_request("limit: from 1 to 1000")),
        }
    }
}

/// What every route here may refuse.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "it describes refusals; `Refusal` makes them")]
enum StatsRefusals {
    /// `bad_request`, `bad_query`
    #[response(status = 400)]
    Bad(Problem),
    /// `not_signed_in`, `token_invalid`, `key_invalid`
    #[response(status = 401)]
    NotKnown(Problem),
    /// `not_allowed`
    #[response(status = 403)]
    NotAllowed(Problem),
}

/// A window and the one before it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightSummary)]
pub struct Summary {
    /// The catalogue.
    catalog: String,
    /// The first day, as 2026-11-29 in UTC.
    from: String,
    /// The last day.
    to: String,
    /// What happened.
    now: Figures,
    /// What happened in as many days before.
    before: Figures,
    /// What was bought, by currency: told by the shop's server, or by apps with an ingest key.
    revenue: Vec<Revenue>,
    /// Visitors who must have asked the same words for these to be shown.
    asked_by: i64,
}

/// The figures of a window, and of the one before
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats",
    operation_id = "stats",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "The figures", content((Summary = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn summary(State(app): State<App>, Query(asked): Query<StatsQuery>) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let counted = figures::by_day(&app.db, &scope.with_before()).await?;
    let of = |from, to| Figures::from(&figures::sum(&counted, from, to));
    let summary = Summary {
        catalog: scope.catalog.clone(),
        from: day_name(scope.from),
        to: day_name(scope.to),
        now: of(scope.from, scope.to),
        before: of(scope.from - scope.days(), scope.from - 1),
        revenue: money::revenue(&app.db, &scope).await?,
        asked_by: queries::ASKED_BY,
    };
    if !is_table {
        return Ok(Json(summary).into_response());
    }
    let [now, before] = [&summary.now, &summary.before].map(figure_cells);
    let mut rows: Vec<Vec<String>> = FIGURES
        .iter()
        .zip(now.into_iter().zip(before))
        .map(|(name, (now, before))| vec![(*name).to_owned(), now, before])
        .collect();
    rows.extend(
        summary
            .revenue
            .into_iter()
            .map(|sum| vec![format!("revenue {}", sum.currency), sum.amount, sum.before]),
    );
    Ok(csv::response(&file_name("figures", &scope), &["figure", "now", "before"], rows.into_iter()))
}

/// The catalogues that something is counted of, or that are searched here
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/catalogs",
    operation_id = "stats_catalogs",
    tag = "admin",
    responses(
        (status = 200, description = "Their ids", body = Vec<String>),
        (status = 401, description = "`not_signed_in`, `token_invalid`, `key_invalid`", body = Problem),
        (status = 403, description = "`not_allowed`", body = Problem),
    )
)]
pub async fn catalogs(State(app): State<App>) -> Result<Json<Vec<String>>, Refusal> {
    let sql = "SELECT catalog FROM insight_days UNION SELECT catalog FROM insight_actions UNION SELECT id FROM made_catalogs";
    let counted = sqlx::query(sql).fetch_all(app.db.reports()).await?;
    let mut ids = counted.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    ids.extend(app.search.catalogs.all().iter().map(|catalog| catalog.summary.id.clone()));
    ids.sort_unstable();
    ids.dedup();
    Ok(Json(ids))
}

/// The same by day
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/days",
    operation_id = "stats_days",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "Each day, the first one first", content((Vec<DayRow> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn days(State(app): State<App>, Query(asked): Query<StatsQuery>) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let rows = figures::series(&app.db, &scope).await?;
    let header = [&["day"][..], &FIGURES[..], &["ctr7", "revenue"][..]].concat();
    Ok(shown(rows, is_table, &file_name("days", &scope), &header, |row| {
        let mut cells = vec![row.day];
        cells.extend(figure_cells(&row.figures));
        cells.push(of_share(row.ctr7));
        let sums: Vec<String> =
            row.revenue.iter().map(|sum| format!("{} {}", sum.amount, sum.currency)).collect();
        cells.push(sums.join("; "));
        cells
    }))
}

/// Searches by way in
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/ways",
    operation_id = "stats_ways",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "Each way in, the one that was used most first", content((Vec<WayRow> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn ways(State(app): State<App>, Query(asked): Query<StatsQuery>) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let rows = ways::ways(&app.db, &scope).await?;
    let header = [&["channel", "kind"][..], &OUTCOME[..]].concat();
    Ok(shown(rows, is_table, &file_name("ways", &scope), &header, |row| {
        [vec![row.channel, row.kind], outcome_cells(&row.outcome)].concat()
    }))
}

/// Searches by release
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/releases",
    operation_id = "stats_releases",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "Each release that was searched, the newest first", content((Vec<ReleaseRow> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn releases(State(app): State<App>, Query(asked): Query<StatsQuery>) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let rows = ways::releases(&app.db, &scope).await?;
    let header = [&["release", "devices"][..], &OUTCOME[..]].concat();
    Ok(shown(rows, is_table, &file_name("releases", &scope), &header, |row| {
        [vec![row.release.to_string(), row.devices.to_string()], outcome_cells(&row.outcome)].concat()
    }))
}

/// What was asked in words
///
/// Words come from events, so from shoppers who agreed to send them; what may be a person's is left out, and so is what
/// fewer than five visitors asked. `release` is not looked at.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/queries",
    operation_id = "stats_queries",
    tag = "admin",
    params(StatsQuery, ListQuery),
    responses(
        (status = 200, description = "Words, those of the most weight first", content((Vec<QueryRow> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn queries(
    State(app): State<App>,
    Query(asked): Query<StatsQuery>,
    Query(wanted): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let limit = wanted.limit(is_table)?;
    let rows = queries::queries(&app.db, &scope, wanted.list, limit).await?;
    let header = ["query", "searches", "before", "zero_result", "no_good_match", "visitors"];
    Ok(shown(rows, is_table, &file_name("queries", &scope), &header, |row: QueryRow| {
        let counts = [row.searches, row.before, row.zero_result, row.no_good_match, row.visitors];
        [vec![row.query], counts.map(|count| count.to_string()).to_vec()].concat()
    }))
}

/// The products with the most attention
///
/// `release` is not looked at.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/products",
    operation_id = "stats_products",
    tag = "admin",
    params(StatsQuery, ListQuery),
    responses(
        (status = 200, description = "Products, those with the most events first", content((Vec<ProductRow> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn products(
    State(app): State<App>,
    Query(asked): Query<StatsQuery>,
    Query(wanted): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let limit = wanted.limit(is_table)?;
    let rows = products::products(&app.db, &scope, limit).await?;
    let rows = products::titled(&app.search.catalogs, &scope.catalog, rows).await?;
    let header = ["id", "title", "selected", "viewed", "wishlisted", "carted", "purchased"];
    Ok(shown(rows, is_table, &file_name("products", &scope), &header, |row: ProductRow| {
        let counts = [row.selected, row.viewed, row.wishlisted, row.carted, row.purchased];
        [vec![row.id, row.title], counts.map(|count| count.to_string()).to_vec()].concat()
    }))
}

/// How the server itself answers, and what it searches
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/service",
    operation_id = "stats_service",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "Times, refusals, caches, the index", content((Service = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn service(State(app): State<App>, Query(asked): Query<StatsQuery>) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let counted = service::service(&app.db, &scope).await?;
    if is_table {
        let rows = counted.stages.into_iter().map(|stage| {
            let times = [stage.p50, stage.p95, stage.p99].map(|ms| format!("{ms:.3}"));
            [vec![stage.stage, stage.answers.to_string()], times.to_vec()].concat()
        });
        let header = ["stage", "answers", "p50_ms", "p95_ms", "p99_ms"];
        return Ok(csv::response(&file_name("service", &scope), &header, rows));
    }
    let index = app.insights.index(&app.search.catalogs, &scope.catalog).await?;
    Ok(Json(Service { index, ..counted }).into_response())
}

/// Whether the best hits are as near as in the seven days before the window
///
/// Of searches that the server answered itself, by way in, with all releases and with each. Ways in with fewer than 200
/// searches on either side are left out. `release` is not looked at.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/drift",
    operation_id = "stats_drift",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "Ways in, that which changed most first", content((Vec<DriftRow> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn drift(State(app): State<App>, Query(asked): Query<StatsQuery>) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let rows = drift::drift(&app.db, &scope).await?;
    let header =
        ["channel", "kind", "release", "searches", "before", "index", "mean", "mean_before", "drifted"];
    Ok(shown(rows, is_table, &file_name("drift", &scope), &header, |row: DriftRow| {
        let release = row.release.map(|release| release.to_string()).unwrap_or_default();
        let counts = [row.searches, row.before].map(|count| count.to_string());
        let shares = [row.index, row.mean, row.mean_before].map(|share| format!("{share:.4}"));
        [&[row.channel, row.kind, release][..], &counts, &shares, &[row.drifted.to_string()]].concat()
    }))
}

/// Whether what is asked and what is sold has moved in the model's space
///
/// By the maximum mean discrepancy: words and pictures of searches that the server answered itself, against the seven days
/// before the window, if there were 200 or more on both sides; and each of the last states of the catalogue, against the
/// one before it. `release` is not looked at.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/embeddings",
    operation_id = "stats_embeddings",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "Words, pictures, and states of the catalogue, the newest first", content((Vec<EmbeddingDrift> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn embeddings(
    State(app): State<App>,
    Query(asked): Query<StatsQuery>,
) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let days = Days { before: scope.week_before().from, from: scope.from, to: scope.to };
    let rows = embeddings::of_catalog(&app.db, &scope.catalog, days).await?;
    let header =
        ["of", "release", "release_before", "count", "before", "discrepancy", "by_chance", "drifted"];
    Ok(shown(rows, is_table, &file_name("embeddings", &scope), &header, |row: EmbeddingDrift| {
        let release = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let counts = [row.count, row.before].map(|count| count.to_string());
        let distances = [row.discrepancy, row.by_chance].map(|distance| format!("{distance:.5}"));
        let releases = [release(row.release), release(row.release_before)];
        [&[row.of][..], &releases, &counts, &distances, &[row.drifted.to_string()]].concat()
    }))
}

/// What has changed against the seven days before the window
///
/// The shares of searches by way in, and of those that the server answered itself by language and by the category of the
/// nearest hit. `release` is not looked at.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats/changes",
    operation_id = "stats_changes",
    tag = "admin",
    params(StatsQuery),
    responses(
        (status = 200, description = "Shares, that which changed most first; at most 40", content((Vec<ChangeRow> = "application/json"), (String = "text/csv"))),
        StatsRefusals,
    )
)]
pub async fn changes(State(app): State<App>, Query(asked): Query<StatsQuery>) -> Result<Response, Refusal> {
    let (scope, is_table) = asked.read()?;
    let rows = changes::changes(&app.db, &scope).await?;
    let header = ["part", "value", "searches", "before", "share", "share_before", "index"];
    Ok(shown(rows, is_table, &file_name("changes", &scope), &header, |row: ChangeRow| {
        let counts = [row.searches, row.before].map(|count| count.to_string());
        let shares = [row.share, row.share_before, row.index].map(|share| format!("{share:.4}"));
        [&[row.part, row.value][..], &counts, &shares].concat()
    }))
}
