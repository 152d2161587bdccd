//! Posting lists: the items that have a term. A list is stored in blocks, so that a change rewrites one block and
//! not the whole list.
//!
//! Key: the term, a zero byte, the block's number as big-endian `u32`. Value: for each item of the block that has
//! the term, in order, its slot in the block as little-endian `u16`, and its weight.

use std::collections::{BTreeMap, HashMap};

use crate::error::{Error, Result};
use crate::store::view::{Edit, View};

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

/// The changes of a batch to the postings: for each term the items with their new weights, or `None` where the
/// item loses the term. Of several changes of an item, the last counts.
#[derive(Default)]
pub(crate) struct PostingChanges(HashMap<String, Vec<(u32, Option<u8>)>>);

impl PostingChanges {
    pub(super) fn set(&mut self, term: &str, item: u32, weight: u8) {
        self.put(term, item, Some(weight));
    }

    pub(super) fn remove(&mut self, term: &str, item: u32) {
        self.put(term, item, None);
    }

    /// Copies the term only when it is new, since common words come with every product.
    fn put(&mut self, term: &str, item: u32, weight: Option<u8>) {
        match self.0.get_mut(term) {
            Some(changes) => changes.push((item, weight)),
            None => drop(self.0.insert(term.to_owned(), vec![(item, weight)])),
        }
    }

    pub(crate) fn write(self, edit: &mut Edit<'_, '_>) -> Result<()> {
        let mut terms: Vec<_> = self.0.into_iter().collect();
        // Writes in the order of the keys, so that pages fill one after another.
        terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (term, mut changes) in terms {
            changes.sort_by_key(|(item, _)| *item);
            for block in changes.chunk_by(|a, b| a.0 / SLOTS == b.0 / SLOTS) {
                write_block(edit, &key(&term, block[0].0 / SLOTS), block)?;
            }
        }
        Ok(())
    }
}

fn write_block(edit: &mut Edit<'_, '_>, key: &[u8], changes: &[(u32, Option<u8>)]) -> Result<()> {
    let stored = edit.db.words.get(edit.txn, key)?.unwrap_or_default();
    let bytes = merged(stored, changes)?;
    if bytes.is_empty() {
        edit.db.words.delete(edit.txn, key)?;
    } else {
        edit.db.words.put(edit.txn, key, &bytes)?;
    }
    Ok(())
}

/// A stored block with these changes, which are in the order of their items.
fn merged(stored: &[u8], changes: &[(u32, Option<u8>)]) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(stored.len() + changes.len() * ENTRY);
    let mut keep = |slot, weight: Option<u8>| {
        weight.into_iter().for_each(|weight| bytes.extend(entry(slot, weight)));
    };
    let newest = changes.chunk_by(|a, b| a.0 == b.0).filter_map(<[_]>::last);
    let mut newest = newest.map(|(item, weight)| ((item % SLOTS) as u16, *weight)).peekable();
    for (slot, weight) in decode(stored)? {
        if u32::from(slot) >= SLOTS {
            return Err(Error::damaged("a list of words names a place outside its block"));
        }
        while let Some((before, weight)) = newest.next_if(|(next, _)| *next < slot) {
            keep(before, weight);
        }
        keep(slot, newest.next_if(|(next, _)| *next == slot).map_or(Some(weight), |(_, weight)| weight));
    }
    newest.for_each(|(slot, weight)| keep(slot, weight));
    Ok(bytes)
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

/// The items that have `term`, in order, each with its weight.
pub(crate) fn read(view: View<'_>, term: &str) -> Result<Vec<(u32, u8)>> {
    let mut found = Vec::new();
    let prefix = [term.as_bytes(), b"\0"].concat();
    for block in view.db.words.prefix_iter(view.txn, &prefix)? {
        let (key, bytes) = block?;
        let number = key[prefix.len()..].try_into().map(u32::from_be_bytes);
        let first = number.map_err(|_| Error::damaged("a key of the words"))? * SLOTS;
        found.extend(decode(bytes)?.map(|(slot, weight)| (first + u32::from(slot), weight)));
    }
    Ok(found)
}

/// All posting lists, for checks and dumps.
pub(crate) fn all(view: View<'_>) -> Result<BTreeMap<String, BTreeMap<u32, u8>>> {
    let mut all: BTreeMap<String, BTreeMap<u32, u8>> = BTreeMap::new();
    for block in view.db.words.iter(view.txn)? {
        let (key, _) = block?;
        let term = term_of(key).ok_or_else(|| Error::damaged("a key of the words"))?;
        if !all.contains_key(term) {
            all.insert(term.into(), read(view, term)?.into_iter().collect());
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_merged_in_order_and_the_last_of_an_item_counts() {
        let stored: Vec<u8> =
            [(1, 10), (5, 50), (9, 90)].into_iter().flat_map(|(s, w)| entry(s, w)).collect();
        let changes =
            [(0, Some(1)), (5, None), (6, Some(6)), (6, Some(7)), (9, None), (9, Some(9)), (1023, Some(3))];
        let after = merged(&stored, &changes.map(|(item, weight)| (SLOTS * 4 + item, weight))).unwrap();
        let after: Vec<(u16, u8)> = decode(&after).unwrap().collect();
        assert_eq!(after, [(0, 1), (1, 10), (6, 7), (9, 9), (1023, 3)]);
        assert!(merged(&stored, &[(1, None), (5, None), (9, None)]).unwrap().is_empty());
        assert!(merged(&entry(1024, 1), &[]).is_err() && merged(&[1, 2], &[]).is_err());
    }
}
