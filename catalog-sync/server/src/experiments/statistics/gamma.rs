//! The regularised incomplete gamma function, as in Numerical Recipes (6.2).

/// Terms at most. A term more changes nothing that a double shows long before.
const TERMS: usize = 1_000;

const TINY: f64 = 1e-300;

/// The logarithm of Γ(x) for x > 0 (Lanczos; within 10^-13).
pub fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let start = 0.999_999_999_999_809_9;
    let sum = (1_u32..).zip(COEFFICIENTS).fold(start, |sum, (at, c)| sum + c / (x + f64::from(at)));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Q(a, x): the share of a gamma distribution of shape `a` > 0 above `x` ≥ 0.
pub fn upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let factor = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 { 1.0 - factor * series(a, x) } else { factor * fraction(a, x) }
}

fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
    for _ in 0..TERMS {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * f64::EPSILON {
            break;
        }
    }
    sum
}

/// Lentz's continued fraction.
fn fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut h = d;
    for i in 1..TERMS {
        let i = i as f64;
        let an = -i * (i - a);
        b += 2.0;
        let raised = |value: f64| if value.abs() < TINY { TINY } else { value };
        d = 1.0 / raised(an * d + b);
        c = raised(b + an / c);
        h *= d * c;
        if (d * c - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-10 * expected.abs().max(1.0), "{found} for {expected}");
    }

    #[test]
    fn logarithms_of_factorials() {
        near(ln_gamma(1.0), 0.0);
        near(ln_gamma(5.0), 24_f64.ln());
        near(ln_gamma(0.5), std::f64::consts::PI.sqrt().ln());
        near(ln_gamma(11.0), 3_628_800_f64.ln());
    }

    #[test]
    fn shape_one_is_the_exponential_distribution() {
        for x in [0.0, 0.1, 1.0, 2.5, 30.0] {
            near(upper(1.0, x), (-x).exp());
        }
    }
}
