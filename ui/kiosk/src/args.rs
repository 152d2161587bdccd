//! The kiosk's command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use knytt_capture::Source;
use knytt_kiosk::Settings;
use knytt_kiosk::language::Language;
use knytt_kiosk::settings::{Document, InvalidSettings};
use knytt_kiosk::upkeep::settings_from_afar;

/// Find a product on a screen in the store.
#[derive(Clone, Debug, Parser)]
#[command(name = "knytt-kiosk", version, about, args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What the shop decides, as a TOML document; the flags below come before it
    #[arg(long, value_name = "FILE", env = "KNYTT_KIOSK_SETTINGS")]
    settings: Option<PathBuf>,

    /// Search the catalogue in this folder; without it, the sample beside the program
    #[arg(long, value_name = "DIR", env = "KNYTT_KIOSK_CATALOG")]
    catalog: Option<PathBuf>,

    /// Look for pictures of products in this folder, too
    #[arg(long, value_name = "DIR")]
    pictures: Vec<PathBuf>,

    /// The shop's name on the first screen
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// The language that a visit begins in: en, de, es, fr, ar, zh
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,

    /// Begin each visit dark
    #[arg(long)]
    dark: bool,

    /// The camera: device:NUMBER, device:PATH, or file:PATH, which plays a .y4m, an .mjpeg or a folder of pictures
    #[arg(long, value_name = "CAMERA")]
    camera: Option<Source>,

    /// Ask "Still there?" after this many seconds without a touch
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(5..=3600))]
    idle: Option<u64>,

    /// Leave this part of the height empty at the top, so that a wheelchair reaches everything: 0 to 60 percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=60))]
    low: Option<u8>,

    /// A window of this size in place of the full screen
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = size)]
    pub window: Option<(f32, f32)>,

    /// Start the kiosk, and start it again whenever it ends or freezes
    #[arg(long)]
    pub supervise: bool,

    /// Write a heartbeat to the output each second
    #[arg(long, hide = true)]
    pub beat: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong with a settings document
    Check {
        /// The document
        file: PathBuf,
    },
    /// Read a PIN, and write what a settings document has as `pin`
    Pin,
    /// Run a compositor with the supervised kiosk in it, and tell systemd how it is: the service's main process
    Session {
        /// The compositor's program and its arguments
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

impl Args {
    /// What the document and the flags decide.
    ///
    /// # Errors
    /// The document cannot be used; or no catalogue is named, and the program's folder is not known.
    pub fn settings(&self) -> Result<Settings> {
        let program = std::env::current_exe()?;
        let sample = program.parent().context("the program lies in no folder")?.join("sample");
        let document = self.settings.as_deref().map(read).transpose()?.unwrap_or_default();
        let mut settings = document.settings(sample.join("catalog"));
        if let Some(catalog) = &self.catalog {
            // The link of the document would fetch another shop into this folder.
            (settings.catalog, settings.link) = (catalog.clone(), None);
        }
        settings.pictures.extend(self.pictures.iter().cloned());
        settings.pictures.push(sample.join("feed"));
        if let Some(name) = &self.name {
            settings.name.clone_from(name);
        }
        if let Some(language) = self.language {
            settings.language = language;
            if !settings.languages.contains(&language) {
                settings.languages.push(language);
            }
        }
        if let Some(camera) = &self.camera {
            settings.camera.clone_from(camera);
        }
        if let Some(idle) = self.idle {
            settings.patience.idle = Duration::from_secs(idle);
        }
        settings.dark |= self.dark;
        settings.low = self.low.map_or(settings.low, |low| f32::from(low) / 100.0);
        Ok(settings)
    }
}

/// The document, and what the shop ordered from afar over it. What cannot be used of that is left out: the screen must
/// not stay dark for it.
fn read(file: &Path) -> Result<Document, InvalidSettings> {
    let document = Document::read(file)?;
    let Some(catalog) = document.catalog.as_ref().filter(|_| document.takes_orders()) else {
        return Ok(document);
    };
    let over = match settings_from_afar(catalog) {
        Ok(None) => return Ok(document),
        Ok(Some(text)) => Document::read_over(file, &text),
        Err(error) => Err(error.into()),
    };
    Ok(over.unwrap_or_else(|error| {
        eprintln!("knytt-kiosk: settings from afar are left out: {error}");
        document
    }))
}

fn size(text: &str) -> Result<(f32, f32), String> {
    let parts = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let valid = |side: f32| (320.0..=8192.0).contains(&side);
    parts.filter(|(w, h)| valid(*w) && valid(*h)).ok_or_else(|| format!("{text:?} is no size like 1080x1920"))
}
