//! What the console's page Insight counts of new events, added up over one commit.

use std::collections::{BTreeMap, BTreeSet};

use super::arms::ArmCounts;
use super::insight_keys::{DayKey, Seen};
use super::row::Row;
use super::words::may_be_shown;

/// Counts of one commit, in the order of the rows' keys as [`Counts`](super::counts::Counts) are.
#[derive(Debug, Default)]
pub struct InsightCounts {
    /// Searches of devices: all of them, those without a hit, those without a good one. What came of searches is added
    /// by the table of searches.
    pub days: BTreeMap<DayKey, [i64; 6]>,
    /// By catalogue, day, release and channel: choices, those with a place, their places, views, favourites, baskets,
    /// purchases.
    pub actions: BTreeMap<(String, i64, i64, &'static str), [i64; 7]>,
    /// Who searched.
    pub seen: BTreeSet<Seen>,
    /// By catalogue, day, release and currency: sales and their amount.
    pub revenue: BTreeMap<(String, i64, i64, String), [i64; 2]>,
    /// By catalogue, day and words: searches, those without a hit, those without a good one.
    pub queries: BTreeMap<(String, i64, String), [i64; 3]>,
    /// Who asked words, and on which day first.
    pub asked: BTreeMap<(String, String, [u8; 16]), i64>,
    /// Searches in experiments.
    pub arms: ArmCounts,
}

impl InsightCounts {
    /// The counts of these rows, each of which is new.
    pub fn of(rows: &[&Row]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            counts.add_action(row);
            counts.add_sale(row);
            if row.name == "search" {
                counts.add_search(row);
                counts.add_words(row);
            }
        }
        counts
    }

    /// A search of a device. Those of pages and programs the server answered itself and counted then.
    fn add_search(&mut self, row: &Row) {
        let Some(searched) = row.searched.filter(|_| row.channel.is_of_devices()) else { return };
        let [zero_result, no_good_match] = row.failures();
        let key = DayKey::new(&row.scope, searched.day, searched.release, searched.way);
        let counted = self.days.entry(key).or_default();
        counted.iter_mut().zip([1, zero_result, no_good_match]).for_each(|(to, count)| *to += count);
        self.seen.extend(Seen::all(&row.scope, row.day, row.release, row.channel, row.visitor));
        if let Some(part) = row.counted_search().and_then(|searched| searched.part) {
            self.arms.add_search(part, searched.day, [zero_result, no_good_match], row.visitor);
        }
    }

    fn add_words(&mut self, row: &Row) {
        let Some(words) = row.search_term.as_deref().filter(|words| may_be_shown(words)) else { return };
        let key = (row.scope.clone(), row.day, words.to_owned());
        let [zero_result, no_good_match] = row.failures();
        let counted = self.queries.entry(key.clone()).or_default();
        counted.iter_mut().zip([1, zero_result, no_good_match]).for_each(|(to, count)| *to += count);
        let who = (key.0, key.2, row.visitor);
        self.asked.entry(who).and_modify(|day| *day = row.day.min(*day)).or_insert(row.day);
    }

    fn add_action(&mut self, row: &Row) {
        let place = row.selected().filter(|place| *place > 0);
        let counted = match row.name {
            "select_item" => [1, i64::from(place.is_some()), place.unwrap_or_default(), 0, 0, 0, 0],
            "view_item" => [0, 0, 0, 1, 0, 0, 0],
            "add_to_wishlist" => [0, 0, 0, 0, 1, 0, 0],
            "add_to_cart" => [0, 0, 0, 0, 0, 1, 0],
            "purchase" => [0, 0, 0, 0, 0, 0, 1],
            _ => return,
        };
        let key = (row.scope.clone(), row.day, row.release, row.channel.name());
        let to = self.actions.entry(key).or_default();
        to.iter_mut().zip(counted).for_each(|(to, counted)| *to += counted);
    }

    /// Anyone may make up a purchase: money counts where the shop's server or an ingest key stands for it.
    fn add_sale(&mut self, row: &Row) {
        let Some(sale) = row.sale.as_ref().filter(|_| row.is_vouched_sale()) else { return };
        let key = (row.scope.clone(), row.day, row.release, sale.currency.clone());
        let counted = self.revenue.entry(key).or_default();
        counted[0] += 1;
        counted[1] += sale.amount;
    }
}
