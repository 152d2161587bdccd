//! Reads what is left of a damaged environment.

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::store::open::DATA_FILE;
use crate::store::pages::{Depth, Meta, PageFile, PageReport, Tree, Value, Walk};

/// A damaged environment. It is read without LMDB, so nothing may write it meanwhile.
pub(crate) struct Salvage {
    file: PageFile,
    meta: Meta,
    databases: BTreeMap<String, Tree>,
    file_bytes: u64,
    /// Where the values of the `meta` database lie, once one was asked for.
    meta_values: Option<BTreeMap<Vec<u8>, Value>>,
    /// What could not be read so far.
    pub(crate) report: PageReport,
}

impl Salvage {
    /// Opens the newest state whose list of databases can be read.
    ///
    /// # Errors
    /// [`Error::NotACatalog`] if no meta page is readable, [`Error::Damaged`] if no state has a list of databases.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let (file, metas) = PageFile::open_damaged(&folder.join(DATA_FILE))?;
        let file_bytes = file.bytes()?;
        let states = metas.into_iter().map(|meta| {
            let mut walk = Walk::new(&file, meta, file_bytes, Depth::All);
            let mut databases = BTreeMap::new();
            walk.walk_tree(meta.main, "the list of databases", &mut |key, value| {
                if let (Ok(name), Some(tree)) = (std::str::from_utf8(key), value.tree) {
                    databases.insert(name.to_owned(), tree);
                }
            });
            (meta, databases, walk.report)
        });
        let found = states.max_by_key(|(meta, databases, _)| (databases.len(), meta.txn));
        match found {
            Some((meta, databases, report)) if !databases.is_empty() => {
                Ok(Self { file, meta, databases, file_bytes, meta_values: None, report })
            }
            _ => Err(Error::damaged("the list of its databases cannot be read")),
        }
    }

    /// How many entries a database says that it has.
    pub(crate) fn entries_of(&self, database: &str) -> u64 {
        self.databases.get(database).map_or(0, |tree| tree.entries)
    }

    /// Gives each readable entry of a database to `visit`: its key, and the place of its value.
    pub(crate) fn visit(&mut self, database: &str, visit: &mut dyn FnMut(&[u8], Value)) {
        let Some(tree) = self.databases.get(database) else { return };
        let mut walk = Walk::new(&self.file, self.meta, self.file_bytes, Depth::All);
        walk.walk_tree(*tree, database, visit);
        self.report.add(walk.report);
    }

    /// The places of the values of a database whose keys are numbers.
    pub(crate) fn numbered(&mut self, database: &str) -> BTreeMap<u32, Value> {
        let mut found = BTreeMap::new();
        self.visit(database, &mut |key, value| {
            if let Ok(key) = key.try_into() {
                found.insert(u32::from_be_bytes(key), value);
            }
        });
        found
    }

    /// All values of a database that can be read as JSON.
    pub(crate) fn records<T: DeserializeOwned>(&mut self, database: &str) -> Vec<T> {
        let mut places = Vec::new();
        self.visit(database, &mut |_, value| places.push(value));
        places.iter().filter_map(|place| serde_json::from_slice(&self.read(*place)?).ok()).collect()
    }

    /// A value of the `meta` database.
    pub(crate) fn meta_value(&mut self, key: &str) -> Option<Vec<u8>> {
        if self.meta_values.is_none() {
            let mut found = BTreeMap::new();
            self.visit("meta", &mut |key, value| {
                found.insert(key.to_vec(), value);
            });
            self.meta_values = Some(found);
        }
        let value = *self.meta_values.as_ref()?.get(key.as_bytes())?;
        self.read(value)
    }

    /// The bytes of a value; `None` if the disk does not give them.
    pub(crate) fn read(&self, value: Value) -> Option<Vec<u8>> {
        self.file.read_at(value.offset, value.bytes).ok()
    }
}
