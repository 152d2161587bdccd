//! Releases: read in ranges and conditionally, written once, replaced by comparison.

use knytt_server::Scope;
use sha2::{Digest, Sha256};

use crate::fixture::{Answer, Backend, Kind, Publisher, Records, settings};

struct Shop {
    backend: Backend,
    other: Backend,
    key: String,
    records: Records,
    data: tempfile::TempDir,
}

impl Shop {
    /// Two replicas on one database and one folder.
    async fn open(kind: Kind) -> Self {
        let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
        let backend = Backend::start(settings(&records, data.path())).await;
        let other = Backend::start(settings(&records, data.path())).await;
        let key = records.key("shop", Scope::Publish).await;
        Self { backend, other, key, records, data }
    }

    async fn put(&self, name: &str, body: impl Into<reqwest::Body>, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.backend.request("PUT", &path(name)).bearer_auth(&self.key).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    async fn get(&self, name: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.other.request("GET", &path(name));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Files under the folder of targets, with unfinished ones.
    fn files(&self) -> usize {
        fs_err::read_dir(self.data.path().join("objects/shop/targets")).map_or(0, Iterator::count)
    }
}

fn path(name: &str) -> String {
    format!("/v1/catalogs/shop/{name}")
}

fn named(body: &[u8]) -> String {
    let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("targets/{hash}.pack.parquet")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_goes_in_whole_and_comes_out_in_ranges() {
    let shop = Shop::open(Kind::Sqlite).await;
    // Above and below what is written in one piece.
    for size in [0usize, 1_000, 20 << 20] {
        let body: Vec<u8> = (0..size).map(|i| ((i * i) >> 7) as u8).collect();
        let name = named(&body);
        assert_eq!(shop.put(&name, body.clone(), &[]).await.status, 201, "{size}");
        assert_eq!(shop.put(&name, body.clone(), &[]).await.status, 200, "again");
        let whole = shop.get(&name, &[]).await;
        assert_eq!((whole.status, whole.body.len()), (200, size));
        assert!(whole.body == body);
        assert_eq!(whole.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(whole.header("content-type"), "application/octet-stream");
    }
    let body: Vec<u8> = (0..1_000u32).map(|i| (i % 251) as u8).collect();
    let name = named(&body);
    shop.put(&name, body.clone(), &[]).await;
    let part = shop.get(&name, &[("Range", "bytes=100-199")]).await;
    assert_eq!((part.status, part.header("content-range")), (206, "bytes 100-199/1000"));
    assert_eq!((part.header("content-length"), &part.body[..]), ("100", &body[100..200]));
    let beyond = shop.get(&name, &[("Range", "bytes=1000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */1000"));
    let tag = part.header("etag");
    let resumed = shop.get(&name, &[("Range", "bytes=990-"), ("If-Range", tag)]).await;
    assert_eq!((resumed.status, resumed.body.len()), (206, 10));
    let changed = shop.get(&name, &[("Range", "bytes=990-"), ("If-Range", "\"other\"")]).await;
    assert_eq!((changed.status, changed.body.len()), (200, 1_000));
    let same = shop.get(&name, &[("If-None-Match", &format!("\"x\", W/{tag}"))]).await;
    assert_eq!((same.status, same.header("etag"), same.body.len()), (304, tag, 0));
    let head = Answer::of(shop.other.request("HEAD", &path(&name)).send().await.unwrap()).await;
    assert_eq!((head.status, head.header("content-length"), head.header("etag")), (200, "1000", tag));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_with_another_hash_leaves_nothing() {
    let shop = Shop::open(Kind::Sqlite).await;
    for size in [10, 20 << 20] {
        let body = vec![7; size];
        let name = named(b"something else");
        let answer = shop.put(&name, body, &[]).await;
        assert_eq!((answer.status, answer.code()), (422, "hash_differs".into()));
        assert_eq!(shop.get(&name, &[]).await.status, 404);
    }
    // Half a body, then the connection ends.
    let half: Vec<Result<Vec<u8>, std::io::Error>> =
        vec![Ok(vec![1; 12 << 20]), Err(std::io::Error::other("the cable"))];
    let request = shop.backend.request("PUT", &path(&named(b"half"))).bearer_auth(&shop.key);
    let request = request.body(reqwest::Body::wrap_stream(futures::stream::iter(half)));
    assert!(request.send().await.is_err());
    crate::fixture::until("no file is left", || async { shop.files() == 0 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_written_once() {
    let shop = Shop::open(Kind::Sqlite).await;
    let publisher = Publisher::new();
    shop.put("metadata/1.root.json", publisher.root(1, &[]), &[]).await;
    let targets = publisher.targets(2, &[]).bytes;
    assert_eq!(shop.put("metadata/2.targets.json", targets.clone(), &[]).await.status, 201);
    assert_eq!(shop.put("metadata/2.targets.json", targets.clone(), &[]).await.status, 200);
    let other = shop.put("metadata/2.targets.json", "{\"v\":3}", &[]).await;
    assert_eq!((other.status, other.code()), (409, "version_exists".into()));
    let read = shop.get("metadata/2.targets.json", &[]).await;
    assert_eq!((&read.body[..], read.header("content-type")), (&targets[..], "application/json"));
    let missing = shop.get("metadata/3.root.json", &[]).await;
    assert_eq!((missing.status, missing.header("cache-control")), (404, "public, max-age=60"));
    assert_eq!(missing.code(), "not_found");

    let delete = async |key: &str| {
        let delete = shop.backend.request("DELETE", &path("metadata/2.targets.json")).bearer_auth(key);
        Answer::of(delete.send().await.unwrap()).await
    };
    let refused = delete(&shop.key).await;
    assert_eq!((refused.status, refused.code()), (403, "key_not_allowed".into()), "publish is not delete");
    assert_eq!(delete(&shop.records.key("shop", Scope::Delete).await).await.status, 204);
    assert_eq!(shop.get("metadata/2.targets.json", &[]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_of_two_publishers_replaces_the_timestamp_on_sqlite() {
    one_of_two_publishers(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_of_two_publishers_replaces_the_timestamp_on_postgres() {
    one_of_two_publishers(Kind::Postgres).await;
}

async fn one_of_two_publishers(kind: Kind) {
    let shop = Shop::open(kind).await;
    let publisher = Publisher::new();
    let targets = publisher.targets(1, &[]);
    let snapshot = publisher.snapshot(1, &targets);
    for (name, body) in [
        ("metadata/1.root.json", publisher.root(1, &[])),
        ("metadata/1.targets.json", targets.bytes.clone()),
        ("metadata/1.snapshot.json", snapshot.bytes.clone()),
    ] {
        assert_eq!(shop.put(name, body, &[]).await.status, 201);
    }
    let timestamp = |version| publisher.timestamp(version, &snapshot);
    let name = "metadata/timestamp.json";
    let blind = shop.put(name, timestamp(1), &[]).await;
    assert_eq!((blind.status, blind.code()), (428, "condition_missing".into()));
    let first = shop.put(name, timestamp(1), &[("If-None-Match", "*")]).await;
    assert_eq!(first.status, 201);
    let twice = shop.put(name, timestamp(1), &[("If-None-Match", "*")]).await;
    assert_eq!((twice.status, twice.code()), (412, "overtaken".into()));
    let read = shop.get(name, &[]).await;
    assert_eq!(read.header("cache-control"), "public, max-age=60");
    assert_eq!(read.header("etag"), first.header("etag"));

    let mut tag = first.header("etag").to_owned();
    for round in 0..10 {
        let mut tasks = tokio::task::JoinSet::new();
        for racer in 0..8 {
            let replica = if racer % 2 == 0 { &shop.backend } else { &shop.other };
            let request = replica.request("PUT", &path(name)).bearer_auth(&shop.key).header("If-Match", &tag);
            let request = request.body(timestamp(10 + 10 * round + racer));
            tasks.spawn(async move { Answer::of(request.send().await.unwrap()).await });
        }
        let answers = tasks.join_all().await;
        let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
        // Who comes second is overtaken, or older than what has overtaken it.
        let lost = answers.iter().filter(|answer| matches!(answer.status, 412 | 422)).count();
        assert_eq!((won.len(), lost), (1, 7), "round {round}");
        tag = won[0].header("etag").to_owned();
        assert_eq!(shop.get(name, &[]).await.header("etag"), tag);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_key_for_the_catalogue_may_write() {
    let shop = Shop::open(Kind::Sqlite).await;
    let report = shop.records.key("shop", Scope::Report).await;
    let other = shop.records.key("other", Scope::Publish).await;
    let any = shop.records.key("*", Scope::Publish).await;
    let db = shop.records.open().await;
    let revoked = knytt_server::create_key(&db, "gone", "shop", &[Scope::Publish]).await.unwrap();
    knytt_server::revoke_key(&db, &revoked.key.id).await.unwrap();
    let mut wrong_secret = shop.key.clone();
    let last = if wrong_secret.pop() == Some('A') { 'E' } else { 'A' };
    wrong_secret.push(last);
    let root = Publisher::new().root(1, &[]);
    let put = async |key: &str, name: &str| {
        let request = shop
            .backend
            .request("PUT", &path(&format!("metadata/{name}")))
            .bearer_auth(key)
            .body(root.clone());
        Answer::of(request.send().await.unwrap()).await
    };
    for key in ["", "nonsense", "knytt_00_00", &revoked.token, &wrong_secret] {
        let answer = put(key, "1.root.json").await;
        assert_eq!((answer.status, answer.code()), (401, "key_invalid".into()), "{key}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    for key in [&report, &other] {
        let answer = put(key, "1.root.json").await;
        assert_eq!((answer.status, answer.code()), (403, "key_not_allowed".into()));
    }
    assert_eq!(put(&any, "1.root.json").await.status, 201);
    for name in ["..%2f..%2fx.json", ".hidden.json", "a%00.json", "root.txt"] {
        let answer = put(&any, name).await;
        assert_eq!((answer.status, answer.code()), (400, "name_invalid".into()), "{name}");
    }
    let unnamed = shop.put("targets/pack.parquet", "x", &[]).await;
    assert_eq!((unnamed.status, unnamed.code()), (400, "name_invalid".into()));
}
