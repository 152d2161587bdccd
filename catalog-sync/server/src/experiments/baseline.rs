//! What searches led to lately, from which an experiment is planned.

use sqlx::Row as _;

use super::definition::Metric;
use super::statistics::Sample;
use crate::db::Database;
use crate::feedback::today;

/// Days that are looked at, without today, which is not over.
pub const DAYS: i64 = 28;

/// The searches of the last days, and those of them that led where they should.
pub async fn lately(db: &Database, catalog: &str, metric: Metric) -> Result<Sample, sqlx::Error> {
    let today = today();
    let sql = "SELECT CAST(COALESCE(SUM(searches), 0) AS BIGINT), CAST(COALESCE(SUM(clicked), 0) AS BIGINT), \
               CAST(COALESCE(SUM(carted), 0) AS BIGINT), CAST(COALESCE(SUM(purchased), 0) AS BIGINT) \
               FROM insight_days WHERE catalog = $1 AND day >= $2 AND day < $3 AND kind <> 'browse'";
    let row = sqlx::query(sql).bind(catalog.to_owned()).bind(today - DAYS).bind(today);
    let row = row.fetch_one(db.reports()).await?;
    let column = match metric {
        Metric::Clicked => 1,
        Metric::Carted => 2,
        Metric::Purchased => 3,
    };
    let count = |at: usize| row.try_get::<i64, _>(at).map(|count| count.max(0).unsigned_abs());
    Ok(Sample { searches: count(0)?, successes: count(column)? })
}
