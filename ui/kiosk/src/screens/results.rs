//! Hits as cards, with the order and the filters above them.

use eframe::egui::{Rect, Ui, pos2, vec2};
use knytt_ui_api::{SearchResponse, Sort, Verdict};

use super::card::cards;
use super::frame::{frame, scroll, trouble};
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Look, Weight};
use crate::visit::Event;

const SORTS: [(Sort, Text); 3] =
    [(Sort::Match, Text::BestMatch), (Sort::PriceUp, Text::PriceUp), (Sort::PriceDown, Text::PriceDown)];

/// Fields that chips filter by, in this order.
const FIELDS: [&str; 3] = ["shade", "size", "brand"];

/// Letters for sizes, from small to large: the order in which shoppers look for theirs.
const SIZES: [&str; 8] = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL"];

/// Values of a field that have a chip.
const VALUES: usize = 5;

const CHIP: f32 = 68.0;

/// Lines of the shop's banner.
const BANNER_LINES: usize = 3;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    let response = kiosk.visit.kept().response.clone();
    let title = title(kiosk, look, response.as_ref());
    let area = frame(kiosk, ui, look, &title);
    if trouble(kiosk, ui, look, area) {
        return;
    }
    let Some(response) = response else { return };
    scroll(ui, area, "hits", |ui, at| {
        let mut top = at.top();
        if let Some(banner) = response.guided.as_ref().and_then(|guided| guided.banner.as_deref()) {
            top += self::banner(ui, look, at, top, banner);
        }
        if response.understood.texts_only {
            top += texts_only(ui, look, at, top);
        }
        top += row(kiosk, ui, look, at, top, sorts(kiosk));
        top += row(kiosk, ui, look, at, top, filters(kiosk, &response));
        if response.verdict == Verdict::NoGoodMatch && !response.hits.is_empty() {
            let label = look.colored(look.say(Text::Nearest), 28.0, look.tokens.ink_soft);
            label.paint(
                ui.painter(),
                look.place(Rect::from_min_size(pos2(at.left() + look.edge(), top), vec2(600.0, 40.0))).min,
            );
            top += 56.0;
        }
        let hits = response.hits.iter().map(|hit| (&hit.card, hit.percent.map(|_| hit.kind)));
        let place = Rect::from_min_max(pos2(at.left(), top + 8.0), at.max.max(pos2(at.right(), top + 9.0)));
        top - at.top() + cards(kiosk, ui, look, place, hits) + 56.0
    });
}

fn title(kiosk: &Kiosk, look: &Look, response: Option<&SearchResponse>) -> String {
    let asked = &kiosk.visit.kept().asked;
    let Some(response) = response else {
        return asked.words.clone();
    };
    match response.verdict {
        Verdict::NoGoodMatch => look.say(Text::NoGoodMatch).into(),
        Verdict::NothingPasses => look.say(Text::NothingPasses).into(),
        Verdict::Browsing => {
            let category = asked.filters.iter().find(|choice| choice.field == "category");
            let many = look.language.count(Text::Products, response.matched);
            category.and_then(|choice| choice.values.first().cloned()).unwrap_or(many)
        }
        Verdict::Found if asked.words.is_empty() => look.say(Text::Found).into(),
        Verdict::Found => format!("{}: {}", look.say(Text::Found), asked.words),
    }
}

/// A button of a row: what it says, whether it is chosen, what it does.
type Button = (String, bool, Event);

fn sorts(kiosk: &Kiosk) -> Vec<Button> {
    let (language, now) = (kiosk.visit.language(), kiosk.visit.kept().asked.sort);
    SORTS
        .into_iter()
        .map(|(sort, text)| (language.say(text).into(), sort == now, Event::Sort(sort)))
        .collect()
}

fn filters(kiosk: &Kiosk, response: &SearchResponse) -> Vec<Button> {
    let (asked, language) = (&kiosk.visit.kept().asked, kiosk.visit.language());
    let of = |field: &&str| response.facets.iter().find(|facet| facet.field == **field);
    let facets = FIELDS.iter().filter_map(of);
    let values = facets.flat_map(|facet| {
        let mut most: Vec<_> = facet.values.iter().take(VALUES).collect();
        if facet.field == "size" {
            most.sort_by_key(|value| {
                SIZES.iter().position(|size| *size == value.value).unwrap_or(SIZES.len())
            });
        }
        most.into_iter().map(move |value| (&facet.field, value))
    });
    let button = |(field, value): (&String, &knytt_ui_api::FacetValue)| {
        let event = Event::Filter { field: field.clone(), value: value.value.clone() };
        let name = language.value(field, &value.value);
        (name.into_owned(), asked.has(field, &value.value), event)
    };
    values.map(button).collect()
}

/// What the shop's rules say above the hits; says how high that is.
fn banner(ui: &Ui, look: &Look, at: Rect, top: f32, said: &str) -> f32 {
    let width = at.width() - 2.0 * look.edge();
    let label = look.colored(said, 30.0, look.tokens.accent_strong).bold().within(width - 64.0, BANNER_LINES);
    let laid = label.lay(ui.painter());
    let place = Rect::from_min_size(pos2(at.left() + look.edge(), top), vec2(width, laid.size.y + 44.0));
    let place = look.place(place);
    ui.painter().rect_filled(place, 22, look.tokens.accent_wash);
    laid.paint(ui.painter(), place.min + vec2(32.0, 22.0));
    look.name(ui, place, said);
    place.height() + 24.0
}

/// Says that words are searched in the texts alone; says how high that is.
fn texts_only(ui: &Ui, look: &Look, at: Rect, top: f32) -> f32 {
    let said = look.say(Text::TextsOnly);
    let width = at.width() - 2.0 * look.edge();
    let laid = look.colored(said, 26.0, look.tokens.ink_soft).within(width, BANNER_LINES).lay(ui.painter());
    let place = look.place(Rect::from_min_size(pos2(at.left() + look.edge(), top), vec2(width, laid.size.y)));
    laid.paint(ui.painter(), place.min);
    look.name(ui, place, said);
    place.height() + 20.0
}

/// Draws buttons side by side, on as many lines as they need; says how high that is.
fn row(kiosk: &mut Kiosk, ui: &Ui, look: &Look, at: Rect, top: f32, buttons: Vec<Button>) -> f32 {
    let (left, right) = (at.left() + look.edge(), at.right() - look.edge());
    let (mut x, mut y) = (left, top);
    for (name, is_chosen, event) in buttons {
        let width = look.label(&name, 28.0).bold().lay(ui.painter()).size.x + 52.0;
        if x + width > right && x > left {
            (x, y) = (left, y + CHIP + 14.0);
        }
        let rect = look.place(Rect::from_min_size(pos2(x, y), vec2(width, CHIP)));
        let weight = if is_chosen { Weight::Chosen } else { Weight::Usual };
        if look.button(ui, rect, &name, None, weight) {
            kiosk.events.push(event);
        }
        x += width + 14.0;
    }
    if x > left { y + CHIP + 18.0 - top } else { 0.0 }
}
