//! What the report counts, on both databases.

use jiff::ToSpan;
use knytt_server::{Filter, Report, Scope, popularity, report};
use knytt_wire::{Action, Event};

use crate::fixture::{Answer, Backend, Kind, Records, Shopper, batch_json, item, settings};

const DAY_MS: i64 = 86_400_000;

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
    let backend = Backend::start(settings(&records, data.path())).await;
    let count = events().len();
    let outcome = backend.events("k", batch_json(events())).await.outcome();
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
    assert!(popularity(&db, "shop", 0.0).await.is_err());
    over_http(&records, &backend).await;
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
    let files =
        std::fs::read_dir(dir.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    assert!(files.into_iter().all(|bytes| !bytes.windows(43).any(|w| w == &secret.as_bytes()[1..])));
}
