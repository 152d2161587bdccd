//! The limits that single API keys have.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::sync::Cache;

use crate::http::refusal::Refusal;
use crate::keys::ApiKey;

/// Keys whose counts are kept at once.
const KEYS: u64 = 10_000;

/// How long an unused key's count is kept: longer than it takes to have no effect.
const KEPT: Duration = Duration::from_secs(120);

/// What keys with a limit of their own have used of it. Each replica counts for itself.
#[derive(Clone)]
pub struct KeyLimits(Cache<(String, u32), Arc<DefaultDirectRateLimiter>>);

impl KeyLimits {
    pub fn new() -> Self {
        Self(Cache::builder().max_capacity(KEYS).time_to_idle(KEPT).build())
    }

    /// Counts a request.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn check(&self, key: &ApiKey) -> Result<(), Refusal> {
        let Some(rate) = key.rate_per_minute.and_then(NonZeroU32::new) else { return Ok(()) };
        let new = || Arc::new(RateLimiter::direct(Quota::per_minute(rate)));
        let limiter = self.0.get_with((key.id.clone(), rate.get()), new);
        limiter.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(limiter.clock().now());
            Refusal::new(429, "rate_limited", "Too many requests").retry_after(wait.as_secs() + 1)
        })
    }
}
