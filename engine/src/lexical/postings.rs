//! Which items have a term, in blocks: a change rewrites a block of it, not the whole list.
//!
//! Key: the term, a zero byte, the block's number as big-endian `u32`. Value: for each item of the block that has
//! the term, in order, its place in the block as little-endian `u16`, and its weight.

use std::collections::{BTreeMap, HashMap};

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

/// What a batch does to the postings: for each term its items with their weights, or none where it goes; of
/// several changes of one item the last counts.
#[derive(Default)]
pub(crate) struct Changes(HashMap<String, Vec<(u32, Option<u8>)>>);

impl Changes {
    pub(super) fn set(&mut self, term: &str, item: u32, weight: u8) {
        self.put(term, item, Some(weight));
    }

    pub(super) fn remove(&mut self, term: &str, item: u32) {
        self.put(term, item, None);
    }

    /// Common words come with every product: only a new one is copied.
    fn put(&mut self, term: &str, item: u32, weight: Option<u8>) {
        match self.0.get_mut(term) {
            Some(changes) => changes.push((item, weight)),
            None => drop(self.0.insert(term.to_owned(), vec![(item, weight)])),
        }
    }

    pub(crate) fn write(self, db: &Databases<'_>, txn: &mut RwTxn<'_>) -> Result<()> {
        let mut terms: Vec<_> = self.0.into_iter().collect();
        // In the order of the keys, so that pages fill one after the other.
        terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (term, mut changes) in terms {
            changes.sort_by_key(|(item, _)| *item);
            for block in changes.chunk_by(|a, b| a.0 / SLOTS == b.0 / SLOTS) {
                write_block(db, txn, &key(&term, block[0].0 / SLOTS), block)?;
            }
        }
        Ok(())
    }
}

fn write_block(
    db: &Databases<'_>,
    txn: &mut RwTxn<'_>,
    key: &[u8],
    changes: &[(u32, Option<u8>)],
) -> Result<()> {
    // Nought stands for no weight: those that are kept begin at one.
    let mut weights = [0; SLOTS as usize];
    for (slot, weight) in decode(db.words.get(txn, key)?.unwrap_or_default())? {
        let place = weights.get_mut(usize::from(slot));
        *place.ok_or_else(|| Error::damaged("a list of words names a place outside its block"))? = weight;
    }
    for (item, weight) in changes {
        weights[(item % SLOTS) as usize] = weight.unwrap_or(0);
    }
    let kept = (0..).zip(weights).filter(|(_, weight)| *weight > 0);
    let bytes: Vec<u8> = kept.flat_map(|(slot, weight)| entry(slot, weight)).collect();
    if bytes.is_empty() {
        db.words.delete(txn, key)?;
    } else {
        db.words.put(txn, key, &bytes)?;
    }
    Ok(())
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
