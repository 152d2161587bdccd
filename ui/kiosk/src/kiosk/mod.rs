//! The kiosk on the screen: it gives the visit its events and its time, and draws it.

mod keyboard;
mod pass;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{
    Color32, Context, Event as Input, Memory, PointerButton, Pos2, RawInput, Rect, TextureHandle,
};

pub(crate) use self::keyboard::Keyboard;
use crate::camera::{Seen, State, Viewfinder, Want};
use crate::look::{Look, Tokens};
use crate::rotate::turn_input;
use crate::service::{Corner, Desk, Order, Page};
use crate::settings::Settings;
use crate::shop::{FirstLook, Pictures, Shopkeeper};
use crate::telling::Teller;
use crate::upkeep::{Heartbeat, Journal, Report, Sync};
use crate::visit::{Event, Screen, Visit, Visitor};

/// Short enough to be at once.
const SOON: Duration = Duration::from_millis(1);

/// How the staff, or an order from afar, ends the kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is to start again.
    Restart,
    /// It is to stay away.
    Exit,
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
    /// Whether each pass is dear, so that nothing moves by itself.
    pub(crate) is_sparing: bool,
    /// What was touched in this pass.
    pub(crate) events: Vec<Event>,
    pub(crate) desk: Desk,
    pub(crate) journal: Journal,
    pub(crate) report: Arc<Report>,
    pub(crate) sync: Option<Sync>,
    alive: Option<Heartbeat>,
    teller: Option<Teller>,
    /// When somebody touched the screen or moved before the camera.
    seen_at: Duration,
    rests: bool,
    /// A release waits until nobody is there.
    has_news: bool,
    is_shown: bool,
    ending: Option<Ending>,
    visited: u64,
}

impl Kiosk {
    /// Starts to open the catalogue; the first screen is there at once.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(settings: Settings, ctx: &Context) -> io::Result<Self> {
        // Without a delay, egui draws two frames for each request.
        let wake = || {
            let ctx = ctx.clone();
            move || ctx.request_repaint_after(SOON)
        };
        let (journal, report) = (Journal::default(), Arc::new(Report::default()));
        journal.note(format!("version {} begins", env!("CARGO_PKG_VERSION")));
        let visitor = Visitor::default();
        let keeper = Shopkeeper::start(&settings, &visitor, journal.clone(), wake())?;
        let opened = || keeper.opened().clone();
        let pictures = Pictures::start(opened(), wake())?;
        let finder = Viewfinder::start(settings.camera.clone(), opened(), journal.clone(), wake())?;
        let sync = Sync::start(&settings, journal.clone(), wake())?;
        let alive = Heartbeat::start(&settings, opened(), Arc::clone(&report), journal.clone(), wake())?;
        let teller = Teller::start(&settings, opened(), visitor, journal.clone())?;
        let desk = Desk::new(settings.pin.clone(), journal.clone());
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
            is_sparing: false,
            events: Vec::new(),
            desk,
            journal,
            report,
            sync,
            alive,
            teller,
            seen_at: Duration::ZERO,
            rests: false,
            has_news: false,
            is_shown: false,
            ending: None,
            visited,
        })
    }

    /// Lets products take each other's place at once: a renderer in software draws each pass on the processor.
    pub fn spare(&mut self) {
        self.is_sparing = true;
    }

    /// The colour of what lies below everything.
    pub fn paper(&self) -> Color32 {
        self.tokens().paper
    }

    fn is_dark(&self) -> bool {
        self.visit.dark().unwrap_or(self.settings.dark)
    }

    /// The colours, without the shop's accent.
    fn tokens(&self) -> Tokens {
        if self.is_dark() { Tokens::DARK } else { Tokens::LIGHT }
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

    /// The service menu.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// What the camera is doing; none while it is closed.
    pub fn camera(&self) -> Option<State> {
        self.finder.state()
    }

    /// Whether the first screen rests, because nobody was there for long.
    pub fn rests(&self) -> bool {
        self.rests
    }

    /// What tells the shop what happens here; none if it decided that nothing is told.
    pub fn teller(&self) -> Option<&Teller> {
        self.teller.as_ref()
    }

    /// Set once the staff or an order from afar ends the kiosk.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Turns what comes from the system as the screen hangs; to be called before egui takes it.
    pub fn turn_input(&self, input: &mut RawInput) {
        turn_input(self.settings.rotation, input);
    }

    /// Gives the visit an event, and tells the shop of it if it decided so.
    fn handle(&mut self, event: Event) {
        let seen = self.teller.as_ref().and_then(|teller| teller.watch(&self.visit, &event));
        self.visit.handle(event, self.now);
        if let (Some(teller), Some(seen)) = (&self.teller, seen) {
            teller.tell(&self.visit, seen);
        }
    }

    /// Does what the staff asked for.
    fn obey(&mut self) {
        for order in self.desk.take_orders() {
            self.journal.note(format!("the staff asked: {order:?}"));
            match order {
                Order::Camera(source) => {
                    self.finder.change(source);
                    self.desk.go(Page::Menu);
                }
                Order::Sync => self.sync.iter().for_each(Sync::now),
                Order::Restart => self.ending = Some(Ending::Restart),
                Order::Exit => self.ending = Some(Ending::Exit),
            }
        }
    }

    /// Starts again where an order from afar wants it, once nobody is there.
    fn obey_from_afar(&mut self) {
        let is_free = self.visit.screen() == Screen::Attract && self.desk.page() == Page::Closed;
        if is_free && self.ending.is_none() && self.alive.as_ref().is_some_and(Heartbeat::wants_restart) {
            self.ending = Some(Ending::Restart);
        }
    }

    /// The first heartbeat says that the screen was drawn, the next one that the products are there.
    fn say_that_it_lives(&mut self) {
        self.report.set_camera(self.finder.state());
        if !std::mem::replace(&mut self.is_shown, true) {
            self.alive.iter().for_each(Heartbeat::beat_now);
        }
    }

    fn look(&self, screen: Rect) -> Look {
        let (is_dark, tokens) = (self.is_dark(), self.tokens());
        Look {
            tokens: self.settings.accent.map_or(tokens, |accent| tokens.with_accent(accent.0, is_dark)),
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
            self.alive.iter().for_each(Heartbeat::beat_now);
        }
        for answer in self.keeper.answers() {
            self.handle(Event::Answered(answer));
        }
        for (visit, seen) in self.finder.seen() {
            let event = match seen {
                Seen::Hits(response) => Event::Live(visit, response),
                Seen::Code(id) => Event::Scanned(visit, id),
            };
            self.handle(event);
        }
        let touched = ctx.input(|input| input.events.iter().any(is_touch));
        if touched && self.visit.screen() != Screen::Attract {
            self.report.visited();
            // While "Still there?" is asked, its own buttons answer.
            if self.visit.countdown(self.now).is_none() {
                self.visit.handle(Event::Touched, self.now);
            }
        }
        self.visit.tick(self.now);
        self.tend_desk(ctx);
        self.tend_rest(touched);
        let points = self.visit.screen() == Screen::Point;
        let motion = (self.rests && self.settings.wakes).then_some(Want::Motion);
        self.finder.want(if points { Some(Want::Visit(self.visit.number())) } else { motion });
        self.finder.speak(self.visit.language());
        if !points {
            self.frame = None;
        }
        self.take_news();
        self.forget_if_over(ctx);
    }

    /// The hidden corner, and what the service menu does with the time. A visit ends when the menu opens.
    fn tend_desk(&mut self, ctx: &Context) {
        let corner = ctx.content_rect().min;
        let is_inside = |at: Pos2| (at - corner).max_elem() < Corner::SIDE;
        let was_closed = self.desk.page() == Page::Closed;
        for event in ctx.input(|input| input.events.clone()) {
            match event {
                Input::PointerButton { pos, button: PointerButton::Primary, pressed: true, .. } => {
                    self.desk.down(is_inside(pos), self.now);
                }
                Input::PointerButton { pressed: false, .. } | Input::PointerGone => self.desk.up(),
                _ => {}
            }
        }
        self.desk.tick(self.now);
        if was_closed && self.desk.page() != Page::Closed && self.visit.screen() != Screen::Attract {
            self.visit.handle(Event::Leave, self.now);
        }
    }

    /// Rests after a while without anybody, and wakes by a touch or by motion. A kiosk whose camera should wake it and
    /// does not work stays awake.
    fn tend_rest(&mut self, touched: bool) {
        let is_busy = self.visit.screen() != Screen::Attract || self.desk.page() != Page::Closed;
        let is_blind = self.settings.wakes && self.finder.state() == Some(State::Away);
        if touched || is_busy || self.finder.take_motion() || self.rests && is_blind {
            self.seen_at = self.now;
        }
        let after = self.settings.rests_after;
        self.rests = after.is_some_and(|after| self.now.saturating_sub(self.seen_at) >= after);
    }

    /// Opens a new release when nobody is there.
    fn take_news(&mut self) {
        self.has_news |= self.sync.as_ref().is_some_and(Sync::take_news);
        if self.has_news && self.visit.screen() == Screen::Attract {
            self.has_news = false;
            self.keeper.renew();
            self.pictures.clear();
        }
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
        // Each visit has ids of its own, for each of which egui would keep how far it has moved.
        ctx.clear_animations();
        ctx.request_repaint();
    }
}

fn is_touch(event: &Input) -> bool {
    matches!(
        event,
        Input::PointerButton { .. } | Input::Touch { .. } | Input::Key { .. } | Input::MouseWheel { .. }
    )
}
