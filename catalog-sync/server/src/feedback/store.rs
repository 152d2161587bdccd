//! One group of batches in one transaction.
//!
//! Rows are written in the order of their keys, so that replicas which store the same events at once wait
//! for each other and do not lock each other out.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use knytt_wire::{Outcome, Uuid};
use sqlx::{AssertSqlSafe, Row as _};

use super::believed;
use super::count_rows::{self, Intake};
use super::counts::Counts;
use super::insight::InsightCounts;
use super::insight_rows;
use super::job::{Answer, IngestJob};
use super::row::Row;
use crate::db::{Columns, Database, RowsQuery, Tx, insert};
use crate::outbox::rows;

/// How often a group is tried when another replica stores one of its batches at the same moment.
const ATTEMPTS: u32 = 5;

const EVENTS: Columns = Columns {
    into: "events (id, name, catalog, release, visit, search_id, item_id, position, search_term, results, \
           good_match, at_ms, received_ms, day, payload, bound, root)",
    count: 17,
    after: "ON CONFLICT DO NOTHING",
};

/// As [`EVENTS`], and says which rows are new.
const NEW_EVENTS: Columns = Columns { after: "ON CONFLICT DO NOTHING RETURNING id", ..EVENTS };

const BATCHES: Columns =
    Columns { into: "batches (key, digest, outcome, at_ms)", count: 4, after: "ON CONFLICT DO NOTHING" };

/// A batch that was answered before: the hash of its body, and the answer without its rejected events.
type Answered = HashMap<String, (Vec<u8>, Outcome)>;

/// Whether the group before had events that were there already: then the next one likely has some, too.
#[derive(Debug, Default)]
pub struct Repeats(AtomicBool);

/// What became of a group.
pub struct Stored {
    /// Of each job, in their order.
    pub answers: Vec<Answer>,
    /// What the catalogues have stored on this day.
    pub intake: Intake,
}

/// Stores all events of the jobs and says what became of each batch.
pub async fn store(
    db: &Database,
    jobs: &[IngestJob],
    publishes: bool,
    repeats: &Repeats,
) -> Result<Stored, sqlx::Error> {
    for attempt in 1.. {
        match try_store(db, jobs, publishes, repeats).await {
            Ok(Some(stored)) => return Ok(stored),
            Ok(None) if attempt < ATTEMPTS => {}
            Ok(None) => return Err(sqlx::Error::WorkerCrashed),
            Err(error) if attempt < ATTEMPTS && is_passing(&error) => {
                tokio::time::sleep(Duration::from_millis(20 << attempt)).await;
            }
            Err(error) => return Err(error),
        }
    }
    unreachable!("the loop ends by a return")
}

/// `None`: another replica stored one of the batches meanwhile, and nothing was written.
async fn try_store(
    db: &Database,
    jobs: &[IngestJob],
    publishes: bool,
    repeats: &Repeats,
) -> Result<Option<Stored>, sqlx::Error> {
    let mut answered = answered(db, jobs).await?;
    let mut answers: Vec<Option<Answer>> = jobs.iter().map(|job| repeated(job, &answered)).collect();
    let mut keys: HashSet<&str> = HashSet::new();
    // The second of two batches with one key in one group is answered as the first was, below.
    let new: Vec<usize> =
        (0..jobs.len()).filter(|&i| answers[i].is_none() && keys.insert(&jobs[i].key)).collect();
    let mut intake = Intake::new();
    if !new.is_empty() {
        let new_jobs: Vec<&IngestJob> = new.iter().map(|&i| &jobs[i]).collect();
        let Some((outcomes, stored)) = write(db, &new_jobs, publishes, repeats).await? else {
            return Ok(None);
        };
        intake = stored;
        for (&i, outcome) in new.iter().zip(outcomes) {
            answered.insert(jobs[i].key.clone(), (jobs[i].digest.to_vec(), outcome));
            answers[i] = repeated(&jobs[i], &answered);
        }
    }
    let settled =
        answers.into_iter().zip(jobs).map(|(answer, job)| answer.or_else(|| repeated(job, &answered)));
    Ok(settled.collect::<Option<_>>().map(|answers| Stored { answers, intake }))
}

/// Writes the jobs in one transaction; returns when it is on the disk. The counts come last, since all
/// replicas change the same few rows of them. `None`: another replica stored one of the batches meanwhile.
async fn write(
    db: &Database,
    jobs: &[&IngestJob],
    publishes: bool,
    repeats: &Repeats,
) -> Result<Option<(Vec<Outcome>, Intake)>, sqlx::Error> {
    let (mut tx, rows) = insert_events(db, jobs, repeats).await?;
    if publishes && !rows.is_empty() {
        rows::enqueue(&mut tx, rows.iter().map(|row| row.payload.as_str())).await?;
    }
    let mut fresh: HashSet<Uuid> = rows.iter().map(|row| row.id).collect();
    let outcomes: Vec<Outcome> = jobs.iter().map(|job| outcome(job, &mut fresh)).collect();
    if !insert_batches(db, &mut tx, jobs.iter().copied().zip(&outcomes)).await? {
        tx.rollback().await?;
        return Ok(None);
    }
    believed::add(db, &mut tx, &rows).await?;
    let mut insight = InsightCounts::of(&rows);
    let intake = count_rows::add(db, &mut tx, &Counts::of(&rows), &mut insight).await?;
    insight_rows::add(db, &mut tx, &insight).await?;
    tx.commit().await?;
    Ok(Some((outcomes, intake)))
}

/// What is known of the jobs' keys.
async fn answered(db: &Database, jobs: &[IngestJob]) -> Result<Answered, sqlx::Error> {
    let marks: Vec<String> = (1..=jobs.len()).map(|i| format!("${i}")).collect();
    let sql = format!("SELECT key, digest, outcome FROM batches WHERE key IN ({})", marks.join(", "));
    let query = jobs.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, job| query.bind(job.key.as_str()));
    let rows = query.persistent(false).fetch_all(db.pool()).await?;
    rows.iter()
        .map(|row| {
            let outcome: String = row.try_get(2)?;
            let outcome = serde_json::from_str(&outcome).map_err(|e| sqlx::Error::Decode(e.into()))?;
            Ok((row.try_get(0)?, (row.try_get(1)?, outcome)))
        })
        .collect()
}

fn repeated(job: &IngestJob, answered: &Answered) -> Option<Answer> {
    let (digest, outcome) = answered.get(&job.key)?;
    if digest[..] != job.digest {
        return Some(Answer::OtherBody);
    }
    Some(Answer::Stored(Outcome { rejected: job.rejected.clone(), ..*outcome }))
}

/// Begins a transaction with the events that are not there, and returns their rows.
///
/// A database that says which rows are new sends each of them back, which takes longer than to store it. So it is asked
/// how many they were, and begins again if some were there.
async fn insert_events<'a>(
    db: &Database,
    jobs: &[&'a IngestJob],
    repeats: &Repeats,
) -> Result<(Tx, Vec<&'a Row>), sqlx::Error> {
    let mut rows: Vec<&Row> = jobs.iter().flat_map(|job| &job.rows).collect();
    rows.sort_unstable_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    let mut tx = db.begin().await?;
    if !repeats.0.load(Relaxed) {
        if insert_all(db, &mut tx, &EVENTS, &rows, |query, row| bind_event(query, row)).await? == rows.len() {
            return Ok((tx, rows));
        }
        tx.rollback().await?;
        tx = db.begin().await?;
    }
    let fresh = insert_new(db, &mut tx, &rows).await?;
    repeats.0.store(fresh.len() < rows.len(), Relaxed);
    rows.retain(|row| fresh.contains(&row.id));
    Ok((tx, rows))
}

/// Inserts events; returns the ids of those that were new.
async fn insert_new(db: &Database, tx: &mut Tx, rows: &[&Row]) -> Result<HashSet<Uuid>, sqlx::Error> {
    let mut fresh = HashSet::with_capacity(rows.len());
    for query in insert(db, &NEW_EVENTS, rows, |query, row| bind_event(query, row)) {
        for row in query.fetch_all(&mut **tx).await? {
            let id: Vec<u8> = row.try_get(0)?;
            fresh.insert(Uuid::from_slice(&id).map_err(|e| sqlx::Error::Decode(e.into()))?);
        }
    }
    Ok(fresh)
}

/// Inserts rows; returns how many of them were new.
async fn insert_all<R>(
    db: &Database,
    tx: &mut Tx,
    columns: &Columns,
    rows: &[R],
    bind: impl Fn(RowsQuery, &R) -> RowsQuery,
) -> Result<usize, sqlx::Error> {
    let mut new = 0;
    for query in insert(db, columns, rows, bind) {
        new += query.execute(&mut **tx).await?.rows_affected() as usize;
    }
    Ok(new)
}

fn bind_event(query: RowsQuery, row: &Row) -> RowsQuery {
    query
        .bind(row.id.as_bytes().as_slice())
        .bind(row.name)
        .bind(row.catalog.as_str())
        .bind(row.release)
        .bind(row.visit.as_bytes().as_slice())
        .bind(row.search_id.as_ref().map(|id| id.as_bytes().as_slice()))
        .bind(row.item_id.as_deref())
        .bind(row.position)
        .bind(row.search_term.as_deref())
        .bind(row.results)
        .bind(row.good_match)
        .bind(row.at_ms)
        .bind(row.received_ms)
        .bind(row.day)
        .bind(row.payload.as_str())
        .bind(i64::from(row.bound))
        .bind(row.root.as_deref())
}

/// An event that is in two batches of the group counts for the first.
fn outcome(job: &IngestJob, fresh: &mut HashSet<Uuid>) -> Outcome {
    let accepted = job.rows.iter().filter(|row| fresh.remove(&row.id)).count();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Outcome { accepted: count(accepted), duplicates: count(job.rows.len() - accepted), rejected: Vec::new() }
}

/// Notes the answers, without the rejected events: the same body has the same ones again. A batch of which
/// nothing was new gets the same answer without a note. `false`: one of the keys was taken meanwhile.
async fn insert_batches<'a>(
    db: &Database,
    tx: &mut Tx,
    answers: impl Iterator<Item = (&'a IngestJob, &'a Outcome)>,
) -> Result<bool, sqlx::Error> {
    let now = jiff::Timestamp::now().as_millisecond();
    let encode = |outcome| serde_json::to_string(outcome).map_err(|e| sqlx::Error::Encode(e.into()));
    let noted = answers.filter(|(_, outcome)| outcome.accepted > 0);
    let mut rows: Vec<(&IngestJob, String)> =
        noted.map(|(job, outcome)| Ok((job, encode(outcome)?))).collect::<Result<_, sqlx::Error>>()?;
    rows.sort_unstable_by(|(a, _), (b, _)| a.key.cmp(&b.key));
    let written = insert_all(db, tx, &BATCHES, &rows, |query, (job, outcome)| {
        query.bind(job.key.as_str()).bind(job.digest.as_slice()).bind(outcome.as_str()).bind(now)
    });
    Ok(written.await? == rows.len())
}

/// Whether the same may succeed in a moment: a deadlock, a serialisation failure, a database that is locked.
fn is_passing(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code());
    code.is_some_and(|code| matches!(&*code, "40P01" | "40001" | "5" | "261" | "517"))
}

/// Forgets the answers to batches that are older than this; their events are known by their own ids.
pub async fn forget_batches(db: &Database, age: Duration) -> Result<u64, sqlx::Error> {
    let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
    let before = jiff::Timestamp::now().as_millisecond() - age;
    let done = sqlx::query("DELETE FROM batches WHERE at_ms < $1").bind(before).execute(db.pool()).await?;
    Ok(done.rows_affected())
}
