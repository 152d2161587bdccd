//! The sums of the queries that this process answers. Each process has rows of its own, which it writes over: so no two
//! replicas wait for each other, and what is written twice counts once.

use std::collections::HashMap;
use std::sync::Arc;

use knytt_models::Embedding;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::features::Features;
use super::kernel;
use super::sums::Sums;
use crate::db::Database;

/// Queries that are added to what is stored at a time, at least: fewer stay in memory, also over days. So what is stored
/// is of that many, and between two readings of it are that many.
pub const LEAST: i64 = 50;

/// The embeddings of one query.
#[derive(Clone, Debug, Default)]
pub struct QueryEmbeddings {
    /// Of its words.
    pub words: Option<Arc<Embedding>>,
    /// Of its picture.
    pub image: Option<Arc<Embedding>>,
}

/// One of them, with where it belongs.
#[derive(Clone, Debug)]
pub struct AskedEmbedding {
    /// The catalogue that was searched.
    pub catalog: String,
    /// `words` or `image`.
    pub kind: &'static str,
    /// What the model made of it.
    pub embedding: Arc<Embedding>,
}

impl QueryEmbeddings {
    /// Each of them.
    pub fn of(&self, catalog: &str) -> impl Iterator<Item = AskedEmbedding> {
        let both = [("words", &self.words), ("image", &self.image)].map(|(kind, one)| (kind, one.clone()));
        let catalog = catalog.to_owned();
        let asked = move |(kind, one): (_, Option<Arc<Embedding>>)| {
            one.map(|embedding| AskedEmbedding { catalog: catalog.clone(), kind, embedding })
        };
        both.into_iter().filter_map(asked)
    }
}

/// A catalogue, a model, and what was asked with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    catalog: String,
    model: String,
    kind: &'static str,
}

/// What this process has stored of a day, or is about to.
struct Today {
    day: i64,
    sums: Sums,
    is_written: bool,
}

#[derive(Default)]
struct State {
    kernels: HashMap<(String, String), Arc<Features>>,
    waiting: HashMap<Key, Sums>,
    today: HashMap<Key, Today>,
}

/// The sums of this process. Clones share them.
#[derive(Clone)]
pub struct EmbeddingSums {
    db: Database,
    writer: String,
    state: Arc<Mutex<State>>,
}

impl EmbeddingSums {
    /// Nothing is summed yet.
    pub fn new(db: &Database) -> Self {
        Self { db: db.clone(), writer: Uuid::now_v7().to_string(), state: Arc::default() }
    }

    /// Adds embeddings to their sums and writes those that may be written as of `day`. Those of a catalogue that was not
    /// measured yet are left out.
    ///
    /// # Errors
    /// The database refuses; what was not written is tried again the next time.
    pub async fn add(&self, asked: Vec<AskedEmbedding>, day: i64) -> Result<(), sqlx::Error> {
        let mut state = self.state.clone().lock_owned().await;
        for one in &asked {
            let space = (one.catalog.clone(), one.embedding.fingerprint().to_string());
            if !state.kernels.contains_key(&space)
                && let Some(features) = kernel::features(&self.db, &space.0, &space.1).await?
            {
                state.kernels.insert(space, Arc::new(features));
            }
        }
        let summed = tokio::task::spawn_blocking(move || {
            asked.iter().for_each(|one| state.sum(one));
            state.release(day);
            state
        });
        match summed.await {
            Ok(mut state) => self.write(&mut state).await,
            Err(error) => {
                tracing::error!(%error, "embeddings were not summed");
                Ok(())
            }
        }
    }

    async fn write(&self, state: &mut State) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO embedding_days (catalog, day, model, kind, writer, searches, spread, spreads, features) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (catalog, day, model, kind, writer) \
                   DO UPDATE SET searches = excluded.searches, spread = excluded.spread, \
                   spreads = excluded.spreads, features = excluded.features";
        for (key, today) in state.today.iter_mut().filter(|(_, today)| !today.is_written) {
            let Today { day, sums, .. } = &*today;
            let row = sqlx::query(sql).bind(key.catalog.clone()).bind(*day).bind(key.model.clone());
            let row = row.bind(key.kind).bind(self.writer.clone()).bind(sums.count).bind(sums.spread);
            row.bind(sums.spreads).bind(sums.bytes()).execute(self.db.pool()).await?;
            today.is_written = true;
        }
        Ok(())
    }
}

impl State {
    fn sum(&mut self, asked: &AskedEmbedding) {
        let model = asked.embedding.fingerprint().to_string();
        let Some(kernel) = self.kernels.get(&(asked.catalog.clone(), model.clone())) else { return };
        if let Some(features) = kernel.of(asked.embedding.as_slice()) {
            let key = Key { catalog: asked.catalog.clone(), model, kind: asked.kind };
            self.waiting.entry(key).or_default().add(&features);
        }
    }

    /// Moves what is enough to what may be written.
    fn release(&mut self, day: i64) {
        for (key, sums) in self.waiting.iter_mut().filter(|(_, sums)| sums.count >= LEAST) {
            let sums = std::mem::take(sums);
            let fresh = || Today { day, sums: Sums::default(), is_written: true };
            let today = self.today.entry(key.clone()).or_insert_with(fresh);
            if today.day != day {
                *today = fresh();
            }
            today.sums.merge(&sums);
            today.is_written = false;
        }
    }
}
