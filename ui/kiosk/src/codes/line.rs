//! A line through a picture as bars and spaces.

use super::gray::Gray;

/// The least step of brightness that is an edge, in levels of 255.
const LEAST_STEP: f32 = 7.0;

/// The same as a part of the contrast nearby: bars out of focus are greyer than wide ones.
const STEP: f32 = 0.14;

/// Samples that share a contrast.
const BLOCK: usize = 16;

/// How far contrast counts as near, in blocks.
const NEAR: usize = 2;

/// Bars and spaces in turn, with their widths in samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Runs {
    /// The first and the last one end with the line.
    pub(super) widths: Vec<f32>,
    /// Whether the first one is dark.
    pub(super) begins_dark: bool,
}

impl Runs {
    pub(super) fn is_dark(&self, index: usize) -> bool {
        self.begins_dark == index.is_multiple_of(2)
    }

    /// The line read from its other end.
    pub(super) fn reversed(&self) -> Self {
        let last_is_dark = !self.widths.is_empty() && self.is_dark(self.widths.len() - 1);
        Self { widths: self.widths.iter().rev().copied().collect(), begins_dark: last_is_dark }
    }
}

/// The brightness along a line, one sample a pixel. Each is the mean of three pixels across the line, which takes
/// noise away and leaves bars as they are.
pub(super) fn sample(gray: &Gray<'_>, from: (f32, f32), to: (f32, f32), samples: &mut Vec<f32>) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    let (dx, dy) = (dx / length, dy / length);
    samples.clear();
    for step in 0..length as usize {
        let (x, y) = (from.0 + dx * step as f32, from.1 + dy * step as f32);
        let across = gray.at(x, y) + gray.at(x - dy, y + dx) + gray.at(x + dy, y - dx);
        samples.push(across / 3.0);
    }
}

/// Makes edges steeper that are out of focus. `by` is 1 for a lens that is a little off.
pub(super) fn sharpen(samples: &mut [f32], by: f32) {
    let soft: Vec<f32> = (0..samples.len())
        .map(|at| {
            let near = &samples[at.saturating_sub(2)..(at + 3).min(samples.len())];
            near.iter().sum::<f32>() / near.len() as f32
        })
        .collect();
    for (sample, soft) in samples.iter_mut().zip(soft) {
        *sample += by * (*sample - soft);
    }
}

/// Bars and spaces of a line. An edge stands where the brightness changes fastest between two turning points that are
/// far enough apart; a narrow bar out of focus keeps its edges there, while a fixed threshold loses it.
pub(super) fn runs(samples: &[f32]) -> Runs {
    let turns = turns(samples);
    let mut edges: Vec<f32> = Vec::with_capacity(turns.len());
    for pair in turns.windows(2) {
        edges.push(steepest(samples, pair[0], pair[1]));
    }
    let Some((first, last)) = edges.first().zip(edges.last()) else { return Runs::default() };
    let mut widths = Vec::with_capacity(edges.len() + 1);
    widths.push(*first);
    widths.extend(edges.windows(2).map(|pair| pair[1] - pair[0]));
    widths.push(samples.len() as f32 - last);
    Runs { widths, begins_dark: samples[turns[0]] < samples[turns[1]] }
}

/// The brightest and darkest places in turn.
fn turns(samples: &[f32]) -> Vec<usize> {
    let steps = steps(samples);
    let mut found = Vec::new();
    let (mut low, mut high) = (0, 0);
    // Whether the line has become brighter, once that is known.
    let mut rises: Option<bool> = None;
    for (at, sample) in samples.iter().enumerate() {
        if *sample < samples[low] {
            low = at;
        }
        if *sample > samples[high] {
            high = at;
        }
        let step = steps[at / BLOCK];
        if rises != Some(true) && sample - samples[low] > step {
            found.push(low);
            (rises, high) = (Some(true), at);
        } else if rises != Some(false) && samples[high] - sample > step {
            found.push(high);
            (rises, low) = (Some(false), at);
        }
    }
    match rises {
        Some(true) => found.push(high),
        Some(false) => found.push(low),
        None => {}
    }
    found
}

/// What is an edge in each block of samples.
fn steps(samples: &[f32]) -> Vec<f32> {
    let ends = |block: &[f32]| {
        block.iter().fold((f32::MAX, f32::MIN), |(low, high), sample| (low.min(*sample), high.max(*sample)))
    };
    let blocks: Vec<(f32, f32)> = samples.chunks(BLOCK).map(ends).collect();
    (0..blocks.len())
        .map(|at| {
            let near = &blocks[at.saturating_sub(NEAR)..(at + NEAR + 1).min(blocks.len())];
            let low = near.iter().map(|(low, _)| *low).fold(f32::MAX, f32::min);
            let high = near.iter().map(|(_, high)| *high).fold(f32::MIN, f32::max);
            (STEP * (high - low)).max(LEAST_STEP)
        })
        .collect()
}

/// Where the brightness changes fastest between two samples, to a part of a sample.
fn steepest(samples: &[f32], from: usize, to: usize) -> f32 {
    let sign = (samples[to] - samples[from]).signum();
    // A turning point stands beside the edge before it, which goes the other way.
    let slope = |at: usize| {
        let (before, after) = (at.saturating_sub(1), (at + 1).min(samples.len() - 1));
        sign * (samples[after] - samples[before])
    };
    let mut best = from;
    for at in from..=to {
        if slope(at) > slope(best) {
            best = at;
        }
    }
    let (before, here, after) =
        (slope(best.saturating_sub(1)), slope(best), slope((best + 1).min(samples.len() - 1)));
    let bend = before - 2.0 * here + after;
    let shift = if bend < -1e-3 { (before - after) / (2.0 * bend) } else { 0.0 };
    best as f32 + shift.clamp(-0.5, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(widths: &[usize], light: f32, dark: f32) -> Vec<f32> {
        let color = |index: usize| if index.is_multiple_of(2) { light } else { dark };
        widths.iter().enumerate().flat_map(|(index, width)| vec![color(index); *width]).collect()
    }

    #[test]
    fn bars_have_their_widths() {
        let runs = runs(&drawn(&[20, 4, 8, 4, 12, 20], 220.0, 30.0));
        assert!(!runs.begins_dark && !runs.is_dark(2) && runs.is_dark(1));
        for (found, drawn) in runs.widths[1..5].iter().zip([4.0, 8.0, 4.0, 12.0]) {
            assert!((found - drawn).abs() < 0.6, "{:?}", runs.widths);
        }
    }

    #[test]
    fn light_that_falls_off_is_no_edge() {
        let mut samples = drawn(&[30, 6, 6, 6, 30], 200.0, 60.0);
        for (at, sample) in samples.iter_mut().enumerate() {
            *sample *= 1.0 - at as f32 / 400.0;
        }
        assert_eq!(runs(&samples).widths.len(), 5);
        assert_eq!(runs(&[90.0; 50]), Runs::default());
        assert_eq!(runs(&[]), Runs::default());
    }

    #[test]
    fn a_line_can_be_read_from_its_other_end() {
        let runs = Runs { widths: vec![1.0, 2.0, 3.0, 4.0], begins_dark: false };
        let reversed = Runs { widths: vec![4.0, 3.0, 2.0, 1.0], begins_dark: true };
        assert_eq!(runs.reversed(), reversed);
        assert_eq!(reversed.reversed(), runs);
    }
}
