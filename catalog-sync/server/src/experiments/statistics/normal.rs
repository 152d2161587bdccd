//! The standard normal distribution.

use super::gamma;

/// The share below `x`.
pub fn below(x: f64) -> f64 {
    let tail = 0.5 * gamma::upper(0.5, x * x / 2.0);
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// The value below which a share `p` lies; `p` is taken to be within 10^-15 of 0 and 1.
pub fn quantile(p: f64) -> f64 {
    let p = p.clamp(1e-15, 1.0 - 1e-15);
    // Halving is slow and cannot fail; it is asked for a few times in an answer.
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if below(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // From tables.
        for (x, p) in [
            (0.0, 0.5),
            (1.959_963_984_540_054, 0.975),
            (0.841_621_233_572_914_4, 0.8),
            (-3.090_232_306_167_813, 0.001),
        ] {
            assert!((below(x) - p).abs() < 1e-12, "{x}: {}", below(x));
            assert!((quantile(p) - x).abs() < 1e-9, "{p}: {}", quantile(p));
        }
    }
}
