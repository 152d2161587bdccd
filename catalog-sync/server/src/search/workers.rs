//! The threads that decode, embed and search. Async threads only wait for them.

use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;
use tracing::Span;

use crate::Result;
use crate::http::refusal::Refusal;

/// Jobs that may wait for each thread. With more, a client would wait longer than it takes to ask again.
const WAITING_PER_THREAD: usize = 16;

type Job = Box<dyn FnOnce() + Send>;

/// A fixed number of threads behind a bounded queue. They end with the last clone.
#[derive(Clone)]
pub struct Workers {
    queue: Sender<Job>,
}

impl Workers {
    /// Starts `threads` threads.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(threads: usize) -> Result<Self> {
        let (queue, jobs) = bounded::<Job>(threads * WAITING_PER_THREAD);
        for number in 0..threads {
            let jobs = jobs.clone();
            thread::Builder::new().name(format!("knytt-search-{number}")).spawn(move || work(&jobs))?;
        }
        Ok(Self { queue })
    }

    /// Jobs that wait for a thread.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Runs `job` on one of the threads. A job whose caller has gone is not begun.
    ///
    /// # Errors
    /// 503 at once if the queue is full; 500 if the job panics.
    pub async fn run<T, F>(&self, job: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Refusal> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let (request, waiting) = (Span::current(), tracing::info_span!("wait"));
        let job = move || {
            drop(waiting);
            if !reply.is_closed() {
                let made = request.in_scope(|| tracing::info_span!("work").in_scope(job));
                // The caller may have gone meanwhile.
                let _ = reply.send(made);
            }
        };
        self.queue.try_send(Box::new(job)).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::new(503, "busy", "Too many searches wait").retry_after(1),
            TrySendError::Disconnected(_) => Refusal::internal("the search threads have ended"),
        })?;
        answer.await.map_err(|_| Refusal::internal("a search ended without an answer"))?
    }
}

fn work(jobs: &Receiver<Job>) {
    for job in jobs {
        // A panic ends one request, not the thread. Its caller is told by the channel that is dropped.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_full_queue_is_refused_at_once_and_drains_again() {
        let workers = Workers::start(1).unwrap();
        let (release, held) = mpsc::channel::<()>();
        let (begun, is_begun) = oneshot::channel();
        let first = workers.clone();
        let first = tokio::spawn(async move {
            let job = move || {
                let _ = begun.send(());
                let _ = held.recv();
                Ok(())
            };
            first.run(job).await
        });
        is_begun.await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING_PER_THREAD).map(|_| Box::pin(workers.run(|| Ok(())))).collect();
        for job in &mut waiting {
            assert!(futures::poll!(job).is_pending());
        }
        assert_eq!(workers.run(|| Ok(())).await.unwrap_err().status(), 503);
        release.send(()).unwrap();
        first.await.unwrap().unwrap();
        for job in waiting {
            job.await.unwrap();
        }
        assert_eq!(workers.run(|| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_and_the_thread_goes_on() {
        let workers = Workers::start(1).unwrap();
        let failed = workers.run(|| -> Result<(), Refusal> { panic!("on purpose") }).await;
        assert_eq!(failed.unwrap_err().status(), 500);
        assert_eq!(workers.run(|| Ok(1)).await.unwrap(), 1);
    }
}
