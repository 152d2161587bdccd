//! Seeded value noise: the one source of irregularity in cloth, wood and stone.

/// Hashes a lattice point to `0.0..1.0`.
pub(crate) fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x85eb_ca6b) ^ (y as u32).wrapping_mul(0xc2b2_ae35) ^ seed;
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^= h >> 15;
    (h >> 8) as f32 / 16_777_216.0
}

/// Smooth noise in `-1.0..1.0` with features about one unit wide.
pub(crate) fn value(x: f32, y: f32, seed: u32) -> f32 {
    let (xi, yi) = (floor(x), floor(y));
    let (tx, ty) = (ease(x - xi as f32), ease(y - yi as f32));
    let top = lerp(hash(xi, yi, seed), hash(xi + 1, yi, seed), tx);
    let bottom = lerp(hash(xi, yi + 1, seed), hash(xi + 1, yi + 1, seed), tx);
    lerp(top, bottom, ty) * 2.0 - 1.0
}

/// `f32::floor` is a call where the target has no instruction for it; this is not.
fn floor(x: f32) -> i32 {
    let cut = x as i32;
    cut - i32::from(x < cut as f32)
}

/// Noise summed over octaves, each half as wide and half as strong as the one before.
pub(crate) fn fractal(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut gain, mut scale) = (0.0, 0.5, 1.0);
    for octave in 0..octaves {
        sum += gain * value(x * scale, y * scale, seed.wrapping_add(octave * 0x9e37));
        gain *= 0.5;
        scale *= 2.03;
    }
    sum
}

/// Noise with sharp crests, as a crumpled cloth has: `0.0..1.0`, 1.0 on a crest.
pub(crate) fn ridged(x: f32, y: f32, seed: u32) -> f32 {
    let crest = 1.0 - value(x, y, seed).abs();
    crest * crest
}

pub(crate) fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

pub(crate) fn lerp(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// 0.0 below `low`, 1.0 above `high`, smooth between.
pub(crate) fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    ease(((x - low) / (high - low)).clamp(0.0, 1.0))
}
