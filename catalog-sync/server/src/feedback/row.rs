//! An event as the tables have it.

use knytt_wire::{Action, Event, ListedItem, Uuid};

/// How long after it happened an event may come in and its own day be believed.
const BELIEVED_DAYS: i64 = 90;

const DAY_MS: i64 = 86_400_000;

/// One row of `events`, with its rows of `listed_items`.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: Uuid,
    pub name: &'static str,
    pub catalog: String,
    pub release: i64,
    pub visit: Uuid,
    pub search_id: Option<Uuid>,
    pub item_id: Option<String>,
    pub position: Option<i64>,
    pub search_term: Option<String>,
    pub results: Option<i64>,
    pub good_match: Option<i64>,
    pub at_ms: i64,
    pub received_ms: i64,
    pub day: i64,
    pub payload: String,
    pub listed: Vec<ListedItem>,
}

impl Row {
    /// Takes an event that has been validated apart.
    pub fn new(event: &Event, received_ms: i64) -> Result<Self, String> {
        let release = i64::try_from(event.release).map_err(|_| "its release is out of range".to_owned())?;
        let item = event.action.item();
        let mut row = Self {
            id: event.id,
            name: event.action.name(),
            catalog: event.catalog.clone(),
            release,
            visit: event.visit,
            search_id: event.search_id,
            item_id: item.map(|item| item.item_id.clone()),
            position: item.and_then(|item| item.position).map(i64::from),
            search_term: None,
            results: None,
            good_match: None,
            at_ms: event.at_ms,
            received_ms,
            day: day(event.at_ms, received_ms),
            payload: serde_json::to_string(event).map_err(|error| error.to_string())?,
            listed: Vec::new(),
        };
        match &event.action {
            Action::Search { search_term, results, good_match, .. } => {
                // A search leads to itself, so that a funnel is one column.
                row.search_id = Some(event.id);
                row.search_term = search_term.as_deref().map(normal).filter(|term| !term.is_empty());
                row.results = Some(i64::from(*results));
                row.good_match = good_match.map(i64::from);
            }
            Action::ViewItemList { items } => row.listed.clone_from(items),
            _ => {}
        }
        Ok(row)
    }
}

/// Words as reports group them: without capitals and without blanks that mean nothing.
fn normal(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The day that an event counts for: its own, unless the device's clock cannot be right.
fn day(at_ms: i64, received_ms: i64) -> i64 {
    let (happened, came) = (at_ms.div_euclid(DAY_MS), received_ms.div_euclid(DAY_MS));
    // A day ahead is a clock that is a little fast, at midnight.
    if (came - BELIEVED_DAYS..=came + 1).contains(&happened) { happened } else { came }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_counts_for_the_day_of_arrival() {
        let now = 1_750_000_000_000;
        let today = now / DAY_MS;
        assert_eq!(day(now - 3 * DAY_MS, now), today - 3);
        assert_eq!(day(now - 400 * DAY_MS, now), today);
        assert_eq!(day(now + 30 * DAY_MS, now), today);
    }

    #[test]
    fn words_are_grouped_without_case_and_blanks() {
        assert_eq!(normal("  Rote  KLEIDER für\tÄltere "), "rote kleider für ältere");
    }
}
