//! What the shopper keeps on this device: favourites, history, settings, their taste, and, with consent,
//! the events that wait for the shop. It has an LMDB environment of its own, so that replacing a catalogue
//! leaves it as it is.

mod consent;
mod history;
mod identify;
mod learning;
mod store;
mod taste;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;

use knytt_engine::Taste;
use knytt_outbox::{Access, Counts, Delivery, DeliveryHandle, DeliveryTiming, Hold, Route};
use knytt_ui_api::{Code, Consent, HistoryEntry, Problem, SearchRequest, SearchResponse, Settings, Verdict};
use knytt_wire::{Action, CatalogIdentity, DeviceKind, IdentifiedEvent};

pub use self::history::QueryPart;
use self::history::{Record, SearchRecord};
pub use self::identify::KnownCatalog;
use self::store::Store;
pub use self::taste::Interaction;
use self::taste::RevocableTaste;
use crate::events::Events;
use crate::problem::of_io;
use crate::visit::problem::of_outbox;

/// Names of the one-value entries.
mod key {
    pub const SETTINGS: &str = "settings";
    pub const CATALOGS: &str = "catalogs";
    pub const TASTE: &str = "taste";
    /// Folders whose catalogues have no identity yet; none before the first look.
    pub const UNIDENTIFIED: &str = "unidentified";
}

/// Catalogues that are remembered, the last one used first.
const MOST_CATALOGS: usize = 12;

/// Favourites, history and settings. Reads come from memory or from a read transaction. A thread of its own
/// writes searches, so that no search waits for the disk.
pub struct Library {
    /// Makes events from what is shown and done.
    pub(super) events: Events,
    store: Arc<Store>,
    open: RwLock<OpenCatalog>,
    settings: RwLock<Settings>,
    learning: Arc<Mutex<RevocableTaste>>,
    /// The taste that was learned last.
    known_taste: RwLock<Arc<Taste>>,
    /// `None` once the library closes.
    notes: Mutex<Option<Sender<Record>>>,
    writer: Option<JoinHandle<()>>,
}

/// The open catalogue's part of what is kept.
#[derive(Default)]
struct OpenCatalog {
    identity: CatalogIdentity,
    favourites: HashSet<String>,
    /// What the shopper can agree to.
    feedback: Option<Consent>,
}

impl Library {
    /// Opens or makes the store in `folder`.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(folder: &Path) -> Result<Self, Problem> {
        let store = Arc::new(Store::open(folder)?);
        let settings: Settings = store.value(key::SETTINGS)?.unwrap_or_default();
        let agreed = !settings.consents.is_empty();
        let identified = store.value::<Vec<PathBuf>>(key::UNIDENTIFIED)?.is_some();
        if identified && store.outbox()?.0 != agreed {
            store.set_settings(key::SETTINGS, &settings, agreed, &[])?;
        }
        let learning = RevocableTaste::resume(store.value(key::TASTE)?.unwrap_or_default());
        let known_taste = RwLock::new(Arc::clone(learning.taste()));
        let learning = Arc::new(Mutex::new(learning));
        let (notes, received) = channel::<Record>();
        let (writer, learned) = (Arc::clone(&store), Arc::clone(&learning));
        let write = move || history::write_all(&writer, &learned, received);
        let thread = std::thread::Builder::new().name("knytt-history".into()).spawn(write);
        Ok(Self {
            events: Events::new(DeviceKind::App),
            store,
            open: RwLock::default(),
            settings: RwLock::new(settings),
            learning,
            known_taste,
            notes: Mutex::new(Some(notes)),
            writer: Some(thread.map_err(of_io)?),
        })
    }

    /// The settings; their defaults if none were stored.
    pub fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From here on favourites are those of this catalogue: products of two shops may have one id, and the
    /// shops may have one name. `feedback` is what the shopper can agree to.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn use_catalog(&self, identity: &CatalogIdentity, feedback: Option<Consent>) -> Result<(), Problem> {
        let favourites = self.store.favourites(&identity.to_string())?.into_iter().collect();
        *self.open.write().unwrap_or_else(PoisonError::into_inner) =
            OpenCatalog { identity: identity.clone(), favourites, feedback };
        Ok(())
    }

    /// Whether the shopper keeps the product.
    pub fn is_favourite(&self, product: &str) -> bool {
        self.open.read().unwrap_or_else(PoisonError::into_inner).favourites.contains(product)
    }

    /// Ids of the products of the open catalogue that the shopper keeps, in no order.
    pub fn current_favourites(&self) -> HashSet<String> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).favourites.clone()
    }

    /// Ids of the products that the shopper keeps, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn favourites(&self) -> Result<Vec<String>, Problem> {
        self.store.favourites(&self.open.read().unwrap_or_else(PoisonError::into_inner).identity.to_string())
    }

    /// Adds a favourite or removes it. If that changes anything and the shopper wants a taste, the taste
    /// learns from it. All of it is on the disk when this returns.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn set_favourite(
        &self,
        product: &str,
        on: bool,
        interaction: Option<Interaction>,
    ) -> Result<(), Problem> {
        let may_tell = self.may_tell();
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let changes = open.favourites.contains(product) != on;
        let action = if on { Action::AddToWishlist } else { Action::RemoveFromWishlist };
        let told = (changes && may_tell).then(|| self.events.done(product, action)).flatten();
        let mut learning = self.learning();
        let interaction = interaction.filter(|_| changes && self.settings().personal);
        let signal = interaction.as_ref().map(|interaction| interaction.signal);
        let taste = interaction
            .filter(|interaction| learning.learn(interaction.clone()))
            .map(|_| learning.taste().clone());
        let at = on.then(history::now_ms);
        if let Err(problem) =
            self.store.set_favourite(&open.identity.to_string(), product, at, told, taste.as_deref())
        {
            signal.map(|signal| learning.unlearn(product, signal));
            return Err(problem);
        }
        self.publish_taste(&learning);
        if on {
            open.favourites.insert(product.into());
        } else {
            open.favourites.remove(product);
        }
        Ok(())
    }

    /// Puts a search into the history if the shopper wants one, and tells the shop if they agreed. The
    /// writer's thread does both later. Browsing leaves no history.
    pub fn note_search(&self, request: &SearchRequest, response: &SearchResponse, shown: Option<QueryPart>) {
        let (keep_history, consent) = (self.settings().keep_history, self.may_tell());
        let told = if consent { self.events.answered(request, response) } else { Default::default() };
        if response.verdict == Verdict::Browsing {
            self.tell(told.events);
        } else if keep_history || consent {
            let asked = SearchRecord::new(request, response, shown).kept(keep_history).told(told);
            self.note(Record::Search(Box::new(asked)));
        }
    }

    /// Tells the shop of a live search, if the shopper agreed. It leaves no history.
    pub fn note_live(&self, template: &SearchRequest, response: &SearchResponse) {
        if self.may_tell() {
            let told = self.events.settled(template, response);
            self.note(Record::Search(Box::new(
                SearchRecord::new(template, response, None).live().told(told),
            )));
        }
    }

    /// Tells the shop that a product's page was opened, if the shopper agreed.
    pub fn note_opened(&self, product: &str) {
        if self.may_tell() {
            self.tell(self.events.opened(product));
        }
    }

    /// Tells the shop that a product was handed on, if the shopper agreed.
    pub fn note_shared(&self, product: &str) {
        if self.may_tell() {
            self.tell(self.events.done(product, Action::Share).into_iter().collect());
        }
    }

    fn tell(&self, events: Vec<IdentifiedEvent>) {
        if !events.is_empty() {
            self.note(Record::Done(events));
        }
    }

    /// Hands a record to the writer's thread. It fails only if the thread is gone, and a search goes on.
    fn note(&self, noted: Record) {
        if let Some(notes) = self.notes.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let _ = notes.send(noted);
        }
    }

    /// Waits until what was noted is on the disk.
    pub fn flush(&self) {
        let (there, wait) = channel();
        self.note(Record::Flush(there));
        let _ = wait.recv();
    }

    /// How many events wait, were sent, and were retracted.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn feedback(&self) -> Result<Counts, Problem> {
        Ok(self.store.outbox()?.1)
    }

    /// The events that wait to be sent, the oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn waiting_events(&self) -> Result<Vec<IdentifiedEvent>, Problem> {
        self.store.events()
    }

    /// The delivery of the events: `route` names the address, and `hold` is true while nothing may be sent.
    ///
    /// # Errors
    /// The HTTP client cannot start.
    pub fn delivery(&self, route: Route, hold: Hold, pace: DeliveryTiming) -> Result<Delivery, Problem> {
        let store = Arc::clone(&self.store);
        let access: Access = Arc::new(move || store.handles());
        Delivery::new(access, route, hold, pace, self.store.delivery_handle().clone()).map_err(of_outbox)
    }

    /// Wakes the delivery.
    pub fn delivery_handle(&self) -> &DeliveryHandle {
        self.store.delivery_handle()
    }

    /// Past searches, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn history(&self) -> Result<Vec<HistoryEntry>, Problem> {
        self.store.history()
    }

    /// The small picture of a past search: a JPEG.
    ///
    /// # Errors
    /// There is none.
    pub fn history_picture(&self, id: &str) -> Result<Vec<u8>, Problem> {
        let picture = self.store.history_picture(id)?;
        picture.ok_or_else(|| Problem::new(Code::NotFound, "no picture of this search is kept"))
    }

    /// Forgets one search, or all of them.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn forget_history(&self, id: Option<&str>) -> Result<(), Problem> {
        self.store.forget_history(id)
    }

    /// Deletes favourites, history, the taste and the events that wait, also from the disk; settings stay.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn delete_personal(&self) -> Result<(), Problem> {
        self.flush();
        self.events.forget();
        let mut learning = self.learning();
        self.store.erase(&[key::SETTINGS, key::CATALOGS, key::UNIDENTIFIED])?;
        *learning = RevocableTaste::default();
        self.publish_taste(&learning);
        drop(learning);
        self.open.write().unwrap_or_else(PoisonError::into_inner).favourites.clear();
        Ok(())
    }

    /// What it takes on the disk, in bytes.
    pub fn bytes(&self) -> u64 {
        self.store.bytes()
    }

    /// Folders of the catalogues that were open, the last one first; only those that are there.
    pub fn catalogs(&self) -> Vec<PathBuf> {
        let known: Vec<PathBuf> = self.store.value(key::CATALOGS).ok().flatten().unwrap_or_default();
        let is_there =
            |folder: &PathBuf| ["data.mdb", "current"].iter().any(|file| folder.join(file).exists());
        known.into_iter().filter(is_there).collect()
    }

    /// # Errors
    /// The store cannot be written.
    pub fn remember_catalog(&self, folder: &Path) -> Result<(), Problem> {
        let mut known = self.catalogs();
        known.retain(|path| path != folder);
        known.insert(0, folder.to_path_buf());
        known.truncate(MOST_CATALOGS);
        self.store.set_value(key::CATALOGS, &known)
    }

    /// Takes a catalogue off the list.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn forget_catalog(&self, folder: &Path) -> Result<(), Problem> {
        let mut known = self.catalogs();
        known.retain(|path| path != folder);
        self.store.set_value(key::CATALOGS, &known)
    }
}

/// Waits until the records are on the disk before the store closes.
impl Drop for Library {
    fn drop(&mut self) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _ = self.writer.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn shop(root: &str) -> CatalogIdentity {
        CatalogIdentity::published(root.repeat(64), "shop")
    }

    pub fn consent(shop: &CatalogIdentity) -> Consent {
        let address = "https://shop.example".into();
        Consent { shop: shop.to_string(), name: "A shop".into(), address }
    }

    pub fn favourites_of(library: &Library, identity: &CatalogIdentity) -> Vec<String> {
        library.use_catalog(identity, Some(consent(identity))).unwrap();
        library.favourites().unwrap()
    }

    pub fn agree(library: &Library, consents: Vec<Consent>) {
        library.save_settings(&Settings { consents, ..library.settings() }).unwrap();
    }

    #[test]
    fn favourites_of_another_shop_of_the_same_name_are_others() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::open(dir.path()).unwrap();
        library.use_catalog(&shop("a"), None).unwrap();
        library.set_favourite("a", true, None).unwrap();
        assert!(favourites_of(&library, &shop("b")).is_empty() && !library.is_favourite("a"));
        assert_eq!(favourites_of(&library, &shop("a")), ["a"]);
    }

    #[test]
    fn what_is_kept_is_there_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let open = || {
            let library = Library::open(dir.path()).unwrap();
            library.use_catalog(&shop("a"), Some(consent(&shop("a")))).unwrap();
            library
        };
        let library = open();
        library.set_favourite("a", true, None).unwrap();
        library.set_favourite("b", true, None).unwrap();
        library.set_favourite("a", false, None).unwrap();
        agree(&library, vec![consent(&shop("a"))]);
        drop(library);
        let library = open();
        assert_eq!(library.favourites().unwrap(), ["b"]);
        assert!(library.is_favourite("b") && !library.is_favourite("a") && library.may_tell());
    }

    #[test]
    fn favourites_of_another_catalogue_are_others() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::open(dir.path()).unwrap();
        library.use_catalog(&CatalogIdentity::local("one"), None).unwrap();
        library.set_favourite("a", true, None).unwrap();
        library.use_catalog(&CatalogIdentity::local("one and more"), None).unwrap();
        assert!(!library.is_favourite("a") && library.favourites().unwrap().is_empty());
    }

    #[test]
    fn deleting_takes_it_off_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let library = Library::open(dir.path()).unwrap();
        library.use_catalog(&shop("a"), None).unwrap();
        library.set_favourite("a-product-with-a-name", true, None).unwrap();
        library.save_settings(&Settings { hint_seen: true, ..library.settings() }).unwrap();
        library.delete_personal().unwrap();
        assert!(!library.is_favourite("a-product-with-a-name") && library.settings().hint_seen);
        let bytes = fs_err::read(dir.path().join("data.mdb")).unwrap();
        let name = b"a-product-with-a-name";
        assert!(!bytes.windows(name.len()).any(|window| window == name));
        library.set_favourite("again", true, None).unwrap();
        assert_eq!(library.favourites().unwrap(), ["again"]);
    }

    #[test]
    fn data_can_be_deleted_while_it_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::open(dir.path()).unwrap());
        agree(&library, vec![consent(&shop("a"))]);
        library.use_catalog(&shop("a"), Some(consent(&shop("a")))).unwrap();
        let (identity, model) = (shop("a"), "m".into());
        library.events.set_context(crate::shop::CatalogContext { identity, release: 1, model });
        // A route that reads from the library, as the app's does.
        let asked = Arc::clone(&library);
        let route = Arc::new(move |_: &CatalogIdentity| asked.catalogs().pop().and(None));
        let delivery = library.delivery(route, Arc::new(|| false), DeliveryTiming::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sending = std::thread::spawn(move || {
            for _ in 0..300 {
                let done = runtime.block_on(delivery.deliver_once(true)).unwrap();
                assert_eq!(done.events, 0, "there is nowhere to send it to");
            }
        });
        for _ in 0..20 {
            library.set_favourite("a", true, None).unwrap();
            assert_eq!(library.feedback().unwrap().waiting, 1);
            library.delete_personal().unwrap();
            assert_eq!(library.feedback().unwrap().waiting, 0);
        }
        sending.join().unwrap();
    }
}
