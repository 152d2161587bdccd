//! Fills an empty catalogue with a snapshot. Three things go on side by side: packs are read, products are
//! written, and what was written goes to the disk.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use knytt_engine::{Catalog, Product, ProductRow};
use knytt_pack::FurtherRow;
use knytt_wire::Shard;

use crate::apply::{self, Job};
use crate::merge::{Merge, StepPacks};
use crate::{Error, Result};

/// Rows of one transaction: so many that little is written twice, so few that memory stays small.
const ROWS_PER_COMMIT: usize = 8192;

/// Batches that are read before they are asked for.
const READ_AHEAD: usize = 1;

/// Products of one pack that go in together.
struct Batch<'p> {
    pack: &'p str,
    rows: Vec<Row>,
}

struct Row {
    product: Product,
    vector: Vec<u8>,
    picture: Option<Vec<u8>>,
    further: Vec<FurtherRow>,
}

/// Adds the products of all shards, and leaves the index to the transaction after; how many they are.
pub(crate) fn fill(catalog: &Catalog, shards: &[Shard], job: &Job<'_>) -> Result<u64> {
    std::thread::scope(|scope| {
        let (send, batches) = sync_channel(READ_AHEAD);
        let reader = scope.spawn(move || read(shards, job, &send));
        let (written, writes) = sync_channel(1);
        let flusher = flush_in(scope, catalog, writes);
        let done = write_all(catalog, batches, &written);
        drop(written);
        let (read, flushed) = (joined(reader), joined(flusher));
        // When the writer fails, the reader stops because of it: the writer's error is the cause.
        done.and(flushed).and(read)
    })
}

/// Reads ahead until nobody wants more; how many rows it read.
fn read<'p>(shards: &'p [Shard], job: &Job<'_>, batches: &SyncSender<Batch<'p>>) -> Result<u64> {
    let header = job.header();
    let mut done = 0;
    for shard in shards {
        let packs = StepPacks {
            attributes: &shard.attributes,
            vectors: Some(&shard.vectors),
            pictures: Some(&shard.pictures),
            further: shard.further.as_ref(),
        };
        let mut rows = Merge::open(job.packs, job.verified, &header, packs)?;
        let pack = &shard.attributes.target;
        loop {
            let batch = read_batch(&mut rows, pack, job, &mut done)?;
            if batch.rows.is_empty() {
                break;
            }
            if batches.send(batch).is_err() {
                return Ok(done);
            }
        }
    }
    Ok(done)
}

fn read_batch<'p>(rows: &mut Merge, pack: &'p str, job: &Job<'_>, done: &mut u64) -> Result<Batch<'p>> {
    let mut batch = Vec::new();
    for row in rows.take(ROWS_PER_COMMIT) {
        job.step(*done)?;
        let mut row = row?;
        let (product, vector) = apply::whole(&mut row, pack)?;
        job.check_link(&product)?;
        batch.push(Row { product, vector, picture: row.picture.flatten(), further: row.further });
        *done += 1;
    }
    Ok(Batch { pack, rows: batch })
}

fn write_all(catalog: &Catalog, batches: Receiver<Batch<'_>>, written: &SyncSender<()>) -> Result<()> {
    for batch in batches {
        write(catalog, &batch)?;
        // Whoever is still busy with the batch before takes this one along with the next.
        let _ = written.try_send(());
    }
    Ok(())
}

fn write(catalog: &Catalog, batch: &Batch<'_>) -> Result<()> {
    let rows = batch.rows.iter().map(|row| ProductRow {
        product: &row.product,
        vector: &row.vector,
        thumbnail: row.picture.as_deref(),
    });
    let rows: Vec<_> = rows.collect();
    catalog.transact::<_, Error>(|transaction| {
        // Made once, when all is there: nobody searches before.
        transaction.leave_index();
        transaction.upsert_all(&rows).map_err(|error| apply::no_sense(error, batch.pack))?;
        batch.rows.iter().try_for_each(|row| apply::further(transaction, &row.further, batch.pack))
    })
}

/// Writes to the disk while more is made, so that the end has less to wait for.
fn flush_in<'s>(
    scope: &'s Scope<'s, '_>,
    catalog: &'s Catalog,
    writes: Receiver<()>,
) -> ScopedJoinHandle<'s, Result<()>> {
    scope.spawn(move || writes.iter().try_for_each(|()| Ok(catalog.write_back()?)))
}

fn joined<T>(thread: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
