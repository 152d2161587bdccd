//! The batches that wait for a commit. Whoever stored least lately comes first, so that one who sends much is slow
//! alone.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Who sends: a catalogue, and the network that the requests come from.
pub type Sender = (String, Option<IpAddr>);

/// The time after which half of what a sender stored is forgotten.
const HALF_LIFE: Duration = Duration::from_secs(10);

/// How long a sender is there after the last job of it.
const LATELY: Duration = Duration::from_secs(2);

/// Bytes by which senders may differ whose jobs are committed together, beside a factor of two.
const ALIKE: f64 = 262_144.0;

/// Senders that are remembered before those are forgotten who stored next to nothing lately.
const REMEMBERED: usize = 4_096;

/// What counts as next to nothing, in bytes.
const NEGLIGIBLE: f64 = 1_024.0;

/// A queue of jobs by sender. Clones share it; the queue ends when the last [`FairSender`] is gone.
pub struct FairQueue<T> {
    shared: Arc<Shared<T>>,
}

/// The end that fills a queue.
pub struct FairSender<T> {
    shared: Arc<Shared<T>>,
    open: Arc<Open<T>>,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Notify,
}

/// A job, and what is known of its sender.
pub struct Taken<T> {
    pub job: T,
    /// The bytes that its sender stored lately, with it.
    stored: f64,
    /// Whether others than its sender were there lately.
    pub is_beside_others: bool,
}

impl<T> Taken<T> {
    /// What senders may have stored whose jobs are committed together with this one.
    pub fn most_beside(&self) -> f64 {
        2.0 * self.stored + ALIKE
    }
}

/// Ends the queue when the last sender is dropped.
struct Open<T>(Arc<Shared<T>>);

struct State<T> {
    /// How many jobs may wait.
    places: usize,
    waiting: usize,
    lines: HashMap<Sender, VecDeque<(T, usize)>>,
    stored: HashMap<Sender, Stored>,
    /// Whose job was taken last, and when it was last another one than before.
    last: Option<Sender>,
    changed: Option<Instant>,
    is_closed: bool,
}

/// The bytes that a sender stored, the older of them forgotten.
#[derive(Clone, Copy)]
struct Stored {
    bytes: f64,
    at: Instant,
}

impl Stored {
    fn by(self, now: Instant) -> f64 {
        let halves = now.saturating_duration_since(self.at).as_secs_f64() / HALF_LIFE.as_secs_f64();
        self.bytes * (-halves).exp2()
    }
}

/// A queue in which so many jobs may wait.
pub fn fair_queue<T>(places: usize) -> (FairSender<T>, FairQueue<T>) {
    let shared = Arc::new(Shared { state: Mutex::new(State::new(places)), changed: Notify::new() });
    let open = Arc::new(Open(shared.clone()));
    (FairSender { shared: shared.clone(), open }, FairQueue { shared })
}

impl<T> Clone for FairSender<T> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), open: self.open.clone() }
    }
}

impl<T> Clone for FairQueue<T> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<T> Drop for Open<T> {
    fn drop(&mut self) {
        self.0.state().is_closed = true;
        self.0.changed.notify_waiters();
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> FairSender<T> {
    /// Puts a job of so many bytes into the line of its sender. If no place is free, the last job of whoever takes
    /// most is dropped for it. `false`: that is this sender.
    pub fn send(&self, sender: Sender, job: T, bytes: usize) -> bool {
        let now = Instant::now();
        let mut state = self.shared.state();
        // A dropped job is answered by its end, after the lock.
        let dropped = if state.waiting < state.places { None } else { state.make_room(&sender, bytes, now) };
        let has_place = state.waiting < state.places;
        if has_place {
            state.waiting += 1;
            state.lines.entry(sender).or_default().push_back((job, bytes));
        }
        drop(state);
        drop(dropped);
        self.shared.changed.notify_one();
        has_place
    }
}

impl<T> FairQueue<T> {
    /// The next job, as soon as there is one; `None` when all senders are gone and nothing waits.
    pub async fn receive(&self) -> Option<Taken<T>> {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            // What comes between the look and the wait is not missed.
            changed.as_mut().enable();
            if let Some(taken) = self.shared.state().take(Instant::now(), f64::INFINITY) {
                return Some(taken);
            }
            if self.shared.state().is_closed {
                return None;
            }
            changed.await;
        }
    }

    /// The next job if one waits whose sender stored at most so many bytes lately, with it.
    pub fn try_receive(&self, most: f64) -> Option<T> {
        self.shared.state().take(Instant::now(), most).map(|taken| taken.job)
    }
}

impl<T> State<T> {
    fn new(places: usize) -> Self {
        Self {
            places,
            waiting: 0,
            lines: HashMap::new(),
            stored: HashMap::new(),
            last: None,
            changed: None,
            is_closed: false,
        }
    }

    fn stored(&self, sender: &Sender, now: Instant) -> f64 {
        self.stored.get(sender).map_or(0.0, |stored| stored.by(now))
    }

    /// Takes the first job of the sender who will have stored least with it, if that is at most so many bytes.
    fn take(&mut self, now: Instant, most: f64) -> Option<Taken<T>> {
        let with_first = |(sender, line): (&Sender, &VecDeque<(T, usize)>)| {
            let (_, bytes) = line.front()?;
            Some((self.stored(sender, now) + *bytes as f64, sender.clone()))
        };
        let least = self.lines.iter().filter_map(with_first).min_by(|a, b| a.0.total_cmp(&b.0));
        let (stored, sender) = least.filter(|(stored, _)| *stored <= most)?;
        let (job, _) = self.remove(&sender, VecDeque::pop_front)?;
        if self.last.as_ref().is_some_and(|last| *last != sender) {
            self.changed = Some(now);
        }
        self.last = Some(sender.clone());
        self.remember(sender, Stored { bytes: stored, at: now });
        let is_beside_others =
            self.changed.is_some_and(|changed| now.saturating_duration_since(changed) < LATELY);
        Some(Taken { job, stored, is_beside_others })
    }

    /// Takes away the last job of the sender who takes most, unless `sender` would take more with `bytes`.
    fn make_room(&mut self, sender: &Sender, bytes: usize, now: Instant) -> Option<T> {
        let of_line = |sender: &Sender, line: Option<&VecDeque<(T, usize)>>| {
            let waiting: usize = line.into_iter().flatten().map(|(_, bytes)| bytes).sum();
            self.stored(sender, now) + waiting as f64
        };
        let own = of_line(sender, self.lines.get(sender)) + bytes as f64;
        let each = self.lines.iter().map(|(sender, line)| (of_line(sender, Some(line)), sender));
        let (most, who) = each.max_by(|a, b| a.0.total_cmp(&b.0))?;
        if most <= own {
            return None;
        }
        let who = who.clone();
        self.remove(&who, VecDeque::pop_back).map(|(job, _)| job)
    }

    fn remove(
        &mut self,
        sender: &Sender,
        end: impl FnOnce(&mut VecDeque<(T, usize)>) -> Option<(T, usize)>,
    ) -> Option<(T, usize)> {
        let line = self.lines.get_mut(sender)?;
        let job = end(line)?;
        if line.is_empty() {
            self.lines.remove(sender);
        }
        self.waiting -= 1;
        Some(job)
    }

    fn remember(&mut self, sender: Sender, stored: Stored) {
        if self.stored.len() >= REMEMBERED {
            self.stored.retain(|_, stored| stored.by(Instant::now()) > NEGLIGIBLE);
        }
        // So many who store much at once are all told apart from those who do not, but not from each other.
        if self.stored.len() < 2 * REMEMBERED || self.stored.contains_key(&sender) {
            self.stored.insert(sender, stored);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next<T>(queue: &FairQueue<T>) -> Option<T> {
        queue.shared.state().take(Instant::now(), f64::INFINITY).map(|taken| taken.job)
    }

    fn from(catalog: &str) -> Sender {
        (catalog.to_owned(), None)
    }

    #[test]
    fn who_sends_little_passes_who_sends_much() {
        let (sender, queue) = fair_queue(64);
        for number in 0..20 {
            assert!(sender.send(from("loud"), number, 300_000));
        }
        assert_eq!(next(&queue), Some(0));
        assert!(sender.send(from("quiet"), 100, 2_000));
        assert!(sender.send(from("quiet"), 101, 2_000));
        let next: Vec<i32> = (0..3).filter_map(|_| next(&queue)).collect();
        assert_eq!(next, [100, 101, 1]);
        let first = Taken { job: 0, stored: 2_000.0, is_beside_others: true };
        assert_eq!(queue.try_receive(first.most_beside()), None, "only one who sends much waits");
    }

    #[test]
    fn those_who_send_much_take_turns_and_keep_their_order() {
        let (sender, queue) = fair_queue(64);
        for number in 0..4 {
            assert!(sender.send(from("a"), ("a", number), 300_000));
        }
        for number in 0..4 {
            assert!(sender.send(from("b"), ("b", number), 300_000));
        }
        let order: Vec<(&str, i32)> = std::iter::from_fn(|| next(&queue)).collect();
        for name in ["a", "b"] {
            let of_one: Vec<i32> = order.iter().filter(|job| job.0 == name).map(|job| job.1).collect();
            assert_eq!(of_one, [0, 1, 2, 3]);
        }
        let half = order[..4].iter().filter(|job| job.0 == "a").count();
        assert_eq!(half, 2, "{order:?}");
    }

    #[test]
    fn a_full_queue_drops_what_came_last_from_whoever_sends_most() {
        let (sender, queue) = fair_queue(3);
        for number in 0..3 {
            assert!(sender.send(from("loud"), number, 1_000));
        }
        assert!(!sender.send(from("loud"), 3, 10), "it would drop its own");
        assert!(!sender.send(from("louder"), 4, 5_000));
        assert!(sender.send(from("quiet"), 5, 10));
        let order: Vec<i32> = std::iter::from_fn(|| next(&queue)).collect();
        assert_eq!(order, [5, 0, 1]);
        assert!(sender.send(from("loud"), 6, 10));
    }

    #[tokio::test]
    async fn it_ends_when_its_senders_are_gone_and_all_is_taken() {
        let (sender, queue) = fair_queue(8);
        let waits = tokio::spawn({
            let queue = queue.clone();
            async move { [queue.receive().await, queue.receive().await].map(|taken| taken.map(|taken| taken.job)) }
        });
        let second = sender.clone();
        assert!(sender.send(from("a"), 1, 10));
        drop(sender);
        drop(second);
        assert_eq!(waits.await.unwrap(), [Some(1), None]);
    }

    #[tokio::test]
    async fn it_is_known_whether_a_sender_is_alone() {
        let (sender, queue) = fair_queue(8);
        let mut is_beside_others = Vec::new();
        for catalog in ["a", "a", "b", "b"] {
            assert!(sender.send(from(catalog), 1, 10));
            is_beside_others.extend(queue.receive().await.map(|taken| taken.is_beside_others));
        }
        assert_eq!(is_beside_others, [false, false, true, true]);
        let later = Instant::now() + LATELY * 2;
        assert!(sender.send(from("b"), 1, 10));
        let taken = queue.shared.state().take(later, f64::INFINITY);
        assert!(taken.is_some_and(|taken| !taken.is_beside_others));
    }

    #[test]
    fn what_was_stored_is_forgotten_by_and_by() {
        let now = Instant::now();
        let stored = Stored { bytes: 1_000.0, at: now };
        assert!((stored.by(now + HALF_LIFE) - 500.0).abs() < 1e-6);
        assert!(stored.by(now + HALF_LIFE * 20) < 0.01);
    }

    #[test]
    fn the_memory_of_senders_is_bounded() {
        let mut state = State::<u8>::new(1);
        let now = Instant::now();
        for number in 0..4 * REMEMBERED {
            state.remember(from(&number.to_string()), Stored { bytes: 1e6, at: now });
        }
        assert_eq!(state.stored.len(), 2 * REMEMBERED);
    }
}
