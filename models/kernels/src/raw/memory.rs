//! Words that begin on a cache line, owned or mapped from a file.

use std::ops::Deref;
use std::sync::Arc;

use memmap2::Mmap;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u32; 16]);

/// Zeroed words that begin on a cache line.
#[derive(Clone, Default)]
pub(crate) struct Words {
    lines: Vec<Line>,
    length: usize,
}

impl Words {
    pub fn zeroed(length: usize) -> Self {
        Self { lines: vec![Line([0; 16]); length.div_ceil(16)], length }
    }

    /// Makes it `length` words long; what is in them is not said.
    pub fn resize(&mut self, length: usize) {
        let lines = length.div_ceil(16);
        // What is there stays, whether it is used now or later: filling it with zeros again takes time.
        if self.lines.len() < lines {
            self.lines.resize(lines, Line([0; 16]));
        }
        self.length = length;
    }

    pub fn as_mut_slice(&mut self) -> &mut [u32] {
        // SAFETY: the lines hold at least `length` words, side by side and initialised.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}

impl Deref for Words {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        // SAFETY: the lines hold at least `length` words, side by side and initialised.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

/// Words of a mapped file.
#[derive(Clone)]
pub(crate) struct MappedWords {
    map: Arc<Mmap>,
    offset: usize,
    length: usize,
}

impl MappedWords {
    /// `length` words from byte `offset` on; nothing if they are not all in the file, or do not begin at
    /// a multiple of four bytes.
    pub fn new(map: Arc<Mmap>, offset: usize, length: usize) -> Option<Self> {
        let end = length.checked_mul(4)?.checked_add(offset)?;
        (end <= map.len() && offset.is_multiple_of(4)).then_some(Self { map, offset, length })
    }
}

impl Deref for MappedWords {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        // SAFETY: `new` has checked bounds and alignment (a map begins on a page); any bits are words.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().add(self.offset).cast(), self.length) }
    }
}

/// Words that hold f32.
pub(crate) fn floats(words: &[u32]) -> &[f32] {
    // SAFETY: both are four bytes with the same alignment, and any bits are an f32.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), words.len()) }
}

/// The same, to be written.
pub(crate) fn floats_mut(words: &mut [u32]) -> &mut [f32] {
    // SAFETY: both are four bytes with the same alignment, and any bits are a value of either.
    unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), words.len()) }
}

/// f32 as words.
pub(crate) fn bits(values: &[f32]) -> &[u32] {
    // SAFETY: both are four bytes with the same alignment, and any bits are a word.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), values.len()) }
}

/// The same, to be written.
pub(crate) fn bits_mut(values: &mut [f32]) -> &mut [u32] {
    // SAFETY: both are four bytes with the same alignment, and any bits are a value of either.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len()) }
}

/// Words as bytes, in the order of this machine.
pub(crate) fn bytes(words: &[u32]) -> &[u8] {
    // SAFETY: a word is four initialised bytes, and bytes have no alignment.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), 4 * words.len()) }
}
