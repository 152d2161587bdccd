//! Threads that share the items of a loop. Handing a loop over costs one atomic store.

use std::any::Any;
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::{self, JoinHandle, Thread};

use super::Shared;

/// How often a helper polls the board before it sleeps. That takes some tens of microseconds, longer than
/// the time between two loops of one pass.
const LOOKS: u32 = 2_000;

/// How often the leader polls for a helper's last item before it yields to other programs.
const LEADER_LOOKS: u32 = 500;

/// A leader (the calling thread) and its helper threads. The leader publishes a loop through one atomic
/// word. Helpers that find no work for a while sleep.
///
/// Each thread takes items one by one, and the loop ends when all items are done. So a helper that the
/// system has suspended delays the loop only if it holds an item.
pub struct ThreadTeam {
    board: Arc<Board>,
    helpers: Vec<(Thread, JoinHandle<()>)>,
    /// Admits one loop at a time; counts the loops.
    turn: Mutex<u32>,
}

struct Board {
    /// The loop's number and, in the low half, how many items are still to be taken.
    word: AtomicU64,
    /// Only a thread that has taken an item reads it, so nobody reads while the leader writes.
    job: UnsafeCell<Job>,
    finished: AtomicUsize,
    sleepers: AtomicUsize,
    stop: AtomicBool,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

#[derive(Clone, Copy)]
struct Job {
    call: unsafe fn(*const (), usize),
    body: *const (),
    items: usize,
}

// SAFETY: `job` is written by the leader while no item of the last loop is left or in work, and read
// after an item was taken from `word`, whose release and acquire order the two. `body` points to a
// `Sync` closure that outlives the loop.
unsafe impl Sync for Board {}
// SAFETY: as above.
unsafe impl Send for Board {}

impl ThreadTeam {
    /// `threads` in all, the caller's among them; at least that one.
    pub fn new(threads: usize) -> Self {
        let board = Arc::new(Board {
            word: AtomicU64::new(0),
            job: UnsafeCell::new(Job { call: nothing, body: std::ptr::null(), items: 0 }),
            finished: AtomicUsize::new(0),
            sleepers: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            panic: Mutex::new(None),
        });
        let helpers = (1..threads).filter_map(|n| {
            let board = board.clone();
            let helper =
                thread::Builder::new().name(format!("knytt-kernels-{n}")).spawn(move || board.help());
            // If the system refuses a thread, the team works with fewer.
            helper.ok().map(|handle| (handle.thread().clone(), handle))
        });
        Self { helpers: helpers.collect(), board, turn: Mutex::new(0) }
    }

    /// Threads in all.
    pub fn threads(&self) -> usize {
        self.helpers.len() + 1
    }

    /// A team of the calling thread alone, for work inside an item of another team.
    pub fn alone() -> &'static Self {
        static ALONE: LazyLock<ThreadTeam> = LazyLock::new(|| ThreadTeam::new(1));
        &ALONE
    }

    /// Cuts `values` into chunks of `length` (the last may be shorter) and calls `body` with the number and
    /// the values of each.
    ///
    /// # Panics
    /// If `length` is 0, or if `body` does.
    pub fn each_chunk<T: Send, F: Fn(usize, &mut [T]) + Sync>(
        &self,
        values: &mut [T],
        length: usize,
        body: F,
    ) {
        let all = values.len();
        let values = Shared::new(values);
        self.each(all.div_ceil(length), |item| {
            let start = item * length;
            // SAFETY: chunks do not overlap, and each is given to one call.
            body(item, unsafe { std::slice::from_raw_parts_mut(values.at(start), length.min(all - start)) });
        });
    }

    /// Calls `body` with each number below `items` once, on this thread and the helpers, and returns when
    /// all are done.
    ///
    /// # Panics
    /// If `body` does.
    pub fn each<F: Fn(usize) + Sync>(&self, items: usize, body: F) {
        if self.helpers.is_empty() || items < 2 {
            return (0..items).for_each(body);
        }
        assert!(u32::try_from(items).is_ok(), "a loop of at most 2³² items");
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        *turn = turn.wrapping_add(1);
        let board = &*self.board;
        // SAFETY: the last loop is over, so nobody reads the job.
        unsafe { *board.job.get() = Job { call: call::<F>, body: (&raw const body).cast(), items } };
        board.finished.store(0, Ordering::Relaxed);
        board.word.store(u64::from(*turn) << 32 | items as u64, Ordering::SeqCst);
        if board.sleepers.load(Ordering::SeqCst) > 0 {
            self.helpers.iter().for_each(|(thread, _)| thread.unpark());
        }
        while board.take_one() {}
        let mut looks = 0;
        while board.finished.load(Ordering::Acquire) < items {
            looks += 1;
            if looks < LEADER_LOOKS { std::hint::spin_loop() } else { thread::yield_now() }
        }
        let panic = board.panic.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(turn);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for ThreadTeam {
    fn drop(&mut self) {
        self.board.stop.store(true, Ordering::SeqCst);
        for (thread, handle) in self.helpers.drain(..) {
            thread.unpark();
            // A helper catches the panics of a loop, so `join` reports none.
            let _ = handle.join();
        }
    }
}

impl Board {
    /// Takes an item and does it; false if none was left.
    fn take_one(&self) -> bool {
        let mut word = self.word.load(Ordering::Acquire);
        loop {
            if word as u32 == 0 {
                return false;
            }
            match self.word.compare_exchange_weak(word, word - 1, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => break,
                Err(now) => word = now,
            }
        }
        // SAFETY: an item of this loop is ours, so the leader waits and the job stays as it is.
        let job = unsafe { *self.job.get() };
        let item = job.items - word as u32 as usize;
        // SAFETY: `body` is the closure that `call` was made for; it lives until all items are done.
        let done = catch_unwind(AssertUnwindSafe(|| unsafe { (job.call)(job.body, item) }));
        if let Err(panic) = done {
            *self.panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(panic);
        }
        self.finished.fetch_add(1, Ordering::Release);
        true
    }

    fn help(&self) {
        let mut looks = 0;
        while !self.stop.load(Ordering::Relaxed) {
            if self.take_one() {
                looks = 0;
            } else if looks < LOOKS {
                looks += 1;
                std::hint::spin_loop();
            } else {
                self.sleep();
                looks = 0;
            }
        }
    }

    /// Sleeps until there may be work. The leader publishes a loop and then reads `sleepers`; a helper
    /// increments `sleepers` and then reads the word again. With sequential consistency at least one of
    /// them sees the other's write, so no wake-up is lost.
    fn sleep(&self) {
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        if self.word.load(Ordering::SeqCst) as u32 == 0 && !self.stop.load(Ordering::SeqCst) {
            thread::park();
        }
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }
}

/// # Safety
/// `body` points to an `F`.
unsafe fn call<F: Fn(usize)>(body: *const (), item: usize) {
    // SAFETY: the caller's.
    unsafe { (*body.cast::<F>())(item) }
}

/// # Safety
/// None.
unsafe fn nothing(_: *const (), _: usize) {}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[test]
    fn each_item_is_done_once_however_many_threads_there_are() {
        for threads in [1, 2, 3, 8] {
            let team = ThreadTeam::new(threads);
            for items in [0, 1, 2, 3, 17, 200] {
                for _ in 0..50 {
                    let counts: Vec<AtomicU32> = (0..items).map(|_| AtomicU32::new(0)).collect();
                    team.each(items, |n| {
                        counts[n].fetch_add(1, Ordering::Relaxed);
                    });
                    assert!(counts.iter().all(|c| c.load(Ordering::Relaxed) == 1));
                }
            }
        }
    }

    #[test]
    fn helpers_that_sleep_wake_up() {
        let team = ThreadTeam::new(3);
        for _ in 0..5 {
            thread::sleep(std::time::Duration::from_millis(5));
            let sum = AtomicUsize::new(0);
            team.each(100, |n| {
                sum.fetch_add(n, Ordering::Relaxed);
            });
            assert_eq!(sum.into_inner(), 4950);
        }
    }

    #[test]
    fn several_threads_may_lead_in_turn() {
        let team = ThreadTeam::new(2);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        let sum = AtomicUsize::new(0);
                        team.each(10, |n| {
                            sum.fetch_add(n, Ordering::Relaxed);
                        });
                        assert_eq!(sum.into_inner(), 45);
                    }
                });
            }
        });
    }

    #[test]
    fn a_panic_in_a_loop_reaches_the_leader_and_the_team_lives_on() {
        let team = ThreadTeam::new(2);
        let thrown = catch_unwind(AssertUnwindSafe(|| team.each(8, |n| assert!(n != 5, "five"))));
        assert!(thrown.is_err());
        let sum = AtomicUsize::new(0);
        team.each(4, |n| {
            sum.fetch_add(n, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), 6);
    }
}
