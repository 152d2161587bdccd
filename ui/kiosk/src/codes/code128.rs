//! Code 128 in a line of bars.

use super::line::Runs;

/// Widths of the three bars and spaces of each symbol, in modules: values 0 to 102, the three starts, the stop.
const SYMBOLS: [&[u8; 6]; 107] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312", b"132212",
    b"221213", b"221312", b"231212", b"112232", b"122132", b"122231", b"113222", b"123122", b"123221",
    b"223211", b"221132", b"221231", b"213212", b"223112", b"312131", b"311222", b"321122", b"321221",
    b"312212", b"322112", b"322211", b"212123", b"212321", b"232121", b"111323", b"131123", b"131321",
    b"112313", b"132113", b"132311", b"211313", b"231113", b"231311", b"112133", b"112331", b"132131",
    b"113123", b"113321", b"133121", b"313121", b"211331", b"231131", b"213113", b"213311", b"213131",
    b"311123", b"311321", b"331121", b"312113", b"312311", b"332111", b"314111", b"221411", b"431111",
    b"111224", b"111422", b"121124", b"121421", b"141122", b"141221", b"112214", b"112412", b"122114",
    b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111", b"111242",
    b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112", b"421211", b"212141",
    b"214121", b"412121", b"111143", b"111341", b"131141", b"114113", b"114311", b"411113", b"411311",
    b"113141", b"114131", b"311141", b"411131", b"211412", b"211214", b"211232", b"233111",
];

const SHIFT: u8 = 98;
const TO_C: u8 = 99;
const TO_B: u8 = 100;
const TO_A: u8 = 101;
const FNC1: u8 = 102;
const START_A: u8 = 103;
const STOP: u8 = 106;

/// Light before and after a code, in modules. The standard asks for 10.
const QUIET: f32 = 5.0;

/// The most that a symbol's widths may be off, in squared modules, and how much worse the next best one has to be.
const WORST: f32 = 2.2;
const MARGIN: f32 = 0.3;

/// The most symbols of a code: more are no number of goods.
const MOST: usize = 48;

/// What a code says, and whether it begins with FNC1: then it is a list of GS1's elements, which FNC1 (here U+001D)
/// ends where their length is not fixed.
pub(super) type Said = (String, bool);

/// The first code of a line that is read in this direction.
pub(super) fn read(runs: &Runs) -> Option<Said> {
    (1..runs.widths.len()).filter(|at| runs.is_dark(*at)).find_map(|at| read_at(runs, at))
}

fn read_at(runs: &Runs, start: usize) -> Option<Said> {
    let (first, module) = symbol(runs.widths.get(start..start + 6)?)?;
    if !(START_A..STOP).contains(&first) || runs.widths[start - 1] < QUIET * module {
        return None;
    }
    let (mut values, mut at, mut last) = (vec![first], start + 6, module);
    loop {
        let (value, module) = symbol(runs.widths.get(at..at + 6)?)?;
        // Symbols of one code are equally wide, but for a slow change on a code that is tilted.
        if !(0.8..1.25).contains(&(module / last)) || values.len() > MOST || value >= START_A && value != STOP
        {
            return None;
        }
        (at, last) = (at + 6, module);
        if value == STOP {
            break;
        }
        values.push(value);
    }
    let (bar, after) = (*runs.widths.get(at)?, *runs.widths.get(at + 1)?);
    let ends = (1.2..2.9).contains(&(bar / last)) && after >= QUIET * last;
    let check = values.pop().filter(|_| ends && values.len() >= 2)?;
    let sum =
        values.iter().enumerate().map(|(place, value)| place.max(1) as u32 * u32::from(*value)).sum::<u32>();
    if sum % 103 != u32::from(check) { None } else { text(&values) }
}

/// The symbol that six widths are, and the width of its module.
fn symbol(widths: &[f32]) -> Option<(u8, f32)> {
    let sum: f32 = widths.iter().sum();
    let n: [f32; 6] = std::array::from_fn(|at| widths[at] * 11.0 / sum);
    let (mut best, mut next) = ((0, f32::MAX), f32::MAX);
    for (value, symbol) in SYMBOLS.iter().enumerate() {
        let p: [f32; 6] = symbol.map(|digit| f32::from(digit - b'0'));
        let pair = |at: usize| (n[at] + n[at + 1] - p[at] - p[at + 1]).powi(2);
        let single: f32 = n.iter().zip(p).map(|(n, p)| (n - p).powi(2)).sum();
        let off = (0..5).map(pair).sum::<f32>() + 0.4 * single;
        if off < best.1 {
            next = best.1;
            best = (value as u8, off);
        } else if off < next {
            next = off;
        }
    }
    (best.1 <= WORST && next - best.1 >= MARGIN).then_some((best.0, sum / 11.0))
}

/// What the values of a code without its check symbol say. Function codes 2 to 4 are of no use on goods.
fn text(values: &[u8]) -> Option<Said> {
    let (start, values) = values.split_first()?;
    let mut set = start - START_A;
    let is_gs1 = values.first() == Some(&FNC1);
    let mut said = String::new();
    let mut shifted = false;
    for value in &values[usize::from(is_gs1)..] {
        let of = if shifted { 1 - set } else { set };
        shifted = false;
        match (*value, of) {
            (FNC1, _) => said.push('\u{1d}'),
            (TO_B, 0 | 2) => set = 1,
            (TO_A, 1 | 2) => set = 0,
            (TO_C, 0 | 1) => set = 2,
            (SHIFT, 0 | 1) => shifted = true,
            (value @ 0..=99, 2) => said.push_str(&format!("{value:02}")),
            (value @ 64..=95, 0) => said.push(char::from(value - 64)),
            (value @ 0..=95, 0 | 1) => said.push(char::from(value + 32)),
            _ => return None,
        }
    }
    (!said.is_empty()).then_some((said, is_gs1))
}
