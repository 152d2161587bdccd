//! Experiments over HTTP, on both databases: obeyed by their shares on every replica, counted, concluded, shipped.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use knytt_server::{Settings, set_ingest_key};
use knytt_wire::{Action, Event, Participation, Uuid};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::accounts::{House, Someone};
use crate::fixture::{Answer, Backend, Kind, Records, Shopper, batch_json, build, item, settings, until};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const EXPERIMENTS: &str = "/api/v1/admin/catalogs/garments/experiments";
const INGEST_KEY: &str = "0123456789abcdef";

/// A backend that searches `garments`.
struct Shop {
    house: House,
    admin: Someone,
    folder: tempfile::TempDir,
}

impl Shop {
    async fn open(kind: Kind) -> Self {
        let (records, folder) = (Records::start(kind), tempfile::tempdir().unwrap());
        build(&folder.path().join("shop"));
        let db = records.open().await;
        set_ingest_key(&db, "garments", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
        let backend = replica(&records, folder.path()).await;
        let house = House::of(backend, records);
        let admin = house.admin().await;
        Self { house, admin, folder }
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.house.send(method, path, &self.admin.access, body).await
    }

    /// Makes an experiment and starts it; returns its id.
    async fn start(&self, body: &Value) -> String {
        let made = self.send("POST", EXPERIMENTS, body).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        let id = made["id"].as_str().unwrap().to_owned();
        let started = self.send("POST", &format!("{EXPERIMENTS}/{id}/start"), &Value::Null).await.json();
        assert_eq!(started["state"], "running");
        id
    }

    async fn search(&self, visitor: &str) -> Value {
        search(&self.house.backend, visitor).await
    }

    async fn results(&self, id: &str) -> Value {
        self.send("GET", &format!("{EXPERIMENTS}/{id}"), &Value::Null).await.json()
    }

    /// What the shopper did with a hit.
    async fn tell(&self, found: &Value, name: &str, hit: usize) {
        let hit = &found["hits"][hit];
        let event = json!({
            "id": Uuid::now_v7(), "atMs": now_ms(), "token": found["feedbackToken"], "team": hit["team"],
            "name": name, "item_id": hit["card"]["id"], "position": 1,
        });
        let body = json!({ "visit": Uuid::new_v4(), "events": [event] });
        let outcome = self.house.post("/api/v1/feedback", &body).await.json();
        assert_eq!((&outcome["accepted"], &outcome["bound"]), (&json!(1), &json!(1)), "{outcome}");
    }

    /// Arms of a column of `experiment_days`, once the server's own counts are written.
    async fn counted(&self, column: &str) -> Vec<i64> {
        let pool = self.house.pool().await;
        let sql = format!(
            "SELECT arm, CAST(SUM({column}) AS BIGINT) FROM experiment_days GROUP BY arm ORDER BY arm"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await.unwrap();
        rows.iter().map(|row| row.get(1)).collect()
    }
}

async fn replica(records: &Records, folder: &std::path::Path) -> Backend {
    let catalog = Some(vec![folder.join("shop")]);
    Backend::start(Settings { catalog, searches_per_minute: Some(100_000), ..settings(records, folder) })
        .await
}

async fn search(backend: &Backend, visitor: &str) -> Value {
    let body = json!({ "text": "red dress", "visitor": visitor, "limit": 60 });
    let request = backend.request("POST", "/api/v1/search").header("content-type", "application/json");
    Answer::of(request.body(body.to_string()).send().await.unwrap()).await.json()
}

fn now_ms() -> i64 {
    i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()
}

/// Ranks by the place in the catalogue alone.
fn blind() -> Value {
    let names = [
        "visual",
        "likeness",
        "identity",
        "words",
        "color",
        "category",
        "pattern",
        "brand",
        "price",
        "personal",
        "popularity",
        "freshness",
        "diversity",
    ];
    names.iter().map(|name| ((*name).to_owned(), json!(0.0))).collect::<serde_json::Map<_, _>>().into()
}

fn experiment(interleaved: bool) -> Value {
    let arms = json!([
        { "name": "As now", "share": 5_000 },
        { "name": "Blind", "share": 5_000, "weights": blind() },
    ]);
    json!({ "name": "Blind", "interleaved": interleaved, "arms": arms, "baseline": 0.3, "lift": 0.1 })
}

fn ids(found: &Value) -> Vec<String> {
    let hits = found["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["card"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The first hits of forty visitors, in this order.
async fn seen(backend: &Backend) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for visitor in 0..40 {
        all.push(ids(&search(backend, &format!("visitor {visitor}")).await));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_is_obeyed_by_its_shares_everywhere_and_shipped() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let other = replica(&shop.house.records, shop.folder.path()).await;
        let before = ids(&shop.search("visitor 0").await);
        let id = shop.start(&experiment(false)).await;

        let here = seen(&shop.house.backend).await;
        let rankings: BTreeSet<&Vec<String>> = here.iter().collect();
        assert_eq!(rankings.len(), 2, "one ranking of each arm");
        let with_control = here.iter().filter(|hits| **hits == before).count();
        // Five standard deviations of forty coins.
        assert!((5..=35).contains(&with_control), "{with_control}");
        assert_eq!(seen(&shop.house.backend).await, here, "a visitor stays in the arm");
        until("the other replica obeys", async || seen(&other).await == here).await;
        let late = replica(&shop.house.records, shop.folder.path()).await;
        assert_eq!(seen(&late).await, here, "whoever starts later obeys from the first search on");

        // One at a time, and what runs is not changed.
        let second = self::experiment(false);
        let second = shop.send("POST", EXPERIMENTS, &second).await;
        let second: Value = serde_json::from_slice(&second.body).unwrap();
        let path = format!("{EXPERIMENTS}/{}", second["id"].as_str().unwrap());
        assert_eq!(shop.send("POST", &format!("{path}/start"), &Value::Null).await.code(), "another_runs");
        assert_eq!(shop.send("DELETE", &path, &Value::Null).await.status, 204);
        assert_eq!(
            shop.send("DELETE", &format!("{EXPERIMENTS}/{id}"), &Value::Null).await.code(),
            "experiment_state"
        );

        let stopped = shop.send("POST", &format!("{EXPERIMENTS}/{id}/stop"), &Value::Null).await.json();
        assert_eq!(stopped["state"], "ended");
        assert!(seen(&shop.house.backend).await.iter().all(|hits| *hits == before));
        let shipped = shop.send("POST", &format!("{EXPERIMENTS}/{id}/ship"), &json!({ "arm": 1 })).await;
        assert_eq!(shipped.json()["shipped"], 1);
        let of_all = shop.search("anybody").await;
        assert_ne!(ids(&of_all), before);
        until("the other replica ranks so, too", async || ids(&search(&other, "x").await) == ids(&of_all))
            .await;
        let again = shop.send("POST", &format!("{EXPERIMENTS}/{id}/ship"), &json!({ "arm": 1 })).await;
        assert_eq!(again.code(), "experiment_state");

        // The way back.
        let ranking = "/api/v1/admin/catalogs/garments/ranking";
        let versions = shop.send("GET", ranking, &Value::Null).await.json();
        assert_eq!(versions["versions"][0]["note"], "Blind: Blind", "{versions}");
        let back = json!({ "weights": {}, "note": "as before" });
        assert_eq!(shop.send("POST", ranking, &back).await.status, 201);
        assert_eq!(ids(&shop.search("anybody").await), before);
        let audit = shop.send("GET", "/api/v1/admin/audit", &Value::Null).await.json().to_string();
        for action in ["create", "start", "stop", "ship", "remove"].map(|what| format!("experiment.{what}")) {
            assert!(audit.contains(&action), "{action}: {audit}");
        }
        assert!(audit.contains("ranking.set"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arm_may_obey_a_draft_of_rules_which_becomes_a_version() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let far = ids(&shop.search("x").await).last().unwrap().clone();
        let then = json!([{ "kind": "pin", "product": far, "place": 1 }]);
        let document = json!({ "version": 1, "rules": [{ "id": "one", "then": then }] });
        let arms = json!([{ "name": "As now", "share": 5_000 }, { "name": "Pin", "share": 5_000, "rulesDraft": true }]);
        let body = json!({ "name": "Pin", "arms": arms, "baseline": 0.3, "lift": 0.1 });
        assert_eq!(shop.send("POST", EXPERIMENTS, &body).await.code(), "no_draft");
        let draft = json!({ "document": document });
        let stored = shop.send("PUT", "/api/v1/admin/catalogs/garments/rules/draft", &draft).await;
        assert_eq!(stored.status, 200, "{stored:?}");
        let id = shop.start(&body).await;
        let pinned = seen(&shop.house.backend).await.iter().filter(|hits| hits[0] == far).count();
        assert!((5..=35).contains(&pinned), "{pinned}");
        shop.send("POST", &format!("{EXPERIMENTS}/{id}/ship"), &json!({ "arm": 1 })).await.json();
        assert!(seen(&shop.house.backend).await.iter().all(|hits| hits[0] == far));
        let live = shop.send("GET", "/api/v1/admin/catalogs/garments/rules", &Value::Null).await.json();
        assert_eq!(live["live"]["version"]["note"], "Pin: Pin", "{live}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_and_what_came_of_them_are_counted_by_arm() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let control = ids(&shop.search("x").await);
        let id = shop.start(&experiment(false)).await;
        // By arm: searches, and those that led to a choice.
        let mut expected = [[0_i64; 2]; 2];
        for visitor in 0..30 {
            let found = shop.search(&format!("visitor {visitor}")).await;
            let arm = usize::from(ids(&found) != control);
            expected[arm][0] += 1;
            if visitor % 3 == 0 {
                expected[arm][1] += 1;
                shop.tell(&found, "select_item", 0).await;
                // More of the same search is no other search.
                shop.tell(&found, "select_item", 1).await;
            }
        }
        let column = |at: usize| vec![expected[0][at], expected[1][at]];
        until("they are counted", async || shop.counted("searches").await == column(0)).await;
        assert_eq!(shop.counted("clicked").await, column(1));
        let results = shop.results(&id).await;
        for (arm, counts) in expected.iter().enumerate() {
            let shown = &results["arms"][arm];
            let of = ["searches", "visitors", "clicked"].map(|name| shown[name].as_i64().unwrap());
            assert_eq!(of, [counts[0], counts[0], counts[1]], "{results}");
        }
        // The control's answer was kept from before the start, and has no time of its own.
        assert!(results["arms"][1]["p95Ms"].as_f64().unwrap() > 0.0, "{results}");
        let comparison = &results["comparisons"][0];
        assert_eq!((&comparison["verdict"], &comparison["interval"]), (&json!("open"), &Value::Null));
        assert_eq!(results["mismatch"]["isMismatch"], false);
        assert!(results["experiment"]["needed"].as_i64().unwrap() > 1_000, "{results}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rankings_are_one_list_and_choices_are_of_teams() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let control = ids(&shop.search("x").await);
        let id = shop.start(&experiment(true)).await;
        let found = shop.search("visitor").await;
        let merged = ids(&found);
        assert_ne!(merged, control);
        assert_eq!(merged.iter().collect::<BTreeSet<_>>().len(), merged.len(), "each product once");
        let teams: Vec<u64> =
            found["hits"].as_array().unwrap().iter().map(|hit| hit["team"].as_u64().unwrap()).collect();
        for round in teams[..8].chunks_exact(2) {
            assert_eq!(round[0] + round[1], 1, "{teams:?}");
        }
        assert_eq!(ids(&shop.search("visitor").await), merged, "the same visitor has the same list");
        // The next page goes on.
        let page = |cursor: &Value| json!({ "text": "red dress", "visitor": "visitor", "limit": 5, "cursor": cursor });
        let first = shop.house.post("/api/v1/search", &page(&Value::Null)).await.json();
        let second = shop.house.post("/api/v1/search", &page(&first["next"])).await.json();
        assert_eq!([ids(&first), ids(&second)].concat(), merged[..10]);
        // Sorted by price, there is nothing to merge.
        let sorted = json!({ "text": "red dress", "visitor": "visitor", "sort": "price_up" });
        let sorted = shop.house.post("/api/v1/search", &sorted).await.json();
        assert!(sorted["hits"][0].get("team").is_none(), "{}", sorted["hits"][0]);

        let of_variant = teams.iter().position(|team| *team == 1).unwrap();
        let of_control = teams.iter().position(|team| *team == 0).unwrap();
        for chosen in [of_variant, of_variant, of_control] {
            let found = shop.search("visitor").await;
            shop.tell(&found, "select_item", chosen).await;
        }
        assert_eq!(shop.counted("clicked").await, [1, 2]);
        until("they are counted", async || shop.counted("searches").await == [6, 6]).await;
        let results = shop.results(&id).await;
        assert_eq!(results["mismatch"]["isMismatch"], false, "all see both");
        assert_eq!(results["comparisons"][0]["guards"], json!([]));
    }
}

/// Events of apps in two arms, in any order, some of them before their search.
fn of_apps(id: Uuid, dice: &mut ChaCha8Rng) -> Vec<Event> {
    let mut below = |most: u32| dice.next_u32() % most;
    let mut events = Vec::new();
    for visit in 0..120 {
        let mut shopper = Shopper::at("garments", 1);
        // Every fourth takes no part.
        let arm = u8::try_from(visit % 4).unwrap();
        let experiment = (arm < 3).then_some(Participation { id, arm: (arm < 2).then_some(arm) });
        for number in 0..=below(2) {
            let words = format!("words {visit} {number}");
            let search = shopper.searches(&words, below(3), below(2) == 0);
            events.push(Event { experiment, ..search });
            for _ in 0..below(3) {
                let chosen = item(&format!("item {}", below(1_000)), Some(1));
                let team =
                    experiment.map(|part| Participation { arm: part.arm.or(Some(below(2) as u8)), ..part });
                let action = match below(3) {
                    0 => Action::AddToCart(chosen),
                    1 => Action::Purchase(chosen),
                    _ => Action::SelectItem(chosen),
                };
                events.push(Event { experiment: team, ..shopper.does(action) });
            }
        }
    }
    for at in (1..events.len()).rev() {
        events.swap(at, below(u32::try_from(at + 1).unwrap()) as usize);
    }
    events
}

/// What the raw rows say, by arm: searches, without a hit, without a good one, clicked, carted, purchased.
async fn raw(pool: &sqlx::AnyPool) -> BTreeMap<i64, [i64; 6]> {
    let rows = sqlx::query("SELECT name, search_id, payload FROM events").fetch_all(pool).await.unwrap();
    let mut counts: BTreeMap<i64, [i64; 6]> = BTreeMap::new();
    let mut arms: BTreeMap<Vec<u8>, Option<i64>> = BTreeMap::new();
    let mut led: BTreeMap<Vec<u8>, ([i64; 3], [i64; 2])> = BTreeMap::new();
    for row in &rows {
        let (name, search): (String, Vec<u8>) = (row.get(0), row.get(1));
        let payload: Value = serde_json::from_str(&row.get::<String, _>(2)).unwrap();
        if payload["experiment"].is_null() {
            continue;
        }
        let arm = payload["experiment"]["arm"].as_i64();
        if name == "search" {
            for arm in arm.map_or(vec![0, 1], |arm| vec![arm]) {
                let counted = counts.entry(arm).or_default();
                counted[0] += 1;
                counted[1] += i64::from(payload["results"] == 0);
                counted[2] += i64::from(payload["results"] != 0 && payload["good_match"] == false);
            }
            arms.insert(search, arm);
        } else {
            let (reached, teams) = led.entry(search).or_default();
            reached[0] = 1;
            reached[1] |= i64::from(name != "select_item");
            reached[2] |= i64::from(name == "purchase");
            teams[usize::try_from(arm.unwrap()).unwrap()] = 1;
        }
    }
    for (search, (reached, teams)) in led {
        match arms[&search] {
            Some(arm) => {
                let to = &mut counts.get_mut(&arm).unwrap()[3..];
                to.iter_mut().zip(reached).for_each(|(to, count)| *to += count);
            }
            None => (0..).zip(teams).for_each(|(arm, chosen)| counts.get_mut(&arm).unwrap()[3] += chosen),
        }
    }
    counts
}

async fn rolled(pool: &sqlx::AnyPool) -> BTreeMap<i64, [i64; 6]> {
    let sql = "SELECT arm, CAST(SUM(searches) AS BIGINT), CAST(SUM(zero_result) AS BIGINT), \
               CAST(SUM(no_good_match) AS BIGINT), CAST(SUM(clicked) AS BIGINT), CAST(SUM(carted) AS BIGINT), \
               CAST(SUM(purchased) AS BIGINT) FROM experiment_days GROUP BY arm";
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    rows.iter().map(|row| (row.get(0), std::array::from_fn(|at| row.get(at + 1)))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn roll_ups_equal_the_raw_events_of_apps() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let events = of_apps(Uuid::now_v7(), &mut ChaCha8Rng::seed_from_u64(11));
        let send = async |key: &str, events: &[Event]| {
            for batch in events.chunks(200) {
                let name = Uuid::new_v4().to_string();
                let body = batch_json(batch.to_vec());
                let answer = shop.house.backend.keyed_events(&name, key, body).await;
                assert_eq!(answer.outcome().rejected, []);
            }
        };
        send(INGEST_KEY, &events).await;
        let pool = shop.house.pool().await;
        let expected = raw(&pool).await;
        assert!(expected[&0][3] > 0 && expected[&1][5] > 0, "{expected:?}");
        assert_eq!(rolled(&pool).await, expected);
        // What is sent again changes nothing, and what nothing vouches for is not believed.
        send(INGEST_KEY, &events).await;
        let mut forged = Shopper::at("garments", 1);
        let part = events.iter().find_map(|event| event.experiment);
        let search = Event { experiment: part, ..forged.searches("forged", 1, true) };
        let choice = Event { experiment: part, ..forged.does(Action::SelectItem(item("a", Some(1)))) };
        send("another-key-0000", &[search, choice]).await;
        assert_eq!(rolled(&pool).await, expected);
        let visitors: i64 =
            sqlx::query_scalar("SELECT CAST(SUM(visitors) AS BIGINT) FROM experiment_visitors")
                .fetch_one(&pool)
                .await
                .unwrap();
        // Thirty visits in each arm, and thirty in both.
        assert_eq!(visitors, 120);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused() {
    for kind in BOTH {
        let shop = Shop::open(kind).await;
        let with = |change: &dyn Fn(&mut Value)| {
            let mut body = experiment(false);
            change(&mut body);
            body
        };
        let nothing = json!([{ "name": "a", "share": 5_000 }, { "name": "b", "share": 5_000 }]);
        for (body, status, code) in [
            (with(&|e| e["name"] = json!(" ")), 400, "bad_request"),
            (with(&|e| e["more"] = json!(1)), 400, "bad_request"),
            (with(&|e| e["arms"] = nothing.clone()), 422, "experiment_refused"),
            (with(&|e| e["arms"][0]["share"] = json!(5_001)), 422, "experiment_refused"),
            (with(&|e| e["arms"][1]["weights"]["color"] = json!(11)), 422, "experiment_refused"),
            (with(&|e| e["baseline"] = Value::Null), 422, "experiment_refused"),
            (with(&|e| e["lift"] = json!(0)), 422, "experiment_refused"),
            (with(&|e| e["days"] = json!(0)), 422, "experiment_refused"),
            (with(&|e| e["interleaved"] = json!(true)), 201, ""),
        ] {
            let answer = shop.send("POST", EXPERIMENTS, &body).await;
            assert_eq!(answer.status, status, "{body}: {answer:?}");
            assert!(code.is_empty() || answer.code() == code, "{body}: {answer:?}");
        }
        let merged = with(&|e| (e["interleaved"], e["metric"]) = (json!(true), json!("carted")));
        assert_eq!(shop.send("POST", EXPERIMENTS, &merged).await.code(), "experiment_refused");
        let none = format!("{EXPERIMENTS}/none");
        for (method, path) in
            [("GET", none.clone()), ("DELETE", none.clone()), ("POST", format!("{none}/start"))]
        {
            assert_eq!(shop.send(method, &path, &Value::Null).await.code(), "not_found", "{path}");
        }
        let power = format!("{EXPERIMENTS}/power?lift=0.05");
        assert_eq!(
            shop.send("GET", &power, &Value::Null).await.code(),
            "experiment_refused",
            "nothing is counted"
        );
        let power = shop.send("GET", &format!("{power}&baseline=0.3"), &Value::Null).await.json();
        assert_eq!(
            (power["needed"].as_i64().unwrap() / 1_000, &power["counted"]),
            (28, &json!(0)),
            "{power}"
        );
    }
}
