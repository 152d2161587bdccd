//! Tells what is due.

use super::channels::{self, ChannelKind};
use super::deliveries::{self, Delivery};
use super::gauges::AlertGauges;
use super::settings::AlertSettings;
use super::{email, webhook};
use crate::db::Database;

/// Tries everything that is due as of `now_ms`.
///
/// # Errors
/// The database refuses.
pub async fn deliver(
    db: &Database,
    settings: &AlertSettings,
    gauges: &AlertGauges,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    let due = deliveries::due(db, now_ms).await?;
    // One slow address does not keep the others waiting.
    let tries = due.iter().map(|delivery| async {
        let done = try_one(db, settings, delivery, now_ms).await?;
        let state = deliveries::tried(db, delivery, &done, now_ms).await?;
        gauges.delivered(state);
        if let Err(error) = done {
            tracing::warn!(
                delivery = delivery.id,
                channel = delivery.channel,
                state,
                error,
                "an alert was not told"
            );
        }
        Ok::<(), sqlx::Error>(())
    });
    futures::future::try_join_all(tries).await.map(drop)
}

async fn try_one(
    db: &Database,
    settings: &AlertSettings,
    delivery: &Delivery,
    now_ms: i64,
) -> Result<Result<(), String>, sqlx::Error> {
    let Some(channel) = channels::by_id(db, &delivery.channel).await? else {
        return Ok(Err("the channel is gone".into()));
    };
    Ok(match channel.kind {
        ChannelKind::Webhook => {
            let local = settings.local_webhooks;
            webhook::send(&channel.address, &channel.secret, &delivery.body, local, now_ms).await
        }
        ChannelKind::Email => email::send(settings, &channel.address, &delivery.body).await,
    })
}
