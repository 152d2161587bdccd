//! Depthwise convolutions against their definition in f64, on every instruction set of this machine.

use proptest::prelude::*;

use super::*;
use crate::epilogue::Epilogue;
use crate::probe::{PRECISIONS, numbers, row_words};
use crate::rows::Rows;

/// By its definition, in f64.
fn expected(
    layer: &Depthwise,
    (weight, bias): (&[f32], &[f32]),
    x: &[f32],
    (height, width): (usize, usize),
) -> Vec<f64> {
    let (channels, kernel, stride) = (layer.channels, layer.kernel, layer.stride);
    let (down, across) = (layer.along(height), layer.along(width));
    let mut out = Vec::new();
    for picture in x.chunks_exact(height * width * channels) {
        for (y, column) in (0..down.results).flat_map(|y| (0..across.results).map(move |c| (y, c))) {
            for channel in 0..channels {
                let mut sum = f64::from(bias[channel]);
                for (dy, dx) in (0..kernel).flat_map(|dy| (0..kernel).map(move |dx| (dy, dx))) {
                    let at = (
                        (y * stride + dy).checked_sub(down.before).filter(|at| *at < height),
                        (column * stride + dx).checked_sub(across.before).filter(|at| *at < width),
                    );
                    if let (Some(from_top), Some(from_left)) = at {
                        let value = picture[(from_top * width + from_left) * channels + channel];
                        let weight = weight[channel * kernel * kernel + dy * kernel + dx];
                        sum += f64::from(value) * f64::from(weight);
                    }
                }
                out.push(sum.clamp(f64::from(layer.range.0), f64::from(layer.range.1)));
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_channel_is_convolved_with_its_own_kernel(
        pictures in 1usize..3, height in 1usize..14, width in 1usize..14, channels in 1usize..70,
        kernel in prop::sample::select(vec![1usize, 3, 5]), stride in 1usize..3,
        threads in 1usize..4, cut: bool, seed in 1u32..1000,
    ) {
        let weight = numbers(seed, channels * kernel * kernel);
        let bias = numbers(seed + 1, channels);
        let x = numbers(seed + 2, pictures * height * width * channels);
        let range = if cut { (0.0, 0.5) } else { (f32::NEG_INFINITY, f32::INFINITY) };
        for isa in Isa::available() {
            let layer = Depthwise::new(isa, (kernel, stride), &weight, &bias, range);
            let (rows, columns) = layer.output((height, width));
            let mut out = vec![f32::NAN; pictures * rows * columns * channels];
            layer.forward(&ThreadTeam::new(threads), DepthwiseInput::Maps(&x), (height, width), &mut out);
            for (ours, theirs) in out.iter().zip(expected(&layer, (&weight, &bias), &x, (height, width))) {
                prop_assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{isa}: {ours} and not {theirs}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_layer_widens_is_convolved_as_the_map_that_it_makes(
        pictures in 1usize..3, height in 1usize..12, width in 1usize..12, channels in 1usize..70,
        depth in 1usize..20, kernel in prop::sample::select(vec![3usize, 5]), stride in 1usize..3,
        threads in 1usize..4, seed in 1u32..1000,
    ) {
        let weight = numbers(seed, channels * kernel * kernel);
        let bias = numbers(seed + 1, channels);
        let x = numbers(seed + 2, pictures * height * width * depth);
        let wide = numbers(seed + 3, channels * depth);
        let team = ThreadTeam::new(threads);
        let combinations = Isa::available().into_iter().flat_map(|isa| PRECISIONS.map(|p| (isa, p)));
        for (isa, precision) in combinations {
            let layer = Linear::pack(isa, precision, &wide, depth, Some(&bias));
            let convolution = Depthwise::new(isa, (kernel, stride), &weight, &bias, (-1.0, 6.0));
            let mut buffer = Rows::new(isa, precision);
            let rows = buffer.prepare(&team, &x, depth);
            let mut map = vec![0.0; pictures * height * width * channels];
            layer.forward(&team, rows, Epilogue { add: false, activation: Activation::Relu6 }, &mut map);
            let (down, across) = convolution.output((height, width));
            let convolved = |input| {
                let mut out = vec![f32::NAN; pictures * down * across * channels];
                convolution.forward(&team, input, (height, width), &mut out);
                out
            };
            let expanded = convolved(DepthwiseInput::Expanded(&layer, rows, Activation::Relu6));
            prop_assert_eq!(expanded, convolved(DepthwiseInput::Maps(&map)), "{} {}", isa, precision);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn integers_stand_for_the_results_to_half_a_step(
        side in 1usize..12, channels in 1usize..70, seed in 1u32..1000,
    ) {
        let (weight, bias) = (numbers(seed, channels * 9), numbers(seed + 1, channels));
        let x = numbers(seed + 2, 2 * side * side * channels);
        let (input, team) = (DepthwiseInput::Maps(&x), ThreadTeam::new(2));
        let precisions = [Precision::F32, Precision::Fixed16, Precision::Int8];
        for (isa, precision) in Isa::available().into_iter().flat_map(|isa| precisions.map(|p| (isa, p))) {
            let layer = Depthwise::new(isa, (3, 1), &weight, &bias, (0.0, 2.0));
            let mut expected = vec![f32::NAN; x.len()];
            layer.forward(&team, input, (side, side), &mut expected);
            let mut buffer = Rows::new(isa, precision);
            // What an earlier layer left must not stay beyond the last channel.
            buffer.prepare(&team, &vec![7.0; 2 * (channels + 9) * side * side], channels + 9);
            let rows = layer.forward_rows(&team, input, (side, side), &mut buffer);
            prop_assert_eq!(rows.count(), 2 * side * side);
            let kind = isa.kind(precision);
            for (n, expected) in expected.chunks_exact(channels).enumerate() {
                let (step, offset) = match kind {
                    Kind::F32 => (1.0, 0.0),
                    _ => (rows.scale[n], rows.offset[n]),
                };
                for (q, expected) in row_words(isa, kind, rows, n).into_iter().zip(expected) {
                    let value = offset as f64 + step as f64 * q;
                    let half = if kind == Kind::F32 { 0.0 } else { 0.501 * step };
                    prop_assert!((value - f64::from(*expected)).abs() <= f64::from(half) + 1e-6, "{isa} {precision}");
                }
                let used = channels.div_ceil(kind.per_word());
                let rest = &rows.words[n * rows.stride + used..(n + 1) * rows.stride];
                prop_assert!(rest.iter().all(|word| *word == 0), "{isa} {precision}");
            }
        }
    }
}

#[test]
fn a_map_that_is_larger_than_a_band_is_convolved_as_a_whole() {
    let (side, channels) = (130, 40);
    let (weight, bias) = (numbers(1, channels * 9), numbers(2, channels));
    let x = numbers(3, side * side * channels);
    for isa in Isa::available() {
        let layer = Depthwise::new(isa, (3, 2), &weight, &bias, (f32::NEG_INFINITY, f32::INFINITY));
        let input = DepthwiseInput::Maps(&x);
        assert!(layer.rows_of_band(&layer.grid(input, (side, side))) < side / 2, "{isa}: several bands");
        let mut out = vec![f32::NAN; side * side / 4 * channels];
        layer.forward(&ThreadTeam::new(2), input, (side, side), &mut out);
        let mut at_once = vec![f32::NAN; out.len()];
        let copy = |band: PreparedRows<'_>, out: &mut [f32]| out.copy_from_slice(floats(band.words));
        let then = (Precision::F32, copy);
        layer.forward_then(&ThreadTeam::new(2), input, (side, side), (&mut at_once, channels), then);
        assert_eq!(at_once, out, "{isa}");
        for (ours, theirs) in out.iter().zip(expected(&layer, (&weight, &bias), &x, (side, side))) {
            assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{isa}: {ours} and not {theirs}");
        }
    }
}

#[test]
fn borders_are_those_of_tensorflow() {
    let layer = |kernel, stride| {
        Depthwise::new(Isa::Portable, (kernel, stride), &vec![1.0; kernel * kernel], &[0.0], (0.0, 9.0))
    };
    // (side, kernel, stride), then results and zeros before, as tf.nn.depthwise_conv2d has them.
    for (side, kernel, stride, results, before) in [
        (112, 3, 2, 56, 0),
        (56, 5, 2, 28, 1),
        (57, 3, 2, 29, 1),
        (14, 5, 1, 14, 2),
        (7, 3, 1, 7, 1),
        (1, 5, 2, 1, 2),
    ] {
        let along = layer(kernel, stride).along(side);
        assert_eq!((along.results, along.before), (results, before), "{side} {kernel} {stride}");
    }
}
