//! The tables of both databases, version by version.

use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, SqlSafeStr};

use crate::Result;

/// The number and name of a version, and its SQL for SQLite and for PostgreSQL.
type Version = (i64, &'static str, &'static str, &'static str);

const VERSIONS: &[Version] = &[
    (
        1,
        "tables",
        include_str!("../../migrations/sqlite/1_tables.sql"),
        include_str!("../../migrations/postgres/1_tables.sql"),
    ),
    (
        2,
        "counts",
        include_str!("../../migrations/sqlite/2_counts.sql"),
        include_str!("../../migrations/postgres/2_counts.sql"),
    ),
    (
        3,
        "keys",
        include_str!("../../migrations/sqlite/3_keys.sql"),
        include_str!("../../migrations/postgres/3_keys.sql"),
    ),
    (
        4,
        "accounts",
        include_str!("../../migrations/sqlite/4_accounts.sql"),
        include_str!("../../migrations/postgres/4_accounts.sql"),
    ),
    (
        6,
        "believed",
        include_str!("../../migrations/sqlite/6_believed.sql"),
        include_str!("../../migrations/postgres/6_believed.sql"),
    ),
    (
        7,
        "roots",
        include_str!("../../migrations/sqlite/7_roots.sql"),
        include_str!("../../migrations/postgres/7_roots.sql"),
    ),
    (
        8,
        "jobs",
        include_str!("../../migrations/sqlite/8_jobs.sql"),
        include_str!("../../migrations/postgres/8_jobs.sql"),
    ),
    (
        9,
        "insight",
        include_str!("../../migrations/sqlite/9_insight.sql"),
        include_str!("../../migrations/postgres/9_insight.sql"),
    ),
    (
        10,
        "merchandising",
        include_str!("../../migrations/sqlite/10_merchandising.sql"),
        include_str!("../../migrations/postgres/10_merchandising.sql"),
    ),
    (
        11,
        "experiments",
        include_str!("../../migrations/sqlite/11_experiments.sql"),
        include_str!("../../migrations/postgres/11_experiments.sql"),
    ),
    (
        12,
        "alerts",
        include_str!("../../migrations/sqlite/12_alerts.sql"),
        include_str!("../../migrations/postgres/12_alerts.sql"),
    ),
    (
        13,
        "kiosks",
        include_str!("../../migrations/sqlite/13_kiosks.sql"),
        include_str!("../../migrations/postgres/13_kiosks.sql"),
    ),
    (
        14,
        "embeddings",
        include_str!("../../migrations/sqlite/14_embeddings.sql"),
        include_str!("../../migrations/postgres/14_embeddings.sql"),
    ),
    (
        15,
        "events",
        include_str!("../../migrations/sqlite/15_events.sql"),
        include_str!("../../migrations/postgres/15_events.sql"),
    ),
    (
        16,
        "forgetting",
        include_str!("../../migrations/sqlite/16_forgetting.sql"),
        include_str!("../../migrations/postgres/16_forgetting.sql"),
    ),
];

/// The checksum of the SQL that version 6 had on SQLite at first. It filled its tables more and more slowly the more
/// events there were, and was written anew. Databases have noted this checksum, and the tables are the same.
const FIRST_BELIEVED: [u8; 48] = [
    0xc6, 0x0e, 0x5d, 0x76, 0x9f, 0x24, 0x47, 0xf9, 0x6b, 0x2d, 0xe8, 0x13, 0x8a, 0x7a, 0x13, 0xd6, 0xd3,
    0x77, 0x73, 0xa7, 0x5a, 0x13, 0x9f, 0xdc, 0x1d, 0x99, 0xb7, 0x33, 0xb6, 0x0e, 0x12, 0x30, 0x7e, 0x5d,
    0xc5, 0x81, 0x7c, 0xff, 0xc4, 0x16, 0x2a, 0x1a, 0x11, 0x51, 0x67, 0x2d, 0xd6, 0x43,
];

/// Makes or updates the tables. PostgreSQL lets one process do so at a time. On SQLite another one may do so
/// at this moment; then they are there when it is tried again.
///
/// # Errors
/// The database refuses, or its tables are of a newer version.
pub async fn migrate(pool: &AnyPool, sqlite: bool) -> Result<()> {
    for _ in 0..3 {
        match migrator(sqlite).run(pool).await {
            Err(error) if sqlite => tracing::debug!(%error, "making tables is tried again"),
            done => return Ok(done?),
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    Ok(migrator(sqlite).run(pool).await?)
}

/// The version of the tables that this program makes.
pub fn newest_version() -> i64 {
    VERSIONS.iter().map(|version| version.0).max().unwrap_or_default()
}

fn migrator(sqlite: bool) -> Migrator {
    let migration = |&(number, name, on_sqlite, on_postgres): &Version| {
        let sql = if sqlite { on_sqlite } else { on_postgres };
        let mut made = Migration::new(number, name.into(), MigrationType::Simple, sql.into_sql_str(), false);
        if sqlite && name == "believed" {
            made.checksum = FIRST_BELIEVED.as_slice().into();
        }
        made
    };
    Migrator::with_migrations(VERSIONS.iter().map(migration).collect())
}
