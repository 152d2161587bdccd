//! The shop's search over HTTP.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use image::RgbImage;
use knytt_server::Scope;
use serde_json::{Value, json};

use crate::fixture::{Answer, Backend, Kind, PRODUCTS, Records, SearchedShop, jpeg, settings};

fn ids(page: &Value) -> Vec<String> {
    let hits = page["hits"].as_array().unwrap().iter();
    hits.map(|hit| hit["card"]["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn words_find_products_and_say_what_was_understood() {
    let shop = SearchedShop::start().await;
    let page = shop.post("/api/v1/search", &json!({ "text": "dress under 200" })).await.json();
    assert_eq!((page["catalog"].as_str(), page["release"].as_u64()), (Some("garments"), Some(0)));
    assert_eq!(page["hits"][0]["card"]["category"], "Dresses", "{}", page["hits"][0]);
    assert!(page["hits"][0]["reasons"]["visual"].is_number());
    assert_eq!(page["understood"]["chips"][0]["condition"]["price"]["max"], "200");
    assert!(page["facets"].as_array().unwrap().iter().any(|facet| facet["field"] == "brand"));
    let chosen = json!({ "filters": [{ "field": "category", "values": ["Hats"] }], "sort": "price_up" });
    let page = shop.post("/api/v1/search", &chosen).await.json();
    assert_eq!(page["verdict"], "browsing");
    assert!(page["hits"].as_array().unwrap().iter().all(|hit| hit["card"]["category"] == "Hats"));
    // A route for words alone says what it lacks.
    assert_eq!(shop.post("/api/v1/text-search", &json!({ "text": " " })).await.code(), "bad_query");
    assert_eq!(shop.post("/api/v1/text-search", &json!({ "text": "dress under 200" })).await.status, 200);
}

#[tokio::test]
async fn a_picture_finds_its_product_in_every_form_it_comes_in() {
    let shop = SearchedShop::start().await;
    let (file, wanted) = (shop.picture(7), shop.product(7).id);
    let send = async |path: &str, kind: &str, body: Vec<u8>| {
        let request = shop.backend.request("POST", path).header("content-type", kind);
        Answer::of(request.body(body).send().await.unwrap()).await
    };
    let raw = send("/api/v1/image-search", "image/jpeg", file.clone()).await;
    assert_eq!(raw.header("x-knytt-cache"), "miss");
    let raw = raw.json();
    assert_eq!(ids(&raw)[0], wanted);
    let base64 = json!({ "image": BASE64.encode(&file) });
    let base64 = shop.post("/api/v1/search", &base64).await;
    assert_eq!(base64.header("x-knytt-cache"), "hit");
    assert_eq!(ids(&base64.json()), ids(&raw));
    let mut form = Vec::new();
    form.extend(b"--x\r\ncontent-disposition: form-data; name=\"request\"\r\n\r\n{\"limit\": 5, \"text\": \"red\"}\r\n");
    form.extend(b"--x\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\n");
    form.extend(&file);
    form.extend(b"\r\n--x--\r\n");
    let both = send("/api/v1/multi-search", "multipart/form-data; boundary=x", form).await.json();
    assert_eq!(ids(&both).len(), 5);
    assert!(both["hits"][0]["parts"]["image"].is_number() && both["hits"][0]["parts"]["text"].is_number());
}

#[tokio::test]
async fn pages_repeat_nothing_and_never_mix_two_states() {
    let shop = SearchedShop::start().await;
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let body = json!({ "text": "blue shirt", "limit": 8, "cursor": cursor });
        let page = shop.post("/api/v1/search", &body).await.json();
        assert_eq!(page["offset"].as_u64().unwrap() as usize, seen.len());
        seen.extend(ids(&page));
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), seen.iter().collect::<HashSet<_>>().len());
    assert!(seen.len() > 16 && seen.len() <= PRODUCTS, "{}", seen.len());

    let first = json!({ "text": "blue shirt", "limit": 8 });
    let cursor = shop.post("/api/v1/search", &first).await.json()["next"].clone();
    shop.touch();
    // The answer is still kept, so its next page is of the same state.
    let body = json!({ "text": "blue shirt", "limit": 8, "cursor": cursor });
    assert_eq!(ids(&shop.post("/api/v1/search", &body).await.json()), seen[8..16]);
    // A cursor belongs to one search.
    let other = json!({ "text": "blue shirt", "without": ["x"], "cursor": cursor });
    assert_eq!(shop.post("/api/v1/search", &other).await.code(), "bad_query");
    // An answer that is not kept cannot be made again: another backend never had it, and is in another state.
    let elsewhere = SearchedShop::start().await;
    elsewhere.touch();
    let gone = elsewhere.post("/api/v1/search", &body).await;
    assert_eq!((gone.status, gone.code()), (410, "cursor_expired".to_owned()));
    let changed = shop.post("/api/v1/search", &json!({ "text": "changed" })).await.json();
    assert_eq!(changed["hits"][0]["card"]["title"], "Changed");
}

#[tokio::test]
async fn products_have_pages_pictures_and_neighbours() {
    let shop = SearchedShop::start().await;
    let id = shop.product(3).id;
    let page = shop.backend.get(&format!("/api/v1/products/{id}")).await;
    assert_eq!(page.json()["card"]["id"], id.as_str());
    let again = shop.backend.request("GET", &format!("/api/v1/products/{id}"));
    let again = Answer::of(again.header("if-none-match", page.header("etag")).send().await.unwrap()).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let picture = shop.backend.get(&format!("/api/v1/products/{id}/picture")).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"));
    assert_eq!(picture.body, shop.picture(3));
    let similar = shop.backend.get(&format!("/api/v1/similar/{id}?limit=5")).await.json();
    assert_eq!(ids(&similar).len(), 5);
    assert!(!ids(&similar).contains(&id));
    let goes = shop.backend.get(&format!("/api/v1/products/{id}/goes-with")).await.json();
    assert!(!goes.as_array().unwrap().is_empty());
    assert_eq!(shop.backend.get(&format!("/api/v1/products/{id}/cheaper")).await.status, 200);
    for path in ["products/none", "products/none/picture", "products/none/goes-with", "similar/none", "none"]
    {
        assert_eq!(shop.backend.get(&format!("/api/v1/{path}")).await.code(), "not_found", "{path}");
    }
}

#[tokio::test]
async fn typing_is_completed() {
    let shop = SearchedShop::start().await;
    let suggested = shop.backend.get("/api/v1/suggest?q=dre").await.json();
    assert_eq!(suggested["categories"][0]["value"], "Dresses");
    assert!(suggested["products"][0]["title"].is_string());
    let nothing = shop.backend.get("/api/v1/suggest?q=").await.json();
    assert_eq!(nothing, json!({ "categories": [], "brands": [], "queries": [], "products": [] }));
    let long = "x".repeat(101);
    assert_eq!(shop.backend.get(&format!("/api/v1/suggest?q={long}")).await.code(), "bad_query");
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_its_code() {
    let shop = SearchedShop::start().await;
    for (body, code) in [
        (json!({ "txt": "a misspelt field" }), "bad_query"),
        (json!({ "text": "x".repeat(501) }), "bad_query"),
        (json!({ "alpha": 2 }), "bad_query"),
        (json!({ "limit": 1000 }), "bad_query"),
        (json!({ "cursor": "AAAA" }), "bad_query"),
        (json!({ "like": "none" }), "not_found"),
        (json!({ "catalog": "none" }), "catalog_unknown"),
        (json!({ "filters": [{ "field": "no such", "values": ["x"] }] }), "bad_query"),
        (json!({ "price": { "min": "cheap" } }), "bad_query"),
        (json!({ "image": "%%%" }), "bad_query"),
        (json!({ "image": BASE64.encode("no picture") }), "bad_picture"),
    ] {
        assert_eq!(shop.post("/api/v1/search", &body).await.code(), code, "{body}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let send = async |kind: &str, body: Vec<u8>| {
        let request = shop.backend.request("POST", "/api/v1/image-search").header("content-type", kind);
        Answer::of(request.body(body).send().await.unwrap()).await.code()
    };
    assert_eq!(send("application/json", deep.into_bytes()).await, "bad_query");
    assert_eq!(send("image/png", vec![0; 200_001]).await, "body_too_large");
    assert_eq!(send("image/jpeg", jpeg(&RgbImage::new(800, 800))).await, "picture_too_large");
    assert_eq!(send("image/jpeg", shop.picture(1)[..400].to_vec()).await, "bad_picture");
    assert_eq!(send("image/jpeg", Vec::new()).await, "bad_query");
    assert_eq!(send("application/json", br#"{"image": ""}"#.to_vec()).await, "bad_query");
    let empty =
        b"--x\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a.jpg\"\r\n\r\n\r\n--x--\r\n";
    assert_eq!(send("multipart/form-data; boundary=x", empty.to_vec()).await, "bad_query");
    let picture = format!("/api/v1/products/{}/picture?size=giant", shop.product(1).id);
    assert_eq!(shop.backend.get(&picture).await.code(), "bad_query");
    assert_eq!(send("multipart/form-data", vec![]).await, "bad_query");
    assert_eq!(send("multipart/form-data; boundary=x", b"--x\r\n".to_vec()).await, "bad_query");
}

#[tokio::test]
async fn the_api_describes_itself() {
    let shop = SearchedShop::start().await;
    let api = shop.backend.get("/api/v1/openapi.json").await.json();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = api["paths"].as_object().unwrap();
    for path in ["/api/v1/search", "/api/v1/products/{id}", "/api/v1/suggest", "/api/v1/catalogs"] {
        assert!(paths.contains_key(path), "{path}");
    }
    // Everything that is referred to is there.
    let text = api.to_string();
    for name in text.split("\"#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(api["components"]["schemas"][name].is_object(), "{name}");
    }
    let page = shop.backend.get("/api/v1/docs").await;
    assert!(page.header("content-type").starts_with("text/html"));
    let catalogs = shop.backend.get("/api/v1/catalogs").await.json();
    assert_eq!(catalogs[0]["products"].as_u64(), Some(PRODUCTS as u64));
}

#[tokio::test]
async fn a_backend_without_catalogues_says_so() {
    let records = Records::start(Kind::Sqlite);
    let folder = tempfile::tempdir().unwrap();
    let backend = Backend::start(settings(&records, folder.path())).await;
    assert_eq!(backend.get("/api/v1/catalogs").await.json(), json!([]));
    assert_eq!(backend.get("/api/v1/suggest?q=x").await.code(), "catalog_unknown");
}

#[tokio::test]
async fn a_key_for_one_catalogue_searches_that_one_alone() {
    let shop = SearchedShop::start().await;
    let own = shop.records.key("garments", Scope::Search).await;
    let other = shop.records.key("elsewhere", Scope::Search).await;
    let ask = async |key: &str, path: &str, body: Option<Value>| {
        let request = match &body {
            None => shop.backend.request("GET", path),
            Some(body) => shop
                .backend
                .request("POST", path)
                .header("content-type", "application/json")
                .body(body.to_string()),
        };
        Answer::of(request.bearer_auth(key).send().await.unwrap()).await
    };
    let product = shop.product(1).id;
    let bodies = [
        ("/api/v1/search", json!({})),
        ("/api/v1/cards", json!({ "ids": [product] })),
        ("/api/v1/recommend", json!({})),
    ];
    for (path, body) in bodies {
        assert_eq!(ask(&own, path, Some(body.clone())).await.status, 200, "{path}");
        assert_eq!(ask(&other, path, Some(body.clone())).await.code(), "catalog_unknown", "{path}");
        let mut named = body;
        named["catalog"] = "garments".into();
        assert_eq!(ask(&own, path, Some(named.clone())).await.status, 200, "{path}");
        assert_eq!(ask(&other, path, Some(named)).await.code(), "key_not_allowed", "{path}");
    }
    let ways = [
        "products/{}",
        "products/{}/goes-with",
        "products/{}/cheaper",
        "products/{}/also-viewed",
        "similar/{}",
    ];
    let ways =
        ways.iter().map(|way| way.replace("{}", &product)).chain(["suggest".into(), "trending".into()]);
    for way in ways {
        let path = format!("/api/v1/{way}?catalog=garments");
        assert_eq!(ask(&own, &path, None).await.status, 200, "{path}");
        assert_eq!(ask(&other, &path, None).await.code(), "key_not_allowed", "{path}");
    }
    assert_eq!(ask(&own, "/api/v1/catalogs", None).await.json().as_array().unwrap().len(), 1);
    assert_eq!(ask(&other, "/api/v1/catalogs", None).await.json(), json!([]));
}
