//! Which items have a term, in blocks: a change rewrites a block of it, not the whole list.
//!
//! Key: the term, a zero byte, the block's number as big-endian `u32`. Value: for each item of the block that has
//! the term, in order, its place in the block as little-endian `u16`, and its weight.

use std::collections::BTreeMap;

use heed::{RoTxn, RwTxn};

use crate::schema::Databases;
use crate::{Error, Result};

/// Items per block.
const SLOTS: u32 = 1024;

/// Bytes of an entry.
const ENTRY: usize = 3;

/// The key of a block.
fn key(term: &str, block: u32) -> Vec<u8> {
    [term.as_bytes(), b"\0", &block.to_be_bytes()].concat()
}

/// The term of a key.
pub(super) fn term_of(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(..key.len().checked_sub(5)?)?).ok()
}

/// The first key after all blocks of `term`.
pub(super) fn after(term: &str) -> Vec<u8> {
    [term.as_bytes(), b"\x01"].concat()
}

/// What a batch does to the postings.
#[derive(Default)]
pub(crate) struct Changes(BTreeMap<Vec<u8>, BTreeMap<u16, Option<u8>>>);

impl Changes {
    pub(super) fn set(&mut self, term: &str, item: u32, weight: u8) {
        self.put(term, item, Some(weight));
    }

    pub(super) fn remove(&mut self, term: &str, item: u32) {
        self.put(term, item, None);
    }

    fn put(&mut self, term: &str, item: u32, weight: Option<u8>) {
        self.0.entry(key(term, item / SLOTS)).or_default().insert((item % SLOTS) as u16, weight);
    }

    pub(crate) fn write(&self, db: &Databases<'_>, txn: &mut RwTxn<'_>) -> Result<()> {
        for (key, changes) in &self.0 {
            let stored = db.words.get(txn, key)?.unwrap_or_default();
            let mut entries: BTreeMap<u16, u8> = decode(stored)?.collect();
            for (slot, weight) in changes {
                match weight {
                    Some(weight) => entries.insert(*slot, *weight),
                    None => entries.remove(slot),
                };
            }
            if entries.is_empty() {
                db.words.delete(txn, key)?;
            } else {
                let bytes: Vec<u8> =
                    entries.iter().flat_map(|(slot, weight)| entry(*slot, *weight)).collect();
                db.words.put(txn, key, &bytes)?;
            }
        }
        Ok(())
    }
}

fn entry(slot: u16, weight: u8) -> [u8; ENTRY] {
    let [low, high] = slot.to_le_bytes();
    [low, high, weight]
}

fn decode(bytes: &[u8]) -> Result<impl Iterator<Item = (u16, u8)>> {
    if !bytes.len().is_multiple_of(ENTRY) {
        return Err(Error::damaged("a list of words is cut short"));
    }
    Ok(bytes.chunks_exact(ENTRY).map(|entry| (u16::from_le_bytes([entry[0], entry[1]]), entry[2])))
}

/// The items that have `term` and its weight in each, in order.
pub(crate) fn read(db: &Databases<'_>, txn: &RoTxn<'_>, term: &str) -> Result<Vec<(u32, u8)>> {
    let mut found = Vec::new();
    let prefix = [term.as_bytes(), b"\0"].concat();
    for block in db.words.prefix_iter(txn, &prefix)? {
        let (key, bytes) = block?;
        let number = key[prefix.len()..].try_into().map(u32::from_be_bytes);
        let first = number.map_err(|_| Error::damaged("a key of the words"))? * SLOTS;
        found.extend(decode(bytes)?.map(|(slot, weight)| (first + u32::from(slot), weight)));
    }
    Ok(found)
}

/// Every term with its items, for checks and dumps.
pub(crate) fn all(db: &Databases<'_>, txn: &RoTxn<'_>) -> Result<BTreeMap<String, BTreeMap<u32, u8>>> {
    let mut all: BTreeMap<String, BTreeMap<u32, u8>> = BTreeMap::new();
    for block in db.words.iter(txn)? {
        let (key, _) = block?;
        let term = term_of(key).ok_or_else(|| Error::damaged("a key of the words"))?;
        if !all.contains_key(term) {
            all.insert(term.into(), read(db, txn, term)?.into_iter().collect());
        }
    }
    Ok(all)
}
