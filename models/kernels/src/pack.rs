//! The order in which weights lie in memory, and how they get there.

use std::sync::Arc;

use memmap2::Mmap;

use crate::isa::{Isa, Kind, Range};
use crate::raw::memory::{MappedWords, Words, bytes};

/// Words that a layer owns, or that lie in a mapped file.
#[derive(Clone)]
pub struct Storage(Words32);

#[derive(Clone)]
enum Words32 {
    Owned(Arc<Words>),
    Mapped(MappedWords),
}

/// The packed weights of a layer, as a file keeps them.
#[derive(Clone)]
pub struct LinearParts {
    /// Outputs.
    pub columns: usize,
    /// Inputs.
    pub depth: usize,
    /// `[panels, words of the depth, columns of a panel]`; a word holds one, two or four weights.
    pub words: Storage,
    /// f32 bits: step of each column, sum of each column's weights, bias; each `[panels · columns of a
    /// panel]`. Steps and sums are empty where weights are floats.
    pub columns_values: [Storage; 3],
}

impl Storage {
    /// `length` words of a mapped file, from byte `offset` on. Nothing if they are not all in it, or if
    /// `offset` is no multiple of four.
    pub fn mapped(map: Arc<Mmap>, offset: usize, length: usize) -> Option<Self> {
        Some(Self(Words32::Mapped(MappedWords::new(map, offset, length)?)))
    }

    pub(crate) fn from_floats(values: &[f32]) -> Self {
        let mut words = Words::zeroed(values.len());
        words.as_mut_slice().iter_mut().zip(values).for_each(|(word, value)| *word = value.to_bits());
        Self(Words32::Owned(Arc::new(words)))
    }

    /// The words.
    pub fn words(&self) -> &[u32] {
        match &self.0 {
            Words32::Owned(words) => words,
            Words32::Mapped(words) => words,
        }
    }

    /// The words as they lie in memory.
    pub fn bytes(&self) -> &[u8] {
        bytes(self.words())
    }
}

/// Packs `weight`, `[columns, depth]`.
pub(crate) fn pack(isa: Isa, kind: Kind, weight: &[f32], depth: usize, bias: Option<&[f32]>) -> LinearParts {
    let columns = weight.len() / depth;
    let width = isa.panel();
    let padded = columns.next_multiple_of(width);
    let words_of_depth = isa.words(kind, depth);
    let mut words = Words::zeroed(padded * words_of_depth);
    let (mut scales, mut sums) = (vec![0.0; padded], vec![0.0; padded]);
    let mut row = Vec::new();
    for (column, weight) in weight.chunks_exact(depth).enumerate() {
        let (scale, sum) = column_words(kind, isa.range(kind), weight, &mut row);
        (scales[column], sums[column]) = (scale, sum);
        let panel = &mut words.as_mut_slice()[column / width * width * words_of_depth..];
        for (at, word) in row.iter().enumerate() {
            panel[at * width + column % width] = *word;
        }
    }
    let mut biases = vec![0.0; padded];
    if let Some(bias) = bias {
        biases[..columns].copy_from_slice(bias);
    }
    if !kind.is_integer() {
        (scales, sums) = (Vec::new(), Vec::new());
    }
    let columns_values = [&scales, &sums, &biases].map(|values| Storage::from_floats(values));
    LinearParts { columns, depth, words: Storage(Words32::Owned(Arc::new(words))), columns_values }
}

/// The words of one column, its step, and the sum of what the words stand for.
fn column_words(kind: Kind, range: Range, weight: &[f32], words: &mut Vec<u32>) -> (f32, f32) {
    words.clear();
    match kind {
        Kind::F32 => words.extend(weight.iter().map(|w| w.to_bits())),
        Kind::Bf16 => words.extend(weight.chunks(2).map(|pair| {
            let bits = |w: f32| u32::from(half::bf16::from_f32(w).to_bits());
            bits(pair[0]) | pair.get(1).map_or(0, |w| bits(*w) << 16)
        })),
        Kind::I16 | Kind::I8 => {
            let scale = column_scale(kind, range, weight);
            let limit = range.weight as f32;
            let integer = |w: f32| (w / scale).round_ties_even().clamp(-limit, limit) as i32;
            let sum: i64 = weight.iter().map(|w| i64::from(integer(*w))).sum();
            let bits = 32 / kind.per_word();
            let mask = u32::MAX >> (32 - bits);
            words.extend(weight.chunks(kind.per_word()).map(|values| {
                let values = values.iter().enumerate();
                values.fold(0, |word, (n, w)| word | (integer(*w) as u32 & mask) << (n * bits))
            }));
            words.resize(kind.words(weight.len()), 0);
            return (scale, (sum as f64 * f64::from(scale)) as f32);
        }
    }
    (1.0, 0.0)
}

/// The step of a column's integers. Of a column that is all zero: 1.
fn column_scale(_kind: Kind, range: Range, weight: &[f32]) -> f32 {
    let largest = weight.iter().fold(0.0f32, |largest, w| largest.max(w.abs()));
    if largest > 0.0 { largest / range.weight as f32 } else { 1.0 }
}
