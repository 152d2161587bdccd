//! Work on a long list, on all cores, with results in the list's order.
//!
//! One thread walks the list, several work, the caller takes the results. Every channel is bounded, so
//! memory is too: a slow stage makes the ones before it wait. Rayon's threads would not do: they also
//! compute for the model, and a thread that waits for the model must not be one of those.

use std::thread;

use anyhow::Result;
use crossbeam_channel::{Receiver, Sender, bounded};

use crate::interrupt::Interrupt;

/// Results that may be ahead of the caller: enough to keep the workers and the model busy while one picture is slow, or
/// while the caller waits for the disk. A result that waits takes some 20 kB.
const WINDOW: usize = 256;

/// An entry, and where its result goes.
type Job<T, U> = (T, Sender<Result<U>>);

/// Runs each entry through `work` and each result through `take`. Returns whether the list was gone
/// through to its end; an interrupt ends it early, after the results that are under way.
///
/// # Errors
/// The first of `entries`, of `work` or of `take`.
pub fn run<T: Send, U: Send>(
    entries: impl Iterator<Item = Result<T>> + Send,
    work: impl Fn(T) -> Result<U> + Sync,
    interrupt: &Interrupt,
    mut take: impl FnMut(U) -> Result<()>,
) -> Result<bool> {
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let work = &work;
    thread::scope(|scope| {
        let (jobs, queue) = bounded::<Job<T, U>>(workers);
        let (order, slots) = bounded::<Receiver<Result<U>>>(WINDOW);
        let walk = scope.spawn(move || walk(entries, interrupt, &jobs, &order));
        for _ in 0..workers {
            let queue = queue.clone();
            scope.spawn(move || {
                for (entry, result) in queue {
                    // The caller may have stopped listening.
                    let _ = result.send(work(entry));
                }
            });
        }
        drop(queue);
        for slot in slots {
            // A worker that panicked has left its slot empty; the scope passes the panic on.
            let Ok(result) = slot.recv() else { break };
            take(result?)?;
        }
        walk.join().unwrap_or(Ok(false))
    })
}

/// Gives each entry to the workers and its slot to the caller, until the end, an interrupt, or until
/// nothing receives any more.
fn walk<T, U>(
    entries: impl Iterator<Item = Result<T>>,
    interrupt: &Interrupt,
    jobs: &Sender<Job<T, U>>,
    order: &Sender<Receiver<Result<U>>>,
) -> Result<bool> {
    for entry in entries {
        let (result, slot) = bounded(1);
        if interrupt.is_asked() || order.send(slot).is_err() || jobs.send((entry?, result)).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_keep_the_order_of_the_list() {
        let mut taken = Vec::new();
        let uneven = |n: u64| {
            thread::sleep(Duration::from_millis(n % 3));
            Ok(n)
        };
        let whole = run((0..200).map(Ok), uneven, &Interrupt::default(), |n| {
            taken.push(n);
            Ok(())
        });
        assert!(whole.unwrap());
        assert_eq!(taken, (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn a_caller_that_fails_stops_the_rest() {
        let worked = AtomicUsize::new(0);
        let count = |n: usize| {
            worked.fetch_add(1, Ordering::Relaxed);
            Ok(n)
        };
        let outcome = run((0..100_000).map(Ok), count, &Interrupt::default(), |n| {
            if n == 5 { anyhow::bail!("the disk is full") } else { Ok(()) }
        });
        assert_eq!(outcome.unwrap_err().to_string(), "the disk is full");
        assert!(worked.load(Ordering::Relaxed) < 1000);
    }

    #[test]
    fn an_error_of_the_list_comes_after_the_entries_before_it() {
        let mut taken = 0;
        let list = (0..10).map(Ok).chain([Err(anyhow::anyhow!("cannot read on"))]);
        let outcome = run(list, Ok, &Interrupt::default(), |_| {
            taken += 1;
            Ok(())
        });
        assert_eq!((outcome.unwrap_err().to_string().as_str(), taken), ("cannot read on", 10));
    }
}
