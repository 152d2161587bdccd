//! What was counted of an experiment.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::definition::Metric;
use super::statistics::Sample;
use crate::db::Database;

/// The counts of one arm over all days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ArmTotals {
    pub searches: u64,
    pub zero_result: u64,
    pub no_good_match: u64,
    pub clicked: u64,
    pub carted: u64,
    pub purchased: u64,
    /// Visitors of each day.
    pub visitors: u64,
    /// Answers by bucket of a sketch, in ascending order.
    pub latency: Vec<(i64, i64)>,
}

impl ArmTotals {
    /// The searches with those that led where they should.
    pub fn sample(&self, metric: Metric) -> Sample {
        let successes = match metric {
            Metric::Clicked => self.clicked,
            Metric::Carted => self.carted,
            Metric::Purchased => self.purchased,
        };
        // A choice may be written before its search.
        Sample { searches: self.searches, successes: successes.min(self.searches) }
    }

    /// The searches without a hit.
    pub fn without_hit(&self) -> Sample {
        Sample { searches: self.searches, successes: self.zero_result.min(self.searches) }
    }

    /// The searches that led to no product.
    pub fn abandoned(&self) -> Sample {
        Sample { searches: self.searches, successes: self.searches.saturating_sub(self.clicked) }
    }

    /// The answers that took longer than a bucket says.
    pub fn slower_than(&self, bucket: i64) -> Sample {
        let count = |is: &dyn Fn(i64) -> bool| -> u64 {
            let all = self.latency.iter().filter(|(of, _)| is(*of)).map(|(_, answers)| *answers);
            all.sum::<i64>().max(0).unsigned_abs()
        };
        Sample { searches: count(&|_| true), successes: count(&|of| of > bucket) }
    }

    /// The bucket below or in which a share `q` of the answers is.
    pub fn latency_bucket(&self, q: f64) -> Option<i64> {
        let total: i64 = self.latency.iter().map(|(_, answers)| answers).sum();
        let rank = (q * (total - 1).max(0) as f64).floor() as i64;
        let mut below = 0;
        let found = self.latency.iter().find(|(_, answers)| {
            below += answers;
            below > rank
        });
        found.map(|(bucket, _)| *bucket)
    }
}

/// The counts of each arm.
pub async fn totals(db: &Database, experiment: &str, arms: usize) -> Result<Vec<ArmTotals>, sqlx::Error> {
    let mut all: BTreeMap<i64, ArmTotals> = BTreeMap::new();
    let count = |row: &sqlx::any::AnyRow, at: usize| {
        row.try_get::<i64, _>(at).map(|count| count.max(0).unsigned_abs())
    };
    let sql = "SELECT arm, CAST(SUM(searches) AS BIGINT), CAST(SUM(zero_result) AS BIGINT), \
               CAST(SUM(no_good_match) AS BIGINT), CAST(SUM(clicked) AS BIGINT), CAST(SUM(carted) AS BIGINT), \
               CAST(SUM(purchased) AS BIGINT) FROM experiment_days WHERE experiment = $1 GROUP BY arm";
    for row in sqlx::query(sql).bind(experiment.to_owned()).fetch_all(db.reports()).await? {
        let of = all.entry(row.try_get(0)?).or_default();
        (of.searches, of.zero_result, of.no_good_match) = (count(&row, 1)?, count(&row, 2)?, count(&row, 3)?);
        (of.clicked, of.carted, of.purchased) = (count(&row, 4)?, count(&row, 5)?, count(&row, 6)?);
    }
    let sql = "SELECT arm, CAST(SUM(visitors) AS BIGINT) FROM experiment_visitors WHERE experiment = $1 GROUP BY arm";
    for row in sqlx::query(sql).bind(experiment.to_owned()).fetch_all(db.reports()).await? {
        all.entry(row.try_get(0)?).or_default().visitors = count(&row, 1)?;
    }
    let sql = "SELECT arm, bucket, CAST(SUM(answers) AS BIGINT) FROM experiment_latency WHERE experiment = $1 \
               GROUP BY arm, bucket ORDER BY arm, bucket";
    for row in sqlx::query(sql).bind(experiment.to_owned()).fetch_all(db.reports()).await? {
        all.entry(row.try_get(0)?).or_default().latency.push((row.try_get(1)?, row.try_get(2)?));
    }
    Ok((0..).take(arms).map(|arm| all.remove(&arm).unwrap_or_default()).collect())
}
