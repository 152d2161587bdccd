//! Numbers of which two releases were seen.

use knytt_wire::CatalogIdentity;
use serde::Serialize;
use sqlx::Row as _;

use super::Filter;
use crate::Result;
use crate::db::Database;

/// Rows that are read at most.
const MOST_ROWS: i64 = 1_000;

/// Two or more releases of one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseConflict {
    /// The catalogue's id.
    pub catalog: String,
    /// SHA-256 of its first root.
    pub root: String,
    /// The number.
    pub number: i64,
    /// The releases, the one that was heard of first first.
    pub releases: Vec<SeenRelease>,
}

/// A release of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenRelease {
    /// Its hash in the log of releases.
    pub hash: String,
    /// Whether it was published here. The others are what devices say.
    pub published: bool,
    /// When it was heard of first, in ms since 1970.
    pub first_ms: i64,
}

/// The conflicts of a catalogue, or of all.
pub async fn conflicts(db: &Database, filter: &Filter) -> Result<Vec<ReleaseConflict>> {
    let sql = "SELECT s.catalog, s.root, s.number, s.hash, s.published, s.first_ms FROM seen_releases AS s \
               JOIN (SELECT root, catalog, number FROM seen_releases \
                     GROUP BY root, catalog, number HAVING COUNT(*) > 1) AS twice \
               ON twice.root = s.root AND twice.catalog = s.catalog AND twice.number = s.number \
               ORDER BY s.catalog, s.root, s.number DESC, s.first_ms, s.hash LIMIT $1";
    let wanted = filter.catalog.as_deref().map(CatalogIdentity::from);
    let is_wanted = |conflict: &ReleaseConflict| {
        wanted.as_ref().is_none_or(|wanted| {
            wanted.catalog == conflict.catalog
                && wanted.root.as_ref().is_none_or(|root| *root == conflict.root)
        })
    };
    let mut conflicts: Vec<ReleaseConflict> = Vec::new();
    for row in sqlx::query(sql).bind(MOST_ROWS).fetch_all(db.reports()).await? {
        let (catalog, root, number): (String, String, i64) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let published: i64 = row.try_get(4)?;
        let seen =
            SeenRelease { hash: row.try_get(3)?, published: published == 1, first_ms: row.try_get(5)? };
        match conflicts.last_mut() {
            Some(last) if (&last.catalog, &last.root, last.number) == (&catalog, &root, number) => {
                last.releases.push(seen);
            }
            _ => conflicts.push(ReleaseConflict { catalog, root, number, releases: vec![seen] }),
        }
    }
    conflicts.retain(is_wanted);
    Ok(conflicts)
}
