//! How searches become history.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use knytt_ui_api::{HistoryEntry, Region, SearchRequest, SearchResponse};
use uuid::Uuid;

use super::store::Store;
use crate::backend::Shot;
use crate::backend::share::jpeg;

/// Searches that are kept.
const MOST: usize = 200;

/// The longer side of a kept picture, in pixels: enough to know it again, and to search with it again.
const PICTURE_SIDE: u32 = 256;

/// A search within this time of the one before, which only changes it, takes its place.
const REFINED_WITHIN_MILLIS: u64 = 30_000;

/// A search on its way to the disk.
pub struct Noted {
    entry: HistoryEntry,
    shown: Option<Shown>,
}

/// The part of a picture that was asked about. It is cut out and made small by the writer's thread.
pub type Shown = (Arc<Shot>, Region);

impl Noted {
    pub fn new(request: &SearchRequest, response: &SearchResponse, shown: Option<Shown>) -> Self {
        let entry = HistoryEntry {
            id: Uuid::now_v7().simple().to_string(),
            at: now_millis(),
            words: request.words.trim().into(),
            has_picture: shown.is_some(),
            like: request.like.clone(),
            filters: request.filters.clone(),
            best: response.hits.first().map(|hit| hit.card.title.clone()).unwrap_or_default(),
        };
        Self { entry, shown }
    }
}

/// Stores what is noted until nobody notes any more. A history that cannot be written loses an entry, not
/// the search.
pub fn write_all(store: &Store, noted: impl IntoIterator<Item = Noted>) {
    let mut before: Option<String> = None;
    for noted in noted {
        let picture = noted.shown.as_ref().map(|(shot, _)| shot.id.clone());
        let same_picture = before == picture;
        before = picture;
        write(store, noted, same_picture);
    }
}

fn write(store: &Store, noted: Noted, same_picture: bool) {
    let last = store.history().ok().and_then(|all| all.into_iter().next());
    let replaced = last.filter(|last| same_picture && refines(last, &noted.entry)).map(|last| last.id);
    let shown = noted.shown.map(|(shot, region)| shot.part(region));
    let picture = shown.and_then(|shown| jpeg(&shown, PICTURE_SIDE).ok());
    let entry = HistoryEntry { has_picture: picture.is_some(), ..noted.entry };
    let _ = store.add_history(&entry, picture.as_deref(), replaced.as_deref(), MOST);
}

/// Whether `new` is `old` with more or fewer letters, or with other filters.
fn refines(old: &HistoryEntry, new: &HistoryEntry) -> bool {
    let (a, b) = (old.words.to_lowercase(), new.words.to_lowercase());
    let soon = new.at.saturating_sub(old.at) < REFINED_WITHIN_MILLIS;
    soon && old.like == new.like && (a.starts_with(&b) || b.starts_with(&a))
}

/// Milliseconds since 1970.
pub fn now_millis() -> u64 {
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
        assert!(!refines(&entry("red", 0), &entry("red dress", REFINED_WITHIN_MILLIS)));
    }

    #[test]
    fn the_oldest_are_dropped_with_their_pictures() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        for at in 0..5 {
            store.add_history(&entry("x", at), Some(b"jpeg"), None, 3).unwrap();
        }
        let kept: Vec<_> = store.history().unwrap().into_iter().map(|e| e.at).collect();
        assert_eq!(kept, [4, 3, 2]);
        assert!(store.history_picture(&entry("x", 1).id).unwrap().is_none());
        assert!(store.history_picture(&entry("x", 2).id).unwrap().is_some());
    }
}
