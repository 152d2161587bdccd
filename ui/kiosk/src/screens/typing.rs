//! The keyboard, the typed text, and what may be meant by it.

use eframe::egui::{Event as Input, Key, Rect, StrokeKind, Ui, pos2, vec2};

use super::card::cards;
use super::frame::{frame, scroll};
use super::keyboard;
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Look, Weight};
use crate::visit::Event;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    let area = frame(kiosk, ui, look, look.say(Text::Type));
    real_keys(kiosk, ui);
    let edge = look.edge();
    let field =
        Rect::from_min_size(pos2(area.left() + edge, area.top()), vec2(area.width() - 2.0 * edge, 104.0));
    text(kiosk, ui, look, field);
    let keys = Rect::from_min_max(
        pos2(field.left(), area.bottom() - keyboard::HEIGHT - 32.0),
        pos2(field.right(), area.bottom() - 32.0),
    );
    let chips = Rect::from_min_size(pos2(field.left(), field.bottom() + 24.0), vec2(field.width(), 76.0));
    suggestions(kiosk, ui, look, chips);
    let rest =
        Rect::from_min_max(pos2(area.left(), chips.bottom() + 24.0), pos2(area.right(), keys.top() - 20.0));
    let found = kiosk.visit.kept().suggestions.products.clone();
    if rest.height() > 120.0 {
        scroll(ui, rest, "suggested", |ui, at| {
            cards(kiosk, ui, look, at, found.iter().map(|card| (card, None))) + 24.0
        });
    }
    keyboard::show(kiosk, ui, look, keys);
}

/// A keyboard that is plugged in types, too.
fn real_keys(kiosk: &mut Kiosk, ui: &Ui) {
    let events = ui.input(|input| input.events.clone());
    let has_focus = ui.memory(|memory| memory.focused().is_some());
    for event in events {
        match event {
            Input::Text(text) if !(has_focus && text == " ") => kiosk.events.push(Event::Insert(text)),
            Input::Key { key: Key::Backspace, pressed: true, .. } => kiosk.events.push(Event::Erase),
            Input::Key { key: Key::Enter, pressed: true, .. } if !has_focus => {
                kiosk.events.push(Event::Search)
            }
            _ => {}
        }
    }
}

fn text(kiosk: &Kiosk, ui: &Ui, look: &Look, field: Rect) {
    let t = &look.tokens;
    ui.painter().rect(field, 28, t.surface, (3.0, t.accent), StrokeKind::Inside);
    let typed = &kiosk.visit.kept().typed;
    let inner = field.shrink2(vec2(32.0, 0.0));
    if typed.is_empty() {
        look.colored(look.say(Text::TypeHint), 36.0, t.ink_soft).paint_in(ui.painter(), inner);
    } else {
        look.label(typed, 36.0).bold().paint_in(ui.painter(), inner);
    }
}

/// Categories and brands that the text may become; without a text, the shop's largest categories.
fn suggestions(kiosk: &mut Kiosk, ui: &Ui, look: &Look, row: Rect) {
    let kept = kiosk.visit.kept();
    let meant = kept.suggestions.categories.iter().chain(&kept.suggestions.brands).map(|v| v.value.clone());
    let mut names: Vec<String> = meant.collect();
    if kept.typed.is_empty() {
        let categories = kiosk.first.facets.iter().filter(|facet| facet.field == "category");
        names = categories.flat_map(|facet| facet.values.iter().map(|v| v.value.clone())).take(6).collect();
    }
    let mut left = row.left();
    for name in names {
        let width = look.label(&name, 28.0).bold().lay(ui.painter()).size.x + 56.0;
        if left + width > row.right() {
            break;
        }
        let rect = look.place(Rect::from_min_size(pos2(left, row.top()), vec2(width, row.height())));
        if look.button(ui, rect, &name, None, Weight::Usual) {
            kiosk.events.push(Event::SearchFor(name));
        }
        left += width + 16.0;
    }
}
