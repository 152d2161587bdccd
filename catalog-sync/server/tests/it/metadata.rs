//! Whoever has an API key, and not the keys that sign releases, stores nothing that devices would refuse.

use jiff::{Timestamp, ToSpan};
use knytt_server::{Filter, Scope, report};
use knytt_wire::Action;
use sha2::{Digest, Sha256};

use crate::fixture::{
    Answer, Backend, Kind, Publisher, Records, Shopper, batch_json, client, item, settings, until,
};

struct Shop {
    backend: Backend,
    key: String,
    publisher: Publisher,
    records: Records,
    _data: tempfile::TempDir,
}

impl Shop {
    /// A shop with one release of one file.
    async fn open() -> Self {
        let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
        let backend = Backend::start(settings(&records, data.path())).await;
        let key = records.key("shop", Scope::Publish).await;
        let shop = Self { backend, key, publisher: Publisher::new(), records, _data: data };
        assert_eq!(shop.put("1.root.json", shop.publisher.root(1, &[])).await.status, 201);
        shop.put_target(b"a pack").await;
        assert_eq!(shop.release(5, 5).await.status, 201);
        shop
    }

    async fn put_target(&self, body: &'static [u8]) {
        self.put_named("pack", body).await;
    }

    async fn put_named(&self, name: &str, body: &'static [u8]) {
        let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let path = format!("/v1/catalogs/shop/targets/{hash}.{name}");
        let put = self.backend.request("PUT", &path).bearer_auth(&self.key).body(body);
        assert_eq!(put.send().await.unwrap().status(), 201);
    }

    async fn get(&self, name: &str) -> Answer {
        self.backend.get(&format!("/v1/catalogs/shop/metadata/{name}")).await
    }

    async fn put(&self, name: &str, body: impl Into<reqwest::Body>) -> Answer {
        let path = format!("/v1/catalogs/shop/metadata/{name}");
        let mut request = self.backend.request("PUT", &path).bearer_auth(&self.key).body(body);
        if name == "timestamp.json" {
            let present = self.get(name).await;
            request = match present.status {
                200 => request.header("If-Match", present.header("etag")),
                _ => request.header("If-None-Match", "*"),
            };
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Publishes metadata of one version over the one file. Returns the answer to its timestamp.
    async fn release(&self, version: u64, timestamp: u64) -> Answer {
        self.release_of(version, timestamp, &[("pack", b"a pack")]).await
    }

    async fn release_of(&self, version: u64, timestamp: u64, files: &[(&str, &[u8])]) -> Answer {
        let targets = self.publisher.targets(version, files);
        let snapshot = self.publisher.snapshot(version, &targets);
        self.put(&format!("{version}.targets.json"), targets.bytes).await;
        self.put(&format!("{version}.snapshot.json"), snapshot.bytes.clone()).await;
        self.put("timestamp.json", self.publisher.timestamp(timestamp, &snapshot)).await
    }

    async fn refuses(&self, name: &str, body: impl Into<reqwest::Body>, code: &str) {
        let before = self.get(name).await;
        let answer = self.put(name, body).await;
        assert_eq!((answer.status, answer.code()), (422, code.to_owned()), "{name}");
        assert_eq!(answer.header("cache-control"), "no-store");
        let after = self.get(name).await;
        assert_eq!((after.status, after.body.len()), (before.status, before.body.len()), "{name}");
        assert!(!after.header("cache-control").contains("immutable") || after.status == 200, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_the_one_before_did_not_sign_is_refused() {
    let shop = Shop::open().await;
    let stranger = Publisher::new();
    shop.refuses("2.root.json", "garbage", "metadata_unverified").await;
    shop.refuses("2.root.json", stranger.root(2, &[]), "metadata_unverified").await;
    shop.refuses("3.root.json", shop.publisher.root(3, &[]), "metadata_unverified").await;
    shop.refuses("2.root.json", shop.publisher.root(3, &[]), "metadata_unverified").await;
    // Its own keys have to sign it, too.
    let mut unsigned: serde_json::Value =
        serde_json::from_slice(&stranger.root(2, &[&shop.publisher])).unwrap();
    unsigned["signatures"].as_array_mut().unwrap().remove(0);
    shop.refuses("2.root.json", unsigned.to_string(), "metadata_unverified").await;
    // The backend may end the connection before all of it is sent.
    let url = format!("{}/v1/catalogs/shop/metadata/2.root.json", shop.backend.url);
    let bomb = client().put(url).bearer_auth(&shop.key).body(vec![b'['; 300 << 10]).send().await;
    if let Ok(answer) = bomb {
        let answer = Answer::of(answer).await;
        assert_eq!((answer.status, answer.code()), (413, "body_too_large".into()));
    }
    shop.refuses("2.root.json", vec![b'['; 200 << 10], "metadata_unverified").await;
    let missing = shop.get("2.root.json").await;
    assert_eq!((missing.status, missing.header("cache-control")), (404, "public, max-age=60"));
    // The publisher's own next root, with new keys, is stored, and from then on those keys count.
    assert_eq!(shop.put("2.root.json", stranger.root(2, &[&shop.publisher])).await.status, 201);
    let targets = shop.publisher.targets(6, &[]);
    shop.refuses("6.targets.json", targets.bytes, "metadata_unverified").await;
    let (targets, newest) = (stranger.targets(1, &[]), "1.targets.json");
    assert_eq!(shop.put(newest, targets.bytes.clone()).await.status, 201, "new keys begin anew");
    let snapshot = stranger.snapshot(1, &targets);
    assert_eq!(shop.put("1.snapshot.json", snapshot.bytes.clone()).await.status, 201);
    assert_eq!(shop.put("timestamp.json", stranger.timestamp(1, &snapshot)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_only_grow() {
    let shop = Shop::open().await;
    let old = shop.publisher.targets(4, &[("pack", b"a pack")]);
    shop.refuses("4.targets.json", old.bytes.clone(), "metadata_rollback").await;
    let present = shop.publisher.targets(5, &[("pack", b"a pack")]);
    let snapshot = shop.publisher.snapshot(3, &present);
    shop.refuses("3.snapshot.json", snapshot.bytes, "metadata_rollback").await;
    let snapshot = shop.publisher.snapshot(5, &present);
    shop.refuses("timestamp.json", shop.publisher.timestamp(4, &snapshot), "metadata_rollback").await;
    shop.refuses("timestamp.json", shop.publisher.timestamp(5, &snapshot), "metadata_rollback").await;
    assert_eq!(shop.put("timestamp.json", shop.publisher.timestamp(6, &snapshot)).await.status, 200);
    // The same bytes again are no rollback: an answer may have been lost.
    assert_eq!(shop.put("5.targets.json", present.bytes).await.status, 200);
    assert_eq!(shop.release(7, 7).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_that_does_not_verify_is_refused() {
    let mut shop = Shop::open().await;
    let stranger = Publisher::new();
    let one = [("pack", &b"a pack"[..])];
    shop.refuses("6.targets.json", "{}", "metadata_unverified").await;
    shop.refuses("6.targets.json", stranger.targets(6, &one).bytes, "metadata_unverified").await;
    shop.refuses("6.targets.json", shop.publisher.targets(7, &one).bytes, "metadata_unverified").await;
    // A file that is not there, and one of another length under the same hash.
    let other = shop.publisher.targets(6, &[("pack", b"another pack")]);
    shop.refuses("6.targets.json", other.bytes.clone(), "metadata_unverified").await;
    shop.refuses("6.snapshot.json", shop.publisher.snapshot(6, &other).bytes, "metadata_unverified").await;
    let targets = shop.publisher.targets(6, &one);
    assert_eq!(shop.put("6.targets.json", targets.bytes.clone()).await.status, 201);
    shop.refuses("6.snapshot.json", stranger.snapshot(6, &targets).bytes, "metadata_unverified").await;
    let snapshot = shop.publisher.snapshot(6, &targets);
    shop.refuses("timestamp.json", shop.publisher.timestamp(6, &snapshot), "metadata_unverified").await;
    assert_eq!(shop.put("6.snapshot.json", snapshot.bytes.clone()).await.status, 201);
    shop.refuses("timestamp.json", stranger.timestamp(6, &snapshot), "metadata_unverified").await;
    shop.publisher.expires = Timestamp::now() - 1.hour();
    shop.refuses("timestamp.json", shop.publisher.timestamp(6, &snapshot), "metadata_unverified").await;
    shop.publisher.expires = Timestamp::now() + 1.hour();
    assert_eq!(shop.put("timestamp.json", shop.publisher.timestamp(6, &snapshot)).await.status, 200);
}

#[tokio::test]
async fn the_ingest_key_that_a_release_names_counts_from_its_publication_on() {
    let shop = Shop::open().await;
    let release = b"{\"ingest_key\": \"0123456789abcdef\", \"and\": \"what this version does not know\"}";
    shop.put_named("release.json", release).await;
    assert_eq!(shop.release_of(6, 6, &[("release.json", release)]).await.status, 200);
    let db = shop.records.open().await;
    let bound = async || report(&db, &Filter::default()).await.unwrap().events.bound;
    let send = async |key: &str| {
        let view = Shopper::at("shop", 1).does(Action::ViewItem(item("a", None)));
        let request =
            shop.backend.request("POST", "/v1/events").header("Idempotency-Key", view.id.to_string());
        let request = request.header("Knytt-Ingest-Key", key).body(batch_json(vec![view]));
        assert_eq!(Answer::of(request.send().await.unwrap()).await.outcome().accepted, 1);
    };
    send("another-shops-key").await;
    assert_eq!(bound().await, 0);
    until("the key is known", async || {
        send("0123456789abcdef").await;
        bound().await > 0
    })
    .await;
}
