//! Load that does not wait: requests leave at a fixed rate, whether the ones before were answered or not.
//!
//! A client that waits for each answer asks less the slower the backend is, and so hides what shoppers would feel.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout_at};

/// An answer that comes later than this is of no use to anybody.
const USEFUL: Duration = Duration::from_secs(1);

/// When it is no longer waited for an answer.
const GIVEN_UP: Duration = Duration::from_secs(10);

/// What became of the requests of one run.
#[derive(Debug, Default)]
pub struct Offered {
    /// Times from when a request was due to the last byte of its answer, of those that were answered with 200.
    pub answered: Vec<Duration>,
    /// Refused with 503 or 429.
    pub refused: usize,
    /// Anything else: other answers, broken connections, none within ten seconds.
    pub failed: usize,
    /// How long requests were sent.
    pub lasted: Duration,
}

impl Offered {
    /// Useful answers a second.
    pub fn goodput(&self) -> f64 {
        self.answered.iter().filter(|time| **time <= USEFUL).count() as f64 / self.lasted.as_secs_f64()
    }

    /// The time within which a share of the answers came, in milliseconds.
    pub fn within_ms(&self, share: f64) -> f64 {
        let place = (self.answered.len() as f64 * share) as usize;
        let time = self.answered.get(place.min(self.answered.len().saturating_sub(1)));
        time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

enum Outcome {
    Answered(Duration),
    Refused,
    Failed,
}

/// Sends `rate` requests a second for `lasting`. `request` makes the one with a number.
pub async fn offer(
    http: &Client,
    rate: f64,
    lasting: Duration,
    request: impl Fn(&Client, usize) -> RequestBuilder + Send + Sync + 'static,
) -> Offered {
    let request = Arc::new(request);
    let every = Duration::from_secs_f64(1.0 / rate);
    let mut due = interval_at(Instant::now() + every, every);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut running = JoinSet::new();
    let count = (lasting.as_secs_f64() * rate) as usize;
    let start = Instant::now();
    for number in 0..count {
        let at = due.tick().await;
        let (http, request) = (http.clone(), request.clone());
        running.spawn(async move { ask(request(&http, number), at).await });
    }
    let mut offered = Offered { lasted: start.elapsed(), ..Offered::default() };
    while let Some(outcome) = running.join_next().await {
        match outcome {
            Ok(Outcome::Answered(time)) => offered.answered.push(time),
            Ok(Outcome::Refused) => offered.refused += 1,
            Ok(Outcome::Failed) | Err(_) => offered.failed += 1,
        }
    }
    offered.answered.sort_unstable();
    offered
}

async fn ask(request: RequestBuilder, due: Instant) -> Outcome {
    let answer = async {
        let answer = request.send().await?;
        let status = answer.status();
        answer.bytes().await.map(|_| status)
    };
    match timeout_at(due + GIVEN_UP, answer).await {
        Ok(Ok(StatusCode::OK)) => Outcome::Answered(due.elapsed()),
        Ok(Ok(StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS)) => Outcome::Refused,
        Ok(_) | Err(_) => Outcome::Failed,
    }
}
