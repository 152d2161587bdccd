//! Which events are taken: of known catalogues, within a quota, while the disk has room; and how many bytes a
//! sender can have stored for each byte that it sends.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use knytt_server::{Scope, Settings};
use knytt_wire::{
    Action, Event, Item, ListedItem, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_CATALOG_CHARS, MAX_EXPANSION,
    MAX_LISTED, MAX_TEXT_CHARS, QueryKind, Uuid,
};

use crate::fixture::{Backend, Kind, Records, Shopper, batch_json, item, settings};

/// What may be stored for each byte of a batch: its JSON, its columns, their indexes, and the counts.
const MOST_STORED_PER_BYTE: u64 = 10;

async fn one(kind: Kind, change: impl Fn(Settings) -> Settings) -> (Records, Backend, tempfile::TempDir) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let backend = Backend::start(change(settings(&records, data.path()))).await;
    (records, backend, data)
}

fn view(catalog: &str) -> Event {
    Shopper::at(catalog, 1).does(Action::ViewItem(item("a", None)))
}

async fn only_known_catalogues_are_taken(kind: Kind) {
    let (records, backend, _data) = one(kind, |settings| Settings { event_catalogs: None, ..settings }).await;
    let refused = backend.events("a", batch_json(vec![view("shop")])).await;
    assert_eq!((refused.status, refused.code()), (404, "catalog_unknown".into()));
    // Whoever may publish a catalogue has it known.
    records.key("shop", Scope::Publish).await;
    let taken = async || backend.events("a", batch_json(vec![view("shop")])).await.status == 200;
    crate::fixture::until("it is known", taken).await;
    let strange = view("strange");
    let mixed = backend.events("b", batch_json(vec![view("shop"), strange.clone()])).await.outcome();
    assert_eq!((mixed.accepted, mixed.rejected.len()), (1, 1));
    assert_eq!(mixed.rejected[0].0, strange.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_known_catalogues_are_taken_on_sqlite() {
    only_known_catalogues_are_taken(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_known_catalogues_are_taken_on_postgres() {
    only_known_catalogues_are_taken(Kind::Postgres).await;
}

/// A catalogue that is published here is known, without any setting.
#[tokio::test(flavor = "multi_thread")]
async fn a_published_catalogue_is_known() {
    let (records, backend, _data) =
        one(Kind::Sqlite, |settings| Settings { event_catalogs: None, ..settings }).await;
    records.key("*", Scope::Publish).await;
    let refused = backend.events("a", batch_json(vec![view("shop")])).await;
    assert_eq!(refused.code(), "catalog_unknown", "a key for all catalogues makes none known");
    // What replacing timestamp.json writes.
    let pool = sqlx::AnyPool::connect(&records.url()).await.unwrap();
    sqlx::query("INSERT INTO publishing (catalog, at_ms) VALUES ('shop', 0)").execute(&pool).await.unwrap();
    pool.close().await;
    let taken = async || backend.events("a", batch_json(vec![view("shop")])).await.status == 200;
    crate::fixture::until("it is known", taken).await;
}

async fn a_catalogue_has_a_quota(kind: Kind) {
    let quota = |settings| Settings { quota_bytes_per_catalog: Some(30_000), ..settings };
    let (_records, backend, _data) = one(kind, quota).await;
    let mut stored = 0;
    let refused = loop {
        let answer = backend.events(&Uuid::new_v4().to_string(), batch_json(vec![view("shop"); 1])).await;
        if answer.status != 200 {
            break answer;
        }
        stored += 1;
        assert!(stored < 100, "the quota is used");
    };
    assert!(stored > 10, "{stored}");
    assert_eq!((refused.status, refused.code()), (429, "quota_used".into()));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    backend.events("other", batch_json(vec![view("other")])).await.outcome();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_has_a_quota_on_sqlite() {
    a_catalogue_has_a_quota(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_has_a_quota_on_postgres() {
    a_catalogue_has_a_quota(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_leave_the_disk_its_reserve() {
    let reserve = |settings| Settings { disk_reserve_bytes: Some(u64::MAX), ..settings };
    let (_records, backend, _data) = one(Kind::Sqlite, reserve).await;
    let refused = backend.events("a", batch_json(vec![view("shop")])).await;
    assert_eq!((refused.status, refused.code()), (507, "disk_reserve".into()));
}

/// As many events as a batch may have, each made with its number.
fn batch(event: impl Fn(usize) -> Event) -> Vec<u8> {
    let mut events: Vec<Event> = Vec::new();
    let mut bytes = 20;
    for number in 0..MAX_BATCH_EVENTS {
        let event = event(number);
        bytes += serde_json::to_vec(&event).unwrap().len() + 1;
        if bytes > MAX_BATCH_BYTES {
            break;
        }
        events.push(event);
    }
    batch_json(events)
}

/// Batches with each field at its limit, and different in each event.
fn attacks(catalog: &str) -> Vec<(&'static str, Vec<u8>)> {
    let shopper = || Shopper::at(catalog, 1);
    let long = |number: usize| format!("{number:0>width$}", width = MAX_TEXT_CHARS);
    let wide = |number: usize| format!("{number}{}", "\u{1f600}".repeat(MAX_TEXT_CHARS - 4));
    let search = |words: String, results| Action::Search {
        kind: QueryKind::Words,
        search_term: Some(words),
        results,
        good_match: Some(false),
        confidence: None,
    };
    let list = |count: usize, first: usize| {
        let items = (0..count).map(|i| ListedItem { item_id: "a".into(), position: (first + i) as u32 });
        Action::ViewItemList { items: items.collect() }
    };
    let item = |item_id: String| Item { item_id, ..Item::default() };
    let views = |number: usize| shopper().does(Action::ViewItem(item(number.to_string())));
    let searched = |number: usize, results| shopper().does(search(wide(number), results));
    vec![
        ("small events", batch(views)),
        ("releases", batch(|number| Event { release: number as u64, ..views(number) })),
        (
            "days",
            batch(|number| {
                let event = views(number);
                Event { at_ms: event.at_ms - (number as i64 % 90) * 86_400_000, ..event }
            }),
        ),
        (
            "searches without an event",
            batch(|number| Event { search_id: Some(Uuid::now_v7()), ..views(number) }),
        ),
        ("long ids", batch(|number| shopper().does(Action::Purchase(item(long(number)))))),
        ("ids of many bytes", batch(|number| shopper().does(Action::Share(item(wide(number)))))),
        ("viewed ids of many bytes", batch(|number| shopper().does(Action::ViewItem(item(wide(number)))))),
        ("words", batch(|number| shopper().does(search(long(number), 1)))),
        ("words of many bytes", batch(|number| searched(number, 1))),
        ("words without a hit", batch(|number| searched(number, 0))),
        ("short words", batch(|number| shopper().does(search(number.to_string(), 0)))),
        ("long lists", batch(|number| shopper().does(list(MAX_LISTED, number * MAX_LISTED)))),
        ("the same lists", batch(|_| shopper().does(list(MAX_LISTED, 1)))),
        ("short lists", batch(|number| shopper().does(list(1, number)))),
        ("bad events", format!("{{\"events\":[{}1]}}", "1,".repeat(MAX_BATCH_EVENTS - 1)).into_bytes()),
    ]
}

/// The bytes of a SQLite database with everything that was committed to it.
async fn stored_bytes(records: &Records) -> u64 {
    let Records::Sqlite(dir) = records else { unreachable!() };
    let pool = sqlx::AnyPool::connect(&records.url()).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&pool).await.unwrap();
    pool.close().await;
    fs_err::metadata(dir.path().join("knytt.db")).unwrap().len()
}

/// A sender can have 20 times of what it sends unpacked, and a few times of that stored.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_is_bounded_by_what_was_sent() {
    let catalog = "c".repeat(MAX_CATALOG_CHARS);
    let known = |settings| Settings { event_catalogs: Some(vec!["c".repeat(MAX_CATALOG_CHARS)]), ..settings };
    let (records, backend, _data) = one(Kind::Sqlite, known).await;
    sqlx::any::install_default_drivers();
    for (name, body) in attacks(&catalog) {
        let (sent, before) = (body.len() as u64, stored_bytes(&records).await);
        let answer = backend.events(name, body.clone()).await;
        assert_eq!(answer.status, 200, "{name}: {}", String::from_utf8_lossy(&answer.body));
        let stored = stored_bytes(&records).await - before;
        // A page of each table is taken by the first row.
        let most = MOST_STORED_PER_BYTE * sent + (64 << 10);
        assert!(stored <= most, "{name}: {stored} bytes stored for {sent} sent");

        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&body).unwrap();
        let gzip = gzip.finish().unwrap();
        let expands = body.len() > MAX_EXPANSION * gzip.len();
        let request = backend.request("POST", "/v1/events").header("Idempotency-Key", format!("{name} gzip"));
        let answer = request.header("Content-Encoding", "gzip").body(gzip).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), if expands { 413 } else { 200 }, "{name}");
    }
}
