//! Until when devices accept what is published here. It is looked at every few minutes and noted for the alerts; where
//! the keys lie here and can be opened, a job signs anew when half of the time is over.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sqlx::Row as _;

use super::made::{self, Made};
use super::publish_input::PublishInput;
use super::{Console, kind};
use crate::accounts::now_ms;
use crate::jobs::{self, NewJob};
use crate::objects::{self, Accepted};

/// How often it is looked.
const LOOK: Duration = Duration::from_secs(60);

/// How long a replica looks at what nobody here made.
const LEASE_MS: i64 = 180_000;

/// How soon after one job to sign anew the next may be made.
const PAUSE_MS: i64 = 3_600_000;

/// Looks for as long as it is awaited.
pub async fn run(console: Console) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(error) = look(&console).await {
            tracing::warn!(%error, "until when releases are accepted was not looked at");
        }
    }
}

/// Looks at the catalogues whose files are here, and, on one replica, at those that were published from elsewhere.
pub async fn look(console: &Console) -> Result<(), sqlx::Error> {
    let made: BTreeMap<String, Made> =
        made::list(&console.db).await?.into_iter().map(|made| (made.id.clone(), made)).collect();
    let node = console.node.as_ref().map_or("", |node| node.name.as_str());
    let is_first = jobs::hold(&console.db, "signatures", node, now_ms(), LEASE_MS).await?;
    for id in published(console).await? {
        match made.get(&id) {
            Some(made) if made.node == node => {
                if let Some(accepted) = look_at(console, made).await {
                    sign_in_time(console, made, accepted).await?;
                }
            }
            None if is_first => _ = note(console, &id, false).await,
            _ => {}
        }
    }
    Ok(())
}

/// The catalogues of which something is published.
async fn published(console: &Console) -> Result<BTreeSet<String>, sqlx::Error> {
    let sql = "SELECT catalog FROM publishing UNION SELECT catalog FROM made_releases";
    sqlx::query(sql).fetch_all(console.db.pool()).await?.iter().map(|row| row.try_get(0)).collect()
}

/// Notes until when devices accept a catalogue that was made here. What cannot be read is logged.
pub async fn look_at(console: &Console, made: &Made) -> Option<Accepted> {
    note(console, &made.id, console.signs_by_itself(made)).await
}

async fn note(console: &Console, catalog: &str, signs_by_itself: bool) -> Option<Accepted> {
    let accepted = match objects::accepted(&console.objects, catalog).await {
        Ok(accepted) => accepted?,
        Err(error) => {
            tracing::warn!(?error, catalog, "until when a release is accepted cannot be read");
            return None;
        }
    };
    let sql = "INSERT INTO release_signatures (catalog, release, expires_ms, refreshed, looked_ms) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (catalog) DO UPDATE SET release = excluded.release, \
               expires_ms = excluded.expires_ms, refreshed = excluded.refreshed, looked_ms = excluded.looked_ms";
    let noted = sqlx::query(sql).bind(catalog.to_owned()).bind(accepted.release).bind(accepted.until_ms);
    let noted = noted.bind(i64::from(signs_by_itself)).bind(now_ms()).execute(console.db.pool()).await;
    if let Err(error) = noted {
        tracing::warn!(%error, catalog, "until when a release is accepted was not noted");
    }
    Some(accepted)
}

/// Makes a job once half of the time is over, unless one is under way or has just ended.
async fn sign_in_time(console: &Console, made: &Made, accepted: Accepted) -> Result<(), sqlx::Error> {
    let now = now_ms();
    if !console.signs_by_itself(made) || !is_due(accepted, now) {
        return Ok(());
    }
    for kind in [kind::PUBLISH, kind::ROLLBACK, kind::REFRESH] {
        if jobs::has_open(&console.db, &made.id, kind).await? {
            return Ok(());
        }
    }
    let known = jobs::list(&console.db, Some(&made.id), None, 50, now).await?;
    if known.iter().any(|job| job.kind == kind::REFRESH && job.made_ms > now - PAUSE_MS) {
        return Ok(());
    }
    let input = PublishInput { refresh: true, ..PublishInput::default() };
    let job = NewJob {
        id: None,
        kind: kind::REFRESH,
        catalog: made.id.clone(),
        lane: made.id.clone(),
        node: made.node.clone(),
        actor: "schedule".into(),
        input: serde_json::to_value(input).unwrap_or_default(),
    };
    jobs::add(&console.db, job, now).await?;
    console.workers.wake();
    Ok(())
}

/// Whether half of the time from the signature to its end is over.
fn is_due(accepted: Accepted, now_ms: i64) -> bool {
    let whole = accepted.until_ms - accepted.signed_ms;
    accepted.until_ms - now_ms <= whole / 2
}

/// Until when devices accept what is published of a catalogue, and whether the server signs it anew; nothing that was
/// not looked at yet.
pub async fn known(console: &Console, catalog: &str) -> Result<Option<(i64, bool)>, sqlx::Error> {
    let sql = "SELECT expires_ms, refreshed FROM release_signatures WHERE catalog = $1";
    let row = sqlx::query(sql).bind(catalog.to_owned()).fetch_optional(console.db.pool()).await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? != 0))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_is_due_when_half_of_the_time_is_over_however_long_it_is() {
        for days in [1, 7, 30] {
            let whole = days * 86_400_000;
            let accepted = Accepted { release: 1, until_ms: 1_000 + whole, signed_ms: 1_000 };
            assert!(!is_due(accepted, 1_000 + whole / 2 - 1), "{days}");
            assert!(is_due(accepted, 1_000 + whole / 2), "{days}");
        }
    }
}
