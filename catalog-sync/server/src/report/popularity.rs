//! How much products are wanted, for the next release.

use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::db::Database;
use crate::popularity::{HALF_LIFE_DAYS, growth};
use crate::{Error, Result};

/// Of an age of more half-lives than these, nothing is left.
const HALF_LIVES: f64 = 60.0;

/// How much one product is wanted. In a visit each kind of event counts once: nobody makes a product
/// popular by opening its page again and again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Popularity {
    /// The product's id.
    pub item_id: String,
    /// Views, plus 3 for each favourite, 5 for each basket, 10 for each purchase; all of them halved each
    /// half-life.
    pub score: f64,
    /// Visits that opened its page.
    pub views: u64,
    /// Visits that made it a favourite.
    pub wishlisted: u64,
    /// Visits that put it into the basket.
    pub carted: u64,
    /// Visits that bought it.
    pub purchased: u64,
}

/// The products of a catalogue that were wanted, by score, the highest first. Only believed events count: those that
/// came with an ingest key of the catalogue or with the token of a search, and the shop's orders.
///
/// # Errors
/// The half-life is not above zero, or the database refuses.
pub async fn popularity(db: &Database, catalog: &str, half_life_days: f64) -> Result<Vec<Popularity>> {
    if half_life_days.is_nan() || half_life_days <= 0.0 {
        return Err(Error::Setting("a half-life is above zero days".into()));
    }
    let today = crate::feedback::today();
    match half_life_days == HALF_LIFE_DAYS {
        true => kept(db, catalog, today).await,
        false => added_up(db, catalog, today, half_life_days).await,
    }
}

/// By the scores that are kept with the events.
async fn kept(db: &Database, catalog: &str, today: i64) -> Result<Vec<Popularity>> {
    let query = sqlx::query(
        "SELECT item_id, score, viewed, wishlisted, carted, purchased FROM believed_totals \
         WHERE catalog = $1 ORDER BY score DESC, item_id",
    );
    let rows = query.bind(catalog).fetch_all(db.reports()).await?;
    rows.iter().map(|row| read(row, growth(today))).collect()
}

/// By the counts of all days. Days to come are clocks that are a little fast.
async fn added_up(db: &Database, catalog: &str, today: i64, half_life_days: f64) -> Result<Vec<Popularity>> {
    let query = sqlx::query(
        "WITH RECURSIVE ages (day, factor) AS (\
             SELECT $2, CAST(1.0 AS DOUBLE PRECISION) \
             UNION ALL SELECT day - 1, factor * $3 FROM ages WHERE day > $4) \
         SELECT d.item_id, \
             SUM((viewed + 3 * wishlisted + 5 * carted + 10 * purchased) \
                 * COALESCE(a.factor, CASE WHEN d.day > $5 THEN 1.0 ELSE 0.0 END)) AS score, \
             CAST(SUM(viewed) AS BIGINT), CAST(SUM(wishlisted) AS BIGINT), CAST(SUM(carted) AS BIGINT), \
             CAST(SUM(purchased) AS BIGINT) \
         FROM believed_days AS d LEFT JOIN ages AS a ON a.day = d.day \
         WHERE d.catalog = $1 GROUP BY d.item_id ORDER BY score DESC, d.item_id",
    );
    let oldest = today - (half_life_days * HALF_LIVES).clamp(1.0, 40_000.0) as i64;
    let query =
        query.bind(catalog).bind(today).bind(0.5f64.powf(1.0 / half_life_days)).bind(oldest).bind(today);
    query.fetch_all(db.reports()).await?.iter().map(|row| read(row, 1.0)).collect()
}

/// A row whose score is `scale` times what it is today.
fn read(row: &AnyRow, scale: f64) -> Result<Popularity> {
    let count = |at: usize| row.try_get::<i64, _>(at).map(i64::unsigned_abs);
    Ok(Popularity {
        item_id: row.try_get(0)?,
        score: row.try_get::<f64, _>(1)? / scale,
        views: count(2)?,
        wishlisted: count(3)?,
        carted: count(4)?,
        purchased: count(5)?,
    })
}
