//! Whether the best hits of searches are as near as in the week before the window, by way in and by release.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;

use super::scope::Scope;
use crate::db::Database;
use crate::insights::stability::{Histogram, Stability, begin};

/// Searches on both sides, below which nothing is said.
const LEAST: i64 = 200;

/// The index from which on it is another distribution.
pub const DRIFTED: f64 = 0.25;

/// A way in, with one release or with all.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightDrift)]
pub struct DriftRow {
    /// From where: `web`, `api`.
    pub channel: String,
    /// What was asked with: `words`, `image`, `both`, `similar`, `camera`.
    pub kind: String,
    /// The release that was searched in the window; absent for all of them.
    pub release: Option<i64>,
    /// Searches with a hit in the window.
    pub searches: i64,
    /// Searches with a hit in the seven days before it.
    pub before: i64,
    /// The population stability index of the similarity of the best hit: from 0.25 on it is another distribution.
    pub index: f64,
    /// The mean similarity of the best hit in the window.
    pub mean: f64,
    /// The same in the seven days before.
    pub mean_before: f64,
    /// Whether it is another distribution, and not by chance.
    pub drifted: bool,
    /// The similarities of the best hits in steps of 0.025, the least first; steps that neither period has are left out.
    pub histogram: Vec<ScoreStep>,
}

/// A step of similarities, and which share of the searches has its best hit there.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightScoreStep)]
pub struct ScoreStep {
    /// The least similarity of the step.
    pub from: f64,
    /// The share in the window, 0 to 1.
    pub share: f64,
    /// The share in the seven days before.
    pub share_before: f64,
}

type Way = (String, String);

/// The histograms of days, by way in and release.
async fn histograms(
    db: &Database,
    scope: &Scope,
) -> Result<BTreeMap<Way, BTreeMap<i64, Histogram>>, sqlx::Error> {
    let sql = "SELECT channel, kind, release, bucket, CAST(SUM(searches) AS BIGINT) FROM insight_scores \
               WHERE {scope} AND kind <> 'browse' GROUP BY channel, kind, release, bucket";
    let mut ways: BTreeMap<Way, BTreeMap<i64, Histogram>> = BTreeMap::new();
    for row in scope.query_of_days(sql).fetch_all(db.reports()).await? {
        let releases = ways.entry((row.try_get(0)?, row.try_get(1)?)).or_default();
        releases.entry(row.try_get(2)?).or_default().insert(row.try_get(3)?, row.try_get(4)?);
    }
    Ok(ways)
}

fn all(releases: &BTreeMap<i64, Histogram>) -> Histogram {
    let mut sum = Histogram::new();
    for (step, count) in releases.values().flatten() {
        *sum.entry(*step).or_default() += count;
    }
    sum
}

/// Each way in, with all releases and with each; those that drifted most first.
///
/// # Errors
/// The database refuses.
pub async fn drift(db: &Database, scope: &Scope) -> Result<Vec<DriftRow>, sqlx::Error> {
    let now = histograms(db, scope).await?;
    let before = histograms(db, &scope.week_before()).await?;
    let mut rows = Vec::new();
    for (way, releases) in &now {
        let Some(reference) = before.get(way).map(all) else { continue };
        let one = (releases.len() > 1).then_some(releases).into_iter().flatten();
        let one = one.map(|(release, histogram)| (Some(*release), histogram.clone()));
        for (release, histogram) in std::iter::once((None, all(releases))).chain(one) {
            rows.extend(row(way, release, &reference, &histogram));
        }
    }
    rows.sort_by(|a, b| b.index.total_cmp(&a.index));
    Ok(rows)
}

fn row(way: &Way, release: Option<i64>, before: &Histogram, now: &Histogram) -> Option<DriftRow> {
    let many = |of: &Histogram| of.values().sum::<i64>();
    let stability = Stability::of(before, now)?;
    if many(before) < LEAST || many(now) < LEAST {
        return None;
    }
    Some(DriftRow {
        channel: way.0.clone(),
        kind: way.1.clone(),
        release,
        searches: many(now),
        before: many(before),
        index: stability.index,
        mean: stability.now,
        mean_before: stability.before,
        drifted: stability.has_drifted(DRIFTED),
        histogram: steps(before, now),
    })
}

fn steps(before: &Histogram, now: &Histogram) -> Vec<ScoreStep> {
    let share = |of: &Histogram, step: i64| {
        let count = of.get(&step).copied().unwrap_or_default();
        count as f64 / of.values().sum::<i64>().max(1) as f64
    };
    let all: BTreeSet<i64> = before.keys().chain(now.keys()).copied().collect();
    let step = |step: i64| ScoreStep {
        from: begin(step),
        share: share(now, step),
        share_before: share(before, step),
    };
    all.into_iter().map(step).collect()
}
