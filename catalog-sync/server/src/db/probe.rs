//! Whether the database takes writes now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::RngCore;
use sqlx::Error;
use tokio::sync::Mutex;

use super::Database;

/// How long an answer holds: whoever asks more often causes no more writes.
const HOLDS: Duration = Duration::from_secs(1);

/// The size of the note.
const NOTE_BYTES: usize = 16 << 10;

/// The size of the note after events could not be stored: a full disk may have room for less than they take.
const LARGE_NOTE_BYTES: usize = 1 << 20;

/// When the database was asked, and what it said.
type Answer = (Instant, Result<(), String>);

/// The last answer. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Probe {
    last: Arc<Mutex<Option<Answer>>>,
    doubted: Arc<AtomicBool>,
}

impl Probe {
    /// Has the next notes be as large as a commit of events, until one is written.
    pub fn doubt(&self) {
        self.doubted.store(true, Ordering::Relaxed);
    }

    /// Writes a note and waits for the disk, at most once a second.
    pub async fn ask(&self, db: &Database) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < HOLDS
        {
            return answer.clone();
        }
        let doubted = self.doubted.load(Ordering::Relaxed);
        let bytes = if doubted { LARGE_NOTE_BYTES } else { NOTE_BYTES };
        let answer = write(db, bytes).await.map_err(|error| error.to_string());
        if answer.is_ok() && doubted {
            self.doubted.store(false, Ordering::Relaxed);
        }
        *last = Some((Instant::now(), answer.clone()));
        answer
    }
}

async fn write(db: &Database, bytes: usize) -> Result<(), Error> {
    // PostgreSQL would make zeros short.
    let mut note = vec![0u8; bytes];
    rand::rng().fill_bytes(&mut note);
    let mut tx = db.begin().await?;
    sqlx::query(
        "INSERT INTO probe (id, at_ms, note) VALUES (1, $1, $2) \
         ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms, note = excluded.note",
    )
    .bind(jiff::Timestamp::now().as_millisecond())
    .bind(note)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
