//! Builds batches from the waiting events and records the backend's replies.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use heed::{RoTxn, RwTxn};
use knytt_wire::{CatalogIdentity, IdentifiedEvent, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Outcome, Uuid};

use crate::address::Address;
use crate::bounds::{made_ms, millis};
use crate::delivery_state::{Backoff, DeliveryState, DeliveryStates, Part};
use crate::error::Result;
use crate::outbox::{DeadLetter, Outbox, id_of};
use crate::reply::{Refusal, Reply};

/// The JSON of a batch before and after its events.
const HEAD: &[u8] = br#"{"events":["#;
const TAIL: &[u8] = b"]}";

/// When a batch is worth a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchThreshold {
    pub events: u64,
    pub age: Duration,
}

/// A batch that is being sent. Its bytes stay the same when it is sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The key of its delivery state.
    pub catalog: String,
    pub key: Uuid,
    pub events: usize,
    pub body: Vec<u8>,
}

/// What became of a batch's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BatchOutcome {
    pub delivered: u64,
    pub dead: u64,
    pub failed: bool,
}

impl Outbox<'_> {
    /// From when on each catalogue's next batch may be sent: milliseconds since 1970.
    pub(crate) fn due(
        &self,
        txn: &RoTxn<'_>,
        worth: BatchThreshold,
        now_ms: i64,
    ) -> Result<BTreeMap<CatalogIdentity, i64>> {
        let mut waiting: BTreeMap<CatalogIdentity, (u64, i64)> = BTreeMap::new();
        for entry in self.waiting.iter(txn)? {
            let (id, json) = entry?;
            let oldest = made_ms(id_of(id)).min(now_ms);
            waiting.entry(Address::read(json)?.identity()).or_insert((0, oldest)).0 += 1;
        }
        let states = self.states(txn)?;
        let due = |(catalog, (count, oldest)): (CatalogIdentity, (u64, i64))| {
            let state = states.get(&catalog.to_string());
            let worth_it = count >= worth.events || state.is_some_and(|state| !state.parts.is_empty());
            let ripe = if worth_it { 0 } else { oldest.saturating_add(millis(worth.age)) };
            let opens = state.map_or(0, |state| state.opens_ms(now_ms));
            (catalog, ripe.max(opens))
        };
        Ok(waiting.into_iter().map(due).collect())
    }

    /// The catalogue's next batch: the one that was begun, else a new one of at most so many events, which
    /// is then begun. The transaction must be committed before it is sent.
    pub(crate) fn next_batch(
        &self,
        txn: &mut RwTxn<'_>,
        catalog: &CatalogIdentity,
        most: usize,
        now_ms: i64,
    ) -> Result<Option<Batch>> {
        self.keep_bounds(txn, now_ms)?;
        let mut states = self.states(txn)?;
        let of = catalog.to_string();
        let state = states.entry(of.clone()).or_default();
        while let Some(part) = state.parts.front() {
            if let Some(body) = self.body(txn, part)? {
                let batch = Batch { catalog: of, key: part.key, events: part.ids.len(), body };
                self.set_states(txn, &states)?;
                return Ok(Some(batch));
            }
            // Some of the batch's events are gone. The others wait for a new batch.
            state.parts.pop_front();
        }
        let ids = self.oldest_of(txn, catalog, most)?;
        if !ids.is_empty() {
            state.parts.push_back(Part::new(ids));
        }
        let part = state.parts.front().cloned();
        self.keep_states(txn, states)?;
        let Some(part) = part else { return Ok(None) };
        let body = self.body(txn, &part)?;
        Ok(body.map(|body| Batch { catalog: of, key: part.key, events: part.ids.len(), body }))
    }

    /// As many events of a catalogue, oldest first, as a batch may hold.
    fn oldest_of(&self, txn: &RoTxn<'_>, wanted: &CatalogIdentity, most: usize) -> Result<Vec<Uuid>> {
        let (mut ids, mut bytes) = (Vec::new(), HEAD.len() + TAIL.len());
        for entry in self.waiting.iter(txn)? {
            let (id, json) = entry?;
            if !Address::read(json)?.is(wanted) {
                continue;
            }
            bytes += json.len() + 1;
            if ids.len() == most.min(MAX_BATCH_EVENTS) || (bytes > MAX_BATCH_BYTES && !ids.is_empty()) {
                break;
            }
            ids.push(id_of(id));
        }
        Ok(ids)
    }

    /// A batch's JSON; none if one of its events is not there any more.
    fn body(&self, txn: &RoTxn<'_>, part: &Part) -> Result<Option<Vec<u8>>> {
        let mut body = HEAD.to_vec();
        for (i, id) in part.ids.iter().enumerate() {
            let Some(json) = self.waiting.get(txn, id.as_bytes())? else { return Ok(None) };
            if i > 0 {
                body.push(b',');
            }
            body.extend_from_slice(json);
        }
        body.extend_from_slice(TAIL);
        Ok(Some(body))
    }

    /// Records the reply to a batch. Does nothing if the batch was purged while it was under way.
    pub(crate) fn settle(
        &self,
        txn: &mut RwTxn<'_>,
        batch: &Batch,
        reply: &Reply,
        backoff: Backoff,
        now_ms: i64,
    ) -> Result<BatchOutcome> {
        let mut states = self.states(txn)?;
        let state = states.get_mut(&batch.catalog);
        let Some(state) = state.filter(|state| state.parts.front().is_some_and(|part| part.key == batch.key))
        else {
            return Ok(BatchOutcome::default());
        };
        let settled = match reply {
            Reply::Taken(outcome) => {
                let ids = state.parts.front().map(|part| part.ids.clone()).unwrap_or_default();
                state.taken();
                self.taken(txn, &ids, outcome)?
            }
            Reply::Refused(refusal) => {
                let refused = match refusal.of_content {
                    true => state.refused(backoff, now_ms),
                    false => state.turned_away(backoff, now_ms),
                };
                let dead = refused.map_or(Ok(0), |part| self.refused(txn, &part.ids, refusal))?;
                BatchOutcome { dead, failed: !refusal.of_content, ..BatchOutcome::default() }
            }
            Reply::Later { after } => {
                state.failed(*after, backoff, now_ms);
                BatchOutcome { failed: true, ..BatchOutcome::default() }
            }
        };
        self.keep_states(txn, states)?;
        Ok(settled)
    }

    /// Ids of a batch that is under way.
    pub(crate) fn under_way(&self, txn: &RoTxn<'_>, batch: &Batch) -> Result<Vec<Uuid>> {
        let states = self.states(txn)?;
        let part = states.get(&batch.catalog).and_then(|state| state.parts.front());
        Ok(part.filter(|part| part.key == batch.key).map(|part| part.ids.clone()).unwrap_or_default())
    }

    /// Stores the states and drops those that equal the default.
    fn keep_states(&self, txn: &mut RwTxn<'_>, mut states: DeliveryStates) -> Result<()> {
        states.retain(|_, state| *state != DeliveryState::default());
        self.set_states(txn, &states)
    }

    /// Records for each event that the backend has it or rejected it.
    pub(crate) fn taken(&self, txn: &mut RwTxn<'_>, ids: &[Uuid], outcome: &Outcome) -> Result<BatchOutcome> {
        let rejected: HashMap<_, _> = outcome.rejected.iter().map(|(id, reason)| (id, reason)).collect();
        let mut settled = BatchOutcome::default();
        for id in ids {
            match rejected.get(id) {
                Some(reason) => settled.dead += u64::from(self.move_to_dead_letters(txn, *id, None, reason)?),
                None => settled.delivered += u64::from(self.remove(txn, *id)?),
            }
        }
        self.count(txn, |tally| tally.delivered += settled.delivered)?;
        Ok(settled)
    }

    fn refused(&self, txn: &mut RwTxn<'_>, ids: &[Uuid], refusal: &Refusal) -> Result<u64> {
        let mut dead = 0;
        for id in ids {
            dead += u64::from(self.move_to_dead_letters(txn, *id, Some(refusal.status), &refusal.reason)?);
        }
        Ok(dead)
    }

    /// Moves a waiting event to the dead letters; false if it is not waiting.
    fn move_to_dead_letters(
        &self,
        txn: &mut RwTxn<'_>,
        id: Uuid,
        status: Option<u16>,
        reason: &str,
    ) -> Result<bool> {
        let Some(json) = self.waiting.get(txn, id.as_bytes())? else { return Ok(false) };
        // An event that another version wrote and this one cannot read leaves no dead letter.
        let told = serde_json::from_slice::<IdentifiedEvent>(json).ok();
        self.remove(txn, id)?;
        if let Some(IdentifiedEvent { root, event }) = told {
            self.add_dead_letter(txn, &DeadLetter { root, event, status, reason: reason.into() })?;
        }
        Ok(true)
    }
}
