//! What the report counts, on both databases.

use std::time::Duration;

use jiff::ToSpan;
use knytt_server::{Filter, Report, Scope, Settings, popularity, report, set_ingest_key};
use knytt_wire::{Action, Event};
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::fixture::{Answer, Backend, Kind, Records, Shopper, batch_json, item, settings};

const DAY_MS: i64 = 86_400_000;

const INGEST_KEY: &str = "0123456789abcdef";

/// Two days, two releases, two catalogues.
fn events() -> Vec<Event> {
    let mut all = Vec::new();
    let mut ann = Shopper::at("shop", 1);
    all.push(ann.searches("  Red DRESS", 20, true));
    all.push(ann.sees(&["a", "b", "c"]));
    all.push(ann.does(Action::SelectItem(item("b", Some(2)))));
    all.push(ann.does(Action::ViewItem(item("b", None))));
    all.push(ann.does(Action::AddToCart(item("b", None))));
    all.push(ann.does(Action::Purchase(item("b", None))));
    all.push(ann.searches("kilt", 0, false));
    for event in &mut all {
        event.at_ms -= DAY_MS;
    }
    let mut bob = Shopper::at("shop", 2);
    all.push(bob.searches("red dress", 20, true));
    all.push(bob.sees(&["a", "b"]));
    all.push(bob.does(Action::SelectItem(item("a", Some(1)))));
    all.push(bob.does(Action::ViewItem(item("a", None))));
    all.push(bob.does(Action::ViewItem(item("a", None))));
    all.push(bob.does(Action::AddToWishlist(item("a", None))));
    all.push(bob.searches("space suit", 20, false));
    all.push(Shopper::at("other", 9).searches("hat", 1, true));
    all
}

async fn stored(kind: Kind) -> (Records, Backend, tempfile::TempDir) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let db = records.open().await;
    set_ingest_key(&db, "shop", INGEST_KEY, Duration::from_secs(60)).await.unwrap();
    let backend = Backend::start(settings(&records, data.path())).await;
    let count = events().len();
    let outcome = backend.keyed_events("k", INGEST_KEY, batch_json(events())).await.outcome();
    assert_eq!(outcome.accepted as usize, count);
    (records, backend, data)
}

fn check(report: &Report) {
    let searches = &report.searches;
    let counts = (searches.total, searches.with_words, searches.zero_result, searches.no_good_match);
    assert_eq!(counts, (4, 4, 1, 1));
    assert_eq!((report.top_queries[0].query.as_str(), report.top_queries[0].searches), ("red dress", 2));
    assert_eq!(report.zero_result_queries.iter().map(|q| q.query.as_str()).collect::<Vec<_>>(), ["kilt"]);
    assert_eq!(
        report.no_good_match_queries.iter().map(|q| q.query.as_str()).collect::<Vec<_>>(),
        ["space suit"]
    );
    let positions: Vec<_> =
        report.positions.iter().map(|p| (p.position, p.shown, p.selected, p.ctr)).collect();
    assert_eq!(positions, [(1, 2, 1, 0.5), (2, 2, 1, 0.5), (3, 1, 0, 0.0)]);
    let c = &report.conversion;
    assert_eq!((c.searches, c.viewed, c.kept, c.purchased, c.rate), (4, 2, 2, 1, 0.25));
    let products: Vec<_> =
        report.top_products.iter().map(|p| (p.item_id.as_str(), p.viewed, p.purchased)).collect();
    assert_eq!(products, [("a", 2, 0), ("b", 1, 1)]);
    let releases: Vec<_> = report.releases.iter().map(|r| (r.release, r.activity.searches)).collect();
    assert_eq!(releases, [(2, 2), (1, 2)]);
    let days: Vec<_> = report.days.iter().map(|d| (d.activity.searches, d.activity.zero_result)).collect();
    assert_eq!(days, [(2, 0), (2, 1)]);
}

async fn the_report_counts(kind: Kind) {
    let (records, backend, _data) = stored(kind).await;
    let db = records.open().await;
    let shop = Filter { catalog: Some("shop".into()), ..Filter::default() };
    check(&report(&db, &shop).await.unwrap());
    let all = report(&db, &Filter::default()).await.unwrap();
    assert_eq!((all.searches.total, all.releases.len()), (5, 3));
    let yesterday = all.days[1].day;
    let first_day = Filter { from: Some(yesterday), to: Some(yesterday), ..shop.clone() };
    assert_eq!(report(&db, &first_day).await.unwrap().searches.total, 2);
    let before = Filter { to: Some(yesterday - 1.day()), ..shop };
    assert_eq!(report(&db, &before).await.unwrap().searches.total, 0);

    let popular = popularity(&db, "shop", 1.0).await.unwrap();
    let scores: Vec<_> = popular.iter().map(|p| (p.item_id.as_str(), p.score, p.views)).collect();
    // b: (1 + 5 + 10) halved, since yesterday is one half-life ago; a: one visit's view, and 3.
    assert_eq!(scores, [("b", 8.0, 1), ("a", 4.0, 1)]);
    // The score that is kept for the usual half-life is the same as that of the counts of all days.
    let (kept, added) =
        (popularity(&db, "shop", 30.0).await.unwrap(), popularity(&db, "shop", 30.001).await.unwrap());
    for (kept, added) in kept.iter().zip(&added) {
        assert_eq!((&kept.item_id, kept.views), (&added.item_id, added.views));
        assert!((kept.score - added.score).abs() < 0.001, "{kept:?} {added:?}");
    }
    assert!(popularity(&db, "shop", 0.0).await.is_err());
    over_http(&records, &backend).await;
}

/// The tables of the first version, without counts.
pub async fn first_tables(records: &Records, kind: Kind) -> sqlx::AnyPool {
    sqlx::any::install_default_drivers();
    let (url, sql) = match kind {
        Kind::Sqlite => {
            (format!("{}?mode=rwc", records.url()), include_str!("../../migrations/sqlite/1_tables.sql"))
        }
        Kind::Postgres => (records.url(), include_str!("../../migrations/postgres/1_tables.sql")),
    };
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    let tables = Migration::new(1, "tables".into(), MigrationType::Simple, sql.into_sql_str(), false);
    Migrator::with_migrations(vec![tables]).run(&pool).await.unwrap();
    pool
}

/// Stores an event as the first version did.
async fn store_as_before(pool: &sqlx::AnyPool, event: &Event) {
    let item = event.action.item();
    let (mut search, mut words, mut results, mut good) = (event.search_id, None, None, None);
    if let Action::Search { search_term, results: count, good_match, .. } = &event.action {
        search = Some(event.id);
        words = search_term.as_deref().map(|words| words.trim().replace("  ", " ").to_lowercase());
        (results, good) = (Some(i64::from(*count)), good_match.map(i64::from));
    }
    let day = event.at_ms.div_euclid(DAY_MS);
    let sql = "INSERT INTO events (id, name, catalog, release, visit, search_id, item_id, position, search_term, \
               results, good_match, at_ms, received_ms, day, payload) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let query = sqlx::query(sql).bind(event.id.as_bytes().as_slice()).bind(event.action.name());
    let query = query.bind(event.catalog.as_str()).bind(event.release as i64);
    let query = query.bind(event.visit.as_bytes().as_slice());
    let query =
        query.bind(search.map(|id| id.as_bytes().to_vec())).bind(item.map(|item| item.item_id.clone()));
    let query = query.bind(item.and_then(|item| item.position).map(i64::from)).bind(words);
    let query = query.bind(results).bind(good).bind(event.at_ms).bind(event.at_ms).bind(day).bind("{}");
    query.execute(pool).await.unwrap();
    if let Action::ViewItemList { items } = &event.action {
        for item in items {
            let sql = "INSERT INTO listed_items (event_id, catalog, release, day, item_id, position) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
            let query = sqlx::query(sql).bind(event.id.as_bytes().as_slice()).bind(event.catalog.as_str());
            let query = query.bind(event.release as i64).bind(day).bind(item.item_id.as_str());
            query.bind(i64::from(item.position)).execute(pool).await.unwrap();
        }
    }
}

/// What Insight counts of the shop: searches, those without a hit and without a good one, those that led to a choice, a
/// basket, a purchase; and visitors.
async fn insight(records: &Records) -> [i64; 7] {
    let pool = sqlx::AnyPool::connect(&records.url()).await.unwrap();
    let sql = "SELECT CAST(SUM(searches) AS BIGINT), CAST(SUM(zero_result) AS BIGINT), \
               CAST(SUM(no_good_match) AS BIGINT), CAST(SUM(clicked) AS BIGINT), CAST(SUM(carted) AS BIGINT), \
               CAST(SUM(purchased) AS BIGINT), (SELECT CAST(SUM(visitors) AS BIGINT) FROM insight_visitors \
               WHERE catalog = 'shop' AND release = -1) FROM insight_days WHERE catalog = 'shop'";
    let row = sqlx::query(sql).fetch_one(&pool).await.unwrap();
    pool.close().await;
    std::array::from_fn(|at| sqlx::Row::get(&row, at))
}

/// What was stored before there were counts is counted, and what comes later is added to it.
async fn events_from_before_are_counted(kind: Kind) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let pool = first_tables(&records, kind).await;
    let (before, after) = (events(), events());
    for event in &before {
        store_as_before(&pool, event).await;
    }
    pool.close().await;
    let db = records.open().await;
    let shop = Filter { catalog: Some("shop".into()), ..Filter::default() };
    let counted = report(&db, &shop).await.unwrap();
    check(&counted);
    let insight = async || insight(&records).await;
    assert_eq!(insight().await, [4, 1, 1, 2, 1, 1, 2]);
    // Those that ranked rank still.
    let popular = async || {
        let popular = popularity(&db, "shop", 1.0).await.unwrap();
        popular.into_iter().map(|p| (p.item_id, p.score, p.views)).collect::<Vec<_>>()
    };
    let ranked = [("b".to_owned(), 8.0, 1), ("a".to_owned(), 4.0, 1)];
    assert_eq!(popular().await, ranked);
    let days = Filter { from: Some(counted.days[1].day), ..shop.clone() };
    assert_eq!(report(&db, &days).await.unwrap(), counted, "added up by day");

    // Devices may go on sending events of a catalogue that had events.
    let settings = Settings { event_catalogs: None, ..settings(&records, data.path()) };
    let backend = Backend::start(settings).await;
    let outcome = backend.events("k", batch_json([before, after].concat())).await.outcome();
    assert_eq!((outcome.accepted, outcome.duplicates), (15, 15));
    assert_eq!(popular().await, ranked, "nothing vouches for what came now");
    let twice = report(&db, &shop).await.unwrap();
    assert_eq!(insight().await, [8, 2, 2, 4, 2, 2, 4]);
    assert_eq!(twice.searches.total, 2 * counted.searches.total);
    assert_eq!(twice.conversion.purchased, 2 * counted.conversion.purchased);
    assert_eq!(twice.positions[0].shown, 2 * counted.positions[0].shown);
    assert_eq!(twice.top_queries[0].searches, 2 * counted.top_queries[0].searches);
    assert_eq!(twice.top_products[0].viewed, 2 * counted.top_products[0].viewed);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_from_before_are_counted_on_sqlite() {
    events_from_before_are_counted(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_from_before_are_counted_on_postgres() {
    events_from_before_are_counted(Kind::Postgres).await;
}

/// A search that comes in parts, in any order and more than once, counts once at each step.
async fn a_search_counts_once_at_each_step(kind: Kind) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    let mut shopper = Shopper::at("shop", 1);
    let search = shopper.searches("hat", 1, true);
    let [view, keep, buy, again] = [
        shopper.does(Action::ViewItem(item("a", None))),
        shopper.does(Action::AddToCart(item("a", None))),
        shopper.does(Action::Purchase(item("a", None))),
        shopper.does(Action::ViewItem(item("b", None))),
    ];
    let db = records.open().await;
    let steps = async || {
        let conversion = report(&db, &Filter::default()).await.unwrap().conversion;
        (conversion.searches, conversion.viewed, conversion.kept, conversion.purchased)
    };
    for (key, events, expected) in [
        ("a", vec![view], (1, 1, 0, 0)),
        ("b", vec![search.clone(), again], (1, 1, 0, 0)),
        ("c", vec![buy.clone()], (1, 1, 1, 1)),
        ("d", vec![keep, buy, search], (1, 1, 1, 1)),
    ] {
        backend.events(key, batch_json(events)).await.outcome();
        assert_eq!(steps().await, expected, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_counts_once_at_each_step_on_sqlite() {
    a_search_counts_once_at_each_step(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_counts_once_at_each_step_on_postgres() {
    a_search_counts_once_at_each_step(Kind::Postgres).await;
}

async fn over_http(records: &Records, backend: &Backend) {
    let key = records.key("shop", Scope::Report).await;
    let get = async |path: &str| {
        Answer::of(backend.request("GET", path).bearer_auth(&key).send().await.unwrap()).await
    };
    let answer = get("/v1/report?catalog=shop").await;
    let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(json["searches"]["total"], 4);
    assert_eq!(json["days"][0]["searches"], 2);
    assert_eq!(get("/v1/report").await.status, 403, "a key for one catalogue, a report of all");
    assert_eq!(get("/v1/report?catalog=other").await.status, 403);
    assert_eq!(get("/v1/report?catalog=shop&from=yesterday").await.code(), "query_invalid");
    let popular = get("/v1/catalogs/shop/popularity?half_life_days=1").await;
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&popular.body).unwrap()[0]["item_id"], "b");
    assert_eq!(backend.get("/v1/report?catalog=shop").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_counts_on_sqlite() {
    the_report_counts(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_counts_on_postgres() {
    the_report_counts(Kind::Postgres).await;
}

/// Events that anyone may have made up do not rank products.
async fn only_bound_events_rank(kind: Kind) {
    let (records, data) = (Records::start(kind), tempfile::tempdir().unwrap());
    let backend = Backend::start(settings(&records, data.path())).await;
    let (publisher, db) = (records.key("shop", Scope::Publish).await, records.open().await);
    let send = async |id: &str, key: Option<&str>| {
        let view = Shopper::at("shop", 1).does(Action::ViewItem(item(id, None)));
        let request = backend.request("POST", "/v1/events").header("Idempotency-Key", view.id.to_string());
        let request = key.into_iter().fold(request, |request, key| request.header("Knytt-Ingest-Key", key));
        let request = request.body(batch_json(vec![view]));
        assert_eq!(Answer::of(request.send().await.unwrap()).await.outcome().accepted, 1);
    };
    let put = async |token: &str, body: &str| {
        let request = backend.request("PUT", "/v1/catalogs/shop/ingest-key").bearer_auth(token);
        request.body(body.to_owned()).send().await.unwrap().status().as_u16()
    };
    let ranked = async || {
        let ranked = popularity(&db, "shop", 30.0).await.unwrap();
        ranked.into_iter().map(|product| product.item_id).collect::<std::collections::BTreeSet<_>>()
    };
    let bound = async || report(&db, &Filter::default()).await.unwrap().events.bound;
    send("before", None).await;
    assert!(ranked().await.is_empty(), "nothing vouches for it");

    let (first, second) = (INGEST_KEY, "fedcba9876543210");
    assert_eq!(put("knytt_no_key", "{}").await, 401);
    assert_eq!(put(&publisher, "{\"ingest_key\":\"short\"}").await, 400);
    assert_eq!(put(&publisher, &format!("{{\"ingest_key\":\"{first}\"}}")).await, 204);
    // A replica knows the key after some seconds at most.
    crate::fixture::until("the first key is known", async || {
        send("with the first", Some(first)).await;
        bound().await > 0
    })
    .await;
    send("without", None).await;
    send("with another's", Some("another-shops-key")).await;
    assert_eq!(ranked().await, ["with the first".to_owned()].into());

    assert_eq!(put(&publisher, &format!("{{\"ingest_key\":\"{second}\"}}")).await, 204);
    send("with the old", Some(first)).await;
    assert!(ranked().await.contains("with the old"), "devices get the release with the next key later");
    let counted = report(&db, &Filter::default()).await.unwrap().events;
    assert!(counted.bound < counted.total, "{counted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_bound_events_rank_on_sqlite() {
    only_bound_events_rank(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_bound_events_rank_on_postgres() {
    only_bound_events_rank(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_listed_without_their_secrets() {
    let records = Records::start(Kind::Sqlite);
    let db = records.open().await;
    let made =
        knytt_server::create_key(&db, "till 3", "shop", &[Scope::Publish, Scope::Report]).await.unwrap();
    let secret = made.token.rsplit_once(&made.key.id).unwrap().1;
    assert_eq!(secret.len(), 44, "an underscore and 256 bits");
    knytt_server::revoke_key(&db, &made.key.id).await.unwrap();
    assert!(knytt_server::revoke_key(&db, "ffff").await.is_err());
    let listed = knytt_server::list_keys(&db).await.unwrap();
    assert_eq!(listed[0].scopes, [Scope::Publish, Scope::Report]);
    assert!(listed[0].revoked_ms.is_some());
    assert!(!serde_json::to_string(&listed).unwrap().contains(secret));
    db.close().await;
    let Records::Sqlite(dir) = &records else { unreachable!() };
    let files = fs_err::read_dir(dir.path()).unwrap().map(|file| fs_err::read(file.unwrap().path()).unwrap());
    assert!(files.into_iter().all(|bytes| !bytes.windows(43).any(|w| w == &secret.as_bytes()[1..])));
}
