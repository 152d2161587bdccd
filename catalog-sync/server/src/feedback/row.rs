//! An event as the tables have it.

use knytt_wire::{Action, Event, IdentifiedEvent, Participation, Uuid};

use super::money::Sale;
use super::roots::is_root;
use crate::way::{Channel, Way};

/// How long after it happened an event may come in and its own day be believed.
pub const BELIEVED_DAYS: i64 = 90;

pub const DAY_MS: i64 = 86_400_000;

/// Today in UTC, in days since 1970-01-01, as rows have it.
pub fn today() -> i64 {
    jiff::Timestamp::now().as_millisecond().div_euclid(DAY_MS)
}

/// The last place in a list that is counted apart.
const LAST_POSITION: u32 = 1_000;

/// How many characters of the words of a search are counted. They stand in two tables and three indexes.
const COUNTED_CHARS: usize = 100;

/// The longest id of a product that is counted by itself: it stands in several tables and indexes. Only an id of
/// other letters than those of ASCII can be longer.
const COUNTED_ID_BYTES: usize = 500;

/// About how many bytes a row takes beside its texts: its numbers, its keys and its share of the counts.
const ROW_BYTES: usize = 300;

/// One row of `events`, with what is counted of it.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: Uuid,
    pub name: &'static str,
    pub catalog: String,
    /// The catalogue's first root, if the event says it.
    pub root: Option<String>,
    /// What it is counted under: the catalogue's id, with the root before it if that is not the id's own.
    pub scope: String,
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
    /// The places of the products that a list showed, up to 1,000.
    pub shown: Vec<i64>,
    /// Whether it came with a key of its catalogue.
    pub bound: bool,
    /// What vouches for it.
    pub voucher: Voucher,
    /// Whether it may rank: it is bound, within what one visitor or address may tell.
    pub believed: bool,
    /// Whom it counts once for: the visit, or who asked, as the token says.
    pub visitor: [u8; 16],
    /// From where it came.
    pub channel: Channel,
    /// The search that it belongs to, if that is known.
    pub searched: Option<Searched>,
    /// The team of the product in a merged list: 0 the control's, 1 the variant's.
    pub team: Option<u8>,
    /// What it brought in.
    pub sale: Option<Sale>,
}

/// What a search is counted under, together with its catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Searched {
    pub day: i64,
    pub release: i64,
    pub way: Way,
    /// The experiment that it took part in.
    pub part: Option<Participation>,
}

/// What vouches for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voucher {
    /// Only the ingest key that may come with the request.
    IngestKey,
    /// The token of a search.
    Token,
    /// The shop's server.
    Shop,
}

impl Row {
    /// Takes an event of a device that has been validated apart, with the root that it says.
    pub fn of_device(told: &IdentifiedEvent, received_ms: i64) -> Result<Self, String> {
        if told.root.as_deref().is_some_and(|root| !is_root(root)) {
            return Err("its root is not 64 hexadecimal digits in lower case".into());
        }
        let payload = serde_json::to_string(told).map_err(|error| error.to_string())?;
        let row = Self::with_payload(&told.event, payload, received_ms, told.device.into())?;
        Ok(Self { root: told.root.clone(), ..row })
    }

    /// Takes an event of this backend's own catalogue that has been validated apart.
    pub fn new(event: &Event, received_ms: i64) -> Result<Self, String> {
        let payload = serde_json::to_string(event).map_err(|error| error.to_string())?;
        Self::with_payload(event, payload, received_ms, Channel::Web)
    }

    fn with_payload(
        event: &Event,
        payload: String,
        received_ms: i64,
        channel: Channel,
    ) -> Result<Self, String> {
        let release = i64::try_from(event.release).map_err(|_| "its release is out of range".to_owned())?;
        let item = event.action.item();
        let mut row = Self {
            id: event.id,
            name: event.action.name(),
            catalog: event.catalog.clone(),
            root: None,
            scope: event.catalog.clone(),
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
            payload,
            shown: Vec::new(),
            bound: false,
            voucher: Voucher::IngestKey,
            believed: false,
            visitor: *event.visit.as_bytes(),
            channel,
            searched: None,
            team: event.experiment.and_then(|part| part.arm).filter(|team| *team < 2),
            sale: None,
        };
        match &event.action {
            Action::Search { search_term, results, good_match, kind, .. } => {
                // A search leads to itself, so that a funnel is one column.
                row.search_id = Some(event.id);
                row.search_term = search_term.as_deref().map(normal).filter(|term| !term.is_empty());
                row.results = Some(i64::from(*results));
                row.good_match = good_match.map(i64::from);
                let way = Way { channel, kind: (*kind).into() };
                // Searches of pages the server answered itself: the token says which.
                let part = event.experiment;
                row.searched =
                    channel.is_of_devices().then_some(Searched { day: row.day, release, way, part });
            }
            Action::Purchase(item) => {
                row.sale = Sale::read(item.value.as_deref(), item.currency.as_deref());
            }
            Action::ViewItemList { items } => {
                let places = items.iter().map(|item| item.position);
                row.shown = places.filter(|place| *place <= LAST_POSITION).map(i64::from).collect();
            }
            _ => {}
        }
        Ok(row)
    }

    /// Says that a valid token came with it, which names who asked.
    pub fn bind_to(&mut self, visitor: [u8; 16]) {
        (self.voucher, self.visitor) = (Voucher::Token, visitor);
    }

    /// Says that the shop's server told of it, once for each `order`.
    pub fn bind_to_shop(&mut self, order: [u8; 16]) {
        (self.voucher, self.visitor) = (Voucher::Shop, order);
        self.channel = Channel::Shop;
    }

    /// Says which search of the server's own it belongs to.
    pub fn belongs_to(&mut self, searched: Searched) {
        self.channel = searched.way.channel;
        self.searched = Some(searched);
    }

    /// What the search is counted under. That a device took part in an experiment has to be believed; of its own
    /// searches the server knows it.
    pub fn counted_search(&self) -> Option<Searched> {
        let is_known = self.believed || self.channel != Channel::App;
        self.searched.map(|searched| Searched { part: searched.part.filter(|_| is_known), ..searched })
    }

    /// Whether more than a browser stands for what it brought in.
    pub fn is_vouched_sale(&self) -> bool {
        match self.voucher {
            Voucher::Shop => true,
            Voucher::IngestKey => self.bound,
            Voucher::Token => false,
        }
    }

    /// Whether a search found nothing, and whether what it found was not good, each 0 or 1.
    pub fn failures(&self) -> [i64; 2] {
        let results = self.results.unwrap_or_default();
        [i64::from(results == 0), i64::from(results > 0 && self.good_match == Some(0))]
    }

    /// The product's id, if it is one that is counted by itself.
    pub fn counted_id(&self) -> Option<&str> {
        self.item_id.as_deref().filter(|id| id.len() <= COUNTED_ID_BYTES)
    }

    /// About how many bytes of disk it takes. Texts that are counted stand in several tables and indexes, too.
    pub fn stored_bytes(&self) -> usize {
        let counted = |text: &Option<String>| text.as_ref().map_or(0, |text| 8 * text.len());
        ROW_BYTES + 2 * self.payload.len() + counted(&self.item_id) + counted(&self.search_term)
    }

    /// The place that a product was chosen from, if it is counted.
    pub fn selected(&self) -> Option<i64> {
        let counted = self.name == "select_item";
        self.position.filter(|place| counted && *place <= i64::from(LAST_POSITION))
    }
}

/// Words as reports group them: their beginning, without capitals and without blanks that mean nothing.
pub fn normal(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    match words.char_indices().nth(COUNTED_CHARS) {
        Some((end, _)) => words[..end].trim_end().to_owned(),
        None => words,
    }
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
        assert_eq!(normal(&"ab ".repeat(100)), format!("{}a", "ab ".repeat(33)));
        assert_eq!(normal("  Rote  KLEIDER für\tÄltere "), "rote kleider für ältere");
    }
}
