//! The thread that makes events of what happened, and keeps them until they are sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::Instant;

use knytt_app_core::events::{AnswerEvents, Events};
use knytt_outbox::OwnOutbox;
use knytt_ui_api::{PictureQuery, SearchRequest, SearchResponse};
use knytt_wire::{Action, DeviceKind, IdentifiedEvent, Item, Uuid};

use crate::shop::Opened;
use crate::upkeep::Journal;
use crate::visit::Visitor;

/// A search within this time of the one before, which only changes it, takes its place: as in the app.
const REFINED_WITHIN_SECS: u64 = 30;

/// Something that happened in a visit.
pub(super) struct Note {
    /// The visit's number.
    pub visit: u64,
    pub what: Happened,
}

/// What.
pub(super) enum Happened {
    /// An answer is on the screen; `picture` numbers the frame that was searched with.
    Answered { request: Box<SearchRequest>, picture: Option<u32>, response: Box<SearchResponse> },
    /// What the camera sees was answered.
    Settled { request: Box<SearchRequest>, response: Box<SearchResponse> },
    /// A product's page is on the screen.
    Opened(String),
    /// Something was done with a product.
    Did(String, fn(Item) -> Action),
    /// The sender is told when all before it is written.
    Flush(Sender<()>),
}

/// A search whose events the next one may replace.
struct Before {
    at: Instant,
    words: String,
    picture: Option<String>,
    events: Vec<Uuid>,
    used: Arc<AtomicBool>,
}

pub(super) struct Writer {
    pub shop: Opened,
    pub outbox: OwnOutbox,
    pub journal: Journal,
    pub visitor: Visitor,
}

impl Writer {
    /// Works until the kiosk ends. What cannot be written is lost, which the journal says once.
    pub fn run(self, notes: &Receiver<Note>) {
        let (mut visit, mut events, mut before) = (0, self.events_of(0), None);
        let mut failed = false;
        for note in notes {
            if let Happened::Flush(there) = note.what {
                let _ = there.send(());
                continue;
            }
            if note.visit != visit {
                (visit, events, before) = (note.visit, self.events_of(note.visit), None);
            }
            // Nothing happens before the shop is open; a release may have come since.
            if let Some(Ok(shop)) = self.shop.get()
                && let Ok(context) = shop.context()
            {
                events.set_context(context);
                let part = shop.part(self.visitor.of(visit).as_bytes()).ok().flatten();
                events.set_part(part.map(|part| part.participation()));
            }
            let (overtaken, told) = told(&events, note.what, &mut before);
            if overtaken.is_empty() && told.is_empty() {
                continue;
            }
            if let Err(error) = self.outbox.push(&overtaken, &told)
                && !std::mem::replace(&mut failed, true)
            {
                self.journal.fault(format!("feedback is not kept: {error}"));
            }
        }
    }

    fn events_of(&self, visit: u64) -> Events {
        Events::of_visit(DeviceKind::Kiosk, self.visitor.of(visit))
    }
}

/// The events of what happened, and those before that they replace.
fn told(events: &Events, what: Happened, before: &mut Option<Before>) -> (Vec<Uuid>, Vec<IdentifiedEvent>) {
    match what {
        Happened::Answered { mut request, picture, response } => {
            request.picture = picture.map(|number| PictureQuery { id: number.to_string(), region: None });
            let told = events.answered(&request, &response);
            let overtaken = follow(&request, &told, before);
            (overtaken, told.events)
        }
        Happened::Settled { request, response } => {
            // A live camera's answer replaces none, and none replaces it.
            *before = None;
            (Vec::new(), events.settled(&request, &response).events)
        }
        Happened::Opened(id) => (Vec::new(), events.opened(&id)),
        Happened::Did(id, action) => (Vec::new(), events.done(&id, action).into_iter().collect()),
        Happened::Flush(_) => (Vec::new(), Vec::new()),
    }
}

/// Notes a search as the newest one, and says which events of the one before it replaces: typing on and filtering is
/// one search, unless a hit of the search before was chosen.
fn follow(request: &SearchRequest, told: &AnswerEvents, before: &mut Option<Before>) -> Vec<Uuid> {
    let mut new: VecDeque<Uuid> = told.events.iter().map(|event| event.id).collect();
    let picture = request.picture.as_ref().map(|picture| picture.id.clone());
    let words = request.words.trim().to_lowercase();
    let old = before.take();
    if told.more {
        // More of the same answer belongs to it.
        if let Some(old) = old {
            old.events.iter().rev().for_each(|id| new.push_front(*id));
            *before = Some(Before { events: new.into(), ..old });
        }
        return Vec::new();
    }
    let is_search = told.events.first().is_some_and(|event| event.action.name() == "search");
    let replaced = old.filter(|old| {
        let soon = old.at.elapsed().as_secs() < REFINED_WITHIN_SECS;
        let refines = words.starts_with(&old.words) || old.words.starts_with(&words);
        is_search && soon && refines && old.picture == picture && !old.used.load(Ordering::Relaxed)
    });
    *before = is_search.then(|| Before {
        at: Instant::now(),
        words,
        picture,
        events: new.into(),
        used: Arc::clone(&told.used),
    });
    replaced.map(|old| old.events).unwrap_or_default()
}
