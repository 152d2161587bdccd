//! "Still there?" over whatever was shown last.

use std::time::Duration;

use eframe::egui::{Rect, Sense, Ui, pos2, vec2};

use crate::kiosk::Kiosk;
use crate::language::Text;
use crate::look::{Look, Weight};
use crate::text::Side;
use crate::visit::Event;

pub(super) fn show(kiosk: &mut Kiosk, ui: &mut Ui, look: &Look, left: Duration) {
    let veil = ui.interact(look.screen, ui.scope_id().with("veil"), Sense::click());
    ui.painter().rect_filled(look.screen, 0, look.tokens.scrim);
    let size = vec2((look.screen.width() - 2.0 * look.edge()).min(820.0), 440.0 * look.scale);
    let sheet = Rect::from_center_size(look.screen.center() + vec2(0.0, look.low / 2.0), size);
    look.sheet(ui.painter(), sheet, 36);
    let inner = sheet.shrink(48.0);
    let middle = |text, size| look.label(text, size).side(Side::Middle).within(inner.width(), 2);
    let head = middle(look.say(Text::StillThere), 52.0).bold().paint(ui.painter(), inner.min);
    let seconds = u32::try_from(left.as_secs() + 1).unwrap_or(u32::MAX);
    let said = look.language.count(Text::EndsIn, seconds);
    middle(&said, 30.0).paint(ui.painter(), pos2(inner.left(), head.bottom() + 16.0));
    let half = (inner.width() - 24.0) / 2.0;
    let at = |x: f32| Rect::from_min_size(pos2(x, inner.bottom() - 104.0), vec2(half, 104.0));
    let (first, second) = (look.place(at(inner.left())), look.place(at(inner.left() + half + 24.0)));
    let leaves = look.button(ui, first, look.say(Text::Leave), None, Weight::Usual);
    let stays = look.button(ui, second, look.say(Text::Continue), None, Weight::Strong);
    if leaves {
        kiosk.events.push(Event::Leave);
    } else if stays || veil.clicked() {
        kiosk.events.push(Event::StillHere);
    }
    ui.ctx().request_repaint_after(Duration::from_millis(250));
}
