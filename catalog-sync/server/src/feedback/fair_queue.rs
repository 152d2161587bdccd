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

/// A sender who stored no more than so many bytes lately is a light one.
const LIGHT: f64 = 262_144.0;

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

/// Ends the queue when the last sender is dropped.
struct Open<T>(Arc<Shared<T>>);

struct State<T> {
    /// How many jobs may wait.
    places: usize,
    waiting: usize,
    lines: HashMap<Sender, VecDeque<(T, usize)>>,
    stored: HashMap<Sender, Stored>,
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
    /// The next job, as soon as there is one, and whether its sender is a light one; `None` when all senders are gone
    /// and nothing waits.
    pub async fn receive(&self) -> Option<(T, bool)> {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            // What comes between the look and the wait is not missed.
            changed.as_mut().enable();
            if let Some(taken) = self.shared.state().take(Instant::now(), false) {
                return Some(taken);
            }
            if self.shared.state().is_closed {
                return None;
            }
            changed.await;
        }
    }

    /// The next job if one waits, of light senders alone if that is asked.
    pub fn try_receive(&self, only_light: bool) -> Option<T> {
        self.shared.state().take(Instant::now(), only_light).map(|(job, _)| job)
    }
}

impl<T> State<T> {
    fn new(places: usize) -> Self {
        Self { places, waiting: 0, lines: HashMap::new(), stored: HashMap::new(), is_closed: false }
    }

    fn stored(&self, sender: &Sender, now: Instant) -> f64 {
        self.stored.get(sender).map_or(0.0, |stored| stored.by(now))
    }

    /// Takes the first job of the sender who will have stored least with it, and says whether that is a light one.
    fn take(&mut self, now: Instant, only_light: bool) -> Option<(T, bool)> {
        let with_first = |(sender, line): (&Sender, &VecDeque<(T, usize)>)| {
            let (_, bytes) = line.front()?;
            Some((self.stored(sender, now) + *bytes as f64, sender.clone()))
        };
        let least = self.lines.iter().filter_map(with_first).min_by(|a, b| a.0.total_cmp(&b.0));
        let (bytes, sender) = least?;
        let is_light = bytes <= LIGHT;
        if only_light && !is_light {
            return None;
        }
        let (job, _) = self.remove(&sender, VecDeque::pop_front)?;
        self.remember(sender, Stored { bytes, at: now });
        Some((job, is_light))
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

    fn from(catalog: &str) -> Sender {
        (catalog.to_owned(), None)
    }

    #[test]
    fn who_sends_little_passes_who_sends_much() {
        let (sender, queue) = fair_queue(64);
        for number in 0..20 {
            assert!(sender.send(from("loud"), number, 300_000));
        }
        assert_eq!(queue.try_receive(false), Some(0));
        assert!(sender.send(from("quiet"), 100, 2_000));
        assert!(sender.send(from("quiet"), 101, 2_000));
        let next: Vec<i32> = (0..3).filter_map(|_| queue.try_receive(false)).collect();
        assert_eq!(next, [100, 101, 1]);
        assert_eq!(queue.try_receive(true), None, "only one who sends much waits");
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
        let order: Vec<(&str, i32)> = std::iter::from_fn(|| queue.try_receive(false)).collect();
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
        let order: Vec<i32> = std::iter::from_fn(|| queue.try_receive(false)).collect();
        assert_eq!(order, [5, 0, 1]);
        assert!(sender.send(from("loud"), 6, 10));
    }

    #[tokio::test]
    async fn it_ends_when_its_senders_are_gone_and_all_is_taken() {
        let (sender, queue) = fair_queue(8);
        let waits = tokio::spawn({
            let queue = queue.clone();
            async move { (queue.receive().await, queue.receive().await) }
        });
        let second = sender.clone();
        assert!(sender.send(from("a"), 1, 10));
        drop(sender);
        drop(second);
        assert_eq!(waits.await.unwrap(), (Some((1, true)), None));
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
