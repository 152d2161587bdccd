//! The console's statistics, on both databases.

mod embeddings;
mod many;
mod own_counts;
mod roll_ups;

use std::time::Duration;

use knytt_server::{Scope, set_ingest_key};
use knytt_wire::{Event, Uuid};
use serde_json::Value;
use sqlx::{AnyPool, Row as _};

use crate::fixture::{Answer, Backend, Kind, Records, batch_json, settings};

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

/// The columns of one row.
async fn sums(pool: &AnyPool, sql: &'static str) -> Vec<i64> {
    let row = sqlx::query(sql).fetch_one(pool).await.unwrap();
    (0..row.len()).map(|at| row.get(at)).collect()
}
