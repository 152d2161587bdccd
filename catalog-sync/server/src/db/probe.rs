//! Whether the database takes writes now.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rand::RngCore;
use sqlx::Error;
use tokio::sync::Mutex;

use super::Database;

/// How long an answer holds: whoever asks more often causes no more writes.
const HOLDS: Duration = Duration::from_secs(1);

/// How long stored events are answer enough. Under load a note would wait long for SQLite's one writer.
const PROVEN: Duration = Duration::from_secs(5);

/// The size of the note.
const NOTE_BYTES: usize = 16 << 10;

/// The size of the note after events could not be stored: a full disk may have room for less than they take.
const LARGE_NOTE_BYTES: usize = 1 << 20;

/// When the database was asked, and what it said.
type Answer = (Instant, Result<(), String>);

/// What is known. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Probe {
    answer: Arc<RwLock<Option<Answer>>>,
    /// When events were stored last.
    proof: Arc<RwLock<Option<Instant>>>,
    doubted: Arc<AtomicBool>,
    asking: Arc<Mutex<()>>,
}

impl Probe {
    /// Says that events were stored.
    pub fn prove(&self) {
        *self.proof.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Says that events could not be stored. The next notes are as large as a commit of events, until one is
    /// written.
    pub fn doubt(&self) {
        *self.proof.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.doubted.store(true, Ordering::Relaxed);
    }

    /// Writes a note and waits for the disk, at most once a second, and not while events are stored.
    pub async fn ask(&self, db: &Database) -> Result<(), String> {
        let _asking = self.asking.lock().await;
        let proof = *self.proof.read().unwrap_or_else(PoisonError::into_inner);
        if proof.is_some_and(|at| at.elapsed() < PROVEN) {
            return Ok(());
        }
        let last = self.answer.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, answer)) = last.filter(|(at, _)| at.elapsed() < HOLDS) {
            return answer;
        }
        let doubted = self.doubted.load(Ordering::Relaxed);
        let bytes = if doubted { LARGE_NOTE_BYTES } else { NOTE_BYTES };
        let answer = write(db, bytes).await.map_err(|error| error.to_string());
        if answer.is_ok() && doubted {
            self.doubted.store(false, Ordering::Relaxed);
        }
        *self.answer.write().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), answer.clone()));
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
