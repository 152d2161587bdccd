//! Copies of the records, and what is forgotten of them.

use knytt_server::{Database, backup, erase, retain};
use uuid::Uuid;

use crate::fixture::{Backend, Kind, Records, Shopper, batch_json, settings};

/// Stores the events of two visits; returns the ids of the visits.
async fn two_visits(records: &Records) -> (Uuid, Uuid) {
    let data = tempfile::tempdir().unwrap();
    let backend = Backend::start(settings(records, data.path())).await;
    let (mut one, mut other) = (Shopper::at("shop", 1), Shopper::at("shop", 1));
    for (key, shopper) in [("one", &mut one), ("other", &mut other)] {
        let body = batch_json(vec![shopper.searches("boots", 3, true), shopper.searches("hats", 0, false)]);
        assert_eq!(backend.events(key, body).await.outcome().accepted, 2);
    }
    backend.stop().await;
    (one.visit, other.visit)
}

async fn forgets(kind: Kind) {
    let records = Records::start(kind);
    let (one, _) = two_visits(&records).await;
    let db: Database = records.open().await;
    assert_eq!(erase(&db, Uuid::now_v7()).await.unwrap(), 0);
    assert_eq!(erase(&db, one).await.unwrap(), 2);
    assert_eq!(erase(&db, one).await.unwrap(), 0);
    assert_eq!(retain(&db, 30).await.unwrap(), 0);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_forgotten_on_sqlite() {
    forgets(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_forgotten_on_postgresql() {
    forgets(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_what_the_records_had_and_replaces_nothing() {
    let (records, folder) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    let (one, other) = two_visits(&records).await;
    let (db, copy) = (records.open().await, folder.path().join("copy.db"));
    backup(&db, &copy).await.unwrap();
    assert!(backup(&db, &copy).await.is_err(), "a copy was replaced");
    erase(&db, one).await.unwrap();
    let copied = Database::open(&format!("sqlite:{}", copy.display()).as_str().into(), 2).await.unwrap();
    assert_eq!((erase(&copied, one).await.unwrap(), erase(&copied, other).await.unwrap()), (2, 2));
    copied.close().await;
    db.close().await;
}
