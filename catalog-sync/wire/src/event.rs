//! What shoppers do, as it goes from a device to the backend.
//!
//! The names are those of GA4's e-commerce events, so that a retailer's reports know them. No event
//! carries the picture that was searched with, nor its vector.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many events one [`Batch`] may hold.
pub const MAX_BATCH_EVENTS: usize = 500;

/// How many bytes of JSON one [`Batch`] may take.
pub const MAX_BATCH_BYTES: usize = 1 << 20;

/// How many characters the words of a search and a product's id may have.
pub const MAX_TEXT_CHARS: usize = 500;

/// How many characters a catalogue's id may have: as many as a catalogue that is published.
pub const MAX_CATALOG_CHARS: usize = 100;

/// How many characters a model's fingerprint may have.
const MAX_MODEL_CHARS: usize = 128;

/// How many characters an amount of money may have.
const MAX_VALUE_CHARS: usize = 40;

/// How many characters a currency may have. ISO 4217 has three.
const MAX_CURRENCY_CHARS: usize = 8;

/// How many products one list may show.
pub const MAX_LISTED: usize = 200;

/// How often the plain [`Batch`] may be as long as the gzip that it comes in. Whoever has events that
/// compress better sends smaller batches.
pub const MAX_EXPANSION: usize = 20;

/// The header that names the catalogue's ingest key, which its release names. Events without one count apart.
pub const INGEST_KEY_HEADER: &str = "knytt-ingest-key";

/// One thing that a shopper did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Version 7, made once, when it happened: what is sent twice is counted once.
    pub id: Uuid,
    /// When, by the device's clock: milliseconds since 1970 in UTC.
    pub at_ms: i64,
    /// The catalogue's id.
    pub catalog: String,
    /// The release that the catalogue was at.
    pub release: u64,
    /// The fingerprint of the model that answered.
    pub model: String,
    /// One visit: made anew at each start of the app, in a kiosk for each shopper, and kept nowhere.
    pub visit: Uuid,
    /// The search that led here, if one did: the id of its `search` event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search_id: Option<Uuid>,
    /// What it happened on.
    #[serde(default, skip_serializing_if = "DeviceKind::is_app")]
    pub device: DeviceKind,
    /// The experiment that the search took part in, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experiment: Option<Participation>,
    /// What happened.
    #[serde(flatten)]
    pub action: Action,
}

/// What a device of events is. A kind that a later version names reads as an app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// A screen in a store, which many people use.
    Kiosk,
    /// One person's device.
    #[default]
    #[serde(other)]
    App,
}

impl DeviceKind {
    fn is_app(&self) -> bool {
        *self == Self::App
    }
}

/// In which arm of an experiment something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Participation {
    /// The experiment.
    pub id: Uuid,
    /// The arm, from 0 (the control) on; in a merged list, that of the product's team. `None`: a merged list itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<u8>,
}

/// What happened; in JSON, `name` is one of GA4's and the other fields stand beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Action {
    /// A search was answered.
    Search {
        /// How the shopper asked.
        kind: QueryKind,
        /// The words, if there were any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        search_term: Option<String>,
        /// How many hits there were.
        results: u32,
        /// Whether the best of them was good enough to be called a match; `None` if the catalogue's
        /// scale is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        good_match: Option<bool>,
        /// The best hit's confidence, 0 to 100.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confidence: Option<u8>,
    },
    /// Products came into view.
    ViewItemList {
        /// Those that did.
        items: Vec<ListedItem>,
    },
    /// A product in a list was chosen.
    SelectItem(Item),
    /// A product's page was opened.
    ViewItem(Item),
    /// A product was made a favourite.
    AddToWishlist(Item),
    /// A favourite was let go.
    RemoveFromWishlist(Item),
    /// A product was shared or its link copied.
    Share(Item),
    /// Its page in the shop was opened: GA4's name for a link that leads away.
    #[serde(rename = "click")]
    OpenInShop(Item),
    /// A product went into the basket.
    AddToCart(Item),
    /// A product was bought.
    Purchase(Item),
}

/// How a shopper asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// With words.
    Words,
    /// With a picture.
    Image,
    /// With both.
    Both,
    /// For products like one.
    Similar,
    /// With a live camera.
    Camera,
}

/// The product that an event is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// The product's id.
    pub item_id: String,
    /// Its place in the list that it was taken from; the first is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The hit's confidence, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// How many; `None` is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// What it cost altogether, a decimal number as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The currency of `value`, three letters of ISO 4217.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A product in a list, as it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListedItem {
    /// The product's id.
    pub item_id: String,
    /// Its place; the first is 1.
    pub position: u32,
}

/// What a device sends at once: `POST /v1/events`, with an `Idempotency-Key` that stays the same when
/// the batch is sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// At most [`MAX_BATCH_EVENTS`].
    pub events: Vec<Event>,
}

/// The answer to a [`Batch`], sent when the backend cannot lose it any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Events that were not known before.
    pub accepted: u32,
    /// Events that were here already.
    pub duplicates: u32,
    /// Events that are wrong and would be wrong again: their ids with the reasons.
    #[serde(default)]
    pub rejected: Vec<(Uuid, String)>,
}

/// Why an event cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEvent {
    /// The id does not sort by time.
    #[error("its id is not a UUID of version 7")]
    NotVersion7,
    /// A text is longer than it may be: its name, and how many characters it may have.
    #[error("{0} is longer than {1} characters")]
    TooLong(&'static str, usize),
    /// A text has a NUL in it, which no database takes.
    #[error("{0} has a NUL in it")]
    Nul(&'static str),
    /// A text that must be there is not.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A list is longer than a page.
    #[error("it lists more than {MAX_LISTED} products")]
    TooManyItems,
    /// The time is before Knytt was, or beyond any clock.
    #[error("its time is out of range")]
    Time,
}

impl Event {
    /// Whether the event may be stored.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn validate(&self) -> Result<(), InvalidEvent> {
        if self.id.get_version_num() != 7 {
            return Err(InvalidEvent::NotVersion7);
        }
        // From 2020 to 2100.
        if !(1_577_836_800_000..4_102_444_800_000).contains(&self.at_ms) {
            return Err(InvalidEvent::Time);
        }
        text("catalog", &self.catalog, MAX_CATALOG_CHARS)?;
        text("model", &self.model, MAX_MODEL_CHARS)?;
        self.action.validate()
    }
}

impl Action {
    /// The event's name in GA4.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Search { .. } => "search",
            Self::ViewItemList { .. } => "view_item_list",
            Self::SelectItem(_) => "select_item",
            Self::ViewItem(_) => "view_item",
            Self::AddToWishlist(_) => "add_to_wishlist",
            Self::RemoveFromWishlist(_) => "remove_from_wishlist",
            Self::Share(_) => "share",
            Self::OpenInShop(_) => "click",
            Self::AddToCart(_) => "add_to_cart",
            Self::Purchase(_) => "purchase",
        }
    }

    /// The product that it is about, if it is about one.
    pub fn item(&self) -> Option<&Item> {
        match self {
            Self::Search { .. } | Self::ViewItemList { .. } => None,
            Self::SelectItem(item)
            | Self::ViewItem(item)
            | Self::AddToWishlist(item)
            | Self::RemoveFromWishlist(item)
            | Self::Share(item)
            | Self::OpenInShop(item)
            | Self::AddToCart(item)
            | Self::Purchase(item) => Some(item),
        }
    }

    fn validate(&self) -> Result<(), InvalidEvent> {
        match self {
            Self::Search { search_term: Some(words), .. } => at_most("search_term", words, MAX_TEXT_CHARS),
            Self::ViewItemList { items } if items.len() > MAX_LISTED => Err(InvalidEvent::TooManyItems),
            Self::ViewItemList { items } => {
                items.iter().try_for_each(|item| text("item_id", &item.item_id, MAX_TEXT_CHARS))
            }
            _ => self.item().map_or(Ok(()), Item::validate),
        }
    }
}

impl Item {
    fn validate(&self) -> Result<(), InvalidEvent> {
        text("item_id", &self.item_id, MAX_TEXT_CHARS)?;
        at_most("value", self.value.as_deref().unwrap_or_default(), MAX_VALUE_CHARS)?;
        at_most("currency", self.currency.as_deref().unwrap_or_default(), MAX_CURRENCY_CHARS)
    }
}

fn text(name: &'static str, text: &str, chars: usize) -> Result<(), InvalidEvent> {
    if text.is_empty() { Err(InvalidEvent::Empty(name)) } else { at_most(name, text, chars) }
}

fn at_most(name: &'static str, text: &str, chars: usize) -> Result<(), InvalidEvent> {
    if text.contains('\0') {
        return Err(InvalidEvent::Nul(name));
    }
    if text.chars().nth(chars).is_none() { Ok(()) } else { Err(InvalidEvent::TooLong(name, chars)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(action: Action) -> Event {
        Event {
            id: Uuid::now_v7(),
            at_ms: 1_750_000_000_000,
            catalog: "shop".into(),
            release: 3,
            model: "abc".into(),
            visit: Uuid::new_v4(),
            search_id: None,
            device: DeviceKind::App,
            experiment: None,
            action,
        }
    }

    #[test]
    fn an_experiment_is_named_only_by_searches_in_one_and_older_events_are_read() {
        let (id, item) = (Uuid::new_v4(), Item { item_id: "a".into(), ..Item::default() });
        let plain = serde_json::to_value(event(Action::ViewItem(item.clone()))).unwrap();
        assert!(plain.get("experiment").is_none(), "{plain}");
        let read: Event = serde_json::from_value(plain).unwrap();
        assert_eq!(read.experiment, None);
        for arm in [None, Some(1)] {
            let told = Event {
                experiment: Some(Participation { id, arm }),
                ..event(Action::ViewItem(item.clone()))
            };
            let json = serde_json::to_string(&told).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), told, "{json}");
        }
    }

    #[test]
    fn json_is_flat_and_says_the_name_as_ga4_does() {
        let item = Item { item_id: "a".into(), position: Some(2), ..Item::default() };
        let json = serde_json::to_value(event(Action::AddToWishlist(item))).unwrap();
        assert_eq!(json["name"], "add_to_wishlist");
        assert_eq!(json["item_id"], "a");
        assert_eq!(json["position"], 2);
    }

    #[test]
    fn a_device_is_named_where_it_is_none_of_one_person() {
        let app = event(Action::OpenInShop(Item { item_id: "a".into(), ..Item::default() }));
        let json = serde_json::to_value(&app).unwrap();
        assert!(json.get("device").is_none(), "backends of before read it as they did");
        assert_eq!(json["name"], "click");
        let kiosk = serde_json::to_value(Event { device: DeviceKind::Kiosk, ..app.clone() }).unwrap();
        assert_eq!(kiosk["device"], "kiosk");
        let mut later = kiosk.clone();
        later["device"] = "mirror".into();
        assert_eq!(serde_json::from_value::<Event>(later).unwrap(), app);
        assert_eq!(serde_json::from_value::<Event>(kiosk).unwrap().device, DeviceKind::Kiosk);
    }

    #[test]
    fn events_survive_json() {
        let listed = vec![ListedItem { item_id: "a".into(), position: 1 }];
        for action in [
            Action::ViewItemList { items: listed },
            Action::Purchase(Item { item_id: "b".into(), value: Some("12.50".into()), ..Item::default() }),
            Action::Search {
                kind: QueryKind::Words,
                search_term: Some("red dress".into()),
                results: 20,
                good_match: Some(true),
                confidence: Some(81),
            },
        ] {
            let event = event(action);
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&json).unwrap(), event);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let valid = event(Action::ViewItem(Item { item_id: "a".into(), ..Item::default() }));
        assert_eq!(valid.validate(), Ok(()));
        let wrong = Event { id: Uuid::new_v4(), ..valid.clone() };
        assert_eq!(wrong.validate(), Err(InvalidEvent::NotVersion7));
        let wrong = Event { at_ms: 0, ..valid.clone() };
        assert_eq!(wrong.validate(), Err(InvalidEvent::Time));
        let wrong = Event { catalog: String::new(), ..valid.clone() };
        assert_eq!(wrong.validate(), Err(InvalidEvent::Empty("catalog")));
        let long = Item { item_id: "x".repeat(501), ..Item::default() };
        assert_eq!(event(Action::Share(long)).validate(), Err(InvalidEvent::TooLong("item_id", 500)));
        let nul = Item { item_id: "a\0".into(), ..Item::default() };
        assert_eq!(event(Action::Share(nul)).validate(), Err(InvalidEvent::Nul("item_id")));
    }

    #[test]
    fn every_text_has_its_bound() {
        let item = Item { item_id: "a".into(), ..Item::default() };
        let valid = event(Action::Purchase(item.clone()));
        let long = |chars: usize| "ü".repeat(chars);
        let purchase = |item| event(Action::Purchase(item));
        let listed =
            |item_id| event(Action::ViewItemList { items: vec![ListedItem { item_id, position: 1 }] });
        let search = |words| {
            event(Action::Search {
                kind: QueryKind::Words,
                search_term: Some(words),
                results: 1,
                good_match: None,
                confidence: None,
            })
        };
        type Made<'a> = Box<dyn Fn(String) -> Event + 'a>;
        let texts: [(&'static str, usize, Made<'_>); 7] = [
            ("catalog", 100, Box::new(|catalog| Event { catalog, ..valid.clone() })),
            ("model", 128, Box::new(|model| Event { model, ..valid.clone() })),
            ("item_id", 500, Box::new(|item_id| purchase(Item { item_id, ..item.clone() }))),
            ("item_id", 500, Box::new(listed)),
            ("search_term", 500, Box::new(search)),
            ("value", 40, Box::new(|value| purchase(Item { value: Some(value), ..item.clone() }))),
            ("currency", 8, Box::new(|text| purchase(Item { currency: Some(text), ..item.clone() }))),
        ];
        for (name, chars, made) in texts {
            assert_eq!(made(long(chars)).validate(), Ok(()), "{name}");
            assert_eq!(made(long(chars + 1)).validate(), Err(InvalidEvent::TooLong(name, chars)));
        }
    }
}
