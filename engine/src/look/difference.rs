//! How different two colours look.

use crate::look::lab::Lab;

/// 25 to the power of 7.
const POW_25_7: f64 = 6_103_515_625.0;

/// CIEDE2000, with all parametric factors one: about 1 can just be seen, above 20 nobody would use the same
/// word. After Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula: implementation notes,
/// supplementary test data, and mathematical observations" (Color Research and Application, 2005).
pub fn distance(a: Lab, b: Lab) -> f32 {
    let (a, b) = (a.map(f64::from), b.map(f64::from));
    let mean_chroma = f64::midpoint(a[1].hypot(a[2]), b[1].hypot(b[2]));
    let stretch = 1.0 + 0.5 * (1.0 - high_chroma(mean_chroma));
    let (first, second) = (Polar::from_lab(a, stretch), Polar::from_lab(b, stretch));
    let hue = first.hue_to(&second);
    let mean = Polar {
        light: f64::midpoint(first.light, second.light),
        chroma: f64::midpoint(first.chroma, second.chroma),
        hue: first.mean_hue(&second),
    };
    let light = (second.light - first.light) / mean.light_weight();
    let chroma = (second.chroma - first.chroma) / (1.0 + 0.045 * mean.chroma);
    let hue = 2.0 * (first.chroma * second.chroma).sqrt() * (hue / 2.0).to_radians().sin()
        / (1.0 + 0.015 * mean.chroma * mean.hue_weight());
    let squared = light * light + chroma * chroma + hue * hue + mean.rotation() * chroma * hue;
    squared.max(0.0).sqrt() as f32
}

/// `√(C⁷ / (C⁷ + 25⁷))`: 0 for greys, 1 for strong colours.
fn high_chroma(chroma: f64) -> f64 {
    let power = chroma.powi(7);
    (power / (power + POW_25_7)).sqrt()
}

/// Hue in degrees, `0.0..360.0`.
struct Polar {
    light: f64,
    chroma: f64,
    hue: f64,
}

impl Polar {
    fn from_lab([light, a, b]: [f64; 3], stretch: f64) -> Self {
        let a = a * stretch;
        Self { light, chroma: a.hypot(b), hue: b.atan2(a).to_degrees().rem_euclid(360.0) }
    }

    fn is_grey_beside(&self, other: &Self) -> bool {
        self.chroma * other.chroma == 0.0
    }

    /// The shorter way round.
    fn hue_to(&self, other: &Self) -> f64 {
        match other.hue - self.hue {
            _ if self.is_grey_beside(other) => 0.0,
            turn if turn > 180.0 => turn - 360.0,
            turn if turn < -180.0 => turn + 360.0,
            turn => turn,
        }
    }

    fn mean_hue(&self, other: &Self) -> f64 {
        let sum = self.hue + other.hue;
        if self.is_grey_beside(other) {
            sum
        } else if (self.hue - other.hue).abs() <= 180.0 {
            sum / 2.0
        } else if sum < 360.0 {
            sum / 2.0 + 180.0
        } else {
            sum / 2.0 - 180.0
        }
    }

    fn light_weight(&self) -> f64 {
        let squared = (self.light - 50.0).powi(2);
        1.0 + 0.015 * squared / (20.0 + squared).sqrt()
    }

    fn hue_weight(&self) -> f64 {
        let cos = |degrees: f64| degrees.to_radians().cos();
        1.0 - 0.17 * cos(self.hue - 30.0) + 0.24 * cos(2.0 * self.hue) + 0.32 * cos(3.0 * self.hue + 6.0)
            - 0.20 * cos(4.0 * self.hue - 63.0)
    }

    /// Blues turn.
    fn rotation(&self) -> f64 {
        let turn = 30.0 * (-((self.hue - 275.0) / 25.0).powi(2)).exp();
        -2.0 * high_chroma(self.chroma) * (2.0 * turn).to_radians().sin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From Sharma et al., table 1: each exercises another branch.
    const PUBLISHED: [(Lab, Lab, f32); 20] = [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 3.1571, -77.2803], [50.0, 0.0, -82.7485], 2.8615),
        ([50.0, 2.8361, -74.0200], [50.0, 0.0, -82.7485], 3.4412),
        ([50.0, -1.3802, -84.2814], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, -0.9009, -85.5211], [50.0, 0.0, -82.7485], 1.0000),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0009], 7.1792),
        ([50.0, 2.4900, -0.0010], [50.0, -2.4900, 0.0011], 7.2195),
        ([50.0, -0.0010, 2.4900], [50.0, 0.0009, -2.4900], 4.8045),
        ([50.0, 2.5000, 0.0], [50.0, 0.0, -2.5000], 4.3065),
        ([50.0, 2.5000, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([50.0, 2.5000, 0.0], [61.0, -5.0, 29.0], 22.8977),
        ([50.0, 2.5000, 0.0], [56.0, -27.0, -3.0], 31.9030),
        ([50.0, 2.5000, 0.0], [58.0, 24.0, 15.0], 19.4535),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([63.0109, -31.0961, -5.8663], [62.8187, -29.7946, -4.0864], 1.2630),
        ([35.0831, -44.1164, 3.7933], [35.0232, -40.0716, 1.5901], 1.8645),
        ([36.4612, 47.8580, 18.3852], [36.2715, 50.5065, 21.2231], 1.4146),
        ([90.8027, -2.0831, 1.4410], [91.1528, -1.6435, 0.0447], 1.4441),
        ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
    ];

    #[test]
    fn published_pairs_have_their_published_difference_both_ways() {
        for (a, b, expected) in PUBLISHED {
            for found in [distance(a, b), distance(b, a)] {
                assert!((found - expected).abs() < 2e-4, "{a:?} {b:?}: {found} is not {expected}");
            }
        }
    }
}
