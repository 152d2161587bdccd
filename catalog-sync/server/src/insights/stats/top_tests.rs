//! The first rows of windows against adding up everything, and how long both take.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

use super::super::products::{all_products, products};
use super::super::queries::{QueryList, all_queries, queries};
use super::*;

/// The last day.
const LAST: i64 = 20_785;

struct Shop {
    db: Database,
    _dir: tempfile::TempDir,
}

impl Shop {
    /// Days with as many events each, of words and products that few or many want.
    async fn of(days: i64, events: u64, different: f64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
        let db = Database::open(&url.as_str().into(), 2).await.unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut tx = db.begin().await.unwrap();
        for day in LAST - days + 1..=LAST {
            fill(&mut tx, &mut random, day, events, different).await;
        }
        for table in ["insight_query_blocks", "product_blocks"] {
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}"))).execute(&mut *tx).await.unwrap();
        }
        let migration = include_str!("../../../migrations/sqlite/12_alerts.sql");
        for statement in
            migration.split(';').filter(|sql| sql.contains("_blocks (") && sql.contains("INSERT"))
        {
            sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self { db, _dir: dir }
    }
}

/// A number from 0 to `different`, where low ones come more often (a rank of Zipf's law).
fn rank(random: &mut ChaCha8Rng, different: f64) -> u64 {
    let share = f64::from(random.next_u32()) / 4_294_967_296.0;
    (different.powf(share) - 1.0) as u64
}

async fn fill(tx: &mut crate::db::Tx, random: &mut ChaCha8Rng, day: i64, events: u64, different: f64) {
    let mut counted = std::collections::BTreeMap::<u64, i64>::new();
    for _ in 0..events {
        // Fashions change: words drift from week to week.
        let drift = (day / 7) as u64 * 3;
        *counted.entry(rank(random, different) + drift % 50).or_default() += 1;
    }
    for (id, many) in counted {
        let zero_result = if id % 3 == 0 { many / 2 } else { 0 };
        let no_good_match = if id % 5 == 0 { many / 3 } else { 0 };
        sqlx::query("INSERT INTO insight_queries VALUES ('shop', $1, $2, $3, $4, $5, $6)")
            .bind(day)
            .bind(format!("words number {id}"))
            .bind(many)
            .bind(zero_result)
            .bind(no_good_match)
            .bind(many.min(7))
            .execute(&mut **tx)
            .await
            .unwrap();
        sqlx::query("INSERT INTO product_days VALUES ('shop', $1, $2, $3, $4, 0, 1, 0, $5)")
            .bind(day)
            .bind(format!("sku-{id}"))
            .bind(many)
            .bind(many / 2)
            .bind(many + many / 2 + 1)
            .execute(&mut **tx)
            .await
            .unwrap();
    }
}

fn scope(days: i64) -> Scope {
    Scope { catalog: "shop".into(), from: LAST - days + 1, to: LAST, release: None }
}

const LISTS: [QueryList; 4] =
    [QueryList::Top, QueryList::Rising, QueryList::ZeroResult, QueryList::NoGoodMatch];

#[tokio::test]
async fn the_first_rows_are_those_of_adding_up_everything() {
    for (events, different) in [(400, 5_000.0), (3_000, 300.0), (20, 10.0)] {
        let shop = Shop::of(65, events, different).await;
        for days in [1, 7, 28, 30] {
            let scope = scope(days);
            // Of many words, those that rose are looked for among the first 400.
            for list in LISTS.into_iter().filter(|list| *list != QueryList::Rising || different < 1_000.0) {
                let [first, all] = [
                    queries(&shop.db, &scope, list, 20).await.unwrap(),
                    all_queries(&shop.db, &scope, list, 20).await.unwrap(),
                ];
                assert_eq!(first, all, "{list:?} of {days} days with {events} events each");
            }
            let [first, all] = [
                products(&shop.db, &scope, 20).await.unwrap(),
                all_products(&shop.db, &scope, 20).await.unwrap(),
            ];
            assert_eq!(first, all, "products of {days} days with {events} events each");
        }
    }
}

#[test]
fn a_window_is_made_of_each_of_its_days_once() {
    for (from, to) in
        [(20_700, 20_700), (20_699, 20_710), (20_703, 20_709), (20_700, 20_719), (20_695, 20_785)]
    {
        let mut parts = Parts::default();
        parts.add(from, to, true);
        let blocks = parts.blocks.iter().flat_map(|(block, _)| block * BLOCK_DAYS..(block + 1) * BLOCK_DAYS);
        let mut days: Vec<i64> = blocks.chain(parts.days.iter().map(|(day, _)| *day)).collect();
        days.sort_unstable();
        assert_eq!(days, (from..=to).collect::<Vec<_>>());
    }
}

/// `KNYTT_EVENTS` events in 180 days; both ways in one run, the second of two times each.
#[tokio::test]
#[ignore = "measures; takes minutes"]
async fn how_long_the_first_rows_take() {
    let events: u64 = std::env::var("KNYTT_EVENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(3_000_000);
    let shop = Shop::of(180, events / 180, 2e6).await;
    for table in ["insight_queries", "insight_query_blocks", "product_days", "product_blocks"] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(shop.db.pool()).await.unwrap();
        println!("{table}: {rows} rows");
    }
    for days in [28, 90] {
        let scope = scope(days);
        for list in LISTS {
            let mut times = [Duration::ZERO; 2];
            for _ in 0..2 {
                let started = Instant::now();
                let all = all_queries(&shop.db, &scope, list, 20).await.unwrap();
                times[0] = started.elapsed();
                let started = Instant::now();
                let first = queries(&shop.db, &scope, list, 20).await.unwrap();
                times[1] = started.elapsed();
                if list != QueryList::Rising {
                    assert_eq!(first, all);
                }
            }
            println!("{days} days, {list:?}: all {:.1?}, first {:.1?}", times[0], times[1]);
        }
        let mut times = [Duration::ZERO; 2];
        for _ in 0..2 {
            let started = Instant::now();
            let all = all_products(&shop.db, &scope, 20).await.unwrap();
            times[0] = started.elapsed();
            let started = Instant::now();
            assert_eq!(products(&shop.db, &scope, 20).await.unwrap(), all);
            times[1] = started.elapsed();
        }
        println!("{days} days, products: all {:.1?}, first {:.1?}", times[0], times[1]);
    }
    let lists = WORDS_FOR_PLAN.lists(&scope(90), "searches", DEPTH);
    let mut parts = Parts::default();
    parts.add(scope(90).from, LAST, true);
    let sql = format!("EXPLAIN QUERY PLAN {}", WORDS_FOR_PLAN.sums_sql(&lists, &parts));
    for row in sqlx::query(AssertSqlSafe(sql)).bind("shop").fetch_all(shop.db.pool()).await.unwrap() {
        println!("{}", row.try_get::<String, _>(3).unwrap());
    }
}

const WORDS_FOR_PLAN: Counted =
    Counted { days: "insight_queries", blocks: "insight_query_blocks", id: "query", sums: &["searches"] };
