//! What was bought, by currency.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;

use super::scope::Scope;
use crate::db::Database;

/// Parts of a currency's unit that the table has.
const PARTS: i64 = 10_000;

/// What was bought in a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightRevenue)]
pub struct Revenue {
    /// Three letters of ISO 4217.
    pub currency: String,
    /// Sales that named their value.
    pub sales: i64,
    /// Their sum: a decimal number as text.
    pub amount: String,
    /// The sum of the window before.
    pub before: String,
}

/// By currency, those with the most sales first.
pub async fn revenue(db: &Database, scope: &Scope) -> Result<Vec<Revenue>, sqlx::Error> {
    let from = scope.from;
    let sql = format!(
        "SELECT currency, CAST(SUM(CASE WHEN day >= {from} THEN sales ELSE 0 END) AS BIGINT) AS many, \
         CAST(SUM(CASE WHEN day >= {from} THEN amount ELSE 0 END) AS BIGINT), \
         CAST(SUM(CASE WHEN day < {from} THEN amount ELSE 0 END) AS BIGINT) \
         FROM insight_revenue WHERE {{scope}} GROUP BY currency ORDER BY many DESC, currency"
    );
    let rows = scope.with_before().query(&sql).fetch_all(db.reports()).await?;
    let read = |row: &sqlx::any::AnyRow| {
        Ok(Revenue {
            currency: row.try_get(0)?,
            sales: row.try_get(1)?,
            amount: decimal(row.try_get(2)?),
            before: decimal(row.try_get(3)?),
        })
    };
    rows.iter().map(read).collect()
}

/// What was bought on a day in a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InsightDayRevenue)]
pub struct DayRevenue {
    /// Three letters of ISO 4217.
    pub currency: String,
    /// Sales that named their value.
    pub sales: i64,
    /// Their sum: a decimal number as text.
    pub amount: String,
}

/// By day and currency.
pub async fn by_day(db: &Database, scope: &Scope) -> Result<BTreeMap<i64, Vec<DayRevenue>>, sqlx::Error> {
    let sql = "SELECT day, currency, CAST(SUM(sales) AS BIGINT), CAST(SUM(amount) AS BIGINT) FROM insight_revenue \
               WHERE {scope} GROUP BY day, currency ORDER BY day, currency";
    let mut days: BTreeMap<i64, Vec<DayRevenue>> = BTreeMap::new();
    for row in scope.query(sql).fetch_all(db.reports()).await? {
        let amount = decimal(row.try_get(3)?);
        let of_day = DayRevenue { currency: row.try_get(1)?, sales: row.try_get(2)?, amount };
        days.entry(row.try_get(0)?).or_default().push(of_day);
    }
    Ok(days)
}

/// Ten-thousandths as a decimal number, with two places or as many as it has.
fn decimal(amount: i64) -> String {
    let text = format!("{}.{:04}", amount / PARTS, amount % PARTS);
    let text = text.strip_suffix("00").unwrap_or(&text);
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_they_came() {
        assert_eq!(
            [0, 199_000, 10_001, 12_500_000, 1_230].map(decimal),
            ["0.00", "19.90", "1.0001", "1250.00", "0.1230"]
        );
    }
}
