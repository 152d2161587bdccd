//! Keys end, do what they are for and no more, and leave a trace.

use std::time::Duration;

use knytt_server::{Scope, Settings};
use sha2::{Digest, Sha256};

use crate::fixture::{Answer, Backend, Kind, Publisher, Records, settings};

struct Shop {
    backend: Backend,
    records: Records,
    data: tempfile::TempDir,
    publish: String,
    delete: String,
}

impl Shop {
    async fn open(delay_hours: u64) -> Self {
        let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
        let held = Settings { delete_delay_hours: Some(delay_hours), ..settings(&records, data.path()) };
        let backend = Backend::start(held).await;
        let publish = records.key("shop", Scope::Publish).await;
        let delete = records.key("shop", Scope::Delete).await;
        Self { backend, records, data, publish, delete }
    }

    async fn send(&self, method: &str, name: &str, body: Vec<u8>) -> Answer {
        let key = if method == "DELETE" { &self.delete } else { &self.publish };
        let request = self.backend.request(method, &path(name)).bearer_auth(key).body(body);
        Answer::of(request.header("If-None-Match", "*").send().await.unwrap()).await
    }

    async fn put(&self, name: &str, body: impl Into<Vec<u8>>) {
        let status = self.send("PUT", name, body.into()).await.status;
        assert!(matches!(status, 200 | 201), "{name}: {status}");
    }

    async fn is_there(&self, name: &str) -> bool {
        self.backend.get(&path(name)).await.status == 200
    }

    async fn noted(&self) -> i64 {
        let pool = self.raw().await;
        sqlx::query_scalar("SELECT COUNT(*) FROM deletions").fetch_one(&pool).await.unwrap()
    }

    async fn raw(&self) -> sqlx::SqlitePool {
        sqlx::SqlitePool::connect(&self.records.url()).await.unwrap()
    }
}

fn path(name: &str) -> String {
    format!("/v1/catalogs/shop/{name}")
}

fn named(body: &[u8]) -> String {
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("targets/{hash}.pack")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_and_its_use_is_known() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
        let backend = Backend::start(settings(&records, data.path())).await;
        let db = records.open().await;
        let make = async |lasts| {
            knytt_server::create_key_for(&db, "k", "shop", &[Scope::Report], lasts).await.unwrap()
        };
        let ask = async |key: &str| {
            let request = backend.request("GET", "/v1/report?catalog=shop").bearer_auth(key);
            Answer::of(request.send().await.unwrap()).await
        };
        let lasting = make(Some(Duration::from_secs(3_600))).await;
        assert!(lasting.key.last_used_ms.is_none() && lasting.key.expires_ms.is_some());
        assert_eq!(ask(&lasting.token).await.status, 200);
        let keys = knytt_server::list_keys(&db).await.unwrap();
        assert!(keys[0].last_used_ms.is_some_and(|used| used >= keys[0].created_ms), "{keys:?}");
        let ended = make(Some(Duration::ZERO)).await;
        let refused = ask(&ended.token).await;
        assert_eq!((refused.status, refused.code()), (401, "key_invalid".into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_is_held_back_and_can_be_taken_back() {
    let shop = Shop::open(24).await;
    let (one, other) = (named(b"one"), named(b"other"));
    shop.put(&one, *b"one").await;
    shop.put(&other, *b"other").await;
    assert_eq!(shop.send("DELETE", &one, Vec::new()).await.status, 202);
    assert_eq!(shop.send("DELETE", &other, Vec::new()).await.status, 202);
    assert_eq!(shop.send("DELETE", &named(b"nothing"), Vec::new()).await.status, 404);
    assert!(shop.is_there(&one).await && shop.noted().await == 2);
    // Who publishes the file again wants it.
    shop.put(&one, *b"one").await;
    assert_eq!(shop.noted().await, 1);
    // A key that was stolen is revoked, and with it go its deletes.
    let id = shop.delete.split('_').nth(1).unwrap();
    knytt_server::revoke_key(&shop.records.open().await, id).await.unwrap();
    assert_eq!(shop.noted().await, 0);
    assert!(shop.is_there(&other).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_is_carried_out_but_not_of_what_the_present_release_needs() {
    let shop = Shop::open(0).await;
    let publisher = Publisher::new();
    let (needed, left) = (named(b"needed"), named(b"left"));
    shop.put(&needed, *b"needed").await;
    shop.put(&left, *b"left").await;
    let old = publisher.targets(1, &[("pack", b"left")]);
    let targets = publisher.targets(2, &[("pack", b"needed")]);
    let snapshot = publisher.snapshot(2, &targets);
    shop.put("metadata/1.root.json", publisher.root(1, &[])).await;
    shop.put("metadata/1.targets.json", old.bytes).await;
    shop.put("metadata/2.targets.json", targets.bytes).await;
    shop.put("metadata/2.snapshot.json", snapshot.bytes.clone()).await;
    shop.put("metadata/timestamp.json", publisher.timestamp(2, &snapshot)).await;
    for (name, stays) in [
        (needed.as_str(), true),
        (&left, false),
        ("metadata/1.root.json", true),
        ("metadata/1.targets.json", false),
        ("metadata/2.targets.json", true),
        ("metadata/2.snapshot.json", true),
        ("metadata/timestamp.json", true),
    ] {
        assert_eq!(shop.send("DELETE", name, Vec::new()).await.status, 204);
        assert_eq!(shop.is_there(name).await, stays, "{name}");
        assert_eq!(shop.noted().await, 0);
    }
    drop(shop.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_from_before_scopes_of_delete_still_delete() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", dir.path().join("old.db").display());
    let old = sqlx::SqlitePool::connect(&url).await.unwrap();
    let tables = include_str!("../../migrations/sqlite/1_tables.sql");
    sqlx::raw_sql(tables).execute(&old).await.unwrap();
    let insert = "INSERT INTO api_keys (id, digest, name, catalog, scopes, created_ms) VALUES \
                  ('a', x'00', '', 'shop', 'publish', 1), ('b', x'00', '', 'shop', 'report', 1)";
    sqlx::raw_sql(insert).execute(&old).await.unwrap();
    sqlx::raw_sql(include_str!("../../migrations/sqlite/3_keys.sql")).execute(&old).await.unwrap();
    let scopes: Vec<String> =
        sqlx::query_scalar("SELECT scopes FROM api_keys ORDER BY id").fetch_all(&old).await.unwrap();
    assert_eq!(scopes, ["publish,delete", "report"]);
}
