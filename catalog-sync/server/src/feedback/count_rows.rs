//! The tables that reports read, changed by the transaction that stores the events.

use std::collections::{BTreeMap, HashMap};

use sqlx::any::AnyRow;
use sqlx::{Error, Row as _};

use super::added::{add_all, added, bind, by_block};
use super::arms::arm_of;
use super::counts::{Counts, Led};
use super::insight::InsightCounts;
use super::insight_keys::DayKey;
use crate::db::{Columns, CountedColumns, Database, RowsQuery, Tx, insert, insert_counted};

const ACTIVITY: Columns = added!("activity", 14, "catalog, day, release": "searches", "with_words", "zero_result",
    "no_good_match", "selected", "viewed", "wishlisted", "carted", "purchased", "events", "bound"; "");

const POSITIONS: Columns = added!("positions", 5, "catalog, day, position": "shown", "selected"; "");

const QUERY_DAYS: Columns =
    added!("query_days", 6, "catalog, day, query": "searches", "zero_result", "no_good_match"; "");

const QUERY_TOTALS: Columns =
    added!("query_totals", 5, "catalog, query": "searches", "zero_result", "no_good_match"; "");

const PRODUCT_DAYS: Columns = added!("product_days", 9, "catalog, day, item_id": "selected", "viewed", "wishlisted",
    "carted", "purchased", "events"; "");

/// By ten days.
const PRODUCT_BLOCKS: Columns = added!("product_blocks", 9, "catalog, block, item_id": "selected", "viewed",
    "wishlisted", "carted", "purchased", "events"; "");

const PRODUCT_TOTALS: Columns = added!("product_totals", 8, "catalog, item_id": "selected", "viewed", "wishlisted",
    "carted", "purchased", "events"; "");

const FUNNEL_DAYS: Columns =
    added!("funnel_days", 6, "catalog, day": "searches", "viewed", "kept", "purchased"; "");

const INTAKE: Columns =
    added!("intake", 4, "catalog, day": "events", "bytes"; " RETURNING catalog, day, bytes");

/// Answers with the searches of which something is new. Until it is known what a search is counted under, `marks` is
/// even.
const FUNNEL: CountedColumns = CountedColumns {
    into: "funnel (search_id, catalog, day, depth, prior, searched_day, release, channel, kind, marks, prior_marks, \
           experiment, arm)",
    count: 13,
    conflict: "ON CONFLICT (search_id) DO UPDATE SET prior = funnel.depth, \
            depth = CASE WHEN funnel.depth < excluded.depth THEN excluded.depth ELSE funnel.depth END, \
            searched_day = CASE WHEN funnel.marks % 2 = 1 THEN funnel.searched_day ELSE excluded.searched_day END, \
            release = CASE WHEN funnel.marks % 2 = 1 THEN funnel.release ELSE excluded.release END, \
            channel = CASE WHEN funnel.marks % 2 = 1 THEN funnel.channel ELSE excluded.channel END, \
            kind = CASE WHEN funnel.marks % 2 = 1 THEN funnel.kind ELSE excluded.kind END, \
            experiment = CASE WHEN funnel.marks % 2 = 1 THEN funnel.experiment ELSE excluded.experiment END, \
            arm = CASE WHEN funnel.marks % 2 = 1 THEN funnel.arm ELSE excluded.arm END, \
            prior_marks = funnel.marks, marks = funnel.marks | excluded.marks \
            WHERE funnel.depth < excluded.depth OR (funnel.marks | excluded.marks) <> funnel.marks",
    by: "catalog, day, depth, prior, searched_day, release, channel, kind, marks, prior_marks, experiment, arm",
};

/// What catalogues have stored on a day of arrival, in bytes.
pub type Intake = HashMap<String, (i64, i64)>;

/// Adds the counts to the tables; returns what the catalogues have stored with them. Adds to `outcomes` what came of
/// searches.
pub async fn add(
    db: &Database,
    tx: &mut Tx,
    counts: &Counts<'_>,
    outcomes: &mut InsightCounts,
) -> Result<Intake, Error> {
    add_searches(db, tx, counts, outcomes).await?;
    add_all(db, tx, &QUERY_DAYS, &counts.queries, |q, (a, b, c)| q.bind(*a).bind(*b).bind(*c)).await?;
    add_all(db, tx, &QUERY_TOTALS, &counts.query_totals(), |q, (a, b)| q.bind(*a).bind(*b)).await?;
    add_all(db, tx, &PRODUCT_DAYS, &counts.products, |q, (a, b, c)| q.bind(*a).bind(*b).bind(*c)).await?;
    let blocks = by_block(&counts.products, |(catalog, day, item)| (*catalog, *day, *item));
    add_all(db, tx, &PRODUCT_BLOCKS, &blocks, |q, (a, b, c)| q.bind(*a).bind(*b).bind(*c)).await?;
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

/// Notes how far searches led, and counts each step that is new. Adds to `outcomes` what is new for Insight.
async fn add_searches(
    db: &Database,
    tx: &mut Tx,
    counts: &Counts<'_>,
    outcomes: &mut InsightCounts,
) -> Result<(), Error> {
    let searches: Vec<_> = counts.searches.iter().collect();
    let mut days: BTreeMap<(String, i64), [i64; 4]> = BTreeMap::new();
    insert_counted(db, tx, &FUNNEL, &searches, bind_search, |row, searches| {
        let (depth, prior): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
        let steps = days.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
        for (step, count) in (0i64..).zip(steps) {
            *count += if prior < step && step <= depth { searches } else { 0 };
        }
        add_outcome(row, searches, outcomes)
    })
    .await?;
    add_all(db, tx, &FUNNEL_DAYS, &days, |q, (catalog, day)| q.bind(catalog.as_str()).bind(*day)).await
}

fn bind_search(query: RowsQuery, (search, led): &(&knytt_wire::Uuid, &Led<'_>)) -> RowsQuery {
    let (day, release, channel, kind) = match led.searched {
        Some(searched) => {
            (searched.day, searched.release, searched.way.channel.name(), searched.way.kind.name())
        }
        None => (0, 0, "", ""),
    };
    let query = query.bind(search.as_bytes().as_slice()).bind(led.catalog).bind(led.day).bind(led.depth);
    let query = query.bind(-1i64).bind(day).bind(release).bind(channel).bind(kind);
    let query = query.bind(i64::from(led.searched.is_some()) + led.marks).bind(0i64);
    let part = led.searched.and_then(|searched| searched.part);
    let (experiment, arm) = part.map_or_else(Default::default, |part| (part.id.to_string(), arm_of(part)));
    query.bind(experiment).bind(arm)
}

/// Counts the marks that are new of so many searches, and when it becomes known what they are counted under, all that
/// they have.
fn add_outcome(row: &AnyRow, searches: i64, outcomes: &mut InsightCounts) -> Result<(), Error> {
    let (marks, prior): (i64, i64) = (row.try_get(8)?, row.try_get(9)?);
    let new = match (marks & 1, prior & 1) {
        (0, _) => 0,
        (_, 0) => marks,
        _ => marks & !prior,
    };
    let day: i64 = row.try_get(4)?;
    let (experiment, arm): (String, i64) = (row.try_get(10)?, row.try_get(11)?);
    if !experiment.is_empty() {
        outcomes.arms.add_outcome(&experiment, arm, day, new, searches);
    }
    if new & 14 == 0 {
        return Ok(());
    }
    let key = DayKey {
        catalog: row.try_get(0)?,
        day,
        release: row.try_get(5)?,
        channel: row.try_get(6)?,
        kind: row.try_get(7)?,
    };
    let [.., clicked, carted, purchased] = outcomes.days.entry(key).or_default();
    *clicked += (new >> 1 & 1) * searches;
    *carted += (new >> 2 & 1) * searches;
    *purchased += (new >> 3 & 1) * searches;
    Ok(())
}
