//! The sums of what is sold: one for each state of a catalogue that is searched here.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use knytt_engine::Snapshot;

use super::features::{Features, width};
use super::kernel;
use super::sums::Sums;
use crate::accounts::now_ms;
use crate::db::Database;
use crate::search::{Catalogs, OpenCatalog};

/// How often it is looked whether a catalogue has changed.
const LOOK: Duration = Duration::from_secs(2);

/// Products of a catalogue that are summed, about: all of a smaller one. Which they are, their ids say, so that two
/// releases are compared by the same.
const PRODUCTS: u64 = 20_000;

/// Products whose distances say the width of the kernel.
const WIDTH_OF: usize = 256;

/// States of a catalogue that are kept.
const KEPT: i64 = 50;

/// Measures each state of the catalogues that are searched, for as long as it is awaited.
pub async fn follow(db: Database, catalogs: Arc<Catalogs>) {
    let mut known = HashSet::new();
    loop {
        for catalog in catalogs.all() {
            if let Err(error) = look(&db, &catalog, &mut known).await {
                let catalog = &catalog.summary.id;
                tracing::warn!(catalog, %error, "the catalogue's embeddings were not summed");
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures the catalogue's present state unless that was done before.
async fn look(
    db: &Database,
    catalog: &Arc<OpenCatalog>,
    known: &mut HashSet<(String, String)>,
) -> Result<(), Failure> {
    let state = catalog.state().map_err(|refusal| refusal.code())?;
    let id = catalog.summary.id.clone();
    let key = (id.clone(), format!("{:x}-{:016x}", state.release, state.content));
    if known.contains(&key) {
        return Ok(());
    }
    let model = catalog.shop.session().encoder().fingerprint().to_string();
    let sql = "SELECT COUNT(*) FROM embedding_releases WHERE catalog = $1 AND model = $2 AND state = $3";
    let noted = sqlx::query_scalar::<_, i64>(sql).bind(id.clone()).bind(model.clone()).bind(key.1.clone());
    if noted.fetch_one(db.pool()).await? == 0 {
        let features = match kernel::features(db, &id, &model).await? {
            Some(features) => Some(features),
            None => {
                let Some(width) = on_a_thread(catalog, width_of).await? else { return Ok(()) };
                let dimension = catalog.shop.session().encoder().dimension();
                kernel::note(db, &id, &model, dimension, width).await?;
                kernel::features(db, &id, &model).await?
            }
        };
        if let Some(features) = features {
            let sums = on_a_thread(catalog, move |snapshot| sums_of(snapshot, &features)).await?;
            let release = i64::try_from(state.release).unwrap_or(i64::MAX);
            if sums.count > 1 {
                note(db, (&id, &model, &key.1), release, &sums).await?;
            }
        }
    }
    known.insert(key);
    Ok(())
}

/// Reads the catalogue's present state on a thread that may wait.
async fn on_a_thread<T: Send + 'static>(
    catalog: &Arc<OpenCatalog>,
    read: impl FnOnce(&Snapshot) -> Result<T, knytt_engine::Error> + Send + 'static,
) -> Result<T, Failure> {
    let catalog = catalog.clone();
    let read = move || read(&catalog.shop.session().catalog().read()?);
    Ok(tokio::task::spawn_blocking(read).await??)
}

/// The width of the kernel for a catalogue's embeddings; `None` of fewer than two.
fn width_of(snapshot: &Snapshot) -> Result<Option<f64>, knytt_engine::Error> {
    let mut embeddings = Vec::new();
    each(snapshot, WIDTH_OF as u64, |embedding| embeddings.push(embedding.to_vec()))?;
    embeddings.truncate(2 * WIDTH_OF);
    Ok(width(&embeddings))
}

/// The sums of a catalogue's embeddings.
fn sums_of(snapshot: &Snapshot, features: &Features) -> Result<Sums, knytt_engine::Error> {
    let mut sums = Sums::default();
    each(snapshot, PRODUCTS, |embedding| {
        features.of(embedding).iter().for_each(|features| sums.add(features));
    })?;
    Ok(sums)
}

/// Goes through about `most` products that have an embedding. Their ids say which, so they are the same in each release.
fn each(snapshot: &Snapshot, most: u64, mut take: impl FnMut(&[f32])) -> Result<(), knytt_engine::Error> {
    let below = match snapshot.len()? {
        all if all > most => (u64::MAX / all).saturating_mul(most),
        _ => u64::MAX,
    };
    for product in snapshot.products()? {
        let id = product?.id;
        let hash = blake3::hash(id.as_bytes());
        let number = hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        if number <= below
            && let Some(embedding) = snapshot.vector(&id)?
        {
            take(embedding.as_slice());
        }
    }
    Ok(())
}

/// Keeps the sums of a state, and forgets those of old ones.
pub(super) async fn note(
    db: &Database,
    (catalog, model, state): (&str, &str, &str),
    release: i64,
    sums: &Sums,
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO embedding_releases (catalog, model, state, release, at_ms, products, spread, spreads, \
               features) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let row = sqlx::query(sql).bind(catalog.to_owned()).bind(model.to_owned()).bind(state.to_owned());
    let row = row.bind(release).bind(now_ms()).bind(sums.count).bind(sums.spread).bind(sums.spreads);
    row.bind(sums.bytes()).execute(db.pool()).await?;
    let old = "DELETE FROM embedding_releases WHERE catalog = $1 AND at_ms < (SELECT MIN(at_ms) FROM \
               (SELECT at_ms FROM embedding_releases WHERE catalog = $2 ORDER BY at_ms DESC LIMIT $3) AS kept)";
    let old = sqlx::query(old).bind(catalog.to_owned()).bind(catalog.to_owned()).bind(KEPT);
    old.execute(db.pool()).await.map(drop)
}
