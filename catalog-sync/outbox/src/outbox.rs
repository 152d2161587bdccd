//! The waiting events and the dead letters, on disk.
//!
//! | database | key | value |
//! |---|---|---|
//! | `outbox-waiting` | an event's id: sorts by time | the event's JSON, as it will be sent |
//! | `outbox-dead` | the same | the JSON of a [`DeadLetter`] |
//! | `outbox-meta` | `consent`, `lanes`, `tally` | JSON |

use heed::types::{Bytes, Str};
use heed::{CommitToken, Database, DatabaseOpener, OnCommit, RoTxn, RwTxn};
use knytt_wire::{CatalogIdentity, Event, IdentifiedEvent, Uuid};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::bounds::Limits;
use crate::delivery_state::DeliveryStates;
use crate::error::Result;
use crate::reply::clip;
use crate::tally::{Counts, Tally};

/// Names in `outbox-meta`.
pub(crate) mod key {
    pub const CONSENT: &str = "consent";
    pub const DELIVERY_STATES: &str = "lanes";
    pub const TALLY: &str = "tally";
}

/// Handles of the databases; `'t` ends with the transaction that opened them, or is `'static` once that
/// has committed. Every change happens in the caller's transaction.
#[derive(Clone, Copy, Debug)]
pub struct Outbox<'t> {
    pub(crate) waiting: Database<'t, Bytes, Bytes>,
    pub(crate) dead: Database<'t, Bytes, Bytes>,
    meta: Database<'t, Str, Bytes>,
    pub(crate) limits: Limits,
}

/// An event that the backend refused, with the reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The publisher of the event's catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The event.
    pub event: Event,
    /// The HTTP status of the refusal; none if the event was never fit to be sent, or was singled out of
    /// a batch that was taken.
    pub status: Option<u16>,
    /// Why, as the backend said.
    pub reason: String,
}

impl OnCommit for Outbox<'_> {
    type Committed = Outbox<'static>;

    fn on_commit(self, token: &CommitToken) -> Outbox<'static> {
        Outbox {
            waiting: self.waiting.on_commit(token),
            dead: self.dead.on_commit(token),
            meta: self.meta.on_commit(token),
            limits: self.limits,
        }
    }
}

impl<'t> Outbox<'t> {
    /// How many of the environment's named databases an outbox needs.
    pub const DATABASES: u32 = 3;

    /// Opens the databases, or creates them.
    ///
    /// # Errors
    /// The environment has no room for them, or for their names.
    pub fn create<T>(opener: &DatabaseOpener<'t, T>, txn: &mut RwTxn<'t>) -> heed::Result<Self> {
        Ok(Self {
            waiting: opener.create_database(txn, Some("outbox-waiting"))?,
            dead: opener.create_database(txn, Some("outbox-dead"))?,
            meta: opener.create_database(txn, Some("outbox-meta"))?,
            limits: Limits::default(),
        })
    }

    /// The same outbox with other bounds.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

impl Outbox<'_> {
    /// Whether the shopper agreed.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn consent(&self, txn: &RoTxn<'_>) -> Result<bool> {
        self.read(txn, key::CONSENT)
    }

    /// Stores whether the shopper agrees. If consent is withdrawn, the outbox is emptied.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn set_consent(&self, txn: &mut RwTxn<'_>, agreed: bool) -> Result<()> {
        if !agreed {
            self.purge(txn)?;
        }
        self.write(txn, key::CONSENT, &agreed)
    }

    /// Adds an event to what waits, within the bounds. False if the shopper did not agree: then nothing
    /// is written. One that could never be accepted goes to the dead letters at once.
    ///
    /// # Errors
    /// It cannot be written. The transaction is then of no more use; a caller that would rather keep the
    /// action than the event begins another one without.
    pub fn push(&self, txn: &mut RwTxn<'_>, told: &IdentifiedEvent) -> Result<bool> {
        if !self.consent(txn)? {
            return Ok(false);
        }
        let event = &told.event;
        if let Err(invalid) = event.validate() {
            let (root, event) = (told.root.clone(), event.clone());
            let letter = DeadLetter { root, event, status: None, reason: invalid.to_string() };
            self.add_dead_letter(txn, &letter)?;
            return Ok(true);
        }
        let id = event.id.as_bytes();
        if self.waiting.get(txn, id)?.is_none() {
            let json = serde_json::to_vec(told)?;
            self.waiting.put(txn, id, &json)?;
            self.count(txn, |tally| tally.bytes += json.len() as u64)?;
        }
        self.keep_bounds(txn, event.at_ms)?;
        Ok(true)
    }

    /// Removes events that later ones replaced, unless they may have been sent already. Returns how many.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn retract(&self, txn: &mut RwTxn<'_>, ids: &[Uuid]) -> Result<u64> {
        let states = self.states(txn)?;
        let mut gone = 0;
        for id in ids.iter().filter(|id| !begun(&states, **id)) {
            gone += u64::from(self.remove(txn, *id)?);
        }
        self.count(txn, |tally| tally.retracted += gone)?;
        Ok(gone)
    }

    /// Deletes all events (waiting, begun and dead) and all counts. LMDB keeps the bytes in free pages until
    /// it reuses them. To remove them from the disk, copy the environment to a new one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn purge(&self, txn: &mut RwTxn<'_>) -> Result<()> {
        self.waiting.clear(txn)?;
        self.dead.clear(txn)?;
        self.meta.delete(txn, key::DELIVERY_STATES)?;
        self.meta.delete(txn, key::TALLY)?;
        Ok(())
    }

    /// Deletes the events of one catalogue, waiting, begun and dead: the shopper no longer agrees to tell
    /// that shop anything. Others keep what waits for them.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn purge_catalog(&self, txn: &mut RwTxn<'_>, catalog: &CatalogIdentity) -> Result<()> {
        let mut gone = Vec::new();
        for entry in self.waiting.iter(txn)? {
            let (id, json) = entry?;
            if Address::read(json)?.is(catalog) {
                gone.push(id_of(id));
            }
        }
        for id in gone {
            self.remove(txn, id)?;
        }
        for letter in self.dead_letters(txn)? {
            if letter.root == catalog.root && letter.event.catalog == catalog.catalog {
                self.remove_dead_letter(txn, *letter.event.id.as_bytes())?;
            }
        }
        let mut states = self.states(txn)?;
        states.remove(&catalog.to_string());
        self.set_states(txn, &states)
    }

    /// Copies all of it, the consent too, to an outbox of another environment that is empty.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn copy_to(&self, from: &RoTxn<'_>, to: &Outbox<'_>, txn: &mut RwTxn<'_>) -> Result<()> {
        for (old, new) in [(self.waiting, to.waiting), (self.dead, to.dead)] {
            for entry in old.iter(from)? {
                let (id, json) = entry?;
                new.put(txn, id, json)?;
            }
        }
        for entry in self.meta.iter(from)? {
            let (key, json) = entry?;
            to.meta.put(txn, key, json)?;
        }
        Ok(())
    }

    /// How many events the outbox holds, and what became of the others.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn counts(&self, txn: &RoTxn<'_>) -> Result<Counts> {
        let tally: Tally = self.read(txn, key::TALLY)?;
        Ok(Counts {
            waiting: self.waiting.len(txn)?,
            waiting_bytes: tally.bytes,
            dead: self.dead.len(txn)?,
            delivered: tally.delivered,
            refused: tally.refused,
            crowded_out: tally.crowded_out,
            outlived: tally.outlived,
            retracted: tally.retracted,
        })
    }

    /// The events that wait, the oldest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn waiting(&self, txn: &RoTxn<'_>) -> Result<Vec<IdentifiedEvent>> {
        self.waiting.iter(txn)?.map(|entry| Ok(serde_json::from_slice(entry?.1)?)).collect()
    }

    /// The events that were refused, the oldest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn dead_letters(&self, txn: &RoTxn<'_>) -> Result<Vec<DeadLetter>> {
        self.dead.iter(txn)?.map(|entry| Ok(serde_json::from_slice(entry?.1)?)).collect()
    }

    /// Drops the oldest events beyond the limits. The events of a begun batch stay until they are too old,
    /// because a batch that is sent again must be the same.
    pub(crate) fn keep_bounds(&self, txn: &mut RwTxn<'_>, now_ms: i64) -> Result<()> {
        let mut old = 0;
        while let Some(id) = self.oldest(txn)?.filter(|id| self.limits.outlived(*id, now_ms)) {
            old += u64::from(self.remove(txn, id)?);
        }
        if old > 0 {
            self.count(txn, |tally| tally.outlived += old)?;
        }
        let crowded = self.crowded_out(txn)?;
        for id in &crowded {
            self.remove(txn, *id)?;
        }
        if !crowded.is_empty() {
            self.count(txn, |tally| tally.crowded_out += crowded.len() as u64)?;
        }
        Ok(())
    }

    /// The oldest events that must go for the others to be within bounds.
    fn crowded_out(&self, txn: &RoTxn<'_>) -> Result<Vec<Uuid>> {
        let mut count = self.waiting.len(txn)?;
        let mut bytes = self.read::<Tally>(txn, key::TALLY)?.bytes;
        let within = |count, bytes| count <= self.limits.events && bytes <= self.limits.bytes;
        let mut gone = Vec::new();
        if within(count, bytes) {
            return Ok(gone);
        }
        let states = self.states(txn)?;
        for entry in self.waiting.iter(txn)? {
            let (id, json) = entry?;
            let id = id_of(id);
            if within(count, bytes) {
                break;
            }
            if !begun(&states, id) {
                (count, bytes) = (count - 1, bytes.saturating_sub(json.len() as u64));
                gone.push(id);
            }
        }
        Ok(gone)
    }

    fn oldest(&self, txn: &RoTxn<'_>) -> Result<Option<Uuid>> {
        Ok(self.waiting.first(txn)?.map(|(id, _)| id_of(id)))
    }

    /// Removes a waiting event; false if it is not there.
    pub(crate) fn remove(&self, txn: &mut RwTxn<'_>, id: Uuid) -> Result<bool> {
        let Some(bytes) = self.waiting.get(txn, id.as_bytes())?.map(|json| json.len() as u64) else {
            return Ok(false);
        };
        self.waiting.delete(txn, id.as_bytes())?;
        self.count(txn, |tally| tally.bytes = tally.bytes.saturating_sub(bytes))?;
        Ok(true)
    }

    /// Stores a refused event with the reason, and removes the oldest dead letters beyond the bounds.
    pub(crate) fn add_dead_letter(&self, txn: &mut RwTxn<'_>, letter: &DeadLetter) -> Result<()> {
        let letter = DeadLetter { reason: clip(&letter.reason), ..letter.clone() };
        let json = serde_json::to_vec(&letter)?;
        self.remove_dead_letter(txn, *letter.event.id.as_bytes())?;
        self.dead.put(txn, letter.event.id.as_bytes(), &json)?;
        self.count(txn, |tally| {
            tally.refused += 1;
            tally.dead_bytes += json.len() as u64;
        })?;
        while self.dead.len(txn)? > self.limits.dead
            || self.read::<Tally>(txn, key::TALLY)?.dead_bytes > self.limits.dead_bytes
        {
            let Some(oldest) = self.dead.first(txn)?.map(|(id, _)| *id_of(id).as_bytes()) else { break };
            self.remove_dead_letter(txn, oldest)?;
        }
        Ok(())
    }

    fn remove_dead_letter(&self, txn: &mut RwTxn<'_>, id: [u8; 16]) -> Result<()> {
        if let Some(bytes) = self.dead.get(txn, &id)?.map(|json| json.len() as u64) {
            self.dead.delete(txn, &id)?;
            self.count(txn, |tally| tally.dead_bytes = tally.dead_bytes.saturating_sub(bytes))?;
        }
        Ok(())
    }

    pub(crate) fn states(&self, txn: &RoTxn<'_>) -> Result<DeliveryStates> {
        self.read(txn, key::DELIVERY_STATES)
    }

    pub(crate) fn set_states(&self, txn: &mut RwTxn<'_>, states: &DeliveryStates) -> Result<()> {
        self.write(txn, key::DELIVERY_STATES, states)
    }

    pub(crate) fn count(&self, txn: &mut RwTxn<'_>, change: impl FnOnce(&mut Tally)) -> Result<()> {
        let mut tally = self.read(txn, key::TALLY)?;
        change(&mut tally);
        self.write(txn, key::TALLY, &tally)
    }

    fn read<T: DeserializeOwned + Default>(&self, txn: &RoTxn<'_>, key: &str) -> Result<T> {
        Ok(self.meta.get(txn, key)?.map(serde_json::from_slice).transpose()?.unwrap_or_default())
    }

    fn write(&self, txn: &mut RwTxn<'_>, key: &str, value: &impl Serialize) -> Result<()> {
        Ok(self.meta.put(txn, key, &serde_json::to_vec(value)?)?)
    }
}

/// Whether an event is in a batch that was begun.
pub(crate) fn begun(states: &DeliveryStates, id: Uuid) -> bool {
    states.values().flat_map(|state| &state.parts).any(|part| part.ids.contains(&id))
}

/// The id in a key. A key of another length, which this crate never writes, counts as the oldest.
pub(crate) fn id_of(key: &[u8]) -> Uuid {
    Uuid::from_slice(key).unwrap_or_default()
}
