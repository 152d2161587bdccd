//! Fills an empty catalogue with a snapshot. Three things go on side by side: packs are read and what is written of
//! their products is made, products are written, and what was written goes to the disk.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use knytt_engine::{Catalog, PreparedProducts};
use knytt_pack::FurtherRow;
use knytt_wire::Shard;

use crate::apply::{self, Job};
use crate::merge::{Merge, StepPacks};
use crate::{Error, Result};

/// Rows of one transaction: so many that little is written twice, so few that memory stays small.
const ROWS_PER_COMMIT: usize = 8192;

/// Batches that wait between the one that is read and the one that is written: each takes some 80 MB.
const READ_AHEAD: usize = 0;

/// Products of one pack that go in together.
struct Batch<'p> {
    pack: &'p str,
    rows: PreparedProducts,
    further: Vec<FurtherRow>,
}

/// Adds the products of all shards, and leaves the index to the transaction after; how many they are.
pub(crate) fn fill(catalog: &Catalog, shards: &[Shard], job: &Job<'_>) -> Result<u64> {
    std::thread::scope(|scope| {
        let (send, batches) = sync_channel(READ_AHEAD);
        let reader = scope.spawn(move || read(catalog, shards, job, &send));
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
fn read<'p>(
    catalog: &Catalog,
    shards: &'p [Shard],
    job: &Job<'_>,
    batches: &SyncSender<Batch<'p>>,
) -> Result<u64> {
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
            let batch = read_batch(catalog, &mut rows, pack, job, &mut done)?;
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

fn read_batch<'p>(
    catalog: &Catalog,
    rows: &mut Merge,
    pack: &'p str,
    job: &Job<'_>,
    done: &mut u64,
) -> Result<Batch<'p>> {
    let (mut batch, mut further) = (Vec::new(), Vec::new());
    for row in rows.take(ROWS_PER_COMMIT) {
        job.step(*done)?;
        let mut row = row?;
        let (product, vector) = apply::whole(&mut row, pack)?;
        job.check_link(&product)?;
        batch.push((product, vector, row.picture.flatten()));
        further.append(&mut row.further);
        *done += 1;
    }
    let rows = catalog.prepare(batch).map_err(|error| apply::no_sense(error, pack))?;
    Ok(Batch { pack, rows, further })
}

fn write_all(catalog: &Catalog, batches: Receiver<Batch<'_>>, written: &SyncSender<()>) -> Result<()> {
    for mut batch in batches {
        write(catalog, &mut batch)?;
        // Whoever is still busy with the batch before takes this one along with the next.
        let _ = written.try_send(());
    }
    Ok(())
}

fn write(catalog: &Catalog, Batch { pack, rows, further }: &mut Batch<'_>) -> Result<()> {
    catalog.transact::<_, Error>(|transaction| {
        // Made once, when all is there: nobody searches before.
        transaction.leave_index();
        transaction.upsert_prepared(rows).map_err(|error| apply::no_sense(error, pack))?;
        apply::further(transaction, further, pack)
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
