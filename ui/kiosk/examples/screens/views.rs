//! Which screens are drawn, and how they are reached.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use eframe::egui::{Vec2, pos2, vec2};
use image::{GrayImage, Luma};
use knytt_capture::Source;
use knytt_kiosk::camera::State;
use knytt_kiosk::language::{Language, Text};
use knytt_kiosk::service::Page;
use knytt_kiosk::settings::PinHash;
use knytt_kiosk::visit::Screen;

use crate::canvas::Gpu;
use crate::staged::{self, Staged};
use crate::store::{Look, Shop, Store};

const SIZES: [(&str, Vec2); 2] = [("portrait", vec2(1080.0, 1920.0)), ("landscape", vec2(1920.0, 1080.0))];

const LANGUAGES: [Language; 3] = [Language::English, Language::Arabic, Language::Chinese];

/// A category of the sample shop.
const CATEGORY: &str = "Dresses";

/// A product of it that stands before the camera.
const SHOWN: &str = "images/kn-00075.jpg";

/// What the staff enters, and how often it touches the corner before.
const PIN: &str = "2580";
const TOUCHES: usize = 5;

/// So short that the first screen's product stays the same one however long threads take.
const STANDING: Duration = Duration::from_micros(10);

/// Draws every screen in every look.
///
/// # Errors
/// The kiosk does not show what it should.
pub fn draw(gpu: &Rc<Gpu>, shop: &Shop, folder: &Path) -> Result<()> {
    for (shape, size) in SIZES {
        for language in LANGUAGES {
            for dark in [false, true] {
                let suffix = format!("{shape}{}{}", suffix_of(language), if dark { "-dark" } else { "" });
                let look = look(size, language, dark);
                let mut walk = Walk { store: Store::open(gpu, shop, &look)?, folder, suffix, look };
                walk.usual().with_context(|| walk.suffix.clone())?;
            }
        }
        let look = look(size, Language::English, false);
        rare(gpu, shop, folder, shape, &look)?;
        by_hand(gpu, &staged::stage(shop, CATEGORY)?, folder, shape, size)?;
    }
    Ok(())
}

/// What a shop adds by hand: by day in English, at night in Arabic.
fn by_hand(gpu: &Rc<Gpu>, staged: &Staged, folder: &Path, shape: &str, size: Vec2) -> Result<()> {
    let code = tempfile::tempdir()?;
    qr(&staged.replaced)?.save(code.path().join("code.png"))?;
    for (language, dark) in [(Language::English, false), (Language::Arabic, true)] {
        let suffix = format!("{shape}{}{}", suffix_of(language), if dark { "-dark" } else { "" });
        let look = Look { camera: Source::File(code.path().to_owned()), ..look(size, language, dark) };
        let mut walk = Walk { store: Store::open(gpu, &staged.shop, &look)?, folder, suffix, look };
        walk.by_hand(&staged.shown).with_context(|| walk.suffix.clone())?;
    }
    Ok(())
}

/// A QR code as a camera sees it, in the middle of its picture.
fn qr(text: &str) -> Result<GrayImage> {
    let code = qrcode::QrCode::new(text)?;
    let (side, module) = (code.width() as u32, 8);
    let (left, top) = (320 - side * module / 2, 200 - side * module / 2);
    Ok(GrayImage::from_fn(640, 400, |x, y| {
        let at = |value: u32, from: u32| {
            value.checked_sub(from).map(|value| value / module).filter(|at| *at < side)
        };
        let dark = at(x, left)
            .zip(at(y, top))
            .is_some_and(|(x, y)| code[(x as usize, y as usize)] == qrcode::Color::Dark);
        Luma([if dark { 20 } else { 235 }])
    }))
}

fn look(size: Vec2, language: Language, dark: bool) -> Look {
    Look { size, dark, language, low: 0.0, camera: Source::default(), pin: None, step: STANDING }
}

fn suffix_of(language: Language) -> String {
    if language == Language::English { String::new() } else { format!("-{}", language.code()) }
}

/// What only some shoppers see: in English by day.
fn rare(gpu: &Rc<Gpu>, shop: &Shop, folder: &Path, shape: &str, usual: &Look) -> Result<()> {
    let open = |look: &Look| -> Result<Walk<'_>> {
        let (suffix, look) = (shape.to_owned(), look.clone());
        Ok(Walk { store: Store::open(gpu, shop, &look)?, folder, suffix, look })
    };
    open(usual)?.states()?;
    let low = Look { low: 0.4, ..usual.clone() };
    open(&low)?.shoot("low")?;
    let camera = tempfile::tempdir()?;
    fs_err::copy(shop.pictures.join(SHOWN), camera.path().join("frame.jpg"))?;
    let pointing = Look { camera: Source::File(camera.path().to_owned()), ..usual.clone() };
    open(&pointing)?.camera()?;
    let unplugged = Look { camera: Source::File(camera.path().join("gone")), ..usual.clone() };
    open(&unplugged)?.camera_away()?;
    let staffed = Look { pin: Some(PinHash::of(PIN)?), ..usual.clone() };
    open(&staffed)?.service()?;
    // The question comes after 45 passes of a second.
    let leaving = Look { step: Duration::from_secs(1), ..usual.clone() };
    open(&leaving)?.still_there()
}

/// A walk through the screens of one kiosk.
struct Walk<'a> {
    store: Store,
    folder: &'a Path,
    suffix: String,
    look: Look,
}

impl Walk<'_> {
    fn shoot(&mut self, view: &str) -> Result<()> {
        let file = self.folder.join(format!("{view}-{}.png", self.suffix));
        self.store.shoot(&file).with_context(|| file.display().to_string())
    }

    fn say(&self, text: Text) -> &'static str {
        self.look.language.say(text)
    }

    fn press(&mut self, text: Text) -> Result<()> {
        self.store.press(self.say(text))
    }

    /// What every shopper sees.
    fn usual(&mut self) -> Result<()> {
        self.shoot("first")?;
        self.press(Text::Type)?;
        // The Chinese keyboard has Latin letters.
        let words = if self.look.language == Language::Arabic { "فستان" } else { "red dr" };
        self.store.type_in(words, self.say(Text::Space))?;
        self.shoot("keyboard")?;
        self.press(Text::Leave)?;
        self.products()?;
        self.shoot("products")?;
        self.open_first()?;
        self.shoot("product")
    }

    /// To the hits of one category.
    fn products(&mut self) -> Result<()> {
        self.press(Text::Browse)?;
        self.store.press(CATEGORY)?;
        self.hits()
    }

    fn hits(&mut self) -> Result<()> {
        self.store.until("hits", |store| {
            store.visit().is_ok_and(|visit| {
                visit.screen() == Screen::Results
                    && visit.kept().response.as_ref().is_some_and(|response| !response.hits.is_empty())
            })
        })
    }

    fn open_first(&mut self) -> Result<()> {
        let response = self.store.visit()?.kept().response.as_ref().context("there are no hits")?;
        let title = response.hits.first().context("there are no hits")?.card.title.clone();
        self.store.press(&title)?;
        self.store
            .until("the product", |store| store.visit().is_ok_and(|visit| visit.kept().product.is_some()))
    }

    /// A product with several pictures and a look, and one that another replaces, which only its code leads to.
    fn by_hand(&mut self, shown: &str) -> Result<()> {
        self.products()?;
        self.store.press(shown)?;
        self.store.until("the look", |store| {
            let open = store.visit().ok().and_then(|visit| visit.kept().product.as_ref());
            open.is_some_and(|open| !open.page.looks.is_empty())
        })?;
        self.shoot("pictures")?;
        self.store.scroll(self.look.size.y * 0.36);
        self.shoot("look")?;
        self.press(Text::Leave)?;
        self.press(Text::Point)?;
        self.store.until("the replaced product", |store| {
            let open = store.visit().ok().and_then(|visit| visit.kept().product.as_ref());
            open.is_some_and(|open| open.page.replaced_by.is_some())
        })?;
        self.shoot("replaced")
    }

    fn states(&mut self) -> Result<()> {
        self.press(Text::Browse)?;
        self.shoot("categories")?;
        self.store.press(CATEGORY)?;
        self.hits()?;
        for _ in 0..2 {
            self.open_first()?;
            self.press(Text::Collect)?;
            self.press(Text::Back)?;
            self.hits()?;
            self.press(Text::PriceUp)?;
            self.hits()?;
        }
        self.press(Text::Larger)?;
        self.shoot("larger")?;
        self.press(Text::Larger)?;
        self.store.press(&format!("{} (2)", self.say(Text::TakeAlong)))?;
        self.shoot("list")?;
        for (view, words) in
            [("words", "red dress"), ("no-match", "spaceship"), ("other-trade", "washing machine")]
        {
            self.press(Text::Leave)?;
            self.press(Text::Type)?;
            self.store.type_in(words, self.say(Text::Space))?;
            self.press(Text::Search)?;
            self.hits()?;
            self.shoot(view)?;
        }
        Ok(())
    }

    fn camera(&mut self) -> Result<()> {
        self.press(Text::Point)?;
        self.store.until("hits before the camera", |store| {
            store.visit().is_ok_and(|visit| visit.kept().live.is_some())
        })?;
        self.shoot("camera")
    }

    fn camera_away(&mut self) -> Result<()> {
        self.press(Text::Point)?;
        self.store.until("that the camera is away", |store| {
            store.kiosk().is_ok_and(|kiosk| kiosk.camera() == Some(State::Away))
        })?;
        self.shoot("camera-away")
    }

    /// What the staff sees: the pad, and the menu behind it.
    fn service(&mut self) -> Result<()> {
        (0..TOUCHES).for_each(|_| self.store.tap(pos2(40.0, 40.0)));
        self.store
            .until("the pad", |store| store.kiosk().is_ok_and(|kiosk| kiosk.desk().page() == Page::Pad))?;
        self.store.press("2")?;
        self.store.press("5")?;
        self.shoot("pin")?;
        PIN[2..].chars().try_for_each(|digit| self.store.press(&digit.to_string()))?;
        self.store.press("OK")?;
        self.store
            .until("the menu", |store| store.kiosk().is_ok_and(|kiosk| kiosk.desk().page() == Page::Menu))?;
        self.shoot("service")
    }

    fn still_there(&mut self) -> Result<()> {
        self.press(Text::Type)?;
        let name = self.say(Text::Continue);
        self.store.until("the question", |store| store.shows(name))?;
        self.shoot("still-there")
    }
}
