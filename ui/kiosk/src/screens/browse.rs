//! The shop's categories, each with one of its products.

use eframe::egui::{Color32, CornerRadius, Rect, Ui, pos2, vec2};

use super::frame::{frame, scroll, trouble};
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Look, grid};
use crate::shop::Size;
use crate::visit::Event;

const GAP: f32 = 28.0;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    let area = frame(kiosk, ui, look, look.say(Text::Browse));
    if trouble(kiosk, ui, look, area) {
        return;
    }
    let categories = kiosk.first.facets.iter().find(|facet| facet.field == "category");
    let categories = categories.map(|facet| facet.values.clone()).unwrap_or_default();
    let columns = if look.is_portrait() { 2 } else { 4 };
    scroll(ui, area, "categories", |ui, at| {
        let start = pos2(at.left() + look.edge(), at.top() + 8.0);
        let width = at.width() - 2.0 * look.edge();
        let (places, height) = grid(start, width, columns, GAP, 300.0, categories.len());
        for (place, category) in places.into_iter().zip(&categories) {
            let place = look.place(place);
            if ui.is_rect_visible(place) {
                tile(kiosk, ui, look, place, &category.value, category.count);
            }
        }
        height + 48.0
    });
}

fn tile(kiosk: &mut Kiosk, ui: &Ui, look: &Look, place: Rect, name: &str, count: u32) {
    let painter = ui.painter();
    look.sheet(painter, place, 28);
    let image = Rect::from_min_size(place.min, vec2(place.width(), place.height() - 116.0));
    let round = CornerRadius { nw: 28, ne: 28, sw: 0, se: 0 };
    painter.rect_filled(image, round, look.tokens.picture);
    let cover = kiosk.first.covers.get(name).cloned();
    if let Some(texture) = cover.and_then(|id| kiosk.pictures.get(&id, Size::Small)) {
        look.picture(painter, image, round, &texture, Color32::WHITE);
    }
    let (left, width) = (place.left() + 24.0, place.width() - 48.0);
    look.label(name, 30.0).bold().within(width, 1).paint(painter, pos2(left, image.bottom() + 14.0));
    let many = look.language.count(Text::Products, count);
    look.colored(&many, 24.0, look.tokens.ink_soft)
        .within(width, 1)
        .paint(painter, pos2(left, image.bottom() + 60.0));
    if look.touch(ui, place, ui.scope_id().with(("category", name)), name).clicked() {
        kiosk.events.push(Event::Category(name.into()));
    }
}
