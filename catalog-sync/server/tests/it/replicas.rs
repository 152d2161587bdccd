//! Replicas that follow the releases of one object store.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use knytt_engine::{Catalog, Product};
use knytt_publisher::{KeyOptions, Keys, Outcome, PublishOptions, init, open_depot, publish};
use knytt_server::{Scope, Settings};
use knytt_wire::Url;
use serde_json::{Value, json};

use crate::fixture::{Answer, Backend, Kind, Records, build, client, drawn, jpeg, settings, until};
use crate::killed::Process;

/// A shop that publishes into a folder.
struct Shop {
    folder: tempfile::TempDir,
    catalog: Catalog,
    keys: Keys,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        build(&folder.path().join("built"));
        let catalog = Catalog::open(folder.path().join("built")).unwrap();
        let keys = init(&folder.path().join("keys"), &KeyOptions::default()).unwrap();
        Self { folder, catalog, keys }
    }

    fn objects(&self) -> Url {
        Url::from_directory_path(self.folder.path().join("objects")).unwrap()
    }

    /// Publishes what the catalogue holds now; returns the release.
    fn publish(&self) -> u64 {
        let depot = open_depot(&self.objects().join("garments/").unwrap(), None).unwrap();
        let options = PublishOptions::default();
        // It has a runtime of its own, which may not be made inside of another.
        let outcome = std::thread::scope(|scope| {
            let work = || publish(&self.catalog, &self.keys, &depot, &options, &|_| {}).unwrap();
            scope.spawn(work).join().unwrap()
        });
        match outcome {
            Outcome::Published(summary) => summary.release,
            Outcome::Unchanged(_) => panic!("nothing was published"),
        }
    }

    /// Gives the first product another title.
    fn rename(&self, title: &str) {
        let (product, picture, embedding) = drawn(0);
        let mut writer = self.catalog.write();
        let changed = Product { title: title.into(), ..product };
        writer.upsert(&changed, &embedding, Some(&jpeg(&picture))).unwrap();
        writer.commit().unwrap();
    }

    fn replica(&self, records: &Records, data: &Path) -> Settings {
        Settings {
            objects: Some(self.objects().as_str().into()),
            follow: Some(vec!["garments".parse().unwrap()]),
            ..settings(records, data)
        }
    }
}

async fn search(url: &str, body: &Value) -> Option<Answer> {
    let request = client().post(format!("{url}/api/v1/search")).header("content-type", "application/json");
    Some(Answer::of(request.body(body.to_string()).send().await.ok()?).await)
}

async fn release_of(url: &str) -> u64 {
    let answer = search(url, &json!({ "text": "dress", "limit": 1 })).await.unwrap();
    if answer.status == 200 { answer.json()["release"].as_u64().unwrap() } else { 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_ready_when_it_has_caught_up_and_follows_what_is_published() {
    let (shop, records, data) = (Shop::new(), Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(shop.replica(&records, data.path())).await;
    // Nothing is published: a replica that waited could not take the first release.
    until("it is ready", async || backend.get("/health/ready").await.status == 200).await;
    assert_eq!(search(&backend.url, &json!({ "text": "dress" })).await.unwrap().code(), "catalog_unknown");
    let first = shop.publish();
    until("the first release is searched", async || release_of(&backend.url).await == first).await;
    shop.rename("Changed");
    let second = shop.publish();
    until("the second release is searched", async || release_of(&backend.url).await == second).await;
    let found = search(&backend.url, &json!({ "text": "changed" })).await.unwrap().json();
    assert_eq!(found["hits"][0]["card"]["title"], "Changed");
    let page = String::from_utf8(backend.get("/metrics").await.body).unwrap();
    assert!(page.contains(&format!("knytt_search_release{{catalog=\"garments\"}} {second}")), "{page}");
    // What is followed is changed where it is made.
    let key = records.key("*", Scope::Admin).await;
    for (method, path, status, code) in [
        ("POST", "garments/feed", 421, "not_made_here"),
        ("POST", "garments/fetch", 421, "not_made_here"),
        ("GET", "garments/releases", 421, "not_made_here"),
        ("POST", "others/feed", 404, "not_found"),
    ] {
        let request = backend.request(method, &format!("/api/v1/admin/catalogs/{path}")).bearer_auth(&key);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}");
    }
    backend.stop().await;
    // A replica that starts again has what it had, and is ready once it has looked.
    let again = Backend::start(shop.replica(&records, data.path())).await;
    until("it is ready again", async || again.get("/health/ready").await.status == 200).await;
    assert_eq!(release_of(&again.url).await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_publisher_is_not_followed() {
    let (shop, other) = (Shop::new(), Shop::new());
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    shop.publish();
    let root = format!("garments={}", "ab".repeat(32));
    let pinned =
        Settings { follow: Some(vec![root.parse().unwrap()]), ..shop.replica(&records, data.path()) };
    let backend = Backend::start(pinned).await;
    until("it says why", async || {
        let ready = backend.get("/health/ready").await;
        assert_eq!(ready.status, 503);
        let page = String::from_utf8(backend.get("/metrics").await.body).unwrap();
        page.contains("knytt_search_follow_failing{catalog=\"garments\"} 1")
    })
    .await;
    drop(backend);
    // What was taken first stays what is trusted, whoever writes into the store later.
    let data = tempfile::tempdir().unwrap();
    let backend = Backend::start(shop.replica(&records, data.path())).await;
    until("it is searched", async || release_of(&backend.url).await == 1).await;
    backend.stop().await;
    fs_err::remove_dir_all(shop.folder.path().join("objects/garments")).unwrap();
    other.publish();
    fs_err::rename(other.folder.path().join("objects/garments"), shop.folder.path().join("objects/garments"))
        .unwrap();
    let backend = Backend::start(shop.replica(&records, data.path())).await;
    until("it says why", async || {
        let page = String::from_utf8(backend.get("/metrics").await.body).unwrap();
        page.contains("knytt_search_follow_failing{catalog=\"garments\"} 1")
    })
    .await;
    assert_eq!(backend.get("/health/ready").await.status, 503);
    // It still searches what it has.
    assert_eq!(release_of(&backend.url).await, 1);
}

/// What a client met that asks another replica once if one does not answer.
#[derive(Default)]
struct Met {
    visits: AtomicUsize,
    /// Pages that a cursor led to.
    continued: AtomicUsize,
    failed: AtomicUsize,
    retried: AtomicUsize,
    expired: AtomicUsize,
}

/// Reads up to three pages, each from the next replica. All are of one release, or the cursor has expired.
async fn visit(urls: &[String], number: usize, met: &Met) {
    let (mut cursor, mut release) = (Value::Null, None);
    for page in 0..3 {
        let body = json!({ "text": format!("red dress {}", number % 7), "limit": 5, "cursor": cursor });
        let at = |retry: usize| &urls[(number + page + retry) % urls.len()];
        let is_answer = |answer: &Answer| answer.status < 500;
        let mut answer = search(at(0), &body).await.filter(is_answer);
        if answer.is_none() {
            met.retried.fetch_add(1, Ordering::Relaxed);
            answer = search(at(1), &body).await.filter(is_answer);
        }
        let Some(answer) = answer else {
            met.failed.fetch_add(1, Ordering::Relaxed);
            return;
        };
        if answer.status == 410 {
            met.expired.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let answer = answer.json();
        let found = answer["release"].as_u64();
        assert_eq!(*release.get_or_insert(found), found, "a cursor mixes releases: {cursor} of {body}");
        if page > 0 {
            met.continued.fetch_add(1, Ordering::Relaxed);
        }
        cursor = answer["next"].clone();
        // Asking without a cursor would be a new search, perhaps of the release after.
        if cursor.is_null() {
            break;
        }
    }
    met.visits.fetch_add(1, Ordering::Relaxed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_killed_and_a_release_comes_and_nobody_notices() {
    let (shop, records) = (Shop::new(), Records::start(Kind::Postgres));
    let first = shop.publish();
    let data: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let mut replicas = Vec::new();
    for data in &data {
        replicas.push(Process::following(&records, data.path(), shop.objects().as_str(), "garments").await);
    }
    let urls: Vec<_> = replicas.iter().map(Process::url).collect();
    for url in &urls {
        let ready = format!("{url}/health/ready");
        let is_ready = async || client().get(&ready).send().await.is_ok_and(|answer| answer.status() == 200);
        until("it is ready", is_ready).await;
        assert_eq!(release_of(url).await, first);
    }
    let (met, over) = (Met::default(), AtomicBool::new(false));
    let load = async {
        let mut number = 0;
        while !over.load(Ordering::Relaxed) {
            let visits = (number..number + 4).map(|number| visit(&urls, number, &met));
            futures::future::join_all(visits).await;
            number += 4;
        }
    };
    let happening = async {
        until("visits are made", async || met.visits.load(Ordering::Relaxed) > 20).await;
        // With SIGKILL, in the middle of what it was answering.
        drop(replicas.pop());
        shop.rename("Changed");
        let second = shop.publish();
        for url in &urls[..2] {
            until("the release is searched", async || release_of(url).await == second).await;
        }
        let before = met.visits.load(Ordering::Relaxed);
        until("visits go on", async || met.visits.load(Ordering::Relaxed) > before + 20).await;
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(load, happening);
    assert_eq!(met.failed.load(Ordering::Relaxed), 0);
    assert!(met.retried.load(Ordering::Relaxed) > 0, "nobody met the dead replica");
    assert!(met.continued.load(Ordering::Relaxed) > 40, "no cursor was followed");
    println!("{} visits, {} expired", met.visits.into_inner(), met.expired.into_inner());
}
