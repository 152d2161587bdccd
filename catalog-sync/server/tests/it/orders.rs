//! Orders of the shop's server, and the links that tie them to searches.

use knytt_server::{Filter, Scope, popularity, report};
use serde_json::{Value, json};

use crate::fixture::{Answer, Kind, SearchedShop};

async fn order(shop: &SearchedShop, key: Option<&str>, body: &Value) -> Answer {
    let request = shop.backend.request("POST", "/api/v1/orders").header("content-type", "application/json");
    let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
    Answer::of(request.body(body.to_string()).send().await.unwrap()).await
}

/// The query of an address.
fn parameter(address: &str, name: &str) -> Option<String> {
    let query = address.split_once('?')?.1.split('&').filter_map(|pair| pair.split_once('='));
    query.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

async fn an_order_counts_once_for_the_search_that_led_to_it(kind: Kind) {
    let shop = SearchedShop::start_on(kind).await;
    let key = shop.records.key("garments", Scope::Orders).await;
    let bought = shop.product(1).id;
    let page = shop.post("/api/v1/search", &json!({ "text": "dress" })).await.json();
    let token = page["feedbackToken"].as_str().unwrap();
    let link = shop.backend.get(&format!("/api/v1/products/{bought}/shop?token={token}")).await;
    let address = link.header("location").to_owned();
    assert_eq!(link.status, 302);
    assert!(address.starts_with(&format!("https://shop.example/{bought}?from=knytt&")), "{address}");
    let reference = parameter(&address, "knytt_ref").unwrap();

    let body = json!({ "orderId": "2026-1", "items": [{ "itemId": bought, "quantity": 2, "value": "39.80" }],
        "value": "39.80", "currency": "EUR", "attribution": reference });
    let first = order(&shop, Some(&key), &body).await.json();
    assert_eq!(first, json!({ "isRepeated": false, "queryId": page["queryId"] }));
    for _ in 0..3 {
        assert_eq!(order(&shop, Some(&key), &body).await.json()["isRepeated"], true);
    }
    let db = shop.records.open().await;
    let ranked = popularity(&db, "garments", 30.0).await.unwrap();
    assert_eq!((ranked.len(), ranked[0].item_id.as_str(), ranked[0].purchased), (1, bought.as_str(), 1));
    let conversion = report(&db, &Filter::default()).await.unwrap().conversion;
    assert_eq!(conversion.purchased, 1);

    let mut other = body.clone();
    other["value"] = "1.00".into();
    assert_eq!(order(&shop, Some(&key), &other).await.code(), "order_changed");
    // An attribution that is none is no reason to lose an order.
    let unknown = json!({ "orderId": "2026-2", "items": [{ "itemId": bought }], "attribution": "made up" });
    let unknown = order(&shop, Some(&key), &unknown).await.json();
    assert_eq!(unknown, json!({ "isRepeated": false, "queryId": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_counts_once_for_the_search_that_led_to_it_on_sqlite() {
    an_order_counts_once_for_the_search_that_led_to_it(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_counts_once_for_the_search_that_led_to_it_on_postgres() {
    an_order_counts_once_for_the_search_that_led_to_it(Kind::Postgres).await;
}

#[tokio::test]
async fn orders_need_a_key_for_orders_and_are_checked() {
    let shop = SearchedShop::start().await;
    let good = json!({ "orderId": "1", "items": [{ "itemId": "x" }] });
    assert_eq!(order(&shop, None, &good).await.code(), "key_invalid");
    for (catalog, scope) in [("garments", Scope::Report), ("other", Scope::Orders)] {
        let key = shop.records.key(catalog, scope).await;
        assert_eq!(order(&shop, Some(&key), &good).await.code(), "key_not_allowed", "{catalog} {scope}");
    }
    let key = shop.records.key("garments", Scope::Orders).await;
    for (field, value) in [
        ("orderId", json!("")),
        ("orderId", json!("x".repeat(101))),
        ("orderId", json!("a\u{0}")),
        ("items", json!([])),
        ("items", json!([{ "itemId": "" }])),
        ("items", json!([{ "itemId": "x", "quantity": 0 }])),
        ("items", json!([{ "itemId": "x", "value": "1e9" }])),
        ("value", json!("-5")),
        ("value", json!("1.2.3")),
        ("currency", json!("euro")),
        ("paid", json!(true)),
    ] {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(order(&shop, Some(&key), &body).await.code(), "bad_query", "{body}");
    }
    // A device's batch with the name of an order does not keep the order out.
    let stray = shop.backend.events("order garments 1", "{\"events\":[]}").await;
    assert_eq!(stray.status, 200);
    assert_eq!(order(&shop, Some(&key), &good).await.json()["isRepeated"], false);
    // Without a token the link is the shop's own; a made-up one does not go to the shop.
    let id = shop.product(1).id;
    for query in ["", "?token=made-up"] {
        let link = shop.backend.get(&format!("/api/v1/products/{id}/shop{query}")).await;
        assert_eq!(link.header("location"), format!("https://shop.example/{id}?from=knytt"));
    }
    assert_eq!(shop.backend.get("/api/v1/products/none/shop").await.code(), "not_found");
}
