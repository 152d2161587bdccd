//! What two requests at the same moment must not do, and what is noted and closed besides.

use std::time::Duration;

use futures::future::join_all;
use knytt_server::{Scope, Settings};
use serde_json::{Value, json};

use crate::accounts::{House, PASSWORD, Someone};
use crate::fixture::{Answer, Kind, Publisher, until};

/// A backend with two admins.
async fn two_admins(kind: Kind) -> (House, Someone, Someone) {
    let house = House::open(kind).await;
    let ann = house.admin().await;
    let db = house.records.open().await;
    knytt_server::create_admin(&db, "bo@shop.example", "", PASSWORD).await.unwrap();
    db.close().await;
    let bo = house.sign_in("bo@shop.example").await;
    (house, ann, bo)
}

async fn make_key(house: &House, token: &str, once: &str, body: &Value) -> Answer {
    let request = house.backend.request("POST", "/api/v1/admin/keys").bearer_auth(token);
    let request = request.header("idempotency-key", once).header("content-type", "application/json");
    Answer::of(request.body(body.to_string()).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_is_left_when_another_transaction_demotes_the_other_one() {
    let (house, ann, bo) = two_admins(Kind::Postgres).await;
    let pool = house.pool().await;
    let mut other = pool.begin().await.unwrap();
    let demote = sqlx::query("UPDATE people SET role = 'shopper' WHERE id = $1").bind(bo.id.clone());
    demote.execute(&mut *other).await.unwrap();
    let path = format!("/api/v1/admin/users/{}", ann.id);
    let body = json!({ "role": "shopper" });
    let mut asked = Box::pin(house.send("PATCH", &path, &ann.access, &body));
    let mut answer = None;
    // It has to wait for the other transaction; an answer before its end is a wrong one.
    for _ in 0..400 {
        match tokio::time::timeout(Duration::from_millis(25), &mut asked).await {
            Ok(early) => answer = Some(early),
            Err(_) => {
                let waits = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted";
                let waits: i64 = sqlx::query_scalar(waits).fetch_one(&pool).await.unwrap();
                if waits == 0 {
                    continue;
                }
            }
        }
        break;
    }
    other.commit().await.unwrap();
    let answer = match answer {
        Some(early) => early,
        None => asked.await,
    };
    assert_eq!((answer.status, answer.code()), (409, "last_admin".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_admins_only_one_can_go() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (house, ann, bo) = two_admins(kind).await;
        let erase = json!({ "password": PASSWORD });
        let answers =
            join_all([&ann, &bo].map(|who| house.send("DELETE", "/api/v1/auth/me", &who.access, &erase)));
        let mut statuses: Vec<u16> = answers.await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_at_the_same_moment_is_done_once() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let house = House::open(kind).await;
        let admin = house.admin().await;
        let asked = json!({ "catalog": "*", "scopes": ["search"] });
        let answers = join_all((0..8).map(|_| make_key(&house, &admin.access, "one", &asked))).await;
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)), "{answers:?}");
        let keys = house.send("GET", "/api/v1/admin/keys", &admin.access, &Value::Null).await.json();
        assert_eq!(keys.as_array().unwrap().len(), 1, "{keys}");
        // While one is under way another waits. One that was refused, or whose process ended, holds nothing.
        let pool = house.pool().await;
        let state = async |id: &str, at_ms: i64| {
            let set = sqlx::query("UPDATE made SET id = $1, at_ms = $2").bind(id.to_owned()).bind(at_ms);
            set.execute(&pool).await.unwrap();
        };
        state("", jiff::Timestamp::now().as_millisecond()).await;
        assert_eq!(make_key(&house, &admin.access, "one", &asked).await.code(), "in_progress");
        state("", 0).await;
        assert_eq!(make_key(&house, &admin.access, "one", &asked).await.status, 201);
        let bad = json!({ "catalog": "shop", "scopes": ["admin"] });
        for _ in 0..2 {
            assert_eq!(make_key(&house, &admin.access, "two", &bad).await.code(), "bad_request");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_demands_a_key_shows_no_product_without_one() {
    let closed = House::with(Kind::Sqlite, |s| Settings { search_needs_key: Some(true), ..s }).await;
    let (open, ann) = (House::open(Kind::Sqlite).await, closed.newcomer("ann@shop.example").await);
    for path in ["suggest?q=a", "similar/a", "products/a", "products/a/goes-with", "products/a/cheaper"] {
        let path = format!("/api/v1/{path}");
        let ask = async |house: &House, token: &str| house.send("GET", &path, token, &Value::Null).await;
        assert_eq!(ask(&closed, "").await.code(), "key_invalid", "{path}");
        for answer in [ask(&closed, &ann.access).await, ask(&open, "").await] {
            assert!(!matches!(answer.status, 401 | 403), "{path}: {answer:?}");
        }
    }
    // A key that is for something else opens none of them.
    let publish = closed.records.key("*", Scope::Publish).await;
    let answer = closed.send("GET", "/api/v1/similar/a", &publish, &Value::Null).await;
    assert_eq!(answer.code(), "key_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_release_is_in_the_audit_log() {
    let house = House::open(Kind::Sqlite).await;
    let admin = house.admin().await;
    let key = house.records.key("shop", Scope::Publish).await;
    let publisher = Publisher::new();
    let targets = publisher.targets(1, &[]);
    let snapshot = publisher.snapshot(1, &targets);
    let put = async |name: &str, body: Vec<u8>, condition: Option<&str>| {
        let path = format!("/v1/catalogs/shop/metadata/{name}");
        let mut request = house.backend.request("PUT", &path).bearer_auth(&key).body(body);
        if let Some(condition) = condition {
            request = request.header("If-None-Match", condition);
        }
        Answer::of(request.send().await.unwrap()).await.status
    };
    assert_eq!(put("1.root.json", publisher.root(1, &[]), None).await, 201);
    assert_eq!(put("1.targets.json", targets.bytes.clone(), None).await, 201);
    assert_eq!(put("1.snapshot.json", snapshot.bytes.clone(), None).await, 201);
    let released = async || {
        let log = house.send("GET", "/api/v1/admin/audit", &admin.access, &Value::Null).await.json();
        let all = log.as_array().unwrap().iter();
        all.filter(|entry| entry["action"] == "release.publish").cloned().collect::<Vec<_>>()
    };
    assert!(released().await.is_empty(), "nobody sees it yet");
    assert_eq!(put("timestamp.json", publisher.timestamp(1, &snapshot), Some("*")).await, 201);
    until("the log has it", async || !released().await.is_empty()).await;
    let entries = released().await;
    assert_eq!(entries[0]["target"], "shop");
    assert!(entries[0]["actor"].as_str().unwrap().starts_with("key:"), "{entries:?}");
    // What was refused released nothing.
    assert_eq!(put("timestamp.json", publisher.timestamp(1, &snapshot), None).await, 428);
    assert_eq!(released().await.len(), 1);
}
