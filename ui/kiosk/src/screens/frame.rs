//! What stands around a screen: its head, its foot, and the part between that moves.

use eframe::egui::containers::scroll_area::{ScrollBarVisibility, ScrollSource};
use eframe::egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Icon, Look, Weight};
use crate::visit::{Event, Screen};

/// Measures of the buttons of languages. The longest name needs the least width.
const LANGUAGE_HEIGHT: f32 = 72.0;
const LANGUAGE_GAP: f32 = 14.0;
const LEAST_LANGUAGE: f32 = 148.0;

/// The height of what is touched.
pub(super) const TARGET: f32 = 84.0;

/// Draws the title, and the buttons that lead back and on; says what is left of the screen.
pub(super) fn frame(kiosk: &mut Kiosk, ui: &Ui, look: &Look, title: &str) -> Rect {
    let (edge, screen) = (look.edge(), look.screen);
    let foot = Rect::from_min_max(pos2(screen.left(), screen.bottom() - TARGET - 56.0), screen.max);
    let painter = ui.painter();
    let top = screen.top() + look.low + 44.0;
    let label = look.label(title, 44.0).bold().within(screen.width() - 2.0 * edge, 2);
    let head = label.paint(painter, pos2(screen.left() + edge, top));
    let below = (head.bottom() + 24.0).max(top + 88.0);
    painter.rect_filled(foot, 0, look.tokens.surface);
    painter.hline(foot.x_range(), foot.top(), (2.0, look.tokens.line));
    bar(kiosk, ui, look, foot);
    Rect::from_min_max(pos2(screen.left(), below), pos2(screen.right(), foot.top()))
}

fn bar(kiosk: &mut Kiosk, ui: &Ui, look: &Look, foot: Rect) {
    let edge = look.edge();
    let mut left = foot.left() + edge;
    let mut next = |width: f32| {
        let rect = Rect::from_min_size(pos2(left, foot.top() + 28.0), vec2(width, TARGET));
        left += width + 16.0;
        look.place(rect)
    };
    let back = next(220.0);
    if look.button(ui, back, look.say(Text::Back), Some(Icon::Back), Weight::Usual) {
        kiosk.events.push(Event::Back);
    }
    let dark = look.button(ui, next(TARGET), look.say(Text::Contrast), Some(Icon::Contrast), Weight::Usual);
    if dark {
        kiosk.events.push(Event::Dark(!look.is_dark));
    }
    let weight = if kiosk.visit.larger() { Weight::Chosen } else { Weight::Usual };
    if look.button(ui, next(TARGET), look.say(Text::Larger), Some(Icon::Larger), weight) {
        kiosk.events.push(Event::Larger(!kiosk.visit.larger()));
    }
    let right = |width: f32, from_end: f32| {
        let x = foot.right() - edge - from_end - width;
        look.place(Rect::from_min_size(pos2(x, foot.top() + 28.0), vec2(width, TARGET)))
    };
    let taken = kiosk.visit.kept().list.len();
    let shows_list = taken > 0 && kiosk.visit.screen() != Screen::TakeAlong;
    // Beside the list there is no room for a word on a screen that stands upright.
    let leave = if shows_list && look.is_portrait() { TARGET } else { 240.0 };
    if look.button(ui, right(leave, 0.0), look.say(Text::Leave), Some(Icon::Close), Weight::Usual) {
        kiosk.events.push(Event::Leave);
    }
    if shows_list {
        let name = format!("{} ({taken})", look.say(Text::TakeAlong));
        let list = right(340.0, leave + 16.0);
        if look.button(ui, list, &name, Some(Icon::Bag), Weight::Strong) {
            kiosk.events.push(Event::Go(Screen::TakeAlong));
        }
    }
}

/// One button for each language that the shop shows, each in its own letters; none where there is no choice.
pub(super) fn languages(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let all = kiosk.settings.languages.clone();
    if all.len() < 2 {
        return;
    }
    let (columns, width) = language_columns(area.width(), all.len());
    let used = width * columns as f32 + LANGUAGE_GAP * (columns - 1) as f32;
    for (index, language) in all.into_iter().enumerate() {
        let (column, row) = ((index % columns) as f32, (index / columns) as f32);
        let left = area.center().x - used / 2.0 + column * (width + LANGUAGE_GAP);
        let top = area.top() + row * (LANGUAGE_HEIGHT + LANGUAGE_GAP);
        let rect = Rect::from_min_size(pos2(left, top), vec2(width, LANGUAGE_HEIGHT));
        let weight = if language == look.language { Weight::Chosen } else { Weight::Usual };
        if look.button(ui, look.place(rect), language.name(), None, weight) {
            kiosk.events.push(Event::Speak(language));
        }
    }
}

/// How high the buttons of so many languages are, on an area of this width.
pub(super) fn languages_height(width: f32, all: usize) -> f32 {
    if all < 2 {
        return 0.0;
    }
    let rows = all.div_ceil(language_columns(width, all).0) as f32;
    rows * (LANGUAGE_HEIGHT + LANGUAGE_GAP) - LANGUAGE_GAP
}

/// In one row if their names have room there, else in two; and how wide each button is.
fn language_columns(area: f32, all: usize) -> (usize, f32) {
    let width = |columns: usize| (area - LANGUAGE_GAP * (columns - 1) as f32) / columns as f32;
    let columns = if width(all) < LEAST_LANGUAGE { all.div_ceil(2) } else { all };
    (columns, width(columns).min(190.0))
}

/// A part of the screen that a finger moves. `draw` says how high what it drew is.
pub(super) fn scroll(ui: &mut Ui, rect: Rect, salt: &str, draw: impl FnOnce(&mut Ui, Rect) -> f32) {
    let mut part = ui.new_child(UiBuilder::new().max_rect(rect));
    part.set_clip_rect(rect);
    // Egui's shade at the edges has the colours of its own theme.
    part.spacing_mut().scroll.fade.strength = 0.0;
    let area = ScrollArea::vertical().id_salt(salt).auto_shrink(false);
    // Some touch screens are mice for the system.
    let area = area.scroll_source(ScrollSource::ALL);
    area.scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden).show(&mut part, |ui| {
        let origin = ui.max_rect().min;
        let height = draw(ui, Rect::from_min_size(origin, rect.size()));
        ui.allocate_exact_size(vec2(rect.width() - 1.0, height), eframe::egui::Sense::hover());
    });
}

/// Says that something failed, where it did.
pub(super) fn trouble(kiosk: &Kiosk, ui: &Ui, look: &Look, rect: Rect) -> bool {
    let Some(_) = &kiosk.visit.kept().problem else { return false };
    let label = look.label(look.say(Text::Trouble), 32.0).within(rect.width() - 2.0 * look.edge(), 3);
    label.paint(ui.painter(), pos2(rect.left() + look.edge(), rect.top() + 24.0));
    true
}
