//! How often one address and one key may ask.

use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::{App, Refusal, client};
use crate::config::Config;

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// The limits with what they remember, which each replica does for itself.
pub struct Limits {
    address: Option<Keyed<IpAddr>>,
    key: Option<Keyed<String>>,
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        Self { address: keyed(config.rate_per_ip), key: keyed(config.rate_per_key) }
    }

    /// Counts a request with an API key.
    pub fn check_key(&self, id: &str) -> Result<(), Refusal> {
        check(self.key.as_ref(), &id.to_owned())
    }

    /// Forgets who has not asked for a while, so that memory is bounded.
    pub fn forget(&self) {
        if let Some(address) = &self.address {
            address.retain_recent();
        }
        if let Some(key) = &self.key {
            key.retain_recent();
        }
    }
}

/// So many a second, and twice as many at once.
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

/// Counts a request for the address that it comes from.
pub async fn per_address(State(app): State<App>, request: Request, next: Next) -> Result<Response, Refusal> {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let ip = client::address(peer.ip(), request.headers(), &app.config.trusted_proxies);
        check(app.limits.address.as_ref(), &client::neighbourhood(ip))?;
    }
    Ok(next.run(request).await)
}
