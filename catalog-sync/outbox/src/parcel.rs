//! From what waits to batches, and from answers back.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use heed::{RoTxn, RwTxn};
use knytt_wire::{Event, MAX_BATCH_BYTES, MAX_BATCH_EVENTS, Outcome, Uuid};
use serde::Deserialize;

use crate::bounds::{made_ms, millis};
use crate::error::Result;
use crate::lane::{Backoff, Lane, Lanes, Part};
use crate::outbox::{DeadLetter, Outbox, id_of};
use crate::reply::{Refusal, Reply};

/// What a batch's JSON is besides its events.
const HEAD: &[u8] = br#"{"events":["#;
const TAIL: &[u8] = b"]}";

/// When a batch is worth a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worth {
    pub events: u64,
    pub age: Duration,
}

/// A batch on its way: the bytes are the same whenever it is sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parcel {
    pub catalog: String,
    pub key: Uuid,
    pub events: usize,
    pub body: Vec<u8>,
}

/// What of an event's JSON decides where it goes.
#[derive(Deserialize)]
struct Address<'a> {
    #[serde(borrow)]
    catalog: Cow<'a, str>,
}

/// What became of a parcel's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settled {
    pub delivered: u64,
    pub dead: u64,
    pub failed: bool,
}

impl Outbox<'_> {
    /// From when on each catalogue's next batch may be sent: milliseconds since 1970.
    pub(crate) fn due(&self, txn: &RoTxn<'_>, worth: Worth, now_ms: i64) -> Result<BTreeMap<String, i64>> {
        let mut waiting: BTreeMap<String, (u64, i64)> = BTreeMap::new();
        for entry in self.waiting.iter(txn)? {
            let (id, json) = entry?;
            let catalog = serde_json::from_slice::<Address<'_>>(json)?.catalog;
            match waiting.get_mut(&*catalog) {
                Some((count, _)) => *count += 1,
                None => {
                    let oldest = made_ms(id_of(id)).min(now_ms);
                    waiting.insert(catalog.into_owned(), (1, oldest));
                }
            }
        }
        let lanes = self.lanes(txn)?;
        let due = |(catalog, (count, oldest)): (String, (u64, i64))| {
            let lane = lanes.get(&catalog);
            let worth_it = count >= worth.events || lane.is_some_and(|lane| !lane.parts.is_empty());
            let ripe = if worth_it { 0 } else { oldest.saturating_add(millis(worth.age)) };
            let opens = lane.map_or(0, |lane| lane.opens_ms(now_ms));
            (catalog, ripe.max(opens))
        };
        Ok(waiting.into_iter().map(due).collect())
    }

    /// The catalogue's next batch: the one that was begun, else a new one of at most so many events, which
    /// is then begun. The transaction must be committed before it is sent.
    pub(crate) fn next_parcel(
        &self,
        txn: &mut RwTxn<'_>,
        catalog: &str,
        most: usize,
        now_ms: i64,
    ) -> Result<Option<Parcel>> {
        self.keep_bounds(txn, now_ms)?;
        let mut lanes = self.lanes(txn)?;
        let lane = lanes.entry(catalog.into()).or_default();
        while let Some(part) = lane.parts.front() {
            if let Some(body) = self.body(txn, part)? {
                let parcel = Parcel { catalog: catalog.into(), key: part.key, events: part.ids.len(), body };
                self.set_lanes(txn, &lanes)?;
                return Ok(Some(parcel));
            }
            // Some of it is gone: the rest waits to be put together anew.
            lane.parts.pop_front();
        }
        let ids = self.oldest_of(txn, catalog, most)?;
        if !ids.is_empty() {
            lane.parts.push_back(Part::new(ids));
        }
        let part = lane.parts.front().cloned();
        self.keep_lanes(txn, lanes)?;
        let Some(part) = part else { return Ok(None) };
        let body = self.body(txn, &part)?;
        Ok(body.map(|body| Parcel { catalog: catalog.into(), key: part.key, events: part.ids.len(), body }))
    }

    /// As many events of a catalogue, oldest first, as a batch may hold.
    fn oldest_of(&self, txn: &RoTxn<'_>, wanted: &str, most: usize) -> Result<Vec<Uuid>> {
        let (mut ids, mut bytes) = (Vec::new(), HEAD.len() + TAIL.len());
        for entry in self.waiting.iter(txn)? {
            let (id, json) = entry?;
            if serde_json::from_slice::<Address<'_>>(json)?.catalog != wanted {
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

    /// Enters what became of a parcel. Nothing, if it was purged while it was under way.
    pub(crate) fn settle(
        &self,
        txn: &mut RwTxn<'_>,
        parcel: &Parcel,
        reply: &Reply,
        backoff: Backoff,
        now_ms: i64,
    ) -> Result<Settled> {
        let mut lanes = self.lanes(txn)?;
        let lane = lanes.get_mut(&parcel.catalog);
        let Some(lane) = lane.filter(|lane| lane.parts.front().is_some_and(|part| part.key == parcel.key))
        else {
            return Ok(Settled::default());
        };
        let settled = match reply {
            Reply::Taken(outcome) => {
                let ids = lane.parts.front().map(|part| part.ids.clone()).unwrap_or_default();
                lane.taken();
                self.taken(txn, &ids, outcome)?
            }
            Reply::Refused(refusal) => {
                let refused = match refusal.of_content {
                    true => lane.refused(backoff, now_ms),
                    false => lane.turned_away(backoff, now_ms),
                };
                let dead = refused.map_or(Ok(0), |part| self.refused(txn, &part.ids, refusal))?;
                Settled { dead, failed: !refusal.of_content, ..Settled::default() }
            }
            Reply::Later { after } => {
                lane.failed(*after, backoff, now_ms);
                Settled { failed: true, ..Settled::default() }
            }
        };
        self.keep_lanes(txn, lanes)?;
        Ok(settled)
    }

    /// Ids of a batch that is under way.
    pub(crate) fn under_way(&self, txn: &RoTxn<'_>, parcel: &Parcel) -> Result<Vec<Uuid>> {
        let lanes = self.lanes(txn)?;
        let part = lanes.get(&parcel.catalog).and_then(|lane| lane.parts.front());
        Ok(part.filter(|part| part.key == parcel.key).map(|part| part.ids.clone()).unwrap_or_default())
    }

    /// Lanes that tell nothing are not kept.
    fn keep_lanes(&self, txn: &mut RwTxn<'_>, mut lanes: Lanes) -> Result<()> {
        lanes.retain(|_, lane| *lane != Lane::default());
        self.set_lanes(txn, &lanes)
    }

    /// Enters that these events have arrived, or will never be taken.
    pub(crate) fn taken(&self, txn: &mut RwTxn<'_>, ids: &[Uuid], outcome: &Outcome) -> Result<Settled> {
        let rejected: HashMap<_, _> = outcome.rejected.iter().map(|(id, reason)| (id, reason)).collect();
        let mut settled = Settled::default();
        for id in ids {
            match rejected.get(id) {
                Some(reason) => settled.dead += u64::from(self.kill(txn, *id, None, reason)?),
                None => settled.delivered += u64::from(self.remove(txn, *id)?),
            }
        }
        self.count(txn, |tally| tally.delivered += settled.delivered)?;
        Ok(settled)
    }

    fn refused(&self, txn: &mut RwTxn<'_>, ids: &[Uuid], refusal: &Refusal) -> Result<u64> {
        let mut dead = 0;
        for id in ids {
            dead += u64::from(self.kill(txn, *id, Some(refusal.status), &refusal.reason)?);
        }
        Ok(dead)
    }

    /// From what waits to the dead letters; false if it does not wait.
    fn kill(&self, txn: &mut RwTxn<'_>, id: Uuid, status: Option<u16>, reason: &str) -> Result<bool> {
        let Some(json) = self.waiting.get(txn, id.as_bytes())? else { return Ok(false) };
        // What another version wrote and this one cannot read goes without a letter.
        let event = serde_json::from_slice::<Event>(json).ok();
        self.remove(txn, id)?;
        if let Some(event) = event {
            self.bury(txn, &DeadLetter { event, status, reason: reason.into() })?;
        }
        Ok(true)
    }
}
