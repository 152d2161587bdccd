//! The rules in the database.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::rule::{Metric, Rule, Terms};
use crate::db::Database;

/// Rules at most.
pub const MOST: usize = 500;

/// Who made the rules that every server begins with.
const DEFAULT: &str = "default";

/// All of them, the oldest first.
pub async fn list(db: &Database) -> Result<Vec<Rule>, sqlx::Error> {
    let sql = format!("SELECT {} FROM alert_rules ORDER BY metric, catalog, id", Rule::COLUMNS);
    sqlx::query(AssertSqlSafe(sql)).fetch_all(db.pool()).await?.iter().map(Rule::of).collect()
}

/// The one of this id.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Rule>, sqlx::Error> {
    let sql = format!("SELECT {} FROM alert_rules WHERE id = $1", Rule::COLUMNS);
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id.to_owned()).fetch_optional(db.pool()).await?;
    row.as_ref().map(Rule::of).transpose()
}

/// Makes the rules that every server begins with, unless they were made before. They may be changed and turned off; one
/// that was removed is made again.
pub async fn make_usual(db: &Database, now_ms: i64) -> Result<(), sqlx::Error> {
    for metric in Metric::ALL {
        let rule = Rule {
            id: metric.name().into(),
            terms: Terms::usual(metric),
            actor: DEFAULT.into(),
            made_ms: now_ms,
        };
        put(db, &rule, "DO NOTHING").await?;
    }
    Ok(())
}

/// Makes a rule. Returns it with its id.
pub async fn create(db: &Database, terms: Terms, actor: &str, now_ms: i64) -> Result<Rule, sqlx::Error> {
    let rule = Rule { id: Uuid::now_v7().to_string(), terms, actor: actor.into(), made_ms: now_ms };
    put(db, &rule, "DO NOTHING").await?;
    Ok(rule)
}

/// Replaces the terms of a rule.
pub async fn replace(db: &Database, rule: &Rule) -> Result<(), sqlx::Error> {
    let all = "DO UPDATE SET catalog = excluded.catalog, metric = excluded.metric, comparison = excluded.comparison, \
               threshold = excluded.threshold, window_minutes = excluded.window_minutes, minimum = excluded.minimum, \
               enabled = excluded.enabled, actor = excluded.actor, made_ms = excluded.made_ms";
    put(db, rule, all).await
}

async fn put(db: &Database, rule: &Rule, on_conflict: &str) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO alert_rules ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) {on_conflict}",
        Rule::COLUMNS
    );
    let Terms { catalog, metric, comparison, threshold, window_minutes, minimum, enabled } =
        rule.terms.clone();
    sqlx::query(AssertSqlSafe(sql))
        .bind(rule.id.clone())
        .bind(catalog)
        .bind(metric.name())
        .bind(comparison.name())
        .bind(threshold)
        .bind(window_minutes)
        .bind(minimum)
        .bind(i64::from(enabled))
        .bind(rule.actor.clone())
        .bind(rule.made_ms)
        .execute(db.pool())
        .await
        .map(drop)
}

/// Removes a rule. Its open alerts resolve with the next evaluation. `false`: there is none of this id.
pub async fn remove(db: &Database, id: &str) -> Result<bool, sqlx::Error> {
    let removed = sqlx::query("DELETE FROM alert_rules WHERE id = $1").bind(id.to_owned());
    Ok(removed.execute(db.pool()).await?.rows_affected() > 0)
}

/// Whether a rule is one that every server begins with: it can be turned off, and not removed.
pub fn is_usual(id: &str) -> bool {
    id.parse::<Metric>().is_ok()
}
