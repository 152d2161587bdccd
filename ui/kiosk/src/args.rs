//! The kiosk's command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use knytt_capture::Source;
use knytt_kiosk::Settings;
use knytt_kiosk::language::Language;
use knytt_kiosk::visit::Patience;

/// Find a product on a screen in the store.
#[derive(Clone, Debug, Parser)]
#[command(name = "knytt-kiosk", version, about)]
pub struct Args {
    /// Search the catalogue in this folder; without it, the sample beside the program
    #[arg(long, value_name = "DIR", env = "KNYTT_KIOSK_CATALOG")]
    catalog: Option<PathBuf>,

    /// Look for pictures of products in this folder, too
    #[arg(long, value_name = "DIR")]
    pictures: Vec<PathBuf>,

    /// The shop's name on the first screen
    #[arg(long, value_name = "NAME", default_value = "Knytt")]
    name: String,

    /// The language that a visit begins in: en, de, es, fr, ar, zh
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: Language,

    /// Begin each visit dark
    #[arg(long)]
    dark: bool,

    /// The camera: device:NUMBER, device:PATH, or file:PATH, which plays a .y4m, an .mjpeg or a folder of pictures
    #[arg(long, value_name = "CAMERA", default_value = "")]
    camera: Source,

    /// Ask "Still there?" after this many seconds without a touch
    #[arg(long, value_name = "SECONDS", default_value_t = 45, value_parser = clap::value_parser!(u64).range(5..=3600))]
    idle: u64,

    /// Leave this part of the height empty at the top, so that a wheelchair reaches everything: 0 to 60 percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=60))]
    low: u8,

    /// A window of this size in place of the full screen
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub window: Option<(f32, f32)>,

    /// Start the kiosk, and start it again whenever it ends or freezes
    #[arg(long)]
    pub supervise: bool,

    /// Write a sign of life to the output each second
    #[arg(long, hide = true)]
    pub beat: bool,
}

impl Args {
    /// What they decide.
    ///
    /// # Errors
    /// No catalogue is named, and the program's folder is not known.
    pub fn settings(&self) -> Result<Settings> {
        let program = std::env::current_exe()?;
        let sample = program.parent().context("the program lies in no folder")?.join("sample");
        let catalog = self.catalog.clone().unwrap_or_else(|| sample.join("catalog"));
        let mut pictures = self.pictures.clone();
        pictures.push(sample.join("feed"));
        Ok(Settings {
            catalog,
            pictures,
            name: self.name.clone(),
            language: self.language,
            dark: self.dark,
            camera: self.camera.clone(),
            patience: Patience { idle: Duration::from_secs(self.idle), ..Patience::default() },
            low: f32::from(self.low) / 100.0,
        })
    }
}

fn size(text: &str) -> Result<(f32, f32), String> {
    let parts = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let valid = |side: f32| (320.0..=8192.0).contains(&side);
    parts.filter(|(w, h)| valid(*w) && valid(*h)).ok_or_else(|| format!("{text:?} is no size like 1080x1920"))
}
