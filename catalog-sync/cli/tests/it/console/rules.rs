//! Rules from the console to a device that has no network any more.

use serde_json::{Value, json};

use super::feed::products;
use super::server::{Server, job_of};
use crate::knytt;

const PASSPHRASE: &str = "open the shop, please";

/// Pins a product to the first place of a query, hides another, and has a word that no product has.
fn document(pinned: &str) -> Value {
    json!({
        "version": 1,
        "rules": [{
            "id": "things", "name": "Things first",
            "when": { "query": { "kind": "contains", "words": "thing" } },
            "then": [
                { "kind": "pin", "product": pinned, "place": 1 },
                { "kind": "hide", "what": { "products": ["sku-5"] } },
                { "kind": "banner", "text": "All things must go" },
            ],
        }],
        "synonyms": [{ "kind": "one", "from": "gizmo", "to": ["patterned thing 9"] }],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_obeyed_at_once_and_by_devices_after_the_next_release() {
    let server = Server::start(false).await;
    let rules = "/api/v1/admin/catalogs/shop/rules";
    server.send("POST", "/api/v1/admin/catalogs", &json!({ "id": "shop" })).await;
    let job = server.upload("shop", "", products(24)).await;
    assert_eq!(server.ended(&job).await["state"], "done");
    let asked = json!({ "passphrase": PASSPHRASE });
    assert_eq!(server.send("POST", "/api/v1/admin/catalogs/shop/signing-keys", &asked).await.0, 201);
    publish(&server).await;
    assert_ne!(of_device(&server, "patterned thing")["hits"][0]["id"], "sku-17");

    let draft = json!({ "document": document("sku-17") });
    let (status, draft) = server.send("PUT", &format!("{rules}/draft"), &draft).await;
    assert_eq!(status, 200, "{draft}");
    let asked = json!({ "revision": draft["revision"], "note": "spring" });
    let (status, version) = server.send("POST", &format!("{rules}/publish"), &asked).await;
    assert_eq!((status, &version["number"]), (201, &json!(1)), "{version}");
    let found = json!({ "text": "patterned thing", "limit": 30 });
    let (_, found) = server.send("POST", "/api/v1/search", &found).await;
    assert_eq!(found["hits"][0]["card"]["id"], "sku-17", "{found}");

    publish(&server).await;
    let found = of_device(&server, "patterned thing");
    assert_eq!(found["hits"][0]["id"], "sku-17", "{found}");
    assert_eq!(
        found["hits"][0]["effects"][0],
        json!({ "rule": { "id": "things", "name": "Things first" }, "did": "pinned" })
    );
    assert_eq!((&found["guided"]["banner"], &found["matched"]), (&json!("All things must go"), &json!(23)));
    assert_eq!(of_device(&server, "gizmo")["guided"]["also"], json!(["patterned thing 9"]));

    // A catalogue of later releases has what is obeyed then.
    let (status, _) = server.send("POST", &format!("{rules}/rollback"), &json!({ "number": 9 })).await;
    assert_eq!(status, 404);
    let empty = json!({ "document": { "version": 1 } });
    let (_, draft) = server.send("PUT", &format!("{rules}/draft"), &empty).await;
    let asked = json!({ "revision": draft["revision"] });
    assert_eq!(server.send("POST", &format!("{rules}/publish"), &asked).await.0, 201);
    publish(&server).await;
    assert_ne!(of_device(&server, "patterned thing")["hits"][0]["id"], "sku-17");
}

async fn publish(server: &Server) {
    let asked = json!({ "passphrase": PASSPHRASE });
    let (status, job) = server.send("POST", "/api/v1/admin/catalogs/shop/publish", &asked).await;
    assert_eq!(status, 202, "{job}");
    let ended = server.ended(&job_of(&job)).await;
    assert_eq!(ended["state"], "done", "{ended}");
}

/// A device takes the newest release, and then searches by itself.
fn of_device(server: &Server, text: &str) -> Value {
    let device = server.folder.path().join("device");
    let device = device.to_str().unwrap();
    let from = format!("{}/v1/catalogs/shop/", server.url);
    let synced = knytt(&["sync", "--catalog", device, "--from", &from, "--json"]);
    assert!(synced.status.success(), "{synced:?}");
    search(device, text)
}

fn search(catalog: &str, text: &str) -> Value {
    let found = knytt(&["search", "--catalog", catalog, "--text", text, "--json", "-k", "30"]);
    assert!(found.status.success(), "{found:?}");
    serde_json::from_slice(&found.stdout).unwrap()
}

#[test]
fn rules_are_set_shown_and_removed_by_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (feed, shop, file) = (path("feed.jsonl"), path("shop"), path("rules.json"));
    fs_err::write(&feed, products(12)).unwrap();
    let built = knytt(&["build", &feed, "--catalog", &shop]);
    assert!(built.status.success(), "{built:?}");
    fs_err::write(&file, document("sku-3").to_string()).unwrap();
    let set = knytt(&["catalog", "rules", &shop, "--set", &file]);
    assert!(String::from_utf8_lossy(&set.stdout).contains("1 rule, 1 synonym and 0 replacements"), "{set:?}");
    assert_eq!(search(&shop, "patterned thing")["hits"][0]["id"], "sku-3");
    let why = knytt(&["search", "--catalog", &shop, "--text", "patterned thing", "--why"]);
    let why = String::from_utf8_lossy(&why.stdout).into_owned();
    assert!(why.contains("pinned by rule things") && why.contains("All things must go"), "{why}");
    let shown = knytt(&["catalog", "rules", &shop]);
    assert_eq!(serde_json::from_slice::<Value>(&shown.stdout).unwrap()["rules"][0]["id"], "things");
    // A build keeps them.
    assert!(knytt(&["build", &feed, "--catalog", &shop]).status.success());
    assert_eq!(search(&shop, "patterned thing")["hits"][0]["id"], "sku-3");
    fs_err::write(&file, r#"{"version":1,"surprise":1}"#).unwrap();
    let refused = knytt(&["catalog", "rules", &shop, "--set", &file]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(knytt(&["catalog", "rules", &shop, "--remove"]).status.success());
    assert!(search(&shop, "patterned thing")["guided"]["banner"].is_null());
}
