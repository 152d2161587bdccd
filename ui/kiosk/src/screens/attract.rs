//! The first screen: the shop's products in turn, and the ways to find one.

use eframe::egui::{Color32, CornerRadius, Rect, Ui, pos2, vec2};

use super::frame::{languages, languages_height};
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Icon, Look, contain};
use crate::settings::Way;
use crate::shop::{Pace, Size};
use crate::visit::Event;

/// The time between two passes while one product gives way to the next: 20 a second are smooth enough for a slow
/// change, and leave a processor without a GPU alone.
const STEP: std::time::Duration = std::time::Duration::from_millis(50);

fn face(way: Way) -> (Icon, Text, Text) {
    match way {
        Way::Point => (Icon::Camera, Text::Point, Text::PointHint),
        Way::Type => (Icon::Keyboard, Text::Type, Text::TypeHint),
        Way::Browse => (Icon::Tiles, Text::Browse, Text::BrowseHint),
    }
}

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    let (screen, edge) = (look.screen, look.edge());
    let (hero, side) = if look.is_portrait() {
        let cut = screen.top() + (screen.height() * 0.56).max(look.low);
        (
            Rect::from_min_max(screen.min, pos2(screen.right(), cut)),
            Rect::from_min_max(pos2(screen.left(), cut), screen.max),
        )
    } else {
        let cut = screen.left() + screen.width() * 0.52;
        let hero = Rect::from_min_max(screen.min, pos2(cut, screen.bottom()));
        let side = Rect::from_min_max(pos2(cut, screen.top() + look.low), screen.max);
        (look.place(hero), look.place(side))
    };
    products(kiosk, ui, look, hero);
    let width = side.width() - 2.0 * edge;
    let height = languages_height(width, kiosk.settings.languages.len());
    let row =
        Rect::from_min_size(pos2(side.left() + edge, side.bottom() - height - 48.0), vec2(width, height));
    let inner = Rect::from_min_max(pos2(row.left(), side.top() + 40.0), pos2(row.right(), row.top() - 32.0));
    let head =
        look.label(look.say(Text::Ways), 46.0).bold().within(inner.width(), 2).paint(ui.painter(), inner.min);
    let below = Rect::from_min_max(pos2(inner.left(), head.bottom() + 24.0), inner.max);
    ways(kiosk, ui, look, below);
    languages(kiosk, ui, look, if look.from_right() { look.place(row) } else { row });
}

fn products(kiosk: &mut Kiosk, ui: &Ui, look: &Look, hero: Rect) {
    let painter = ui.painter_at(hero);
    painter.rect_filled(hero, 0, look.tokens.sunken);
    let edge = look.edge();
    let caption = Rect::from_min_max(
        pos2(hero.left() + edge, hero.bottom() - 130.0),
        pos2(hero.right() - edge, hero.bottom()),
    );
    let name = look.label(&kiosk.settings.name, 34.0).bold().within(caption.width(), 1);
    name.paint(&painter, pos2(caption.left(), hero.top() + 44.0));
    let stage = Rect::from_min_max(
        pos2(hero.left() + edge, hero.top() + 120.0),
        pos2(hero.right() - edge, caption.top() - 24.0),
    );
    let attract = kiosk.first.attract.clone();
    let pace = Pace::staying(kiosk.settings.product_stays);
    let Some(moment) = attract.at(kiosk.now, if kiosk.is_sparing { pace.at_once() } else { pace }) else {
        let said = if kiosk.keeper.problem().is_some() { Text::Trouble } else { Text::Invite };
        return look.label(look.say(said), 40.0).paint_in(&painter, stage);
    };
    let (leaving, gone) = moment.leaving.map_or((None, 1.0), |(card, gone)| (Some(card), ease(gone)));
    for (card, shown) in [(leaving, 1.0 - gone), (Some(moment.card), gone)] {
        let Some(texture) = card.and_then(|card| kiosk.pictures.get(&card.id, Size::Large)) else { continue };
        let place = contain(texture.size_vec2(), stage).translate(vec2(0.0, (1.0 - shown) * 36.0));
        let mut painter = painter.clone();
        painter.set_opacity(shown);
        look.picture(&painter, place, CornerRadius::same(32), &texture, Color32::WHITE);
    }
    // The next picture is decoded before its turn.
    let index = (moment.turn as usize + 1) % attract.cards().len();
    let _ = kiosk.pictures.get(&attract.cards()[index].id, Size::Large);
    look.label(&moment.card.title, 30.0).within(caption.width(), 1).paint(&painter, caption.min);
    super::card::price(ui, look, moment.card, caption.min + vec2(0.0, 48.0), caption.width(), 30.0);
    ui.ctx().request_repaint_after(if leaving.is_some() { STEP } else { moment.next });
}

/// Slow at both ends.
fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

fn ways(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let gap = 20.0;
    let height = ((area.height() - 2.0 * gap) / 3.0).min(190.0);
    for (index, way) in kiosk.settings.ways.clone().into_iter().enumerate() {
        let (icon, text, hint) = face(way);
        let top = area.top() + index as f32 * (height + gap);
        let place = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
        let painter = ui.painter();
        look.sheet(painter, place, 28);
        let turned = |rect: Rect| {
            let x = |x: f32| place.left() + place.right() - x;
            if look.from_right() {
                Rect::from_x_y_ranges(x(rect.right())..=x(rect.left()), rect.y_range())
            } else {
                rect
            }
        };
        let disc = (height - 48.0).max(height * 0.7).min(112.0);
        let circle = turned(Rect::from_center_size(
            pos2(place.left() + 32.0 + disc / 2.0, place.center().y),
            vec2(disc, disc),
        ));
        painter.circle_filled(circle.center(), disc / 2.0, look.tokens.accent_wash);
        look.icon(painter, icon, circle.shrink(disc * 0.27), look.tokens.accent_strong);
        let words = turned(Rect::from_min_max(
            pos2(place.left() + disc + 64.0, place.top()),
            pos2(place.right() - 24.0, place.bottom()),
        ));
        // On a small screen letters shrink before words are cut.
        let fits = |natural: f32, size: f32| (size * (words.width() / natural).min(1.0)).max(size * 0.7);
        let (said, hint) = (look.say(text), look.say(hint));
        let size = fits(look.label(said, 34.0).bold().lay(painter).size.x, 34.0);
        let title = look.label(said, size).bold().within(words.width(), 1).lay(painter);
        let ink = look.tokens.ink_soft;
        let size = fits(look.colored(hint, 25.0, ink).lay(painter).size.x, 25.0);
        let more = look.colored(hint, size, ink).within(words.width(), 1).lay(painter);
        let top = words.center().y - (title.size.y + more.size.y) / 2.0;
        title.paint(painter, pos2(words.left(), top));
        more.paint(painter, pos2(words.left(), top + title.size.y));
        if look.touch(ui, place, ui.scope_id().with(("way", index)), look.say(text)).clicked() {
            kiosk.events.push(Event::Go(way.screen()));
        }
    }
}
