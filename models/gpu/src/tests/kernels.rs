//! Each kernel against its reference, on shapes that fill no tile.

use super::{gpu, precisions, random, reference};
use crate::gpu::Gpu;
use crate::kernels::Kernels;
use crate::plan::{ANSWER, Context, Epilogue, Groups, Heads, Mask, Nonlinearity, Planner, Unfold};
use crate::precision::Precision;
use crate::rows::{Matrix, Norm, Rows, Table, Taps};

/// A device with the kernels for heads of 4, 20 and 64 values.
struct Bench {
    gpu: Gpu,
    kernels: Kernels,
}

impl Bench {
    fn new(precision: Precision) -> Self {
        Self::with_depthwise(precision, &[])
    }

    /// With those for depthwise convolutions of these sides and strides too.
    fn with_depthwise(precision: Precision, depthwise: &[(usize, usize)]) -> Self {
        let gpu = gpu(precision);
        let depthwise = depthwise.iter().copied().collect();
        let kernels = Kernels::for_parts(&gpu, &[1, 5, 16].into(), &depthwise).unwrap();
        Self { gpu, kernels }
    }

    /// `values` as rows of `columns`, filled up with a value that no kernel may let through.
    fn rows(&self, values: &[f32], columns: usize) -> Rows {
        let rows = Rows::new(&self.gpu, values.len() / columns, columns).unwrap();
        let padded: Vec<f32> = values
            .chunks_exact(columns)
            .flat_map(|row| row.iter().copied().chain(std::iter::repeat(7.0)).take(4 * rows.quads))
            .collect();
        self.gpu.queue.write_buffer(&rows.buffer, 0, bytemuck::cast_slice(&padded));
        rows
    }

    fn numbers(&self, values: &[u32]) -> wgpu::Buffer {
        self.gpu.upload("numbers", bytemuck::cast_slice(values)).unwrap()
    }

    /// Runs what `plan` records and returns `output` without what fills its rows up.
    fn run(&self, output: &Rows, columns: usize, plan: impl FnOnce(&mut Planner<'_>)) -> Vec<f32> {
        let mut planner = Planner::new(&self.gpu, &self.kernels);
        plan(&mut planner);
        let bytes = Rows::bytes(output.rows, output.quads);
        let answer = self.gpu.buffer("answer", bytes, ANSWER).unwrap();
        let values = planner.finish().unwrap().run(&self.gpu, output, &answer).unwrap();
        values.chunks_exact(4 * output.quads).flat_map(|row| &row[..columns]).copied().collect()
    }
}

#[track_caller]
fn assert_close(ours: &[f32], reference: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), reference.len());
    for (n, (&ours, &reference)) in ours.iter().zip(reference).enumerate() {
        let difference = (f64::from(ours) - reference).abs();
        assert!(difference <= tolerance * (1.0 + reference.abs()), "value {n}: {ours}, expected {reference}");
    }
}

#[test]
fn products_of_any_shape_are_those_of_plain_rust() {
    for precision in precisions() {
        let bench = Bench::new(precision);
        // Sums of so many products of numbers below 1, each rounded to 11 bits.
        let tolerance = if precision == Precision::F32 { 1e-5 } else { 2e-2 };
        for (rows, depth, columns) in [
            (1, 1, 1),
            (3, 5, 7),
            (17, 64, 33),
            (50, 75, 130),
            (129, 36, 66),
            (130, 132, 516),
            (1000, 20, 600),
            (300, 36, 22),
        ] {
            let (input, weight) = (random(1, rows * depth), random(2, columns * depth));
            let bias = random(3, columns);
            let matrix = Matrix::upload(&bench.gpu, "weight", depth, &weight, &bias).unwrap();
            let output = Rows::new(&bench.gpu, rows, columns).unwrap();
            let input_rows = bench.rows(&input, depth);
            let ours =
                bench.run(&output, columns, |p| p.matmul(&input_rows, &matrix, &output, Epilogue::default()));
            assert_close(&ours, &reference::matmul(&input, &weight, &bias, depth), tolerance);
        }
    }
}

#[test]
fn a_product_is_finished_before_it_is_stored() {
    let bench = Bench::new(Precision::F32);
    let (rows, depth, columns) = (21, 12, 18);
    // Large enough that each nonlinearity reaches its flat ends.
    let input: Vec<f32> = random(4, rows * depth).iter().map(|x| 8.0 * x).collect();
    let (weight, old) = (random(5, columns * depth), random(6, rows * columns));
    let matrix = Matrix::upload(&bench.gpu, "weight", depth, &weight, &[]).unwrap();
    for nonlinearity in [
        Nonlinearity::None,
        Nonlinearity::QuickGelu,
        Nonlinearity::Gelu,
        Nonlinearity::Relu,
        Nonlinearity::GeluTanh,
        Nonlinearity::Relu6,
    ] {
        for accumulate in [false, true] {
            let (input_rows, output) = (bench.rows(&input, depth), bench.rows(&old, columns));
            let epilogue = Epilogue { accumulate, nonlinearity };
            let ours = bench.run(&output, columns, |p| p.matmul(&input_rows, &matrix, &output, epilogue));
            let products = reference::matmul(&input, &weight, &[], depth);
            let added =
                products.iter().zip(&old).map(|(x, &o)| x + if accumulate { f64::from(o) } else { 0.0 });
            let expected: Vec<f64> = added.map(|x| reference::activated(nonlinearity, x)).collect();
            assert_close(&ours, &expected, 2e-6);
        }
    }
}

#[test]
fn groups_of_rows_leave_their_first_ones_free() {
    let bench = Bench::new(Precision::F32);
    let (input, weight) = (random(7, 6 * 4), random(8, 4 * 4));
    let matrix = Matrix::upload(&bench.gpu, "weight", 4, &weight, &[]).unwrap();
    let (input_rows, output) = (bench.rows(&input, 4), bench.rows(&[0.5; 8 * 4], 4));
    let groups = Groups { rows: 3, before: 1 };
    let ours =
        bench.run(&output, 4, |p| p.matmul_into(&input_rows, &matrix, &output, Epilogue::default(), groups));
    let product = reference::matmul(&input, &weight, &[], 4);
    let expected = [vec![0.5; 4], product[..12].to_vec(), vec![0.5; 4], product[12..].to_vec()].concat();
    assert_close(&ours, &expected, 1e-6);
}

#[test]
fn layer_normalisation_is_that_of_plain_rust() {
    let bench = Bench::new(Precision::F32);
    for (rows, columns) in [(1, 4), (5, 36), (3, 252), (2, 772)] {
        let values: Vec<f32> = random(9, rows * columns).iter().map(|x| 30.0 + 3.0 * x).collect();
        let (scale, shift) = (random(10, columns), random(11, columns));
        let norm = Norm::upload(&bench.gpu, "norm", &scale, &shift, 1e-5).unwrap();
        let (input, output) = (bench.rows(&values, columns), Rows::new(&bench.gpu, rows, columns).unwrap());
        let ours = bench.run(&output, columns, |p| p.layer_norm(&input, &norm, &output));
        let expected: Vec<f64> = values
            .chunks_exact(columns)
            .flat_map(|row| reference::layer_norm(row, &scale, &shift, 1e-5))
            .collect();
        assert_close(&ours, &expected, 2e-5);
    }
}

/// One shape of attention: a batch of items with so many heads of so many values.
struct Mixing {
    batch: usize,
    heads: usize,
    head: usize,
    positions: usize,
    mask: Mask,
    /// Only one position of each item asks.
    one: bool,
}

impl Mixing {
    fn check(&self, bench: &Bench) {
        let &Self { batch, heads, head, positions, mask, one } = self;
        let hidden = heads * head;
        // Scores up to some tens: a softmax without care for the maximum would lose digits.
        let query: Vec<f32> = random(12, batch * positions * hidden).iter().map(|x| 4.0 * x).collect();
        let context = random(13, batch * positions * 2 * hidden);
        let read: Vec<u32> = (0..batch).map(|n| ((n * 7 + 3) % positions) as u32).collect();
        let queries = if one { 1 } else { positions };
        let query = &query[..batch * queries * hidden];
        let (query_rows, context_rows) = (bench.rows(query, hidden), bench.rows(&context, 2 * hidden));
        let output = Rows::new(&bench.gpu, batch * queries, hidden).unwrap();
        let read_buffer = bench.numbers(&read);
        let ours = bench.run(&output, hidden, |p| {
            let context = Context { rows: &context_rows, key_quad: 0, value_quad: hidden / 4 };
            let heads = Heads { batch, heads, quads: head / 4, mask };
            p.attention(&query_rows, &context, &read_buffer, &output, &heads);
        });
        let mut expected = Vec::new();
        for (item, q, h) in
            (0..batch * queries * heads).map(|n| (n / heads / queries, n / heads % queries, n % heads))
        {
            let seen = match mask {
                Mask::None => positions,
                Mask::Causal => q + 1,
                Mask::UpToRead => read[item] as usize + 1,
            };
            let part = |row: usize, from: usize| &context[row * 2 * hidden + from..][..head];
            let rows = || (item * positions..).take(seen);
            let keys: Vec<_> = rows().map(|row| part(row, h * head)).collect();
            let values: Vec<_> = rows().map(|row| part(row, hidden + h * head)).collect();
            let query = &query[(item * queries + q) * hidden + h * head..][..head];
            expected.extend(reference::attention(query, &keys, &values));
        }
        assert_close(&ours, &expected, 2e-5);
    }
}

#[test]
fn attention_is_that_of_plain_rust() {
    let bench = Bench::new(Precision::F32);
    for (mask, one) in [
        (Mask::None, false),
        (Mask::Causal, false),
        (Mask::UpToRead, true),
        (Mask::UpToRead, false),
        (Mask::None, true),
    ] {
        for (batch, heads, head, positions) in [(1, 1, 4, 1), (3, 2, 4, 17), (2, 3, 20, 33), (1, 2, 64, 50)] {
            Mixing { batch, heads, head, positions, mask, one }.check(&bench);
        }
    }
}

#[test]
fn patches_are_those_under_each_output_pixel() {
    let bench = Bench::new(Precision::F32);
    for (side, channels, kernel, stride, padding) in [
        (4, 3, 2, 2, 0),
        (15, 3, 5, 5, 0),
        (7, 5, 3, 1, 1),
        (8, 6, 3, 2, 1),
        (1, 1, 3, 1, 1),
        (6, 3, 1, 1, 0),
    ] {
        for planar in [false, true] {
            // One zero more behind, of "SAME"'s odd numbers of them.
            let after = if side == 8 { 0 } else { padding };
            let unfold = Unfold { side, channels, kernel, stride, padding, after, planar };
            let batch = 2;
            let values = random(14, batch * channels * side * side);
            let input = match planar {
                true => bench.rows(&values, side),
                false => bench.rows(&values, channels),
            };
            // Planar pictures lie without gaps.
            if planar {
                bench.gpu.queue.write_buffer(&input.buffer, 0, bytemuck::cast_slice(&values));
            }
            let rows = batch * unfold.output().pow(2);
            let output = Rows::new(&bench.gpu, rows, unfold.columns()).unwrap();
            let ours = bench.run(&output, 4 * output.quads, |p| p.unfold(&input.buffer, &unfold, &output));
            let expected: Vec<f64> = (0..batch)
                .flat_map(|n| {
                    let picture = &values[n * channels * side * side..];
                    reference::unfold(
                        |c, y, x| match planar {
                            true => picture[(c * side + y) * side + x],
                            false => picture[(y * side + x) * channels + c],
                        },
                        &unfold,
                    )
                })
                .collect();
            let padded: Vec<f64> = expected
                .chunks_exact(unfold.columns())
                .flat_map(|row| row.iter().copied().chain(std::iter::repeat(0.0)).take(4 * output.quads))
                .collect();
            assert_close(&ours, &padded, 0.0);
        }
    }
}

#[test]
fn a_depthwise_convolution_is_that_of_plain_rust() {
    let bench = Bench::with_depthwise(Precision::F32, &[(3, 1), (3, 2), (5, 1), (5, 2)]);
    for (side, channels, kernel, stride) in
        [(8, 5, 3, 1), (8, 20, 3, 2), (12, 3, 5, 2), (6, 37, 5, 1), (2, 4, 5, 2), (7, 8, 3, 1)]
    {
        let around = Unfold { side, channels, kernel, stride, padding: 0, after: 0, planar: false };
        let (unfold, batch) = (around.same(), 3);
        assert_eq!(unfold.output(), side / stride);
        // Large enough that sums reach both ends of the nonlinearity.
        let values: Vec<f32> = random(23, batch * side * side * channels).iter().map(|x| 4.0 * x).collect();
        let (weight, bias) = (random(24, channels * kernel * kernel), random(25, channels));
        let taps = Taps::upload(&bench.gpu, "taps", &weight, &bias).unwrap();
        let rows = batch * unfold.output().pow(2);
        let (input, output) = (bench.rows(&values, channels), Rows::new(&bench.gpu, rows, channels).unwrap());
        let ours = bench.run(&output, channels, |p| p.depthwise(&input, &unfold, &taps, &output));
        let area = kernel * kernel;
        let expected: Vec<f64> = values
            .chunks_exact(channels * side * side)
            .flat_map(|map| reference::unfold(|c, y, x| map[(y * side + x) * channels + c], &unfold))
            .collect::<Vec<_>>()
            .chunks_exact(area)
            .enumerate()
            .map(|(n, patch)| {
                let taps = &weight[n % channels * area..][..area];
                let sum: f64 = patch.iter().zip(taps).map(|(x, &tap)| x * f64::from(tap)).sum();
                reference::activated(Nonlinearity::Relu6, sum + f64::from(bias[n % channels]))
            })
            .collect();
        assert_close(&ours, &expected, 2e-6);
    }
}

#[test]
fn squares_of_pixels_become_their_means() {
    let bench = Bench::new(Precision::F32);
    let (planes, side, by) = (5, 9, 3);
    let values = random(26, planes * side * side);
    let input = bench.gpu.upload("planes", bytemuck::cast_slice(&values)).unwrap();
    let small = side / by;
    let output = Rows::new(&bench.gpu, 1, planes * small * small).unwrap();
    let ours =
        bench.run(&output, planes * small * small, |p| p.shrink(&input, (planes, side), by, &output.buffer));
    let mean = |n: usize| {
        let (line, x) = (n / small * by, n % small * by);
        let square = (0..by * by).map(|k| f64::from(values[(line + k / by) * side + x + k % by]));
        square.sum::<f64>() / (by * by) as f64
    };
    assert_close(&ours, &(0..planes * small * small).map(mean).collect::<Vec<_>>(), 1e-6);
}

#[test]
fn parts_of_rows_are_brought_to_unit_length_and_zeros_stay() {
    let bench = Bench::new(Precision::F32);
    let mut values = random(27, 3 * 400);
    values[2 * 400..].fill(0.0);
    let (input, output) = (bench.rows(&values, 400), bench.rows(&[0.5; 3 * 380], 380));
    let ours = bench.run(&output, 380, |p| p.unit(&input, 10..99, &output, 2));
    let expected: Vec<f64> = values
        .chunks_exact(400)
        .flat_map(|row| {
            let part = &row[40..396];
            let length = reference::dot(part, part).sqrt().max(f64::MIN_POSITIVE);
            let unit = part.iter().map(move |&x| f64::from(x) / length);
            std::iter::repeat_n(0.5, 8).chain(unit).chain(std::iter::repeat_n(0.5, 16)).collect::<Vec<_>>()
        })
        .collect();
    assert_close(&ours, &expected, 1e-6);
}

#[test]
fn positions_are_repeated_for_each_picture() {
    let bench = Bench::new(Precision::F32);
    let table = random(15, 5 * 8);
    let buffer = bench.gpu.upload("table", bytemuck::cast_slice(&table)).unwrap();
    let output = Rows::new(&bench.gpu, 15, 8).unwrap();
    let ours = bench.run(&output, 8, |p| p.positions(&buffer, 5, &output));
    assert_eq!(ours, table.repeat(3));
}

#[test]
fn tokens_are_looked_up_and_placed() {
    for precision in precisions() {
        let bench = Bench::new(precision);
        let (words, places) = (random(16, 11 * 12), random(17, 3 * 12));
        let table = Table::upload(&bench.gpu, "words", 12, &words).unwrap();
        let places_buffer = bench.gpu.upload("places", bytemuck::cast_slice(&places)).unwrap();
        let tokens = [0, 10, 3, 3, 9, 1];
        let tokens_buffer = bench.numbers(&tokens);
        let output = Rows::new(&bench.gpu, 6, 12).unwrap();
        let ours = bench.run(&output, 12, |p| p.tokens(&tokens_buffer, &table, &places_buffer, 3, &output));
        let expected: Vec<f64> = (0..6 * 12)
            .map(|n| (tokens[n / 12] as usize, n / 12 % 3, n % 12))
            .map(|(token, place, n)| f64::from(words[token * 12 + n]) + f64::from(places[place * 12 + n]))
            .collect();
        assert_close(&ours, &expected, if precision == Precision::F32 { 1e-6 } else { 1e-3 });
    }
}

#[test]
fn the_position_that_is_read_is_taken_from_each_item() {
    let bench = Bench::new(Precision::F32);
    let values = random(18, 3 * 4 * 8);
    let (input, read) = (bench.rows(&values, 8), bench.numbers(&[2, 0, 3]));
    let output = Rows::new(&bench.gpu, 3, 8).unwrap();
    let ours = bench.run(&output, 8, |p| p.gather(&input, &read, &output));
    let row = |n: usize| &values[n * 8..(n + 1) * 8];
    assert_eq!(ours, [row(2), row(4), row(11)].concat());
}

#[test]
fn means_and_deviations_are_taken_over_each_pictures_pixels() {
    const PIXELS: usize = 70;
    let bench = Bench::new(Precision::F32);
    let values = random(19, 2 * PIXELS * 5);
    // A quad is left before the means, and two follow for the deviations.
    let (input, output) = (bench.rows(&values, 5), Rows::new(&bench.gpu, 2, 20).unwrap());
    let ours = bench.run(&output, 20, |p| p.moments(&input, &output, 1, true));
    for item in 0..2 {
        for n in 0..5 {
            let of = |p: usize| f64::from(values[(item * PIXELS + p) * 5 + n]);
            let mean = (0..PIXELS).map(of).sum::<f64>() / PIXELS as f64;
            let square = (0..PIXELS).map(|p| (of(p) - mean).powi(2)).sum::<f64>() / PIXELS as f64;
            let row = &ours[item * 20..];
            assert_close(&[row[4 + n], row[12 + n]], &[mean, square.sqrt()], 1e-6);
        }
    }
}
