//! Uploads, publications and events at once, while the backend is killed and started again and again.
//!
//! `KNYTT_KILLS=200 cargo test -p knytt-server --test it killed_load -- --nocapture`

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use knytt_client::{Cancel, SyncOptions, sync};
use knytt_engine::{Catalog, Product};
use knytt_publisher::{ApiKey, KeyOptions, Keys, Outcome, PublishOptions, init, open_depot, publish};
use knytt_server::{Filter, Scope, report};
use knytt_wire::Uuid;
use sha2::{Digest, Sha256};
use sqlx::Row as _;
use tokio::task::JoinSet;

use crate::fixture::{
    Backend, Kind, Records, Shopper, batch_json, build, client, drawn, free_port, jpeg, settings, until,
};
use crate::killed::{Process, age, partial};

const SENDERS: usize = 4;

const UPLOADERS: usize = 2;

/// A batch is sent under its key until it is acknowledged, as a device does. Returns the ids that were.
async fn sends_events(url: String, over: Arc<AtomicBool>) -> HashSet<Uuid> {
    let (http, mut acknowledged) = (client(), HashSet::new());
    let mut shopper = Shopper::at("shop", 1);
    for turn in 0.. {
        let events = shopper.visits(turn);
        let (ids, key) = (events.each_ref().map(|event| event.id), Uuid::new_v4().to_string());
        let body = batch_json(events.to_vec());
        loop {
            if over.load(Ordering::Relaxed) {
                return acknowledged;
            }
            let request = http.post(format!("{url}/v1/events")).header("Idempotency-Key", &key);
            let answer = request.body(body.clone()).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        acknowledged.extend(ids);
    }
    acknowledged
}

/// Sends packs, each once: what was not acknowledged may be there or not. Returns the paths that were.
async fn uploads(url: String, key: String, number: usize, over: Arc<AtomicBool>) -> Vec<(String, usize)> {
    let mut acknowledged = Vec::new();
    for turn in 0usize.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let mut body = vec![number as u8; (1 + turn % 4) << 20];
        body[..8].copy_from_slice(&(turn as u64).to_le_bytes());
        let hash: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
        let (path, bytes) = (format!("/v1/catalogs/shop/targets/{hash}.pack"), body.len());
        let request = client().put(format!("{url}{path}")).bearer_auth(&key).body(body);
        match request.send().await.is_ok_and(|answer| answer.status() == 201) {
            true => acknowledged.push((path, bytes)),
            false => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    acknowledged
}

/// A retailer who changes a product and publishes, over and over.
struct Retailer {
    catalog: Catalog,
    keys: Keys,
    address: knytt_wire::Url,
    key: String,
}

impl Retailer {
    fn new(folder: &Path, url: &str, key: String) -> Self {
        build(&folder.join("built"));
        let catalog = Catalog::open(folder.join("built")).unwrap();
        let keys = init(&folder.join("keys"), &KeyOptions::default()).unwrap();
        Self { catalog, keys, address: format!("{url}/v1/catalogs/garments/").parse().unwrap(), key }
    }

    /// Returns the release, if it was acknowledged.
    fn publish(&self, title: &str) -> Option<u64> {
        let (product, picture, embedding) = drawn(0);
        let mut writer = self.catalog.write();
        let changed = Product { title: title.into(), ..product };
        writer.upsert(&changed, &embedding, Some(&jpeg(&picture))).unwrap();
        writer.commit().unwrap();
        let depot = open_depot(&self.address, Some(ApiKey::new(&self.key))).unwrap();
        let options = PublishOptions { incremental: true, ..PublishOptions::default() };
        match publish(&self.catalog, &self.keys, &depot, &options, &|_| {}) {
            Ok(Outcome::Published(summary)) => Some(summary.release),
            _ => None,
        }
    }

    /// On a thread of its own: a publisher has a runtime. Returns the newest release that was acknowledged, and how
    /// many were.
    fn publishes(self, over: Arc<AtomicBool>) -> std::thread::JoinHandle<(Self, u64, usize)> {
        std::thread::spawn(move || {
            let (mut newest, mut count) = (0, 0);
            for turn in 0.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                if let Some(release) = self.publish(&format!("turn {turn}")) {
                    assert!(release > newest, "release {release} after {newest}");
                    (newest, count) = (release, count + 1);
                }
            }
            (self, newest, count)
        })
    }
}

/// Brings a device to what is published; returns the release.
async fn follows(device: &Path, url: &str) -> u64 {
    let options = SyncOptions {
        from: Some(format!("{url}/v1/catalogs/garments/").parse().unwrap()),
        state: Some(device.join("state")),
        ..SyncOptions::default()
    };
    sync(&device.join("catalog"), &options, &|_| {}, &Cancel::default()).await.unwrap().release
}

async fn stored_ids(records: &Records) -> HashSet<Uuid> {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&records.url()).await.unwrap();
    let rows = sqlx::query("SELECT id FROM events").fetch_all(&pool).await.unwrap();
    rows.iter().map(|row| Uuid::from_slice(&row.get::<Vec<u8>, _>(0)).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_is_lost_when_the_server_is_killed_under_load() {
    let kills = std::env::var("KNYTT_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(3u64);
    let (records, data, folder) =
        (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let (press, uploader) =
        (records.key("garments", Scope::Publish).await, records.key("shop", Scope::Publish).await);
    let over = Arc::new(AtomicBool::new(false));
    let mut process = Process::start_on(&records, data.path(), port).await;
    let retailer = Retailer::new(folder.path(), &url, press).publishes(over.clone());
    let (mut senders, mut uploaders) = (JoinSet::new(), JoinSet::new());
    for _ in 0..SENDERS {
        senders.spawn(sends_events(url.clone(), over.clone()));
    }
    for number in 0..UPLOADERS {
        uploaders.spawn(uploads(url.clone(), uploader.clone(), number, over.clone()));
    }
    for kill in 0..kills {
        // From the first moments on to well into the work.
        tokio::time::sleep(Duration::from_millis(kill * 7_919 % 1_500)).await;
        drop(process);
        process = Process::start_on(&records, data.path(), port).await;
    }
    until("a release is published", async || {
        client()
            .get(format!("{url}/v1/catalogs/garments/metadata/timestamp.json"))
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    over.store(true, Ordering::Relaxed);
    let acknowledged: HashSet<Uuid> = senders.join_all().await.into_iter().flatten().collect();
    let packs: Vec<(String, usize)> = uploaders.join_all().await.into_iter().flatten().collect();
    let (retailer, newest, releases) =
        tokio::task::spawn_blocking(move || retailer.join().unwrap()).await.unwrap();
    drop(process);

    partial(data.path()).iter().for_each(|path| age(path));
    let process = Process::start_on(&records, data.path(), port).await;
    until("nothing is left over", async || partial(data.path()).is_empty()).await;
    let stored = stored_ids(&records).await;
    let lost = acknowledged.difference(&stored).count();
    assert_eq!(lost, 0, "of {} acknowledged events", acknowledged.len());
    let counted = report(&records.open().await, &Filter::default()).await.unwrap().events.total;
    assert_eq!(counted, i64::try_from(stored.len()).unwrap(), "the counts are those of the events");
    for (path, bytes) in &packs {
        let body = client().get(format!("{url}{path}")).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(body.len(), *bytes, "{path} was acknowledged");
    }
    let release = follows(&folder.path().join("device"), &url).await;
    assert!(release >= newest, "release {release} is published, {newest} was acknowledged");
    let last = tokio::task::spawn_blocking(move || {
        let last = retailer.publish("the last one");
        (retailer, last)
    });
    let (retailer, last) = last.await.unwrap();
    assert_eq!(follows(&folder.path().join("device"), &url).await, last.unwrap());
    let content = |catalog: &Catalog| catalog.read().unwrap().content_hash().unwrap().to_string();
    let followed = Catalog::open(folder.path().join("device/catalog")).unwrap();
    assert_eq!(content(&followed), content(&retailer.catalog));
    println!(
        "{kills} kills: {} events, {} packs and {releases} releases acknowledged, none lost, nothing left over",
        acknowledged.len(),
        packs.len()
    );
    drop(process);
    Backend::start(settings(&records, data.path())).await.stop().await;
}
