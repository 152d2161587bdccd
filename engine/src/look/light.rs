//! Corrects the light in which a picture was taken.

use crate::look::masked_image::{Cell, MaskedImage, WHITE};

/// A cell is among the brightest if this many percent of the cells are darker.
const BRIGHTEST: usize = 97;

/// The brightness of these cells in good light, 0 to 1.
const GOOD: f32 = 0.94;

/// The largest correction of dim light. A picture of dark things has no bright cell although its light is good.
const MOST: f32 = 1.15;

/// The brightest cells are taken for white in coloured light if their channels differ by less than this
/// share of the highest.
const NEARLY_WHITE: f32 = 0.2;

/// The share of the light's colour that is corrected. It is low, since a cream thing looks like white in warm
/// light.
const TRUST: f32 = 0.35;

/// The gains of red, green and blue that correct the light, after von Kries, with the brightest cells as white.
/// The background counts too, since it is in the same light.
pub(super) fn gains(masked: &MaskedImage) -> [f32; 3] {
    let bright = brightest_from(masked);
    let mut sum = [0_u64; 3];
    for cell in masked.rows().flatten().filter(|cell| highest(cell) >= bright) {
        (0..3).for_each(|channel| sum[channel] += u64::from(cell[channel]));
    }
    let level = |level: u64| level as f32 / f32::from(WHITE);
    let sum = sum.map(level);
    let top = sum[0].max(sum[1]).max(sum[2]);
    let low = sum[0].min(sum[1]).min(sum[2]);
    let trust = if top - low < NEARLY_WHITE * top { TRUST } else { 0.0 };
    let common = (GOOD / level(bright.into())).clamp(1.0, MOST);
    sum.map(|channel| common * (top / channel.max(0.01)).powf(trust))
}

/// The highest level of the darkest of the brightest cells; above black.
fn brightest_from(masked: &MaskedImage) -> u16 {
    let mut counts = vec![0_u32; usize::from(WHITE) + 1];
    masked.rows().flatten().for_each(|cell| counts[usize::from(highest(cell))] += 1);
    let all = masked.width * masked.height;
    let place = (all * BRIGHTEST / 100).min(all - 1) as u32;
    let darker = counts.iter().scan(0, |sum, count| {
        *sum += count;
        Some(*sum)
    });
    let bright = darker.take_while(|darker| *darker <= place).count() as u16;
    bright.max(WHITE / 100)
}

fn highest([red, green, blue, _]: &Cell) -> u16 {
    *red.max(green).max(blue)
}
