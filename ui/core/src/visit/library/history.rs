//! The thread that writes searches to the history, and events to the outbox.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use knytt_ui_api::{HistoryEntry, Problem, Region, SearchRequest, SearchResponse};
use knytt_wire::IdentifiedEvent;
use uuid::Uuid;

use super::key;
use super::store::{HistoryRow, Store};
use super::taste::RevocableTaste;
use crate::events::AnswerEvents;
use crate::shop::jpeg;
use crate::visit::pictures::KeptPicture;

/// Searches that are kept.
const MOST: usize = 200;

/// The longer side of a kept picture, in pixels: enough to know it again, and to search with it again.
const PICTURE_SIDE: u32 = 256;

/// A search within this time of the one before, which only changes it, takes its place.
const REFINED_WITHIN_MS: u64 = 30_000;

/// What the writer's thread is asked to write.
pub enum Record {
    /// A search.
    Search(Box<SearchRecord>),
    /// Events that belong to no search.
    Done(Vec<IdentifiedEvent>),
    /// Something of the shopper's taste was learned, or taken back.
    Taste,
    /// The sender is told when all records before it are written.
    Flush(Sender<()>),
}

/// A search, for the history, for the shop, or for both.
pub struct SearchRecord {
    entry: HistoryEntry,
    /// Whether it belongs in the history.
    keep: bool,
    /// Whether it is a live camera's, which never replaces the search before.
    live: bool,
    shown: Option<QueryPart>,
    told: AnswerEvents,
}

/// The part of a picture that was asked about. It is cut out and made small by the writer's thread.
pub type QueryPart = (Arc<KeptPicture>, Region);

impl SearchRecord {
    pub fn new(request: &SearchRequest, response: &SearchResponse, shown: Option<QueryPart>) -> Self {
        let entry = HistoryEntry {
            id: Uuid::now_v7().simple().to_string(),
            at: now_ms(),
            words: request.words.trim().into(),
            has_picture: shown.is_some(),
            like: request.like.clone(),
            filters: request.filters.clone(),
            best: response.hits.first().map(|hit| hit.card.title.clone()).unwrap_or_default(),
        };
        Self { entry, keep: false, live: false, shown, told: AnswerEvents::default() }
    }

    /// Into the history.
    pub fn kept(self, keep: bool) -> Self {
        Self { keep, ..self }
    }

    /// To the shop.
    pub fn told(self, told: AnswerEvents) -> Self {
        Self { told, ..self }
    }

    /// From a live camera.
    pub fn live(self) -> Self {
        Self { live: true, ..self }
    }
}

/// Writes records until their sender is dropped. A record that cannot be written is lost.
pub fn write_all(store: &Store, learning: &Mutex<RevocableTaste>, noted: impl IntoIterator<Item = Record>) {
    let mut before = None;
    for noted in noted {
        match noted {
            Record::Search(asked) => before = Some(write(store, *asked, before)),
            Record::Done(events) => drop(store.add_events(&events)),
            Record::Taste => drop(write_taste(store, learning)),
            Record::Flush(there) => drop(there.send(())),
        }
    }
}

/// Writes the taste as it is now, which may be newer than the record.
fn write_taste(store: &Store, learning: &Mutex<RevocableTaste>) -> Result<(), Problem> {
    let learning = learning.lock().unwrap_or_else(PoisonError::into_inner);
    match learning.taste() {
        nothing if nothing.is_empty() => store.delete_value(key::TASTE),
        taste => store.set_value(key::TASTE, taste.as_ref()),
    }
}

/// The search before, as far as the next one may replace it.
struct Before {
    entry: HistoryEntry,
    picture: Option<String>,
    live: bool,
    events: Vec<Uuid>,
    used: Arc<AtomicBool>,
}

impl Before {
    /// The events that this search replaces: typing on is one search, unless a hit of the search before was
    /// chosen.
    fn overtaken(&self, by: &SearchRecord, same_picture: bool) -> &[Uuid] {
        let searches = !by.told.events.is_empty() && !by.told.more && !by.live && !self.live;
        let replaced = searches && same_picture && refines(&self.entry, &by.entry);
        if replaced && !self.used.load(Ordering::Relaxed) { &self.events } else { &[] }
    }
}

fn write(store: &Store, asked: SearchRecord, before: Option<Before>) -> Before {
    let picture = asked.shown.as_ref().map(|(shot, _)| shot.id.clone());
    let same_picture = before.as_ref().and_then(|before| before.picture.clone()) == picture;
    let overtaken = before.as_ref().map_or(&[][..], |before| before.overtaken(&asked, same_picture));
    let _ = store_search(store, &asked, same_picture, overtaken);
    let mut events: Vec<_> = asked.told.events.iter().map(|event| event.id).collect();
    let (SearchRecord { entry, live, told, .. }, mut used) = (asked, None);
    if told.more
        && let Some(before) = before
    {
        events.splice(..0, before.events);
        used = Some(before.used);
    }
    Before { entry, picture, live, events, used: used.unwrap_or(told.used) }
}

fn store_search(
    store: &Store,
    asked: &SearchRecord,
    same_picture: bool,
    overtaken: &[Uuid],
) -> Result<(), Problem> {
    if !asked.keep {
        return store.replace_events(overtaken, &asked.told.events);
    }
    let last = store.history().ok().and_then(|all| all.into_iter().next());
    let replaced = last.filter(|last| same_picture && refines(last, &asked.entry)).map(|last| last.id);
    let shown = asked.shown.as_ref().map(|(shot, region)| shot.part(*region));
    let picture = shown.and_then(|shown| jpeg(&shown, PICTURE_SIDE).ok());
    let entry = HistoryEntry { has_picture: picture.is_some(), ..asked.entry.clone() };
    let kept = HistoryRow { entry: &entry, picture: picture.as_deref(), replaced: replaced.as_deref() };
    store.add_history(&kept, MOST, overtaken, &asked.told.events)
}

/// Whether `new` is `old` with more or fewer letters, or with other filters.
fn refines(old: &HistoryEntry, new: &HistoryEntry) -> bool {
    let (a, b) = (old.words.to_lowercase(), new.words.to_lowercase());
    let soon = new.at.saturating_sub(old.at) < REFINED_WITHIN_MS;
    soon && old.like == new.like && (a.starts_with(&b) || b.starts_with(&a))
}

/// Milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(words: &str, at: u64) -> HistoryEntry {
        HistoryEntry {
            id: format!("{at:020}"),
            at,
            words: words.into(),
            has_picture: false,
            like: None,
            filters: Vec::new(),
            best: String::new(),
        }
    }

    #[test]
    fn typing_on_replaces_and_a_new_search_does_not() {
        assert!(refines(&entry("red", 0), &entry("red dr", 900)));
        assert!(refines(&entry("Red dress", 0), &entry("red", 900)));
        assert!(!refines(&entry("red", 0), &entry("blue", 900)));
        assert!(!refines(&entry("red", 0), &entry("red dress", REFINED_WITHIN_MS)));
    }

    #[test]
    fn the_oldest_are_dropped_with_their_pictures() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        for at in 0..5 {
            let kept = HistoryRow { entry: &entry("x", at), picture: Some(b"jpeg"), replaced: None };
            store.add_history(&kept, 3, &[], &[]).unwrap();
        }
        let kept: Vec<_> = store.history().unwrap().into_iter().map(|e| e.at).collect();
        assert_eq!(kept, [4, 3, 2]);
        assert!(store.history_picture(&entry("x", 1).id).unwrap().is_none());
        assert!(store.history_picture(&entry("x", 2).id).unwrap().is_some());
    }
}
