//! A disk that runs full under load and has room again: what was acknowledged is stored, and service comes back
//! by itself.
//!
//! `KNYTT_SOAK_SIZES=50 cargo test -p knytt-server --test it full_disk -- --ignored --nocapture`

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use knytt_server::Settings;
use knytt_wire::Uuid;
use sqlx::Row as _;

use crate::fixture::{
    Backend, Disk, FileSystem, Kind, Postgres, Records, Shopper, batch_json, client, settings, until,
};

/// MiB of a disk: PostgreSQL has 40 before the first event.
const fn disk_mib(kind: Kind) -> u64 {
    match kind {
        Kind::Sqlite => 48,
        Kind::Postgres => 160,
    }
}

/// The least and the most room that a full disk had before, in KiB.
const LEFT_KIB: (u64, u64) = (200, 6_000);

/// What one run saw.
#[derive(Debug, Default)]
struct Seen {
    acknowledged: HashSet<Uuid>,
    refused: u64,
}

/// What the senders of one run share.
#[derive(Default)]
struct Load {
    over: AtomicBool,
    refused: AtomicU64,
    /// Batches that were acknowledged after there was room again.
    after: AtomicU64,
    emptied: AtomicBool,
}

/// Sends batches, each until it is acknowledged, as devices do; returns the ids of those that were.
async fn send(load: Arc<Load>, url: String) -> HashSet<Uuid> {
    let http = client();
    let mut acknowledged = HashSet::new();
    while !load.over.load(Ordering::Relaxed) {
        let events: Vec<_> = (0..10).flat_map(|i| Shopper::at("shop", 1).visits(i)).collect();
        let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
        let (key, body) = (Uuid::new_v4().to_string(), batch_json(events));
        while !load.over.load(Ordering::Relaxed) {
            let emptied = load.emptied.load(Ordering::Relaxed);
            let request = http.post(&url).header("Idempotency-Key", &key).body(body.clone());
            match request.send().await {
                Ok(answer) if answer.status() == 200 => {
                    acknowledged.extend(ids);
                    load.after.fetch_add(u64::from(emptied), Ordering::Relaxed);
                    break;
                }
                Ok(answer) => assert_eq!(answer.status(), 503),
                Err(error) => panic!("the backend is gone: {error}"),
            }
            load.refused.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    acknowledged
}

/// All ids in the records, by a connection of its own.
async fn stored(url: &str) -> HashSet<Uuid> {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(url).await.unwrap();
    let rows = sqlx::query("SELECT id FROM events").fetch_all(&pool).await.unwrap();
    pool.close().await;
    rows.iter().map(|row| Uuid::from_slice(&row.get::<Vec<u8>, _>(0)).unwrap()).collect()
}

/// Runs the disk full with so much room left at first, and gives room again.
async fn run(disk: &Disk, kind: Kind, left_kib: u64) -> Seen {
    let mut records = match kind {
        Kind::Sqlite => Records::Sqlite(tempfile::tempdir_in(disk.path()).unwrap()),
        Kind::Postgres => Records::Postgres(Postgres::start_in(disk.path(), true)),
    };
    let data = tempfile::tempdir().unwrap();
    // The reserve keeps the disk from getting full. Here it is to be full.
    let full = Settings { disk_reserve_bytes: Some(0), ..settings(&records, data.path()) };
    let backend = Backend::start(full).await;
    disk.fill(left_kib);
    let load = Arc::new(Load::default());
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..4 {
        senders.spawn(send(load.clone(), format!("{}/v1/events", backend.url)));
    }
    until("the disk is full", async || load.refused.load(Ordering::Relaxed) >= 8).await;
    until("readiness says that it is full", async || backend.get("/health/ready").await.status == 503).await;
    disk.empty();
    load.emptied.store(true, Ordering::Relaxed);
    if let Records::Postgres(postgres) = &mut records {
        postgres.revive();
    }
    until("service is back", async || load.after.load(Ordering::Relaxed) >= 8).await;
    // The senders would fill what was given back.
    load.over.store(true, Ordering::Relaxed);
    until("readiness says that it is not", async || backend.get("/health/ready").await.status == 200).await;
    let acknowledged: HashSet<Uuid> = senders.join_all().await.into_iter().flatten().collect();
    let lost = |stored: &HashSet<Uuid>| acknowledged.difference(stored).count();
    assert_eq!(lost(&stored(&records.url()).await), 0, "acknowledged and not seen by others, {left_kib} KiB");
    backend.stop().await;
    assert_eq!(lost(&stored(&records.url()).await), 0, "acknowledged and not stored, {left_kib} KiB");
    Seen { acknowledged, refused: load.refused.load(Ordering::Relaxed) }
}

/// Runs with so many sizes of a disk, evenly spread.
async fn campaign(kind: Kind, system: FileSystem, sizes: u64) {
    let Some(disk) = Disk::mount(system, disk_mib(kind)) else {
        println!("skipped: this system does not let tests mount {system:?}");
        return;
    };
    let (mut acknowledged, mut refused) = (0, 0);
    for size in 0..sizes {
        let seen = run(&disk, kind, LEFT_KIB.0 + (LEFT_KIB.1 - LEFT_KIB.0) * size / sizes).await;
        acknowledged += seen.acknowledged.len();
        refused += seen.refused;
    }
    println!(
        "{kind:?} on {system:?} full at {sizes} sizes: {acknowledged} events acknowledged, {refused} batches refused, 0 lost"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_is_stored() {
    campaign(Kind::Sqlite, FileSystem::Tmpfs, 2).await;
}

fn sizes() -> u64 {
    std::env::var("KNYTT_SOAK_SIZES").ok().and_then(|value| value.parse().ok()).unwrap_or(50)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask soak"]
async fn many_sizes_of_tmpfs_with_sqlite() {
    campaign(Kind::Sqlite, FileSystem::Tmpfs, sizes()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask soak"]
async fn many_sizes_of_ext4_with_sqlite() {
    campaign(Kind::Sqlite, FileSystem::Ext4, sizes()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask soak"]
async fn many_sizes_of_tmpfs_with_postgres() {
    campaign(Kind::Postgres, FileSystem::Tmpfs, sizes()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: cargo xtask soak"]
async fn many_sizes_of_ext4_with_postgres() {
    campaign(Kind::Postgres, FileSystem::Ext4, sizes()).await;
}
