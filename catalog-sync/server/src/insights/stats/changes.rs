//! What has changed: the shares of searches by way in, by language and by the category of the best hit, against the week
//! before the window.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;

use super::scope::Scope;
use crate::db::Database;

/// Rows at most: those that changed most.
const MOST: usize = 40;

/// Searches with one value.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightChange)]
pub struct ChangeRow {
    /// What searches are told apart by: `way`, `language`, `category`.
    pub part: String,
    /// A channel and a kind (`web words`), a language (`en`, empty if none was said), the category of the nearest hit.
    pub value: String,
    /// Searches in the window.
    pub searches: i64,
    /// Searches in the seven days before it.
    pub before: i64,
    /// Of the searches of this part in the window, 0 to 1.
    pub share: f64,
    /// The same in the seven days before.
    pub share_before: f64,
    /// What it adds to the population stability index of this part.
    pub index: f64,
}

/// Searches in the seven days before, and in the window, by part and value.
type Counted = BTreeMap<String, BTreeMap<String, [i64; 2]>>;

/// Each value, that whose share changed most first. Parts without a search on one side are left out.
///
/// # Errors
/// The database refuses.
pub async fn changes(db: &Database, scope: &Scope) -> Result<Vec<ChangeRow>, sqlx::Error> {
    let mut counted = Counted::new();
    for (at, scope) in [scope.week_before(), scope.clone()].iter().enumerate() {
        let ways = "SELECT 'way', channel || ' ' || kind, CAST(SUM(searches) AS BIGINT) FROM insight_days \
                    WHERE {scope} AND kind <> 'browse' GROUP BY channel, kind";
        let parts = "SELECT part, value, CAST(SUM(searches) AS BIGINT) FROM insight_shares \
                     WHERE {scope} GROUP BY part, value";
        for sql in [ways, parts] {
            for row in scope.query_of_days(sql).fetch_all(db.reports()).await? {
                let values = counted.entry(row.try_get(0)?).or_default();
                values.entry(row.try_get(1)?).or_default()[at] += row.try_get::<i64, _>(2)?;
            }
        }
    }
    Ok(rows(counted))
}

fn rows(counted: Counted) -> Vec<ChangeRow> {
    let mut rows = Vec::new();
    for (part, values) in counted {
        let [all_before, all] = [0, 1].map(|at| values.values().map(|counts| counts[at]).sum::<i64>());
        if all_before == 0 || all == 0 {
            continue;
        }
        let parts = values.len() as f64;
        // As of the index of histograms: half a case more, so that an empty one has a logarithm.
        let smooth = |count: i64, of: i64| (count as f64 + 0.5) / (of as f64 + 0.5 * parts);
        rows.extend(values.into_iter().map(|(value, [before, searches])| {
            let (was, is) = (smooth(before, all_before), smooth(searches, all));
            ChangeRow {
                part: part.clone(),
                value,
                searches,
                before,
                share: searches as f64 / all as f64,
                share_before: before as f64 / all_before as f64,
                index: (is - was) * (is / was).ln(),
            }
        }));
    }
    rows.sort_by(|a, b| b.index.total_cmp(&a.index));
    rows.truncate(MOST);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_most_is_first_and_what_cannot_be_compared_is_left_out() {
        let values =
            |all: &[(&str, [i64; 2])]| all.iter().map(|(name, counts)| ((*name).into(), *counts)).collect();
        let counted = Counted::from([
            ("category".into(), values(&[("Dresses", [900, 300]), ("Shoes", [100, 700])])),
            ("language".into(), values(&[("de", [500, 500]), ("en", [500, 500])])),
            ("way".into(), values(&[("web words", [0, 1_000])])),
        ]);
        let rows = rows(counted);
        let first = &rows[0];
        assert_eq!(
            (&*first.part, &*first.value, first.share, first.share_before),
            ("category", "Shoes", 0.7, 0.1)
        );
        assert!((first.index - 0.6 * 7_f64.ln()).abs() < 0.01, "{first:?}");
        assert_eq!(rows.len(), 4, "{rows:?}");
        assert!(rows[2..].iter().all(|row| row.part == "language" && row.index == 0.0), "{rows:?}");
    }
}
