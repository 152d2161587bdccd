//! The settings document: one flat TOML file. Keys that it does not know are refused, with their line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use knytt_capture::Source;
use knytt_wire::{CatalogLink, MAX_KIOSK_NAME_CHARS, Url, is_kiosk_name};
use serde::Deserialize;

use super::from_afar::{HeartbeatTo, OWN_KEYS, OrderKey};
use super::parts::{Accent, Hours, Rotation, Theme, Way};
use super::pin::PinHash;
use super::{PRODUCT_STAYS, Settings};
use crate::language::Language;
use crate::visit::Patience;

/// The keys of the document, for its description.
pub const KEYS: [&str; 24] = [
    "catalog",
    "pictures",
    "link",
    "update_hours",
    "name",
    "store",
    "language",
    "languages",
    "theme",
    "accent",
    "ways",
    "camera",
    "wake_by_camera",
    "microphone",
    "idle_seconds",
    "attract_seconds",
    "rest_seconds",
    "low",
    "rotation",
    "pin",
    "feedback",
    "feedback_address",
    "heartbeat",
    "orders",
];

/// A document as it is written. Everything may be missing; flags of the command line come before it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Document {
    /// The catalogue's folder, relative to the document's.
    pub catalog: Option<PathBuf>,
    /// Folders with pictures, relative to the document's.
    pub pictures: Vec<PathBuf>,
    link: Option<Link>,
    update_hours: Option<Hours>,
    /// The shop's name.
    pub name: Option<String>,
    store: Option<String>,
    language: Option<Spoken>,
    languages: Option<Vec<Spoken>>,
    theme: Option<Theme>,
    accent: Option<Accent>,
    ways: Option<Vec<Way>>,
    camera: Option<Camera>,
    wake_by_camera: bool,
    microphone: Microphone,
    idle_seconds: Option<Seconds<5, 3600>>,
    attract_seconds: Option<Seconds<2, 600>>,
    rest_seconds: Option<Seconds<30, 86_400>>,
    low: Option<Percent>,
    rotation: Rotation,
    pin: Option<PinHash>,
    feedback: bool,
    feedback_address: Option<Address>,
    heartbeat: Option<Heartbeat>,
    orders: Option<OrderKey>,
    /// Where it was read.
    #[serde(skip)]
    file: PathBuf,
}

/// The kiosk has none; the document may say so.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Microphone {
    #[default]
    None,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heartbeat {
    address: Address,
    key: Option<String>,
    name: Option<KioskName>,
    seconds: Option<Seconds<1, 300>>,
}

/// Makes a type of the document of one that reads from a text.
macro_rules! from_text {
    ($name:ident, $inner:ty) => {
        #[derive(Clone, Debug, Deserialize)]
        #[serde(try_from = "String")]
        struct $name($inner);

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse().map(Self).map_err(|error: <$inner as std::str::FromStr>::Err| error.to_string())
            }
        }
    };
}

from_text!(Link, CatalogLink);
from_text!(Spoken, Language);
from_text!(Camera, Source);

/// What the kiosk is called in its heartbeats.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct KioskName(String);

impl TryFrom<String> for KioskName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let refused =
            || format!("{name:?} is no name of a kiosk: a line of 1 to {MAX_KIOSK_NAME_CHARS} characters");
        if is_kiosk_name(&name) { Ok(Self(name)) } else { Err(refused()) }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Address(Url);

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url: Url = text.parse().map_err(|error| format!("{text:?} is no address: {error}"))?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() == "https" || url.scheme() == "http" && is_here {
            Ok(Self(url))
        } else {
            Err(format!("{text:?} is not encrypted: an address here begins with https://"))
        }
    }
}

/// A number of seconds between two bounds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
struct Seconds<const LEAST: i64, const MOST: i64>(u64);

impl<const LEAST: i64, const MOST: i64> TryFrom<i64> for Seconds<LEAST, MOST> {
    type Error = String;

    fn try_from(seconds: i64) -> Result<Self, String> {
        let valid = u64::try_from(seconds).ok().filter(|_| (LEAST..=MOST).contains(&seconds));
        valid.map(Self).ok_or_else(|| format!("{seconds} seconds are not from {LEAST} to {MOST}"))
    }
}

impl<const LEAST: i64, const MOST: i64> From<Seconds<LEAST, MOST>> for Duration {
    fn from(seconds: Seconds<LEAST, MOST>) -> Self {
        Self::from_secs(seconds.0)
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "i64")]
struct Percent(u8);

impl TryFrom<i64> for Percent {
    type Error = String;

    fn try_from(percent: i64) -> Result<Self, String> {
        let valid = u8::try_from(percent).ok().filter(|percent| *percent <= 60);
        valid.map(Self).ok_or_else(|| format!("{percent} percent are not from 0 to 60"))
    }
}

/// A document that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidSettings {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] std::io::Error),
    /// It is no TOML, has an unknown key, or a value that cannot be.
    #[error("{path}, line {line}: {reason}", path = path.display())]
    Line {
        /// The document.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// What came from afar cannot be used over the document.
    #[error("settings from afar: {0}")]
    FromAfar(String),
}

impl Document {
    /// Reads and checks a document. Its paths are relative to its folder.
    ///
    /// # Errors
    /// [`InvalidSettings`], with the line.
    pub fn read(path: &Path) -> Result<Self, InvalidSettings> {
        let text = fs_err::read_to_string(path)?;
        Ok(Self::parse(path, &text)?.placed(path))
    }

    /// Reads a document and puts the keys of another one over its own.
    ///
    /// # Errors
    /// [`InvalidSettings`]; of what came over it, without a line.
    pub fn read_over(path: &Path, over: &str) -> Result<Self, InvalidSettings> {
        let wrong = |reason: String| InvalidSettings::FromAfar(reason.trim().replace('\n', ", "));
        let mut table: toml::Table = fs_err::read_to_string(path)?
            .parse()
            .map_err(|error: toml::de::Error| InvalidSettings::FromAfar(error.message().into()))?;
        let over: toml::Table =
            over.parse().map_err(|error: toml::de::Error| wrong(error.message().into()))?;
        if let Some(own) = OWN_KEYS.into_iter().find(|key| over.contains_key(*key)) {
            return Err(wrong(format!("`{own}` stands in the kiosk's own document alone")));
        }
        table.extend(over);
        let document: Self = table.try_into().map_err(|error| wrong(error.message().into()))?;
        match document.contradiction() {
            Some((key, reason)) => Err(wrong(format!("{key}: {reason}"))),
            None => Ok(document.placed(path)),
        }
    }

    /// Its paths are relative to its folder.
    fn placed(mut self, path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new(""));
        self.catalog = self.catalog.map(|catalog| folder.join(catalog));
        self.pictures = self.pictures.iter().map(|pictures| folder.join(pictures)).collect();
        self.file = path.into();
        self
    }

    /// Whether it has a key for orders from afar.
    pub fn takes_orders(&self) -> bool {
        self.orders.is_some()
    }

    fn parse(path: &Path, text: &str) -> Result<Self, InvalidSettings> {
        let wrong = |line, reason: String| InvalidSettings::Line { path: path.into(), line, reason };
        let document: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            wrong(line_of(text, at), error.message().trim().replace('\n', ", "))
        })?;
        match document.contradiction() {
            Some((key, reason)) => Err(wrong(line_with(text, key), reason.into())),
            None => Ok(document),
        }
    }

    /// What each value alone does not show: a key, and what is wrong with it.
    fn contradiction(&self) -> Option<(&'static str, &'static str)> {
        let shown = self.languages.as_deref().unwrap_or_default();
        let home = self.language.as_ref().map(|spoken| spoken.0);
        if self.languages.is_some() && shown.is_empty() {
            return Some(("languages", "at least one language has to be shown"));
        }
        if !shown.is_empty() && home.is_some_and(|home| !shown.iter().any(|spoken| spoken.0 == home)) {
            return Some(("language", "the language of the first screen is not one of `languages`"));
        }
        if self.ways.as_ref().is_some_and(Vec::is_empty) {
            return Some(("ways", "at least one way has to be shown"));
        }
        if self.link.is_some() && self.catalog.is_none() {
            return Some(("link", "a followed link needs `catalog`, the folder that it is fetched into"));
        }
        if self.feedback_address.is_some() && !self.feedback {
            return Some(("feedback_address", "nothing is told without `feedback = true`"));
        }
        if self.orders.is_some() && (self.catalog.is_none() || self.heartbeat.is_none()) {
            return Some((
                "orders",
                "orders come with answers to `heartbeat`, and are noted beside `catalog`",
            ));
        }
        if self.update_hours.is_some() && self.link.is_none() {
            return Some(("update_hours", "nothing is fetched without `link`"));
        }
        None
    }

    /// What the shop decided; what it did not say is as usual. `catalog` is for a document without one.
    pub fn settings(&self, catalog: PathBuf) -> Settings {
        let usual = Settings::of_catalog(self.catalog.clone().unwrap_or(catalog));
        let languages = self.languages.as_ref().map(|all| all.iter().map(|spoken| spoken.0).collect());
        let languages: Vec<Language> = languages.unwrap_or_else(|| usual.languages.clone());
        let idle = self.idle_seconds.map_or(usual.patience.idle, Duration::from);
        Settings {
            pictures: self.pictures.clone(),
            link: self.link.as_ref().map(|link| link.0.clone()),
            update_hours: self.update_hours.unwrap_or_default(),
            name: self.name.clone().unwrap_or(usual.name),
            store: self.store.clone().filter(|store| !store.trim().is_empty()),
            language: self.language.as_ref().map_or(languages[0], |spoken| spoken.0),
            dark: self.theme == Some(Theme::Dark),
            accent: self.accent,
            ways: self.ways.clone().unwrap_or(usual.ways),
            camera: self.camera.as_ref().map_or(usual.camera, |camera| camera.0.clone()),
            wakes: self.wake_by_camera,
            patience: Patience { idle, ..Patience::default() },
            product_stays: self.attract_seconds.map_or(PRODUCT_STAYS, Duration::from),
            rests_after: self.rest_seconds.map(Duration::from),
            low: self.low.map_or(0.0, |percent| f32::from(percent.0) / 100.0),
            rotation: self.rotation,
            pin: self.pin.clone(),
            feedback: self.feedback,
            feedback_address: self.feedback_address.as_ref().map(|address| address.0.clone()),
            heartbeat: self.heartbeat.as_ref().map(|beat| {
                let to = HeartbeatTo::new(beat.address.0.clone(), beat.key.clone());
                let every = beat.seconds.map_or(to.every, Duration::from);
                let name = beat.name.as_ref().map(|name| name.0.clone());
                HeartbeatTo { every, name, ..to }
            }),
            orders: self.orders.clone().map(|key| (key, self.file.clone())),
            catalog: usual.catalog,
            languages,
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The line that sets a key.
fn line_with(text: &str, key: &str) -> usize {
    let sets = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines().position(sets).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Settings, String> {
        let document = Document::parse(Path::new("kiosk.toml"), text).map_err(|error| error.to_string())?;
        Ok(document.settings("sample".into()))
    }

    #[test]
    fn a_whole_document_is_read() {
        let pin = PinHash::of("2580").unwrap();
        let text = format!(
            r##"
            catalog = "catalog"
            pictures = ["photos"]
            link = "https://shop.example/shop"
            update_hours = "22-6"
            name = "Nordwind"
            store = "S042"
            language = "de"
            languages = ["de", "en", "ar"]
            theme = "dark"
            accent = "#a02030"
            ways = ["point", "browse"]
            camera = "device:/dev/video2"
            wake_by_camera = true
            microphone = "none"
            idle_seconds = 30
            attract_seconds = 9
            rest_seconds = 600
            low = 30
            rotation = 90
            pin = "{}"
            feedback = true
            feedback_address = "https://shop.example/v1/events"
            heartbeat = {{ address = "https://shop.example/alive", key = "k", name = "door", seconds = 20 }}
            orders = "{}"
            "##,
            pin.as_str(),
            "0a".repeat(32)
        );
        let settings = parsed(&text).unwrap();
        assert_eq!(settings.languages, [Language::German, Language::English, Language::Arabic]);
        assert_eq!((settings.language, settings.dark), (Language::German, true));
        assert_eq!(settings.ways, [Way::Point, Way::Browse]);
        assert_eq!(settings.camera, "device:/dev/video2".parse().unwrap());
        assert_eq!(settings.patience.idle, Duration::from_secs(30));
        assert_eq!(settings.rests_after, Some(Duration::from_secs(600)));
        assert_eq!(settings.rotation, Rotation::Quarter);
        assert!(settings.pin.unwrap().matches("2580"));
        assert!(settings.feedback && settings.feedback_address.is_some());
        let to = settings.heartbeat.unwrap();
        assert!(to.url.as_str().ends_with("alive") && to.key.is_some());
        assert_eq!((to.name.as_deref(), to.every), (Some("door"), Duration::from_secs(20)));
        assert!(settings.orders.is_some());
        for key in KEYS {
            assert!(text.contains(&format!("\n            {key} = ")), "{key} is not in the test's document");
        }
    }

    #[test]
    fn an_empty_document_decides_nothing() {
        let settings = parsed("").unwrap();
        assert_eq!(settings.catalog, PathBuf::from("sample"));
        assert_eq!(settings.languages, Language::ALL);
        assert_eq!((settings.language, settings.rests_after), (Language::English, None));
        assert_eq!(parsed("languages = [\"ar\"]").unwrap().language, Language::Arabic);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, line, said) in [
            ("name = \"x\"\ncolour = 3\n", 2, "colour"),
            ("\n\nidle_seconds = 2\n", 3, "from 5 to 3600"),
            ("language = \"xx\"", 1, "no language"),
            ("name = \"a\"\nlanguages = [\"en\", \"tlh\"]", 2, "tlh"),
            ("theme = \"pink\"", 1, "pink"),
            ("accent = \"green\"", 1, "#0e6a55"),
            ("rotation = 45", 1, "0, 90, 180 or 270"),
            ("\npin = \"2580\"", 2, "Argon2id"),
            ("camera = \"webcam\"", 1, "device:NUMBER"),
            ("microphone = \"on\"", 1, "none"),
            ("heartbeat = { address = \"http://shop.example/\" }", 1, "not encrypted"),
            ("heartbeat = { address = \"https://a.example/\", pass = 1 }", 1, "pass"),
            ("heartbeat = { address = \"https://a.example/\", seconds = 0 }", 1, "from 1 to 300"),
            ("orders = \"abc\"", 1, "64 hexadecimal"),
            ("name = \"a\"\nlink = \"https://shop.example/shop\"", 2, "needs `catalog`"),
            ("languages = [\"de\"]\n\nlanguage = \"en\"", 3, "not one of"),
            ("ways = []", 1, "at least one way"),
            ("feedback_address = \"https://shop.example/v1/events\"", 1, "feedback = true"),
            ("feedback = true\nfeedback_address = \"http://shop.example/\"", 2, "not encrypted"),
            ("name = \"open", 1, "string"),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.starts_with(&format!("kiosk.toml, line {line}: ")), "{text:?}: {error}");
            assert!(error.contains(said), "{text:?}: {error}");
        }
    }
}
