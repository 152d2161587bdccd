//! The keyboard on the screen: egui has none, and compositors often neither.

use std::time::Duration;

use eframe::egui::{Rect, Ui, pos2, vec2};

use crate::kiosk::Kiosk;
use crate::language::{Language, Text};
use crate::look::{Icon, Look, Weight};
use crate::visit::Event;

/// How long a key is held until it shows its accents.
const HOLD: Duration = Duration::from_millis(450);

/// The height of a key, and the space between keys.
const KEY: f32 = 96.0;
const GAP: f32 = 12.0;

/// The height of the whole keyboard.
pub(crate) const HEIGHT: f32 = 5.0 * KEY + 4.0 * GAP;

fn rows(language: Language) -> [&'static str; 3] {
    match language {
        Language::German => ["qwertzuiopü", "asdfghjklöä", "yxcvbnmß"],
        Language::Spanish => ["qwertyuiop", "asdfghjklñ", "zxcvbnm"],
        Language::French => ["azertyuiop", "qsdfghjklm", "wxcvbné"],
        Language::Arabic => ["ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظذ"],
        Language::English | Language::Chinese => ["qwertyuiop", "asdfghjkl", "zxcvbnm"],
    }
}

/// What a held key offers.
fn accents(letter: char) -> &'static str {
    match letter {
        'a' => "àáâäãåæ",
        'c' => "çć",
        'e' => "èéêë",
        'i' => "ìíîï",
        'n' => "ñń",
        'o' => "òóôöõøœ",
        's' => "ßš",
        'u' => "ùúûü",
        'y' => "ýÿ",
        'ا' => "أإآ",
        'ه' => "ة",
        'ي' => "ىئ",
        'و' => "ؤ",
        _ => "",
    }
}

/// Draws the keys into this rectangle.
pub(crate) fn show(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let digits = kiosk.keyboard.accents.map_or("1234567890", accents);
    row(kiosk, ui, look, area, 0, digits, true);
    for (index, letters) in rows(look.language).into_iter().enumerate() {
        row(kiosk, ui, look, area, index + 1, letters, false);
    }
    last_row(kiosk, ui, look, area);
}

fn row(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect, index: usize, letters: &str, is_top: bool) {
    let count = letters.chars().count() as f32;
    let width = ((area.width() - 9.0 * GAP) / 10.0).min((area.width() - (count - 1.0) * GAP) / count);
    let left = area.center().x - (count * (width + GAP) - GAP) / 2.0;
    let top = area.top() + index as f32 * (KEY + GAP);
    // Keys of Arabic stand as on its keyboards, whose rows begin at the left of the Latin ones.
    let ordered: Vec<char> = letters.chars().collect();
    for (place, letter) in ordered.into_iter().enumerate() {
        let rect = Rect::from_min_size(pos2(left + place as f32 * (width + GAP), top), vec2(width, KEY));
        key(kiosk, ui, look, rect, letter, is_top);
    }
}

fn key(kiosk: &mut Kiosk, ui: &Ui, look: &Look, rect: Rect, letter: char, is_top: bool) {
    let shown: String = if kiosk.keyboard.capitals && letter != 'ß' {
        letter.to_uppercase().collect()
    } else {
        letter.into()
    };
    let weight = if is_top && kiosk.keyboard.accents.is_some() { Weight::Chosen } else { Weight::Usual };
    let clicked = look.button(ui, rect, &shown, None, weight);
    let is_down = ui.input(|input| {
        input.pointer.primary_down() && input.pointer.interact_pos().is_some_and(|at| rect.contains(at))
    });
    let keyboard = &mut kiosk.keyboard;
    if is_down && !is_top && !accents(letter).is_empty() {
        match keyboard.pressed {
            Some((held, since)) if held == letter => {
                if kiosk.now.saturating_sub(since) >= HOLD {
                    keyboard.accents = Some(letter);
                }
            }
            _ => keyboard.pressed = Some((letter, kiosk.now)),
        }
        ui.ctx().request_repaint_after(HOLD);
    }
    if clicked {
        let held = std::mem::take(&mut keyboard.pressed);
        // The release that ends holding a key types nothing.
        let shows =
            keyboard.accents == Some(letter) && held.is_some_and(|(_, since)| kiosk.now - since >= HOLD);
        if !shows {
            keyboard.capitals = false;
            keyboard.accents = None;
            kiosk.events.push(Event::Insert(shown));
        }
    }
}

fn last_row(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let top = area.top() + 4.0 * (KEY + GAP);
    let width = (area.width() - 4.0 * GAP) / 10.0;
    let mut left = area.left();
    let mut next = |parts: f32| {
        let rect = Rect::from_min_size(pos2(left, top), vec2(parts * width, KEY));
        left += parts * width + GAP;
        look.place(rect)
    };
    let capitals = kiosk.keyboard.capitals;
    let weight = if capitals { Weight::Chosen } else { Weight::Usual };
    if look.button(ui, next(1.4), look.say(Text::Shift), Some(Icon::Shift), weight) {
        kiosk.keyboard.capitals = !capitals;
    }
    if look.button(ui, next(1.4), look.say(Text::Clear), Some(Icon::Close), Weight::Usual) {
        kiosk.events.push(Event::Clear);
    }
    if look.button(ui, next(3.2), look.say(Text::Space), None, Weight::Usual) {
        kiosk.events.push(Event::Insert(" ".into()));
    }
    if look.button(ui, next(1.4), look.say(Text::Erase), Some(Icon::Erase), Weight::Usual) {
        kiosk.events.push(Event::Erase);
    }
    if look.button(ui, next(2.6), look.say(Text::Search), Some(Icon::Search), Weight::Strong) {
        kiosk.events.push(Event::Search);
    }
}
