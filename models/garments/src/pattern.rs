//! What is printed on or woven into the cloth.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::noise::{fractal, hash, smoothstep};
use crate::palette::{Rgb, mix, shade_of};

/// A pattern; lengths are centimetres on the garment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Pattern {
    /// One colour.
    Plain,
    /// Bands of the second colour, across the garment or along it.
    Striped {
        /// From one band to the next.
        period: f32,
        /// The part of the period that the band fills, `0.0..1.0`.
        duty: f32,
        /// Along the garment instead of across it.
        vertical: bool,
    },
    /// Crossing bands: gingham, or plaid with thin lines of the third colour.
    Checked {
        /// From one band to the next.
        period: f32,
        /// Uneven bands with thin lines.
        plaid: bool,
    },
    /// Dots of the second colour.
    Dotted {
        /// From one dot to the next.
        period: f32,
        /// Radius of a dot as a part of the period.
        radius: f32,
    },
    /// Scattered flowers.
    Floral {
        /// Width of the cell that holds one flower.
        period: f32,
        /// Which flowers.
        seed: u32,
    },
    /// A picture or letters on the chest, else plain.
    Print {
        /// Which motif.
        motif: Motif,
        /// Width of the motif.
        width: f32,
        /// What tells two prints of one motif apart.
        seed: u32,
    },
    /// The upper part in one colour, the lower in another.
    ColourBlock {
        /// How far down the second colour starts, as a part of the length.
        at: f32,
        /// A third band between the two.
        band: bool,
    },
    /// Irregular blots in four tones.
    Camouflage {
        /// Width of a blot.
        period: f32,
        /// Which blots.
        seed: u32,
    },
}

/// A printed picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motif {
    /// Lines of letter-like blocks.
    Letters,
    /// A five-pointed star.
    Star,
    /// A heart.
    Heart,
    /// A disc with rays.
    Sun,
    /// Two peaks.
    Mountains,
    /// A frame with a shape in it.
    Badge,
    /// Waves.
    Waves,
    /// The head of a cat.
    Cat,
}

impl Motif {
    pub(crate) const ALL: [Motif; 8] = [
        Motif::Letters,
        Motif::Star,
        Motif::Heart,
        Motif::Sun,
        Motif::Mountains,
        Motif::Badge,
        Motif::Waves,
        Motif::Cat,
    ];

    /// "star", "letters", …
    pub fn name(self) -> &'static str {
        match self {
            Motif::Letters => "letters",
            Motif::Star => "star",
            Motif::Heart => "heart",
            Motif::Sun => "sun",
            Motif::Mountains => "mountains",
            Motif::Badge => "badge",
            Motif::Waves => "waves",
            Motif::Cat => "cat",
        }
    }
}

impl Pattern {
    /// The word a shop uses: "plain", "striped", "checked", "dotted", "floral", "printed",
    /// "colour-block" or "camouflage".
    pub fn name(&self) -> &'static str {
        match self {
            Pattern::Plain => "plain",
            Pattern::Striped { .. } => "striped",
            Pattern::Checked { .. } => "checked",
            Pattern::Dotted { .. } => "dotted",
            Pattern::Floral { .. } => "floral",
            Pattern::Print { .. } => "printed",
            Pattern::ColourBlock { .. } => "colour-block",
            Pattern::Camouflage { .. } => "camouflage",
        }
    }

    /// How many of the garment's colours the pattern shows.
    pub fn colours(&self) -> usize {
        match self {
            Pattern::Plain => 1,
            Pattern::Checked { plaid: true, .. }
            | Pattern::ColourBlock { band: true, .. }
            | Pattern::Floral { .. } => 3,
            Pattern::Camouflage { .. } => 1,
            _ => 2,
        }
    }

    /// A pattern by its [`name`](Pattern::name) with fresh measures; an unknown name is plain.
    pub fn random_of(name: &str, rng: &mut impl Rng) -> Self {
        let seed = rng.random();
        match name {
            "striped" => Pattern::Striped {
                period: rng.random_range(1.6..7.0),
                duty: rng.random_range(0.25..0.6),
                vertical: rng.random_bool(0.3),
            },
            "checked" => Pattern::Checked { period: rng.random_range(2.4..9.0), plaid: rng.random_bool(0.6) },
            "dotted" => {
                Pattern::Dotted { period: rng.random_range(2.2..6.5), radius: rng.random_range(0.18..0.34) }
            }
            "floral" => Pattern::Floral { period: rng.random_range(4.0..9.5), seed },
            "printed" => Pattern::Print {
                motif: Motif::ALL[rng.random_range(0..Motif::ALL.len())],
                width: rng.random_range(14.0..28.0),
                seed,
            },
            "colour-block" => {
                Pattern::ColourBlock { at: rng.random_range(0.28..0.62), band: rng.random_bool(0.4) }
            }
            "camouflage" => Pattern::Camouflage { period: rng.random_range(5.0..11.0), seed },
            _ => Pattern::Plain,
        }
    }

    /// The colour at `(u, v)` centimetres; `soft` is the width of a pixel, which edges are blurred by.
    pub(crate) fn sample(&self, colours: &[Rgb; 3], u: f32, v: f32, soft: f32, length: f32) -> Rgb {
        let [first, second, third] = *colours;
        match *self {
            Pattern::Plain | Pattern::Print { .. } => first,
            Pattern::Striped { period, duty, vertical } => {
                let along = if vertical { u } else { v };
                mix(first, second, band(along, period, duty, soft))
            }
            Pattern::Checked { period, plaid: false } => {
                let a = band(u, period, 0.5, soft);
                let b = band(v, period, 0.5, soft);
                mix(first, second, (a + b) * 0.5)
            }
            Pattern::Checked { period, plaid: true } => {
                let a = band(u, period, 0.42, soft) + 0.55 * band(u + period * 0.45, period, 0.14, soft);
                let b = band(v, period, 0.42, soft) + 0.55 * band(v + period * 0.45, period, 0.14, soft);
                let ground = mix(first, second, ((a + b) * 0.5).min(1.0));
                let thin = band(u + period * 0.71, period, 0.07, soft).max(band(
                    v + period * 0.71,
                    period,
                    0.07,
                    soft,
                ));
                mix(ground, third, thin * 0.8)
            }
            Pattern::Dotted { period, radius } => {
                let row = (v / period).floor();
                let shift = if (row as i32) & 1 == 0 { 0.0 } else { 0.5 };
                let x = (u / period + shift).rem_euclid(1.0) - 0.5;
                let y = (v / period).rem_euclid(1.0) - 0.5;
                let gap = (x * x + y * y).sqrt() - radius;
                let edge = 0.6 * soft / period + 0.01;
                mix(second, first, smoothstep(-edge, edge, gap))
            }
            Pattern::Floral { period, seed } => flower(colours, u / period, v / period, soft / period, seed),
            Pattern::ColourBlock { at, band } => {
                let edge = at * length;
                let below = smoothstep(edge - soft, edge + soft, v);
                let ground = mix(first, second, below);
                if band {
                    let inside = below
                        * (1.0 - smoothstep(edge + length * 0.12 - soft, edge + length * 0.12 + soft, v));
                    mix(ground, third, inside)
                } else {
                    ground
                }
            }
            Pattern::Camouflage { period, seed } => {
                let (x, y) = (u / period, v / (period * 0.7));
                let a = fractal(x, y, 3, seed);
                let b = fractal(x + 31.0, y + 7.0, 3, seed ^ 0x51);
                let dark = shade_of(first, 0.45);
                let light = mix(first, [0.82, 0.76, 0.62], 0.55);
                if a > 0.16 {
                    dark
                } else if b > 0.14 {
                    light
                } else if b < -0.2 {
                    shade_of(first, 0.72)
                } else {
                    first
                }
            }
        }
    }
}

/// How much of a band covers a pixel `soft` wide at `x`.
fn band(x: f32, period: f32, duty: f32, soft: f32) -> f32 {
    let phase = (x / period).rem_euclid(1.0);
    let edge = (soft / period).clamp(0.005, 0.5) * 0.7;
    let from_middle = (phase - 0.5).abs();
    smoothstep(duty * 0.5 + edge, duty * 0.5 - edge, from_middle)
}

/// One flower per cell, moved, turned and sized by the cell's hash, with leaves beside it.
fn flower(colours: &[Rgb; 3], x: f32, y: f32, soft: f32, seed: u32) -> Rgb {
    let [ground, petal, other] = *colours;
    let (cx, cy) = (x.floor() as i32, y.floor() as i32);
    let leaf = mix([0.25, 0.42, 0.24], ground, 0.15);
    let mut colour = ground;
    for (i, j) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
        let (i, j) = (cx + i, cy + j);
        let dx = x - i as f32 - 0.3 - 0.4 * hash(i, j, seed);
        let dy = y - j as f32 - 0.3 - 0.4 * hash(i, j, seed ^ 1);
        let far = (dx * dx + dy * dy).sqrt();
        let size = 0.2 + 0.2 * hash(i, j, seed ^ 2);
        if far > size * 1.7 {
            continue;
        }
        let turn = hash(i, j, seed ^ 3) * std::f32::consts::TAU;
        let angle = dy.atan2(dx) + turn;
        let leaves = size * 1.55 * ((angle * 1.0).cos().abs().powi(6));
        let edge = soft.clamp(0.01, 0.3);
        colour = mix(leaf, colour, smoothstep(-edge, edge, far - leaves));
        let petals = size * (0.72 + 0.28 * (angle * 5.0).cos());
        let tone = if hash(i, j, seed ^ 4) < 0.62 { petal } else { other };
        let tone = mix(shade_of(tone, 0.2), tone, smoothstep(0.0, size, far));
        colour = mix(tone, colour, smoothstep(-edge, edge, far - petals));
        colour = mix([0.93, 0.78, 0.3], colour, smoothstep(-edge, edge, far - size * 0.26));
    }
    colour
}
