//! Two publishers that gave their catalogues one id, and publishers that signed two releases of one number.

use std::time::Duration;

use knytt_publisher::{ApiKey, KeyOptions, PublishOptions, init, open_depot, publish};
use knytt_server::{Filter, Report, Scope, Settings, popularity, report, set_ingest_key};
use knytt_wire::{Action, IdentifiedEvent, LogHead};
use serde_json::json;

use crate::fixture::{Answer, Backend, Kind, Records, Shopper, build, item, settings};

const INGEST_KEY: &str = "0123456789abcdef";

fn root(number: usize) -> String {
    format!("{number:064x}")
}

fn batch(events: &[IdentifiedEvent]) -> Vec<u8> {
    serde_json::to_vec(&json!({ "events": events })).unwrap()
}

/// A search and the view of a product, as a device with this catalogue tells of them.
fn visit(root: Option<&str>, item_id: &str) -> Vec<IdentifiedEvent> {
    let mut shopper = Shopper::at("shop", 1);
    let search = shopper.searches(&format!("a {item_id}"), 20, true);
    let view = shopper.does(Action::ViewItem(item(item_id, None)));
    [search, view].map(|event| IdentifiedEvent { root: root.map(str::to_owned), event }).into()
}

async fn of(records: &Records, catalog: &str) -> Report {
    let filter = Filter { catalog: Some(catalog.into()), ..Filter::default() };
    report(&records.open().await, &filter).await.unwrap()
}

fn products(report: &Report) -> Vec<&str> {
    report.top_products.iter().map(|product| product.item_id.as_str()).collect()
}

async fn two_publishers_of_one_id_are_counted_apart(kind: Kind) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let db = records.open().await;
    set_ingest_key(&db, "shop", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
    let backend = Backend::start(settings(&records, data.path())).await;
    let told = [(Some(root(1)), "mine"), (Some(root(2)), "theirs"), (None, "old")];
    for (number, (root, item_id)) in told.iter().enumerate() {
        let body = batch(&visit(root.as_deref(), item_id));
        let outcome = backend.keyed_events(&number.to_string(), INGEST_KEY, body).await.outcome();
        assert_eq!((outcome.accepted, outcome.rejected.len()), (2, 0));
    }
    let (own, other) = (of(&records, "shop").await, of(&records, &format!("{}/shop", root(2))).await);
    assert_eq!((products(&own), own.searches.total), (vec!["mine", "old"], 2));
    assert_eq!((products(&other), other.searches.total), (vec!["theirs"], 1));
    assert_eq!(other.top_queries[0].query, "a theirs");
    assert_eq!(
        (other.conversion.viewed, other.releases[0].catalog.clone()),
        (1, format!("{}/shop", root(2)))
    );
    let all = report(&db, &Filter::default()).await.unwrap();
    assert_eq!((all.events.total, all.searches.total), (6, 3));
    let wanted = async |catalog: &str| -> Vec<String> {
        let wanted = popularity(&db, catalog, 30.0).await.unwrap();
        wanted.into_iter().map(|product| product.item_id).collect()
    };
    assert_eq!(wanted("shop").await, ["mine", "old"]);
    assert_eq!(wanted(&format!("{}/shop", root(2))).await, ["theirs"]);

    let wrong = visit(Some("not a root"), "x");
    let outcome = backend.keyed_events("wrong", INGEST_KEY, batch(&wrong)).await.outcome();
    assert_eq!((outcome.accepted, outcome.rejected.len()), (0, 2));
    assert!(outcome.rejected[0].1.contains("root"), "{outcome:?}");
    over_http(&records, &backend).await;
}

/// A key of the id sees what counts under the id alone.
async fn over_http(records: &Records, backend: &Backend) {
    let (key, all) = (records.key("shop", Scope::Report).await, records.key("*", Scope::Report).await);
    let path = format!("/v1/report?catalog={}/shop", root(2));
    let ask = async |key: &str| {
        Answer::of(backend.request("GET", &path).bearer_auth(key).send().await.unwrap()).await
    };
    assert_eq!(ask(&key).await.code(), "key_not_allowed");
    assert_eq!(ask(&all).await.json()["searches"]["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_publishers_of_one_id_are_counted_apart_in_sqlite() {
    two_publishers_of_one_id_are_counted_apart(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_publishers_of_one_id_are_counted_apart_in_postgres() {
    two_publishers_of_one_id_are_counted_apart(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_say_whose_an_id_is_and_made_up_roots_make_no_end_of_rows() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let named = Settings {
        event_catalogs: Some(vec![format!("shop={}", root(9))]),
        ..settings(&records, data.path())
    };
    let backend = Backend::start(named).await;
    for number in (1..30).chain([9]) {
        let body = batch(&visit(Some(&root(number)), "x"));
        assert_eq!(backend.events(&format!("{number} {}", rand_key()), body).await.outcome().accepted, 2);
    }
    assert_eq!(of(&records, "shop").await.searches.total, 2);
    assert_eq!(of(&records, &format!("{}/shop", root(1))).await.searches.total, 1);
    // Sixteen others stand by themselves; what is beyond is counted together.
    assert_eq!(of(&records, "other/shop").await.searches.total, 28 - 16);
    let all = report(&records.open().await, &Filter::default()).await.unwrap();
    assert_eq!((all.searches.total, all.releases.len()), (30, 18));
}

fn rand_key() -> String {
    knytt_wire::Uuid::new_v4().to_string()
}

fn head(number: u64, hash: usize) -> LogHead {
    LogHead { number, hash: root(hash) }
}

/// A batch of a device that says which release it has seen.
async fn tell(backend: &Backend, of: &str, seen: &str, ingest_key: Option<&str>) {
    let request = backend.request("POST", "/v1/events").header("Idempotency-Key", rand_key());
    let request = request.header("Knytt-Release-Log", seen).body(batch(&visit(Some(of), "x")));
    let request =
        ingest_key.into_iter().fold(request, |request, key| request.header("Knytt-Ingest-Key", key));
    assert_eq!(Answer::of(request.send().await.unwrap()).await.outcome().accepted, 2);
}

/// How many conflicts the metrics count.
async fn counted(backend: &Backend) -> u64 {
    let page = String::from_utf8(backend.get("/metrics").await.body).unwrap();
    let line = page.lines().find_map(|line| line.strip_prefix("knytt_release_conflicts_total "));
    line.unwrap().parse().unwrap()
}

async fn two_releases_of_one_number_are_found(kind: Kind) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    let say = async |of: usize, head: LogHead| tell(&backend, &root(of), &head.to_string(), None).await;
    say(1, head(4, 40)).await;
    say(1, head(5, 50)).await;
    say(2, head(4, 41)).await;
    tell(&backend, &root(1), "5 nonsense", None).await;
    tell(&backend, &root(1), "", None).await;
    assert_eq!((counted(&backend).await, of(&records, "shop").await.release_conflicts.len()), (0, 0));

    for _ in 0..3 {
        say(1, head(5, 51)).await;
    }
    say(1, head(5, 52)).await;
    assert_eq!(counted(&backend).await, 1);
    let conflicts = of(&records, "shop").await.release_conflicts;
    assert_eq!((conflicts.len(), conflicts[0].number, &conflicts[0].root), (1, 5, &root(1)));
    let hashes: Vec<_> =
        conflicts[0].releases.iter().map(|seen| (seen.hash.clone(), seen.published)).collect();
    assert_eq!(hashes, [50, 51, 52].map(|hash| (root(hash), false)));
    assert!(of(&records, "another").await.release_conflicts.is_empty());

    // A replica that starts later does not count it again.
    backend.stop().await;
    let again = Backend::start(settings(&records, data.path())).await;
    tell(&again, &root(1), &head(5, 51).to_string(), None).await;
    assert_eq!((counted(&again).await, of(&records, "shop").await.release_conflicts.len()), (0, 1));

    // Where devices send an ingest key, who has none is not listened to.
    set_ingest_key(&records.open().await, "shop", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
    tell(&again, &root(1), &head(4, 42).to_string(), Some(INGEST_KEY)).await;
    assert_eq!(counted(&again).await, 1);
    tell(&again, &root(1), &head(7, 70).to_string(), Some(INGEST_KEY)).await;
    tell(&again, &root(1), &head(7, 71).to_string(), None).await;
    assert_eq!(counted(&again).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_releases_of_one_number_are_found_in_sqlite() {
    two_releases_of_one_number_are_found(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_releases_of_one_number_are_found_in_postgres() {
    two_releases_of_one_number_are_found(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_here_is_what_devices_are_compared_with() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    // Somebody else is first with the id, and a device has a release that is not the one that follows.
    tell(&backend, &root(3), &head(1, 10).to_string(), None).await;
    build(&data.path().join("built"));
    let catalog = knytt_engine::Catalog::open(data.path().join("built")).unwrap();
    let keys = init(&data.path().join("keys"), &KeyOptions::default()).unwrap();
    let address = format!("{}/v1/catalogs/garments/", backend.url).parse().unwrap();
    let depot =
        open_depot(&address, Some(ApiKey::new(records.key("garments", Scope::Publish).await))).unwrap();
    std::thread::scope(|scope| {
        let work = || publish(&catalog, &keys, &depot, &PublishOptions::default(), &|_| {}).unwrap();
        scope.spawn(work).join().unwrap();
    });
    let told = |root: &str| {
        let mut events = visit(Some(root), "x");
        events.iter_mut().for_each(|told| told.event.catalog = "garments".into());
        batch(&events)
    };
    for (number, of) in [root(3), keys.fingerprint()].iter().enumerate() {
        let request = backend.request("POST", "/v1/events").header("Idempotency-Key", number.to_string());
        let request = request.header("Knytt-Release-Log", head(1, 10).to_string()).body(told(of));
        assert_eq!(Answer::of(request.send().await.unwrap()).await.outcome().accepted, 2);
    }
    assert_eq!(of(&records, "garments").await.searches.total, 1, "the published root is the id's own");
    assert_eq!(counted(&backend).await, 1);
    let conflicts = of(&records, "garments").await.release_conflicts;
    assert_eq!((conflicts.len(), &conflicts[0].root), (1, &keys.fingerprint()));
    let published: Vec<_> = conflicts[0].releases.iter().map(|seen| seen.published).collect();
    assert_eq!(published, [true, false]);
}
