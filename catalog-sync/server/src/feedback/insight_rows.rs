//! The tables that the console's page Insight reads. What stores events and what counts the server's own answers change
//! them in this order: days, visitors, actions, revenue, words, answers, latency, arms of experiments; so they wait for each other and do
//! not lock each other out.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Error, Row as _};

use super::added::{add_all, added, by_block};
use super::insight::InsightCounts;
use super::insight_keys::{DayKey, Seen};
use crate::db::{Columns, CountedColumns, Database, RowsQuery, Tx, insert_counted};

const DAYS: Columns = added!("insight_days", 11, "catalog, day, release, channel, kind": "searches", "zero_result",
    "no_good_match", "clicked", "carted", "purchased"; "");

const ACTIONS: Columns = added!("insight_actions", 11, "catalog, day, release, channel": "clicks", "placed", "places",
    "viewed", "wishlisted", "carted", "purchased"; "");

const SEEN: CountedColumns = CountedColumns {
    into: "insight_seen (catalog, day, release, channel, visitor)",
    count: 5,
    conflict: "ON CONFLICT DO NOTHING",
    by: "catalog, day, release, channel",
};

const VISITORS: Columns = added!("insight_visitors", 5, "catalog, day, release, channel": "visitors"; "");

const REVENUE: Columns =
    added!("insight_revenue", 6, "catalog, day, release, currency": "sales", "amount"; "");

const ASKED: CountedColumns = CountedColumns {
    into: "insight_asked (catalog, day, query, visitor)",
    count: 4,
    conflict: "ON CONFLICT DO NOTHING",
    by: "catalog, day, query",
};

const QUERIES: Columns = added!("insight_queries", 7, "catalog, day, query": "searches", "zero_result", "no_good_match",
    "visitors"; "");

/// By ten days.
const QUERY_BLOCKS: Columns = added!("insight_query_blocks", 7, "catalog, block, query": "searches", "zero_result",
    "no_good_match", "visitors"; "");

/// Adds what was counted of events.
pub async fn add(db: &Database, tx: &mut Tx, counts: &InsightCounts) -> Result<(), Error> {
    add_days(db, tx, &counts.days).await?;
    add_seen(db, tx, &counts.seen).await?;
    let bind = |q: RowsQuery, (a, b, c, d): &(String, i64, i64, &'static str)| {
        q.bind(a.clone()).bind(*b).bind(*c).bind(*d)
    };
    add_all(db, tx, &ACTIONS, &counts.actions, bind).await?;
    let bind = |q: RowsQuery, (a, b, c, d): &(String, i64, i64, String)| {
        q.bind(a.clone()).bind(*b).bind(*c).bind(d.clone())
    };
    add_all(db, tx, &REVENUE, &counts.revenue, bind).await?;
    add_queries(db, tx, counts).await?;
    counts.arms.write(db, tx).await
}

/// Adds searches, and what came of searches, by way in.
pub async fn add_days(db: &Database, tx: &mut Tx, days: &BTreeMap<DayKey, [i64; 6]>) -> Result<(), Error> {
    add_all(db, tx, &DAYS, days, |query, key| {
        let query = query.bind(key.catalog.clone()).bind(key.day).bind(key.release);
        query.bind(key.channel.clone()).bind(key.kind.clone())
    })
    .await
}

/// Notes who searched, and counts those who were not noted before.
pub async fn add_seen(db: &Database, tx: &mut Tx, seen: &BTreeSet<Seen>) -> Result<(), Error> {
    let rows: Vec<&Seen> = seen.iter().collect();
    let bind = |query: RowsQuery, seen: &&Seen| {
        let query = query.bind(seen.catalog.clone()).bind(seen.day).bind(seen.release);
        query.bind(seen.channel).bind(seen.visitor.to_vec())
    };
    let mut visitors: BTreeMap<(String, i64, i64, String), [i64; 1]> = BTreeMap::new();
    insert_counted(db, tx, &SEEN, &rows, bind, |row, new| {
        let key = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
        visitors.entry(key).or_default()[0] += new;
        Ok(())
    })
    .await?;
    add_all(db, tx, &VISITORS, &visitors, |q, (a, b, c, d)| {
        q.bind(a.clone()).bind(*b).bind(*c).bind(d.clone())
    })
    .await
}

/// Counts words, and the visitors who had not asked them before.
async fn add_queries(db: &Database, tx: &mut Tx, counts: &InsightCounts) -> Result<(), Error> {
    let mut queries: BTreeMap<(String, i64, String), [i64; 4]> = BTreeMap::new();
    for (key, [searches, zero_result, no_good_match]) in &counts.queries {
        queries.insert(key.clone(), [*searches, *zero_result, *no_good_match, 0]);
    }
    let rows: Vec<_> = counts.asked.iter().collect();
    let bind = |query: RowsQuery, ((catalog, words, visitor), day): &(&(String, String, [u8; 16]), &i64)| {
        query.bind(catalog.clone()).bind(**day).bind(words.clone()).bind(visitor.to_vec())
    };
    insert_counted(db, tx, &ASKED, &rows, bind, |row, new| {
        let key = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        queries.entry(key).or_default()[3] += new;
        Ok(())
    })
    .await?;
    let blocks = by_block(&queries, |(catalog, day, query)| (catalog.as_str(), *day, query.as_str()));
    let blocks: BTreeMap<_, _> =
        blocks.into_iter().map(|((a, b, c), counted)| ((a.to_owned(), b, c.to_owned()), counted)).collect();
    add_all(db, tx, &QUERIES, &queries, |q, (a, b, c)| q.bind(a.clone()).bind(*b).bind(c.clone())).await?;
    add_all(db, tx, &QUERY_BLOCKS, &blocks, |q, (a, b, c)| q.bind(a.clone()).bind(*b).bind(c.clone())).await
}
