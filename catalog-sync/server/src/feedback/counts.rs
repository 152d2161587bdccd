//! What reports count of new events, added up over one commit, so that it changes few rows.

use std::collections::BTreeMap;

use knytt_wire::Uuid;

use super::row::{DAY_MS, Row, Searched};

/// Counts of a catalogue's day and release, in the order of the columns of `activity`.
pub type Activity = [i64; 11];

/// How far a search led, as far as one commit says.
#[derive(Debug)]
pub struct Led<'a> {
    /// The catalogue.
    pub catalog: &'a str,
    /// The day of the first of its events.
    pub day: i64,
    /// 0 searched, 1 looked at, 2 kept, 3 bought.
    pub depth: i64,
    /// What it is counted under, if that is known.
    pub searched: Option<Searched>,
    /// What came of it, as in the table: 2 chosen, 4 put into the basket, 8 bought, and the bits above of what is
    /// believed.
    pub marks: i64,
}

/// Counts of one commit. The maps are in the order of the rows' keys, so that replicas which change the same
/// rows at once wait for each other and do not lock each other out.
#[derive(Debug, Default)]
pub struct Counts<'a> {
    /// By catalogue, day and release.
    pub activity: BTreeMap<(&'a str, i64, i64), Activity>,
    /// By catalogue, day and words: searches, those without a hit, those without a good one.
    pub queries: BTreeMap<(&'a str, i64, &'a str), [i64; 3]>,
    /// By catalogue, day and place: shown, chosen.
    pub positions: BTreeMap<(&'a str, i64, i64), [i64; 2]>,
    /// By catalogue, day and product: chosen, viewed, made a favourite, put into the basket, bought, and
    /// their sum.
    pub products: BTreeMap<(&'a str, i64, &'a str), [i64; 6]>,
    /// By search: what is known of it.
    pub searches: BTreeMap<Uuid, Led<'a>>,
    /// By catalogue and day of arrival: events and bytes.
    pub intake: BTreeMap<(&'a str, i64), [i64; 2]>,
}

impl<'a> Counts<'a> {
    /// The counts of these rows, each of which is new.
    pub fn of(rows: &[&'a Row]) -> Self {
        let mut counts = Self::default();
        for row in rows {
            counts.add(row);
        }
        counts
    }

    fn add(&mut self, row: &'a Row) {
        let (catalog, day) = (row.scope.as_str(), row.day);
        add(self.activity.entry((catalog, day, row.release)).or_default(), activity(row));
        // What an id may store is one quota, whatever roots are made up for it.
        let arrived = (row.catalog.as_str(), row.received_ms.div_euclid(DAY_MS));
        let bytes = i64::try_from(row.stored_bytes()).unwrap_or(i64::MAX);
        add(self.intake.entry(arrived).or_default(), [1, bytes]);
        if let Some(words) = &row.search_term {
            let [zero_result, no_good_match] = row.failures();
            let counted = self.queries.entry((catalog, day, words)).or_default();
            add(counted, [1, zero_result, no_good_match]);
        }
        for place in &row.shown {
            add(self.positions.entry((catalog, day, *place)).or_default(), [1, 0]);
        }
        if let Some(place) = row.selected() {
            add(self.positions.entry((catalog, day, place)).or_default(), [0, 1]);
        }
        if let (Some(item_id), Some(kind)) = (row.counted_id(), kind(row.name)) {
            let counted = self.products.entry((catalog, day, item_id)).or_default();
            counted[kind] += 1;
            counted[5] += 1;
        }
        if let Some(search) = row.search_id {
            let new = Led { catalog, day, depth: 0, searched: None, marks: 0 };
            let led = self.searches.entry(search).or_insert(new);
            led.depth = led.depth.max(depth(row.name));
            led.searched = led.searched.or(row.counted_search());
            led.marks |= marks(row.name);
            led.marks |= believed_marks(row);
        }
    }

    /// The words' counts of all days.
    pub fn query_totals(&self) -> BTreeMap<(&'a str, &'a str), [i64; 3]> {
        let mut totals = BTreeMap::new();
        for ((catalog, _, words), counted) in &self.queries {
            add(totals.entry((*catalog, *words)).or_default(), *counted);
        }
        totals
    }

    /// The products' counts of all days.
    pub fn product_totals(&self) -> BTreeMap<(&'a str, &'a str), [i64; 6]> {
        let mut totals = BTreeMap::new();
        for ((catalog, _, item_id), counted) in &self.products {
            add(totals.entry((*catalog, *item_id)).or_default(), *counted);
        }
        totals
    }
}

fn add<const N: usize>(to: &mut [i64; N], counted: [i64; N]) {
    to.iter_mut().zip(counted).for_each(|(to, counted)| *to += counted);
}

fn activity(row: &Row) -> Activity {
    let mut counted = [0; 11];
    if row.name == "search" {
        let [zero_result, no_good_match] = row.failures();
        counted[..4].copy_from_slice(&[1, i64::from(row.search_term.is_some()), zero_result, no_good_match]);
    }
    if let Some(kind) = kind(row.name) {
        counted[4 + kind] = 1;
    }
    counted[9] = 1;
    counted[10] = i64::from(row.bound);
    counted
}

/// The column of a product's counts that an event goes to.
fn kind(name: &str) -> Option<usize> {
    ["select_item", "view_item", "add_to_wishlist", "add_to_cart", "purchase"].iter().position(|n| *n == name)
}

/// How far an event says that its search led; a step counts whatever steps before it were left out.
fn depth(name: &str) -> i64 {
    match name {
        "purchase" => 3,
        "add_to_wishlist" | "add_to_cart" => 2,
        "select_item" | "view_item" | "share" => 1,
        _ => 0,
    }
}

/// What an event says that came of its search.
fn marks(name: &str) -> i64 {
    match name {
        "purchase" => 2 + 4 + 8,
        "add_to_cart" => 2 + 4,
        "add_to_wishlist" | "select_item" | "view_item" | "share" => 2,
        _ => 0,
    }
}

/// The same of a believed event, as experiments count it: 16 chosen, 32 put into the basket, 64 bought, 128 and 256
/// chosen from the control's and the variant's team.
fn believed_marks(row: &Row) -> i64 {
    let marks = if row.believed { marks(row.name) } else { 0 };
    let team = row.team.filter(|_| marks > 0).map_or(0, |team| 128 << team);
    (marks << 3) | team
}
