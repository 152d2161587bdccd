//! One look at all rules.

use std::collections::{HashMap, HashSet};

use super::alert::Alert;
use super::rule::{Rule, Terms};
use super::verdict::{Reading, Verdict};
use super::{measure, rules, so_far, store};
use crate::db::Database;

/// How long a rule must hold again for its alert to resolve.
pub const CALM_MS: i64 = 180_000;

/// What changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub opened: usize,
    pub resolved: usize,
}

/// What an alert is known by.
type Key = (String, String, String);

fn key(rule: &str, catalog: &str, subject: &str) -> Key {
    (rule.into(), catalog.into(), subject.into())
}

/// Evaluates all rules as of `now_ms`. A rule that cannot be evaluated is logged and changes nothing; the others are
/// evaluated.
///
/// # Errors
/// The database refuses.
pub async fn evaluate(db: &Database, now_ms: i64) -> Result<Changes, sqlx::Error> {
    so_far::note(db, now_ms).await?;
    let rules: Vec<Rule> = rules::list(db).await?.into_iter().filter(|rule| rule.terms.enabled).collect();
    let open = store::open(db).await?;
    let mut open: HashMap<Key, Alert> =
        open.into_iter().map(|alert| (key(&alert.rule, &alert.catalog, &alert.subject), alert)).collect();
    let own = own_rules(db).await?;
    let mut changes = Changes::default();
    for rule in &rules {
        let read = match measure::readings(db, &rule.terms, now_ms).await {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, rule = rule.id, "a rule was not evaluated");
                open.retain(|_, alert| alert.rule != rule.id);
                continue;
            }
        };
        for reading in read.iter().filter(|reading| is_about(&rule.terms, reading, &own)) {
            let known = open.remove(&key(&rule.id, &reading.catalog, &reading.subject));
            note(db, rule, reading, known, now_ms, &mut changes).await?;
        }
    }
    let known: HashSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    for alert in open.into_values() {
        // An alert of a removed rule resolves at once. One whose rule has nothing to measure counts as calm.
        if !known.contains(alert.rule.as_str()) {
            changes.resolved += usize::from(store::resolve(db, &alert, now_ms).await?);
        } else {
            calm(db, &alert, now_ms, &mut changes).await?;
        }
    }
    Ok(changes)
}

/// Catalogues with rules of their own, by metric: the rules of all catalogues leave them alone, even if turned off.
async fn own_rules(db: &Database) -> Result<HashSet<(String, String)>, sqlx::Error> {
    let all = rules::list(db).await?.into_iter().filter(|rule| !rule.terms.catalog.is_empty());
    Ok(all.map(|rule| (rule.terms.metric.name().into(), rule.terms.catalog)).collect())
}

fn is_about(terms: &Terms, reading: &Reading, own: &HashSet<(String, String)>) -> bool {
    match terms.catalog.as_str() {
        "" => !own.contains(&(terms.metric.name().to_owned(), reading.catalog.clone())),
        catalog => reading.catalog == catalog,
    }
}

async fn note(
    db: &Database,
    rule: &Rule,
    reading: &Reading,
    known: Option<Alert>,
    now_ms: i64,
    changes: &mut Changes,
) -> Result<(), sqlx::Error> {
    match (known, reading.verdict) {
        (None, Verdict::Broken) => {
            let is_new = store::open_new(db, rule, reading, now_ms).await?;
            if is_new {
                tracing::warn!(
                    rule = rule.id,
                    catalog = reading.catalog,
                    text = reading.text,
                    "an alert opened"
                );
            }
            changes.opened += usize::from(is_new);
        }
        (Some(alert), Verdict::Broken) => store::see(db, &alert, reading, now_ms).await?,
        (Some(alert), Verdict::Between) if alert.fine_ms > 0 => store::set_fine(db, &alert, 0).await?,
        (Some(alert), Verdict::Fine) => calm(db, &alert, now_ms, changes).await?,
        (_, Verdict::Between | Verdict::Fine) => {}
    }
    Ok(())
}

/// Resolves an alert whose rule has held for a while.
async fn calm(db: &Database, alert: &Alert, now_ms: i64, changes: &mut Changes) -> Result<(), sqlx::Error> {
    if alert.fine_ms == 0 {
        return store::set_fine(db, alert, now_ms).await;
    }
    if now_ms - alert.fine_ms >= CALM_MS {
        changes.resolved += usize::from(store::resolve(db, alert, now_ms).await?);
    }
    Ok(())
}
