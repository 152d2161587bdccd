//! How long reports of many events take, and the migration that counts them.
//!
//! `cargo run --release -p knytt-server --example report_time -- 3000000` makes a SQLite database of the first
//! version in a folder of its own with so many events: visits of a search, a list, a choice, a view and a
//! favourite, over 90 days, 100,000 different words and 50,000 products, the few much more often than the many.
#![allow(missing_docs, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use knytt_server::{Database, Filter, popularity, report};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, Executor, SqlSafeStr};

/// The last of the days: 2025-06-15.
const LAST_DAY: i64 = 20_254;

/// Events of `$count / 5` visits; `hit` is small more often than large, from 0 to 1.
const EVENTS: &str = "
INSERT INTO events (id, name, catalog, release, visit, search_id, item_id, position, search_term, results, good_match,
    at_ms, received_ms, day, payload)
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {count}),
made AS (SELECT n, n % 5 AS kind, n / 5 AS visit, (abs(random()) % 1000000) / 1000000.0 AS dice FROM numbers),
skewed AS (SELECT n, kind, visit, dice * dice * dice AS hit FROM made)
SELECT CAST(printf('%016d', n) AS BLOB),
    CASE kind WHEN 0 THEN 'search' WHEN 1 THEN 'view_item_list' WHEN 2 THEN 'select_item' WHEN 3 THEN 'view_item'
        ELSE 'add_to_wishlist' END,
    'shop', 1 + n * 20 / {count}, CAST(printf('%016d', visit) AS BLOB), CAST(printf('%016d', visit) AS BLOB),
    CASE WHEN kind >= 2 THEN 'item-' || CAST(hit * 50000 AS INTEGER) END,
    CASE WHEN kind = 2 THEN 1 + n % 12 END,
    CASE WHEN kind = 0 THEN 'words ' || CAST(hit * 100000 AS INTEGER) END,
    CASE WHEN kind = 0 THEN n % 20 END, CASE WHEN kind = 0 THEN n % 3 > 0 END,
    ({last} - n * 90 / {count}) * 86400000, 0, {last} - n * 90 / {count}, '{}'
FROM skewed";

const LISTED: &str = "
INSERT INTO listed_items (event_id, catalog, release, day, item_id, position)
SELECT id, catalog, release, day, 'item', 1 + rowid % 12 FROM events WHERE name = 'view_item_list'";

async fn fill(url: &str, count: u64) {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&format!("{url}?mode=rwc")).await.unwrap();
    let tables = include_str!("../migrations/sqlite/1_tables.sql").into_sql_str();
    let first = Migration::new(1, "tables".into(), MigrationType::Simple, tables, false);
    Migrator::with_migrations(vec![first]).run(&pool).await.unwrap();
    pool.execute("PRAGMA journal_mode = WAL").await.unwrap();
    let events = EVENTS.replace("{count}", &count.to_string()).replace("{last}", &LAST_DAY.to_string());
    pool.execute(AssertSqlSafe(events)).await.unwrap();
    pool.execute(LISTED).await.unwrap();
    pool.close().await;
}

async fn time(what: &str, work: impl AsyncFn()) {
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        work().await;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    println!("{what:<32} {:>8.1} ms (middle of 5)", times[2].as_secs_f64() * 1e3);
}

async fn measure(count: u64) {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("knytt.db").display());
    fill(&url, count).await;
    let started = Instant::now();
    let db = Database::open(&url.as_str().into(), 4).await.unwrap();
    println!("{count} events; the migration took {:.1} s", started.elapsed().as_secs_f64());
    let day = |number: i64| {
        knytt_server::Date::new(1970, 1, 1).unwrap() + jiff::SignedDuration::from_hours(24 * number)
    };
    let shop = Filter { catalog: Some("shop".into()), ..Filter::default() };
    let month = Filter { from: Some(day(LAST_DAY - 29)), ..shop.clone() };
    let last_day = Filter { from: Some(day(LAST_DAY)), ..shop.clone() };
    for (what, filter) in [("all days", &shop), ("30 days", &month), ("one day", &last_day)] {
        time(what, async || drop(report(&db, filter).await.unwrap())).await;
    }
    time("popularity", async || drop(popularity(&db, "shop", 30.0).await.unwrap())).await;
    db.close().await;
}

fn main() {
    let count = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    tokio::runtime::Runtime::new().unwrap().block_on(measure(count));
}
