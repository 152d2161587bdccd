//! Every instruction set of this processor against plain arithmetic, on odd shapes.

use proptest::prelude::*;

use crate::fault::Fault;
use crate::probe::{PRECISIONS, numbers, product_of_words, row_words};
use crate::*;

/// Every set of this processor, and the model of a unit for tiles.
fn all() -> impl Iterator<Item = Isa> {
    Isa::available().into_iter().chain([Isa::Faulty(Fault::Tiles)])
}

fn close(ours: &[f32], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len());
    for (n, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let difference = (f64::from(*ours) - theirs).abs();
        assert!(difference <= tolerance, "at {n}: {ours} and not {theirs}");
    }
}

fn activated(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::None => x,
        Activation::Relu => x.max(0.0),
        Activation::Relu6 => x.clamp(0.0, 6.0),
        Activation::QuickGelu => x / (1.0 + (-1.702 * x).exp()),
        Activation::Gelu => x * 0.5 * (1.0 + erf(x / 2f64.sqrt())),
        Activation::GeluTanh => {
            let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
            x * 0.5 * (1.0 + u.tanh())
        }
    }
}

/// erf by its series, which is exact enough in f64 for |x| below 5.
fn erf(x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (x, x, 0.0);
    while term.abs() > 1e-17 * sum.abs() && n < 300.0 {
        n += 1.0;
        term *= -x * x / n;
        sum += term / (2.0 * n + 1.0);
    }
    if x.abs() > 5.0 { x.signum() } else { sum * 2.0 / std::f64::consts::PI.sqrt() }
}

fn activation() -> impl Strategy<Value = Activation> {
    use Activation::*;
    prop::sample::select(vec![None, Relu, Relu6, QuickGelu, Gelu, GeluTanh])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Products are those of the words, so nothing saturates and no column or row is mistaken.
    #[test]
    fn a_layer_multiplies_exactly_what_its_words_stand_for(
        rows in 1usize..130, columns in 1usize..70, depth in 1usize..300,
        threads in 1usize..4, seed in 1u32..1000, activation in activation(), add: bool,
    ) {
        let team = ThreadTeam::new(threads);
        let (x, w, bias) = (numbers(seed, rows * depth), numbers(seed + 1, columns * depth), numbers(seed + 2, columns));
        let before = numbers(seed + 3, rows * columns);
        for isa in all() {
            for precision in PRECISIONS {
                let layer = Linear::pack(isa, precision, &w, depth, Some(&bias));
                let mut buffer = Rows::new(isa, precision);
                let prepared = buffer.prepare(&team, &x, depth);
                let mut out = before.clone();
                layer.forward(&team, prepared, Epilogue { add, activation }, &mut out);
                let expected: Vec<f64> = product_of_words(isa, precision, &layer, prepared)
                    .into_iter()
                    .zip(&before)
                    .map(|(y, before)| activated(activation, if add { y + f64::from(*before) } else { y }))
                    .collect();
                close(&out, &expected, 1e-4);
            }
        }
    }

    /// Sums of bytes are exact, and the same instructions finish them: tiles change no bit.
    #[test]
    fn tiles_of_bytes_give_what_the_dot_product_gives(
        rows in 1usize..130, columns in 1usize..70, depth in 1usize..300,
        threads in 1usize..4, seed in 1u32..1000, activation in activation(), add: bool,
    ) {
        let team = ThreadTeam::new(threads);
        let (x, w, bias) = (numbers(seed, rows * depth), numbers(seed + 1, columns * depth), numbers(seed + 2, columns));
        let product = |isa| {
            let layer = Linear::pack(isa, Precision::Int8, &w, depth, Some(&bias));
            let mut out = numbers(seed + 3, rows * columns);
            let mut buffer = Rows::new(isa, Precision::Int8);
            layer.forward(&team, buffer.prepare(&team, &x, depth), Epilogue { add, activation }, &mut out);
            out.into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        prop_assert_eq!(product(Isa::Faulty(Fault::Tiles)), product(Isa::Portable));
        if Isa::Avx512Amx.is_available() {
            prop_assert_eq!(product(Isa::Avx512Amx), product(Isa::Avx512Vnni));
        }
    }

    /// Integers stand for what they were made of, to half a step; so all sets of instructions agree.
    #[test]
    fn integers_stand_for_the_rows_they_were_made_of(
        rows in 1usize..20, depth in 1usize..300, seed in 1u32..1000, factor in 1e-3f32..1e3,
    ) {
        let team = ThreadTeam::new(1);
        let x: Vec<f32> = numbers(seed, rows * depth).into_iter().map(|x| x * factor + factor).collect();
        for isa in all() {
            for precision in [Precision::Bf16, Precision::Int8] {
                let kind = isa.kind(precision);
                let mut buffer = Rows::new(isa, precision);
                let prepared = buffer.prepare(&team, &x, depth);
                for row in 0..rows {
                    for (at, q) in row_words(isa, kind, prepared, row).into_iter().enumerate() {
                        let (value, step) = if kind.is_integer() {
                            let step = f64::from(prepared.scale[row]);
                            (f64::from(prepared.offset[row]) + step * q, step)
                        } else {
                            // Eight bits, the first of which is understood: half a step is 1/256 of the value.
                            (q, f64::from(x[row * depth + at].abs()) / 128.0)
                        };
                        let difference = (value - f64::from(x[row * depth + at])).abs();
                        prop_assert!(difference <= 0.51 * step + 1e-5 * f64::from(factor), "{isa} {precision}");
                    }
                }
            }
        }
    }

    /// Each row of two neighbours, as a convolution has its patches.
    #[test]
    fn rows_of_parts_are_those_that_are_prepared_whole(rows in 2usize..20, blocks in 1usize..9, seed in 1u32..1000) {
        let team = ThreadTeam::new(1);
        let depth = 32 * blocks;
        let x = numbers(seed, rows * depth);
        let pairs: Vec<f32> = x.windows(2 * depth).step_by(depth).flatten().copied().collect();
        for isa in all() {
            for precision in [Precision::F32, Precision::Bf16] {
                if !Rows::are_parts(isa, precision, depth) {
                    continue;
                }
                let (mut parts, mut whole, mut buffer) =
                    (Rows::new(isa, precision), Rows::new(isa, precision), Rows::new(isa, precision));
                let parts = parts.prepare(&team, &x, depth);
                let gathered = buffer.gather(parts, (rows - 1, 2 * depth), |words, out| {
                    let of_row = words.len() / rows;
                    words.windows(2 * of_row).step_by(of_row).zip(out.chunks_exact_mut(2 * of_row))
                        .for_each(|(pair, out)| out.copy_from_slice(pair));
                });
                let expected = whole.prepare(&team, &pairs, 2 * depth);
                prop_assert!(gathered.words == expected.words && gathered.count() == expected.count());
            }
        }
    }

    #[test]
    fn a_normalised_row_has_no_mean_and_unit_variance(
        rows in 1usize..9, depth in 2usize..200, seed in 1u32..1000,
    ) {
        let x: Vec<f32> = numbers(seed, rows * depth).into_iter().map(|x| 3.0 * x + 1.0).collect();
        let norm = LayerNorm { weight: numbers(seed + 1, depth), bias: numbers(seed + 2, depth), epsilon: 1e-5 };
        let expected: Vec<f64> = x.chunks_exact(depth).flat_map(|x| normalised(x, &norm)).collect();
        for isa in Isa::available() {
            let mut out = vec![0.0; x.len()];
            norm.forward(isa, &x, &mut out);
            close(&out, &expected, 1e-4);
            let mut buffer = Rows::new(isa, Precision::F32);
            let prepared = buffer.normalise(&ThreadTeam::new(2), &x, &norm);
            close(raw::memory::floats(prepared.words), &expected, 1e-4);
        }
    }

    #[test]
    fn attention_is_softmax_of_products_over_what_may_be_seen(
        lengths in prop::collection::vec(1usize..80, 1..4), heads in 1usize..4,
        size in prop::sample::select(vec![3usize, 8, 16, 33, 64]), causal: bool, only_one: bool, seed in 1u32..1000,
    ) {
        let mut start = 0;
        let sequences: Vec<Sequence> = lengths.iter().map(|&length| {
            let sequence = Sequence { start, length, only: only_one.then_some(length / 2) };
            start += length;
            sequence
        }).collect();
        let hidden = heads * size;
        let answers: usize = sequences.iter().map(Sequence::answers).sum();
        let query = numbers(seed, answers * hidden);
        let key_value = numbers(seed + 1, start * 2 * hidden);
        let expected = attended(&sequences, (heads, size), causal, &query, &key_value);
        for isa in Isa::available() {
            let mut out = vec![0.0; answers * hidden];
            let attention = Attention { isa, heads, hidden, causal };
            attention.forward(&ThreadTeam::new(2), &sequences, &query, &key_value, &mut out);
            close(&out, &expected, 1e-5);
        }
    }
}

fn normalised(x: &[f32], norm: &LayerNorm) -> Vec<f64> {
    let count = x.len() as f64;
    let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
    let variance = x.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / count;
    let factor = 1.0 / (variance + f64::from(norm.epsilon)).sqrt();
    x.iter()
        .zip(norm.weight.iter().zip(&norm.bias))
        .map(|(x, (w, b))| (f64::from(*x) - mean) * factor * f64::from(*w) + f64::from(*b))
        .collect()
}

fn attended(
    sequences: &[Sequence],
    (heads, size): (usize, usize),
    causal: bool,
    q: &[f32],
    kv: &[f32],
) -> Vec<f64> {
    let hidden = heads * size;
    let mut out = Vec::new();
    for sequence in sequences {
        let positions = sequence.only.map_or(0..sequence.length, |only| only..only + 1);
        for position in positions {
            let row = out.len() / hidden;
            for head in 0..heads {
                let seen = if causal { position + 1 } else { sequence.length };
                let at =
                    |n: usize, half: usize| (sequence.start + n) * 2 * hidden + half * hidden + head * size;
                let scores: Vec<f64> = (0..seen)
                    .map(|n| {
                        let dot = (0..size).map(|d| {
                            f64::from(q[row * hidden + head * size + d]) * f64::from(kv[at(n, 0) + d])
                        });
                        (dot.sum::<f64>() / (size as f64).sqrt()).exp()
                    })
                    .collect();
                let sum: f64 = scores.iter().sum();
                out.extend((0..size).map(|d| {
                    scores.iter().enumerate().map(|(n, s)| s / sum * f64::from(kv[at(n, 1) + d])).sum::<f64>()
                }));
            }
        }
    }
    out
}

#[test]
fn gelu_is_exact_to_a_millionth() {
    let both = [Activation::Gelu, Activation::GeluTanh];
    for (isa, activation) in
        Isa::available().into_iter().flat_map(|isa| both.map(|activation| (isa, activation)))
    {
        let mut x: Vec<f32> = (-800..=800).map(|n| n as f32 / 100.0).collect();
        x.extend([-60.0, -1e4]);
        let layer = Linear::pack(isa, Precision::F32, &[1.0], 1, None);
        let team = ThreadTeam::new(1);
        let mut out = vec![0.0; x.len()];
        let epilogue = Epilogue { add: false, activation };
        layer.forward(&team, Rows::new(isa, Precision::F32).prepare(&team, &x, 1), epilogue, &mut out);
        let expected: Vec<f64> = x.iter().map(|x| activated(activation, f64::from(*x))).collect();
        close(&out, &expected, 1e-6);
    }
}

#[test]
fn the_largest_integers_do_not_saturate() {
    for isa in all() {
        for precision in [Precision::Bf16, Precision::Int8] {
            let depth = 3072;
            // All weights are the largest, all inputs but one, too.
            let w = vec![1.0; depth];
            let mut x = vec![1.0; depth];
            x[7] = 0.0;
            let team = ThreadTeam::new(1);
            let layer = Linear::pack(isa, precision, &w, depth, None);
            let mut out = [0.0];
            let mut buffer = Rows::new(isa, precision);
            layer.forward(&team, buffer.prepare(&team, &x, depth), Epilogue::default(), &mut out);
            assert!((out[0] - (depth - 1) as f32).abs() < 0.5, "{isa} {precision}: {}", out[0]);
        }
    }
}

/// A buffer keeps what a wider layer left, which may be infinite.
#[test]
fn what_a_buffer_held_before_does_not_reach_a_product() {
    let team = ThreadTeam::new(1);
    for isa in all() {
        let (layer, mut out) = (Linear::pack(isa, Precision::Bf16, &[1.0], 1, None), [0.0; 3]);
        let mut buffer = Rows::new(isa, Precision::Bf16);
        buffer.prepare(&team, &[f32::INFINITY; 96], 96);
        layer.forward(&team, buffer.prepare(&team, &[1.0, 2.0, 3.0], 1), Epilogue::default(), &mut out);
        close(&out, &[1.0, 2.0, 3.0], 0.02);
    }
}
