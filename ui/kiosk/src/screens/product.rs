//! A product's page.

use eframe::egui::{Color32, CornerRadius, Rect, StrokeKind, Ui, pos2, vec2};
use knytt_ui_api::{Card, ProductPage, ShownLook};

use super::card::{GAP, Mark, cards, cards_within, columns, large, price, spot, stock};
use super::frame::{TARGET, frame, scroll, trouble};
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Icon, Look, Weight};
use crate::shop::{Shelf, Size, Stock};
use crate::visit::{Event, OpenProduct};

/// The side of a small picture below the large one, and the space around it: as large as a finger needs.
const SMALL: f32 = 92.0;
const SMALL_GAP: f32 = 16.0;

/// How many products of a look stand side by side.
const LOOK_COLUMNS: usize = 3;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    let open = kiosk.visit.kept().product.clone();
    let title = open.as_ref().map_or(String::new(), |open| open.page.card.title.clone());
    let area = frame(kiosk, ui, look, &title);
    if trouble(kiosk, ui, look, area) {
        return;
    }
    let Some(OpenProduct { page, stock, .. }) = open else { return };
    scroll(ui, area, &page.card.id, |ui, at| {
        let mut top = at.top() + head(kiosk, ui, look, at, &page, stock.as_ref()) + 48.0;
        for shown in &page.looks {
            top += self::looks(kiosk, ui, look, Rect::from_min_max(pos2(at.left(), top), at.max), shown);
        }
        for (text, some) in [
            (Text::ReplacedBy, page.replaced_by.as_slice()),
            (Text::OtherColors, &page.other_colors),
            (Text::LookAlikes, &page.similar),
            (Text::GoesWith, &page.goes_with),
            (Text::Cheaper, &page.cheaper),
        ] {
            top += strip(
                kiosk,
                ui,
                look,
                Rect::from_min_max(pos2(at.left(), top), at.max),
                look.say(text),
                some,
            );
        }
        top - at.top() + 32.0
    });
}

/// The picture with what there is to say beside it; says how high that is.
fn head(
    kiosk: &mut Kiosk,
    ui: &Ui,
    look: &Look,
    at: Rect,
    page: &ProductPage,
    in_store: Option<&Stock>,
) -> f32 {
    let edge = look.edge();
    let side = (at.width() - 2.0 * edge) * if look.is_portrait() { 0.52 } else { 0.34 };
    let picture = Rect::from_min_size(pos2(at.left() + edge, at.top() + 4.0), vec2(side, side * 1.12));
    let number =
        Some(kiosk.visit.kept().picture).filter(|number| page.pictures.contains(number)).unwrap_or(0);
    let shown = large(kiosk, ui, look, look.place(picture), &page.card.id, number);
    let shown = shown.union(small_ones(kiosk, ui, look, shown, page, number));
    let words = Rect::from_min_max(
        pos2(picture.right() + 40.0, picture.top()),
        pos2(at.right() - edge, picture.bottom()),
    );
    let words = look.place(words);
    let (painter, width) = (ui.painter(), words.width());
    let mut y = words.top();
    if !page.card.brand.is_empty() {
        let label = look.colored(&page.card.brand, 26.0, look.tokens.ink_soft).within(width, 1);
        y = label.paint(painter, pos2(words.left(), y)).bottom() + 8.0;
    }
    price(ui, look, &page.card, pos2(words.left(), y), width, 52.0);
    y += 84.0 * look.scale;
    if let Some((said, color)) = stock(look, page.card.availability) {
        y = look
            .colored(said, 28.0, color)
            .bold()
            .within(width, 1)
            .paint(painter, pos2(words.left(), y))
            .bottom()
            + 20.0;
    }
    if let Some(stock) = in_store {
        let (said, color) = where_it_is(look, stock);
        let label = look.colored(&said, 28.0, color).bold().within(width, 3);
        y = label.paint(painter, pos2(words.left(), y)).bottom() + 20.0;
        look.name(ui, Rect::from_min_max(pos2(words.left(), y - 60.0), pos2(words.right(), y)), &said);
    }
    y = sizes(ui, look, words, y, page);
    let is_taken = kiosk.visit.kept().takes(&page.card.id);
    let (text, icon, weight) = if is_taken {
        (Text::Collected, Icon::Check, Weight::Chosen)
    } else {
        (Text::Collect, Icon::Bag, Weight::Strong)
    };
    let button = Rect::from_min_size(pos2(words.left(), y + 8.0), vec2(width.min(440.0), TARGET + 12.0));
    let button = if look.from_right() { button.translate(vec2(width - button.width(), 0.0)) } else { button };
    if look.button(ui, button, look.say(text), Some(icon), weight) {
        kiosk.events.push(Event::Collect(page.card.id.clone()));
    }
    let text = look.colored(&page.description, 25.0, look.tokens.ink_soft).within(width, 7);
    let end = text.paint(painter, pos2(words.left(), button.bottom() + 28.0)).bottom();
    end.max(shown.bottom()) - at.top()
}

/// The small pictures below the large one, to choose it by; says where they are.
fn small_ones(kiosk: &mut Kiosk, ui: &Ui, look: &Look, large: Rect, page: &ProductPage, number: u8) -> Rect {
    let mut all = large;
    if page.pictures.is_empty() {
        return all;
    }
    let numbers = std::iter::once(0).chain(page.pictures.iter().copied());
    let (mut x, mut y) = (large.left(), large.bottom() + SMALL_GAP);
    for (position, one) in (1..).zip(numbers) {
        if x + SMALL > large.right() && x > large.left() {
            (x, y) = (large.left(), y + SMALL + SMALL_GAP);
        }
        let rect = Rect::from_min_size(pos2(x, y), vec2(SMALL, SMALL));
        ui.painter().rect_filled(rect, 16, look.tokens.picture);
        if let Some(texture) = kiosk.pictures.get_one(&page.card.id, one, Size::Small) {
            look.picture(ui.painter(), rect, CornerRadius::same(16), &texture, Color32::WHITE);
        }
        if one == number {
            ui.painter().rect_stroke(rect, 16, (5.0, look.tokens.accent), StrokeKind::Inside);
        }
        let said = look.language.count(Text::Picture, position);
        let id = ui.scope_id().with(("picture", one));
        if look.touch_choice(ui, rect, id, &said, one == number).clicked() {
            kiosk.events.push(Event::Picture(one));
        }
        all = all.union(rect);
        x += SMALL + SMALL_GAP;
    }
    all
}

/// Where a product stands in this store, in words and their colour.
fn where_it_is(look: &Look, stock: &Stock) -> (String, Color32) {
    let Stock::Here(Shelf { aisle, shelf, place }) = stock else {
        return (look.say(Text::NotInThisStore).into(), look.tokens.warn);
    };
    let named = [(Text::Aisle, aisle), (Text::Shelf, shelf)];
    let named = named.into_iter().filter(|(_, value)| !value.is_empty());
    let parts = named.map(|(text, value)| format!("{} {value}", look.say(text)));
    let parts: Vec<String> = parts.chain((!place.is_empty()).then(|| place.clone())).collect();
    let comma = if look.from_right() { "، " } else { ", " };
    let here = look.say(Text::InThisStore);
    let said = if parts.is_empty() { here.into() } else { format!("{here}: {}", parts.join(comma)) };
    (said, look.tokens.good)
}

fn sizes(ui: &Ui, look: &Look, words: Rect, mut y: f32, page: &ProductPage) -> f32 {
    if page.sizes.is_empty() {
        return y;
    }
    let label = look.colored(look.say(Text::Sizes), 24.0, look.tokens.ink_soft).within(words.width(), 1);
    y = label.paint(ui.painter(), pos2(words.left(), y)).bottom() + 6.0;
    let mut x = 0.0;
    for size in page.sizes.iter().take(12) {
        let laid = look.label(size, 26.0).bold().lay(ui.painter());
        let width = (laid.size.x + 36.0).max(72.0);
        if x + width > words.width() && x > 0.0 {
            (x, y) = (0.0, y + 72.0);
        }
        let left = if look.from_right() { words.right() - x - width } else { words.left() + x };
        let rect = Rect::from_min_size(pos2(left, y), vec2(width, 60.0));
        ui.painter().rect(rect, 16, look.tokens.surface, (2.0, look.tokens.line), StrokeKind::Inside);
        laid.paint(ui.painter(), rect.center() - laid.size / 2.0);
        x += width + 12.0;
    }
    y + 84.0
}

/// A picture with numbers on its products, and the products in that order: below it, or beside it on a wide screen; says
/// how high that is.
fn looks(kiosk: &mut Kiosk, ui: &Ui, look: &Look, at: Rect, shown: &ShownLook) -> f32 {
    let (edge, title) = (look.edge(), look.say(Text::ShopTheLook));
    let said = if shown.title.is_empty() { title } else { shown.title.as_str() };
    let width = at.width() - 2.0 * edge;
    let head = look.label(said, 34.0).bold().within(width, 1);
    let top = head.paint(ui.painter(), pos2(at.left() + edge, at.top())).bottom() + 18.0;
    let room = if look.is_portrait() {
        vec2(width, 900.0 * look.scale)
    } else {
        vec2(width * 0.4, look.screen.height() * 0.66)
    };
    let size = vec2(shown.width as f32, shown.height as f32);
    let place = Rect::from_min_size(pos2(at.left() + edge, top), size * (room / size).min_elem());
    look_picture(kiosk, ui, look, look.place(place), shown);
    let spots = (1_u32..).zip(&shown.spots).map(|(number, spot)| (&spot.card, Some(Mark::Number(number))));
    let spots: Vec<_> = spots.collect();
    let below = pos2(place.left(), place.bottom() + 24.0);
    let start = if look.is_portrait() { below } else { pos2(place.right() + 2.0 * GAP, top) };
    let beside = Rect::from_min_max(start, pos2(at.right() - edge, at.bottom().max(start.y)));
    let height = cards_within(kiosk, ui, look, beside, LOOK_COLUMNS, spots.into_iter());
    place.bottom().max(start.y + height) - at.top() + 48.0
}

fn look_picture(kiosk: &mut Kiosk, ui: &Ui, look: &Look, place: Rect, shown: &ShownLook) {
    ui.painter().rect_filled(place, 28, look.tokens.picture);
    if let Some(texture) = kiosk.pictures.get(&shown.id, Size::Look) {
        look.picture(ui.painter(), place, CornerRadius::same(28), &texture, Color32::WHITE);
    }
    for (number, on) in (1_u32..).zip(&shown.spots) {
        let middle = place.min + vec2(on.x * place.width(), on.y * place.height());
        spot(ui, look, middle, number);
        let touched = Rect::from_center_size(middle, vec2(TARGET, TARGET));
        let id = ui.scope_id().with(("spot", &shown.id, number));
        if look.touch(ui, touched, id, &on.card.title).clicked() {
            kiosk.events.push(Event::Open(on.card.id.clone()));
        }
    }
}

/// A heading and one row of cards; says how high it is.
fn strip(kiosk: &mut Kiosk, ui: &Ui, look: &Look, at: Rect, title: &str, all: &[Card]) -> f32 {
    if all.is_empty() {
        return 0.0;
    }
    let label = look.label(title, 34.0).bold().within(at.width() - 2.0 * look.edge(), 1);
    let head = label.paint(ui.painter(), pos2(at.left() + look.edge(), at.top()));
    let row = Rect::from_min_max(pos2(at.left(), head.bottom() + 18.0), at.max);
    let shown = &all[..all.len().min(columns(look))];
    head.height() + 18.0 + cards(kiosk, ui, look, row, shown.iter().map(|card| (card, None))) + 48.0
}
