//! The library's databases.
//!
//! | database | key | value |
//! |---|---|---|
//! | `values` | a name | JSON |
//! | `favourites` | catalogue, NUL, product | when it was kept: milliseconds since 1970, little-endian |
//! | `history` | a UUID of version 7: sorts by time | JSON |
//! | `pictures` | the same | a small JPEG |

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use heed::types::{Bytes, SerdeJson, Str};
use heed::{CommitOrAbort, CommitToken, Database, Env, EnvOpenOptions, OnCommit, RwTxn, WithoutTls};
use knytt_ui_api::{Code, HistoryEntry, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backend::problem::{of_io, of_store};

/// Address space, not disk: far more than a bounded history with small pictures takes.
const MAP_BYTES: usize = 256 << 20;

/// The environment and its databases, open.
struct Open {
    env: Env<WithoutTls>,
    db: Databases<'static>,
}

/// Handles; `'t` ends with the transaction that opened them, or is `'static` once that has committed.
#[derive(Clone, Copy)]
struct Databases<'t> {
    values: Database<'t, Str, Bytes>,
    favourites: Database<'t, Str, Bytes>,
    history: Database<'t, Str, SerdeJson<HistoryEntry>>,
    pictures: Database<'t, Str, Bytes>,
}

impl OnCommit for Databases<'_> {
    type Committed = Databases<'static>;

    fn on_commit(self, token: &CommitToken) -> Databases<'static> {
        Databases {
            values: self.values.on_commit(token),
            favourites: self.favourites.on_commit(token),
            history: self.history.on_commit(token),
            pictures: self.pictures.on_commit(token),
        }
    }
}

/// The library on disk. Erasing closes and replaces it, so each use asks for it anew.
pub struct Store {
    folder: PathBuf,
    /// `None` only if opening again after an erasure failed.
    open: RwLock<Option<Open>>,
}

impl Store {
    pub fn open(folder: &Path) -> Result<Self, Problem> {
        let open = open(folder)?;
        Ok(Self { folder: folder.to_path_buf(), open: RwLock::new(Some(open)) })
    }

    fn with<T>(&self, use_it: impl FnOnce(&Open) -> heed::Result<T>) -> Result<T, Problem> {
        match &*self.open.read().unwrap_or_else(PoisonError::into_inner) {
            Some(open) => use_it(open).map_err(of_store),
            None => {
                Err(Problem::new(Code::Internal, "what is kept here cannot be opened; start the app again"))
            }
        }
    }

    fn change(&self, change: impl FnOnce(&Open, &mut RwTxn<'_>) -> heed::Result<()>) -> Result<(), Problem> {
        self.with(|open| {
            let mut txn = open.env.write_txn()?;
            change(open, &mut txn)?;
            txn.commit()
        })
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

    /// Keeps it since `at`; `None` lets it go.
    pub fn set_favourite(&self, catalog: &str, product: &str, at: Option<u64>) -> Result<(), Problem> {
        let key = format!("{catalog}\0{product}");
        self.change(|open, txn| match at {
            Some(at) => open.db.favourites.put(txn, &key, &at.to_le_bytes()),
            None => open.db.favourites.delete(txn, &key).map(drop),
        })
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

    /// Adds an entry in place of `replaced`, and drops the oldest beyond `most`.
    pub fn add_history(
        &self,
        entry: &HistoryEntry,
        picture: Option<&[u8]>,
        replaced: Option<&str>,
        most: usize,
    ) -> Result<(), Problem> {
        self.change(|open, txn| {
            if let Some(old) = replaced {
                open.db.history.delete(txn, old)?;
                open.db.pictures.delete(txn, old)?;
            }
            open.db.history.put(txn, &entry.id, entry)?;
            if let Some(picture) = picture {
                open.db.pictures.put(txn, &entry.id, picture)?;
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

    /// Forgets everything but the named values. The files are made anew: LMDB keeps what was deleted
    /// in the pages that it means to use again.
    pub fn erase(&self, but: &[&str]) -> Result<(), Problem> {
        let mut guard = self.open.write().unwrap_or_else(PoisonError::into_inner);
        let mut kept = Vec::new();
        if let Some(open) = guard.take() {
            let txn = open.env.read_txn().map_err(of_store)?;
            for key in but {
                let value = open.db.values.get(&txn, key).map_err(of_store)?;
                kept.extend(value.map(|value| (*key, value.to_vec())));
            }
            drop(txn);
            open.env.prepare_for_closing().wait();
        }
        for file in ["data.mdb", "lock.mdb"] {
            fs_err::remove_file(self.folder.join(file)).map_err(of_io)?;
        }
        let open = open(&self.folder)?;
        let mut txn = open.env.write_txn().map_err(of_store)?;
        for (key, value) in kept {
            open.db.values.put(&mut txn, key, &value).map_err(of_store)?;
        }
        txn.commit().map_err(of_store)?;
        *guard = Some(open);
        Ok(())
    }

    pub fn bytes(&self) -> u64 {
        self.folder.join("data.mdb").metadata().map_or(0, |file| file.len())
    }
}

#[expect(unsafe_code, reason = "opening an LMDB map")]
fn open(folder: &Path) -> Result<Open, Problem> {
    fs_err::create_dir_all(folder).map_err(of_io)?;
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.map_size(MAP_BYTES).max_dbs(8);
    // SAFETY: the file belongs to this app alone, which is a single instance and changes it by LMDB only.
    let env = unsafe { options.open(folder) }.map_err(of_store)?;
    let txn = env.write_txn().map_err(of_store)?;
    let created = env.create_databases_and_commit(txn, |opener, txn| -> heed::Result<_> {
        Ok(CommitOrAbort::<_, heed::Error>::Commit(Databases {
            values: opener.create_database(txn, Some("values"))?,
            favourites: opener.create_database(txn, Some("favourites"))?,
            history: opener.create_database(txn, Some("history"))?,
            pictures: opener.create_database(txn, Some("pictures"))?,
        }))
    });
    let db = created.and_then(Into::into).map_err(of_store)?;
    Ok(Open { env, db })
}
