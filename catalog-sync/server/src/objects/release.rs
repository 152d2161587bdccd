//! What a release says to the backend that serves it.

use knytt_wire::RELEASE_TARGET;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use serde::Deserialize;

use super::read::refuse;
use super::verify::Verifier;
use crate::app::App;
use crate::feedback::{KEEP_INGEST_KEY, set_ingest_key};
use crate::http::refusal::Refusal;

/// The longest description that is read. Devices read the same.
const MAX_BYTES: u64 = 4 << 20;

/// The part of a release's description that is meant for the backend.
#[derive(Deserialize)]
struct ForBackend {
    ingest_key: Option<String>,
}

/// Takes the ingest key that the present release names: devices that have the release send events with it. The key
/// before it stays valid for those that get the release late.
///
/// The release is published by now, so what goes wrong here is logged.
pub async fn learn_ingest_key(app: &App, catalog: &str) {
    match named_key(app, catalog).await {
        Ok(None) => {}
        Ok(Some(key)) => {
            if let Err(error) = set_ingest_key(&app.db, catalog, &key, KEEP_INGEST_KEY).await {
                tracing::warn!(catalog, %error, "the release's ingest key was not taken");
            }
        }
        Err(error) => tracing::warn!(catalog, ?error, "the release's ingest key was not read"),
    }
}

async fn named_key(app: &App, catalog: &str) -> Result<Option<String>, Refusal> {
    let needed = Verifier::new(&app.objects, catalog, jiff::Timestamp::now()).needed().await?;
    let end = format!(".{RELEASE_TARGET}");
    let Some(path) = needed.into_iter().find(|path| path.ends_with(&end)) else { return Ok(None) };
    let found = app.objects.store.get(&Path::from(path)).await.map_err(refuse)?;
    if found.meta.size > MAX_BYTES {
        return Ok(None);
    }
    let bytes = found.bytes().await.map_err(refuse)?;
    // A description that only later versions can read names no key for this one.
    Ok(serde_json::from_slice::<ForBackend>(&bytes).ok().and_then(|release| release.ingest_key))
}
