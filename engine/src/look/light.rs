//! The light that a picture was taken in.

use super::cloth::Cloth;

/// A cell is among the brightest if so many hundredths are darker.
const BRIGHTEST: usize = 97;

/// How bright those are in good light, 0 to 1.
const GOOD: f32 = 0.94;

/// Dim light is made up for by at most this factor: a picture of dark things alone has no bright cell, and
/// is not dim.
const MOST: f32 = 1.15;

/// The brightest cells are taken for white in coloured light if their channels differ by less than this
/// share of the highest.
const NEARLY_WHITE: f32 = 0.2;

/// Of the light's colour so much is taken away: cream is nearly white, too.
const TRUST: f32 = 0.35;

/// Factors that show a picture in good white light, for red, green and blue, as von Kries has it with white
/// for what is brightest. The background counts, too: it stands in the same light.
pub(super) fn gains(cloth: &Cloth) -> [f32; 3] {
    let highest = |rgb: &[f32; 3]| rgb[0].max(rgb[1]).max(rgb[2]);
    let mut sorted: Vec<f32> = cloth.rgb.iter().map(highest).collect();
    let place = (sorted.len() * BRIGHTEST / 100).min(sorted.len() - 1);
    let (_, bright, _) = sorted.select_nth_unstable_by(place, f32::total_cmp);
    let (bright, mut sum) = (bright.max(0.01), [0.0_f32; 3]);
    for rgb in cloth.rgb.iter().filter(|rgb| highest(rgb) >= bright) {
        (0..3).for_each(|channel| sum[channel] += rgb[channel]);
    }
    let top = highest(&sum);
    let low = sum[0].min(sum[1]).min(sum[2]);
    let trust = if top - low < NEARLY_WHITE * top { TRUST } else { 0.0 };
    let common = (GOOD / bright).clamp(1.0, MOST);
    sum.map(|channel| common * (top / channel.max(0.01)).powf(trust))
}
