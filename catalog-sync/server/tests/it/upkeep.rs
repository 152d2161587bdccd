//! Copies of the records, and what is forgotten of them.

use knytt_server::{Database, backup, erase, restore, retain};
use sqlx::Connection as _;
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
    backup(&records.url().into(), &copy).await.unwrap();
    assert!(backup(&records.url().into(), &copy).await.is_err(), "a copy was replaced");
    erase(&db, one).await.unwrap();
    let copied = Database::open(&format!("sqlite:{}", copy.display()).as_str().into(), 2).await.unwrap();
    assert_eq!((erase(&copied, one).await.unwrap(), erase(&copied, other).await.unwrap()), (2, 2));
    copied.close().await;
    db.close().await;
}

/// Whether an error says that the records stay as they are, and why.
fn says(refused: knytt_server::Result<()>, why: &str) {
    let error = refused.unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
}

async fn comes_back(kind: Kind) {
    let (records, folder) = (Records::start(kind), tempfile::tempdir().unwrap());
    let (one, _) = two_visits(&records).await;
    let (address, copy) = (records.url().into(), folder.path().join("copy"));
    backup(&address, &copy).await.unwrap();
    let db = records.open().await;
    erase(&db, one).await.unwrap();
    says(restore(&address, &copy, false).await, "--replace");
    says(restore(&address, &copy, true).await, "stop the backend first");
    says(restore(&address, &folder.path().join("none"), true).await, "there is no such file");
    db.close().await;
    let cut = folder.path().join("cut");
    let bytes = fs_err::read(&copy).unwrap();
    fs_err::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    assert!(restore(&address, &cut, true).await.is_err());
    fs_err::write(&cut, "no database").unwrap();
    assert!(restore(&address, &cut, true).await.is_err());
    let db = records.open().await;
    assert_eq!(erase(&db, one).await.unwrap(), 0, "what was refused changed nothing");
    db.close().await;
    restore(&address, &copy, true).await.unwrap();
    let db = records.open().await;
    assert_eq!(erase(&db, one).await.unwrap(), 2);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_back_from_a_copy_on_sqlite() {
    comes_back(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_back_from_a_copy_on_postgresql() {
    comes_back(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_newer_version_and_a_foreign_database_are_refused() {
    let (records, folder) = (Records::start(Kind::Sqlite), tempfile::tempdir().unwrap());
    two_visits(&records).await;
    let (copy, elsewhere) = (folder.path().join("copy.db"), folder.path().join("new.db"));
    backup(&records.url().into(), &copy).await.unwrap();
    let elsewhere: knytt_server::Address = format!("sqlite:{}", elsewhere.display()).into();
    let change = async |sql: &'static str| {
        let url = format!("sqlite:{}", copy.display());
        let mut copy = sqlx::AnyConnection::connect(&url).await.unwrap();
        sqlx::query(sql).execute(&mut copy).await.unwrap();
        copy.close().await.unwrap();
    };
    change("UPDATE _sqlx_migrations SET version = 999 WHERE version = 1").await;
    says(restore(&elsewhere, &copy, false).await, "newer version");
    change("DROP TABLE _sqlx_migrations").await;
    says(restore(&elsewhere, &copy, false).await, "something else");
}
