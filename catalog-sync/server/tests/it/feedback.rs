//! Events: counted once, on the disk before they are acknowledged, bad ones named.

use std::collections::HashSet;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use knytt_wire::{Action, Event, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Uuid};

use crate::fixture::{Backend, Kind, Records, Shopper, batch_json, item, settings};

/// Runs a test on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Kind::Sqlite).await; })+ }
        mod postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(super::Kind::Postgres).await; })+ }
    };
}

on_both!(
    a_batch_is_stored_once,
    a_repeated_key_gets_the_same_answer,
    bad_events_do_not_keep_the_good_ones_out,
    what_is_too_large_is_refused,
    replicas_count_duplicates_once,
    an_outage_of_the_process_loses_nothing,
);

fn views(count: usize) -> Vec<Event> {
    let shopper = Shopper::at("shop", 3);
    (0..count).map(|i| shopper.does(Action::ViewItem(item(&format!("item-{i}"), None)))).collect()
}

async fn stored(records: &Records) -> i64 {
    let db = records.open().await;
    let report = knytt_server::report(&db, &knytt_server::Filter::default()).await.unwrap();
    report.days.iter().map(|day| day.activity.viewed).sum()
}

async fn one(kind: Kind) -> (Records, Backend, tempfile::TempDir) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    (records, backend, data)
}

async fn a_batch_is_stored_once(kind: Kind) {
    let (records, backend, _data) = one(kind).await;
    let events = views(300);
    let outcome = backend.events("a", batch_json(events.clone())).await.outcome();
    assert_eq!((outcome.accepted, outcome.duplicates), (300, 0));
    let outcome = backend.events("b", batch_json(events)).await.outcome();
    assert_eq!((outcome.accepted, outcome.duplicates), (0, 300));
    assert_eq!(stored(&records).await, 300);

    let event = views(1).remove(0);
    let twice = backend.events("c", batch_json(vec![event.clone(), event])).await.outcome();
    assert_eq!((twice.accepted, twice.duplicates), (1, 1));
}

async fn a_repeated_key_gets_the_same_answer(kind: Kind) {
    let (records, backend, _data) = one(kind).await;
    let body = batch_json(views(10));
    let first = backend.events("k", body.clone()).await;
    let again = backend.events("k", body.clone()).await;
    assert_eq!(first.outcome(), again.outcome());
    assert_eq!(first.outcome().accepted, 10);

    let other = backend.events("k", batch_json(views(3))).await;
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused".into()));
    assert_eq!(stored(&records).await, 10);

    let request = backend.request("POST", "/v1/events").body(body);
    assert_eq!(request.send().await.unwrap().status(), 400, "a batch without a key");
}

async fn bad_events_do_not_keep_the_good_ones_out(kind: Kind) {
    let (records, backend, _data) = one(kind).await;
    let mut events = views(3);
    events[1].id = Uuid::new_v4();
    events[2].catalog = "a\0b".into();
    let unknown = Uuid::now_v7();
    let mut json: serde_json::Value = serde_json::from_slice(&batch_json(events.clone())).unwrap();
    let list = json["events"].as_array_mut().unwrap();
    let mut newer = list[0].clone();
    newer["id"] = unknown.to_string().into();
    newer["name"] = "levitate".into();
    list.push(newer);
    list.push(serde_json::json!({ "release": -1 }));
    let outcome = backend.events("k", json.to_string()).await.outcome();
    assert_eq!(outcome.accepted, 1);
    let ids: Vec<Uuid> = outcome.rejected.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [events[1].id, events[2].id, unknown, Uuid::nil()]);
    assert!(outcome.rejected[0].1.contains("version 7"), "{outcome:?}");
    assert!(outcome.rejected[2].1.contains("levitate"), "{outcome:?}");
    assert_eq!(stored(&records).await, 1);

    for body in ["", "[]", "{\"events\": 3}", "{\"events\": [}"] {
        let answer = backend.events("bad", body).await;
        assert_eq!((answer.status, answer.code()), (400, "batch_unreadable".into()), "{body}");
    }
}

async fn what_is_too_large_is_refused(kind: Kind) {
    let (records, backend, _data) = one(kind).await;
    let answer = backend.events("a", vec![b' '; MAX_BATCH_BYTES + 1]).await;
    assert_eq!((answer.status, answer.code()), (413, "body_too_large".into()));

    let answer = backend.events("b", batch_json(views(MAX_BATCH_EVENTS + 1))).await;
    assert_eq!((answer.status, answer.code()), (413, "too_many_events".into()));

    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 256 << 20]).unwrap();
    let gzip = |key: &str, body: Vec<u8>| {
        let request = backend.request("POST", "/v1/events").header("Idempotency-Key", key);
        request.header("Content-Encoding", "gzip").body(body)
    };
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < MAX_BATCH_BYTES);
    assert_eq!(gzip("c", bomb).send().await.unwrap().status(), 413);
    assert_eq!(gzip("d", b"no gzip".to_vec()).send().await.unwrap().status(), 400);

    let mut good = GzEncoder::new(Vec::new(), Compression::fast());
    good.write_all(&batch_json(views(50))).unwrap();
    assert_eq!(gzip("e", good.finish().unwrap()).send().await.unwrap().status(), 200);
    assert_eq!(stored(&records).await, 50);
}

/// Two backends on one database get the same events at once, in other batches and in another order.
async fn replicas_count_duplicates_once(kind: Kind) {
    let (records, first, data) = one(kind).await;
    let second = Backend::start(settings(&records, data.path())).await;
    let events = views(1_000);
    let mut tasks = tokio::task::JoinSet::new();
    let http = crate::fixture::client();
    for (number, backend) in [&first, &second, &first, &second].into_iter().enumerate() {
        let mut mine = events.clone();
        if number % 2 == 1 {
            mine.reverse();
        }
        for (part, chunk) in mine.chunks(100 + number).enumerate() {
            let request = http.post(format!("{}/v1/events", backend.url));
            let request = request.header("Idempotency-Key", format!("{number}-{part}"));
            let request = request.body(batch_json(chunk.to_vec()));
            tasks.spawn(
                async move { crate::fixture::Answer::of(request.send().await.unwrap()).await.outcome() },
            );
        }
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().map(|o| o.accepted).sum::<u32>(), 1_000);
    assert_eq!(outcomes.iter().map(|o| o.duplicates).sum::<u32>(), 3_000);
    assert_eq!(stored(&records).await, 1_000);
}

/// A backend that ends abruptly keeps what it acknowledged, and what it did not can be sent again.
async fn an_outage_of_the_process_loses_nothing(kind: Kind) {
    let (records, backend, data) = one(kind).await;
    let mut acknowledged = HashSet::new();
    let batches: Vec<Vec<Event>> = (0..20).map(|_| views(25)).collect();
    for (number, batch) in batches.iter().enumerate().take(10) {
        backend.events(&number.to_string(), batch_json(batch.clone())).await.outcome();
        acknowledged.extend(batch.iter().map(|event| event.id));
    }
    drop(backend);
    let backend = Backend::start(settings(&records, data.path())).await;
    for (number, batch) in batches.iter().enumerate() {
        let outcome = backend.events(&number.to_string(), batch_json(batch.clone())).await.outcome();
        assert_eq!(outcome.accepted, 25, "the first answer of batch {number}, given again");
    }
    assert_eq!(acknowledged.len(), 250);
    assert_eq!(stored(&records).await, 500);
}
