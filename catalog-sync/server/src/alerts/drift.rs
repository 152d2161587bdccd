//! Whether the best hits of yesterday and today are as near as in the week before, and what is asked is about the same.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::rule::Terms;
use super::verdict::{Reading, Verdict};
use crate::db::Database;
use crate::feedback::DAY_MS;
use crate::insights::{Days, EmbeddingDrift, Histogram, Stability, of_all_catalogs};

/// Days of the week that it is compared with.
const REFERENCE_DAYS: i64 = 7;

/// The histograms of a way in: before, and now.
type Both = [Histogram; 2];

/// The days of a rule's window, and the week before them.
fn days(terms: &Terms, now_ms: i64) -> Days {
    let to = now_ms.div_euclid(DAY_MS);
    let from = to - (terms.window_minutes * 60_000 / DAY_MS).max(1) + 1;
    Days { before: from - REFERENCE_DAYS, from, to }
}

/// The readings of a rule: one for each catalogue, for words and for pictures.
pub async fn embeddings(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let all = of_all_catalogs(db, days(terms, now_ms)).await?;
    Ok(all.into_iter().map(|(catalog, moved)| moved_reading(terms, catalog, moved)).collect())
}

fn moved_reading(terms: &Terms, catalog: String, moved: EmbeddingDrift) -> Reading {
    let EmbeddingDrift { of, count, before, discrepancy, by_chance, .. } = moved;
    let verdict = match discrepancy > terms.threshold.max(by_chance) {
        true if count.min(before) >= terms.minimum => Verdict::Broken,
        true => Verdict::Between,
        false => Verdict::Fine,
    };
    let asked = if of == "image" { "pictures" } else { "words" };
    let text = format!(
        "{asked} that are searched with are about other things than in the week before: a discrepancy of \
         {discrepancy:.3}, by chance up to {by_chance:.3}"
    );
    Reading { catalog, subject: of, value: discrepancy, expected: terms.threshold, count, verdict, text }
}

/// The readings of a rule: one for each catalogue and way in.
pub async fn drift(db: &Database, terms: &Terms, now_ms: i64) -> Result<Vec<Reading>, sqlx::Error> {
    let Days { before, from, to } = days(terms, now_ms);
    let sql = "SELECT catalog, channel, kind, CAST(CASE WHEN day >= $1 THEN 1 ELSE 0 END AS BIGINT) AS is_now, bucket, \
               CAST(SUM(searches) AS BIGINT) FROM insight_scores WHERE day BETWEEN $2 AND $3 AND kind <> 'browse' \
               GROUP BY catalog, channel, kind, is_now, bucket";
    let query = sqlx::query(sql).bind(from).bind(before).bind(to);
    let mut ways: BTreeMap<(String, String), Both> = BTreeMap::new();
    for row in query.fetch_all(db.pool()).await? {
        let (channel, kind): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        let is_now: i64 = row.try_get(3)?;
        let both = ways.entry((row.try_get(0)?, format!("{channel} {kind}"))).or_default();
        both[usize::from(is_now == 1)].insert(row.try_get(4)?, row.try_get(5)?);
    }
    Ok(ways.into_iter().filter_map(|((catalog, way), both)| reading(terms, catalog, way, &both)).collect())
}

fn reading(terms: &Terms, catalog: String, subject: String, [before, now]: &Both) -> Option<Reading> {
    let stability = Stability::of(before, now)?;
    let count: i64 = now.values().sum();
    let verdict = match stability.has_drifted(terms.threshold) {
        true if count.min(before.values().sum()) >= terms.minimum => Verdict::Broken,
        true => Verdict::Between,
        false => Verdict::Fine,
    };
    let word = if stability.now < stability.before { "further from" } else { "nearer to" };
    let text = format!(
        "the best hits of {subject} are {word} the query than in the week before: a mean similarity of {:.3}, before \
         {:.3} (stability index {:.2})",
        stability.now, stability.before, stability.index
    );
    let (value, expected) = (stability.index, terms.threshold);
    Some(Reading { catalog, subject, value, expected, count, verdict, text })
}
