//! The kiosk on the screen: it gives the visit its events and its time, and draws it.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use eframe::egui::{Context, Event as Input, Memory, Rect, TextureHandle, Ui, UiBuilder};
use knytt_capture::Source;

use crate::camera::Viewfinder;
use crate::language::Language;
use crate::look::{Look, Tokens};
use crate::screens;
use crate::screens::keyboard::Keyboard;
use crate::shop::{FirstLook, Pictures, Shopkeeper};
use crate::visit::{Event, Patience, Screen, Visit};

/// The longest time between two passes: a supervisor sees by it that the screen lives.
const BEAT: Duration = Duration::from_secs(1);

/// What a shop decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The catalogue's folder.
    pub catalog: PathBuf,
    /// Folders with pictures of products.
    pub pictures: Vec<PathBuf>,
    /// The shop's name.
    pub name: String,
    /// The language that a visit begins in.
    pub language: Language,
    /// Whether a visit begins dark.
    pub dark: bool,
    /// The camera.
    pub camera: Source,
    /// How long it waits for a touch.
    pub patience: Patience,
    /// The part of the screen's height, at the top, that nothing to touch stands in: for wheelchairs. 0 to 0.6.
    pub low: f32,
}

/// All that the kiosk draws with.
pub struct Kiosk {
    pub(crate) settings: Settings,
    pub(crate) visit: Visit,
    pub(crate) keeper: Shopkeeper,
    pub(crate) pictures: Pictures,
    pub(crate) finder: Viewfinder,
    pub(crate) first: FirstLook,
    pub(crate) keyboard: Keyboard,
    pub(crate) frame: Option<(TextureHandle, std::sync::Arc<image::RgbImage>)>,
    pub(crate) now: Duration,
    /// What was touched in this pass.
    pub(crate) events: Vec<Event>,
    visited: u64,
}

impl Kiosk {
    /// Starts to open the catalogue; the first screen is there at once.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(settings: Settings, ctx: &Context) -> io::Result<Self> {
        let wake = || {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        let keeper = Shopkeeper::start(settings.catalog.clone(), settings.pictures.clone(), wake())?;
        let pictures = Pictures::start(keeper.opened().clone(), wake())?;
        let finder = Viewfinder::start(settings.camera.clone(), keeper.opened().clone(), wake())?;
        let visit = Visit::new(settings.patience, settings.language);
        let visited = visit.number();
        Ok(Self {
            settings,
            visit,
            keeper,
            pictures,
            finder,
            first: FirstLook::default(),
            keyboard: Keyboard::default(),
            frame: None,
            now: Duration::ZERO,
            events: Vec::new(),
            visited,
        })
    }

    /// The visit.
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// Whether the catalogue is open and the first screen has its products.
    pub fn is_ready(&self) -> bool {
        !self.first.attract.cards().is_empty()
    }

    /// The pictures that are held.
    pub fn pictures(&self) -> &Pictures {
        &self.pictures
    }

    /// Draws the screen, and takes what was touched. The time is that of the screen.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.now = Duration::from_secs_f64(ctx.input(|input| input.time).max(0.0));
        self.pictures.begin_pass(&ctx);
        self.take_inputs(&ctx);
        let look = self.look(ui.max_rect());
        ui.painter().rect_filled(look.screen, 0, look.tokens.paper);
        let inner = ui.new_child(
            UiBuilder::new().max_rect(look.screen).id_salt((self.visit.number(), self.visit.screen())),
        );
        let mut inner = inner;
        screens::show(self, &mut inner, &look);
        for event in std::mem::take(&mut self.events) {
            self.visit.handle(event, self.now);
            ctx.request_repaint();
        }
        for ask in self.visit.take_asks() {
            self.keeper.ask(ask);
        }
        self.forget_if_over(&ctx);
        ctx.request_repaint_after(BEAT);
    }

    fn look(&self, screen: Rect) -> Look {
        let is_dark = self.visit.dark().unwrap_or(self.settings.dark);
        Look {
            tokens: if is_dark { Tokens::DARK } else { Tokens::LIGHT },
            is_dark,
            language: self.visit.language(),
            screen,
            scale: if self.visit.larger() { 1.25 } else { 1.0 },
            low: self.settings.low.clamp(0.0, 0.6) * screen.height(),
        }
    }

    fn take_inputs(&mut self, ctx: &Context) {
        if let Some(first) = self.keeper.first_look() {
            self.first = first;
        }
        for answer in self.keeper.answers() {
            self.visit.handle(Event::Answered(answer), self.now);
        }
        for (visit, response) in self.finder.hits() {
            self.visit.handle(Event::Live(visit, Box::new(response)), self.now);
        }
        let touched = ctx.input(|input| {
            let is_touch = |event: &Input| {
                matches!(
                    event,
                    Input::PointerButton { .. }
                        | Input::Touch { .. }
                        | Input::Key { .. }
                        | Input::MouseWheel { .. }
                )
            };
            input.events.iter().any(is_touch)
        });
        if touched && self.visit.screen() != Screen::Attract {
            // While "Still there?" is asked, its own buttons answer.
            if self.visit.countdown(self.now).is_none() {
                self.visit.handle(Event::Touched, self.now);
            }
        }
        self.visit.tick(self.now);
        let points = self.visit.screen() == Screen::Point;
        self.finder.want(points.then(|| self.visit.number()));
        if !points {
            self.frame = None;
        }
        self.forget_if_over(ctx);
    }

    /// A visit that ended takes with it the pictures, what the keyboard holds, and what egui remembers.
    fn forget_if_over(&mut self, ctx: &Context) {
        if self.visited == self.visit.number() {
            return;
        }
        self.visited = self.visit.number();
        self.pictures.clear();
        self.keyboard = Keyboard::default();
        self.frame = None;
        ctx.memory_mut(|memory| {
            let options = memory.options.clone();
            *memory = Memory::default();
            memory.options = options;
        });
        ctx.request_repaint();
    }
}
