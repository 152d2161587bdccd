//! What looks at the rules again and again: one replica at a time evaluates and tells; each shows what is open.

use std::time::Duration;

use sqlx::Row as _;
use uuid::Uuid;

use super::deliver::deliver;
use super::evaluate::evaluate;
use super::gauges::AlertGauges;
use super::measure::LOOK;
use super::settings::AlertSettings;
use super::{deliveries, recent, rules, so_far, store};
use crate::accounts::now_ms;
use crate::db::Database;
use crate::jobs;

/// How often it is looked for what is to be told.
const TELL: Duration = Duration::from_secs(2);

/// How long a replica has the duty without a heartbeat.
const LEASE_MS: i64 = 90_000;

/// The name of the duty.
const DUTY: &str = "alerts";

/// The name under which it is noted when the rules were evaluated last.
const DONE: &str = "alerts evaluated";

/// How often old rows are forgotten.
const SWEEP: Duration = Duration::from_secs(600);

/// Looks for as long as it is awaited.
pub async fn run(db: Database, settings: AlertSettings, gauges: AlertGauges) {
    let replica = Uuid::now_v7().to_string();
    if let Err(error) = rules::make_usual(&db, now_ms()).await {
        tracing::error!(%error, "the usual rules of alerts were not made");
    }
    // What stopped with the process before must have the time to begin again.
    let mut look = tokio::time::interval_at(tokio::time::Instant::now() + LOOK, LOOK);
    let mut tell = tokio::time::interval(TELL);
    let mut sweep = tokio::time::interval_at(tokio::time::Instant::now() + SWEEP, SWEEP);
    for interval in [&mut look, &mut tell, &mut sweep] {
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    }
    loop {
        let done = tokio::select! {
            _ = look.tick() => watched(&db, &gauges, &replica).await,
            _ = tell.tick() => told(&db, &settings, &gauges, &replica).await,
            _ = sweep.tick() => swept(&db, &replica).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "alerts were not looked at");
        }
    }
}

async fn has_duty(db: &Database, replica: &str) -> Result<bool, sqlx::Error> {
    jobs::hold(db, DUTY, replica, now_ms(), LEASE_MS).await
}

async fn watched(db: &Database, gauges: &AlertGauges, replica: &str) -> Result<(), sqlx::Error> {
    if has_duty(db, replica).await? {
        evaluate(db, now_ms()).await?;
        jobs::hold(db, DONE, replica, now_ms(), 0).await?;
    }
    gauges.show(&store::open(db).await?);
    let last =
        sqlx::query("SELECT until_ms FROM leases WHERE name = $1").bind(DONE).fetch_optional(db.pool());
    if let Some(row) = last.await? {
        gauges.evaluated(row.try_get(0)?);
    }
    Ok(())
}

async fn told(
    db: &Database,
    settings: &AlertSettings,
    gauges: &AlertGauges,
    replica: &str,
) -> Result<(), sqlx::Error> {
    if deliveries::due(db, now_ms()).await?.is_empty() || !has_duty(db, replica).await? {
        return Ok(());
    }
    deliver(db, settings, gauges, now_ms()).await
}

async fn swept(db: &Database, replica: &str) -> Result<(), sqlx::Error> {
    if !has_duty(db, replica).await? {
        return Ok(());
    }
    let now = now_ms();
    recent::forget(db, now).await?;
    so_far::forget(db, now).await?;
    deliveries::forget(db, now).await?;
    store::forget(db, now).await
}
