//! How far what is asked and what is sold has moved.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::discrepancy::Discrepancy;
use super::sums::Sums;
use crate::db::Database;

/// Queries on both sides, below which nothing is said.
const LEAST: i64 = 200;

/// States of a catalogue that are compared with the one before.
const STATES: i64 = 8;

/// Days that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first day of the period before, in days since 1970.
    pub before: i64,
    /// The first day of the period.
    pub from: i64,
    /// Its last day.
    pub to: i64,
}

/// What is asked, or what is sold, against what was before.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightEmbeddings)]
pub struct EmbeddingDrift {
    /// The embeddings of what: `words` and `image` of queries, `catalog` of what is sold.
    pub of: String,
    /// The release; absent for queries. 0 is a state that was built where it is searched.
    pub release: Option<i64>,
    /// The release that it is compared with.
    pub release_before: Option<i64>,
    /// Queries in the window, or products.
    pub count: i64,
    /// Queries in the seven days before it, or products of the state before.
    pub before: i64,
    /// The squared maximum mean discrepancy: about 0 of the same distribution, 2 at most.
    pub discrepancy: f64,
    /// What it exceeds by chance once in a thousand times.
    pub by_chance: f64,
    /// Whether it is another distribution, and not by chance.
    pub drifted: bool,
}

/// The days before and now.
type Both = [BTreeMap<i64, Vec<Sums>>; 2];

fn sums(row: &AnyRow, at: usize) -> Result<Option<Sums>, sqlx::Error> {
    let features: Vec<u8> = row.try_get(at + 3)?;
    Ok(Sums::of_stored(row.try_get(at)?, &features, row.try_get(at + 1)?, row.try_get(at + 2)?))
}

/// Catalogue, kind of query, and how far they have moved, of all catalogues.
///
/// # Errors
/// The database refuses.
pub async fn of_all_catalogs(
    db: &Database,
    days: Days,
) -> Result<Vec<(String, EmbeddingDrift)>, sqlx::Error> {
    of_queries(db, None, days).await
}

/// What is asked in a catalogue, and what is sold in it, with the newest state first.
///
/// # Errors
/// The database refuses.
pub async fn of_catalog(
    db: &Database,
    catalog: &str,
    days: Days,
) -> Result<Vec<EmbeddingDrift>, sqlx::Error> {
    let queries = of_queries(db, Some(catalog), days).await?;
    let mut rows: Vec<EmbeddingDrift> = queries.into_iter().map(|(_, row)| row).collect();
    rows.extend(of_states(db, catalog).await?);
    Ok(rows)
}

async fn of_queries(
    db: &Database,
    catalog: Option<&str>,
    days: Days,
) -> Result<Vec<(String, EmbeddingDrift)>, sqlx::Error> {
    let sql = "SELECT catalog, model, kind, day, searches, spread, spreads, features FROM embedding_days \
               WHERE day BETWEEN $1 AND $2 AND (catalog = $3 OR $4 = '')";
    let name = catalog.unwrap_or_default().to_owned();
    let query = sqlx::query(sql).bind(days.before).bind(days.to).bind(name.clone()).bind(name);
    let mut ways: BTreeMap<(String, String, String), Both> = BTreeMap::new();
    for row in query.fetch_all(db.reports()).await? {
        let day: i64 = row.try_get(3)?;
        if let Some(sums) = sums(&row, 4)? {
            let both = ways.entry((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)).or_default();
            both[usize::from(day >= days.from)].entry(day).or_default().push(sums);
        }
    }
    let compared = ways.into_iter().filter_map(|((catalog, _, kind), both)| {
        let [before, now] = both.map(|days| days.values().map(Sums::of_all).collect::<Vec<_>>());
        let row = row(kind, None, &before, &now)?;
        (row.count >= LEAST && row.before >= LEAST).then_some((catalog, row))
    });
    Ok(compared.collect())
}

async fn of_states(db: &Database, catalog: &str) -> Result<Vec<EmbeddingDrift>, sqlx::Error> {
    let sql = "SELECT model, release, products, spread, spreads, features FROM embedding_releases \
               WHERE catalog = $1 ORDER BY at_ms DESC, release DESC LIMIT $2";
    let mut states: Vec<(String, i64, Sums)> = Vec::new();
    let query = sqlx::query(sql).bind(catalog.to_owned()).bind(STATES + 1);
    for row in query.fetch_all(db.reports()).await? {
        states.extend(
            sums(&row, 2)?
                .map(|sums| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?, sums)))
                .transpose()?,
        );
    }
    let pairs = states.iter().zip(states.iter().skip(1)).filter(|(now, before)| now.0 == before.0);
    let compared = pairs.filter_map(|((_, release, now), (_, release_before, before))| {
        let releases = Some((*release, *release_before));
        row("catalog".into(), releases, std::slice::from_ref(before), std::slice::from_ref(now))
    });
    Ok(compared.collect())
}

fn row(of: String, releases: Option<(i64, i64)>, before: &[Sums], now: &[Sums]) -> Option<EmbeddingDrift> {
    let many = |of: &[Sums]| of.iter().map(|sums| sums.count).sum();
    let discrepancy = Discrepancy::of(before, now)?;
    Some(EmbeddingDrift {
        of,
        release: releases.map(|releases| releases.0),
        release_before: releases.map(|releases| releases.1),
        count: many(now),
        before: many(before),
        discrepancy: discrepancy.squared,
        by_chance: discrepancy.by_chance,
        drifted: discrepancy.has_drifted(0.0),
    })
}
