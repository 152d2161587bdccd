//! How many requests one address and one API key may send.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::client;
use super::refusal::Refusal;
use crate::config::Config;

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// The rate limits. Each replica counts for itself.
pub struct Limits {
    address: Option<Keyed<IpAddr>>,
    key: Option<Keyed<String>>,
    keyless: Option<Keyed<IpAddr>>,
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        Self { address: keyed(config.rate_per_ip), key: keyed(config.rate_per_key), keyless: keyless(config) }
    }

    /// Counts a request from an address.
    pub fn check_address(&self, ip: IpAddr) -> Result<(), Refusal> {
        check(self.address.as_ref(), &client::neighbourhood(ip))
    }

    /// Counts a request with an API key.
    pub fn check_key(&self, id: &str) -> Result<(), Refusal> {
        check(self.key.as_ref(), &id.to_owned())
    }

    /// Counts a search without a key or an account.
    pub fn check_keyless(&self, ip: IpAddr) -> Result<(), Refusal> {
        check(self.keyless.as_ref(), &client::neighbourhood(ip))
    }

    /// Forgets addresses and keys that have sent nothing for a while, so that memory is bounded.
    pub fn forget(&self) {
        if let Some(address) = &self.address {
            address.retain_recent();
        }
        if let Some(keyless) = &self.keyless {
            keyless.retain_recent();
        }
        if let Some(key) = &self.key {
            key.retain_recent();
        }
    }
}

/// A limiter of `per_second` requests a second, with bursts of twice as many; none for 0.
fn keyed<K: Hash + Eq + Clone>(per_second: u32) -> Option<Keyed<K>> {
    let per_second = NonZeroU32::new(per_second)?;
    let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1));
    Some(RateLimiter::dashmap(Quota::per_second(per_second).allow_burst(burst)))
}

fn keyless(config: &Config) -> Option<Keyed<IpAddr>> {
    Some(RateLimiter::dashmap(Quota::per_minute(NonZeroU32::new(config.keyless_per_minute)?)))
}

fn check<K: Hash + Eq + Clone>(limit: Option<&Keyed<K>>, who: &K) -> Result<(), Refusal> {
    let Some(limit) = limit else { return Ok(()) };
    limit.check_key(who).map_err(|not_until| {
        let wait = not_until.wait_time_from(limit.clock().now());
        Refusal::new(429, "rate_limited", "Too many requests").retry_after(wait.as_secs() + 1)
    })
}
