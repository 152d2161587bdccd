//! How much products are wanted, for the next release.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::Row as _;

use super::filter::Filter;
use crate::db::Database;
use crate::{Error, Result};

/// What one event is worth on the day that it happens: the nearer to a purchase, the more. Choosing in a
/// list is left out, since it rewards whoever stands at the top.
const WEIGHTS: [(&str, f64); 4] =
    [("view_item", 1.0), ("add_to_wishlist", 3.0), ("add_to_cart", 5.0), ("purchase", 10.0)];

const DAY_MS: i64 = 86_400_000;

/// How much one product is wanted. In a visit each kind of event counts once: nobody makes a product
/// popular by opening its page again and again.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Popularity {
    /// The product's id.
    pub item_id: String,
    /// Views, plus 3 for each favourite, 5 for each basket, 10 for each purchase; all of them halved each
    /// half-life.
    pub score: f64,
    /// Visits that opened its page.
    pub views: u64,
    /// Visits that made it a favourite.
    pub wishlisted: u64,
    /// Visits that put it into the basket.
    pub carted: u64,
    /// Visits that bought it.
    pub purchased: u64,
}

/// The products of a catalogue that were wanted, by score, the highest first. Where the catalogue has an
/// ingest key, events without one do not count from then on.
///
/// # Errors
/// The half-life is not above zero, or the database refuses.
pub async fn popularity(db: &Database, catalog: &str, half_life_days: f64) -> Result<Vec<Popularity>> {
    if half_life_days.is_nan() || half_life_days <= 0.0 {
        return Err(Error::Setting("a half-life is above zero days".into()));
    }
    let bound = bound_since(db, catalog)
        .await?
        .map_or_else(String::new, |since_ms| format!("AND (bound = 1 OR received_ms < {since_ms})"));
    let filter = Filter { catalog: Some(catalog.into()), ..Filter::default() };
    let query = filter.query(&format!(
        "SELECT item_id, name, day, COUNT(DISTINCT visit) FROM events \
         WHERE {{scope}} AND name IN ('view_item', 'add_to_wishlist', 'add_to_cart', 'purchase') {bound} \
         GROUP BY item_id, name, day"
    ));
    let today = jiff::Timestamp::now().as_millisecond().div_euclid(DAY_MS);
    let mut products: BTreeMap<String, Popularity> = BTreeMap::new();
    for row in query.fetch_all(db.reports()).await? {
        let (item_id, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (day, visits): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
        let age_days = (today - day).max(0) as f64;
        let product = products.entry(item_id).or_default();
        product.add(&name, visits, 0.5f64.powf(age_days / half_life_days));
    }
    let named = products.into_iter().map(|(item_id, product)| Popularity { item_id, ..product });
    let mut ranked: Vec<Popularity> = named.collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(ranked)
}

/// From when on, in milliseconds since 1970, only events with an ingest key count: since the catalogue has
/// its first one.
async fn bound_since(db: &Database, catalog: &str) -> Result<Option<i64>> {
    let first = sqlx::query_scalar("SELECT MIN(created_ms) FROM ingest_keys WHERE catalog = $1");
    Ok(first.bind(catalog).fetch_one(db.reports()).await?)
}

impl Popularity {
    fn add(&mut self, name: &str, visits: i64, decay: f64) {
        let weight = WEIGHTS.iter().find(|(weighed, _)| *weighed == name).map_or(0.0, |(_, weight)| *weight);
        self.score += weight * decay * visits as f64;
        let count = match name {
            "view_item" => &mut self.views,
            "add_to_wishlist" => &mut self.wishlisted,
            "add_to_cart" => &mut self.carted,
            _ => &mut self.purchased,
        };
        *count += visits.unsigned_abs();
    }
}
