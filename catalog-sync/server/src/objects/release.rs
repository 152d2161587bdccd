//! What a release says to the backend that serves it.

use std::collections::BTreeMap;

use knytt_wire::{CatalogIdentity, RELEASE_TARGET, Release};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use sqlx::Row as _;

use super::read::refuse;
use super::store::Objects;
use super::verify::Verifier;
use crate::db::Database;
use crate::feedback::{KEEP_INGEST_KEY, SeenReleases, pin_root, set_ingest_key};
use crate::http::refusal::Refusal;
use crate::search::Followed;

/// The longest description that is read. Devices read the same.
const MAX_BYTES: u64 = 4 << 20;

/// The part of a release's description that is meant for the backend.
#[derive(Deserialize)]
struct ForBackend {
    ingest_key: Option<String>,
}

/// Takes what the present release says: the ingest key that it names, its place in the log of releases, and the first
/// root that makes it the catalogue that it is. Devices that have the release send events with the key; the key before
/// it stays valid for those that get the release late.
///
/// The release is published by now, so what goes wrong here is logged.
pub async fn learn(db: &Database, objects: &Objects, seen: &SeenReleases, catalog: &str) {
    if let Err(error) = try_learn(db, objects, seen, catalog).await {
        tracing::warn!(catalog, ?error, "the release was not read");
    }
}

async fn try_learn(
    db: &Database,
    objects: &Objects,
    seen: &SeenReleases,
    catalog: &str,
) -> Result<(), Refusal> {
    let root = first_root(objects, catalog).await?;
    if let Some(root) = &root {
        pin_root(db, catalog, root).await?;
    }
    let Some(json) = description(objects, catalog).await? else { return Ok(()) };
    // A description that only later versions can read names no key for this one.
    let key = serde_json::from_slice::<ForBackend>(&json).ok().and_then(|release| release.ingest_key);
    if let Some(key) = key
        && let Err(error) = set_ingest_key(db, catalog, &key, KEEP_INGEST_KEY).await
    {
        tracing::warn!(catalog, %error, "the release's ingest key was not taken");
    }
    let head = Release::from_json(&json).ok().and_then(|release| release.log_head(hex(&json)));
    if let Some((root, head)) = root.zip(head) {
        seen.published(&CatalogIdentity::published(root, catalog), &head).await;
    }
    Ok(())
}

/// Until when devices accept what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The release's number; 0 if its description cannot be read.
    pub release: i64,
    /// When the first of its signatures ends, in milliseconds since 1970.
    pub until_ms: i64,
    /// When its timestamp was signed.
    pub signed_ms: i64,
}

/// Until when devices accept the present release of a catalogue; `None` where nothing is published.
///
/// # Errors
/// The store cannot be read.
pub async fn accepted(objects: &Objects, catalog: &str) -> Result<Option<Accepted>, Refusal> {
    let verifier = Verifier::new(objects, catalog, jiff::Timestamp::now());
    let Some(until) = verifier.accepted_until().await? else { return Ok(None) };
    let timestamp = Path::from_iter([catalog, "metadata", "timestamp.json"]);
    let signed = objects.head(&timestamp).await.map_err(refuse)?;
    let json = description(objects, catalog).await?;
    let release = json.and_then(|json| Release::from_json(&json).ok()).map_or(0, |release| release.number);
    Ok(Some(Accepted {
        release: i64::try_from(release).unwrap_or(i64::MAX),
        until_ms: until.as_millisecond(),
        signed_ms: signed.map_or(0, |signed| signed.last_modified.timestamp_millis()),
    }))
}

/// The present release's description.
async fn description(objects: &Objects, catalog: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let needed = Verifier::new(objects, catalog, jiff::Timestamp::now()).needed().await?;
    let end = format!(".{RELEASE_TARGET}");
    let Some(path) = needed.into_iter().find(|path| path.ends_with(&end)) else { return Ok(None) };
    let found = objects.store.get(&Path::from(path)).await.map_err(refuse)?;
    if found.meta.size > MAX_BYTES {
        return Ok(None);
    }
    Ok(Some(found.bytes().await.map_err(refuse)?.to_vec()))
}

/// SHA-256 of the catalogue's first root; none if nothing is published.
async fn first_root(objects: &Objects, catalog: &str) -> Result<Option<String>, Refusal> {
    let path = Path::from(format!("{catalog}/metadata/1.root.json"));
    match objects.store.get(&path).await {
        Ok(found) => Ok(Some(hex(&found.bytes().await.map_err(refuse)?))),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(refuse(error)),
    }
}

/// Takes the roots of all catalogues that are published or followed here: what was published by earlier versions, or
/// past this backend into its store, has none noted.
pub async fn pin_published(db: &Database, objects: &Objects, followed: &[Followed]) {
    if let Err(error) = try_pin_published(db, objects, followed).await {
        tracing::warn!(?error, "the roots of published catalogues were not read");
    }
}

async fn try_pin_published(db: &Database, objects: &Objects, followed: &[Followed]) -> Result<(), Refusal> {
    let mut roots: BTreeMap<String, Option<String>> = BTreeMap::new();
    for row in sqlx::query("SELECT catalog FROM publishing").fetch_all(db.pool()).await? {
        roots.insert(row.try_get(0)?, None);
    }
    roots.extend(followed.iter().map(|followed| (followed.name.clone(), followed.root.clone())));
    for (catalog, root) in roots {
        let root = match root {
            Some(root) => Some(root),
            None => first_root(objects, &catalog).await?,
        };
        if let Some(root) = root {
            pin_root(db, &catalog, &root).await?;
        }
    }
    Ok(())
}

/// SHA-256 in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
