//! What the kernels should make, in plain Rust and f64.

use crate::plan::{Nonlinearity, Unfold};

/// `input` `[rows, depth]` · `weight` `[columns, depth]`ᵀ + `bias`.
pub fn matmul(input: &[f32], weight: &[f32], bias: &[f32], depth: usize) -> Vec<f64> {
    let row = |x: &[f32]| -> Vec<f64> {
        weight
            .chunks_exact(depth)
            .enumerate()
            .map(|(n, w)| dot(x, w) + bias.get(n).map_or(0.0, |&b| b.into()))
            .collect()
    };
    input.chunks_exact(depth).flat_map(row).collect()
}

pub fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

pub fn activated(kind: Nonlinearity, x: f64) -> f64 {
    match kind {
        Nonlinearity::None => x,
        Nonlinearity::QuickGelu => x / (1.0 + (-1.702 * x).exp()),
        Nonlinearity::Gelu => x * normal_below(x),
        Nonlinearity::Relu => x.max(0.0),
        Nonlinearity::Relu6 => x.clamp(0.0, 6.0),
        Nonlinearity::GeluTanh => {
            let y = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
            0.5 * x * (1.0 + y.tanh())
        }
    }
}

/// Φ(x), by its integral: slow, and nothing like what the kernel does.
fn normal_below(x: f64) -> f64 {
    const STEPS: usize = 2000;
    let (width, density) = (x / STEPS as f64, |t: f64| (-0.5 * t * t).exp());
    let middles: f64 = (0..STEPS).map(|n| density((n as f64 + 0.5) * width)).sum();
    0.5 + middles * width / (2.0 * std::f64::consts::PI).sqrt()
}

pub fn layer_norm(row: &[f32], scale: &[f32], shift: &[f32], epsilon: f64) -> Vec<f64> {
    let count = row.len() as f64;
    let mean = row.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
    let variance = row.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count;
    let normed = row.iter().map(|&x| (f64::from(x) - mean) / (variance + epsilon).sqrt());
    normed.zip(scale.iter().zip(shift)).map(|(x, (&s, &t))| x * f64::from(s) + f64::from(t)).collect()
}

/// One query over `keys` and `values`, already cut to what it sees.
pub fn attention(query: &[f32], keys: &[&[f32]], values: &[&[f32]]) -> Vec<f64> {
    let scores: Vec<f64> = keys.iter().map(|key| dot(query, key)).collect();
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
    let whole: f64 = shares.iter().sum();
    (0..query.len())
        .map(|n| values.iter().zip(&shares).map(|(v, share)| f64::from(v[n]) * share).sum::<f64>() / whole)
        .collect()
}

/// The value of `picture` under each output pixel, in the order of a convolution's weights.
pub fn unfold(picture: impl Fn(usize, usize, usize) -> f32, u: &Unfold) -> Vec<f64> {
    let mut rows = Vec::new();
    for (row, column) in (0..u.output().pow(2)).map(|n| (n / u.output(), n % u.output())) {
        for (channel, dy, dx) in
            (0..u.columns()).map(|n| (n / u.kernel / u.kernel, n / u.kernel % u.kernel, n % u.kernel))
        {
            let (y, x) = (row * u.stride + dy, column * u.stride + dx);
            let inside = |at: usize| (u.padding..u.side + u.padding).contains(&at);
            let value =
                if inside(y) && inside(x) { picture(channel, y - u.padding, x - u.padding) } else { 0.0 };
            rows.push(value.into());
        }
    }
    rows
}
