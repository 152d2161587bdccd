//! A kiosk that is driven by the names of what it shows.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use eframe::egui::{Context, Pos2, Ui, UiBuilder, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use knytt_capture::Source;
use knytt_kiosk::language::Language;
use knytt_kiosk::settings::PinHash;
use knytt_kiosk::visit::Visit;
use knytt_kiosk::{Kiosk, Settings, look};

use crate::canvas::{Canvas, Gpu};

/// How long what threads do may take: a debug build on a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// The shop that the kiosk shows.
pub struct Shop {
    /// Its catalogue's folder.
    pub catalog: PathBuf,
    /// The folder that its pictures' paths begin in.
    pub pictures: PathBuf,
}

/// How a kiosk stands there.
#[derive(Clone)]
pub struct Look {
    pub size: Vec2,
    pub dark: bool,
    pub language: Language,
    /// The part of the height that stays empty for wheelchairs.
    pub low: f32,
    pub camera: Source,
    /// What lets the staff in.
    pub pin: Option<PinHash>,
    /// How far its clock goes on with each pass.
    pub step: Duration,
}

/// A running kiosk. The clock moves with its passes alone.
pub struct Store {
    harness: Harness<'static, Option<Kiosk>>,
    canvas: Canvas,
}

impl Store {
    /// Opens the catalogue, and waits for the first screen.
    ///
    /// # Errors
    /// There are no fonts, or the catalogue cannot be opened.
    pub fn open(gpu: &Rc<Gpu>, shop: &Shop, look: &Look) -> Result<Self> {
        let settings = Settings {
            pictures: vec![shop.pictures.clone()],
            name: "Knytt".into(),
            language: look.language,
            dark: look.dark,
            camera: look.camera.clone(),
            low: look.low,
            pin: look.pin.clone(),
            ..Settings::of_catalog(shop.catalog.clone())
        };
        let fonts = look::definitions()?;
        let set_up = move |ctx: &Context| {
            ctx.set_fonts(fonts);
            ctx.options_mut(|options| look::touch_screen(&mut options.input_options));
        };
        let app = move |ui: &mut Ui, kiosk: &mut Option<Kiosk>| {
            if kiosk.is_none() {
                *kiosk = Kiosk::start(settings.clone(), ui.ctx()).ok();
            }
            if let Some(kiosk) = kiosk {
                // The kiosk has the whole screen; the harness leaves an edge around its ui.
                let whole = ui.ctx().content_rect();
                let mut whole_ui = ui.new_child(UiBuilder::new().max_rect(whole));
                whole_ui.set_clip_rect(whole);
                kiosk.ui(&mut whole_ui);
            }
        };
        let canvas = Canvas::new(gpu);
        let builder = Harness::builder().with_size(look.size).with_step_dt(look.step.as_secs_f32());
        let builder = builder.allow_missing_glyphs().with_context_setup(set_up).renderer(canvas.clone());
        let mut store = Self { harness: builder.build_ui_state(app, None), canvas };
        store
            .until("the first screen", |store| store.harness.state().as_ref().is_some_and(Kiosk::is_ready))?;
        Ok(store)
    }

    /// The kiosk as it is now.
    ///
    /// # Errors
    /// It did not start.
    pub fn kiosk(&self) -> Result<&Kiosk> {
        self.harness.state().as_ref().context("the kiosk did not start")
    }

    /// The visit as it is now.
    ///
    /// # Errors
    /// The kiosk did not start.
    pub fn visit(&self) -> Result<&Visit> {
        Ok(self.kiosk()?.visit())
    }

    /// Draws until something holds.
    ///
    /// # Errors
    /// It does not hold after two minutes.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> Result<()> {
        let started = Instant::now();
        loop {
            self.harness.step();
            if holds(self) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("{what}: not after two minutes");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether something of this name is shown.
    pub fn shows(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Presses what has this name, once it is there.
    ///
    /// # Errors
    /// Nothing has it.
    pub fn press(&mut self, name: &str) -> Result<()> {
        self.until(name, |store| store.shows(name))?;
        let Some(node) = self.harness.query_all_by_label(name).next() else { bail!("{name} has gone") };
        node.click();
        self.harness.step();
        self.harness.step();
        Ok(())
    }

    /// Presses the keys of these words.
    ///
    /// # Errors
    /// The keyboard lacks a letter.
    pub fn type_in(&mut self, words: &str, space: &str) -> Result<()> {
        for letter in words.chars() {
            let key = if letter == ' ' { space.to_owned() } else { letter.to_string() };
            self.press(&key)?;
        }
        Ok(())
    }

    /// Touches a place for a moment.
    pub fn tap(&mut self, place: Pos2) {
        self.harness.drag_at(place);
        self.harness.step();
        self.harness.drop_at(place);
        self.harness.step();
    }

    /// Drags what is shown upwards, as a finger does.
    pub fn scroll(&mut self, points: f32) {
        let middle = self.harness.ctx.content_rect().center();
        // Between pictures and buttons nothing is pressed: a drag is no press.
        self.harness.drag_at(middle);
        self.harness.step();
        for part in 1..=10 {
            self.harness.hover_at(middle - vec2(0.0, points * part as f32 / 10.0));
            self.harness.step();
        }
        self.harness.drop_at(middle - vec2(0.0, points));
        self.harness.step();
    }

    /// Waits for the products' pictures, and writes what is shown.
    ///
    /// # Errors
    /// A picture does not come, or the file cannot be written.
    pub fn shoot(&mut self, file: &Path) -> Result<()> {
        let is_whole = |kiosk: &Kiosk| !kiosk.visit().kept().waits && kiosk.pictures().are_there();
        self.until("all pictures", |store| store.harness.state().as_ref().is_some_and(is_whole))?;
        // Pictures that came with that pass are drawn by the next one.
        self.harness.step();
        let picture = self.canvas.draw(&self.harness.ctx, self.harness.output())?;
        picture.save(file).with_context(|| format!("cannot write {}", file.display()))
    }
}
