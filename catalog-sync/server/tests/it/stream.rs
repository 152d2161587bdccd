//! Events on their way to NATS: all of them, each once, whoever is away meanwhile.

use std::collections::HashSet;

use knytt_server::Settings;
use knytt_wire::{Event, Uuid};

use crate::fixture::{Backend, Kind, Nats, Records, Shopper, batch_json, settings, until};

fn streaming(records: &Records, data: &std::path::Path, nats: &Nats, replicas: usize) -> Settings {
    let events = Some(nats.urls());
    Settings { events, events_replicas: Some(replicas), ..settings(records, data) }
}

fn visits(count: usize) -> Vec<Event> {
    (0..count).flat_map(|i| Shopper::at("shop", 1).visits(i)).collect()
}

async fn send(backend: &Backend, events: &[Event]) {
    let outcome = backend.events(&Uuid::new_v4().to_string(), batch_json(events.to_vec())).await.outcome();
    assert_eq!(outcome.accepted as usize, events.len());
}

/// That the stream has exactly these, each once.
async fn exactly(nats: &Nats, events: &[Event]) {
    let expected: HashSet<String> = events.iter().map(|event| event.id.to_string()).collect();
    until("all events are in the stream", async || nats.count().await >= expected.len() as u64).await;
    let messages = nats.messages().await;
    let ids: HashSet<String> = messages.iter().map(|(_, id)| id.clone()).collect();
    assert_eq!(ids, expected);
    assert_eq!(messages.len(), expected.len(), "some are there twice");
}

async fn every_event_is_published_once(kind: Kind) {
    let nats = Nats::start(1);
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let first = Backend::start(streaming(&records, data.path(), &nats, 1)).await;
    let second = Backend::start(streaming(&records, data.path(), &nats, 1)).await;
    let events = visits(100);
    for (number, batch) in events.chunks(25).enumerate() {
        let (one, other) = if number % 2 == 0 { (&first, &second) } else { (&second, &first) };
        send(one, batch).await;
        let again = other.events(&Uuid::new_v4().to_string(), batch_json(batch.to_vec())).await.outcome();
        assert_eq!(again.duplicates as usize, batch.len());
    }
    exactly(&nats, &events).await;
    let messages = nats.messages().await;
    assert!(
        messages.iter().any(|(subject, _)| subject == "knytt.events.shop.view_item_list"),
        "{messages:?}"
    );
    until("health says so", async || {
        let ready = first.get("/health/ready").await;
        String::from_utf8(ready.body).unwrap().contains("\"status\":\"ready\"")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_published_once_from_sqlite() {
    every_event_is_published_once(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_published_once_from_postgres() {
    every_event_is_published_once(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_nats_delays_and_loses_nothing() {
    let mut nats = Nats::start(1);
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    nats.kill_node(0);
    // Away at the start, there, away, there.
    let backend = Backend::start(streaming(&records, data.path(), &nats, 1)).await;
    let events = visits(120);
    let parts: Vec<&[Event]> = events.chunks(200).collect();
    send(&backend, parts[0]).await;
    nats.start_node(0);
    exactly(&nats, parts[0]).await;
    nats.kill_node(0);
    send(&backend, parts[1]).await;
    nats.start_node(0);
    send(&backend, parts[2]).await;
    exactly(&nats, &events).await;
}

async fn an_event_that_nats_never_takes_does_not_stop_the_others(kind: Kind) {
    let nats = Nats::taking(1, 2_000);
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let backend = Backend::start(streaming(&records, data.path(), &nats, 1)).await;
    let names: Vec<String> =
        (0..60).map(|i| format!("a product with a rather long name, number {i}")).collect();
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let large = Shopper::at("shop", 1).sees(&ids);
    let small = visits(4);
    send(&backend, &[std::slice::from_ref(&large), &small[..10]].concat()).await;
    send(&backend, &small[10..]).await;
    exactly(&nats, &small).await;
    until("it is counted", async || {
        let page = backend.get("/metrics").await;
        let text = String::from_utf8(page.body).unwrap();
        text.contains("knytt_events_put_aside_total 1\n")
            && text.contains("knytt_events_published_total 20\n")
    })
    .await;
    let pool = sqlx::AnyPool::connect(&records.url()).await.unwrap();
    let kept: Vec<u8> = sqlx::query_scalar("SELECT body FROM dead_letters").fetch_one(&pool).await.unwrap();
    assert_eq!(serde_json::from_slice::<Event>(&kept).unwrap(), large);
    let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(&pool).await.unwrap();
    assert_eq!(waiting, 0);
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_nats_never_takes_does_not_stop_the_others_on_sqlite() {
    an_event_that_nats_never_takes_does_not_stop_the_others(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_nats_never_takes_does_not_stop_the_others_on_postgres() {
    an_event_that_nats_never_takes_does_not_stop_the_others(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_three_is_killed_under_load() {
    let mut nats = Nats::start(3);
    let (records, data) = (Records::start(Kind::Postgres), tempfile::tempdir().unwrap());
    let backend = Backend::start(streaming(&records, data.path(), &nats, 3)).await;
    let events = visits(400);
    let (before, after) = events.split_at(1_000);
    send_all(&backend, before).await;
    until("the stream is under way", async || nats.count().await > 0).await;
    nats.kill_node(1);
    send_all(&backend, after).await;
    exactly(&nats, &events).await;
}

async fn send_all(backend: &Backend, events: &[Event]) {
    for batch in events.chunks(50) {
        send(backend, batch).await;
    }
}
