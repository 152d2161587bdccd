//! The catalogues whose events are taken, and their ingest keys.
//!
//! A catalogue is known when it is published here, has an API key, is named in the settings, or has events
//! from before there was this rule.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sqlx::Row as _;
use tokio::sync::Mutex;

use super::roots::{self, Roots, is_root};
use crate::Result;
use crate::db::Database;

/// How long what was read holds: a key that was taken away is refused this much later.
const HOLDS: Duration = Duration::from_secs(15);

/// How often an unknown catalogue or key has the records read again, at most.
const PAUSE: Duration = Duration::from_secs(1);

/// The ingest keys of a catalogue, each with the time until which it is valid.
type IngestKeys = Vec<(String, Option<i64>)>;

#[derive(Debug)]
struct Known {
    catalogs: HashMap<String, IngestKeys>,
    roots: HashMap<String, Roots>,
    read: Instant,
}

/// What is known, read from the records now and then. Clones share it.
#[derive(Clone, Debug)]
pub struct Registry {
    db: Database,
    known: Arc<RwLock<Known>>,
    reading: Arc<Mutex<()>>,
}

impl Registry {
    /// Notes the catalogues of the settings and reads all that are known.
    pub async fn open(db: &Database, catalogs: &[String]) -> Result<Self> {
        for named in catalogs {
            match named.rsplit_once('=').filter(|(_, root)| is_root(root)) {
                Some((catalog, root)) => {
                    know(db, std::iter::once(catalog)).await?;
                    roots::pin(db, catalog, root).await?;
                }
                None => know(db, std::iter::once(named.as_str())).await?,
            }
        }
        let known = Arc::new(RwLock::new(read(db).await?));
        Ok(Self { db: db.clone(), known, reading: Arc::default() })
    }

    /// Whether the catalogue is known, and if so, whether `key` is one of its ingest keys at this time.
    pub fn look_up(&self, catalog: &str, key: Option<&str>, now_ms: i64) -> Option<bool> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let keys = known.catalogs.get(catalog)?;
        let valid = |(name, until): &(String, Option<i64>)| {
            key == Some(name.as_str()) && until.is_none_or(|until| now_ms < until)
        };
        Some(keys.iter().any(valid))
    }

    /// Whether the catalogue has an ingest key: then its devices send it.
    pub fn has_ingest_key(&self, catalog: &str) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.catalogs.get(catalog).is_some_and(|keys| !keys.is_empty())
    }

    /// What events of a catalogue with this root are counted under; `None` if the root was never met.
    pub fn scope(&self, catalog: &str, root: Option<&str>) -> Option<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let none = Roots::default();
        known.roots.get(catalog).unwrap_or(&none).scope(catalog, root)
    }

    /// Whether the root is one of the catalogue's id that is counted by itself.
    pub fn knows_root(&self, catalog: &str, root: &str) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.roots.get(catalog).is_some_and(|roots| roots.knows(root))
    }

    /// Notes a root that was never met.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn note_root(&self, catalog: &str, root: &str) -> Result<(), sqlx::Error> {
        roots::note(&self.db, catalog, root).await?;
        let roots = roots::read(&self.db).await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).roots = roots;
        Ok(())
    }

    /// Reads the records again if that was long ago. For a catalogue or a key that is not known, they are read
    /// after this call in any case, since it may have become known a moment ago: the call waits until it is time
    /// for that, and shares the reading with all that wait.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn refresh(&self, unknown: bool) -> Result<(), sqlx::Error> {
        let asked = Instant::now();
        if !unknown && self.last_read().elapsed() < HOLDS {
            return Ok(());
        }
        let _reading = self.reading.lock().await;
        let last = self.last_read();
        if last < asked && (unknown || last.elapsed() >= HOLDS) {
            tokio::time::sleep(PAUSE.saturating_sub(last.elapsed())).await;
            let known = read(&self.db).await?;
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        }
        Ok(())
    }

    fn last_read(&self) -> Instant {
        self.known.read().unwrap_or_else(PoisonError::into_inner).read
    }
}

/// Notes that events of these catalogues are taken.
pub async fn know(db: &Database, catalogs: impl Iterator<Item = &str>) -> Result<(), sqlx::Error> {
    for catalog in catalogs {
        sqlx::query("INSERT INTO catalogs (name, since_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(catalog)
            .bind(jiff::Timestamp::now().as_millisecond())
            .execute(db.pool())
            .await?;
    }
    Ok(())
}

async fn read(db: &Database) -> Result<Known, sqlx::Error> {
    let read = Instant::now();
    let sql = "SELECT name FROM catalogs UNION SELECT catalog FROM publishing \
               UNION SELECT catalog FROM api_keys WHERE catalog <> '*'";
    let mut catalogs: HashMap<String, IngestKeys> = HashMap::new();
    for row in sqlx::query(sql).fetch_all(db.pool()).await? {
        catalogs.insert(row.try_get(0)?, IngestKeys::new());
    }
    let sql = "SELECT catalog, ingest_key, until_ms FROM ingest_keys";
    for row in sqlx::query(sql).fetch_all(db.pool()).await? {
        let keys = catalogs.entry(row.try_get(0)?).or_default();
        keys.push((row.try_get(1)?, row.try_get(2)?));
    }
    Ok(Known { catalogs, roots: roots::read(db).await?, read })
}
