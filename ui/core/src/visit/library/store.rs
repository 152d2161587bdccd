//! The library's databases.
//!
//! | database | key | value |
//! |---|---|---|
//! | `values` | a name | JSON |
//! | `favourites` | the catalogue's identity, NUL, product | when it was kept: milliseconds since 1970, little-endian |
//! | `history` | a UUID of version 7: sorts by time | JSON |
//! | `pictures` | the same | a small JPEG |
//!
//! and those of the [`Outbox`], so that what is told is written with what was done.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use fs_err as fs;
use heed::types::{Bytes, SerdeJson, Str};
use heed::{CommitOrAbort, CommitToken, Database, Env, EnvOpenOptions, OnCommit, RoTxn, RwTxn, WithoutTls};
use knytt_engine::Taste;
use knytt_outbox::{Counts, DeliveryHandle, Outbox};
use knytt_ui_api::{Code, HistoryEntry, Problem};
use knytt_wire::{CatalogIdentity, IdentifiedEvent, Uuid};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::key;
use crate::problem::of_io;
use crate::visit::problem::{of_outbox, of_store};

/// Address space, not disk: far more than a bounded history with small pictures takes.
const MAP_BYTES: usize = 256 << 20;

/// Databases of its own, beside the outbox's.
const DATABASES: u32 = 4;

/// What LMDB keeps in a folder.
const FILES: [&str; 2] = ["data.mdb", "lock.mdb"];

/// The environment and its databases, open.
pub struct Open {
    env: Env<WithoutTls>,
    pub db: Databases<'static>,
}

/// Handles; `'t` ends with the transaction that opened them, or is `'static` once that has committed.
#[derive(Clone, Copy)]
pub struct Databases<'t> {
    values: Database<'t, Str, Bytes>,
    pub favourites: Database<'t, Str, Bytes>,
    history: Database<'t, Str, SerdeJson<HistoryEntry>>,
    pictures: Database<'t, Str, Bytes>,
    outbox: Outbox<'t>,
}

impl OnCommit for Databases<'_> {
    type Committed = Databases<'static>;

    fn on_commit(self, token: &CommitToken) -> Databases<'static> {
        Databases {
            values: self.values.on_commit(token),
            favourites: self.favourites.on_commit(token),
            history: self.history.on_commit(token),
            pictures: self.pictures.on_commit(token),
            outbox: self.outbox.on_commit(token),
        }
    }
}

/// An entry with its picture, and the one whose place it takes.
pub struct HistoryRow<'a> {
    pub entry: &'a HistoryEntry,
    pub picture: Option<&'a [u8]>,
    pub replaced: Option<&'a str>,
}

/// The library on disk. Erasing closes and replaces the environment, so each use asks for it again.
pub struct Store {
    folder: PathBuf,
    /// `None` only if opening again after an erasure failed.
    open: RwLock<Option<Open>>,
    /// Tells the delivery of what was written or taken back.
    delivery: DeliveryHandle,
}

impl Store {
    pub fn open(folder: &Path) -> Result<Self, Problem> {
        let open = open(folder)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            open: RwLock::new(Some(open)),
            delivery: DeliveryHandle::default(),
        })
    }

    fn with<T>(&self, use_it: impl FnOnce(&Open) -> heed::Result<T>) -> Result<T, Problem> {
        match &*self.open.read().unwrap_or_else(PoisonError::into_inner) {
            Some(open) => use_it(open).map_err(of_store),
            None => {
                Err(Problem::new(Code::Internal, "what is kept here cannot be opened; start the app again"))
            }
        }
    }

    pub fn change(
        &self,
        change: impl FnOnce(&Open, &mut RwTxn<'_>) -> heed::Result<()>,
    ) -> Result<(), Problem> {
        self.with(|open| {
            let mut txn = open.env.write_txn()?;
            change(open, &mut txn)?;
            txn.commit()
        })
    }

    /// Writes a change and its events in one transaction. If there is no room for both, it writes the change
    /// alone, so that feedback never blocks the shopper.
    fn change_and_tell(
        &self,
        overtaken: &[Uuid],
        events: &[IdentifiedEvent],
        change: impl Fn(&Open, &mut RwTxn<'_>) -> heed::Result<()>,
    ) -> Result<(), Problem> {
        if overtaken.is_empty() && events.is_empty() {
            return self.change(change);
        }
        let both = self.with(|open| Ok(tell(open, overtaken, events, &change)))?;
        match both {
            Ok(()) => {
                self.delivery.wake();
                Ok(())
            }
            Err(_) => self.change(change),
        }
    }

    /// A value; an unreadable one, of a later version say, counts as none.
    pub fn value<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Problem> {
        self.with(|open| {
            let txn = open.env.read_txn()?;
            Ok(open.db.values.get(&txn, key)?.and_then(|bytes| serde_json::from_slice(bytes).ok()))
        })
    }

    pub fn set_value(&self, key: &str, value: &impl Serialize) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(value).map_err(|e| Problem::new(Code::Internal, e))?;
        self.change(|open, txn| open.db.values.put(txn, key, &bytes))
    }

    pub fn delete_value(&self, key: &str) -> Result<(), Problem> {
        self.change(|open, txn| open.db.values.delete(txn, key).map(drop))
    }

    /// Products of a catalogue, the newest first.
    pub fn favourites(&self, catalog: &str) -> Result<Vec<String>, Problem> {
        let prefix = format!("{catalog}\0");
        let mut found = self.with(|open| {
            let txn = open.env.read_txn()?;
            let kept = |entry: heed::Result<(&str, &[u8])>| {
                let (key, at) = entry?;
                let at = at.try_into().map_or(0, u64::from_le_bytes);
                Ok((at, key[prefix.len()..].to_owned()))
            };
            open.db.favourites.prefix_iter(&txn, &prefix)?.map(kept).collect::<heed::Result<Vec<_>>>()
        })?;
        found.sort_by(|a, b| b.cmp(a));
        Ok(found.into_iter().map(|(_, product)| product).collect())
    }

    /// Keeps it since `at`, `None` lets it go; with what was learned from that.
    pub fn set_favourite(
        &self,
        catalog: &str,
        product: &str,
        at: Option<u64>,
        event: Option<IdentifiedEvent>,
        taste: Option<&Taste>,
    ) -> Result<(), Problem> {
        let key = format!("{catalog}\0{product}");
        let taste = taste.map(serde_json::to_vec).transpose().map_err(|e| Problem::new(Code::Internal, e))?;
        self.change_and_tell(&[], event.as_slice(), |open, txn| {
            if let Some(taste) = &taste {
                open.db.values.put(txn, key::TASTE, taste)?;
            }
            match at {
                Some(at) => open.db.favourites.put(txn, &key, &at.to_le_bytes()),
                None => open.db.favourites.delete(txn, &key).map(drop),
            }
        })
    }

    /// Adds to what the shop is told; nothing without consent.
    pub fn add_events(&self, events: &[IdentifiedEvent]) -> Result<(), Problem> {
        self.replace_events(&[], events)
    }

    /// Adds to what the shop is told, in place of what was overtaken and has not been sent.
    pub fn replace_events(&self, overtaken: &[Uuid], events: &[IdentifiedEvent]) -> Result<(), Problem> {
        if overtaken.is_empty() && events.is_empty() {
            return Ok(());
        }
        self.with(|open| Ok(tell(open, overtaken, events, |_, _| Ok(()))))?.map_err(of_outbox)?;
        self.delivery.wake();
        Ok(())
    }

    pub fn history(&self) -> Result<Vec<HistoryEntry>, Problem> {
        self.with(|open| {
            let txn = open.env.read_txn()?;
            open.db.history.rev_iter(&txn)?.map(|entry| Ok(entry?.1)).collect()
        })
    }

    pub fn history_picture(&self, id: &str) -> Result<Option<Vec<u8>>, Problem> {
        self.with(|open| {
            let txn = open.env.read_txn()?;
            Ok(open.db.pictures.get(&txn, id)?.map(<[u8]>::to_vec))
        })
    }

    /// Adds an entry, drops the oldest beyond `most`, and tells the shop.
    pub fn add_history(
        &self,
        kept: &HistoryRow<'_>,
        most: usize,
        overtaken: &[Uuid],
        events: &[IdentifiedEvent],
    ) -> Result<(), Problem> {
        self.change_and_tell(overtaken, events, |open, txn| {
            if let Some(old) = kept.replaced {
                open.db.history.delete(txn, old)?;
                open.db.pictures.delete(txn, old)?;
            }
            open.db.history.put(txn, &kept.entry.id, kept.entry)?;
            if let Some(picture) = kept.picture {
                open.db.pictures.put(txn, &kept.entry.id, picture)?;
            }
            let count = usize::try_from(open.db.history.len(txn)?).unwrap_or(usize::MAX);
            let ids = open.db.history.iter(txn)?.take(count.saturating_sub(most));
            let oldest: Vec<String> = ids.map(|e| Ok(e?.0.to_owned())).collect::<heed::Result<_>>()?;
            for id in oldest {
                open.db.history.delete(txn, &id)?;
                open.db.pictures.delete(txn, &id)?;
            }
            Ok(())
        })
    }

    pub fn forget_history(&self, id: Option<&str>) -> Result<(), Problem> {
        self.change(|open, txn| match id {
            Some(id) => {
                open.db.history.delete(txn, id)?;
                open.db.pictures.delete(txn, id).map(drop)
            }
            None => {
                open.db.history.clear(txn)?;
                open.db.pictures.clear(txn)
            }
        })
    }

    /// Stores the settings and, with them, whether any shop may be told anything. What waits for those in
    /// `withdrawn` is deleted.
    pub fn set_settings(
        &self,
        key: &str,
        settings: &impl Serialize,
        consent: bool,
        withdrawn: &[CatalogIdentity],
    ) -> Result<(), Problem> {
        let bytes = serde_json::to_vec(settings).map_err(|e| Problem::new(Code::Internal, e))?;
        let set = |open: &Open| {
            let mut txn = open.env.write_txn()?;
            open.db.values.put(&mut txn, key, &bytes)?;
            for shop in withdrawn {
                open.db.outbox.purge_catalog(&mut txn, shop)?;
            }
            open.db.outbox.set_consent(&mut txn, consent)?;
            Ok(txn.commit()?)
        };
        self.with(|open| Ok(set(open)))?.map_err(of_outbox)
    }

    /// Whether any shop may be told anything, and what it is to be told.
    pub fn outbox(&self) -> Result<(bool, Counts), Problem> {
        let read = |open: &Open| {
            let txn = open.env.read_txn()?;
            Ok((open.db.outbox.consent(&txn)?, open.db.outbox.counts(&txn)?))
        };
        self.with(|open| Ok(read(open)))?.map_err(of_outbox)
    }

    /// What the shop is to be told, the oldest first.
    pub fn events(&self) -> Result<Vec<IdentifiedEvent>, Problem> {
        self.with(|open| Ok(open.db.outbox.waiting(&*open.env.read_txn()?)))?.map_err(of_outbox)
    }

    /// The environment and the outbox in it, for one transaction.
    pub fn handles(&self) -> Option<(Env<WithoutTls>, Outbox<'static>)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(|open| (open.env.clone(), open.db.outbox))
    }

    pub fn delivery_handle(&self) -> &DeliveryHandle {
        &self.delivery
    }

    /// Forgets everything but the named values, and takes it off the disk.
    pub fn erase(&self, but: &[&str]) -> Result<(), Problem> {
        self.rewrite(|old, from, new, to| {
            new.db.outbox.set_consent(to, old.db.outbox.consent(from)?)?;
            for key in but {
                if let Some(value) = old.db.values.get(from, key)? {
                    new.db.values.put(to, key, value)?;
                }
            }
            Ok(())
        })
    }

    /// Takes what was deleted off the disk: events whose shop may not be told any more.
    pub fn erase_deleted(&self) -> Result<(), Problem> {
        self.rewrite(|old, from, new, to| {
            copy(old.db.values, from, new.db.values, to)?;
            copy(old.db.favourites, from, new.db.favourites, to)?;
            copy(old.db.pictures, from, new.db.pictures, to)?;
            for entry in old.db.history.iter(from)? {
                let (id, entry) = entry?;
                new.db.history.put(to, id, &entry)?;
            }
            old.db.outbox.copy_to(from, &new.db.outbox, to)
        })
    }

    /// Replaces the files by new ones that hold only what `copy` copies, since LMDB leaves deleted data in
    /// free pages.
    fn rewrite(
        &self,
        copy: impl FnOnce(&Open, &RoTxn<'_>, &Open, &mut RwTxn<'_>) -> knytt_outbox::Result<()>,
    ) -> Result<(), Problem> {
        let mut guard = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let beside = self.folder.join("anew");
        if beside.exists() {
            fs::remove_dir_all(&beside).map_err(of_io)?;
        }
        if let Some(old) = guard.as_ref() {
            let new = open(&beside)?;
            fill(old, &new, copy).map_err(of_outbox)?;
            new.env.prepare_for_closing().wait();
        }
        self.delivery.interrupt();
        if let Some(old) = guard.take() {
            old.env.prepare_for_closing().wait();
            fs::rename(beside.join(FILES[0]), self.folder.join(FILES[0])).map_err(of_io)?;
        }
        *guard = Some(open(&self.folder)?);
        fs::remove_dir_all(&beside).map_err(of_io)
    }

    pub fn bytes(&self) -> u64 {
        self.folder.join("data.mdb").metadata().map_or(0, |file| file.len())
    }
}

fn tell(
    open: &Open,
    overtaken: &[Uuid],
    events: &[IdentifiedEvent],
    change: impl Fn(&Open, &mut RwTxn<'_>) -> heed::Result<()>,
) -> knytt_outbox::Result<()> {
    let mut txn = open.env.write_txn()?;
    change(open, &mut txn)?;
    if !overtaken.is_empty() {
        open.db.outbox.retract(&mut txn, overtaken)?;
    }
    for event in events {
        open.db.outbox.push(&mut txn, event)?;
    }
    Ok(txn.commit()?)
}

fn fill(
    old: &Open,
    new: &Open,
    copy: impl FnOnce(&Open, &RoTxn<'_>, &Open, &mut RwTxn<'_>) -> knytt_outbox::Result<()>,
) -> knytt_outbox::Result<()> {
    let from = old.env.read_txn()?;
    let mut to = new.env.write_txn()?;
    copy(old, &from, new, &mut to)?;
    Ok(to.commit()?)
}

fn copy(
    old: Database<'_, Str, Bytes>,
    from: &RoTxn<'_>,
    new: Database<'_, Str, Bytes>,
    to: &mut RwTxn<'_>,
) -> heed::Result<()> {
    for entry in old.iter(from)? {
        let (key, value) = entry?;
        new.put(to, key, value)?;
    }
    Ok(())
}

#[expect(unsafe_code, reason = "opening an LMDB map")]
fn open(folder: &Path) -> Result<Open, Problem> {
    fs::create_dir_all(folder).map_err(of_io)?;
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.map_size(MAP_BYTES).max_dbs(DATABASES + Outbox::DATABASES);
    // SAFETY: the file belongs to this app alone, which is a single instance and changes it by LMDB only.
    let env = unsafe { options.open(folder) }.map_err(of_store)?;
    let txn = env.write_txn().map_err(of_store)?;
    let created = env.create_databases_and_commit(txn, |opener, txn| -> heed::Result<_> {
        Ok(CommitOrAbort::<_, heed::Error>::Commit(Databases {
            values: opener.create_database(txn, Some("values"))?,
            favourites: opener.create_database(txn, Some("favourites"))?,
            history: opener.create_database(txn, Some("history"))?,
            pictures: opener.create_database(txn, Some("pictures"))?,
            outbox: Outbox::create(opener, txn)?,
        }))
    });
    let db = created.and_then(Into::into).map_err(of_store)?;
    Ok(Open { env, db })
}
