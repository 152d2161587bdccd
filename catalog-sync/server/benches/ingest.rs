//! How many events a second one backend stores, with the load generator on the same machine.
//!
//! `cargo bench -p knytt-server --bench ingest`, with BATCH, SENDERS, SECS, DATABASE=postgres or sqlite, and
//! NATS=1 to publish as well.
//! Every commit waits for the disk: PostgreSQL has fsync and synchronous_commit on.
#![allow(missing_docs, dead_code, unused_imports, clippy::unwrap_used)]

#[path = "../tests/it/fixture/mod.rs"]
mod fixture;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fixture::{Backend, Nats, Postgres, Records, Shopper, batch_json, client, settings};
use knytt_server::Settings;
use knytt_wire::Uuid;

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!(
        "{:<10} {:>6} {:>8} {:>10} {:>9} {:>9}",
        "database", "batch", "senders", "events/s", "p50 ms", "p99 ms"
    );
    let only = std::env::var("DATABASE").unwrap_or_default();
    if only != "sqlite" {
        runtime.block_on(measure("postgres", || Records::Postgres(Postgres::start(true))));
    }
    if only != "postgres" {
        runtime.block_on(measure("sqlite", || Records::Sqlite(tempfile::tempdir().unwrap())));
    }
}

async fn measure(name: &str, start: impl Fn() -> Records) {
    let (batch, senders) = (number("BATCH", 500), number("SENDERS", 16));
    let (records, data) = (start(), tempfile::tempdir().unwrap());
    let nats = (number("NATS", 0) > 0).then(|| Nats::start(1));
    let events = nats.as_ref().map(Nats::urls);
    let backend = Backend::start(Settings { events, ..settings(&records, data.path()) }).await;
    let url = Arc::new(format!("{}/v1/events", backend.url));
    let end = Instant::now() + Duration::from_secs(number("SECS", 20) as u64);
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for sender in 0..senders {
        tasks.spawn(send(url.clone(), sender, batch, end));
    }
    let mut times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    let elapsed = started.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let rate = (times.len() * batch) as f64 / elapsed;
    println!("{name:<10} {batch:>6} {senders:>8} {rate:>10.0} {:>9.1} {:>9.1}", at(0.5), at(0.99));
}

/// Sends whole visits until the end; returns the time of each batch.
async fn send(url: Arc<String>, sender: usize, batch: usize, end: Instant) -> Vec<Duration> {
    let http = client();
    let mut times = Vec::new();
    while Instant::now() < end {
        let visits = (0..batch / 5).flat_map(|i| Shopper::at("shop", 1).visits(sender * 1_000 + i));
        let body = batch_json(visits.collect());
        let started = Instant::now();
        let request = http.post(&*url).header("Idempotency-Key", Uuid::new_v4().to_string());
        assert_eq!(request.body(body).send().await.unwrap().status(), 200);
        times.push(started.elapsed());
    }
    times
}
