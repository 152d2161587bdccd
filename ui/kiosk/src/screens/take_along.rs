//! The list that a shopper takes along, as a code for the phone.

use eframe::egui::{Color32, Rect, Ui, pos2, vec2};
use qrcode::{Color, EcLevel, QrCode};

use super::frame::frame;
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Icon, Look, Weight};
use crate::shop::Size;
use crate::text::Side;
use crate::visit::Event;

/// The empty modules around a code that ISO/IEC 18004 asks for.
const QUIET: usize = 4;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    let area = frame(kiosk, ui, look, look.say(Text::TakeAlong)).shrink2(vec2(look.edge(), 16.0));
    let list = kiosk.visit.kept().list.clone();
    let links: Vec<&str> = list.iter().filter_map(|(_, link)| link.as_deref()).collect();
    let side =
        if look.is_portrait() { (area.width() * 0.62).min(640.0) } else { area.height().min(640.0) - 90.0 };
    let (code_at, rows) = if look.is_portrait() {
        let code = Rect::from_min_size(pos2(area.center().x - side / 2.0, area.top()), vec2(side, side));
        (code, Rect::from_min_max(pos2(area.left(), code.bottom() + 100.0), area.max))
    } else {
        let code = Rect::from_min_size(area.min, vec2(side, side));
        (look.place(code), look.place(Rect::from_min_max(pos2(code.right() + 64.0, area.top()), area.max)))
    };
    let drawn = !links.is_empty() && code(ui, code_at, &links.join("\n"));
    let rows = if drawn {
        let scan = look.label(look.say(Text::Scan), 30.0).bold().side(Side::Middle);
        let at = pos2(code_at.left() - 60.0, code_at.bottom() + 20.0);
        scan.within(code_at.width() + 120.0, 3).paint(ui.painter(), at);
        rows
    } else {
        let said = look.label(look.say(Text::NoCode), 30.0).within(area.width(), 3);
        let below = said.paint(ui.painter(), area.min).bottom() + 32.0;
        Rect::from_min_max(pos2(area.left(), below), area.max)
    };
    for (index, (card, _)) in list.iter().enumerate() {
        let row = Rect::from_min_size(
            pos2(rows.left(), rows.top() + index as f32 * 112.0),
            vec2(rows.width(), 96.0),
        );
        entry(kiosk, ui, look, row, &card.id, &card.title);
    }
}

/// Draws a code; false if the text is too long for one.
fn code(ui: &Ui, rect: Rect, text: &str) -> bool {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return false };
    ui.painter().rect_filled(rect, 24, Color32::WHITE);
    let width = code.width();
    let module = (rect.width() / (width + 2 * QUIET) as f32).floor();
    let start = rect.center() - vec2(1.0, 1.0) * (module * width as f32 / 2.0);
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let at = start + vec2((index % width) as f32, (index / width) as f32) * module;
            ui.painter().rect_filled(Rect::from_min_size(at, vec2(module, module)), 0, Color32::BLACK);
        }
    }
    true
}

fn entry(kiosk: &mut Kiosk, ui: &Ui, look: &Look, row: Rect, id: &str, title: &str) {
    look.sheet(ui.painter(), row, 20);
    let turned = |rect: Rect| {
        let x = |x: f32| row.left() + row.right() - x;
        if look.from_right() {
            Rect::from_x_y_ranges(x(rect.right())..=x(rect.left()), rect.y_range())
        } else {
            rect
        }
    };
    let image = turned(Rect::from_min_size(row.min, vec2(96.0, 96.0)));
    if let Some(texture) = kiosk.pictures.get(id, Size::Small) {
        look.picture(ui.painter(), image, eframe::egui::CornerRadius::same(20), &texture, Color32::WHITE);
    }
    let words = turned(Rect::from_min_max(
        pos2(row.left() + 120.0, row.top()),
        pos2(row.right() - 100.0, row.bottom()),
    ));
    look.label(title, 26.0).paint_in(ui.painter(), words);
    let off = turned(Rect::from_min_size(pos2(row.right() - 84.0, row.top() + 12.0), vec2(72.0, 72.0)));
    let name = format!("{}: {title}", look.say(Text::Erase));
    if look.button(ui, off, &name, Some(Icon::Close), Weight::Usual) {
        kiosk.events.push(Event::Collect(id.into()));
    }
}
