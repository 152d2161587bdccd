//! Rules and synonyms over HTTP, on both databases.

use serde_json::{Value, json};

use crate::accounts::{House, Someone};
use crate::fixture::{Answer, Backend, Kind, Records, build, settings, until};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const RULES: &str = "/api/v1/admin/catalogs/garments/rules";

/// A backend that searches `garments`.
pub struct Shop {
    pub house: House,
    admin: Someone,
    folder: tempfile::TempDir,
}

impl Shop {
    pub async fn open(kind: Kind) -> Self {
        let (records, folder) = (Records::start(kind), tempfile::tempdir().unwrap());
        build(&folder.path().join("shop"));
        let backend = replica(&records, folder.path()).await;
        let house = House::of(backend, records);
        let admin = house.admin().await;
        Self { house, admin, folder }
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.house.send(method, path, &self.admin.access, body).await
    }

    /// Stores a draft; returns its revision.
    async fn draft(&self, revision: i64, document: &Value) -> i64 {
        let asked = json!({ "revision": revision, "document": document });
        let answer = self.send("PUT", &format!("{RULES}/draft"), &asked).await.json();
        answer["revision"].as_i64().unwrap()
    }

    pub async fn publish(&self, document: &Value, note: &str) -> Value {
        let revision = self.draft(0, document).await;
        let asked = json!({ "revision": revision, "note": note });
        let answer = self.send("POST", &format!("{RULES}/publish"), &asked).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub async fn search(&self, body: &Value) -> Value {
        self.house.post("/api/v1/search", body).await.json()
    }

    /// The id of the first hit.
    pub async fn first(&self, text: &str) -> String {
        first_of(&self.search(&json!({ "text": text })).await)
    }

    /// The last hit of a query, which nobody would find by it.
    async fn far(&self, text: &str) -> String {
        let found = self.search(&json!({ "text": text, "limit": 50 })).await;
        found["hits"].as_array().unwrap().last().unwrap()["card"]["id"].as_str().unwrap().to_owned()
    }
}

async fn replica(records: &Records, folder: &std::path::Path) -> Backend {
    let catalog = Some(vec![folder.join("shop")]);
    Backend::start(knytt_server::Settings { catalog, ..settings(records, folder) }).await
}

fn first_of(page: &Value) -> String {
    page["hits"][0]["card"]["id"].as_str().unwrap().to_owned()
}

fn pin(product: &str) -> Value {
    let then = json!([
        { "kind": "pin", "product": product, "place": 1 },
        { "kind": "banner", "text": "Look here" },
        { "kind": "redirect", "address": "https://shop.example/hats" },
    ]);
    let when = json!({ "query": { "kind": "contains", "words": "dress" } });
    json!({ "version": 1, "rules": [{ "id": "one", "name": "The one", "when": when, "then": then }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_published_obeyed_everywhere_and_taken_back() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let other = replica(&shop.house.records, shop.folder.path()).await;
        let asked = json!({ "text": "dress" });
        let of_other = async || {
            let request = other.request("POST", "/api/v1/search").header("content-type", "application/json");
            Answer::of(request.body(asked.to_string()).send().await.unwrap()).await.json()
        };
        let (before, far) = (shop.first("dress").await, shop.far("dress").await);
        assert_ne!(before, far);
        let state = shop.send("GET", RULES, &Value::Null).await.json();
        assert_eq!((&state["live"]["version"]["number"], &state["draft"]), (&json!(0), &Value::Null));

        let revision = shop.draft(0, &pin(&far)).await;
        assert_eq!(shop.first("dress").await, before, "a draft is not obeyed");
        let asked_to = json!({ "revision": revision, "note": "Spring" });
        let published = shop.send("POST", &format!("{RULES}/publish"), &asked_to).await;
        assert_eq!(published.status, 201, "{published:?}");
        assert_eq!(shop.first("dress").await, far, "it is obeyed at once, also where an answer was kept");
        until("the other replica obeys", async || first_of(&of_other().await) == far).await;

        let versions = shop.send("GET", &format!("{RULES}/versions"), &Value::Null).await.json();
        assert_eq!(
            (&versions[0]["number"], &versions[0]["note"], &versions[0]["author"]),
            (&json!(1), &json!("Spring"), &json!("admin@shop.example")),
            "{versions}"
        );
        shop.publish(&json!({ "version": 1 }), "").await;
        assert_eq!(shop.first("dress").await, before);
        let back = shop.send("POST", &format!("{RULES}/rollback"), &json!({ "number": 1 })).await;
        assert_eq!(back.status, 201, "{back:?}");
        assert_eq!(shop.first("dress").await, far);
        let third = shop.send("GET", &format!("{RULES}/versions/3"), &Value::Null).await.json();
        let rules = (&third["version"]["ofNumber"], &third["document"]["rules"]);
        assert_eq!(rules, (&json!(1), &pin(&far)["rules"]), "{third}");
        let audit = shop.send("GET", "/api/v1/admin/audit", &Value::Null).await.json().to_string();
        for action in ["rules.draft", "rules.publish", "rules.rollback"] {
            assert!(audit.contains(action), "{action}: {audit}");
        }
        // Whoever starts later obeys from the first search on.
        let late = replica(&shop.house.records, shop.folder.path()).await;
        let request = late.request("POST", "/api/v1/search").header("content-type", "application/json");
        let found = Answer::of(request.body(asked.to_string()).send().await.unwrap()).await.json();
        assert_eq!(first_of(&found), far);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_explains_sees_the_rules_and_others_do_not() {
    let shop = Shop::open(Kind::Sqlite).await;
    let far = shop.far("dress").await;
    shop.publish(&pin(&far), "").await;
    let plain = shop.search(&json!({ "text": "dress" })).await;
    assert_eq!(plain["guided"], json!({ "banner": "Look here", "redirect": "https://shop.example/hats" }));
    assert!(plain["hits"][0].get("effects").is_none(), "{}", plain["hits"][0]);
    let told = shop.house.post("/api/v1/search", &json!({ "text": "dress", "explain": true })).await;
    assert_eq!(told.header("x-knytt-cache"), "hit", "it is the same answer");
    let told = told.json();
    assert_eq!(told["hits"][0]["effects"][0]["did"], "pinned", "{}", told["hits"][0]);
    assert_eq!(told["guided"]["rules"], json!([{ "id": "one", "name": "The one" }]));
    // A filter is obeyed before a place.
    let filters = json!([{ "field": "brand", "values": ["no such brand"] }]);
    let none = shop.search(&json!({ "text": "dress", "filters": filters })).await;
    assert_eq!(none["hits"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_an_answer_belongs_to_the_rules_that_made_it() {
    let shop = Shop::open(Kind::Sqlite).await;
    let far = shop.far("dress").await;
    let page = |cursor: &Value| json!({ "text": "dress", "limit": 8, "cursor": cursor });
    let first = shop.search(&page(&Value::Null)).await;
    shop.publish(&pin(&far), "").await;
    let next = shop.house.post("/api/v1/search", &page(&first["next"])).await;
    // The answer before is kept: its second page is of it.
    let seen: Vec<String> = [&first, &next.json()]
        .into_iter()
        .flat_map(|page| page["hits"].as_array().unwrap().clone())
        .map(|hit| hit["card"]["id"].as_str().unwrap().to_owned())
        .collect();
    let distinct: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    assert!(!first["hits"].to_string().contains(&far));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_answers_are_compared_before_anything_is_published() {
    let shop = Shop::open(Kind::Sqlite).await;
    let far = shop.far("dress").await;
    let asked = json!({ "search": { "text": "dress" }, "document": pin(&far) });
    let compared = shop.send("POST", &format!("{RULES}/preview"), &asked).await.json();
    assert_ne!(first_of(&compared["live"]), far);
    assert_eq!(first_of(&compared["draft"]), far);
    assert_eq!(compared["draft"]["hits"][0]["effects"][0]["rule"]["id"], "one");
    let synonym = json!({ "kind": "one", "from": "gewand", "to": ["dress"] });
    let document = json!({ "version": 1, "synonyms": [synonym] });
    let asked = json!({ "search": { "text": "gewand" }, "document": document });
    let compared = shop.send("POST", &format!("{RULES}/preview"), &asked).await.json();
    assert_eq!(compared["draft"]["guided"]["also"], json!(["dress"]));
    assert_eq!(compared["draft"]["hits"][0]["card"]["category"], "Dresses", "{compared}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let draft = format!("{RULES}/draft");
        let too_far = json!({ "version": 1, "rules": [{ "id": "a", "then": [{ "kind": "pin", "product": "a", "place": 101 }] }] });
        let (empty, elsewhere) = (json!({ "version": 1 }), "/api/v1/admin/catalogs/nothing/rules");
        for (method, path, body, status, code) in [
            ("PUT", &draft, json!({ "document": too_far }), 422, "rules_refused"),
            ("PUT", &draft, json!({ "document": { "version": 2 } }), 422, "rules_refused"),
            ("PUT", &draft, json!({ "document": { "version": 1, "more": 1 } }), 400, "bad_request"),
            ("PUT", &draft, json!({ "document": empty, "revision": 7 }), 409, "draft_changed"),
            ("DELETE", &draft, Value::Null, 404, "not_found"),
            ("POST", &format!("{RULES}/publish"), json!({ "revision": 1 }), 409, "draft_changed"),
            (
                "POST",
                &format!("{RULES}/publish"),
                json!({ "revision": 1, "note": "x".repeat(201) }),
                400,
                "bad_request",
            ),
            ("POST", &format!("{RULES}/rollback"), json!({ "number": 1 }), 404, "not_found"),
            ("GET", &format!("{RULES}/versions/x"), Value::Null, 404, "not_found"),
            (
                "POST",
                &format!("{RULES}/preview"),
                json!({ "search": { "alpha": 2 }, "document": empty }),
                400,
                "bad_query",
            ),
            ("GET", &elsewhere.to_owned(), Value::Null, 404, "not_found"),
        ] {
            let answer = shop.send(method, path, &body).await;
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path} {body}");
        }
        // Two people: who comes second is told, and a draft that was published is not published again.
        let revision = shop.draft(0, &empty).await;
        let asked = json!({ "revision": 0, "document": empty });
        assert_eq!(shop.send("PUT", &draft, &asked).await.code(), "draft_changed");
        let newer = shop.draft(revision, &pin("a")).await;
        let publish = |revision: i64| json!({ "revision": revision });
        let late = shop.send("POST", &format!("{RULES}/publish"), &publish(revision)).await;
        assert_eq!(late.code(), "draft_changed");
        assert_eq!(shop.send("POST", &format!("{RULES}/publish"), &publish(newer)).await.status, 201);
        assert_eq!(
            shop.send("POST", &format!("{RULES}/publish"), &publish(newer)).await.code(),
            "draft_changed"
        );
        shop.draft(0, &empty).await;
        assert_eq!(shop.send("DELETE", &draft, &Value::Null).await.status, 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_product_leads_to_its_successor_and_staff_find_one() {
    let shop = Shop::open(Kind::Sqlite).await;
    let (first, far) = (shop.first("dress").await, shop.far("dress").await);
    let replacements = json!([{ "product": first, "by": far, "always": true }]);
    shop.publish(&json!({ "version": 1, "replacements": replacements }), "").await;
    let told = shop.search(&json!({ "text": "dress", "explain": true, "limit": 50 })).await;
    assert_eq!((first_of(&told), &told["hits"][0]["replaces"]), (far.clone(), &json!(first)));
    assert_eq!(told.to_string().matches(&format!("\"id\":\"{far}\"")).count(), 1, "it stands once");
    let plain = shop.search(&json!({ "text": "dress" })).await;
    assert!(plain["hits"][0].get("replaces").is_none(), "{}", plain["hits"][0]);
    let page = shop.house.backend.get(&format!("/api/v1/products/{first}")).await.json();
    assert_eq!(page["replacedBy"]["id"], json!(far), "{page}");
    let html = shop.house.backend.get(&format!("/p/{first}")).await;
    let html = String::from_utf8_lossy(&html.body).into_owned();
    assert!(html.contains(&format!("/p/{far}")), "{html}");
    let canonical = html.split("rel=\"canonical\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(canonical.contains(&format!("/p/{first}")), "{canonical}");

    let pick = async |query: String| {
        let path = format!("{RULES}/products{query}");
        shop.send("GET", &path, &Value::Null).await.json()["products"].as_array().unwrap().clone()
    };
    assert_eq!(pick(format!("?q={first}")).await[0]["id"], json!(first));
    let alike = pick(format!("?instead={first}")).await;
    assert!(!alike.is_empty());
    for card in &alike {
        assert_eq!(card["category"], page["card"]["category"]);
        assert!(card["id"] != json!(first) && card["availability"] != "out_of_stock", "{card}");
    }
    assert!(pick(String::new()).await.iter().all(|card| card["availability"] == "out_of_stock"));
    let circle = json!([{ "product": "a", "by": "b" }, { "product": "b", "by": "a" }]);
    let asked = json!({ "document": { "version": 1, "replacements": circle } });
    assert_eq!(shop.send("PUT", &format!("{RULES}/draft"), &asked).await.code(), "rules_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_proposed_published_and_shown() {
    let shop = Shop::open(Kind::Sqlite).await;
    let (first, far) = (shop.first("dress").await, shop.far("dress").await);
    let picture = shop.house.backend.get(&format!("/api/v1/products/{first}/picture")).await.body;
    let request =
        shop.house.backend.request("POST", &format!("{RULES}/spots")).bearer_auth(&shop.admin.access);
    let request = request.header("content-type", "image/jpeg").body(picture.clone());
    let seen = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert!(seen.json()["spots"].as_array().unwrap().len() <= 6);

    let pixels = image::load_from_memory(&picture).unwrap().to_rgb8();
    let mut jpeg = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, jpeg.get_ref());
    let spots = json!([{ "x": 0.5, "y": 0.25, "product": first }, { "x": 0.5, "y": 0.75, "product": far }]);
    let look = json!({ "id": "autumn", "title": "Autumn", "picture": text, "spots": spots });
    assert_eq!(shop.house.backend.get("/api/v1/looks").await.json(), json!([]));
    shop.publish(&json!({ "version": 1, "looks": [look] }), "").await;
    let looks = shop.house.backend.get("/api/v1/looks").await.json();
    assert_eq!((&looks[0]["id"], &looks[0]["spots"][1]["card"]["id"]), (&json!("autumn"), &json!(far)));
    assert_eq!((&looks[0]["width"], &looks[0]["height"]), (&json!(pixels.width()), &json!(pixels.height())));
    let shown = shop.house.backend.get("/api/v1/looks/autumn/picture").await;
    assert_eq!((shown.header("content-type"), &shown.body[..]), ("image/jpeg", &jpeg.get_ref()[..]));
    assert_eq!(shop.house.backend.get("/api/v1/looks/winter/picture").await.status, 404);
    let page = shop.house.backend.get(&format!("/api/v1/products/{far}")).await.json();
    assert_eq!(page["looks"], looks);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_looks_and_a_merchandiser_changes() {
    let shop = Shop::open(Kind::Sqlite).await;
    for (role, may) in [("analyst", false), ("merchandiser", true)] {
        let someone = shop.house.newcomer(&format!("{role}@shop.example")).await;
        let path = format!("/api/v1/admin/users/{}", someone.id);
        assert_eq!(shop.send("PATCH", &path, &json!({ "role": role })).await.status, 200);
        let send = async |method: &str, path: &str, body: Value| {
            shop.house.send(method, &format!("{RULES}{path}"), &someone.access, &body).await.status
        };
        let document = json!({ "version": 1 });
        assert_eq!(send("GET", "", Value::Null).await, 200, "{role}");
        assert_eq!(send("POST", "/preview", json!({ "document": document })).await, 200, "{role}");
        assert_eq!(send("PUT", "/draft", json!({ "document": document })).await, if may { 200 } else { 403 });
        assert_eq!(send("DELETE", "/draft", Value::Null).await, if may { 204 } else { 403 }, "{role}");
    }
}
