//! The screens. Each draws one state of the visit, and says by events what was touched.

mod attract;
mod browse;
mod card;
mod frame;
pub(crate) mod keyboard;
mod point;
mod product;
mod rest;
mod results;
mod service;
mod still_there;
mod take_along;
mod typing;

use eframe::egui::Ui;

use crate::kiosk::Kiosk;
use crate::look::Look;
use crate::service::Page;
use crate::visit::Screen;

/// Draws the screen of the visit as it is now.
pub(crate) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    if kiosk.desk.page() != Page::Closed {
        return service::show(kiosk, ui, look);
    }
    if kiosk.rests() {
        return rest::show(kiosk, ui, look);
    }
    match kiosk.visit.screen() {
        Screen::Attract => attract::show(kiosk, ui, look),
        Screen::Point => point::show(kiosk, ui, look),
        Screen::Type => typing::show(kiosk, ui, look),
        Screen::Browse => browse::show(kiosk, ui, look),
        Screen::Results => results::show(kiosk, ui, look),
        Screen::Product => product::show(kiosk, ui, look),
        Screen::TakeAlong => take_along::show(kiosk, ui, look),
    }
    if let Some(left) = kiosk.visit.countdown(kiosk.now) {
        still_there::show(kiosk, ui, look, left);
    }
}
