//! An alert, and how its row is read.

use serde::Serialize;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use utoipa::ToSchema;

use super::rule::Metric;

/// An alert.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Its id; ids grow with time.
    pub id: String,
    /// The id of its rule.
    pub rule: String,
    /// What the rule looks at.
    pub metric: Metric,
    /// The catalogue; empty for the server.
    pub catalog: String,
    /// What of it: a kind of job, a kiosk; else empty.
    pub subject: String,
    /// In the metric's unit, as it was seen last while the rule was broken.
    pub value: f64,
    /// What it was compared with.
    pub expected: f64,
    /// Answers or searches that it was of.
    pub count: i64,
    /// What is the matter, in English.
    pub text: String,
    /// When it opened, in milliseconds since 1970.
    pub opened_ms: i64,
    /// When the rule was broken last.
    pub seen_ms: i64,
    /// When it resolved; 0 while it is open.
    pub resolved_ms: i64,
    /// When somebody acknowledged it; 0 if nobody has.
    pub acknowledged_ms: i64,
    /// Who: an account's id, or `key:` and an API key's id.
    pub acknowledged_by: String,
    /// What they said of it.
    pub note: String,
    /// Since when the rule holds again; 0 while it does not.
    #[serde(skip)]
    pub fine_ms: i64,
}

/// The columns that [`read`] takes, in this order.
pub(super) const COLUMNS: &str = "id, rule, metric, catalog, subject, value, expected, count, text, opened_ms, seen_ms, resolved_ms, \
                       acknowledged_ms, acknowledged_by, note, fine_ms";

pub(super) fn read(row: &AnyRow) -> Result<Alert, sqlx::Error> {
    let metric: String = row.try_get(2)?;
    Ok(Alert {
        id: row.try_get(0)?,
        rule: row.try_get(1)?,
        metric: metric.parse().map_err(|error: String| sqlx::Error::Decode(error.into()))?,
        catalog: row.try_get(3)?,
        subject: row.try_get(4)?,
        value: row.try_get(5)?,
        expected: row.try_get(6)?,
        count: row.try_get(7)?,
        text: row.try_get(8)?,
        opened_ms: row.try_get(9)?,
        seen_ms: row.try_get(10)?,
        resolved_ms: row.try_get(11)?,
        acknowledged_ms: row.try_get(12)?,
        acknowledged_by: row.try_get(13)?,
        note: row.try_get(14)?,
        fine_ms: row.try_get(15)?,
    })
}
