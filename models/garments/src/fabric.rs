//! What the cloth is made of: its texture, its sheen and how it folds.

use serde::{Deserialize, Serialize};

use crate::noise::{fractal, hash, ridged, smoothstep, value};

/// A material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fabric {
    /// Plain jersey or poplin.
    Cotton,
    /// Coarse plain weave with slubs.
    Linen,
    /// Smooth and shiny.
    Silk,
    /// Ribs and stitches that one can see.
    Knit,
    /// Soft, with flecks.
    Wool,
    /// Twill with orange stitching and worn places.
    Denim,
    /// Smooth hide with highlights.
    Leather,
    /// Brushed hide.
    Suede,
    /// Thick jersey, brushed inside.
    Fleece,
    /// Thin synthetic with a shine.
    Nylon,
    /// Heavy plain weave.
    Canvas,
    /// Plaited straw.
    Straw,
}

impl Fabric {
    /// The word a shop uses, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Fabric::Cotton => "cotton",
            Fabric::Linen => "linen",
            Fabric::Silk => "silk",
            Fabric::Knit => "knit",
            Fabric::Wool => "wool",
            Fabric::Denim => "denim",
            Fabric::Leather => "leather",
            Fabric::Suede => "suede",
            Fabric::Fleece => "fleece",
            Fabric::Nylon => "nylon",
            Fabric::Canvas => "canvas",
            Fabric::Straw => "straw",
        }
    }

    /// How much light a bulge throws back: 0.0 is matt.
    pub(crate) fn sheen(self) -> f32 {
        match self {
            Fabric::Leather => 0.34,
            Fabric::Silk => 0.26,
            Fabric::Nylon => 0.2,
            _ => 0.03,
        }
    }

    /// How readily the cloth wrinkles.
    pub(crate) fn softness(self) -> f32 {
        match self {
            Fabric::Silk | Fabric::Linen => 1.2,
            Fabric::Cotton | Fabric::Nylon => 1.0,
            Fabric::Fleece | Fabric::Knit | Fabric::Denim => 0.8,
            Fabric::Wool | Fabric::Canvas => 0.65,
            Fabric::Leather | Fabric::Suede => 0.55,
            Fabric::Straw => 0.2,
        }
    }

    /// Brightness factor at `(u, v)` centimetres, about 1.0; `pixels` is the pixels per centimetre, and
    /// what would be finer than a pixel is left out.
    pub(crate) fn texture(self, u: f32, v: f32, pixels: f32, seed: u32) -> f32 {
        // What a thread of `width` still contributes at this resolution.
        let seen = |width: f32| smoothstep(0.9, 2.6, width * pixels);
        match self {
            Fabric::Cotton if seen(0.3) > 0.0 => 1.0 + 0.025 * value(u * 4.0, v * 4.0, seed) * seen(0.3),
            Fabric::Fleece if seen(0.4) > 0.0 => 1.0 + 0.05 * value(u * 2.6, v * 2.6, seed) * seen(0.4),
            Fabric::Linen | Fabric::Canvas if seen(0.25) > 0.0 => {
                let slub = value(u * 0.5, v * 5.0, seed) + value(u * 5.0, v * 0.5, seed ^ 9);
                1.0 + 0.045 * slub * seen(0.25)
            }
            Fabric::Cotton | Fabric::Fleece | Fabric::Linen | Fabric::Canvas => 1.0,
            Fabric::Silk | Fabric::Nylon => 1.0,
            Fabric::Knit => {
                let seen = seen(0.55);
                if seen == 0.0 {
                    return 1.0 + 0.02 * value(u, v, seed);
                }
                let column = (u / 0.9).rem_euclid(1.0) - 0.5;
                let rib = 1.0 - 2.0 * column.abs();
                let slant = ((v * 1.9) + column.abs() * 1.3).rem_euclid(1.0);
                1.0 + seen * (0.13 * (rib - 0.5) + 0.07 * (slant - 0.5))
            }
            Fabric::Wool => {
                let fleck = hash((u * 5.0).floor() as i32, (v * 5.0).floor() as i32, seed) - 0.5;
                1.0 + 0.1 * fleck * seen(0.35) + 0.03 * value(u * 0.8, v * 0.8, seed)
            }
            Fabric::Denim => {
                let twill = ((u + v) * 3.2).rem_euclid(1.0) - 0.5;
                let worn = fractal(u * 0.12, v * 0.07, 2, seed);
                let slub = value(u * 5.0, v * 0.6, seed ^ 3);
                1.0 + 0.1 * twill * seen(0.25) + 0.16 * worn + 0.04 * slub
            }
            Fabric::Leather if seen(0.5) == 0.0 => 1.0,
            Fabric::Leather => 1.0 + 0.07 * (ridged(u * 1.4, v * 1.4, seed) - 0.5) * seen(0.5),
            Fabric::Suede => 1.0 + 0.07 * fractal(u * 0.7, v * 0.7, 3, seed),
            Fabric::Straw => {
                let over = ((u * 1.3).floor() + (v * 1.3).floor()) as i32 & 1;
                let along = if over == 0 { u } else { v };
                1.0 + seen(0.5) * 0.2 * ((along * 1.3).rem_euclid(1.0) - 0.5).abs() - 0.05
            }
        }
    }
}
