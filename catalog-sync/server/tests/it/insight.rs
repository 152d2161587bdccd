//! The console's statistics: roll-ups that equal the raw rows, counts of the server's own answers, words that enough
//! visitors asked, money. On both databases.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use knytt_server::{Scope, Settings, erase, set_ingest_key};
use knytt_wire::{Action, DeviceKind, Event, Item, QueryKind, Uuid};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::{Value, json};
use sqlx::{AnyPool, Row as _};

use crate::fixture::{
    Answer, Backend, Kind, Records, SearchedShop, Shopper, batch_json, item, settings, until,
};

const DAY_MS: i64 = 86_400_000;

const INGEST_KEY: &str = "0123456789abcdef";

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

/// A backend, and a key that may see its statistics.
struct House {
    backend: Backend,
    records: Records,
    key: String,
    _data: tempfile::TempDir,
}

impl House {
    async fn open(kind: Kind) -> Self {
        let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
        let db = records.open().await;
        set_ingest_key(&db, "shop", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
        let backend = Backend::start(settings(&records, data.path())).await;
        let key = records.key("*", Scope::Admin).await;
        Self { backend, records, key, _data: data }
    }

    async fn stats(&self, path: &str) -> Value {
        stats(&self.backend, &self.key, path).await
    }

    async fn send(&self, events: Vec<Event>) {
        for batch in events.chunks(300) {
            let key = Uuid::new_v4().to_string();
            let answer = self.backend.keyed_events(&key, INGEST_KEY, batch_json(batch.to_vec())).await;
            assert_eq!(answer.outcome().rejected, []);
        }
    }

    async fn pool(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        AnyPool::connect(&self.records.url()).await.unwrap()
    }
}

async fn stats(backend: &Backend, key: &str, path: &str) -> Value {
    let request = backend.request("GET", &format!("/api/v1/admin/stats{path}")).bearer_auth(key);
    Answer::of(request.send().await.unwrap()).await.json()
}

/// Numbers that are the same each time.
struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0.next_u32() as usize % most
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

const KINDS: [QueryKind; 5] =
    [QueryKind::Words, QueryKind::Image, QueryKind::Both, QueryKind::Similar, QueryKind::Camera];

/// Visits of several days and releases: searches of all kinds, and what came of them, some of it days later.
fn visits(dice: &mut Dice, count: usize) -> (Vec<Event>, Vec<Uuid>) {
    let (mut events, mut visitors) = (Vec::new(), Vec::new());
    for number in 0..count {
        let mut shopper = Shopper::at("shop", 1 + dice.below(3) as u64);
        visitors.push(shopper.visit);
        let age = dice.below(40) as i64 * DAY_MS;
        for _ in 0..=dice.below(3) {
            let mut search = shopper.searches(
                &format!("words {}", dice.below(9)),
                dice.below(4) as u32,
                dice.below(2) == 0,
            );
            if let Action::Search { kind, .. } = &mut search.action {
                *kind = KINDS[dice.below(KINDS.len())];
            }
            search.at_ms -= age;
            events.push(search);
            for _ in 0..dice.below(5) {
                let id = format!("item-{}", dice.below(20));
                let chosen = || item(&id, Some(1 + (number % 12) as u32));
                let mut event = shopper.does(match dice.below(7) {
                    0 => Action::ViewItem(chosen()),
                    1 => Action::AddToWishlist(chosen()),
                    2 => Action::AddToCart(chosen()),
                    3 => Action::Purchase(Item {
                        value: Some("19.90".into()),
                        currency: Some("EUR".into()),
                        ..chosen()
                    }),
                    4 => Action::Share(chosen()),
                    _ => Action::SelectItem(chosen()),
                });
                event.at_ms -= age - dice.below(2) as i64 * 3 * DAY_MS.min(age / 3);
                events.push(event);
            }
        }
    }
    (events, visitors)
}

/// What the raw rows say, by day, release and kind: searches, without a hit, without a good one, clicked, carted,
/// purchased.
async fn raw_days(pool: &AnyPool) -> BTreeMap<(i64, i64, String), [i64; 6]> {
    let sql = "SELECT name, search_id, day, release, payload FROM events WHERE catalog = 'shop'";
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    let mut counts: BTreeMap<(i64, i64, String), [i64; 6]> = BTreeMap::new();
    let mut keys = BTreeMap::new();
    let mut led: BTreeMap<Vec<u8>, [i64; 3]> = BTreeMap::new();
    for row in &rows {
        let (name, search): (String, Option<Vec<u8>>) = (row.get(0), row.get(1));
        let payload: Value = serde_json::from_str(&row.get::<String, _>(4)).unwrap();
        if name == "search" {
            let key = (row.get(2), row.get(3), payload["kind"].as_str().unwrap().to_owned());
            let counted = counts.entry(key.clone()).or_default();
            counted[0] += 1;
            counted[1] += i64::from(payload["results"] == 0);
            counted[2] += i64::from(payload["results"] != 0 && payload["good_match"] == false);
            keys.insert(search.unwrap(), key);
        } else if let Some(search) = search {
            let reached = led.entry(search).or_default();
            reached[0] |= i64::from(name != "view_item_list");
            reached[1] |= i64::from(name == "add_to_cart" || name == "purchase");
            reached[2] |= i64::from(name == "purchase");
        }
    }
    for (search, reached) in led {
        if let Some(key) = keys.get(&search) {
            let counted = counts.get_mut(key).unwrap();
            counted[3..].iter_mut().zip(reached).for_each(|(to, count)| *to += count);
        }
    }
    counts
}

async fn rolled_days(pool: &AnyPool) -> BTreeMap<(i64, i64, String), [i64; 6]> {
    let sql = "SELECT day, release, kind, searches, zero_result, no_good_match, clicked, carted, purchased \
               FROM insight_days WHERE catalog = 'shop' AND channel = 'app'";
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    let read = |row: &sqlx::any::AnyRow| {
        ((row.get(0), row.get(1), row.get(2)), std::array::from_fn(|at| row.get::<i64, _>(at + 3)))
    };
    rows.iter().map(read).collect()
}

/// What the raw rows say besides.
#[derive(Default)]
struct Raw {
    /// Events by name, and under `places` the sum of the places of choices.
    actions: BTreeMap<String, i64>,
    /// Who searched, by day.
    visitors: BTreeMap<i64, i64>,
    /// Sales and their amount.
    sales: [i64; 2],
    /// How often words were asked, and by how many visitors.
    words: BTreeMap<String, [i64; 2]>,
}

async fn raw_rest(pool: &AnyPool) -> Raw {
    let sql =
        "SELECT name, day, visit, payload, position, search_term, bound FROM events WHERE catalog = 'shop'";
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    let (mut raw, mut visitors) = (Raw::default(), BTreeSet::new());
    let mut words: BTreeMap<String, (i64, BTreeSet<Vec<u8>>)> = BTreeMap::new();
    for row in &rows {
        let (name, day, visit): (String, i64, Vec<u8>) = (row.get(0), row.get(1), row.get(2));
        let payload: Value = serde_json::from_str(&row.get::<String, _>(3)).unwrap();
        *raw.actions.entry(name.clone()).or_default() += 1;
        if name == "select_item" {
            *raw.actions.entry("places".into()).or_default() += row.get::<i64, _>(4);
        }
        if name == "search" {
            visitors.insert((day, visit.clone()));
            let asked = words.entry(row.get(5)).or_default();
            asked.0 += 1;
            asked.1.insert(visit);
        }
        if payload["value"] == "19.90" && row.get::<i64, _>(6) == 1 {
            raw.sales = [raw.sales[0] + 1, raw.sales[1] + 199_000];
        }
    }
    visitors.into_iter().for_each(|(day, _)| *raw.visitors.entry(day).or_default() += 1);
    raw.words = words.into_iter().map(|(words, (times, who))| (words, [times, who.len() as i64])).collect();
    raw
}

async fn sums(pool: &AnyPool, sql: &'static str) -> Vec<i64> {
    let row = sqlx::query(sql).fetch_one(pool).await.unwrap();
    (0..row.len()).map(|at| row.get(at)).collect()
}

async fn check(pool: &AnyPool) {
    assert_eq!(rolled_days(pool).await, raw_days(pool).await);
    let Raw { actions, visitors, sales, words } = raw_rest(pool).await;
    let sql = "SELECT CAST(SUM(clicks) AS BIGINT), CAST(SUM(places) AS BIGINT), CAST(SUM(viewed) AS BIGINT), \
               CAST(SUM(wishlisted) AS BIGINT), CAST(SUM(carted) AS BIGINT), CAST(SUM(purchased) AS BIGINT) \
               FROM insight_actions WHERE catalog = 'shop'";
    let names = ["select_item", "places", "view_item", "add_to_wishlist", "add_to_cart", "purchase"];
    assert_eq!(sums(pool, sql).await, names.map(|name| actions[name]));
    let sql = "SELECT day, visitors FROM insight_visitors WHERE catalog = 'shop' AND release = -1";
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    let counted: BTreeMap<i64, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(counted, visitors);
    let sql = "SELECT CAST(SUM(sales) AS BIGINT), CAST(SUM(amount) AS BIGINT) FROM insight_revenue WHERE currency = 'EUR'";
    assert_eq!(sums(pool, sql).await, sales);
    let sql = "SELECT query, CAST(SUM(searches) AS BIGINT), CAST(SUM(visitors) AS BIGINT) FROM insight_queries \
               WHERE catalog = 'shop' GROUP BY query";
    let rows = sqlx::query(sql).fetch_all(pool).await.unwrap();
    let counted: BTreeMap<String, [i64; 2]> =
        rows.iter().map(|row| (row.get(0), [row.get(1), row.get(2)])).collect();
    assert_eq!(counted, words);
}

/// Events come in any order, more than once, and days late; one visitor is erased.
#[tokio::test(flavor = "multi_thread")]
async fn roll_ups_equal_the_raw_rows() {
    for kind in BOTH {
        let house = House::open(kind).await;
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(7));
        let (events, visitors) = visits(&mut dice, 150);
        let mut sent = [events.clone(), events[..events.len() / 3].to_vec()].concat();
        dice.shuffle(&mut sent);
        house.send(sent).await;
        let pool = house.pool().await;
        check(&pool).await;
        house.send(events.clone()).await;
        check(&pool).await;

        // The counts name nobody and stay; that the visitor was here is gone.
        let (before, erased) = (rolled_days(&pool).await, visitors[0]);
        assert!(erase(&house.records.open().await, erased).await.unwrap() > 0);
        assert_eq!(rolled_days(&pool).await, before);
        for table in ["insight_seen", "insight_asked"] {
            let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE visitor = $1"));
            let left: i64 =
                sqlx::query_scalar(sql).bind(erased.as_bytes().to_vec()).fetch_one(&pool).await.unwrap();
            assert_eq!(left, 0, "{table}");
        }

        // What is shown is the sum of the rows.
        let [searches, clicked] = [0, 3].map(|at| before.values().map(|counted| counted[at]).sum::<i64>());
        let summary = house.stats("?catalog=shop&days=90").await;
        assert_eq!(summary["now"]["searches"], searches, "{summary}");
        assert_eq!(summary["now"]["clicked"], clicked, "{summary}");
        assert_eq!(summary["now"]["withoutClick"], searches - clicked, "{summary}");
        assert_eq!(summary["before"]["searches"], 0, "{summary}");
        let total = |rows: &Value| {
            rows.as_array().unwrap().iter().map(|row| row["searches"].as_i64().unwrap()).sum::<i64>()
        };
        for list in ["days", "ways", "releases"] {
            let rows = house.stats(&format!("/{list}?catalog=shop&days=90")).await;
            assert_eq!(total(&rows), searches, "{list}");
        }
        let of_release =
            before.iter().filter(|(key, _)| key.1 == 2).map(|(_, counted)| counted[0]).sum::<i64>();
        assert_eq!(house.stats("?catalog=shop&days=90&release=2").await["now"]["searches"], of_release);
    }
}

/// A screen in a store is a way in of its own, beside apps.
#[tokio::test(flavor = "multi_thread")]
async fn what_kiosks_tell_is_a_way_in_of_its_own() {
    for kind in BOTH {
        let house = House::open(kind).await;
        let mut events = Vec::new();
        for device in [DeviceKind::Kiosk, DeviceKind::Kiosk, DeviceKind::App] {
            let mut shopper = Shopper::at("shop", 3);
            let search = shopper.searches("boots", 4, true);
            let chosen = shopper.does(Action::SelectItem(item("item-1", Some(2))));
            events.extend([search, chosen].map(|event| Event { device, ..event }));
        }
        // What happened later belongs to its search, whatever it says itself.
        house.send(events).await;
        let ways = house.stats("/ways?catalog=shop&days=7").await;
        let of = |channel: &str| {
            let way = ways.as_array().unwrap().iter().find(|way| way["channel"] == channel).unwrap();
            (way["kind"].clone(), way["searches"].clone(), way["clicked"].clone())
        };
        assert_eq!(of("kiosk"), ("words".into(), 2.into(), 2.into()), "{ways}");
        assert_eq!(of("app"), ("words".into(), 1.into(), 1.into()), "{ways}");
        let summary = house.stats("?catalog=shop&days=7").await;
        assert_eq!((&summary["now"]["searches"], &summary["now"]["searchers"]), (&3.into(), &3.into()));
    }
}

/// Windows, the share over seven days, and what the words of a few visitors are not shown for.
#[tokio::test(flavor = "multi_thread")]
async fn words_are_shown_that_enough_visitors_asked() {
    for kind in BOTH {
        let house = House::open(kind).await;
        let asks = |words: &str, visitors: usize, age: i64, results: u32| {
            let ask = |_| {
                let mut event = Shopper::at("shop", 1).searches(words, results, true);
                event.at_ms -= age * DAY_MS;
                event
            };
            (0..visitors).map(ask).collect::<Vec<_>>()
        };
        let mut one = Shopper::at("shop", 1);
        let alone: Vec<Event> = (0..9).map(|_| one.searches("only mine", 3, true)).collect();
        house
            .send(
                [
                    asks("red dress", 6, 0, 5),
                    asks("red dress", 8, 10, 5),
                    asks("kilt", 7, 1, 0),
                    asks("rare", 4, 0, 0),
                    asks("ann@example.org", 9, 0, 5),
                    alone,
                ]
                .concat(),
            )
            .await;
        let names = async |list: &str| {
            let rows = house.stats(&format!("/queries?catalog=shop&days=7&list={list}")).await;
            rows.as_array()
                .unwrap()
                .iter()
                .map(|row| row["query"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names("top").await, ["kilt", "red dress"]);
        assert_eq!(names("rising").await, ["kilt"], "the dress was asked more often in the week before");
        assert_eq!(names("zeroResult").await, ["kilt"]);
        assert_eq!(names("noGoodMatch").await, Vec::<String>::new());
        let rows = house.stats("/queries?catalog=shop&days=7").await;
        assert_eq!((&rows[1]["searches"], &rows[1]["before"]), (&json!(6), &json!(8)), "{rows}");
        let days = house.stats("/days?catalog=shop&days=7").await;
        assert_eq!((days.as_array().unwrap().len(), &days[6]["ctr7"]), (7, &json!(0.0)), "{days}");
        let refused =
            house.backend.request("GET", "/api/v1/admin/stats?catalog=shop&days=0").bearer_auth(&house.key);
        assert_eq!(Answer::of(refused.send().await.unwrap()).await.code(), "bad_request");
    }
}

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

/// Events of `{count} / 5` visits over 90 days: a search, a list, three choices; few words and products much
/// more often than the many.
const MANY_EVENTS: &str = "
INSERT INTO events (id, name, catalog, release, visit, search_id, item_id, position, search_term, results, good_match,
    at_ms, received_ms, day, payload)
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {count}),
made AS (SELECT n, n % 5 AS kind, n / 5 AS visit, (abs(random()) % 1000000) / 1000000.0 AS dice FROM numbers),
skewed AS (SELECT n, kind, visit, dice * dice * dice AS hit FROM made)
SELECT CAST(printf('%016d', CASE kind WHEN 0 THEN visit ELSE n + 1000000000 END) AS BLOB),
    CASE kind WHEN 0 THEN 'search' WHEN 1 THEN 'view_item_list' ELSE 'select_item' END,
    'shop', 1 + n * 20 / {count}, CAST(printf('%016d', visit) AS BLOB), CAST(printf('%016d', visit) AS BLOB),
    CASE WHEN kind >= 2 THEN 'item-' || CAST(hit * 50000 AS INTEGER) END,
    CASE WHEN kind >= 2 THEN 1 + n % 12 END,
    CASE WHEN kind = 0 THEN 'words ' || CAST(hit * 100000 AS INTEGER) END,
    CASE WHEN kind = 0 THEN n % 20 END, CASE WHEN kind = 0 THEN n % 3 > 0 END,
    ({last} - n * 90 / {count}) * 86400000, 0, {last} - n * 90 / {count}, '{}'
FROM skewed";

/// The words of the events, as if each search had been a visitor's; and the times of the server's own answers.
const MANY_ROWS: [&str; 2] = [
    "INSERT INTO insight_queries SELECT catalog, day, query, searches, zero_result, no_good_match, searches FROM query_days",
    "INSERT INTO insight_latency
     WITH RECURSIVE buckets (b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM buckets WHERE b < 399),
     stages (stage) AS (VALUES ('decode'), ('embed'), ('search'), ('rank'), ('total'))
     SELECT 'shop', day, release, stage, b, 1 + b % 7 FROM (SELECT DISTINCT day, release FROM insight_days), stages, buckets",
];

/// Prints how long the migration and each route take: `KNYTT_EVENTS=3000000 cargo test -p knytt-server --test it
/// statistics_of_many -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn statistics_of_many_events() {
    let count: i64 = std::env::var("KNYTT_EVENTS").map_or(3_000_000, |count| count.parse().unwrap());
    let records = Records::start(Kind::Sqlite);
    let pool = crate::reports::first_tables(&records, Kind::Sqlite).await;
    let last = jiff::Timestamp::now().as_millisecond() / DAY_MS;
    let sql = MANY_EVENTS.replace("{count}", &count.to_string()).replace("{last}", &last.to_string());
    sqlx::query("PRAGMA journal_mode = WAL").execute(&pool).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    pool.close().await;
    let started = std::time::Instant::now();
    records.open().await.close().await;
    println!("{count} events; the migrations took {:.1} s", started.elapsed().as_secs_f64());
    let pool = AnyPool::connect(&records.url()).await.unwrap();
    for sql in MANY_ROWS {
        sqlx::query(sql).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let data = tempfile::tempdir().unwrap();
    let backend = Backend::start(settings(&records, data.path())).await;
    let key = records.key("*", Scope::Admin).await;
    for days in [7, 28, 90] {
        for path in ["", "/days", "/ways", "/releases", "/queries", "/products", "/service"] {
            let mut times = Vec::new();
            for _ in 0..5 {
                let started = std::time::Instant::now();
                stats(&backend, &key, &format!("{path}?catalog=shop&days={days}")).await;
                times.push(started.elapsed());
            }
            times.sort_unstable();
            println!("{days:>3} days {path:<12} {:>8.1} ms (middle of 5)", times[2].as_secs_f64() * 1e3);
        }
    }
}
