//! How long the statistics of many events take.

use knytt_server::Scope;
use sqlx::AnyPool;

use super::{DAY_MS, stats};
use crate::fixture::{Backend, Kind, Records, settings};

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

/// The words of the events, as if each search had been a visitor's; the times and similarities of the server's own answers,
/// what they were about, and the sums of four replicas.
const MANY_ROWS: [&str; 6] = [
    "INSERT INTO insight_queries SELECT catalog, day, query, searches, zero_result, no_good_match, searches FROM query_days",
    "INSERT INTO insight_latency
     WITH RECURSIVE buckets (b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM buckets WHERE b < 399),
     stages (stage) AS (VALUES ('decode'), ('embed'), ('search'), ('rank'), ('total'))
     SELECT 'shop', day, release, stage, b, 1 + b % 7 FROM (SELECT DISTINCT day, release FROM insight_days), stages, buckets",
    "INSERT INTO insight_scores
     WITH RECURSIVE buckets (b) AS (SELECT 0 UNION ALL SELECT b + 1 FROM buckets WHERE b < 39),
     kinds (kind) AS (VALUES ('words'), ('image'), ('both'))
     SELECT 'shop', day, release, 'web', kind, b, 1 + b % 7 FROM (SELECT DISTINCT day, release FROM insight_days), kinds, buckets",
    "INSERT INTO insight_shares
     WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 199)
     SELECT 'shop', day, 'category', 'category ' || n, 1 + n % 7 FROM (SELECT DISTINCT day FROM insight_days), numbers",
    "INSERT INTO embedding_days
     WITH writers (writer) AS (VALUES ('a'), ('b'), ('c'), ('d')), kinds (kind) AS (VALUES ('words'), ('image'))
     SELECT 'shop', day, 'model', kind, writer, 500, 1.0, 30, zeroblob(2048)
     FROM (SELECT DISTINCT day FROM insight_days), writers, kinds",
    "INSERT INTO embedding_releases
     WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50)
     SELECT 'shop', 'model', 'state ' || n, n, n, 20000, 100.0, 1000, zeroblob(2048) FROM numbers",
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
        let all = ["", "/days", "/ways", "/releases", "/queries", "/products", "/service"];
        for path in all.into_iter().chain(["/drift", "/embeddings", "/changes"]) {
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
