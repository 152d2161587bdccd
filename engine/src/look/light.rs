//! Corrects the light in which a picture was taken.

use crate::look::masked_image::MaskedImage;

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
    let highest = |rgb: &[f32; 3]| rgb[0].max(rgb[1]).max(rgb[2]);
    let mut sorted: Vec<f32> = masked.rgb.iter().map(highest).collect();
    let place = (sorted.len() * BRIGHTEST / 100).min(sorted.len() - 1);
    let (_, bright, _) = sorted.select_nth_unstable_by(place, f32::total_cmp);
    let (bright, mut sum) = (bright.max(0.01), [0.0_f32; 3]);
    for rgb in masked.rgb.iter().filter(|rgb| highest(rgb) >= bright) {
        (0..3).for_each(|channel| sum[channel] += rgb[channel]);
    }
    let top = highest(&sum);
    let low = sum[0].min(sum[1]).min(sum[2]);
    let trust = if top - low < NEARLY_WHITE * top { TRUST } else { 0.0 };
    let common = (GOOD / bright).clamp(1.0, MOST);
    sum.map(|channel| common * (top / channel.max(0.01)).powf(trust))
}
