//! Named colours, and jitter that keeps the name true.

use rand::Rng;
use serde::{Deserialize, Serialize};

/// Red, green and blue in sRGB, `0.0..=1.0`.
pub(crate) type Rgb = [f32; 3];

macro_rules! colours {
    ($($(#[$doc:meta])* $variant:ident $name:literal $family:literal [$r:literal, $g:literal, $b:literal] $weight:literal;)*) => {
        /// A colour that a shopper would name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum ColourName {
            $(#[doc = $name] $variant,)*
        }

        impl ColourName {
            /// Every colour.
            pub const ALL: &[ColourName] = &[$(ColourName::$variant,)*];

            /// The name as written in captions and catalogues: lower case, "light blue".
            pub fn name(self) -> &'static str {
                match self { $(ColourName::$variant => $name,)* }
            }

            /// The basic colour that this one belongs to: "olive" is a "green".
            pub fn family(self) -> &'static str {
                match self { $(ColourName::$variant => $family,)* }
            }

            /// The middle of the colour, as sRGB bytes.
            pub fn rgb(self) -> [u8; 3] {
                match self { $(ColourName::$variant => [$r, $g, $b],)* }
            }

            /// How often clothes have this colour, relative to the others.
            pub(crate) fn weight(self) -> f32 {
                match self { $(ColourName::$variant => $weight,)* }
            }
        }
    };
}

colours! {
    Black "black" "black" [30, 30, 33] 9.0;
    White "white" "white" [240, 240, 238] 8.0;
    Grey "grey" "grey" [138, 140, 143] 6.0;
    Red "red" "red" [200, 36, 42] 5.0;
    Orange "orange" "orange" [236, 122, 36] 3.0;
    Yellow "yellow" "yellow" [244, 205, 58] 3.0;
    Green "green" "green" [52, 138, 74] 4.0;
    Blue "blue" "blue" [38, 92, 184] 6.0;
    Navy "navy" "blue" [32, 42, 78] 5.0;
    Purple "purple" "purple" [112, 62, 148] 3.0;
    Pink "pink" "pink" [236, 140, 172] 4.0;
    Brown "brown" "brown" [112, 72, 46] 4.0;
    Beige "beige" "beige" [220, 202, 172] 4.0;
    Teal "teal" "green" [24, 126, 130] 2.0;
    Olive "olive" "green" [104, 106, 52] 2.5;
    Burgundy "burgundy" "red" [116, 28, 48] 2.5;
    Khaki "khaki" "beige" [178, 160, 116] 2.5;
    LightBlue "light blue" "blue" [154, 194, 226] 3.5;
}

impl ColourName {
    /// The name whose middle looks most like `rgb` (sRGB).
    pub fn nearest(rgb: [u8; 3]) -> Self {
        let lab = to_oklab(rgb_f32(rgb));
        let mut best = (f32::INFINITY, ColourName::Black);
        for &name in Self::ALL {
            let gap = distance(lab, to_oklab(rgb_f32(name.rgb())));
            if gap < best.0 {
                best = (gap, name);
            }
        }
        best.1
    }
}

/// A named colour with the exact tone of one garment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Colour {
    /// What a shopper calls it.
    pub name: ColourName,
    /// The tone, sRGB.
    pub rgb: [u8; 3],
}

impl Colour {
    /// The colour at the middle of its name.
    pub fn exact(name: ColourName) -> Self {
        Self { name, rgb: name.rgb() }
    }

    /// A tone near the middle of `name`, still called by that name.
    pub fn jittered(name: ColourName, rng: &mut impl Rng) -> Self {
        let (light, tint) = match name {
            ColourName::Black => (0.035, 0.006),
            ColourName::White => (0.02, 0.008),
            ColourName::Grey => (0.09, 0.006),
            _ => (0.04, 0.015),
        };
        let middle = to_oklab(rgb_f32(name.rgb()));
        // Neighbours such as burgundy and brown are close: draw again rather than cross over.
        for _ in 0..8 {
            let mut lab = middle;
            lab[0] += rng.random_range(-light..light);
            lab[1] += rng.random_range(-tint..tint);
            lab[2] += rng.random_range(-tint..tint);
            let rgb = rgb_u8(from_oklab(lab));
            if ColourName::nearest(rgb) == name {
                return Self { name, rgb };
            }
        }
        Self::exact(name)
    }

    /// A colour drawn as often as clothes have it.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self::jittered(weighted(rng, |_| 1.0), rng)
    }

    /// A colour that stands out on `self`.
    pub fn contrasting(self, rng: &mut impl Rng) -> Self {
        let own = to_oklab(rgb_f32(self.rgb));
        // White, black and navy go with everything, so they are drawn more often beside another colour.
        let name = weighted(rng, |name| {
            let gap = distance(own, to_oklab(rgb_f32(name.rgb())));
            let easy =
                matches!(name, ColourName::White | ColourName::Black | ColourName::Navy | ColourName::Beige);
            if gap < 0.22 { 0.0 } else { if easy { 2.0 } else { 0.6 } }
        });
        Self::jittered(name, rng)
    }

    pub(crate) fn rgb_f32(self) -> Rgb {
        rgb_f32(self.rgb)
    }
}

fn weighted(rng: &mut impl Rng, factor: impl Fn(ColourName) -> f32) -> ColourName {
    let weights: Vec<f32> = ColourName::ALL.iter().map(|&name| name.weight() * factor(name)).collect();
    let mut left = rng.random_range(0.0..weights.iter().sum::<f32>().max(f32::EPSILON));
    for (&name, weight) in ColourName::ALL.iter().zip(&weights) {
        if left < *weight {
            return name;
        }
        left -= weight;
    }
    ColourName::Black
}

pub(crate) fn rgb_f32(rgb: [u8; 3]) -> Rgb {
    rgb.map(|c| f32::from(c) / 255.0)
}

pub(crate) fn rgb_u8(rgb: Rgb) -> [u8; 3] {
    rgb.map(|c| (c.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
}

pub(crate) fn mix(a: Rgb, b: Rgb, t: f32) -> Rgb {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

pub(crate) fn scale(a: Rgb, k: f32) -> Rgb {
    a.map(|c| c * k)
}

/// A darker tone for dents, seams and linings; black gets lighter instead, or it would not show.
pub(crate) fn shade_of(a: Rgb, amount: f32) -> Rgb {
    let light = luma(a);
    if light < 0.16 { mix(a, [0.55, 0.55, 0.57], amount * 0.45) } else { scale(a, 1.0 - amount) }
}

pub(crate) fn luma(a: Rgb) -> f32 {
    0.299 * a[0] + 0.587 * a[1] + 0.114 * a[2]
}

pub(crate) fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
}

/// sRGB to OKLab (Ottosson 2020), where equal steps look equally large.
pub(crate) fn to_oklab(rgb: Rgb) -> [f32; 3] {
    let [r, g, b] = rgb.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    let l = (0.412_221_47 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// OKLab back to sRGB, clamped to what a screen shows.
pub(crate) fn from_oklab(lab: [f32; 3]) -> Rgb {
    let l = (lab[0] + 0.396_337_78 * lab[1] + 0.215_803_76 * lab[2]).powi(3);
    let m = (lab[0] - 0.105_561_346 * lab[1] - 0.063_854_17 * lab[2]).powi(3);
    let s = (lab[0] - 0.089_484_18 * lab[1] - 1.291_485_5 * lab[2]).powi(3);
    [
        4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
        -1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s,
        -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
    ]
    .map(|c| if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * c.powf(1.0 / 2.4) - 0.055 })
    .map(|c| c.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn jittered_tone_is_nearest_to_its_own_name() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for &name in ColourName::ALL {
            for _ in 0..50 {
                assert_eq!(ColourName::nearest(Colour::jittered(name, &mut rng).rgb), name);
            }
        }
    }
}
