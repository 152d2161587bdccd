//! What those who run the backend see of it.

use knytt_server::Settings;
use knytt_wire::Action;

use crate::fixture::{Answer, Backend, Kind, Records, Shopper, batch_json, free_port, item, settings, until};

fn view() -> Vec<u8> {
    batch_json(vec![Shopper::at("shop", 1).does(Action::ViewItem(item("a", None)))])
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_which_dependency_is_away() {
    let (records, data) = (Records::start(Kind::Postgres), tempfile::tempdir().unwrap());
    let away = format!("nats://127.0.0.1:{}", free_port());
    let events = Some(vec![away.as_str().into()]);
    let backend = Backend::start(Settings { events, ..settings(&records, data.path()) }).await;
    assert_eq!(backend.get("/health/live").await.status, 200);
    let ready = backend.get("/health/ready").await;
    let health: serde_json::Value = serde_json::from_slice(&ready.body).unwrap();
    assert_eq!((ready.status, &health["status"]), (200, &"degraded".into()), "NATS may be away: {health}");
    let ok = |health: &serde_json::Value, name: &str| {
        let checks = health["checks"].as_array().unwrap().clone();
        checks.iter().find(|check| check["name"] == name).unwrap()["ok"].as_bool().unwrap()
    };
    assert!(ok(&health, "database") && ok(&health, "objects") && !ok(&health, "events"), "{health}");

    drop(records);
    until("the database is seen to be away", async || {
        let ready = backend.get("/health/ready").await;
        let health: serde_json::Value = serde_json::from_slice(&ready.body).unwrap();
        ready.status == 503 && !ok(&health, "database")
    })
    .await;
    assert_eq!(backend.get("/health/live").await.status, 200);
    let refused = backend.events("k", view()).await;
    assert_eq!((refused.status, refused.code()), (503, "database_unavailable".into()));
    assert!(!String::from_utf8_lossy(&refused.body).contains("127.0.0.1"), "details are for the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_their_names() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    backend.events("k", view()).await.outcome();
    backend.events("l", "no").await;
    let page = backend.get("/metrics").await;
    let text = String::from_utf8(page.body).unwrap();
    for line in [
        "knytt_events_total{outcome=\"accepted\"} 1",
        "knytt_events_commit_seconds_count 1",
        "knytt_http_request_seconds_count{method=\"POST\",route=\"/v1/events\",status=\"200\"} 1",
        "knytt_http_request_seconds_count{method=\"POST\",route=\"/v1/events\",status=\"400\"} 1",
        "# TYPE knytt_http_request_seconds histogram",
        "knytt_events_published_total 0",
    ] {
        assert!(text.contains(line), "no {line} in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_id_of_its_request() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    let asked = async |id: &str| {
        let request = backend.request("GET", "/nowhere").header("X-Request-Id", id);
        Answer::of(request.send().await.unwrap()).await
    };
    let given = asked("trace-7").await;
    assert_eq!((given.header("x-request-id"), given.code()), ("trace-7", "not_found".into()));
    let odd = asked("a b\"c").await;
    assert_ne!(odd.header("x-request-id"), "a b\"c");
    assert_eq!(odd.header("x-request-id").len(), 36);
    let method = Answer::of(backend.request("PATCH", "/v1/events").send().await.unwrap()).await;
    assert_eq!((method.status, method.code()), (405, "method_not_allowed".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_may_read_releases_and_nothing_else() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    let path = "/v1/catalogs/shop/metadata/timestamp.json";
    let get = backend.request("GET", path).header("Origin", "https://shop.example");
    let get = Answer::of(get.send().await.unwrap()).await;
    assert_eq!(get.header("access-control-allow-origin"), "*");
    let preflight = backend.request("OPTIONS", path).header("Origin", "https://shop.example");
    let preflight = preflight.header("Access-Control-Request-Method", "PUT");
    let preflight = Answer::of(preflight.send().await.unwrap()).await;
    assert!(!preflight.header("access-control-allow-methods").contains("PUT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_finished_before_the_end() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    backend.get("/health/live").await;
    let body = view();
    let (half, rest) = body.split_at(20);
    let (half, rest) = (half.to_vec(), rest.to_vec());
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let pieces = futures::stream::once(async move { Ok::<_, std::io::Error>(half) });
    let pieces = futures::StreamExt::chain(
        pieces,
        futures::stream::once(async move {
            gone.await.unwrap();
            Ok(rest)
        }),
    );
    let request = backend.request("POST", "/v1/events").header("Idempotency-Key", "k");
    let request = request.body(reqwest::Body::wrap_stream(pieces));
    let answer = tokio::spawn(async move { Answer::of(request.send().await.unwrap()).await });
    // The request is there when the metrics' page has waited behind it; there is no sign of it to look for.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let url = backend.url.clone();
    let stop = tokio::spawn(backend.stop());
    let http = crate::fixture::client();
    until("new connections are refused", async || http.get(&url).send().await.is_err()).await;
    go.send(()).unwrap();
    assert_eq!(answer.await.unwrap().outcome().accepted, 1);
    stop.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_spoken_with_a_certificate() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (cert, key) = (data.path().join("cert.pem"), data.path().join("key.pem"));
    fs_err::write(&cert, made.cert.pem()).unwrap();
    fs_err::write(&key, made.signing_key.serialize_pem()).unwrap();
    let secure = Settings { tls_cert: Some(cert), tls_key: Some(key), ..settings(&records, data.path()) };
    let backend = Backend::start(secure).await;
    let root = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
    until("it answers", async || http.get(format!("{}/health/live", backend.url)).send().await.is_ok()).await;
    let plain = backend.url.replace("https", "http");
    assert!(crate::fixture::client().get(plain).send().await.is_err());
    let stranger = crate::fixture::client().get(format!("{}/health/live", backend.url)).send().await;
    assert!(stranger.is_err(), "a certificate that nobody vouches for");
    let live = http.get(format!("{}/health/live", backend.url)).send().await.unwrap();
    assert_eq!(live.headers()["strict-transport-security"], "max-age=31536000");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_may_have_a_listener_of_their_own() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let port = free_port();
    let apart =
        Settings { metrics_listen: Some(([127, 0, 0, 1], port).into()), ..settings(&records, data.path()) };
    let backend = Backend::start(apart).await;
    assert_eq!(backend.get("/metrics").await.code(), "not_found");
    let http = crate::fixture::client();
    let page = http.get(format!("http://127.0.0.1:{port}/metrics")).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("knytt_http_request_seconds"));
    let other = http.get(format!("http://127.0.0.1:{port}/v1/report")).send().await.unwrap();
    assert_eq!(other.status(), 404);
    backend.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_waits_for_its_database_and_says_so() {
    let data = tempfile::tempdir().unwrap();
    let away = format!("postgres://knytt:hush@127.0.0.1:{}/knytt", free_port());
    let settings = Settings {
        data: Some(data.path().into()),
        database: Some(away.as_str().into()),
        database_wait_secs: Some(1),
        ..Settings::default()
    };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let config = knytt_server::Config::new(settings).unwrap();
    let error = knytt_server::run(listener, config, std::future::pending()).await.unwrap_err().to_string();
    assert!(error.contains("no database answered") && error.contains("refused"), "{error}");
    assert!(!error.contains("hush"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_the_database_may_stand_in_a_file() {
    let (records, data) = (Records::start(Kind::Postgres), tempfile::tempdir().unwrap());
    let file = data.path().join("database");
    fs_err::write(&file, format!("{}\n", records.url())).unwrap();
    let hidden = Settings { database: None, database_file: Some(file), ..settings(&records, data.path()) };
    let backend = Backend::start(hidden).await;
    assert_eq!(backend.events("k", view()).await.outcome().accepted, 1);
    assert!(!data.path().join("knytt.db").exists());
}

#[test]
fn settings_that_cannot_serve_are_refused_at_the_start() {
    let data = tempfile::tempdir().unwrap();
    let base = || Settings { data: Some(data.path().into()), ..Settings::default() };
    for (wrong, name) in [
        (Settings { request_timeout_secs: Some(0), ..base() }, "--request-timeout-secs"),
        (Settings { header_timeout_secs: Some(0), ..base() }, "--header-timeout-secs"),
        (Settings { max_connections: Some(0), ..base() }, "--max-connections"),
        (Settings { cors_origins: Some(vec!["shop.example".into()]), ..base() }, "--cors-origins"),
        (Settings { cors_origins: Some(vec!["https://shop.example/".into()]), ..base() }, "--cors-origins"),
    ] {
        let error = knytt_server::Config::new(wrong).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}
