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
        let part = |bars: usize, modules: f32| Part::new(runs, at, bars, modules);
        let thirteen = part(59, 95.0).and_then(|part| ean_13(&part));
        thirteen
            .or_else(|| part(43, 67.0).and_then(|part| ean_8(&part)))
            .or_else(|| part(33, 51.0).and_then(|part| upc_e(&part)))
    })
}

/// The bars and spaces that a code of known length would have, with light around them.
struct Part<'a> {
    widths: &'a [f32],
    module: f32,
}

impl<'a> Part<'a> {
    fn new(runs: &'a Runs, at: usize, bars: usize, modules: f32) -> Option<Self> {
        let widths = runs.widths.get(at..at + bars)?;
        let (before, after) = (runs.widths[at - 1], *runs.widths.get(at + bars)?);
        let module = widths.iter().sum::<f32>() / modules;
        let part = Self { widths, module };
        (before.min(after) >= QUIET * module && part.guards(0..3)).then_some(part)
    }

    /// Whether these are bars and spaces of one module.
    fn guards(&self, range: std::ops::Range<usize>) -> bool {
        let is_one = |width: &f32| (0.45..1.75).contains(&(width / self.module));
        self.widths[range].iter().all(is_one)
    }

    /// Digits of four bars each, the first at `at`: each with whether it is of the even set. Also how far they are off.
    fn digits(&self, at: usize, count: usize) -> Option<(Vec<(u8, bool)>, f32)> {
        let (mut digits, mut off) = (Vec::with_capacity(count), 0.0);
        for widths in self.widths[at..at + 4 * count].chunks_exact(4) {
            let (digit, is_even, by) = digit(widths, self.module)?;
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
