//! Limits of address and key.

use knytt_server::{Scope, Settings};

use crate::fixture::{Answer, Backend, Kind, Records, settings};

async fn statuses(backend: &Backend, count: usize, forwarded: Option<&str>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for _ in 0..count {
        let mut request = backend.request("GET", "/v1/catalogs/shop/metadata/timestamp.json");
        if let Some(forwarded) = forwarded {
            request = request.header("X-Forwarded-For", forwarded);
        }
        answers.push(Answer::of(request.send().await.unwrap()).await);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_too_often_is_told_when_to_come_again() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let limited = Settings { rate_per_ip: Some(1), ..settings(&records, data.path()) };
    let backend = Backend::start(limited).await;
    // Two at once are let through; the others come sooner than a second apart, or one test is very slow.
    let answers = statuses(&backend, 50, None).await;
    assert_eq!(answers[0].status, 404);
    let refused = answers.iter().find(|answer| answer.status == 429).expect("no request was refused");
    assert_eq!(refused.code(), "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    // Nobody may say to be someone else.
    let answers = statuses(&backend, 50, Some("198.51.100.7")).await;
    assert!(answers.iter().any(|answer| answer.status == 429));
    // Whoever watches the backend is let through.
    for _ in 0..20 {
        assert_eq!(backend.get("/health/live").await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_each_client_has_its_own_limit() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let proxied = Settings {
        rate_per_ip: Some(1),
        trusted_proxies: Some(vec!["127.0.0.0/8".parse().unwrap()]),
        ..settings(&records, data.path())
    };
    let backend = Backend::start(proxied).await;
    for client in 0..50 {
        let answers = statuses(&backend, 1, Some(&format!("203.0.113.9, 198.51.100.{client}"))).await;
        assert_eq!(answers[0].status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_have_a_limit_of_their_own_and_say_what_is_left() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let limited = Settings { searches_per_minute: Some(3), ..settings(&records, data.path()) };
    let backend = Backend::start(limited).await;
    let search = async || {
        let request = backend.request("POST", "/api/v1/search").header("content-type", "application/json");
        Answer::of(request.body("{}").send().await.unwrap()).await
    };
    let first = search().await;
    assert_eq!(first.header("ratelimit-policy"), "\"search\";q=3;w=60");
    assert!(first.header("ratelimit").starts_with("\"search\";r=2;t="), "{first:?}");
    let mut last = first;
    for _ in 0..20 {
        last = search().await;
    }
    assert_eq!((last.status, last.code()), (429, "rate_limited".to_owned()));
    assert!(last.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert!(last.header("ratelimit").starts_with("\"search\";r=0;"), "{last:?}");
    // What a page of hits loads is not a search.
    assert_ne!(backend.get("/api/v1/suggest?q=x").await.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_a_limit_of_its_own() {
    let (records, data) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let limited = Settings { rate_per_key: Some(1), ..settings(&records, data.path()) };
    let backend = Backend::start(limited).await;
    let (busy, calm) = (records.key("*", Scope::Report).await, records.key("*", Scope::Report).await);
    let ask = async |key: &str| {
        Answer::of(backend.request("GET", "/v1/report").bearer_auth(key).send().await.unwrap()).await.status
    };
    let mut seen = Vec::new();
    for _ in 0..50 {
        seen.push(ask(&busy).await);
    }
    assert!(seen.contains(&200) && seen.contains(&429), "{seen:?}");
    assert_eq!(ask(&calm).await, 200);
}
