//! The camera's picture over the whole screen, and what it finds.

use std::sync::Arc;

use eframe::egui::{Color32, CornerRadius, Rect, TextureOptions, Ui, Vec2, pos2, vec2};

use super::frame::frame;
use crate::camera::State;
use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Icon, Look, Weight, cover};
use crate::settings::Way;
use crate::shop::Size;
use crate::visit::Event;

/// What stands there while the camera shows nothing: the disc with its drawing, and the buttons of the other ways.
const DISC: f32 = 132.0;
const BUTTON: Vec2 = vec2(440.0, 88.0);

/// How many hits stand over the picture.
const HITS: usize = 4;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look) {
    take_frame(kiosk, ui);
    let area = frame(kiosk, ui, look, look.say(Text::Point));
    let Some((texture, pixels)) = &kiosk.frame else {
        return without_picture(kiosk, ui, look, area);
    };
    let uv = cover(texture.size_vec2(), area.size());
    ui.painter().image(texture.id(), area, uv, Color32::WHITE);
    let pixels = Arc::clone(pixels);
    let said = if kiosk.visit.kept().unknown_code { Text::UnknownCode } else { Text::PointHelp };
    hint(ui, look, area, look.say(said));
    let frozen = look.touch(ui, area, ui.scope_id().with("view"), look.say(Text::PointHelp)).clicked();
    if frozen {
        kiosk.events.push(Event::Freeze(pixels));
    }
    hits(kiosk, ui, look, area);
}

/// Says that the camera starts, or that it is away and what else can be done.
fn without_picture(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let is_away = kiosk.finder.state() == Some(State::Away);
    let painter = ui.painter();
    let said = look.say(if is_away { Text::CameraAway } else { Text::CameraStarts });
    let label = look.label(said, 34.0);
    // As wide as the words, so that they stand in the middle, unless they need more lines.
    let width = label.lay(painter).size.x.min(area.width() - 2.0 * look.edge());
    let laid = label.within(width.ceil(), 3).lay(painter);
    let height = DISC + 40.0 + laid.size.y + if is_away { 48.0 + BUTTON.y } else { 0.0 };
    let middle = area.center().x;
    let mut top = area.center().y - height / 2.0;
    let disc = Rect::from_center_size(pos2(middle, top + DISC / 2.0), vec2(DISC, DISC));
    painter.circle_filled(disc.center(), DISC / 2.0, look.tokens.accent_wash);
    look.icon(painter, Icon::Camera, disc.shrink(DISC * 0.27), look.tokens.accent_strong);
    top += DISC + 40.0;
    let words = Rect::from_min_size(pos2(middle - laid.size.x / 2.0, top), laid.size);
    laid.paint(painter, words.min);
    look.name(ui, words, said);
    if !is_away {
        return;
    }
    top += words.height() + 48.0;
    let others = [(Way::Type, Icon::Keyboard, Text::Type), (Way::Browse, Icon::Tiles, Text::Browse)];
    let others: Vec<_> = others.into_iter().filter(|(way, ..)| kiosk.settings.ways.contains(way)).collect();
    let mut left = middle - (others.len() as f32 * (BUTTON.x + 20.0) - 20.0) / 2.0;
    for (way, icon, text) in others {
        let place = look.place(Rect::from_min_size(pos2(left, top), BUTTON));
        if look.button(ui, place, look.say(text), Some(icon), Weight::Usual) {
            kiosk.events.push(Event::Go(way.screen()));
        }
        left += BUTTON.x + 20.0;
    }
}

/// Writes the newest frame into the one texture, in place unless the camera changed its size.
fn take_frame(kiosk: &mut Kiosk, ui: &Ui) {
    if kiosk.finder.state() == Some(State::Away) {
        // The last picture would look like a camera that sees.
        kiosk.frame = None;
        return;
    }
    let Some(shown) = kiosk.finder.take() else { return };
    match &mut kiosk.frame {
        Some((texture, pixels)) if texture.size() == shown.image.size => {
            texture.set_partial([0, 0], shown.image, TextureOptions::LINEAR);
            *pixels = shown.pixels;
        }
        frame => {
            let texture = ui.ctx().load_texture("camera", shown.image, TextureOptions::LINEAR);
            *frame = Some((texture, shown.pixels));
        }
    }
}

fn hint(ui: &Ui, look: &Look, area: Rect, said: &str) {
    let label = look.colored(said, 28.0, Color32::WHITE).bold();
    // The ground is as wide as the words, unless they need two lines.
    let width = label.lay(ui.painter()).size.x.min(area.width() - 2.0 * look.edge() - 48.0);
    let laid = label.within(width.ceil(), 2).lay(ui.painter());
    let at = pos2(area.left() + look.edge() + 24.0, area.top() + 44.0);
    let rect = look.place(Rect::from_min_size(at, laid.size));
    ui.painter().rect_filled(rect.expand2(vec2(24.0, 14.0)), 24, look.tokens.veil);
    laid.paint(ui.painter(), rect.min);
}

fn hits(kiosk: &mut Kiosk, ui: &Ui, look: &Look, area: Rect) {
    let Some(live) = kiosk.visit.kept().live.clone() else { return };
    let width = area.width() - 2.0 * look.edge();
    let tile = ((width - 20.0 * (HITS as f32 - 1.0)) / HITS as f32).min(300.0);
    for (index, hit) in live.hits.iter().take(HITS).enumerate() {
        let x = area.left() + look.edge() + index as f32 * (tile + 20.0);
        let place =
            look.place(Rect::from_min_size(pos2(x, area.bottom() - tile - 120.0), vec2(tile, tile + 88.0)));
        look.sheet(ui.painter(), place, 22);
        let image = Rect::from_min_size(place.min, vec2(tile, tile));
        if let Some(texture) =
            kiosk.pictures.get_one(&hit.card.id, hit.card.picture.unwrap_or(0), Size::Small)
        {
            let round = CornerRadius { nw: 22, ne: 22, sw: 0, se: 0 };
            look.picture(ui.painter(), image, round, &texture, Color32::WHITE);
        }
        let at = pos2(place.left() + 16.0, image.bottom() + 10.0);
        look.label(&hit.card.title, 22.0).within(tile - 32.0, 1).paint(ui.painter(), at);
        super::card::price(ui, look, &hit.card, at + vec2(0.0, 32.0), tile - 32.0, 24.0);
        if look.touch(ui, place, ui.scope_id().with(("live", index)), &hit.card.title).clicked() {
            kiosk.events.push(Event::Open(hit.card.id.clone()));
        }
    }
}
