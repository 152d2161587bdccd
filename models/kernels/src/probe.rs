//! Checks that the kernels of an instruction set compute correctly, before a process uses them.
//!
//! A processor reports which instructions it has, but not whether our kernels use them correctly, and nobody
//! can test on every processor. A wrong kernel raises no error: embeddings differ, and searches find other
//! products. So [`Isa::best`](crate::Isa::best) takes an instruction set only after the probe has computed a
//! small fixed layer of each precision, a normalisation, an attention and a depthwise convolution correctly on
//! this processor.

use crate::depthwise::{Depthwise, DepthwiseInput};
use crate::epilogue::{Activation, Epilogue};
use crate::isa::{Isa, Kind, Precision};
use crate::linear::Linear;
use crate::moments::column_moments;
use crate::prepared::PreparedRows;
use crate::raw::attention::{Attention, Sequence};
use crate::raw::memory::floats;
use crate::raw::thread_team::ThreadTeam;
use crate::rows::{LayerNorm, Rows};

pub(crate) const PRECISIONS: [Precision; 4] =
    [Precision::F32, Precision::Bf16, Precision::Fixed16, Precision::Int8];

/// Whole tiles of rows, a whole panel of columns and a part of one, and so deep that 16-bit products are
/// summed in two parts; neither columns nor depth are a multiple of anything.
const ROWS: usize = 12;
/// Rows of one block of tiles, and of two that differ in their rows.
const TILED_ROWS: [usize; 2] = [ROWS, 45];
const COLUMNS: usize = 37;
const DEPTH: usize = 267;

/// The largest difference that another order of summation causes between values of this size.
const TOLERANCE: f64 = 1e-4;

/// Whether layers of all precisions, normalisation, attention and depthwise convolution come out right.
pub(crate) fn agrees(isa: Isa) -> bool {
    let team = ThreadTeam::new(1);
    PRECISIONS.into_iter().all(|precision| {
        let rows = if isa.has_tiles(isa.kind(precision)) { &TILED_ROWS[..] } else { &[ROWS] };
        rows.iter().all(|rows| multiplies(&team, isa, precision, *rows))
    }) && finishes(&team, isa)
        && normalises(isa)
        && attends(&team, isa)
        && convolves(&team, isa)
        && measures(isa)
}

/// Rows become words that stand for them, and a layer multiplies what the words stand for.
fn multiplies(team: &ThreadTeam, isa: Isa, precision: Precision, count: usize) -> bool {
    let (x, weight, bias) = (numbers(1, count * DEPTH), numbers(2, COLUMNS * DEPTH), numbers(3, COLUMNS));
    let layer = Linear::pack(isa, precision, &weight, DEPTH, Some(&bias));
    let mut buffer = Rows::new(isa, precision);
    let rows = buffer.prepare(team, &x, DEPTH);
    let mut out = vec![0.0; count * COLUMNS];
    layer.forward(team, rows, Epilogue::default(), &mut out);
    (0..count).all(|row| stands_for(isa, precision, rows, row, &x[row * DEPTH..][..DEPTH]))
        && close(&out, &product_of_words(isa, precision, &layer, rows))
}

/// Whether a row's words are its values to half a step, or to the eight bits that bfloat16 keeps.
fn stands_for(isa: Isa, precision: Precision, rows: PreparedRows<'_>, row: usize, x: &[f32]) -> bool {
    let kind = isa.kind(precision);
    let (step, offset) = if kind.is_integer() {
        (f64::from(rows.scale[row]), f64::from(rows.offset[row]))
    } else {
        (1.0, 0.0)
    };
    let half = if kind.is_integer() { 0.501 * step } else { 1.0 / 256.0 };
    let words = row_words(isa, kind, rows, row);
    words.iter().zip(x).all(|(word, x)| (offset + step * word - f64::from(*x)).abs() <= half)
}

/// Sums are added to what is there and activated as the portable kernels do it.
fn finishes(team: &ThreadTeam, isa: Isa) -> bool {
    let (x, weight) = (numbers(4, ROWS * 5), numbers(5, COLUMNS * 5));
    let finished = |isa, activation| {
        let layer = Linear::pack(isa, Precision::F32, &weight, 5, None);
        let mut out: Vec<f32> = numbers(6, ROWS * COLUMNS).into_iter().map(|x| 4.0 * x).collect();
        let mut rows = Rows::new(isa, Precision::F32);
        layer.forward(team, rows.prepare(team, &x, 5), Epilogue { add: true, activation }, &mut out);
        out
    };
    [Activation::Relu, Activation::Relu6, Activation::QuickGelu, Activation::Gelu, Activation::GeluTanh]
        .into_iter()
        .all(|activation| close(&finished(isa, activation), &wide(&finished(Isa::Portable, activation))))
}

/// Neighbouring results together, borders on all sides, whole vectors of channels and a part of one.
fn convolves(team: &ThreadTeam, isa: Isa) -> bool {
    let (side, channels) = (9, 21);
    let (x, weight, bias) =
        (numbers(10, side * side * channels), numbers(11, 25 * channels), numbers(12, channels));
    let convolved = |isa| {
        let layer = Depthwise::new(isa, (5, 1), &weight, &bias, (0.0, 1.0));
        let mut out = vec![0.0; x.len()];
        layer.forward(team, DepthwiseInput::Maps(&x), (side, side), &mut out);
        out
    };
    close(&convolved(isa), &wide(&convolved(Isa::Portable)))
}

/// Moments of whole vectors of channels and of a part of one.
fn measures(isa: Isa) -> bool {
    let (positions, channels) = (11, 21);
    let x = numbers(13, positions * channels);
    let measured = |isa| {
        let mut moments = vec![0.0; 2 * channels];
        let (means, deviations) = moments.split_at_mut(channels);
        column_moments(isa, &x, means, deviations);
        moments
    };
    close(&measured(isa), &wide(&measured(Isa::Portable)))
}

fn normalises(isa: Isa) -> bool {
    let x = numbers(7, 2 * DEPTH);
    let norm = LayerNorm { weight: numbers(8, DEPTH), bias: numbers(9, DEPTH), epsilon: 1e-5 };
    let normalised = |isa| {
        let mut out = vec![0.0; x.len()];
        norm.forward(isa, &x, &mut out);
        out
    };
    close(&normalised(isa), &wide(&normalised(Isa::Portable)))
}

/// Two heads over as many values as must be padded, each position seeing what came before.
fn attends(team: &ThreadTeam, isa: Isa) -> bool {
    let (heads, hidden, length) = (2, 42, 35);
    let (query, key_value) = (numbers(10, length * hidden), numbers(11, length * 2 * hidden));
    let attended = |isa| {
        let mut out = vec![0.0; length * hidden];
        let sequence = Sequence { start: 0, length, only: None };
        let attention = Attention { isa, heads, hidden, causal: true };
        attention.forward(team, &[sequence], &query, &key_value, &mut out);
        out
    };
    close(&attended(isa), &wide(&attended(Isa::Portable)))
}

/// False if one of the values is not a number.
fn close(ours: &[f32], theirs: &[f64]) -> bool {
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|(ours, theirs)| (f64::from(*ours) - theirs).abs() <= TOLERANCE)
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|x| f64::from(*x)).collect()
}

/// Numbers between −1 and 1 that depend on nothing but the seed.
pub(crate) fn numbers(seed: u32, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 * 2.0 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// What the layer's words and the rows' words stand for, multiplied in f64 and plain Rust.
pub(crate) fn product_of_words(
    isa: Isa,
    precision: Precision,
    layer: &Linear,
    rows: PreparedRows<'_>,
) -> Vec<f64> {
    let kind = isa.kind(precision);
    let parts = layer.parts();
    let [scale, sum, bias] = parts.columns_values.each_ref().map(|values| floats(values.words()));
    let weights: Vec<Vec<f64>> =
        (0..parts.columns).map(|column| column_words(isa, kind, layer, column)).collect();
    let mut out = Vec::with_capacity(rows.count() * parts.columns);
    for row in 0..rows.count() {
        let a = row_words(isa, kind, rows, row);
        for (column, w) in weights.iter().enumerate() {
            let dot: f64 = a.iter().zip(w).map(|(a, w)| a * w).sum();
            let product = if kind.is_integer() {
                let (step, offset) = (f64::from(rows.scale[row]), f64::from(rows.offset[row]));
                dot * step * f64::from(scale[column]) + offset * f64::from(sum[column])
            } else {
                dot
            };
            out.push(product + f64::from(bias[column]));
        }
    }
    out
}

/// The numbers that a row's words hold.
pub(crate) fn row_words(isa: Isa, kind: Kind, rows: PreparedRows<'_>, row: usize) -> Vec<f64> {
    let words = &rows.words[row * rows.stride..];
    let signed = isa.range(kind).low < 0;
    (0..rows.depth).map(|at| number(kind, signed, words[at / kind.per_word()], at)).collect()
}

/// The numbers that a column's words hold.
fn column_words(isa: Isa, kind: Kind, layer: &Linear, column: usize) -> Vec<f64> {
    let (parts, width) = (layer.parts(), isa.panel());
    let panel = &parts.words.words()[column / width * width * isa.words(kind, parts.depth)..];
    let word = |at: usize| panel[at / kind.per_word() * width + column % width];
    (0..parts.depth).map(|at| number(kind, true, word(at), at)).collect()
}

/// The number at place `at` of a row or column, which is in this word.
fn number(kind: Kind, signed: bool, word: u32, at: usize) -> f64 {
    match kind {
        Kind::F32 => f32::from_bits(word).into(),
        Kind::Bf16 => f32::from_bits(word >> (at % 2 * 16) << 16).into(),
        Kind::I16 => ((word >> (at % 2 * 16)) as i16).into(),
        Kind::I8 => {
            let byte = (word >> (at % 4 * 8)) as u8;
            if signed { (byte as i8).into() } else { byte.into() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;

    #[test]
    fn all_that_this_processor_has_agree() {
        for isa in Isa::available() {
            assert!(agrees(isa), "{isa}");
        }
    }

    #[test]
    fn a_kernel_without_a_fault_agrees() {
        assert!(agrees(Isa::Faulty(Fault::None)));
        assert!(agrees(Isa::Faulty(Fault::Tiles)));
    }

    #[test]
    fn the_probe_finds_every_fault() {
        for fault in Fault::ALL {
            assert!(!agrees(Isa::Faulty(fault)), "{fault:?}");
        }
    }
}
