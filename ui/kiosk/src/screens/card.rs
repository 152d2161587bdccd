//! A product as a card, and rows of them.

use eframe::egui::{Color32, CornerRadius, Pos2, Rect, TextureHandle, Ui, pos2, vec2};
use knytt_ui_api::{Availability, Card, MatchKind};

use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Look, contain, grid};
use crate::shop::Size;
use crate::text::Side;
use crate::visit::Event;

/// What stands under a card's picture: two lines of its name, and a line of its price.
const WORDS: f32 = 156.0;

/// The space between cards.
pub(super) const GAP: f32 = 28.0;

/// The width of a number.
const SPOT: f32 = 48.0;

/// How many cards stand side by side.
pub(super) fn columns(look: &Look) -> usize {
    if look.is_portrait() { 3 } else { 5 }
}

/// What stands on a card's picture.
pub(super) enum Mark {
    /// How the product matches.
    Kind(MatchKind),
    /// Its number on a look.
    Number(u32),
}

/// Draws cards over the screen's width from here on; says how high they are.
pub(super) fn cards<'a>(
    kiosk: &mut Kiosk,
    ui: &Ui,
    look: &Look,
    at: Rect,
    all: impl ExactSizeIterator<Item = (&'a Card, Option<MatchKind>)>,
) -> f32 {
    let within = Rect::from_min_max(at.min + vec2(look.edge(), 0.0), at.max - vec2(look.edge(), 0.0));
    let marked = all.map(|(card, kind)| (card, kind.map(Mark::Kind)));
    cards_within(kiosk, ui, look, within, columns(look), marked)
}

/// Draws cards in a grid of this width from here on; says how high it is.
pub(super) fn cards_within<'a>(
    kiosk: &mut Kiosk,
    ui: &Ui,
    look: &Look,
    at: Rect,
    columns: usize,
    all: impl ExactSizeIterator<Item = (&'a Card, Option<Mark>)>,
) -> f32 {
    let tile = (at.width() - GAP * (columns - 1) as f32) / columns as f32;
    let (places, height) = grid(at.min, at.width(), columns, GAP, tile + WORDS * look.scale, all.len());
    for (place, (card, mark)) in places.into_iter().zip(all) {
        let place = look.place(place);
        if ui.is_rect_visible(place) {
            one(kiosk, ui, look, place, card, mark);
        }
    }
    height
}

fn one(kiosk: &mut Kiosk, ui: &Ui, look: &Look, place: Rect, card: &Card, mark: Option<Mark>) {
    let painter = ui.painter();
    look.sheet(painter, place, 22);
    let image = Rect::from_min_size(place.min, vec2(place.width(), place.width()));
    let round = CornerRadius { nw: 22, ne: 22, sw: 0, se: 0 };
    painter.rect_filled(image, round, look.tokens.picture);
    if let Some(texture) = kiosk.pictures.get_one(&card.id, card.picture.unwrap_or(0), Size::Small) {
        look.picture(painter, image, round, &texture, Color32::WHITE);
    }
    match mark {
        Some(Mark::Kind(MatchKind::Exact)) => badge(ui, look, image, look.say(Text::Exact)),
        Some(Mark::Kind(MatchKind::Similar)) => badge(ui, look, image, look.say(Text::Similar)),
        Some(Mark::Number(number)) => {
            let corner = Rect::from_min_size(image.min + vec2(14.0, 14.0), vec2(SPOT, SPOT));
            let from_right = corner.translate(vec2(image.width() - SPOT - 28.0, 0.0));
            spot(ui, look, if look.from_right() { from_right } else { corner }.center(), number);
        }
        _ => {}
    }
    let (left, width) = (place.left() + 20.0, place.width() - 40.0);
    let title =
        look.label(&card.title, 24.0).within(width, 2).paint(painter, pos2(left, image.bottom() + 16.0));
    let below = pos2(left, place.bottom() - 52.0).max(pos2(left, title.bottom()));
    price(ui, look, card, below, width, 26.0);
    let id = ui.scope_id().with(("card", &card.id, place.left() as i32, image.top() as i32));
    if look.touch(ui, place, id, &card.title).clicked() {
        kiosk.events.push(Event::Open(card.id.clone()));
    }
}

/// The number of a product on a look, on its picture and on the product's card.
pub(super) fn spot(ui: &Ui, look: &Look, middle: Pos2, number: u32) {
    ui.painter().circle(middle, SPOT / 2.0, Color32::from_black_alpha(200), (3.0, Color32::WHITE));
    let number = number.to_string();
    let label = look.colored(&number, 24.0, Color32::WHITE).bold().side(Side::Middle);
    label.paint_in(ui.painter(), Rect::from_center_size(middle, vec2(SPOT, SPOT)));
}

fn badge(ui: &Ui, look: &Look, image: Rect, said: &str) {
    let label = look.colored(said, 22.0, look.tokens.on_accent).bold();
    let laid = label.lay(ui.painter());
    let at = pos2(image.left() + 14.0, image.top() + 14.0);
    let rect = Rect::from_min_size(at, laid.size + vec2(28.0, 10.0));
    ui.painter().rect_filled(rect, 20, look.tokens.accent);
    laid.paint(ui.painter(), at + vec2(14.0, 5.0));
}

/// What it costs; a sale in its own colour.
pub(super) fn price(ui: &Ui, look: &Look, card: &Card, at: Pos2, width: f32, size: f32) {
    let sale = card.sale_price.as_ref();
    let Some(money) = sale.or(card.price.as_ref()) else { return };
    let said = look.language.price(&money.amount, &money.currency);
    let color = if sale.is_some() { look.tokens.bad } else { look.tokens.ink };
    look.colored(&said, size, color).bold().within(width, 1).paint(ui.painter(), at);
}

/// Whether it can be bought, in words and their colour.
pub(super) fn stock(look: &Look, availability: Availability) -> Option<(&'static str, Color32)> {
    let (text, color) = match availability {
        Availability::InStock => (Text::InStock, look.tokens.good),
        Availability::OutOfStock => (Text::OutOfStock, look.tokens.bad),
        Availability::Preorder | Availability::Backorder => (Text::ToOrder, look.tokens.warn),
        Availability::Unknown => return None,
    };
    Some((look.say(text), color))
}

/// The whole of a product's picture (0: its own, else the number of a further one) on a sheet; says where that stands. Until the picture is there, the sheet is square:
/// most pictures are, and nothing moves when it comes.
pub(super) fn large(kiosk: &mut Kiosk, ui: &Ui, look: &Look, place: Rect, id: &str, number: u8) -> Rect {
    let pictures = &mut kiosk.pictures;
    let texture = pictures.get_one(id, number, Size::Large);
    let texture = texture.or_else(|| pictures.get_one(id, number, Size::Small));
    // The sheet is as large as the picture: a strip of another colour beside it would look like a part of it.
    let shape = texture.as_ref().map_or(vec2(1.0, 1.0), TextureHandle::size_vec2);
    let fit = contain(shape, place);
    let fit = fit.translate(vec2(0.0, place.top() - fit.top()));
    look.sheet(ui.painter(), fit, 28);
    ui.painter().rect_filled(fit, 28, look.tokens.picture);
    if let Some(texture) = texture {
        look.picture(ui.painter(), fit, CornerRadius::same(28), &texture, Color32::WHITE);
    }
    fit
}
