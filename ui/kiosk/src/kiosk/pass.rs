//! One pass of the screen.

use std::time::{Duration, Instant};

use eframe::egui::{Context, Ui, UiBuilder};

use super::Kiosk;
use crate::rotate::turn_output;
use crate::screens;

/// The longest time between two passes: a supervisor sees by it that the screen lives.
const BEAT: Duration = Duration::from_secs(1);

/// The same where each pass is dear: three seconds less than a supervisor waits.
const SPARING_BEAT: Duration = Duration::from_secs(2);

impl Kiosk {
    /// Draws the screen, and takes what was touched. The time is that of the screen.
    pub fn ui(&mut self, ui: &mut Ui) {
        let begun = Instant::now();
        let ctx = ui.ctx().clone();
        self.now = Duration::from_secs_f64(ctx.input(|input| input.time).max(0.0));
        self.pictures.begin_pass(&ctx);
        self.take_inputs(&ctx);
        let look = self.look(ui.max_rect());
        // A window that is cleared to the paper's colour needs none on top.
        if !self.is_sparing {
            ui.painter().rect_filled(look.screen, 0, look.tokens.paper);
        }
        let id = (self.visit.number(), self.visit.screen(), self.desk.page() as u8);
        let mut inner = ui.new_child(UiBuilder::new().max_rect(look.screen).id_salt(id));
        screens::show(self, &mut inner, &look);
        self.take_touches(&ctx);
        for ask in self.visit.take_asks() {
            self.teller.iter_mut().for_each(|teller| teller.asked(&ask));
            self.keeper.ask(ask);
        }
        self.obey();
        self.obey_from_afar();
        self.forget_if_over(&ctx);
        if !ctx.will_discard() {
            self.report.drawn(begun.elapsed());
        }
        self.say_that_it_lives();
        turn_output(self.settings.rotation, &ctx, ui.layer_id(), look.screen.size());
        let beat = if self.is_sparing { SPARING_BEAT } else { BEAT };
        ctx.request_repaint_after(if self.desk.is_held() { BEAT / 8 } else { beat });
    }

    /// Gives the visit what was touched. What comes of it is laid out at once, in the place of what is there now: the
    /// frame that answers a touch is the next one that is drawn, not the one after it.
    fn take_touches(&mut self, ctx: &Context) {
        let events = std::mem::take(&mut self.events);
        if events.is_empty() {
            return;
        }
        events.into_iter().for_each(|event| self.handle(event));
        ctx.request_discard("something was touched");
        if !ctx.will_discard() {
            ctx.request_repaint();
        }
    }
}
