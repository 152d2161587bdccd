//! Feeds that are fetched every so often. One replica at a time makes the jobs; each is done where its catalogue is.

use std::time::Duration;

use super::build::FeedInput;
use super::made::{self, Made};
use super::{Console, kind};
use crate::accounts::now_ms;
use crate::jobs::{self, NewJob};

/// How often it is looked for a feed that is due.
const LOOK: Duration = Duration::from_secs(2);

/// How long a replica has this duty without a heartbeat.
const LEASE_MS: i64 = 30_000;

/// Looks for as long as it is awaited.
pub async fn run(console: Console) {
    let Some(node) = console.node.clone() else { return };
    loop {
        tokio::time::sleep(LOOK).await;
        let now = now_ms();
        let done = async {
            if jobs::hold(&console.db, "schedule", &node.name, now, LEASE_MS).await? {
                add_due(&console, now).await?;
                jobs::sweep(&console.db, now).await?;
            }
            Ok::<(), sqlx::Error>(())
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "feeds that are due were not looked for");
        }
    }
}

/// Makes a job for each feed that is due, unless one is under way.
async fn add_due(console: &Console, now: i64) -> Result<(), sqlx::Error> {
    let is_due = |made: &Made| !made.feed_url.is_empty() && made.feed_minutes > 0 && made.feed_due_ms <= now;
    for made in made::list(&console.db).await?.into_iter().filter(is_due) {
        if !jobs::has_open(&console.db, &made.id, kind::FEED).await? {
            let input = FeedInput { from_address: true, ..FeedInput::default() };
            let job = NewJob {
                kind: kind::FEED,
                lane: made.id.clone(),
                catalog: made.id.clone(),
                node: made.node.clone(),
                actor: "schedule".into(),
                input: serde_json::to_value(input).unwrap_or_default(),
                id: None,
            };
            jobs::add(&console.db, job, now).await?;
            console.workers.wake();
        }
        made::set_due(&console.db, &made.id, now + made.feed_minutes * 60_000).await?;
    }
    Ok(())
}
