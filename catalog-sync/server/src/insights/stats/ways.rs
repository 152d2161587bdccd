//! Searches by way in, and by release.

use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::figures::share;
use super::scope::Scope;
use crate::db::Database;

/// Sums of the columns that both have.
const SUMS: &str = "CAST(SUM(searches) AS BIGINT) AS many, CAST(SUM(zero_result) AS BIGINT), \
    CAST(SUM(no_good_match) AS BIGINT), CAST(SUM(clicked) AS BIGINT), CAST(SUM(carted) AS BIGINT), \
    CAST(SUM(purchased) AS BIGINT)";

/// Rows at most.
const MOST: i64 = 1_000;

/// Searches and what came of them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightOutcome)]
pub struct Outcome {
    /// Searches.
    pub searches: i64,
    /// Those without a hit.
    pub zero_result: i64,
    /// Those with hits that do not fit.
    pub no_good_match: i64,
    /// Those that led to a product.
    pub clicked: i64,
    /// Those that led to a basket.
    pub carted: i64,
    /// Those that led to a purchase.
    pub purchased: i64,
    /// `clicked` of `searches`.
    pub ctr: Option<f64>,
    /// `purchased` of `searches`.
    pub conversion: Option<f64>,
}

impl Outcome {
    /// The columns of [`SUMS`], from this one on.
    fn read(row: &AnyRow, first: usize) -> Result<Self, sqlx::Error> {
        let count = |at: usize| row.try_get::<i64, _>(first + at);
        let (searches, clicked, purchased) = (count(0)?, count(3)?, count(5)?);
        Ok(Self {
            searches,
            zero_result: count(1)?,
            no_good_match: count(2)?,
            clicked,
            carted: count(4)?,
            purchased,
            ctr: share(clicked, searches),
            conversion: share(purchased, searches),
        })
    }
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightWay)]
pub struct WayRow {
    /// From where: `app` (searched on a device), `kiosk` (searched on a screen in a store), `web` (pages of this server
    /// and of shops), `api` (programs).
    pub channel: String,
    /// What was asked with: `words`, `image`, `both`, `similar`, `camera`; `browse` is no search.
    pub kind: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The ways in, those that were used most first.
pub async fn ways(db: &Database, scope: &Scope) -> Result<Vec<WayRow>, sqlx::Error> {
    let sql = format!(
        "SELECT channel, kind, {SUMS} FROM insight_days WHERE {{scope}} GROUP BY channel, kind \
         ORDER BY many DESC, channel, kind LIMIT {MOST}"
    );
    let rows = scope.query(&sql).fetch_all(db.reports()).await?;
    let read = |row: &AnyRow| {
        Ok(WayRow { channel: row.try_get(0)?, kind: row.try_get(1)?, outcome: Outcome::read(row, 2)? })
    };
    rows.iter().map(read).collect()
}

/// A release.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightRelease)]
pub struct ReleaseRow {
    /// Its number; 0 for a catalogue that is searched where it was built.
    pub release: i64,
    /// Visits of apps that searched with it: of a device one for each start of its app.
    pub devices: i64,
    /// What came of its searches.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The releases that were searched, the newest first.
pub async fn releases(db: &Database, scope: &Scope) -> Result<Vec<ReleaseRow>, sqlx::Error> {
    let sql = "SELECT release, CAST(SUM(visitors) AS BIGINT) FROM insight_visitors \
               WHERE {scope} AND channel = 'app' AND release >= 0 GROUP BY release";
    let rows = scope.query(sql).fetch_all(db.reports()).await?;
    let devices = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
    let devices = devices.collect::<Result<std::collections::BTreeMap<i64, i64>, sqlx::Error>>()?;
    let sql = format!(
        "SELECT release, {SUMS} FROM insight_days WHERE {{scope}} AND kind <> 'browse' GROUP BY release \
         ORDER BY release DESC LIMIT {MOST}"
    );
    let rows = scope.query(&sql).fetch_all(db.reports()).await?;
    let read = |row: &AnyRow| {
        let release = row.try_get(0)?;
        let devices = devices.get(&release).copied().unwrap_or_default();
        Ok(ReleaseRow { release, devices, outcome: Outcome::read(row, 1)? })
    };
    rows.iter().map(read).collect()
}
