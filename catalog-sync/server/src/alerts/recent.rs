//! What the server answered in each of the last minutes. It is counted with the answers of a day, in memory, and written
//! with them.

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::Row as _;

use crate::db::{Columns, Database, Tx};
use crate::feedback::{add_all, added};
use crate::insights::bucket;

/// How many minutes are kept.
pub const KEPT_MINUTES: i64 = 1_440;

const ANSWERS: Columns = added!("recent_answers", 5, "minute, catalog": "answers", "refused", "failed"; "");

const LATENCY: Columns = added!("recent_latency", 4, "minute, catalog, bucket": "answers"; "");

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// With an answer that took so long.
    Within(Duration),
    /// With a 4xx.
    Refused,
    /// With a 5xx.
    Failed,
}

/// Counts that are not written yet.
#[derive(Debug, Default)]
pub struct RecentCounts {
    answers: BTreeMap<(i64, String), [i64; 3]>,
    latency: BTreeMap<(i64, String, i64), [i64; 1]>,
}

impl RecentCounts {
    /// Counts a request for a catalogue.
    pub fn count(&mut self, catalog: &str, answered: Answered, now_ms: i64) {
        let minute = now_ms.div_euclid(60_000);
        let counted = self.answers.entry((minute, catalog.into())).or_default();
        match answered {
            Answered::Within(elapsed) => {
                counted[0] += 1;
                let bucket = bucket(elapsed.as_secs_f64() * 1e3);
                self.latency.entry((minute, catalog.into(), bucket)).or_default()[0] += 1;
            }
            Answered::Refused => counted[1] += 1,
            Answered::Failed => counted[2] += 1,
        }
    }

    /// Takes counts back that could not be written.
    pub fn merge(&mut self, other: Self) {
        for (key, counted) in other.answers {
            let to = self.answers.entry(key).or_default();
            to.iter_mut().zip(counted).for_each(|(to, count)| *to += count);
        }
        for (key, [counted]) in other.latency {
            self.latency.entry(key).or_default()[0] += counted;
        }
    }

    /// Adds the counts to the tables.
    pub async fn write(&self, db: &Database, tx: &mut Tx) -> Result<(), sqlx::Error> {
        add_all(db, tx, &ANSWERS, &self.answers, |q, (a, b)| q.bind(*a).bind(b.clone())).await?;
        add_all(db, tx, &LATENCY, &self.latency, |q, (a, b, c)| q.bind(*a).bind(b.clone()).bind(*c)).await
    }
}

/// By catalogue: answers, and those that were refused and that failed, in the minutes from `from` on.
pub async fn answers(db: &Database, from: i64) -> Result<Vec<(String, [i64; 3])>, sqlx::Error> {
    let sql = "SELECT catalog, CAST(SUM(answers) AS BIGINT), CAST(SUM(refused) AS BIGINT), \
               CAST(SUM(failed) AS BIGINT) FROM recent_answers WHERE minute >= $1 GROUP BY catalog";
    let rows = sqlx::query(sql).bind(from).fetch_all(db.pool()).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?])))
        .collect()
}

/// Buckets with their counts in ascending order.
type Sketch = Vec<(i64, i64)>;

/// By catalogue: how long answers took in the minutes from `from` on.
pub async fn latency(db: &Database, from: i64) -> Result<BTreeMap<String, Sketch>, sqlx::Error> {
    let sql = "SELECT catalog, bucket, CAST(SUM(answers) AS BIGINT) FROM recent_latency WHERE minute >= $1 \
               GROUP BY catalog, bucket ORDER BY catalog, bucket";
    let mut sketches: BTreeMap<String, Sketch> = BTreeMap::new();
    for row in sqlx::query(sql).bind(from).fetch_all(db.pool()).await? {
        sketches.entry(row.try_get(0)?).or_default().push((row.try_get(1)?, row.try_get(2)?));
    }
    Ok(sketches)
}

/// Forgets the minutes that no rule looks at.
pub async fn forget(db: &Database, now_ms: i64) -> Result<(), sqlx::Error> {
    let before = now_ms.div_euclid(60_000) - KEPT_MINUTES - 1;
    for sql in
        ["DELETE FROM recent_answers WHERE minute < $1", "DELETE FROM recent_latency WHERE minute < $1"]
    {
        sqlx::query(sql).bind(before).execute(db.pool()).await?;
    }
    Ok(())
}
