//! The SQL of the report, the same for both databases. It reads the counts that are kept with the events, never
//! the events. Sums are cast, since PostgreSQL's are wider than what they sum.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::filter::{Filter, day_of};
use super::{
    Activity, Conversion, DayRow, Events, PositionRow, ProductRow, QueryRow, ReleaseRow, Searches, rate,
};
use crate::Result;
use crate::db::Database;

/// Sums of [`Activity`], in its order.
const ACTIVITY: &str = "\
    CAST(COALESCE(SUM(searches), 0) AS BIGINT), CAST(COALESCE(SUM(zero_result), 0) AS BIGINT), \
    CAST(COALESCE(SUM(selected), 0) AS BIGINT), CAST(COALESCE(SUM(viewed), 0) AS BIGINT), \
    CAST(COALESCE(SUM(wishlisted), 0) AS BIGINT), CAST(COALESCE(SUM(carted), 0) AS BIGINT), \
    CAST(COALESCE(SUM(purchased), 0) AS BIGINT)";

/// Sums of a product's counts, in the order of [`ProductRow`].
const PRODUCT: &str = "\
    CAST(SUM(selected) AS BIGINT), CAST(SUM(viewed) AS BIGINT), CAST(SUM(wishlisted) AS BIGINT), \
    CAST(SUM(carted) AS BIGINT), CAST(SUM(purchased) AS BIGINT)";

/// Rows of the tables by release and by day at most: anyone may send events of any release.
const MAX_ROWS: u32 = 10_000;

/// Rows of words or products that a report of some days adds up at most.
const MAX_ADDED_ROWS: usize = 60_000;

/// Which words a table of them is about.
#[derive(Clone, Copy, Debug)]
pub enum Words {
    /// All of them.
    All,
    /// Those that no product matched.
    ZeroResult,
    /// Those for which only products that do not fit were found.
    NoGoodMatch,
}

impl Words {
    /// The column that counts them.
    fn column(self) -> &'static str {
        match self {
            Self::All => "searches",
            Self::ZeroResult => "zero_result",
            Self::NoGoodMatch => "no_good_match",
        }
    }
}

/// The one catalogue that has counts, if it is one: its totals are in order, those of several are not.
pub async fn only_catalog(db: &Database) -> Result<Option<String>> {
    let first: Option<String> =
        sqlx::query_scalar("SELECT MIN(catalog) FROM activity").fetch_one(db.reports()).await?;
    let last: Option<String> =
        sqlx::query_scalar("SELECT MAX(catalog) FROM activity").fetch_one(db.reports()).await?;
    Ok(first.filter(|first| Some(first) == last.as_ref()))
}

pub async fn events(db: &Database, filter: &Filter) -> Result<Events> {
    let query = filter.query(
        "SELECT CAST(COALESCE(SUM(events), 0) AS BIGINT), CAST(COALESCE(SUM(bound), 0) AS BIGINT) \
         FROM activity WHERE {scope}",
    );
    let row = query.fetch_one(db.reports()).await?;
    Ok(Events { total: row.try_get(0)?, bound: row.try_get(1)? })
}

pub async fn searches(db: &Database, filter: &Filter) -> Result<Searches> {
    let query = filter.query(
        "SELECT CAST(COALESCE(SUM(searches), 0) AS BIGINT), CAST(COALESCE(SUM(with_words), 0) AS BIGINT), \
         CAST(COALESCE(SUM(zero_result), 0) AS BIGINT), CAST(COALESCE(SUM(no_good_match), 0) AS BIGINT) \
         FROM activity WHERE {scope}",
    );
    let row = query.fetch_one(db.reports()).await?;
    Ok(Searches {
        total: row.try_get(0)?,
        with_words: row.try_get(1)?,
        zero_result: row.try_get(2)?,
        no_good_match: row.try_get(3)?,
    })
}

/// The totals of one catalogue are read in the order of their index. Everything else is added up; of `days`
/// days, the words of each that come most often.
pub async fn words(db: &Database, filter: &Filter, words: Words, days: usize) -> Result<Vec<QueryRow>> {
    let column = words.column();
    let query = match (filter.is_of_all_days(), &filter.catalog) {
        (true, Some(_)) => filter.query_totals(&format!(
            "SELECT query, {column} FROM query_totals WHERE {{scope}} AND {column} > 0 \
             ORDER BY {column} DESC, query LIMIT {{top}}"
        )),
        (true, None) => filter.query_totals(&format!(
            "SELECT query, CAST(SUM({column}) AS BIGINT) AS times FROM query_totals \
             WHERE {{scope}} AND {column} > 0 GROUP BY query ORDER BY times DESC, query LIMIT {{top}}"
        )),
        (false, _) => filter.query(&format!(
            "SELECT query, CAST(SUM(counted.{column}) AS BIGINT) AS times FROM {} \
             GROUP BY query ORDER BY times DESC, query LIMIT {{top}}",
            most_of_each_day("query_days", column, days)
        )),
    };
    let read = |row: &AnyRow| Ok(QueryRow { query: row.try_get(0)?, searches: row.try_get(1)? });
    query.fetch_all(db.reports()).await?.iter().map(read).collect()
}

/// The rows of each day that come first by `column`, as `counted`: 60,000 in all, so that a report takes the
/// same time whatever many different words and products there were. The row after the last of a day says
/// which are before it.
fn most_of_each_day(table: &str, column: &str, days: usize) -> String {
    let skipped = (MAX_ADDED_ROWS / days.max(1)).max(1);
    format!(
        "(SELECT d.catalog, d.day, COALESCE((SELECT t.{column} FROM {table} AS t WHERE t.catalog = d.catalog \
         AND t.day = d.day AND t.{column} > 0 ORDER BY t.{column} DESC LIMIT 1 OFFSET {skipped}), 0) AS least \
         FROM (SELECT DISTINCT catalog, day FROM activity WHERE {{scope}}) AS d) AS days \
         JOIN {table} AS counted ON counted.catalog = days.catalog AND counted.day = days.day \
         AND counted.{column} > days.least AND counted.{column} > 0"
    )
}

pub async fn positions(db: &Database, filter: &Filter) -> Result<Vec<PositionRow>> {
    let query = filter.query(
        "SELECT position, CAST(SUM(shown) AS BIGINT), CAST(SUM(selected) AS BIGINT) FROM positions \
         WHERE {scope} GROUP BY position HAVING SUM(shown) > 0 ORDER BY position LIMIT {top}",
    );
    let read = |row: &AnyRow| {
        let (shown, selected) = (row.try_get(1)?, row.try_get(2)?);
        Ok(PositionRow { position: row.try_get(0)?, shown, selected, ctr: rate(selected, shown) })
    };
    query.fetch_all(db.reports()).await?.iter().map(read).collect()
}

/// What came of a search says its id; a step counts whatever steps before it were left out.
pub async fn conversion(db: &Database, filter: &Filter) -> Result<Conversion> {
    let query = filter.query(
        "SELECT CAST(COALESCE(SUM(searches), 0) AS BIGINT), CAST(COALESCE(SUM(viewed), 0) AS BIGINT), \
         CAST(COALESCE(SUM(kept), 0) AS BIGINT), CAST(COALESCE(SUM(purchased), 0) AS BIGINT) \
         FROM funnel_days WHERE {scope}",
    );
    let row = query.fetch_one(db.reports()).await?;
    let (searches, purchased) = (row.try_get(0)?, row.try_get(3)?);
    Ok(Conversion {
        searches,
        viewed: row.try_get(1)?,
        kept: row.try_get(2)?,
        purchased,
        rate: rate(purchased, searches),
    })
}

/// As [`words`].
pub async fn products(db: &Database, filter: &Filter, days: usize) -> Result<Vec<ProductRow>> {
    let query = match (filter.is_of_all_days(), &filter.catalog) {
        (true, Some(_)) => filter.query_totals(
            "SELECT item_id, selected, viewed, wishlisted, carted, purchased FROM product_totals \
             WHERE {scope} ORDER BY events DESC, item_id LIMIT {top}",
        ),
        (true, None) => filter.query_totals(&format!(
            "SELECT item_id, {PRODUCT} FROM product_totals WHERE {{scope}} \
             GROUP BY item_id ORDER BY SUM(events) DESC, item_id LIMIT {{top}}"
        )),
        (false, _) => filter.query(&format!(
            "SELECT item_id, {PRODUCT} FROM {} GROUP BY item_id ORDER BY SUM(events) DESC, item_id LIMIT {{top}}",
            most_of_each_day("product_days", "events", days)
        )),
    };
    let read = |row: &AnyRow| {
        Ok(ProductRow {
            item_id: row.try_get(0)?,
            selected: row.try_get(1)?,
            viewed: row.try_get(2)?,
            wishlisted: row.try_get(3)?,
            carted: row.try_get(4)?,
            purchased: row.try_get(5)?,
        })
    };
    query.fetch_all(db.reports()).await?.iter().map(read).collect()
}

pub async fn releases(db: &Database, filter: &Filter) -> Result<Vec<ReleaseRow>> {
    let query = filter.query(&format!(
        "SELECT catalog, release, {ACTIVITY} FROM activity WHERE {{scope}} \
         GROUP BY catalog, release ORDER BY catalog, release DESC LIMIT {MAX_ROWS}"
    ));
    let read = |row: &AnyRow| {
        Ok(ReleaseRow { catalog: row.try_get(0)?, release: row.try_get(1)?, activity: activity(row, 2)? })
    };
    query.fetch_all(db.reports()).await?.iter().map(read).collect()
}

pub async fn days(db: &Database, filter: &Filter) -> Result<Vec<DayRow>> {
    let query = filter.query(&format!(
        "SELECT day, {ACTIVITY} FROM activity WHERE {{scope}} GROUP BY day ORDER BY day DESC LIMIT {MAX_ROWS}"
    ));
    let read = |row: &AnyRow| Ok(DayRow { day: day_of(row.try_get(0)?), activity: activity(row, 1)? });
    query.fetch_all(db.reports()).await?.iter().map(read).collect()
}

/// The columns of [`ACTIVITY`], from this one on.
fn activity(row: &AnyRow, first: usize) -> Result<Activity, sqlx::Error> {
    Ok(Activity {
        searches: row.try_get(first)?,
        zero_result: row.try_get(first + 1)?,
        selected: row.try_get(first + 2)?,
        viewed: row.try_get(first + 3)?,
        wishlisted: row.try_get(first + 4)?,
        carted: row.try_get(first + 5)?,
        purchased: row.try_get(first + 6)?,
    })
}
