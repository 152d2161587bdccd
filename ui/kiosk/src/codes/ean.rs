//! EAN-13, EAN-8, UPC-A and UPC-E in a line of bars.

use super::line::Runs;

/// Widths of a digit's two spaces and two bars, in modules, as on the left of EAN-13 in the odd set. The even set has
/// them in the other order; the right side has bars for spaces.
const DIGITS: [[u8; 4]; 10] = [
    [3, 2, 1, 1],
    [2, 2, 2, 1],
    [2, 1, 2, 2],
    [1, 4, 1, 1],
    [1, 1, 3, 2],
    [1, 2, 3, 1],
    [1, 1, 1, 4],
    [1, 3, 1, 2],
    [1, 2, 1, 3],
    [3, 1, 1, 2],
];

/// Which of six digits are of the even set, first digit first, by the first digit of EAN-13.
const FIRST: [u8; 10] =
    [0b000000, 0b001011, 0b001101, 0b001110, 0b010011, 0b011001, 0b011100, 0b010101, 0b010110, 0b011010];

/// The same for the check digit of UPC-E in number system 0; system 1 has the other ones.
const UPC_E: [u8; 10] =
    [0b111000, 0b110100, 0b110010, 0b110001, 0b101100, 0b100110, 0b100011, 0b101010, 0b101001, 0b100101];

/// Light before and after a code, in modules. The standards ask for 7 to 11.
const QUIET: f32 = 4.5;

/// The most that a digit's widths may be off, in squared modules, and how much worse the next best digit has to be.
const WORST: f32 = 1.6;
const MARGIN: f32 = 0.25;

/// The most that all digits of a code may be off on average.
const WORST_MEAN: f32 = 0.55;

/// The digits of the first code in a line that is read in this direction, as 13 or 8 digits: a UPC is an EAN-13 that
/// begins with 0.
pub(super) fn read(runs: &Runs) -> Option<String> {
    (1..runs.widths.len()).filter(|at| runs.is_dark(*at)).find_map(|at| {
        let thirteen = Part::new(runs, at, 59, [47.5, 47.5]).and_then(|part| ean_13(&part));
        thirteen
            .or_else(|| Part::new(runs, at, 43, [33.5, 33.5]).and_then(|part| ean_8(&part)))
            .or_else(|| Part::new(runs, at, 33, [25.5, 25.5]).and_then(|part| upc_e(&part)))
    })
}

/// The bars and spaces that a code of known length would have, with light around them.
struct Part<'a> {
    widths: &'a [f32],
    /// The width of a module on average, and how much it grows from the start to the end: of a code that is tilted, one
    /// side is nearer.
    module: f32,
    growth: f32,
}

/// The most that modules may grow along a code, as a part of them.
const MOST_GROWTH: f32 = 1.0;

impl<'a> Part<'a> {
    /// `halves` are the modules of the first and of the second half.
    fn new(runs: &'a Runs, at: usize, bars: usize, halves: [f32; 2]) -> Option<Self> {
        let widths = runs.widths.get(at..at + bars)?;
        let (before, after) = (runs.widths[at - 1], *runs.widths.get(at + bars)?);
        let module = widths.iter().sum::<f32>() / (halves[0] + halves[1]);
        let mut part = Self { widths, module, growth: 0.0 };
        if bars % 2 == 1 && bars != 33 {
            // The bar in the middle belongs to both halves.
            let middle = widths[bars / 2] / 2.0;
            let first = (widths[..bars / 2].iter().sum::<f32>() + middle) / halves[0];
            let second = (widths[bars / 2 + 1..].iter().sum::<f32>() + middle) / halves[1];
            part.growth = 2.0 * (second - first);
        } else {
            // UPC-E has no middle: three digits after the first guard, three before the last one.
            let (first, second) = widths.split_at(15);
            part.growth = 2.0 * (second.iter().sum::<f32>() / 27.0 - first.iter().sum::<f32>() / 24.0);
        }
        let is_flat = part.growth.abs() <= MOST_GROWTH * module;
        let is_quiet = before.min(after) >= QUIET * module;
        (is_flat && is_quiet && part.guards(0..3)).then_some(part)
    }

    /// The width of a module at a bar.
    fn module_at(&self, bar: usize) -> f32 {
        self.module + self.growth * (bar as f32 / self.widths.len() as f32 - 0.5)
    }

    /// Whether these are bars and spaces of one module.
    fn guards(&self, range: std::ops::Range<usize>) -> bool {
        range.clone().all(|bar| (0.45..1.75).contains(&(self.widths[bar] / self.module_at(bar))))
    }

    /// Digits of four bars each, the first at `at`: each with whether it is of the even set. Also how far they are off.
    fn digits(&self, at: usize, count: usize) -> Option<(Vec<(u8, bool)>, f32)> {
        let (mut digits, mut off) = (Vec::with_capacity(count), 0.0);
        for (index, widths) in self.widths[at..at + 4 * count].chunks_exact(4).enumerate() {
            let (digit, is_even, by) = digit(widths, self.module_at(at + 4 * index + 2))?;
            digits.push((digit, is_even));
            off += by;
        }
        Some((digits, off))
    }
}

/// The digit that these four widths are, whether it is of the even set, and how far they are off.
fn digit(widths: &[f32], module: f32) -> Option<(u8, bool, f32)> {
    let sum: f32 = widths.iter().sum();
    if (sum / module - 7.0).abs() > 1.1 {
        return None;
    }
    let n: [f32; 4] = std::array::from_fn(|at| widths[at] * 7.0 / sum);
    let off = |p: [u8; 4]| {
        let p = p.map(f32::from);
        // From one edge to the next of the same kind: ink that runs and light that floods change both alike.
        let pairs = (n[0] + n[1] - p[0] - p[1]).powi(2) + (n[1] + n[2] - p[1] - p[2]).powi(2);
        let single: f32 = n.iter().zip(p).map(|(n, p)| (n - p).powi(2)).sum();
        pairs + 0.5 * single
    };
    let (mut best, mut next) = ((0, false, f32::MAX), f32::MAX);
    for (value, pattern) in DIGITS.iter().enumerate() {
        let [a, b, c, d] = *pattern;
        for (is_even, pattern) in [(false, *pattern), (true, [d, c, b, a])] {
            let off = off(pattern);
            if off < best.2 {
                next = best.2;
                best = (value as u8, is_even, off);
            } else if off < next {
                next = off;
            }
        }
    }
    (best.2 <= WORST && next - best.2 >= MARGIN).then_some(best)
}

fn ean_13(part: &Part<'_>) -> Option<String> {
    if !part.guards(27..32) || !part.guards(56..59) {
        return None;
    }
    let (left, off_left) = part.digits(3, 6)?;
    let (right, off_right) = part.digits(32, 6)?;
    let first = FIRST.iter().position(|sets| *sets == sets_of(&left))?;
    let digits = std::iter::once(first as u8).chain(left.iter().chain(&right).map(|(digit, _)| *digit));
    let is_sound = right.iter().all(|(_, is_even)| !is_even) && off_left + off_right <= 12.0 * WORST_MEAN;
    checked(digits.collect()).filter(|_| is_sound)
}

fn ean_8(part: &Part<'_>) -> Option<String> {
    if !part.guards(19..24) || !part.guards(40..43) {
        return None;
    }
    let (left, off_left) = part.digits(3, 4)?;
    let (right, off_right) = part.digits(24, 4)?;
    let all = || left.iter().chain(&right);
    let is_sound = all().all(|(_, is_even)| !is_even) && off_left + off_right <= 8.0 * WORST_MEAN;
    checked(all().map(|(digit, _)| *digit).collect()).filter(|_| is_sound)
}

fn upc_e(part: &Part<'_>) -> Option<String> {
    if !part.guards(27..33) {
        return None;
    }
    let (digits, off) = part.digits(3, 6)?;
    let sets = sets_of(&digits);
    let check = |sets: u8| UPC_E.iter().position(|known| *known == sets);
    let (system, check) = check(sets).map(|c| (0, c)).or_else(|| check(!sets & 0b111111).map(|c| (1, c)))?;
    let d: Vec<u8> = digits.iter().map(|(digit, _)| *digit).collect();
    // What was left out: zeros, at a place that the last digit tells.
    let body = match d[5] {
        0..=2 => vec![d[0], d[1], d[5], 0, 0, 0, 0, d[2], d[3], d[4]],
        3 => vec![d[0], d[1], d[2], 0, 0, 0, 0, 0, d[3], d[4]],
        4 => vec![d[0], d[1], d[2], d[3], 0, 0, 0, 0, 0, d[4]],
        last => vec![d[0], d[1], d[2], d[3], d[4], 0, 0, 0, 0, last],
    };
    let whole = [0, system].into_iter().chain(body).chain([check as u8]).collect();
    checked(whole).filter(|_| off <= 6.0 * WORST_MEAN)
}

/// Which digits are of the even set, one bit each, the first digit's first.
fn sets_of(digits: &[(u8, bool)]) -> u8 {
    digits.iter().fold(0, |sets, (_, is_even)| sets << 1 | u8::from(*is_even))
}

/// The digits as text if the last one is the check digit of the others.
fn checked(digits: Vec<u8>) -> Option<String> {
    let weighed = |(place, digit): (usize, &u8)| u32::from(*digit) * if place % 2 == 0 { 1 } else { 3 };
    let sum: u32 = digits.iter().rev().enumerate().map(weighed).sum();
    let is_number = sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0);
    is_number.then(|| digits.iter().map(|digit| char::from(b'0' + digit)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars and spaces of modules that another program wrote, seen from the side: 0.3 is a third nearer at one end.
    fn seen(modules: &str, tilt: f32) -> Runs {
        let count = modules.len() as f32;
        // Where a place of the code is on the picture, in pixels from its start.
        let place = |module: f32| {
            let along = module - count / 2.0;
            3.0 * along / (1.0 + tilt * along / count)
        };
        let edges = modules.as_bytes().windows(2).enumerate().filter(|(_, pair)| pair[0] != pair[1]);
        let mut edges: Vec<f32> = edges.map(|(at, _)| place(at as f32 + 1.0)).collect();
        edges.insert(0, place(0.0));
        edges.push(place(count));
        let bars = edges.windows(2).map(|pair| pair[1] - pair[0]);
        let widths = std::iter::once(40.0).chain(bars).chain([40.0]).collect();
        Runs { widths, begins_dark: false }
    }

    #[test]
    fn codes_of_another_program_are_read_straight_and_tilted() {
        let lines = include_str!("../../tests/golden/codes.txt").lines();
        let codes: Vec<Vec<&str>> =
            lines.filter(|line| line.starts_with("ean")).map(|line| line.split('\t').collect()).collect();
        assert_eq!(codes.len(), 36);
        for code in codes {
            for tilt in [0.0, -0.35, -0.2, 0.1, 0.2, 0.35] {
                assert_eq!(read(&seen(code[2], tilt)).as_deref(), Some(code[1]), "{tilt}");
            }
        }
    }

    #[test]
    fn one_bar_too_much_or_a_wrong_width_is_no_code() {
        let line = include_str!("../../tests/golden/codes.txt")
            .lines()
            .find(|line| line.starts_with("ean"))
            .unwrap();
        let modules = line.split('\t').nth(2).unwrap();
        for at in 4..91 {
            let mut other = modules.as_bytes().to_vec();
            other[at] ^= 1;
            let other = String::from_utf8(other).unwrap();
            assert_eq!(read(&seen(&other, 0.0)), None, "module {at}");
        }
    }
}
