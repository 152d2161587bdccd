//! The whole way of a shop: made, fed, searched, published, followed by a device, taken back.

use serde_json::{Value, json};

use super::feed::{product, products};
use super::server::{Server, job_of};
use crate::knytt;

const PASSPHRASE: &str = "open the shop, please";

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_server_becomes_a_published_shop_on_sqlite() {
    publish_and_take_back(Server::start(false).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_server_becomes_a_published_shop_on_postgres() {
    publish_and_take_back(Server::start(true).await).await;
}

async fn publish_and_take_back(server: Server) {
    let (status, made) =
        server.send("POST", "/api/v1/admin/catalogs", &json!({ "id": "shop", "title": "The Shop" })).await;
    assert_eq!((status, made["state"].as_str()), (201, Some("empty")), "{made}");
    read_a_feed(&server).await;
    let first = publish(&server).await;
    follow(&server, first, 24);
    change(&server).await;
    let second = publish(&server).await;
    assert!(second > first);
    follow(&server, second, 23);
    take_back(&server, first, second).await;
}

/// A feed with three faults.
async fn read_a_feed(server: &Server) {
    let faults = [
        r#"{"id": "local", "title": "A file", "price": "1.00 EUR", "image_link": "/etc/hostname"}"#,
        r#"{"id": "inside", "title": "Metadata", "price": "1.00 EUR", "image_link": "http://127.0.0.1:1/a.jpg"}"#,
        r#"{"id": "bare", "title": "=No picture", "price": "1.00 EUR"}"#,
    ];
    let job = server.upload("shop", "", format!("{}\n{}", products(24), faults.join("\n"))).await;
    let ended = server.ended(&job).await;
    assert_eq!(ended["state"], "done", "{ended}");
    assert_eq!(
        (&ended["output"]["report"]["products"], &ended["output"]["problems"]),
        (&json!(24), &json!(3))
    );
    let problems = server.get(&format!("/api/v1/admin/jobs/{job}/problems")).await;
    let told = |id: &str, name: &str| {
        let problem = problems.as_array().unwrap().iter().find(|problem| problem["id"] == id).unwrap();
        problem[name].clone()
    };
    assert_eq!(
        (told("local", "code"), told("local", "line")),
        (json!("local-image"), json!(25)),
        "{problems}"
    );
    assert_eq!(told("inside", "code"), "address-refused");
    assert_eq!(told("bare", "code"), "missing-image");
    assert!(told("bare", "advice").as_str().unwrap().starts_with("Give the product a picture"));
    let found = server.get(&format!("/api/v1/admin/jobs/{job}/problems?code=local-image")).await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    let (_, table) =
        server.send("GET", &format!("/api/v1/admin/jobs/{job}/problems?format=csv"), &Value::Null).await;
    assert_eq!(table.as_str().unwrap().lines().count(), 4, "{table}");
    assert!(table.as_str().unwrap().contains("'=No picture"), "{table}");
    assert_eq!(title_of(server, "sku-7", "patterned thing").await, "Patterned thing 7");
    let difference = server.get("/api/v1/admin/catalogs/shop/difference").await;
    assert_eq!((&difference["new"], &difference["release"]), (&json!(24), &Value::Null), "{difference}");
}

/// The title that a search finds a product with; empty if it finds none.
async fn title_of(server: &Server, id: &str, text: &str) -> String {
    let (status, answer) = server.send("POST", "/api/v1/search", &json!({ "text": text, "limit": 50 })).await;
    assert_eq!(status, 200, "{answer}");
    let hits = answer["hits"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["card"]["id"] == id);
    hit.map(|hit| hit["card"]["title"].as_str().unwrap().to_owned()).unwrap_or_default()
}

async fn publish(server: &Server) -> i64 {
    let path = "/api/v1/admin/catalogs/shop/publish";
    let asked = json!({ "passphrase": PASSPHRASE });
    if server.get("/api/v1/admin/catalogs/shop").await["hasKeys"] == false {
        assert_eq!(server.send("POST", path, &asked).await.1["code"], "no_keys");
        let keys = "/api/v1/admin/catalogs/shop/signing-keys";
        assert_eq!(server.send("POST", keys, &json!({ "passphrase": "short" })).await.0, 422);
        let (status, made) = server.send("POST", keys, &asked).await;
        assert_eq!((status, made["rootSha256"].as_str().map(str::len)), (201, Some(64)), "{made}");
        assert_eq!(server.send("POST", keys, &asked).await.0, 409);
        // A wrong passphrase publishes nothing, and the job says so.
        let (_, job) = server.send("POST", path, &json!({ "passphrase": "not the right one" })).await;
        assert_eq!(server.ended(&job_of(&job)).await["errorCode"], "not_published");
    }
    let (status, job) = server.send("POST", path, &asked).await;
    assert_eq!(status, 202, "{job}");
    let ended = server.ended(&job_of(&job)).await;
    assert_eq!(ended["state"], "done", "{ended}");
    assert_eq!(server.get("/api/v1/admin/catalogs/shop").await["state"], "published");
    ended["output"]["release"].as_i64().unwrap()
}

/// A device takes the release from the server.
fn follow(server: &Server, release: i64, products: u64) {
    let device = server.folder.path().join("device");
    let from = format!("{}/v1/catalogs/shop/", server.url);
    let synced = knytt(&["sync", "--catalog", device.to_str().unwrap(), "--from", &from, "--json"]);
    assert!(synced.status.success(), "{synced:?}");
    let inspected = knytt(&["inspect", "--catalog", device.to_str().unwrap(), "--json"]);
    let inspected: Value = serde_json::from_slice(&inspected.stdout).unwrap();
    assert_eq!((&inspected["release"], &inspected["products"]), (&json!(release), &json!(products)));
}

/// One product goes, one is another, and far too few is refused.
async fn change(server: &Server) {
    let job = server.upload("shop", "", products(2)).await;
    let ended = server.ended(&job).await;
    assert_eq!((&ended["state"], &ended["errorCode"]), (&json!("failed"), &json!("would_delete")), "{ended}");
    assert_eq!(server.get("/api/v1/admin/catalogs/shop").await["products"], 24, "nothing is deleted");
    let feed = format!("{}\n{}", products(22), product(23, "Renamed and unique"));
    assert_eq!(server.ended(&server.upload("shop", "", feed).await).await["state"], "done");
    let difference = server.get("/api/v1/admin/catalogs/shop/difference").await;
    let counts = ["new", "changed", "gone"].map(|name| difference[name].as_i64().unwrap());
    assert_eq!(counts, [0, 1, 1], "{difference}");
    assert_eq!(title_of(server, "sku-23", "renamed and unique").await, "Renamed and unique");
    assert_eq!(title_of(server, "sku-24", "patterned thing").await, "");
}

async fn take_back(server: &Server, first: i64, second: i64) {
    let asked = json!({ "release": first, "passphrase": PASSPHRASE });
    let (status, job) = server.send("POST", "/api/v1/admin/catalogs/shop/rollback", &asked).await;
    assert_eq!(status, 202, "{job}");
    let ended = server.ended(&job_of(&job)).await;
    assert_eq!(ended["state"], "done", "{ended}");
    let third = ended["output"]["release"].as_i64().unwrap();
    assert!(third > second, "a rollback is a new release");
    follow(server, third, 24);
    assert_eq!(
        title_of(server, "sku-24", "patterned thing").await,
        "Patterned thing 24",
        "the old content is searched"
    );
    let releases = server.get("/api/v1/admin/catalogs/shop/releases").await;
    let numbers: Vec<i64> =
        releases.as_array().unwrap().iter().map(|release| release["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [third, second, first]);
    let audit = server.get("/api/v1/admin/audit").await.to_string();
    for action in ["catalog.create", "catalog.feed", "catalog.keys", "release.publish"] {
        assert!(audit.contains(action), "{action}: {audit}");
    }
}
