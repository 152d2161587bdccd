//! What counts as a touch.

use eframe::egui::InputOptions;

/// How far a finger may roll between down and up, in points. Egui's six are for a mouse.
const ROLL: f32 = 30.0;

/// Fits egui's idea of a click to fingers on a large screen: a press may be long, and roll.
pub fn touch_screen(input: &mut InputOptions) {
    input.max_click_dist = ROLL;
    // Egui takes a press of more than 0.8 s for something else than a click; here it would be nothing at all.
    input.max_click_duration = f64::INFINITY;
}
