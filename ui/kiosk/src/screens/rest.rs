//! The first screen while nobody is there for long: dark, with the shop's name.

use eframe::egui::{Color32, Ui, pos2};

use crate::kiosk::Kiosk;
use crate::look::Look;

/// How long the name stays in one place, so that it does not burn in, in seconds.
const STAYS: u64 = 30;

pub(super) fn show(kiosk: &Kiosk, ui: &Ui, look: &Look) {
    let painter = ui.painter();
    painter.rect_filled(look.screen, 0, Color32::BLACK);
    let laid = look.colored(&kiosk.settings.name, 34.0, Color32::from_gray(70)).lay(painter);
    let room = look.screen.size() - laid.size;
    // Two steps that have no common divisor with the places lead to all of them.
    let turn = kiosk.now.as_secs() / STAYS;
    let (x, y) = ((turn * 5 % 11) as f32 / 10.0, (turn * 7 % 13) as f32 / 12.0);
    let at = look.screen.min + eframe::egui::vec2(room.x.max(0.0) * x, room.y.max(0.0) * y);
    laid.paint(painter, pos2(at.x, at.y));
}
