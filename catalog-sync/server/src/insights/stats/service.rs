//! How the server itself answers, and what it searches.

use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;

use super::figures::share;
use super::scope::Scope;
use crate::db::Database;
use crate::insights::sketch::quantile;

/// The stages in their order; the last one is all of an answer.
const STAGES: [&str; 5] = ["decode", "embed", "search", "rank", "total"];

/// How the server answered searches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightService)]
pub struct Service {
    /// Pages of hits that were given, browsing included.
    pub answers: i64,
    /// Those of them that were kept from before.
    pub cached: i64,
    /// `cached` of `answers`.
    pub cache_hit_rate: Option<f64>,
    /// Requests that were refused (4xx).
    pub refused: i64,
    /// Requests that failed (5xx).
    pub failed: i64,
    /// Requests that were refused or failed and named no catalogue that is searched here.
    pub of_no_catalog: i64,
    /// How long answers took.
    pub stages: Vec<Stage>,
    /// What is searched now; nothing where the catalogue is not searched here.
    pub index: Option<Index>,
}

/// How long a stage took, in milliseconds. Quantiles are within 1 % of the true ones.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = InsightStage)]
pub struct Stage {
    /// `decode`, `embed`, `search`, `rank`, or `total` for all of an answer, those that were kept included.
    pub stage: String,
    /// Answers that had this stage.
    pub answers: i64,
    /// Half of them took at most this long.
    pub p50: f64,
    /// 95 of 100.
    pub p95: f64,
    /// 99 of 100.
    pub p99: f64,
}

/// A catalogue as it is searched here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightIndex)]
pub struct Index {
    /// The release that is searched; 0 for a catalogue that was built here.
    pub release: i64,
    /// The newest release that this server knows of; 0 for none.
    pub newest_release: i64,
    /// When the newest release was published, in milliseconds since 1970; 0 if that is not known.
    pub published_ms: i64,
    /// When what is searched was built here; 0 if it was built elsewhere.
    pub built_ms: i64,
    /// Products.
    pub products: i64,
    /// Products with an embedding: pictures find them.
    pub embedded: i64,
}

/// Reads what is counted. `index` is left out.
pub async fn service(db: &Database, scope: &Scope) -> Result<Service, sqlx::Error> {
    let sql = "SELECT CAST(COALESCE(SUM(answers), 0) AS BIGINT), CAST(COALESCE(SUM(cached), 0) AS BIGINT), \
               CAST(COALESCE(SUM(refused), 0) AS BIGINT), CAST(COALESCE(SUM(failed), 0) AS BIGINT) \
               FROM insight_answers WHERE {scope}";
    let row = scope.query(sql).fetch_one(db.reports()).await?;
    let (answers, cached): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let nobody = Scope { catalog: String::new(), release: None, ..scope.clone() };
    let nobody = nobody.query(sql).fetch_one(db.reports()).await?;
    Ok(Service {
        answers,
        cached,
        cache_hit_rate: share(cached, answers),
        refused: row.try_get(2)?,
        failed: row.try_get(3)?,
        of_no_catalog: nobody.try_get::<i64, _>(2)? + nobody.try_get::<i64, _>(3)?,
        stages: stages(db, scope).await?,
        index: None,
    })
}

async fn stages(db: &Database, scope: &Scope) -> Result<Vec<Stage>, sqlx::Error> {
    let sql = "SELECT stage, bucket, CAST(SUM(answers) AS BIGINT) FROM insight_latency WHERE {scope} \
               GROUP BY stage, bucket ORDER BY stage, bucket";
    let rows = scope.query(sql).fetch_all(db.reports()).await?;
    let read = |row: &sqlx::any::AnyRow| Ok((row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?)));
    let counted: Vec<(String, (i64, i64))> = rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?;
    let of = |stage: &str| {
        let of_stage = counted.iter().filter(|(name, _)| name == stage);
        let buckets: Vec<(i64, i64)> = of_stage.map(|(_, bucket)| *bucket).collect();
        Some(Stage {
            stage: stage.into(),
            answers: buckets.iter().map(|(_, answers)| answers).sum(),
            p50: quantile(&buckets, 0.5)?,
            p95: quantile(&buckets, 0.95)?,
            p99: quantile(&buckets, 0.99)?,
        })
    };
    Ok(STAGES.into_iter().filter_map(of).collect())
}

/// The newest release of a catalogue that this server knows of, and when it was published.
pub async fn newest_release(db: &Database, catalog: &str) -> Result<(i64, i64), sqlx::Error> {
    let sql = "SELECT number, at_ms FROM (\
                   SELECT number, at_ms FROM made_releases WHERE catalog = $1 \
                   UNION ALL SELECT number, first_ms FROM seen_releases WHERE catalog = $2 AND published = 1\
               ) AS known ORDER BY number DESC, at_ms LIMIT 1";
    let query = sqlx::query(sql).bind(catalog.to_owned()).bind(catalog.to_owned());
    let row = query.fetch_optional(db.reports()).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.try_get(0)?, row.try_get(1)?)))
}
