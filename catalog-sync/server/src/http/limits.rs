//! How many requests one address and one API key may send.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::client;
use super::refusal::Refusal;
use crate::config::Config;

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// A limiter that tells how much is left.
type Telling<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// What the headers of an answer say of a limit.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Requests a minute.
    pub quota: u32,
    /// Requests that may follow at once.
    pub left: u32,
    /// Seconds until as many as the quota may follow at once.
    pub reset_secs: u64,
}

/// The rate limits. Each replica counts for itself.
pub struct Limits {
    address: Option<Keyed<IpAddr>>,
    key: Option<Keyed<String>>,
    search: Option<Telling<IpAddr>>,
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        let search = NonZeroU32::new(config.searches_per_minute);
        Self {
            address: keyed(config.rate_per_ip),
            key: keyed(config.rate_per_key),
            search: search.map(|quota| RateLimiter::dashmap(Quota::per_minute(quota)).with_middleware()),
        }
    }

    /// Counts a request from an address.
    pub fn check_address(&self, ip: IpAddr) -> Result<(), Refusal> {
        check(self.address.as_ref(), &client::neighbourhood(ip))
    }

    /// Counts a request with an API key.
    pub fn check_key(&self, id: &str) -> Result<(), Refusal> {
        check(self.key.as_ref(), &id.to_owned())
    }

    /// Counts a search from an address; none where searches are not limited.
    ///
    /// # Errors
    /// 429 with the time to wait, and what the headers say.
    pub fn check_search(&self, ip: IpAddr) -> Result<Option<Allowance>, (Refusal, Allowance)> {
        let Some(limit) = &self.search else { return Ok(None) };
        match limit.check_key(&client::neighbourhood(ip)) {
            Ok(state) => Ok(Some(allowance(&state))),
            Err(not_until) => {
                let wait_secs = not_until.wait_time_from(limit.clock().now()).as_secs() + 1;
                let quota = not_until.quota().burst_size().get();
                let refusal = Refusal::new(429, "rate_limited", "Too many searches").retry_after(wait_secs);
                Err((refusal, Allowance { quota, left: 0, reset_secs: 60 }))
            }
        }
    }

    /// Forgets addresses and keys that have sent nothing for a while, so that memory is bounded.
    pub fn forget(&self) {
        if let Some(address) = &self.address {
            address.retain_recent();
        }
        if let Some(key) = &self.key {
            key.retain_recent();
        }
        if let Some(search) = &self.search {
            search.retain_recent();
        }
    }
}

fn allowance(state: &StateSnapshot) -> Allowance {
    let (quota, left) = (state.quota().burst_size().get(), state.remaining_burst_capacity());
    let reset = state.quota().replenish_interval() * quota.saturating_sub(left);
    Allowance { quota, left, reset_secs: reset.as_secs() + 1 }
}

/// A limiter of `per_second` requests a second, with bursts of twice as many; none for 0.
fn keyed<K: Hash + Eq + Clone>(per_second: u32) -> Option<Keyed<K>> {
    let per_second = NonZeroU32::new(per_second)?;
    let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1));
    Some(RateLimiter::dashmap(Quota::per_second(per_second).allow_burst(burst)))
}

fn check<K: Hash + Eq + Clone>(limit: Option<&Keyed<K>>, who: &K) -> Result<(), Refusal> {
    let Some(limit) = limit else { return Ok(()) };
    limit.check_key(who).map_err(|not_until| {
        let wait = not_until.wait_time_from(limit.clock().now());
        Refusal::new(429, "rate_limited", "Too many requests").retry_after(wait.as_secs() + 1)
    })
}
