//! What ranks: believed events, each kind once for a visit and product, added up by the transaction that stores
//! the events.

use std::collections::BTreeMap;

use sqlx::{Error, Row as _};

use super::added::{add_all, added};
use super::row::Row;
use crate::db::{Columns, CountedColumns, Database, RowsQuery, Tx, insert, insert_counted};
use crate::popularity;

const MARKS: CountedColumns = CountedColumns {
    into: "believed (catalog, visit, item_id, kind, day)",
    count: 5,
    conflict: "ON CONFLICT DO NOTHING",
    by: "catalog, day, item_id, kind",
};

const DAYS: Columns =
    added!("believed_days", 7, "catalog, day, item_id": "viewed", "wishlisted", "carted", "purchased"; "");

const TOTALS: Columns = added!("believed_totals", 7, "catalog, item_id": "viewed", "wishlisted", "carted", "purchased",
    "score"; "");

const ASKED: CountedColumns = CountedColumns {
    into: "asked (catalog, query, visit, day)",
    count: 4,
    conflict: "ON CONFLICT DO NOTHING",
    by: "catalog, query",
};

const ASKED_TOTALS: Columns = added!("asked_totals", 3, "catalog, query": "visitors"; "");

/// Adds what is believed of these rows, each of which is new.
pub async fn add(db: &Database, tx: &mut Tx, rows: &[&Row]) -> Result<(), Error> {
    let believed: Vec<&Row> = rows.iter().copied().filter(|row| row.believed).collect();
    if !believed.is_empty() {
        add_products(db, tx, &believed).await?;
        add_words(db, tx, &believed).await?;
    }
    Ok(())
}

async fn add_products(db: &Database, tx: &mut Tx, rows: &[&Row]) -> Result<(), Error> {
    let mut marks = BTreeMap::new();
    for row in rows {
        if let (Some(item_id), Some(kind)) = (row.counted_id(), popularity::kind(row.name)) {
            let mark = (row.scope.as_str(), row.visitor, item_id, kind);
            marks.entry(mark).and_modify(|day: &mut i64| *day = row.day.min(*day)).or_insert(row.day);
        }
    }
    let marks: Vec<_> = marks.into_iter().collect();
    let mut days: BTreeMap<(String, i64, String), [i64; 4]> = BTreeMap::new();
    let bind = |query: RowsQuery,
                ((catalog, visit, item_id, kind), day): &((&str, [u8; 16], &str, i64), i64)| {
        query.bind(*catalog).bind(visit.as_slice()).bind(*item_id).bind(*kind).bind(*day)
    };
    insert_counted(db, tx, &MARKS, &marks, bind, |row, new| {
        let product = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let (kind, counted): (i64, _) = (row.try_get(3)?, days.entry(product).or_default());
        if let Some(count) = usize::try_from(kind - 1).ok().and_then(|kind| counted.get_mut(kind)) {
            *count += new;
        }
        Ok(())
    })
    .await?;
    add_all(db, tx, &DAYS, &days, |q, (a, b, c)| q.bind(a.as_str()).bind(*b).bind(c.as_str())).await?;
    add_totals(db, tx, &days).await
}

async fn add_totals(
    db: &Database,
    tx: &mut Tx,
    days: &BTreeMap<(String, i64, String), [i64; 4]>,
) -> Result<(), Error> {
    let mut totals: BTreeMap<(&str, &str), ([i64; 4], f64)> = BTreeMap::new();
    for ((catalog, day, item_id), counted) in days {
        let (total, score) = totals.entry((catalog, item_id)).or_default();
        total.iter_mut().zip(counted).for_each(|(to, counted)| *to += counted);
        *score += popularity::worth(counted) * popularity::growth(*day);
    }
    let rows: Vec<_> = totals.into_iter().collect();
    for query in insert(db, &TOTALS, &rows, |query, ((catalog, item_id), (counted, score))| {
        let query = query.bind(*catalog).bind(*item_id);
        counted.iter().fold(query, |query, count| query.bind(*count)).bind(*score)
    }) {
        query.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Notes words that found something and may be shown to others.
async fn add_words(db: &Database, tx: &mut Tx, rows: &[&Row]) -> Result<(), Error> {
    let mut asked = BTreeMap::new();
    for row in rows.iter().filter(|row| row.results.is_some_and(|results| results > 0)) {
        if let Some(words) = row.search_term.as_deref().filter(|words| super::words::may_be_shown(words)) {
            asked.insert((row.scope.as_str(), words, row.visitor), row.day);
        }
    }
    let asked: Vec<_> = asked.into_iter().collect();
    let bind = |query: RowsQuery, ((catalog, words, visit), day): &((&str, &str, [u8; 16]), i64)| {
        query.bind(*catalog).bind(*words).bind(visit.as_slice()).bind(*day)
    };
    let mut totals: BTreeMap<(String, String), [i64; 1]> = BTreeMap::new();
    insert_counted(db, tx, &ASKED, &asked, bind, |row, new| {
        totals.entry((row.try_get(0)?, row.try_get(1)?)).or_default()[0] += new;
        Ok(())
    })
    .await?;
    add_all(db, tx, &ASKED_TOTALS, &totals, |q, (a, b)| q.bind(a.as_str()).bind(b.as_str())).await
}

/// Forgets visits of more than 90 days ago. An event that comes later than that counts for the day on which it
/// comes.
pub async fn forget_visits(db: &Database) -> Result<u64, Error> {
    let before = super::row::today() - super::row::BELIEVED_DAYS;
    let mut forgotten = 0;
    for sql in ["DELETE FROM believed WHERE day < $1", "DELETE FROM asked WHERE day < $1"] {
        forgotten += sqlx::query(sql).bind(before).execute(db.pool()).await?.rows_affected();
    }
    Ok(forgotten)
}
