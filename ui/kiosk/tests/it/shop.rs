//! A kiosk before a small shop of drawn garments, driven by the names of what it shows.

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use eframe::egui::{TexturesDelta, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, TestRenderer};
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use knytt_engine::{Catalog, CatalogSpec, Origin, Product, SearchSession};
use knytt_garments::{render, sample_products};
use knytt_kiosk::language::Language;
use knytt_kiosk::{Kiosk, Settings, look};
use knytt_models::{Bundle, Device, Encoder};
use tempfile::TempDir;

const PRODUCTS: usize = 60;
const SIDE: u32 = 128;

/// How long what threads do may take: a busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

static ENCODER: LazyLock<Encoder> =
    LazyLock::new(|| Encoder::start(Bundle::starter().unwrap(), Device::Cpu).unwrap());

/// A kiosk before the shop.
pub fn settings() -> Settings {
    Settings { name: "Nordwind".into(), ..Settings::of_catalog(SHOP.path().to_owned()) }
}

/// Built once: kiosks only read it. Those that write beside it, or obey rules, have one of their own.
static SHOP: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path());
    folder
});

/// Draws nothing. The harness's own renderer keeps every texture until something is drawn.
struct Blind;

impl TestRenderer for Blind {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        delta.clear();
    }
}

pub struct Store {
    pub harness: Harness<'static, Option<Kiosk>>,
}

impl Store {
    /// A kiosk whose clock goes on by `step` with each pass.
    pub fn open(step: Duration, language: Language) -> Self {
        Self::with(step, Settings { language, ..settings() })
    }

    /// The same, as a shop decided.
    pub fn with(step: Duration, settings: Settings) -> Self {
        let app = move |ui: &mut eframe::egui::Ui, kiosk: &mut Option<Kiosk>| {
            let start = || Kiosk::start(settings.clone(), ui.ctx()).unwrap();
            kiosk.get_or_insert_with(start).ui(ui);
        };
        let setup = |ctx: &eframe::egui::Context| {
            ctx.set_fonts(look::definitions().unwrap());
            ctx.options_mut(|options| look::touch_screen(&mut options.input_options));
        };
        let builder = Harness::builder().with_size(vec2(1080.0, 1920.0)).with_step_dt(step.as_secs_f32());
        let builder = builder.allow_missing_glyphs().with_context_setup(setup).renderer(Blind);
        let harness = builder.build_ui_state(app, None);
        let mut store = Self { harness };
        store.until("the catalogue is open", |store| store.kiosk().is_ready());
        store
    }

    pub fn kiosk(&self) -> &Kiosk {
        self.harness.state().as_ref().unwrap()
    }

    /// Draws until something holds.
    pub fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        loop {
            self.harness.step();
            if holds(self) {
                return;
            }
            let screen = self.harness.state().as_ref().map(|kiosk| kiosk.visit().screen());
            assert!(started.elapsed() < PATIENCE, "{what}: not after a minute, but {screen:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn shows(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Presses what has this name, once it is there.
    pub fn press(&mut self, name: &str) {
        self.until(name, |store| store.shows(name));
        self.harness.query_all_by_label(name).next().unwrap().click();
        self.harness.step();
        self.harness.step();
    }

    pub fn type_in(&mut self, words: &str) {
        for letter in words.chars() {
            let key = if letter == ' ' { "Space".to_owned() } else { letter.to_string() };
            self.press(&key);
        }
    }

    /// Touches the screen at a place.
    pub fn tap(&mut self, x: f32, y: f32) {
        self.harness.drag_at(pos2(x, y));
        self.harness.step();
        self.harness.drop_at(pos2(x, y));
        self.harness.step();
    }

    /// All that the visit holds of its shopper, as text.
    pub fn remembered(&self) -> String {
        format!("{:?}", self.kiosk().visit().kept())
    }
}

pub fn build(folder: &Path) {
    let spec = CatalogSpec {
        id: "shop".into(),
        model: ENCODER.fingerprint().clone(),
        model_name: "starter".into(),
        dimension: ENCODER.dimension(),
    };
    let catalog = Catalog::create(folder, &spec).unwrap();
    let mut writer = catalog.write();
    for (index, product) in sample_products(PRODUCTS, 1).into_iter().enumerate() {
        let picture = render(&product.garment, &product.view, SIDE);
        let embedding = ENCODER.embed_image(&picture).unwrap();
        writer.upsert(&described(&product, index), &embedding, Some(&jpeg(&picture))).unwrap();
    }
    writer.commit().unwrap();
    Origin { model: Some("starter".into()), ..Origin::default() }.write(folder).unwrap();
    SearchSession::new(catalog, ENCODER.clone()).unwrap().calibrate().unwrap();
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).unwrap();
    bytes
}

fn described(product: &knytt_garments::Product, index: usize) -> Product {
    let price = format!("{}.{:02} EUR", product.price_cents / 100, product.price_cents % 100);
    Product {
        id: product.id.clone(),
        title: product.title.clone(),
        brand: product.brand.clone(),
        category: product.garment.category.plural().into(),
        price: Some(price.parse().unwrap()),
        colors: product.garment.shown_colours().iter().map(|c| c.name.name().into()).collect(),
        attributes: columns(product, index),
        ..Product::default()
    }
}

/// The GTIN of the first product, which `golden/codes.txt` has a code for.
pub const FIRST_GTIN: &str = "4006381333931";

/// The address of each product and its stores. The first half is in both, the others are in S2 alone. The first one
/// has a GTIN.
fn columns(product: &knytt_garments::Product, index: usize) -> std::collections::BTreeMap<String, String> {
    let column = |name: &str, value: String| (name.to_owned(), value);
    let is_in_both = index < PRODUCTS / 2;
    let mut columns = vec![
        column("link", format!("https://shop.example/{}", product.id)),
        column("store_code", if is_in_both { "S1|S2" } else { "S2" }.into()),
    ];
    if index == 0 {
        columns.push(column("gtin", FIRST_GTIN.into()));
    }
    if is_in_both {
        columns.push(column("aisle", "4|9".into()));
        columns.push(column("shelf", "B|A".into()));
    }
    columns.into_iter().collect()
}
