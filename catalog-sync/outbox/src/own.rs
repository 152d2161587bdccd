//! An outbox with an environment of its own, for a program that keeps nothing else of what people do.

use std::path::Path;
use std::sync::Arc;

use heed::{CommitOrAbort, Env, EnvOpenOptions, WithoutTls};
use knytt_wire::{IdentifiedEvent, Uuid};

use crate::deliver::{Access, Delivery, DeliveryTiming, Hold, Route};
use crate::delivery_handle::DeliveryHandle;
use crate::error::Result;
use crate::outbox::Outbox;
use crate::tally::Counts;

/// Address space, not disk: more than the bounds of an outbox take.
const MAP_BYTES: usize = 256 << 20;

/// An outbox that is open. Clones are the same one.
#[derive(Clone, Debug)]
pub struct OwnOutbox {
    env: Env<WithoutTls>,
    outbox: Outbox<'static>,
    handle: DeliveryHandle,
}

impl OwnOutbox {
    /// Opens the outbox in `folder`, or makes it. Nothing is kept in a new one before [`Self::set_consent`].
    ///
    /// # Errors
    /// The folder cannot be written, or its file is none of LMDB.
    #[expect(unsafe_code, reason = "opening an LMDB map")]
    pub fn open(folder: &Path) -> Result<Self> {
        fs_err::create_dir_all(folder)?;
        let mut options = EnvOpenOptions::new().read_txn_without_tls();
        options.map_size(MAP_BYTES).max_dbs(Outbox::DATABASES);
        // SAFETY: the file is changed by LMDB alone, which keeps several processes apart.
        let env = unsafe { options.open(folder) }?;
        let created = env.create_databases_and_commit(env.write_txn()?, |opener, txn| {
            Outbox::create(opener, txn).map(CommitOrAbort::<_, heed::Error>::Commit)
        });
        let outbox = created.and_then(Into::into)?;
        Ok(Self { env, outbox, handle: DeliveryHandle::default() })
    }

    /// Stores whether events may be kept. If not, all that wait are deleted.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn set_consent(&self, agreed: bool) -> Result<()> {
        let mut txn = self.env.write_txn()?;
        self.outbox.set_consent(&mut txn, agreed)?;
        txn.commit()?;
        if !agreed {
            self.handle.interrupt();
        }
        Ok(())
    }

    /// Adds events, and takes back those of `overtaken` that were not sent yet, in one transaction.
    ///
    /// # Errors
    /// It cannot be written; then nothing of it is.
    pub fn push(&self, overtaken: &[Uuid], events: &[IdentifiedEvent]) -> Result<()> {
        let mut txn = self.env.write_txn()?;
        if !overtaken.is_empty() {
            self.outbox.retract(&mut txn, overtaken)?;
        }
        for event in events {
            self.outbox.push(&mut txn, event)?;
        }
        txn.commit()?;
        self.handle.wake();
        Ok(())
    }

    /// How many events wait, and what became of the others.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn counts(&self) -> Result<Counts> {
        self.outbox.counts(&*self.env.read_txn()?)
    }

    /// The events that wait, the oldest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn waiting(&self) -> Result<Vec<IdentifiedEvent>> {
        self.outbox.waiting(&*self.env.read_txn()?)
    }

    /// What sends the events, to where `route` says.
    ///
    /// # Errors
    /// The HTTP client cannot start.
    pub fn delivery(&self, route: Route, hold: Hold, timing: DeliveryTiming) -> Result<Delivery> {
        let (env, outbox) = (self.env.clone(), self.outbox);
        let access: Access = Arc::new(move || Some((env.clone(), outbox)));
        Delivery::new(access, route, hold, timing, self.handle.clone())
    }

    /// Controls the delivery.
    pub fn handle(&self) -> &DeliveryHandle {
        &self.handle
    }
}

#[cfg(test)]
mod tests {
    use knytt_wire::{Action, Event, Item};

    use super::*;

    fn view() -> IdentifiedEvent {
        let item = Item { item_id: "a".into(), ..Item::default() };
        let event = Event {
            id: Uuid::now_v7(),
            at_ms: i64::try_from(Uuid::now_v7().as_u128() >> 80).unwrap(),
            catalog: "shop".into(),
            release: 1,
            model: "m".into(),
            visit: Uuid::new_v4(),
            search_id: None,
            device: Default::default(),
            experiment: None,
            action: Action::ViewItem(item),
        };
        event.into()
    }

    #[test]
    fn events_wait_over_a_restart_and_are_gone_with_the_consent() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = OwnOutbox::open(folder.path()).unwrap();
        outbox.push(&[], &[view()]).unwrap();
        assert_eq!(outbox.counts().unwrap().waiting, 0, "nobody agreed");
        outbox.set_consent(true).unwrap();
        let events = [view(), view()];
        outbox.push(&[], &events).unwrap();
        outbox.push(&[events[0].id], &[]).unwrap();
        drop(outbox);
        let outbox = OwnOutbox::open(folder.path()).unwrap();
        assert_eq!(outbox.waiting().unwrap(), [events[1].clone()]);
        outbox.set_consent(false).unwrap();
        assert_eq!(outbox.counts().unwrap(), Counts::default());
    }
}
