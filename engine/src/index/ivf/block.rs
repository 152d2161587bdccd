//! The disk format of codes: groups of 32 items, interleaved for the scan.
//!
//! A block holds the number of its items and the width of their codes (two little-endian `u32`), padding to
//! 16 bytes, then groups. A group holds `[width / 4, 16]` bytes of codes (the low half of byte `i` is item
//! `i`'s nibble, the high half item `16 + i`'s), 32 scales and 32 distances along the axis
//! (little-endian f32), 32 items (little-endian `u32`), and then the fine codes and fine scales in the same form as codes
//! and scales. Slots after the last item are zero.

use super::code::Code;
use crate::error::{Error, Result};
use crate::index::simd::lookup::{Floats, GROUP, Group};
use crate::index::simd::prefetch;

const HEADER: usize = 16;
const FLOATS: usize = GROUP * 4;

/// A block that is read in place.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a> {
    groups: &'a [u8],
    len: usize,
    width: usize,
}

fn group_bytes(width: usize) -> usize {
    2 * width * 4 + 4 * FLOATS
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl<'a> Block<'a> {
    /// A stored block of codes of `width` bits.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the size does not match the header, or the codes have another width.
    pub(crate) fn read(bytes: &'a [u8], width: usize) -> Result<Self> {
        let damaged = || Error::damaged(format!("a block of codes has {} bytes", bytes.len()));
        let len = word(bytes, 0).ok_or_else(damaged)? as usize;
        let groups = bytes.get(HEADER..).ok_or_else(damaged)?;
        let expected = len.div_ceil(GROUP).checked_mul(group_bytes(width));
        if word(bytes, 4) != u32::try_from(width).ok() || expected != Some(groups.len()) {
            return Err(damaged());
        }
        Ok(Self { groups, len, width })
    }

    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The bytes of all groups.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.groups
    }

    /// The groups, each with its number of items.
    pub(crate) fn groups(self) -> impl Iterator<Item = Entries<'a>> {
        let left = (0..).step_by(GROUP).map(move |before| (self.len - before).min(GROUP));
        self.groups.chunks_exact(group_bytes(self.width)).zip(left).filter_map(move |(bytes, len)| {
            let (codes, rest) = bytes.split_at(self.width * 4);
            let (scales, rest) = floats(rest)?;
            let (alongs, rest) = floats(rest)?;
            let (items, rest) = floats(rest)?;
            let (fine, rest) = rest.split_at_checked(self.width * 4)?;
            let (fine_scales, _) = floats(rest)?;
            Some(Entries { group: Group { codes, scales, alongs }, items, fine, fine_scales, len })
        })
    }

    /// All items, in order.
    pub(crate) fn items(self) -> impl Iterator<Item = u32> + use<'a> {
        self.groups().flat_map(|entries| (0..entries.len).map(move |slot| entries.item(slot)))
    }

    /// The code in `slot`.
    pub(crate) fn code(self, slot: usize) -> Option<(u32, Code)> {
        let entries = self.groups().nth(slot / GROUP)?;
        let (lane, high) = (slot % 16, slot % GROUP / 16);
        let nibbles = |codes: &[u8]| codes.chunks_exact(16).map(|n| n[lane] >> (4 * high) & 15).collect();
        let slot = slot % GROUP;
        let value = |floats: &Floats| f32::from_le_bytes(floats[slot]);
        let code = Code {
            nibbles: nibbles(entries.group.codes),
            scale: value(entries.group.scales),
            fine: nibbles(entries.fine),
            fine_scale: value(entries.fine_scales),
            along: value(entries.group.alongs),
        };
        Some((entries.item(slot), code))
    }
}

/// The first values of `bytes`, one for each item of a group, and the rest.
fn floats(bytes: &[u8]) -> Option<(&Floats, &[u8])> {
    let (first, rest) = bytes.split_at_checked(FLOATS)?;
    Some((first.as_chunks().0.try_into().ok()?, rest))
}

/// A group and the items in it.
#[derive(Clone, Copy)]
pub(crate) struct Entries<'a> {
    pub(crate) group: Group<'a>,
    items: &'a Floats,
    fine: &'a [u8],
    pub(crate) fine_scales: &'a Floats,
    len: usize,
}

impl<'a> Entries<'a> {
    /// The fine codes, with the fine scales.
    #[inline]
    pub(crate) fn fine_group(&self) -> Group<'a> {
        Group { codes: self.fine, scales: self.fine_scales, alongs: self.group.alongs }
    }

    /// Prefetches the group, `with_fine` also the fine codes.
    #[inline]
    pub(crate) fn prefetch(&self, with_fine: bool) {
        prefetch(self.group.codes);
        prefetch(self.group.scales.as_flattened());
        prefetch(self.group.alongs.as_flattened());
        prefetch(self.items.as_flattened());
        if with_fine {
            prefetch(self.fine);
            prefetch(self.fine_scales.as_flattened());
        }
    }

    /// A bit for each slot that has an item.
    #[inline]
    pub(crate) fn mask(&self) -> u32 {
        u32::MAX >> (GROUP - self.len)
    }

    #[inline]
    pub(crate) fn item(&self, slot: usize) -> u32 {
        u32::from_le_bytes(self.items[slot])
    }
}

/// A block that can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlockBuf {
    bytes: Vec<u8>,
    len: usize,
    width: usize,
}

impl BlockBuf {
    pub(crate) fn new(width: usize) -> Self {
        let mut block = Self { bytes: vec![0; HEADER], len: 0, width };
        block.bytes[4..8].copy_from_slice(&(width as u32).to_le_bytes());
        block
    }

    pub(crate) fn from_bytes(bytes: &[u8], width: usize) -> Result<Self> {
        let len = Block::read(bytes, width)?.len();
        Ok(Self { bytes: bytes.to_vec(), len, width })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn as_block(&self) -> Block<'_> {
        Block { groups: &self.bytes[HEADER..], len: self.len, width: self.width }
    }

    pub(crate) fn push(&mut self, item: u32, code: &Code) {
        let groups = (self.len + 1).div_ceil(GROUP);
        self.bytes.resize(HEADER + groups * group_bytes(self.width), 0);
        self.set_len(self.len + 1);
        self.set(self.len - 1, item, code);
    }

    /// Replaces the item in `slot`.
    pub(crate) fn set(&mut self, slot: usize, item: u32, code: &Code) {
        let (lane, high) = (slot % 16, slot % GROUP / 16);
        let width = self.width;
        let start = HEADER + slot / GROUP * group_bytes(width);
        let group = &mut self.bytes[start..start + group_bytes(width)];
        let (coarse, fine) = group.split_at_mut(width * 4 + 3 * FLOATS);
        let words = [code.scale.to_bits(), code.along.to_bits(), item];
        let halves = [(coarse, &code.nibbles, &words[..]), (fine, &code.fine, &[code.fine_scale.to_bits()])];
        for (half, nibbles, words) in halves {
            let (codes, rest) = half.split_at_mut(width * 4);
            for (bytes, nibble) in codes.chunks_exact_mut(16).zip(nibbles) {
                bytes[lane] = bytes[lane] & (0xf0 >> (4 * high)) | nibble << (4 * high);
            }
            for (part, word) in rest.chunks_exact_mut(FLOATS).zip(words) {
                part[slot % GROUP * 4..][..4].copy_from_slice(&word.to_le_bytes());
            }
        }
    }

    /// Removes the last item.
    pub(crate) fn pop(&mut self) -> Option<(u32, Code)> {
        let last = self.len.checked_sub(1)?;
        let popped = self.as_block().code(last)?;
        let zeros = || vec![0; self.width / 4];
        let nothing = Code { nibbles: zeros(), scale: 0.0, fine: zeros(), fine_scale: 0.0, along: 0.0 };
        self.set(last, 0, &nothing);
        self.bytes.truncate(HEADER + last.div_ceil(GROUP) * group_bytes(self.width));
        self.set_len(last);
        Some(popped)
    }

    /// Keeps the items for which `keep` is true. Changes their order.
    pub(crate) fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        let gone: Vec<usize> = self
            .as_block()
            .items()
            .enumerate()
            .filter(|(_, item)| !keep(*item))
            .map(|(slot, _)| slot)
            .collect();
        for slot in gone.into_iter().rev() {
            // All items behind this slot stay, so the last one can fill it.
            if let Some((item, code)) = self.pop()
                && slot < self.len
            {
                self.set(slot, item, &code);
            }
        }
    }

    fn set_len(&mut self, len: usize) {
        self.len = len;
        self.bytes[..4].copy_from_slice(&(len as u32).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 64;

    fn code(n: u32) -> Code {
        let nibbles = |n: u32| (0..WIDTH as u32 / 4).map(|i| ((n + i) % 16) as u8).collect();
        let value = n as f32;
        Code {
            nibbles: nibbles(n),
            scale: value,
            fine: nibbles(n + 3),
            fine_scale: value + 0.5,
            along: -value,
        }
    }

    fn filled(items: impl IntoIterator<Item = u32>) -> BlockBuf {
        let mut block = BlockBuf::new(WIDTH);
        items.into_iter().for_each(|item| block.push(item, &code(item)));
        block
    }

    fn assert_whole(block: &BlockBuf, mut expected: Vec<u32>) {
        let read = Block::read(block.as_bytes(), WIDTH).unwrap();
        let mut items: Vec<u32> = read.items().collect();
        for slot in 0..read.len() {
            let (item, stored) = read.code(slot).unwrap();
            let made = code(item);
            assert_eq!(stored, made);
        }
        items.sort_unstable();
        expected.sort_unstable();
        assert_eq!(items, expected);
    }

    #[test]
    fn items_come_and_go() {
        for count in [0, 1, 16, 17, 31, 32, 33, 100] {
            let mut block = filled(0..count);
            assert_whole(&block, (0..count).collect());
            block.retain(|item| item % 3 == 1);
            assert_whole(&block, (0..count).filter(|item| item % 3 == 1).collect());
            block.push(1000, &code(1000));
            block.set(0, 7, &code(7));
            assert_eq!(block.as_block().code(0).unwrap().0, 7);
        }
    }

    #[test]
    fn a_block_of_another_size_or_width_is_damaged() {
        let block = filled(0..40);
        let bytes = block.as_bytes();
        assert!(Block::read(bytes, WIDTH).is_ok());
        assert!(Block::read(bytes, 2 * WIDTH).is_err());
        for end in [0, 3, 15, 16, bytes.len() - 1] {
            assert!(Block::read(&bytes[..end], WIDTH).is_err(), "{end} bytes");
        }
        let mut more = bytes.to_vec();
        more[0] = 200;
        assert!(Block::read(&more, WIDTH).is_err());
        more[..4].fill(0xff);
        assert!(Block::read(&more, WIDTH).is_err());
    }
}
