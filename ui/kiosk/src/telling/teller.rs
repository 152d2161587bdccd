//! Watches a visit for what may be told.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use knytt_outbox::{Counts, DeliveryTiming, OwnOutbox};
use knytt_ui_api::SearchRequest;
use knytt_wire::{Action, CatalogIdentity, IdentifiedEvent};

use super::place::{destination, folder_beside};
use super::writer::{Happened, Note, Writer};
use crate::settings::Settings;
use crate::shop::Opened;
use crate::upkeep::Journal;
use crate::visit::{Answer, Ask, Event, Question, Reply, Screen, Visit, Visitor};

/// The newest question of a kind: its visit, its ticket, and what it asks.
type Asked<T> = Option<(u64, u32, T)>;

/// Tells the shop what happens in visits. Nothing waits for it.
pub struct Teller {
    notes: Sender<Note>,
    outbox: OwnOutbox,
    search: Asked<(Box<SearchRequest>, Option<u32>)>,
    product: Asked<String>,
}

/// What an event of a visit may have to be told as, once the visit has taken it.
pub struct Seen {
    visit: u64,
    what: Kind,
}

enum Kind {
    Answered,
    Settled,
    Opened(String),
    Collected { id: String, was: bool },
}

impl Teller {
    /// Starts the threads that write and send, if the shop decided that it is told. If not, what waited from before is
    /// deleted.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(
        settings: &Settings,
        shop: Opened,
        visitor: Visitor,
        journal: Journal,
    ) -> io::Result<Option<Self>> {
        let folder = folder_beside(&settings.catalog);
        if !settings.feedback {
            if folder.join("data.mdb").exists()
                && let Err(error) = fs_err::remove_dir_all(&folder)
            {
                journal.fault(format!("feedback of before is not deleted: {error}"));
            }
            return Ok(None);
        }
        let opened = OwnOutbox::open(&folder).and_then(|outbox| outbox.set_consent(true).map(|()| outbox));
        let outbox = match opened {
            Ok(outbox) => outbox,
            Err(error) => {
                journal.fault(format!("feedback cannot be kept: {error}"));
                return Ok(None);
            }
        };
        send(settings, &outbox, &journal)?;
        let (notes, noted) = channel();
        let writer = Writer { shop, outbox: outbox.clone(), journal, visitor };
        thread::Builder::new().name("knytt-kiosk-telling".into()).spawn(move || writer.run(&noted))?;
        Ok(Some(Self { notes, outbox, search: None, product: None }))
    }

    /// Notes a question of the visit, so that its answer is known.
    pub fn asked(&mut self, ask: &Ask) {
        match &ask.question {
            Question::Search { request, picture } => {
                let picture = picture.is_some().then_some(ask.ticket);
                self.search = Some((ask.visit, ask.ticket, (request.clone(), picture)));
            }
            Question::Product(id) => self.product = Some((ask.visit, ask.ticket, id.clone())),
            Question::Suggest(_) => {}
        }
    }

    /// What there may be to tell of an event that the visit is about to take.
    pub fn watch(&self, visit: &Visit, event: &Event) -> Option<Seen> {
        let what = match event {
            Event::Answered(Answer { visit, ticket, result: Ok(reply) }) => {
                let is_of = |of: u64, asked: u32| of == *visit && asked == *ticket;
                match reply {
                    Reply::Search(_) => self
                        .search
                        .as_ref()
                        .filter(|(of, asked, _)| is_of(*of, *asked))
                        .map(|_| Kind::Answered)?,
                    Reply::Product(_) => {
                        let opened = self.product.as_ref().filter(|(of, asked, _)| is_of(*of, *asked));
                        Kind::Opened(opened?.2.clone())
                    }
                    Reply::Suggest(_) => return None,
                }
            }
            Event::Live(of, _) if *of == visit.number() => Kind::Settled,
            Event::Collect(id) => Kind::Collected { id: id.clone(), was: visit.kept().takes(id) },
            _ => return None,
        };
        Some(Seen { visit: visit.number(), what })
    }

    /// Tells of an event that the visit has taken.
    pub fn tell(&self, visit: &Visit, seen: Seen) {
        // The visit may have ended meanwhile; then it has forgotten what there was to tell.
        let what = (visit.number() == seen.visit).then(|| self.happened(visit, seen.what)).flatten();
        if let Some(what) = what {
            self.note(seen.visit, what);
        }
    }

    fn happened(&self, visit: &Visit, what: Kind) -> Option<Happened> {
        let kept = visit.kept();
        match what {
            // The screen of categories asks, too, and shows no hit.
            Kind::Answered if visit.screen() == Screen::Results => {
                let (_, _, (request, picture)) = self.search.clone()?;
                let response = Box::new(kept.response.clone()?);
                Some(Happened::Answered { request, picture, response })
            }
            Kind::Answered => None,
            Kind::Settled => {
                let request = Box::new(SearchRequest { alpha: 0.5, ..SearchRequest::default() });
                Some(Happened::Settled { request, response: Box::new(kept.live.clone()?) })
            }
            Kind::Opened(id) => Some(Happened::Opened(id)),
            Kind::Collected { id, was } => match (was, kept.takes(&id)) {
                (false, true) => Some(Happened::Did(id, Action::AddToWishlist)),
                (true, false) => Some(Happened::Did(id, Action::RemoveFromWishlist)),
                _ => None,
            },
        }
    }

    fn note(&self, visit: u64, what: Happened) {
        // The thread ends only with the program.
        let _ = self.notes.send(Note { visit, what });
    }

    /// The events that wait, once all that happened so far is written.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn waiting(&self) -> knytt_outbox::Result<Vec<IdentifiedEvent>> {
        let (there, written) = channel();
        self.note(0, Happened::Flush(there));
        let _ = written.recv();
        self.outbox.waiting()
    }

    /// How many events wait, and what became of the others.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn counts(&self) -> knytt_outbox::Result<Counts> {
        self.outbox.counts()
    }

    /// Sends all that waits now.
    pub fn flush(&self) {
        self.outbox.handle().flush();
    }
}

/// Starts the thread that sends what waits.
fn send(settings: &Settings, outbox: &OwnOutbox, journal: &Journal) -> io::Result<()> {
    let (folder, named) = (settings.catalog.clone(), settings.feedback_address.clone());
    let route = move |catalog: &CatalogIdentity| destination(&folder, named.as_ref(), catalog);
    let delivery = outbox.delivery(Arc::new(route), Arc::new(|| false), DeliveryTiming::default());
    let delivery = match delivery {
        Ok(delivery) => delivery,
        Err(error) => {
            journal.fault(format!("feedback cannot be sent: {error}"));
            return Ok(());
        }
    };
    let work = move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(delivery.run());
        }
    };
    thread::Builder::new().name("knytt-kiosk-feedback".into()).spawn(work).map(drop)
}
