//! What the server counts of its own answers: searches, their times, money.

use knytt_server::{Scope, Settings};
use knytt_wire::Uuid;
use serde_json::{Value, json};
use sqlx::AnyPool;

use super::{BOTH, stats, sums};
use crate::fixture::{Answer, Backend, Kind, Records, SearchedShop, settings, until};

/// Posts a search; returns its page.
async fn search(shop: &SearchedShop, path: &str, key: Option<&str>, body: Value) -> Value {
    let request = shop.backend.request("POST", path).header("content-type", "application/json");
    let request = key.into_iter().fold(request, |request, key| request.bearer_auth(key));
    Answer::of(request.body(body.to_string()).send().await.unwrap()).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_counts_what_it_answers() {
    for kind in BOTH {
        let shop = SearchedShop::start_on(kind).await;
        let (admin, program) =
            (shop.records.key("*", Scope::Admin).await, shop.records.key("*", Scope::Search).await);
        let page = search(&shop, "/api/v1/search", None, json!({ "text": "dress", "limit": 3 })).await;
        search(&shop, "/api/v1/search", None, json!({ "text": "dress", "limit": 3, "cursor": page["next"] }))
            .await;
        search(&shop, "/api/v1/search", None, json!({ "text": "dress", "limit": 3 })).await;
        search(&shop, "/api/v1/search", Some(&program), json!({ "text": "coat" })).await;
        let nothing = json!({ "text": "coat", "price": { "min": "100000", "max": null } });
        search(&shop, "/api/v1/search", None, nothing).await;
        search(&shop, "/api/v1/search", None, json!({})).await;
        let picture =
            shop.backend.request("POST", "/api/v1/image-search").header("content-type", "image/jpeg");
        Answer::of(picture.body(shop.picture(4)).send().await.unwrap()).await.json();
        let wrong = shop.post("/api/v1/search", &json!({ "text": "a", "limit": 0 })).await;
        assert_eq!(wrong.status, 400);

        // Two things that came of the first search, and a search event that is no further search.
        let id = page["hits"][0]["card"]["id"].as_str().unwrap();
        let did = |name: &str, more: Value| {
            let mut event = json!({ "id": Uuid::now_v7(), "atMs": jiff::Timestamp::now().as_millisecond(),
                "token": page["feedbackToken"], "name": name });
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            event
        };
        let events = json!({ "visit": Uuid::new_v4(), "events": [
            did("search", json!({ "kind": "words", "search_term": "dress", "results": 3 })),
            did("select_item", json!({ "item_id": id, "position": 2 })),
            did("add_to_cart", json!({ "item_id": id })),
        ] });
        let answer = shop.post("/api/v1/feedback", &events).await.json();
        assert_eq!((&answer["accepted"], &answer["bound"]), (&json!(3), &json!(3)), "{answer}");

        let get = async |path: &str| stats(&shop.backend, &admin, path).await;
        until("the searches are written", async || {
            get("?catalog=garments&days=7").await["now"]["searches"] == 5
        })
        .await;
        let now = &get("?catalog=garments&days=7").await["now"];
        // The program and the page come from one address, and are told apart.
        for (figure, expected) in [
            ("searchers", 2),
            ("clicked", 1),
            ("withoutClick", 4),
            ("zeroResult", 1),
            ("addToCart", 1),
            ("purchased", 0),
        ] {
            assert_eq!(now[figure], expected, "{figure}: {now}");
        }
        assert_eq!((&now["ctr"], &now["meanPosition"]), (&json!(0.2), &json!(2.0)), "{now}");
        let ways = get("/ways?catalog=garments&days=7").await;
        let of = |channel: &str, kind: &str| {
            let way =
                ways.as_array().unwrap().iter().find(|way| way["channel"] == channel && way["kind"] == kind);
            way.map_or(0, |way| way["searches"].as_i64().unwrap())
        };
        let counted =
            [("web", "words"), ("api", "words"), ("web", "image"), ("web", "browse")].map(|(a, b)| of(a, b));
        assert_eq!(counted, [3, 1, 1, 1], "{ways}");

        let service = get("/service?catalog=garments&days=7").await;
        assert_eq!(
            (&service["answers"], &service["cached"], &service["refused"]),
            (&json!(7), &json!(2), &json!(1)),
            "{service}"
        );
        let stages = service["stages"].as_array().unwrap();
        let total = stages.last().unwrap();
        assert_eq!((&total["stage"], &total["answers"]), (&json!("total"), &json!(7)), "{service}");
        for stage in stages {
            let [p50, p95, p99] = ["p50", "p95", "p99"].map(|name| stage[name].as_f64().unwrap());
            assert!(0.0 < p50 && p50 <= p95 && p95 <= p99, "{stage}");
        }
        assert_eq!(
            (&service["index"]["products"], &service["index"]["embedded"]),
            (&json!(90), &json!(90)),
            "{service}"
        );
        assert_eq!(get("/catalogs").await, json!(["garments"]));
        let titled = get("/products?catalog=garments&days=7").await;
        assert_eq!((&titled[0]["id"], &titled[0]["carted"]), (&json!(id), &json!(1)), "{titled}");
        assert_eq!(titled[0]["title"], page["hits"][0]["card"]["title"], "{titled}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_that_stops_writes_what_it_has_counted() {
    let folder = tempfile::tempdir().unwrap();
    crate::fixture::build(&folder.path().join("shop"));
    let records = Records::start(Kind::Sqlite);
    let settings =
        Settings { catalog: Some(vec![folder.path().join("shop")]), ..settings(&records, folder.path()) };
    let backend = Backend::start(settings).await;
    let request = backend.request("POST", "/api/v1/search").header("content-type", "application/json");
    // The last word may be unfinished, and nothing follows it.
    let body = json!({ "text": "dre", "typing": true }).to_string();
    Answer::of(request.body(body).send().await.unwrap()).await.json();
    backend.stop().await;
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&records.url()).await.unwrap();
    assert_eq!(sums(&pool, "SELECT CAST(SUM(searches) AS BIGINT) FROM insight_days").await, [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_counts_once_and_where_somebody_stands_for_it() {
    for kind in BOTH {
        let shop = SearchedShop::start_on(kind).await;
        let (admin, orders) =
            (shop.records.key("*", Scope::Admin).await, shop.records.key("garments", Scope::Orders).await);
        let order = async |body: Value| {
            let request = shop.backend.request("POST", "/api/v1/orders").bearer_auth(&orders);
            Answer::of(request.body(body.to_string()).send().await.unwrap()).await.json()
        };
        let page = search(&shop, "/api/v1/search", None, json!({ "text": "dress" })).await;
        let id = page["hits"][0]["card"]["id"].as_str().unwrap();
        let both = json!([{ "itemId": id, "value": "10.00" }, { "itemId": "x", "value": "2.50" }]);
        for _ in 0..2 {
            order(json!({ "orderId": "1", "items": both, "value": "14.40", "currency": "EUR", "attribution": page["feedbackToken"] })).await;
        }
        order(json!({ "orderId": "2", "items": both, "currency": "EUR" })).await;
        order(json!({ "orderId": "3", "items": [{ "itemId": "x", "value": "7" }], "currency": "SEK" })).await;
        // Anyone may send this.
        let forged = json!({ "visit": Uuid::new_v4(), "events": [{ "id": Uuid::now_v7(),
            "atMs": jiff::Timestamp::now().as_millisecond(), "token": page["feedbackToken"], "name": "purchase",
            "item_id": "x", "value": "99999", "currency": "EUR" }] });
        shop.post("/api/v1/feedback", &forged).await.json();
        let summary = stats(&shop.backend, &admin, "?catalog=garments&days=7").await;
        let expected = json!([
            { "currency": "EUR", "sales": 3, "amount": "26.90", "before": "0.00" },
            { "currency": "SEK", "sales": 1, "amount": "7.00", "before": "0.00" },
        ]);
        assert_eq!(summary["revenue"], expected, "{summary}");
        assert_eq!(summary["now"]["purchased"], 1, "{summary}");
        let request = shop.backend.request("GET", "/api/v1/admin/stats?catalog=garments&days=7&format=csv");
        let table = Answer::of(request.bearer_auth(&admin).send().await.unwrap()).await;
        let text = String::from_utf8(table.body.clone()).unwrap();
        assert!(table.header("content-type").starts_with("text/csv"), "{table:?}");
        assert!(text.contains("\r\nrevenue EUR,26.90,0.00\r\n"), "{text}");
    }
}
