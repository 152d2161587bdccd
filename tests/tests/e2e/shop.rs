//! A small shop: garments that are drawn, in a folder, with a feed.

use fs_err as fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use image::codecs::jpeg::JpegEncoder;
use knytt_garments::{Category, Colour, ColourName, Garment, View, render};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::command;

/// Pixels per side: enough for the model, quick to draw.
const SIDE: u32 = 128;

const COLOURS: [ColourName; 3] = [ColourName::Red, ColourName::Blue, ColourName::Black];

/// One garment as the shop shows it.
pub struct DrawnProduct {
    pub category: Category,
    pub colour: ColourName,
    /// A JPEG file.
    pub jpeg: Vec<u8>,
}

/// Every category in three colours, the same in every run.
pub static DRAWN: LazyLock<Vec<DrawnProduct>> = LazyLock::new(|| {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut drawn = Vec::new();
    for &category in &Category::ALL[..8] {
        for name in COLOURS {
            let colour = Colour::jittered(name, &mut rng);
            let garment = Garment::random_in(category, colour, "plain", &mut rng);
            drawn.push(DrawnProduct { category, colour: name, jpeg: jpeg(&garment, &View::studio(0)) });
        }
    }
    drawn
});

pub fn jpeg(garment: &Garment, view: &View) -> Vec<u8> {
    let mut bytes = Vec::new();
    render(garment, view, SIDE).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 85)).unwrap();
    bytes
}

/// A folder of its own for each test: `pictures/NNN.jpg`, `feed.csv`, and `catalog` once built.
pub struct Shop {
    folder: TempDir,
}

impl Shop {
    /// With the first `count` garments.
    pub fn new(count: usize) -> Self {
        let shop = Self::empty();
        for (number, drawn) in DRAWN[..count].iter().enumerate() {
            shop.write(&format!("pictures/{number:03}.jpg"), &drawn.jpeg);
        }
        let rows: Vec<_> = (0..count).map(row).collect();
        shop.write_feed(&rows);
        shop
    }

    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pictures")).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// As an argument.
    pub fn arg(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn write_feed(&self, rows: &[String]) {
        let header = "id,title,category,color,price,image,season";
        self.write("feed.csv", [&[header.to_owned()], rows].concat().join("\n").as_bytes());
    }

    /// `build SOURCE --catalog … --json`, which must succeed; it may delete, since shops of tests are small.
    #[track_caller]
    pub fn build(&self, source: &str) -> serde_json::Value {
        command::json(&["build", &self.arg(source), "--catalog", &self.arg("catalog"), "--allow-deletes"])
    }

    /// `build SOURCE --catalog …` with more arguments, however it ends.
    pub fn try_build(&self, source: &str, more: &[&str]) -> command::Run {
        let (source, catalog) = (self.arg(source), self.arg("catalog"));
        command::run(&[&["build", &source, "--catalog", &catalog], more].concat())
    }

    /// `inspect --check --json`, which must find the catalogue sound.
    #[track_caller]
    pub fn inspect(&self) -> serde_json::Value {
        let inspection = command::json(&["inspect", "--check", "--catalog", &self.arg("catalog")]);
        assert_eq!(inspection["check"]["sound"], true, "{inspection}");
        inspection
    }

    /// The codes of quarantine by place.
    pub fn quarantine(&self) -> std::collections::BTreeMap<String, String> {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let inspection = self.inspect();
        let rows = inspection["quarantine"].as_array().unwrap();
        rows.iter().map(|row| (text(&row["source"]), text(&row["code"]))).collect()
    }
}

/// The feed's row of a garment; summer for even numbers, winter for odd ones.
pub fn row(number: usize) -> String {
    let drawn = &DRAWN[number];
    let season = if number.is_multiple_of(2) { "summer" } else { "winter" };
    let (category, colour) = (drawn.category.name(), drawn.colour.name());
    format!(
        "sku-{number},{colour} {category},{category},{colour},{number}.90 EUR,pictures/{number:03}.jpg,{season}"
    )
}
