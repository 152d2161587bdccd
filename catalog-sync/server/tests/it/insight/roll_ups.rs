//! Roll-ups that equal the raw rows, and words that enough visitors asked.

use std::collections::{BTreeMap, BTreeSet};

use knytt_server::erase;
use knytt_wire::{Action, DeviceKind, Event, Item, QueryKind, Uuid};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::{Value, json};
use sqlx::{AnyPool, Row as _};

use super::{BOTH, DAY_MS, House, sums};
use crate::fixture::{Answer, Shopper, item};

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
