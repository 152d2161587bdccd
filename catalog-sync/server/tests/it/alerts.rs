//! Alerts over HTTP, on both databases: rules, who is told, who may do what.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use knytt_server::{Scope, Settings};
use serde_json::{Value, json};

use crate::accounts::{House, Someone};
use crate::fixture::{Answer, Kind, until};

type Told = Arc<Mutex<Vec<(String, String)>>>;

/// A server that takes webhooks, and what it was told: signatures and bodies.
async fn listening() -> (String, Told) {
    let told = Told::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = told.clone();
    let hook = async move |headers: HeaderMap, body: String| {
        let signature = headers["knytt-signature"].to_str().unwrap().to_owned();
        heard.lock().unwrap().push((signature, body));
    };
    let routes = Router::new().route("/hook", post(hook));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (format!("http://localhost:{port}/hook"), told)
}

/// A mail server that takes every letter, and the letters.
fn mail_server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, letters) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<String>>>::default());
    let taken = letters.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut writer = stream.try_clone().unwrap();
            let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
            let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).unwrap();
            say("220 mail.example");
            while let Some(line) = lines.next() {
                match line.get(..4).unwrap_or_default() {
                    "DATA" => {
                        say("354 go on");
                        let letter: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                        taken.lock().unwrap().push(letter.join("\n"));
                        say("250 taken");
                    }
                    "QUIT" => {
                        say("221 bye");
                        break;
                    }
                    _ => say("250 mail.example"),
                }
            }
        }
    });
    (port, letters)
}

async fn made(house: &House, admin: &Someone, path: &str, body: &Value) -> Value {
    let answer = house.send("POST", path, &admin.access, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    serde_json::from_slice(&answer.body).unwrap()
}

/// A job that failed just now.
async fn fail_a_job(house: &House) {
    let now = jiff::Timestamp::now().as_millisecond();
    let sql = format!(
        "INSERT INTO jobs (id, kind, catalog, lane, node, actor, state, cancelled, input, output, error_code, error, \
         attempts, token, worker, lease_ms, due_ms, made_ms, started_ms, ended_ms, step, done, total, step_ms) VALUES \
         ('j', 'feed', 'shop', 'shop', '', 'schedule', 'failed', 0, '{{}}', '{{}}', 'build_failed', 'damaged', 1, 1, '', \
         0, {now}, {now}, {now}, {now}, '', 0, 0, 0)"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&house.pool().await).await.unwrap();
}

async fn an_alert_is_told_shown_and_acknowledged(kind: Kind) {
    let ((hook, told), (port, letters)) = (listening().await, mail_server());
    let house = House::with(kind, |settings| Settings {
        smtp: Some(format!("smtp://127.0.0.1:{port}").as_str().into()),
        smtp_from: Some("Shop <alerts@shop.example>".into()),
        local_webhooks: Some(true),
        ..settings
    })
    .await;
    let admin = house.admin().await;
    let get = async |path: &str| house.send("GET", path, &admin.access, &Value::Null).await;
    let channels = "/api/v1/admin/alert-channels";
    let webhook = made(&house, &admin, channels, &json!({ "kind": "webhook", "address": hook })).await;
    made(&house, &admin, channels, &json!({ "kind": "email", "address": "you@shop.example" })).await;
    assert!(get(channels).await.json()[0].get("secret").is_none(), "a secret is shown once");
    fail_a_job(&house).await;
    until("the webhook was told", async || !told.lock().unwrap().is_empty()).await;
    let (signature, body) = told.lock().unwrap()[0].clone();
    let event: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&event["event"], &event["alert"]["metric"]),
        (&json!("opened"), &json!("failedJob")),
        "{event}"
    );
    let (seconds, tag) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, webhook["secret"].as_str().unwrap().as_bytes());
    let expected = hmac::sign(&key, format!("{seconds}.{body}").as_bytes());
    let expected: String = expected.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(tag, expected);
    until("the letter came", async || !letters.lock().unwrap().is_empty()).await;
    let letter = letters.lock().unwrap()[0].clone();
    assert!(letter.contains("Subject: [Knytt] shop: failedJob") && letter.contains("damaged"), "{letter}");

    let alerts = get("/api/v1/admin/alerts?open=true").await.json();
    assert_eq!(alerts.as_array().unwrap().len(), 1, "{alerts}");
    let path = format!("/api/v1/admin/alerts/{}/acknowledge", alerts[0]["id"].as_str().unwrap());
    let analyst = house.newcomer("analyst@shop.example").await;
    let role = json!({ "role": "analyst" });
    let named = format!("/api/v1/admin/users/{}", analyst.id);
    assert_eq!(house.send("PATCH", &named, &admin.access, &role).await.status, 200);
    let note = json!({ "note": "looking" });
    assert_eq!(house.send("POST", &path, &analyst.access, &note).await.status, 403);
    assert_eq!(house.send("GET", channels, &analyst.access, &Value::Null).await.status, 403);
    assert_eq!(house.send("GET", "/api/v1/admin/alerts", &analyst.access, &Value::Null).await.status, 200);
    let acknowledged = house.send("POST", &path, &admin.access, &note).await.json();
    assert_eq!(
        (&acknowledged["note"], &acknowledged["acknowledgedBy"]),
        (&json!("looking"), &json!(admin.id))
    );
    let again = house.send("POST", &path, &admin.access, &note).await;
    assert_eq!((again.status, again.code().as_str()), (409, "acknowledged"));
    let shown = String::from_utf8(house.backend.get("/metrics").await.body).unwrap();
    assert!(shown.contains("knytt_alerts_open{metric=\"failedJob\",catalog=\"shop\"} 1"), "{shown}");
    let audit = get("/api/v1/admin/audit").await.json().to_string();
    assert!(audit.contains("alert.acknowledge") && audit.contains("alert.channel"), "{audit}");
    assert!(!audit.contains("/hook"), "a webhook's path may be a secret: {audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_told_shown_and_acknowledged_on_sqlite() {
    an_alert_is_told_shown_and_acknowledged(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_told_shown_and_acknowledged_on_postgres() {
    an_alert_is_told_shown_and_acknowledged(Kind::Postgres).await;
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code())
}

async fn an_order_waits_until_its_kiosk_obeyed(house: &House, admin: &Someone, key: &str) {
    let text = |kiosk: &str| {
        json!({ "kiosk": kiosk, "issued_ms": 5, "until_ms": i64::MAX, "task": "restart" }).to_string()
    };
    let order = json!({ "order": text("door"), "signature": "00" });
    let put = async |name: &str, order: Value| {
        house.send("PUT", &format!("/api/v1/admin/kiosks/{name}/order"), &admin.access, &order).await
    };
    assert_eq!(refused(&put("window", order.clone()).await), (400, "bad_request".into()));
    assert_eq!(put("window", json!({ "order": text("window"), "signature": "00" })).await.status, 404);
    assert_eq!(put("door", order.clone()).await.status, 204);
    let beat = async |obeyed: Value| {
        let alive = json!({ "name": "door", "obeyed_ms": obeyed });
        house.send("POST", "/api/v1/kiosks/alive", key, &alive).await
    };
    let became = async || {
        let kiosks = house.send("GET", "/api/v1/admin/kiosks", &admin.access, &Value::Null).await.json();
        kiosks[0]["order"]["became"].as_str().map(str::to_owned)
    };
    assert_eq!(beat(json!(4)).await.json()["order"], order);
    assert_eq!(became().await.as_deref(), Some("waits"));
    assert_eq!(beat(json!(5)).await.status, 204);
    assert_eq!(became().await.as_deref(), Some("obeyed"));
    let taken = house.send("DELETE", "/api/v1/admin/kiosks/door/order", &admin.access, &Value::Null).await;
    assert_eq!((taken.status, became().await), (204, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_changed_within_their_bounds_and_kiosks_are_known() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = House::open(kind).await;
        let admin = house.admin().await;
        let send = async |method: &str, path: &str, body: Value| {
            house.send(method, path, &admin.access, &body).await
        };
        let rules = "/api/v1/admin/alert-rules";
        until("the usual rules are there", async || {
            send("GET", rules, Value::Null).await.json().as_array().unwrap().len() == 10
        })
        .await;
        let terms = json!({ "metric": "latencyP99", "comparison": "above", "threshold": 500.0, "windowMinutes": 10,
            "minimum": 50, "enabled": true });
        let changed = send("PUT", &format!("{rules}/latencyP99"), terms.clone()).await.json();
        assert_eq!((&changed["threshold"], &changed["actor"]), (&json!(500.0), &json!(admin.id)));
        let removed = send("DELETE", &format!("{rules}/latencyP99"), Value::Null).await;
        assert_eq!(refused(&removed), (409, "usual_rule".into()));
        let of_shop = json!({ "catalog": "shop", "metric": "failures", "comparison": "above", "threshold": 0.05,
            "windowMinutes": 5, "minimum": 10, "enabled": true });
        let own = made(&house, &admin, rules, &of_shop).await;
        let path = format!("{rules}/{}", own["id"].as_str().unwrap());
        assert_eq!(send("DELETE", &path, Value::Null).await.status, 204);
        assert_eq!(send("DELETE", &path, Value::Null).await.status, 404);
        let odd = json!({ "catalog": "shop", "metric": "kiosk", "comparison": "above", "threshold": 1.0,
            "windowMinutes": 5, "minimum": 0, "enabled": true });
        assert_eq!(refused(&send("POST", rules, odd).await), (400, "bad_request".into()));
        for address in ["http://127.0.0.1/", "http://[::1]/", "ftp://shop.example/", "nothing"] {
            let asked = json!({ "kind": "webhook", "address": address });
            let answer = send("POST", "/api/v1/admin/alert-channels", asked).await;
            assert_eq!(refused(&answer), (400, "bad_request".into()), "{address}");
        }
        let mail = json!({ "kind": "email", "address": "you@shop.example" });
        let mail = send("POST", "/api/v1/admin/alert-channels", mail).await;
        assert_eq!(refused(&mail), (409, "no_mail".into()));

        let alive = json!({ "name": "door", "store": "Main Street", "version": "0.2.0", "uptime_seconds": 5,
            "memory_bytes": null, "products": 90, "release": 7, "camera": "none", "last_visit_hour": null });
        let beat = async |token: &str| house.send("POST", "/api/v1/kiosks/alive", token, &alive).await;
        let long = json!({ "name": "door", "last_error": "x".repeat(301) });
        assert_eq!(refused(&beat("").await), (401, "key_invalid".into()));
        let report = house.records.key("shop", Scope::Report).await;
        assert_eq!(refused(&beat(&report).await), (403, "key_not_allowed".into()));
        let search = house.records.key("shop", Scope::Search).await;
        assert_eq!(beat(&search).await.status, 204);
        let long = house.send("POST", "/api/v1/kiosks/alive", &search, &long).await;
        assert_eq!(refused(&long), (400, "bad_request".into()));
        let kiosks = send("GET", "/api/v1/admin/kiosks", Value::Null).await.json();
        assert_eq!((&kiosks[0]["name"], &kiosks[0]["release"]), (&json!("door"), &json!(7)));
        assert_eq!(kiosks[0]["state"]["uptimeSeconds"], 5);
        an_order_waits_until_its_kiosk_obeyed(&house, &admin, &search).await;
        assert_eq!(send("DELETE", "/api/v1/admin/kiosks/door", Value::Null).await.status, 204);
        assert_eq!(send("DELETE", "/api/v1/admin/kiosks/door", Value::Null).await.status, 404);
    }
}
