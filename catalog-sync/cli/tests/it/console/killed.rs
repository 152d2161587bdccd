//! The server is killed while a build runs, at one step after the other.

use serde_json::{Value, json};

use super::feed::products;
use super::server::Server;
use crate::knytt;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_ends_its_jobs_after_its_next_start_on_sqlite() {
    kill_at_each_step(Server::start(false).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_ends_its_jobs_after_its_next_start_on_postgres() {
    kill_at_each_step(Server::start(true).await).await;
}

const PRODUCTS: u32 = 60;

async fn kill_at_each_step(mut server: Server) {
    for (number, step) in ["", "reading", "pictures", "comparing"].into_iter().enumerate() {
        let id = format!("shop{number}");
        assert_eq!(server.send("POST", "/api/v1/admin/catalogs", &json!({ "id": id })).await.0, 201);
        let job = server.upload(&id, "", products(PRODUCTS)).await;
        let path = format!("/api/v1/admin/jobs/{job}");
        let reached = async || {
            let job = server.get(&path).await;
            let (step_of, state) =
                (job["progress"]["step"].as_str().unwrap(), job["state"].as_str().unwrap());
            // A step may be over before anybody saw it; what comes after it does as well.
            (step.is_empty() || step_of == step || step_of > step && state == "running" || state == "done")
                .then_some(())
        };
        server.until(step, reached).await;
        server.kill_and_start().await;
        let ended = server.ended(&job).await;
        assert_eq!(ended["state"], "done", "{step}: {ended}");
        assert_eq!(ended["output"]["report"]["products"], PRODUCTS, "{step}: {ended}");
        is_whole(&server, &id).await;
    }
}

/// Every product is there once, searched, and the build that is served is sound.
async fn is_whole(server: &Server, id: &str) {
    let searched = async || {
        let entry = server.get(&format!("/api/v1/admin/catalogs/{id}")).await;
        (entry["products"] == PRODUCTS).then_some(())
    };
    server.until("it is searched", searched).await;
    let asked = json!({ "catalog": id, "text": "Patterned thing 31" });
    let (status, answer) = server.send("POST", "/api/v1/search", &asked).await;
    assert_eq!(status, 200, "{answer}");
    let served = server.catalog(id).join("served");
    let checked = knytt(&["catalog", "check", served.to_str().unwrap(), "--json"]);
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!((&checked["sound"], &checked["products"]), (&json!(true), &json!(PRODUCTS)), "{checked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_build_ends_and_changes_nothing() {
    let server = Server::start(false).await;
    assert_eq!(server.send("POST", "/api/v1/admin/catalogs", &json!({ "id": "shop" })).await.0, 201);
    let first = server.upload("shop", "", products(8)).await;
    assert_eq!(server.ended(&first).await["state"], "done");
    let job = server.upload("shop", "", products(600)).await;
    let path = format!("/api/v1/admin/jobs/{job}");
    let begun = async || (server.get(&path).await["progress"]["step"] == "pictures").then_some(());
    server.until("it embeds", begun).await;
    assert_eq!(server.send("POST", &format!("{path}/cancel"), &Value::Null).await.0, 202);
    assert_eq!(server.ended(&job).await["state"], "cancelled");
    assert_eq!(server.get("/api/v1/admin/catalogs/shop").await["products"], 8);
    let again = server.upload("shop", "", products(9)).await;
    assert_eq!(server.ended(&again).await["state"], "done", "the next one is not kept out");
}
