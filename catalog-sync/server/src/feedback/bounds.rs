//! How much of what one visitor or one address sends is believed. What is beyond is stored and counted apart.
//!
//! Each replica counts for itself, in memory: no address is stored.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;

use super::row::Row;

/// How long is counted.
const DAY: Duration = Duration::from_secs(86_400);

/// Counters that are kept; those that were not used for the longest time go first.
const MOST_COUNTERS: u64 = 1_000_000;

/// Visits a day and address that may tell of one product and kind with an ingest key: a kiosk, an office. The key
/// stands in the release, so anyone who has the release can send it.
const OF_ADDRESS: u32 = 50;

/// Counters of who sends. Clones share them.
#[derive(Clone)]
pub struct Bounds {
    counters: Cache<u64, Arc<AtomicU32>>,
    hasher: Arc<RandomState>,
}

impl Bounds {
    /// Nothing is counted yet.
    pub fn new() -> Self {
        let counters = Cache::builder().max_capacity(MOST_COUNTERS).time_to_live(DAY).build();
        Self { counters, hasher: Arc::default() }
    }

    /// Whether one more event of a visitor with the token of a search is believed.
    pub fn take_of_visitor(&self, row: &Row) -> bool {
        self.take((&row.catalog, row.visitor, row.name), of_visitor(row.name))
    }

    /// Whether one more event from an address with an ingest key is believed.
    pub fn take_of_address(&self, address: Option<IpAddr>, row: &Row) -> bool {
        self.take((&row.catalog, address, row.name, &row.item_id, &row.search_term), OF_ADDRESS)
    }

    fn take(&self, who: impl Hash, most: u32) -> bool {
        let counter = self.counters.get_with(self.hasher.hash_one(who), Arc::default);
        counter
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| (count < most).then_some(count + 1))
            .is_ok()
    }
}

/// Events of a kind that one visitor has a day. Nobody buys in a browser: the shop tells of orders.
fn of_visitor(name: &str) -> u32 {
    match name {
        "search" | "view_item" => 100,
        "add_to_wishlist" => 20,
        "add_to_cart" => 10,
        "purchase" => 0,
        _ => u32::MAX,
    }
}
