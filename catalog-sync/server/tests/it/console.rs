//! The console's routes on both databases. A script stands in for the program that builds, so that a test decides how
//! a build goes; the real program is tested with the command line.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use knytt_server::{Config, Settings};
use serde_json::{Value, json};

use crate::accounts::{House, Someone};
use crate::fixture::{Answer, Backend, Kind, Publisher, Records, build, settings, until};

/// Copies a catalogue that is there into the folder after `--catalog`, and does what the feed says: `wait`, `fail`.
const SCRIPT: &str = r#"#!/bin/sh
if [ "$1" = publish ]; then
  echo "$@" >> MADE/asked
  case "$*" in
    *--refresh*) echo '{"refreshed":{"release":4,"targets":false,"snapshot":true}}' ;;
    *) echo '{"published":{"release":4,"products":90}}' ;;
  esac
  exit 0
fi
feed=$2; folder=$4
echo '{"step":"reading","done":0,"of":0}' >&2
echo 'note: a line for people' >&2
case $(head -n 1 "$feed") in
  wait) echo '{"step":"pictures","done":3,"of":90}' >&2; cat >/dev/null; exit 130 ;;
  fail) echo 'error: the model is damaged' >&2; echo 'hint: get it again' >&2; exit 1 ;;
  less) echo '{"refused":"would-delete","would_delete":60,"products":90}'; exit 1 ;;
esac
mkdir -p "$folder" && cp MADE/data.mdb MADE/knytt.json "$folder" || exit 1
echo '{"catalog":"/where/it/lies","products":90,"added":90}'
"#;

/// A backend whose builds are the script's.
struct Shop {
    house: House,
    admin: Someone,
    folder: tempfile::TempDir,
}

impl Shop {
    async fn open(kind: Kind) -> Self {
        Self::with(kind, |settings| settings).await
    }

    async fn with(kind: Kind, change: impl FnOnce(Settings) -> Settings) -> Self {
        let (records, folder) = (Records::start(kind), tempfile::tempdir().unwrap());
        let made = folder.path().join("made");
        build(&made);
        let program = folder.path().join("program");
        fs_err::write(&program, SCRIPT.replace("MADE", made.to_str().unwrap())).unwrap();
        fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut config = Config::new(change(settings(&records, folder.path()))).unwrap();
        config.console.program = Some(program);
        config.console.local_network = true;
        let backend = Backend::start_with(config).await;
        let house = House::of(backend, records);
        let admin = house.admin().await;
        let shop = Self { house, admin, folder };
        let made =
            shop.send("POST", "/api/v1/admin/catalogs", &json!({ "id": "garments", "title": "Ours" })).await;
        assert_eq!(made.status, 201, "{made:?}");
        shop
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.house.send(method, path, &self.admin.access, body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.send("GET", path, &Value::Null).await.json()
    }

    /// Uploads a feed; returns the job's id.
    async fn upload(&self, feed: &'static str) -> String {
        let path = "/api/v1/admin/catalogs/garments/feed";
        let request = self.house.backend.request("POST", path).bearer_auth(&self.admin.access);
        let answer = Answer::of(request.body(feed).send().await.unwrap()).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        let job: Value = serde_json::from_slice(&answer.body).unwrap();
        job["id"].as_str().unwrap().to_owned()
    }

    /// The job, once it is in this state.
    async fn job_in(&self, id: &str, state: &str) -> Value {
        let path = format!("/api/v1/admin/jobs/{id}");
        until(state, async || self.get(&path).await["state"] == state).await;
        self.get(&path).await
    }
}

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_without_the_files_names_the_other_one_and_serves_what_it_can() {
    for kind in BOTH {
        let (shop, data) = (Shop::open(kind).await, tempfile::tempdir().unwrap());
        let other = Backend::start(settings(&shop.house.records, data.path())).await;
        let (garments, rules) = ("/api/v1/admin/catalogs/garments", json!({ "document": { "version": 1 } }));
        for (method, path, body, status, code) in [
            ("POST", "/feed", json!({}), 421, Some("elsewhere")),
            ("PUT", "/options", json!({}), 421, Some("elsewhere")),
            ("POST", "/rules/preview", rules.clone(), 421, Some("elsewhere")),
            ("GET", "/rules/products?q=dress", Value::Null, 421, Some("elsewhere")),
            // A draft is a row of the database, which both have.
            ("PUT", "/rules/draft", rules, 200, None),
            ("GET", "/releases", Value::Null, 200, None),
        ] {
            let request = other.request(method, &format!("{garments}{path}")).bearer_auth(&shop.admin.access);
            let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
            let answer = Answer::of(request.send().await.unwrap()).await;
            let found = (answer.status, answer.code_or_none());
            assert_eq!(found, (status, code.map(str::to_owned)), "{method} {path}: {answer:?}");
        }
        // Where the files are, nothing was built yet.
        let preview = json!({ "document": { "version": 1 } });
        let here = shop.send("POST", &format!("{garments}/rules/preview"), &preview).await;
        assert_eq!((here.status, here.code().as_str()), (409, "not_searched"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_becomes_a_catalogue_that_is_searched() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        assert_eq!(shop.get("/api/v1/admin/catalogs/garments").await["state"], "empty");
        let job = shop.job_in(&shop.upload("products").await, "done").await;
        assert_eq!(
            (&job["output"]["report"]["products"], &job["attempts"]),
            (&json!(90), &json!(1)),
            "{job}"
        );
        assert!(!job.to_string().contains("where/it/lies"), "{job}");
        let lines = shop.get(&format!("/api/v1/admin/jobs/{}/lines", job["id"].as_str().unwrap())).await;
        assert_eq!(lines[0]["text"], "note: a line for people", "{lines}");
        let searched = async || shop.get("/api/v1/admin/catalogs/garments").await["products"] == 90;
        until("it is searched", searched).await;
        let found = shop.send("POST", "/api/v1/search", &json!({ "text": "dress" })).await;
        assert_eq!(found.status, 200, "{found:?}");
        let entry = &shop.get("/api/v1/admin/catalogs").await[0];
        assert_eq!((&entry["state"], &entry["title"]), (&json!("ready"), &json!("Ours")), "{entry}");
        let difference = shop.get("/api/v1/admin/catalogs/garments/difference").await;
        assert_eq!((&difference["new"], &difference["gone"]), (&json!(90), &json!(0)), "{difference}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_fails_or_is_cancelled_changes_nothing() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let failed = shop.job_in(&shop.upload("fail").await, "failed").await;
        assert_eq!(failed["error"], "the model is damaged; get it again", "{failed}");
        let less = shop.job_in(&shop.upload("less").await, "failed").await;
        assert_eq!(less["errorCode"], "would_delete", "{less}");
        let running = shop.upload("wait").await;
        let path = format!("/api/v1/admin/jobs/{running}");
        until("it embeds", async || shop.get(&path).await["progress"]["of"] == 90).await;
        // A second feed waits behind it, and a fifth is one too many.
        let waiting = shop.upload("wait").await;
        assert_eq!(shop.get(&format!("/api/v1/admin/jobs/{waiting}")).await["state"], "waiting");
        for id in [&waiting, &running] {
            let cancelled = shop.send("POST", &format!("/api/v1/admin/jobs/{id}/cancel"), &Value::Null).await;
            assert_eq!(cancelled.status, 202, "{cancelled:?}");
            shop.job_in(id, "cancelled").await;
        }
        let again = shop.send("POST", &format!("{path}/cancel"), &Value::Null).await;
        assert_eq!((again.status, again.code().as_str()), (409, "has_ended"));
        assert_eq!(shop.get("/api/v1/admin/catalogs/garments").await["state"], "empty");
        let served = shop.folder.path().join("console/catalogs/garments/served");
        assert!(!served.join("current").exists());
        let listed = shop.get("/api/v1/admin/jobs?catalog=garments").await;
        assert_eq!(listed.as_array().unwrap().len(), 4);
        shop.job_in(&shop.upload("products").await, "done").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused() {
    let shop =
        Shop::with(Kind::Sqlite, |settings| Settings { max_feed_bytes: Some(1_000), ..settings }).await;
    for (method, path, body, status, code) in [
        ("POST", "/api/v1/admin/catalogs", json!({ "id": "garments" }), 409, "already_there"),
        ("POST", "/api/v1/admin/catalogs", json!({ "id": "../up" }), 400, "bad_request"),
        ("POST", "/api/v1/admin/catalogs", json!({ "id": "Upper" }), 400, "bad_request"),
        (
            "POST",
            "/api/v1/admin/catalogs",
            json!({ "id": "a", "options": { "format": "--x" } }),
            400,
            "bad_request",
        ),
        ("GET", "/api/v1/admin/catalogs/nothing", Value::Null, 404, "not_found"),
        ("GET", "/api/v1/admin/catalogs/garments/difference", Value::Null, 409, "nothing_built"),
        (
            "POST",
            "/api/v1/admin/catalogs/garments/publish",
            json!({ "passphrase": "0123456789" }),
            409,
            "nothing_built",
        ),
        ("POST", "/api/v1/admin/catalogs/garments/fetch", Value::Null, 409, "no_source"),
        (
            "PUT",
            "/api/v1/admin/catalogs/garments/source",
            json!({ "url": "https://x.test/a" }),
            400,
            "address_refused",
        ),
        ("PUT", "/api/v1/admin/catalogs/garments/options", json!({ "currency": "EURO" }), 400, "bad_request"),
        ("GET", "/api/v1/admin/jobs/nothing", Value::Null, 404, "not_found"),
        ("GET", "/api/v1/admin/jobs/nothing/problems", Value::Null, 404, "not_found"),
    ] {
        let answer = shop.send(method, path, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path} {body}");
    }
    for (feed, status) in [(vec![b'x'; 1_001], 413), (Vec::new(), 400)] {
        let path = "/api/v1/admin/catalogs/garments/feed";
        let request = shop.house.backend.request("POST", path).bearer_auth(&shop.admin.access);
        assert_eq!(Answer::of(request.body(feed).send().await.unwrap()).await.status, status);
    }
    let left = fs_err::read_dir(shop.folder.path().join("console/catalogs/garments/feeds")).unwrap().count();
    assert_eq!(left, 0, "what was refused is not kept");
}

/// A server that has one feed, and counts how often it was sent.
async fn serve_feed(folder: &Path) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = folder.join("sent");
    let answer = async move |asked: HeaderMap| {
        let is_known = asked.get(header::IF_NONE_MATCH).is_some_and(|tag| tag == "\"1\"");
        let sent = fs_err::read(&count).unwrap_or_default().len();
        if is_known {
            return (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"1\"")], "");
        }
        fs_err::write(&count, vec![b'x'; sent + 1]).unwrap();
        (StatusCode::OK, [(header::ETAG, "\"1\"")], "products")
    };
    let routes = Router::new().route("/feed.csv", get(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://localhost:{port}/feed.csv")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_fetched_from_its_address_when_it_is_another() {
    for kind in BOTH {
        let shop =
            Shop::with(kind, |settings| Settings { feed_hosts: Some(vec!["localhost".into()]), ..settings })
                .await;
        let url = serve_feed(shop.folder.path()).await;
        let source = "/api/v1/admin/catalogs/garments/source";
        let set = shop.send("PUT", source, &json!({ "url": url, "everyMinutes": 5 })).await;
        assert_eq!(set.status, 204, "{set:?}");
        // The schedule begins at once.
        let jobs = "/api/v1/admin/jobs?catalog=garments";
        until("it was read", async || shop.get(jobs).await[0]["state"] == "done").await;
        let first = &shop.get(jobs).await[0];
        assert_eq!(
            (&first["actor"], &first["output"]["report"]["products"]),
            (&json!("schedule"), &json!(90))
        );
        // Due again: its server says that it is as before, and nothing is built.
        let due = sqlx::query("UPDATE made_catalogs SET feed_due_ms = 1");
        due.execute(&shop.house.pool().await).await.unwrap();
        until("it was asked again", async || {
            let newest = shop.get(jobs).await;
            newest.as_array().unwrap().len() == 2 && newest[0]["output"]["unchanged"] == true
        })
        .await;
        assert_eq!(fs_err::read(shop.folder.path().join("sent")).unwrap().len(), 1);
        let removed = shop.send("DELETE", source, &Value::Null).await;
        assert_eq!(removed.status, 204);
        assert_eq!(shop.get("/api/v1/admin/catalogs/garments").await["source"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_sees_no_keys_and_a_merchandiser_publishes_nothing() {
    let shop = Shop::open(Kind::Sqlite).await;
    for role in ["analyst", "merchandiser", "publisher"] {
        let someone = shop.house.newcomer(&format!("{role}@shop.example")).await;
        let path = format!("/api/v1/admin/users/{}", someone.id);
        assert_eq!(shop.send("PATCH", &path, &json!({ "role": role })).await.status, 200);
        let entry =
            shop.house.send("GET", "/api/v1/admin/catalogs/garments", &someone.access, &Value::Null).await;
        assert_eq!(entry.json().get("hasKeys").is_some(), role == "publisher", "{role}");
        let keys = shop.house.send("GET", "/api/v1/admin/keys", &someone.access, &Value::Null).await;
        assert_eq!(keys.status, 403, "{role}");
        let path = "/api/v1/admin/catalogs/garments/publish";
        let asked = json!({ "passphrase": "0123456789" });
        let published = shop.house.send("POST", path, &someone.access, &asked).await;
        assert_eq!(published.status, if role == "publisher" { 409 } else { 403 }, "{role}");
    }
}

/// Puts a release of the catalogue into the object store, signed until tomorrow.
fn published(data: &Path) {
    let (publisher, folder) = (Publisher::new(), data.join("objects/garments/metadata"));
    std::fs::create_dir_all(&folder).unwrap();
    let targets = publisher.targets(1, &[]);
    let snapshot = publisher.snapshot(1, &targets);
    for (name, bytes) in [
        ("1.root.json", publisher.root(1, &[])),
        ("1.targets.json", targets.bytes.clone()),
        ("1.snapshot.json", snapshot.bytes.clone()),
        ("timestamp.json", publisher.timestamp(1, &snapshot)),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_names_this_server_and_is_signed_anew() {
    for kind in BOTH {
        let shop = Shop::with(kind, |settings| Settings {
            public_url: Some("https://shop.example".into()),
            ..settings
        })
        .await;
        let catalog = "/api/v1/admin/catalogs/garments";
        shop.job_in(&shop.upload("products").await, "done").await;
        std::fs::create_dir_all(shop.folder.path().join("console/catalogs/garments/keys")).unwrap();
        let asked = json!({ "passphrase": "open the shop" });
        let nothing = shop.send("POST", &format!("{catalog}/refresh"), &asked).await;
        assert_eq!((nothing.status, nothing.code().as_str()), (404, "not_found"), "nothing is published");
        published(shop.folder.path());
        let mut jobs = Vec::new();
        for path in ["publish", "publish", "refresh"] {
            let job = shop.send("POST", &format!("{catalog}/{path}"), &asked).await;
            assert_eq!(job.status, 202, "{job:?}");
            let job: Value = serde_json::from_slice(&job.body).unwrap();
            jobs.push(shop.job_in(job["id"].as_str().unwrap(), "done").await);
        }
        assert_eq!((&jobs[2]["kind"], &jobs[2]["output"]["release"]), (&json!("refresh"), &json!(4)));
        let said = std::fs::read_to_string(shop.folder.path().join("made/asked")).unwrap();
        let said: Vec<&str> = said.lines().collect();
        assert!(said[0].contains("--events=https://shop.example/v1/events"), "{said:?}");
        assert!(said[2].starts_with("publish --refresh --keys "), "{said:?}");
        let key = |line: &str| {
            let key = line.split_whitespace().find_map(|word| word.strip_prefix("--ingest-key="));
            key.unwrap().to_owned()
        };
        assert!(key(said[0]).len() >= 16, "{said:?}");
        let entry = shop.get(catalog).await;
        let day_ms = entry["acceptedUntilMs"].as_i64().unwrap() - entry["job"]["endedMs"].as_i64().unwrap();
        assert!((0..=86_400_000).contains(&day_ms), "{entry}");
        assert_eq!(entry["signsAnew"], false, "no passphrase stands in a file");
    }
}
