//! The SQL of the report, the same for both databases. Sums are cast, since PostgreSQL's are wider than
//! what they sum.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::filter::{Filter, day_of};
use super::{Activity, Conversion, DayRow, PositionRow, ProductRow, QueryRow, ReleaseRow, Searches, rate};
use crate::Result;
use crate::db::Database;

/// Counts of [`Activity`], in its order.
const ACTIVITY: &str = "\
    COUNT(CASE WHEN name = 'search' THEN 1 END), \
    COUNT(CASE WHEN name = 'search' AND results = 0 THEN 1 END), \
    COUNT(CASE WHEN name = 'select_item' THEN 1 END), \
    COUNT(CASE WHEN name = 'view_item' THEN 1 END), \
    COUNT(CASE WHEN name = 'add_to_wishlist' THEN 1 END), \
    COUNT(CASE WHEN name = 'add_to_cart' THEN 1 END), \
    COUNT(CASE WHEN name = 'purchase' THEN 1 END)";

pub async fn searches(db: &Database, filter: &Filter) -> Result<Searches> {
    let query = filter.query(
        "SELECT COUNT(*), COUNT(search_term), COUNT(CASE WHEN results = 0 THEN 1 END), \
         COUNT(CASE WHEN results > 0 AND good_match = 0 THEN 1 END) \
         FROM events WHERE {scope} AND name = 'search'",
    );
    let row = query.fetch_one(db.pool()).await?;
    Ok(Searches {
        total: row.try_get(0)?,
        with_words: row.try_get(1)?,
        zero_result: row.try_get(2)?,
        no_good_match: row.try_get(3)?,
    })
}

/// `condition` is one of ours, never a user's.
pub async fn words(db: &Database, filter: &Filter, condition: &str) -> Result<Vec<QueryRow>> {
    let query = filter.query(&format!(
        "SELECT search_term, COUNT(*) AS searches FROM events \
         WHERE {{scope}} AND name = 'search' AND search_term IS NOT NULL {condition} \
         GROUP BY search_term ORDER BY searches DESC, search_term LIMIT {{top}}"
    ));
    let read = |row: &AnyRow| Ok(QueryRow { query: row.try_get(0)?, searches: row.try_get(1)? });
    query.fetch_all(db.pool()).await?.iter().map(read).collect()
}

pub async fn positions(db: &Database, filter: &Filter) -> Result<Vec<PositionRow>> {
    let query = filter.query(
        "SELECT shown.position, shown.times, COALESCE(chosen.times, 0) FROM \
         (SELECT position, COUNT(*) AS times FROM listed_items WHERE {scope} GROUP BY position) AS shown \
         LEFT JOIN (SELECT position, COUNT(*) AS times FROM events \
         WHERE {scope} AND name = 'select_item' GROUP BY position) AS chosen \
         ON chosen.position = shown.position ORDER BY shown.position LIMIT {top}",
    );
    let read = |row: &AnyRow| {
        let (shown, selected) = (row.try_get(1)?, row.try_get(2)?);
        Ok(PositionRow { position: row.try_get(0)?, shown, selected, ctr: rate(selected, shown) })
    };
    query.fetch_all(db.pool()).await?.iter().map(read).collect()
}

/// What came of a search says its id; a step counts whatever steps before it were left out.
pub async fn conversion(db: &Database, filter: &Filter) -> Result<Conversion> {
    let query = filter.query(
        "SELECT COUNT(CASE WHEN depth >= 0 THEN 1 END), COUNT(CASE WHEN depth >= 1 THEN 1 END), \
         COUNT(CASE WHEN depth >= 2 THEN 1 END), COUNT(CASE WHEN depth >= 3 THEN 1 END) FROM \
         (SELECT search_id, MAX(CASE WHEN name = 'purchase' THEN 3 \
         WHEN name IN ('add_to_wishlist', 'add_to_cart') THEN 2 \
         WHEN name IN ('select_item', 'view_item', 'share') THEN 1 ELSE 0 END) AS depth \
         FROM events WHERE {scope} AND search_id IS NOT NULL GROUP BY search_id) AS reached",
    );
    let row = query.fetch_one(db.pool()).await?;
    let (searches, purchased) = (row.try_get(0)?, row.try_get(3)?);
    Ok(Conversion {
        searches,
        viewed: row.try_get(1)?,
        kept: row.try_get(2)?,
        purchased,
        rate: rate(purchased, searches),
    })
}

pub async fn products(db: &Database, filter: &Filter) -> Result<Vec<ProductRow>> {
    let query = filter.query(&format!(
        "SELECT item_id, {ACTIVITY} FROM events \
         WHERE {{scope}} AND item_id IS NOT NULL AND name NOT IN ('remove_from_wishlist', 'share') \
         GROUP BY item_id ORDER BY COUNT(*) DESC, item_id LIMIT {{top}}"
    ));
    let read = |row: &AnyRow| {
        let done = activity(row, 1)?;
        Ok(ProductRow {
            item_id: row.try_get(0)?,
            selected: done.selected,
            viewed: done.viewed,
            wishlisted: done.wishlisted,
            carted: done.carted,
            purchased: done.purchased,
        })
    };
    query.fetch_all(db.pool()).await?.iter().map(read).collect()
}

pub async fn releases(db: &Database, filter: &Filter) -> Result<Vec<ReleaseRow>> {
    let query = filter.query(&format!(
        "SELECT catalog, release, {ACTIVITY} FROM events WHERE {{scope}} \
         GROUP BY catalog, release ORDER BY catalog, release DESC"
    ));
    let read = |row: &AnyRow| {
        Ok(ReleaseRow { catalog: row.try_get(0)?, release: row.try_get(1)?, activity: activity(row, 2)? })
    };
    query.fetch_all(db.pool()).await?.iter().map(read).collect()
}

pub async fn days(db: &Database, filter: &Filter) -> Result<Vec<DayRow>> {
    let query = filter
        .query(&format!("SELECT day, {ACTIVITY} FROM events WHERE {{scope}} GROUP BY day ORDER BY day DESC"));
    let read = |row: &AnyRow| Ok(DayRow { day: day_of(row.try_get(0)?), activity: activity(row, 1)? });
    query.fetch_all(db.pool()).await?.iter().map(read).collect()
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
