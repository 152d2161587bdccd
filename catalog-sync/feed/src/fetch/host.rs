//! Politeness: what one server is asked at once, when it wants to be left alone, and when it is given up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use super::Patience;
use crate::Refusal;

/// The code of a picture whose server does not answer, or not with it, for now.
pub(super) const UNREACHABLE: &str = "image-unreachable";

/// Downloads at once from one server.
const AT_ONCE: usize = 6;

/// After so many failures to reach a server, and not one answer between them, it is not tried again in this run:
/// a feed of a hundred thousand pictures on a server that is gone must not take a day.
const GIVE_UP_AFTER: u32 = 20;

/// After so many pictures that came too slowly, and none that did not, a server is not tried again in this run.
const GIVE_UP_AFTER_SLOW: u32 = 4;

/// Why one try failed, though another may not.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) reason: String,
    /// How long the server asks to wait.
    pub(super) retry_after: Option<Duration>,
    /// Whether the server answered at all.
    pub(super) answered: bool,
}

#[derive(Default)]
pub(super) struct Hosts(Mutex<HashMap<String, Arc<Host>>>);

impl Hosts {
    pub(super) fn of(&self, url: &Url) -> Arc<Host> {
        let name = format!(
            "{}:{}",
            url.host_str().unwrap_or_default(),
            url.port_or_known_default().unwrap_or_default()
        );
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(hosts.entry(name).or_insert_with_key(|name| Arc::new(Host::new(name))))
    }
}

/// One server.
pub(super) struct Host {
    name: String,
    pub(super) turns: Semaphore,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    paused_until: Option<Instant>,
    failures: u32,
    slow: u32,
    reason: String,
}

impl Host {
    fn new(name: &str) -> Self {
        Self { name: name.into(), turns: Semaphore::new(AT_ONCE), state: Mutex::default() }
    }

    /// Waits as long as the server asked for.
    ///
    /// # Errors
    /// It was given up.
    pub(super) async fn wait_until_open(&self) -> Result<(), Refusal> {
        loop {
            let until = {
                let state = self.state();
                if state.failures >= GIVE_UP_AFTER {
                    let reason =
                        format!("cannot reach {} after {GIVE_UP_AFTER} tries: {}", self.name, state.reason);
                    return Err((UNREACHABLE, reason));
                }
                if state.slow >= GIVE_UP_AFTER_SLOW {
                    let reason = format!("{} sends pictures too slowly: {}", self.name, state.reason);
                    return Err((UNREACHABLE, reason));
                }
                state.paused_until.filter(|until| *until > Instant::now())
            };
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return Ok(()),
            }
        }
    }

    pub(super) fn answered(&self) {
        let mut state = self.state();
        (state.failures, state.slow) = (0, 0);
    }

    pub(super) fn was_slow(&self, reason: &str) {
        let mut state = self.state();
        state.slow += 1;
        state.reason = reason.into();
    }

    pub(super) fn failed(&self, failure: &Failure) {
        let mut state = self.state();
        if failure.answered {
            state.failures = 0;
        } else {
            state.failures += 1;
            state.reason.clone_from(&failure.reason);
        }
    }

    /// Whether another try may succeed. If the server asks to wait, all downloads from it wait.
    pub(super) fn may_wait(&self, failure: &Failure, patience: &Patience) -> bool {
        let Some(wait) = failure.retry_after else { return true };
        if wait > patience.longest_wait {
            return false;
        }
        let until = Instant::now() + wait;
        let mut state = self.state();
        state.paused_until = Some(state.paused_until.map_or(until, |known| known.max(until)));
        true
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
