//! The keys of tokens, in the database, so that all replicas have the same.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rand::RngCore;
use sqlx::Row as _;
use tokio::sync::Mutex;

use crate::db::Database;

/// How long a key signs.
const SIGNS: Duration = Duration::from_secs(7 * 86_400);

/// How long a key verifies: as long as an order may name a search that it signed.
const VERIFIES: Duration = Duration::from_secs(38 * 86_400);

/// How often the keys are read again.
const LOOK: Duration = Duration::from_secs(60);

/// How often a token of an unknown key has them read again, at most.
const PAUSE: Duration = Duration::from_secs(1);

type Secret = [u8; 32];

/// A key as it is stored: its number, its secret, when it was made in milliseconds since 1970.
type Stored = (u32, Secret, i64);

/// The keys. Clones share them.
#[derive(Clone)]
pub struct Keys {
    db: Database,
    /// The newest comes last; there is always one.
    known: Arc<RwLock<Vec<Stored>>>,
    read: Arc<Mutex<Instant>>,
}

impl Keys {
    /// Reads the keys, and makes the first or the next one if it is time.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn open(db: &Database) -> Result<Self, sqlx::Error> {
        let mut known = read(db).await?;
        if known.last().is_none_or(|(_, _, created_ms)| is_older(*created_ms, SIGNS)) {
            make(db, known.last().map_or(1, |(id, _, _)| id + 1)).await?;
            known = read(db).await?;
        }
        Ok(Self {
            db: db.clone(),
            known: Arc::new(RwLock::new(known)),
            read: Arc::new(Mutex::new(Instant::now())),
        })
    }

    /// Keeps the keys up to date, for as long as it is awaited.
    pub async fn renew(self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let due = self.newest_age().is_none_or(|created_ms| is_older(created_ms, SIGNS));
            let done = if due { self.rotate().await } else { self.reload().await };
            if let Err(error) = done {
                tracing::warn!(%error, "the keys of search tokens were not read again");
            }
        }
    }

    /// Makes the next key and forgets those that nothing valid can be signed with.
    ///
    /// # Errors
    /// The database refuses.
    pub async fn rotate(&self) -> Result<(), sqlx::Error> {
        let next = self.newest().0 + 1;
        make(&self.db, next).await?;
        let before = now_ms() - i64::try_from(VERIFIES.as_millis()).unwrap_or(i64::MAX);
        sqlx::query("DELETE FROM feedback_keys WHERE created_ms < $1")
            .bind(before)
            .execute(self.db.pool())
            .await?;
        self.reload().await
    }

    /// The key that signs.
    pub(super) fn newest(&self) -> (u32, Secret) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.last().map_or((0, [0; 32]), |(id, secret, _)| (*id, *secret))
    }

    /// The key of this number. One that is not known may be a moment old.
    pub(super) async fn find(&self, id: u32) -> Option<Secret> {
        if let Some(secret) = self.known_secret(id) {
            return Some(secret);
        }
        let mut read = self.read.lock().await;
        if read.elapsed() >= PAUSE {
            *read = Instant::now();
            // Without the database, what is known must do.
            let _ = self.reload().await;
        }
        self.known_secret(id)
    }

    fn known_secret(&self, id: u32) -> Option<Secret> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(known, _, _)| *known == id).map(|(_, secret, _)| *secret)
    }

    fn newest_age(&self) -> Option<i64> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).last().map(|(_, _, created_ms)| *created_ms)
    }

    async fn reload(&self) -> Result<(), sqlx::Error> {
        let known = read(&self.db).await?;
        if !known.is_empty() {
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        }
        Ok(())
    }
}

/// Two replicas that do so at once make one key: the second finds the number taken.
async fn make(db: &Database, id: u32) -> Result<(), sqlx::Error> {
    let mut secret = [0; 32];
    rand::rng().fill_bytes(&mut secret);
    let query =
        "INSERT INTO feedback_keys (id, secret, created_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let query = sqlx::query(query).bind(i64::from(id)).bind(secret.as_slice()).bind(now_ms());
    query.execute(db.pool()).await.map(drop)
}

async fn read(db: &Database) -> Result<Vec<Stored>, sqlx::Error> {
    let query = sqlx::query("SELECT id, secret, created_ms FROM feedback_keys ORDER BY id");
    let rows = query.fetch_all(db.pool()).await?;
    let decode = |what: &str| sqlx::Error::Decode(what.to_owned().into());
    rows.iter()
        .map(|row| {
            let (id, secret): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
            let id = u32::try_from(id).map_err(|_| decode("the number of a token key"))?;
            Ok((id, secret.try_into().map_err(|_| decode("a token key"))?, row.try_get(2)?))
        })
        .collect()
}

fn is_older(created_ms: i64, age: Duration) -> bool {
    now_ms().saturating_sub(created_ms) >= i64::try_from(age.as_millis()).unwrap_or(i64::MAX)
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
