//! What ranks, and what anybody may have made up, on both databases.

use std::time::Duration;

use knytt_server::{Filter, popularity, report, set_ingest_key};
use knytt_wire::{Action, Uuid};
use serde_json::{Value, json};

use crate::fixture::{Answer, Kind, SearchedShop, Shopper, batch_json, item};

const INGEST_KEY: &str = "0123456789abcdef";

/// Forged events of one kind: a sample. `KNYTT_FORGED=100000` is the campaign.
fn forged() -> usize {
    std::env::var("KNYTT_FORGED").ok().and_then(|count| count.parse().ok()).unwrap_or(600)
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn did(name: &str, item_id: &str, token: Option<&str>) -> Value {
    let mut did = json!({ "id": Uuid::now_v7(), "atMs": now_ms(), "name": name, "item_id": item_id });
    if let Some(token) = token {
        did["token"] = token.into();
    }
    did
}

async fn tell(shop: &SearchedShop, visit: Uuid, events: &[Value]) -> Answer {
    shop.post("/api/v1/feedback", &json!({ "visit": visit, "events": events })).await
}

async fn token(shop: &SearchedShop, words: &str) -> String {
    let page = shop.post("/api/v1/search", &json!({ "text": words })).await.json();
    page["feedbackToken"].as_str().unwrap().to_owned()
}

/// The ids of a catalogue's products by popularity, with their scores.
async fn ranks(shop: &SearchedShop) -> Vec<(String, f64)> {
    let db = shop.records.open().await;
    let ranked = popularity(&db, "garments", 7.0).await.unwrap();
    ranked.into_iter().map(|product| (product.item_id, product.score)).collect()
}

/// Many events without a token, with wrong tokens, and with a good one again and again.
async fn forged_events_move_no_rank(kind: Kind) {
    let shop = SearchedShop::start_on(kind).await;
    let (wanted, pushed) = (shop.product(1).id, shop.product(2).id);
    let good = token(&shop, "dress").await;
    let honest = [did("view_item", &wanted, Some(&good)), did("add_to_cart", &wanted, Some(&good))];
    let outcome = tell(&shop, Uuid::new_v4(), &honest).await.json();
    assert_eq!((outcome["accepted"].as_u64(), outcome["bound"].as_u64()), (Some(2), Some(2)));
    let before = ranks(&shop).await;
    assert_eq!(before, [(wanted.clone(), 6.0)]);

    let elsewhere = SearchedShop::start_on(Kind::Sqlite).await;
    let foreign = token(&elsewhere, "dress").await;
    let mut changed = good.clone().into_bytes();
    changed[60] = if changed[60] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    let tokens = [None, Some(foreign.as_str()), Some(changed.as_str()), Some("")];
    for (count, chunk) in (0..forged()).collect::<Vec<_>>().chunks(300).enumerate() {
        let name = ["view_item", "add_to_wishlist", "add_to_cart", "purchase"][count % 4];
        let events: Vec<Value> = chunk.iter().map(|at| did(name, &pushed, tokens[at % 4])).collect();
        let outcome = tell(&shop, Uuid::new_v4(), &events).await.json();
        assert_eq!(
            (outcome["accepted"].as_u64(), outcome["bound"].as_u64()),
            (Some(chunk.len() as u64), Some(0))
        );
    }
    assert_eq!(ranks(&shop).await, before, "what nothing vouches for");
    // A good token counts once for each product and kind, whatever visit it says, and never for a purchase.
    for name in ["purchase", "view_item"] {
        for chunk in (0..forged()).collect::<Vec<_>>().chunks(300) {
            let events: Vec<Value> = chunk.iter().map(|_| did(name, &pushed, Some(&good))).collect();
            tell(&shop, Uuid::new_v4(), &events).await.json();
        }
    }
    assert_eq!(ranks(&shop).await, [(wanted, 6.0), (pushed, 1.0)]);
    let events = report(&shop.records.open().await, &Filter::default()).await.unwrap().events;
    assert_eq!(events.total as usize, 2 + 3 * forged(), "counted apart, not lost");
    assert_eq!(events.bound as usize, 2 + 2 * forged());
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_events_move_no_rank_on_sqlite() {
    forged_events_move_no_rank(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_events_move_no_rank_on_postgres() {
    forged_events_move_no_rank(Kind::Postgres).await;
}

/// Visits of devices that have the release.
async fn device_visits(
    shop: &SearchedShop,
    visits: usize,
    act: impl Fn(&mut Shopper) -> Vec<knytt_wire::Event>,
) {
    for _ in 0..visits {
        let mut shopper = Shopper::at("garments", 0);
        let events = batch_json(act(&mut shopper));
        let key = Uuid::new_v4().to_string();
        shop.backend.keyed_events(&key, INGEST_KEY, events).await.outcome();
    }
}

async fn what_many_do_is_recommended(kind: Kind) {
    let shop = SearchedShop::start_on(kind).await;
    let db = shop.records.open().await;
    set_ingest_key(&db, "garments", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
    let [a, b, c] = [3, 4, 5].map(|number| shop.product(number).id);
    device_visits(&shop, 3, |shopper| {
        vec![shopper.does(Action::ViewItem(item(&a, None))), shopper.does(Action::ViewItem(item(&b, None)))]
    })
    .await;
    device_visits(&shop, 1, |shopper| {
        vec![shopper.does(Action::ViewItem(item(&a, None))), shopper.does(Action::ViewItem(item(&c, None)))]
    })
    .await;
    device_visits(&shop, 1, |shopper| vec![shopper.does(Action::Purchase(item(&b, None)))]).await;
    let cards = |answer: &Value| -> Vec<String> {
        answer.as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned()).collect()
    };
    let trending = shop.backend.get("/api/v1/trending?window=day").await.json();
    assert_eq!(cards(&trending), [b.clone(), a.clone(), c.clone()]);
    let category = shop.product(3).category;
    let of_category = shop.backend.get(&format!("/api/v1/trending?category={category}")).await.json();
    assert!(cards(&of_category).contains(&a));
    assert!(of_category.as_array().unwrap().iter().all(|card| card["category"] == category.as_str()));
    // One visit had both a and c: that may be one person's doing.
    let also = shop.backend.get(&format!("/api/v1/products/{a}/also-viewed")).await.json();
    assert_eq!(cards(&also), std::slice::from_ref(&b));

    let recommended = shop.post("/api/v1/recommend", &json!({ "products": [a], "limit": 8 })).await.json();
    let named: Vec<&str> =
        recommended.as_array().unwrap().iter().map(|r| r["card"]["id"].as_str().unwrap()).collect();
    assert_eq!(named.len(), 8);
    assert!(named.contains(&b.as_str()) && !named.contains(&a.as_str()), "{named:?}");
    assert!(recommended.as_array().unwrap().iter().any(|r| r["why"] == "alike"));
    let for_nobody = shop.post("/api/v1/recommend", &json!({ "limit": 5 })).await.json();
    assert_eq!(
        (for_nobody[0]["card"]["id"].as_str(), for_nobody[0]["why"].as_str()),
        (Some(b.as_str()), Some("trending"))
    );
    assert_eq!(for_nobody[4]["why"], "in_the_shop");
    for (path, code) in [
        ("/api/v1/trending?limit=0", "bad_query"),
        ("/api/v1/trending?limit=x", "bad_query"),
        ("/api/v1/trending?window=year", "bad_query"),
        ("/api/v1/products/none/also-viewed", "not_found"),
        ("/api/v1/trending?catalog=none", "catalog_unknown"),
    ] {
        assert_eq!(shop.backend.get(path).await.code(), code, "{path}");
    }
    for body in [json!({ "limit": 51 }), json!({ "product": "x" }), json!([])] {
        assert_eq!(shop.post("/api/v1/recommend", &body).await.code(), "bad_query", "{body}");
    }
    // A basket may hold what the shop no longer sells.
    let gone = json!({ "products": ["none", a], "history": ["none too"], "limit": 8 });
    let gone = shop.post("/api/v1/recommend", &gone).await.json();
    assert_eq!(gone.as_array().unwrap().len(), 8);
    assert!(gone.as_array().unwrap().iter().any(|r| r["why"] == "alike"));
    let only_gone = shop.post("/api/v1/recommend", &json!({ "products": ["none"], "limit": 5 })).await;
    assert_eq!(only_gone.json().as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_do_is_recommended_on_sqlite() {
    what_many_do_is_recommended(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_do_is_recommended_on_postgres() {
    what_many_do_is_recommended(Kind::Postgres).await;
}

#[tokio::test]
async fn words_of_five_visitors_are_suggested_and_those_of_four_are_not() {
    let shop = SearchedShop::start().await;
    let db = shop.records.open().await;
    set_ingest_key(&db, "garments", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
    device_visits(&shop, 5, |shopper| {
        vec![
            shopper.searches("Dress of  Wool", 9, true),
            shopper.searches("dress for 0171 234567", 9, true),
            shopper.searches("dress that is nowhere", 0, false),
        ]
    })
    .await;
    device_visits(&shop, 4, |shopper| vec![shopper.searches("dress of silk", 9, true)]).await;
    // One visitor who asks again and again is one.
    let found = token(&shop, "dress of silk").await;
    for _ in 0..9 {
        let asked = json!({ "id": Uuid::now_v7(), "atMs": now_ms(), "name": "search", "kind": "words",
            "search_term": "dress of linen", "results": 3, "token": found });
        tell(&shop, Uuid::new_v4(), &[asked]).await.json();
    }
    let suggested = shop.backend.get("/api/v1/suggest?q=dre").await.json();
    assert_eq!(suggested["queries"], json!(["dress of wool"]));
    assert_eq!(shop.backend.get("/api/v1/suggest?q=WOO").await.json()["queries"], json!(["dress of wool"]));
}

#[tokio::test]
async fn feedback_that_cannot_be_read_is_refused_and_the_same_again_counts_once() {
    let shop = SearchedShop::start().await;
    let visit = Uuid::new_v4();
    let event = did("view_item", "x", None);
    let body = json!({ "visit": visit, "events": [event] });
    assert_eq!(shop.post("/api/v1/feedback", &body).await.json()["accepted"], 1);
    let beacon = shop.backend.request("POST", "/api/v1/feedback").header("content-type", "text/plain");
    let again = Answer::of(beacon.body(body.to_string()).send().await.unwrap()).await.json();
    assert_eq!(
        (again["accepted"].as_u64(), again["duplicates"].as_u64()),
        (Some(1), Some(0)),
        "the same answer"
    );
    let mut old = did("view_item", "x", None);
    old["atMs"] = 5.into();
    let rejected = tell(&shop, visit, &[old, event]).await.json();
    assert_eq!(rejected["rejected"][0]["reason"], "its time is out of range");
    assert_eq!(rejected["duplicates"], 1);
    for body in [json!({}), json!({ "visit": visit, "events": [{ "id": visit, "name": "dance" }] }), json!(7)]
    {
        assert_eq!(shop.post("/api/v1/feedback", &body).await.code(), "bad_query", "{body}");
    }
    let many = vec![did("view_item", "x", None); 501];
    assert_eq!(tell(&shop, visit, &many).await.code(), "too_many_events");
}
