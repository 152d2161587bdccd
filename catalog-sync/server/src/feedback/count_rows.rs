//! The tables that reports read, changed by the transaction that stores the events.

use std::collections::{BTreeMap, HashMap};

use sqlx::{Error, Row as _};

use super::counts::Counts;
use crate::db::{Columns, Database, RowsQuery, Tx, insert};

/// `INSERT … ON CONFLICT … DO UPDATE`, where each count is added to the one that is there.
macro_rules! added {
    ($table:literal, $count:literal, $key:literal: $($name:literal),+; $after:literal) => {
        Columns {
            into: concat!($table, " (", $key, $(", ", $name),+, ")"),
            count: $count,
            after: concat!(
                "ON CONFLICT (", $key, ") DO UPDATE SET ",
                added!(@sum $table: $($name),+), $after
            ),
        }
    };
    (@sum $table:literal: $first:literal $(, $name:literal)*) => {
        concat!(
            $first, " = ", $table, ".", $first, " + excluded.", $first
            $(, ", ", $name, " = ", $table, ".", $name, " + excluded.", $name)*
        )
    };
}

pub(super) use added;

const ACTIVITY: Columns = added!("activity", 14, "catalog, day, release": "searches", "with_words", "zero_result",
    "no_good_match", "selected", "viewed", "wishlisted", "carted", "purchased", "events", "bound"; "");

const POSITIONS: Columns = added!("positions", 5, "catalog, day, position": "shown", "selected"; "");

const QUERY_DAYS: Columns =
    added!("query_days", 6, "catalog, day, query": "searches", "zero_result", "no_good_match"; "");

const QUERY_TOTALS: Columns =
    added!("query_totals", 5, "catalog, query": "searches", "zero_result", "no_good_match"; "");

const PRODUCT_DAYS: Columns = added!("product_days", 9, "catalog, day, item_id": "selected", "viewed", "wishlisted",
    "carted", "purchased", "events"; "");

const PRODUCT_TOTALS: Columns = added!("product_totals", 8, "catalog, item_id": "selected", "viewed", "wishlisted",
    "carted", "purchased", "events"; "");

const FUNNEL_DAYS: Columns =
    added!("funnel_days", 6, "catalog, day": "searches", "viewed", "kept", "purchased"; "");

const INTAKE: Columns =
    added!("intake", 4, "catalog, day": "events", "bytes"; " RETURNING catalog, day, bytes");

/// Answers with the searches that are new or led further than before.
const FUNNEL: Columns = Columns {
    into: "funnel (search_id, catalog, day, depth, prior)",
    count: 5,
    after: "ON CONFLICT (search_id) DO UPDATE SET prior = funnel.depth, depth = excluded.depth \
            WHERE funnel.depth < excluded.depth RETURNING catalog, day, depth, prior",
};

/// What catalogues have stored on a day of arrival, in bytes.
pub type Intake = HashMap<String, (i64, i64)>;

/// Adds the counts to the tables; returns what the catalogues have stored with them.
pub async fn add(db: &Database, tx: &mut Tx, counts: &Counts<'_>) -> Result<Intake, Error> {
    add_searches(db, tx, counts).await?;
    add_all(db, tx, &QUERY_DAYS, &counts.queries, |q, (a, b, c)| q.bind(*a).bind(*b).bind(*c)).await?;
    add_all(db, tx, &QUERY_TOTALS, &counts.query_totals(), |q, (a, b)| q.bind(*a).bind(*b)).await?;
    add_all(db, tx, &PRODUCT_DAYS, &counts.products, |q, (a, b, c)| q.bind(*a).bind(*b).bind(*c)).await?;
    add_all(db, tx, &PRODUCT_TOTALS, &counts.product_totals(), |q, (a, b)| q.bind(*a).bind(*b)).await?;
    add_all(db, tx, &POSITIONS, &counts.positions, |q, (a, b, c)| q.bind(*a).bind(*b).bind(*c)).await?;
    add_all(db, tx, &ACTIVITY, &counts.activity, |q, (a, b, c)| q.bind(*a).bind(*b).bind(*c)).await?;
    let mut intake = Intake::new();
    let rows: Vec<_> = counts.intake.iter().collect();
    for query in insert(db, &INTAKE, &rows, |query, ((catalog, day), counted)| {
        bind(query.bind(*catalog).bind(*day), counted)
    }) {
        for row in query.fetch_all(&mut **tx).await? {
            intake.insert(row.try_get(0)?, (row.try_get(1)?, row.try_get(2)?));
        }
    }
    Ok(intake)
}

/// Notes how far searches led, and counts each step that is new.
async fn add_searches(db: &Database, tx: &mut Tx, counts: &Counts<'_>) -> Result<(), Error> {
    let searches: Vec<_> = counts.searches.iter().collect();
    let mut days: BTreeMap<(String, i64), [i64; 4]> = BTreeMap::new();
    for query in insert(db, &FUNNEL, &searches, |query, (search, (catalog, day, depth))| {
        query.bind(search.as_bytes().as_slice()).bind(*catalog).bind(*day).bind(*depth).bind(-1i64)
    }) {
        for row in query.fetch_all(&mut **tx).await? {
            let (depth, prior): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
            let steps = days.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
            for (step, count) in (0i64..).zip(steps) {
                *count += i64::from(prior < step && step <= depth);
            }
        }
    }
    add_all(db, tx, &FUNNEL_DAYS, &days, |q, (catalog, day)| q.bind(catalog.as_str()).bind(*day)).await
}

pub(super) async fn add_all<K, const N: usize>(
    db: &Database,
    tx: &mut Tx,
    columns: &Columns,
    counted: &BTreeMap<K, [i64; N]>,
    bind_key: impl Fn(RowsQuery, &K) -> RowsQuery,
) -> Result<(), Error> {
    let rows: Vec<_> = counted.iter().collect();
    for query in insert(db, columns, &rows, |query, (key, counted)| bind(bind_key(query, key), counted)) {
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

fn bind<const N: usize>(query: RowsQuery, counted: &[i64; N]) -> RowsQuery {
    counted.iter().fold(query, |query, count| query.bind(*count))
}
