//! Rules hide products from every list, also from those that no search made, on both databases.

use std::time::Duration;

use knytt_server::set_ingest_key;
use knytt_wire::{Action, Uuid};
use serde_json::{Value, json};

use crate::fixture::{Answer, Kind, Shopper, batch_json, item};
use crate::merchandising::Shop;

const INGEST_KEY: &str = "0123456789abcdef";

/// The ids of a list of cards, of recommended products, or of a page of hits.
fn ids(list: &Value) -> Vec<String> {
    let list = if list.is_array() { list } else { &list["hits"] };
    let card = |entry: &Value| if entry["card"].is_object() { entry["card"].clone() } else { entry.clone() };
    list.as_array().unwrap().iter().map(|entry| card(entry)["id"].as_str().unwrap().to_owned()).collect()
}

/// Every list beside a product, by name.
async fn lists(shop: &Shop, id: &str, title: &str, language: &str) -> Vec<(String, Vec<String>)> {
    let spoken = if language.is_empty() { String::new() } else { format!("language={language}") };
    let mut found = Vec::new();
    for path in [
        format!("/api/v1/trending?window=day&limit=50&{spoken}"),
        format!("/api/v1/similar/{id}?limit=100&{spoken}"),
        format!("/api/v1/products/{id}/also-viewed?{spoken}"),
        format!("/api/v1/products/{id}/goes-with?{spoken}"),
        format!("/api/v1/products/{id}/cheaper?{spoken}"),
    ] {
        found.push((path.clone(), ids(&shop.send("GET", &path, &Value::Null).await.json())));
    }
    let page = shop.send("GET", &format!("/api/v1/products/{id}?{spoken}"), &Value::Null).await.json();
    for list in ["similar", "cheaper", "goesWith", "otherColors"] {
        found.push((list.into(), ids(&page[list])));
    }
    let typed = title.split(' ').next().unwrap();
    let path = format!("/api/v1/suggest?q={typed}&{spoken}");
    found.push((path.clone(), ids(&shop.send("GET", &path, &Value::Null).await.json()["products"])));
    let mut asked = json!({ "products": [id], "limit": 50 });
    if !language.is_empty() {
        asked["language"] = language.into();
    }
    found.push(("recommend".into(), ids(&shop.send("POST", "/api/v1/recommend", &asked).await.json())));
    found
}

/// Devices that looked at all of these products in one visit.
async fn visited(shop: &Shop, all: &[String]) {
    let db = shop.house.records.open().await;
    set_ingest_key(&db, "garments", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
    for _ in 0..3 {
        let shopper = Shopper::at("garments", 0);
        let events = all.iter().map(|id| shopper.does(Action::ViewItem(item(id, Some(1))))).collect();
        let key = Uuid::new_v4().to_string();
        shop.house.backend.keyed_events(&key, INGEST_KEY, batch_json(events)).await.outcome();
    }
}

fn hiding(all: &[String], german: &str) -> Value {
    let hide = |products: &[String]| json!([{ "kind": "hide", "what": { "products": products } }]);
    json!({ "version": 1, "rules": [
        { "id": "all", "then": hide(all) },
        { "id": "german", "when": { "language": "de" }, "then": hide(&[german.to_owned()]) },
    ] })
}

async fn a_hidden_product_is_in_no_list(kind: Kind) {
    let shop = Shop::open(kind).await;
    let found = shop.search(&json!({ "text": "dress", "limit": 1 })).await;
    let card = &found["hits"][0]["card"];
    let (id, title) = (card["id"].as_str().unwrap().to_owned(), card["title"].as_str().unwrap().to_owned());
    // The first of each list that needs no visits, since lists that do are kept for a minute. And one more.
    let page = shop.send("GET", &format!("/api/v1/products/{id}"), &Value::Null).await.json();
    let similar =
        ids(&shop.send("GET", &format!("/api/v1/similar/{id}?limit=100"), &Value::Null).await.json());
    let firsts =
        ["similar", "cheaper", "goesWith", "otherColors"].map(|list| ids(&page[list]).into_iter().next());
    let mut hidden: Vec<String> = firsts.into_iter().flatten().chain(similar.first().cloned()).collect();
    hidden.retain(|one| *one != id);
    hidden.sort();
    hidden.dedup();
    assert!(!hidden.is_empty());
    let german = similar.iter().find(|one| !hidden.contains(one) && **one != id).unwrap().clone();
    let all: Vec<String> = hidden.iter().chain([&id, &german]).cloned().collect();
    visited(&shop, &all).await;
    let before = lists(&shop, &id, &title, "de").await;
    for list in [0, 1, 2, before.len() - 1] {
        let (name, found) = &before[list];
        assert!(found.contains(&german), "{name} has what looks like it and was looked at: {found:?}");
    }
    shop.publish(&hiding(&hidden, &german), "").await;
    for language in ["", "de"] {
        let is_hidden = |one: &String| hidden.contains(one) || language == "de" && *one == german;
        for (name, found) in lists(&shop, &id, &title, language).await {
            let wrong: Vec<_> = found.iter().filter(|one| is_hidden(one)).collect();
            assert!(wrong.is_empty(), "{name} ({language}) shows {wrong:?}");
        }
    }
    let after = lists(&shop, &id, &title, "fr").await;
    assert!(after[0].1.contains(&german) && after[1].1.contains(&german), "the rule is of German alone");
    // What a shopper kept is there by its name.
    let cards = shop.send("POST", "/api/v1/cards", &json!({ "ids": hidden })).await.json();
    assert_eq!(ids(&cards), hidden);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_product_is_in_no_list_on_sqlite() {
    a_hidden_product_is_in_no_list(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_product_is_in_no_list_on_postgres() {
    a_hidden_product_is_in_no_list(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_obey_the_rules_of_the_language_that_they_are_in() {
    let shop = Shop::open(Kind::Sqlite).await;
    let first = shop.first("dress").await;
    let rules = json!({ "version": 1, "rules": [{ "id": "german", "when": { "language": "de" }, "then": [
        { "kind": "banner", "text": "Alles reduziert" },
        { "kind": "hide", "what": { "products": [first] } },
    ] }] });
    shop.publish(&rules, "").await;
    let page = async |path: &str, language: &str| {
        let request = shop.house.backend.request("GET", path).header("accept-language", language);
        String::from_utf8(Answer::of(request.send().await.unwrap()).await.body).unwrap()
    };
    for (path, language, obeys) in [
        ("/?q=dress", "de-AT", true),
        ("/?q=dress", "fr", false),
        ("/?q=dress&lang=de", "fr", true),
        ("/?q=dress&lang=en", "de", false),
    ] {
        let text = page(path, language).await;
        assert_eq!(text.contains("Alles reduziert"), obeys, "{path} {language}");
        assert_eq!(text.contains(&format!("/p/{first}/")), !obeys, "{path} {language}");
        let spoken = if obeys { "\"language\":\"de\"" } else { "\"language\":" };
        assert!(text.contains(spoken), "the interface is told the language");
    }
    // A category's page.
    let found = shop.search(&json!({ "text": "dress", "limit": 1 })).await;
    let category = found["hits"][0]["card"]["category"].as_str().unwrap();
    for (language, obeys) in [("de", true), ("fr", false)] {
        let text = page(&format!("/c/{category}"), language).await;
        assert_eq!(text.contains(&format!("/p/{first}/")), !obeys, "{language}");
    }
}
