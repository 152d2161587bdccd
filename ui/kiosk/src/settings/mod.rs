//! What a shop decides about its kiosk: read from a document, and checked before anything is shown.

mod document;
mod from_afar;
mod parts;
mod pin;

pub use self::document::{Document, InvalidSettings, KEYS};
pub use self::from_afar::{HeartbeatTo, OrderKey};
pub(crate) use self::parts::hex_bytes;
pub use self::parts::{Accent, Hours, Rotation, Theme, Way};
pub use self::pin::{InvalidPin, PinHash};

use std::path::PathBuf;
use std::time::Duration;

use knytt_capture::Source;
use knytt_wire::CatalogLink;

use crate::language::Language;
use crate::visit::Patience;

/// The time that a product stays on the first screen, unless the shop decides otherwise.
pub const PRODUCT_STAYS: Duration = Duration::from_secs(7);

/// What a shop decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The catalogue's folder.
    pub catalog: PathBuf,
    /// Folders with pictures of products.
    pub pictures: Vec<PathBuf>,
    /// Where the catalogue's releases come from; none if nothing is fetched.
    pub link: Option<CatalogLink>,
    /// The hours of the day in which releases are fetched.
    pub update_hours: Hours,
    /// The shop's name.
    pub name: String,
    /// The store's code in the feed's columns of stock; none if the kiosk says nothing of stock.
    pub store: Option<String>,
    /// The language that a visit begins in.
    pub language: Language,
    /// The languages that a shopper may choose. The first screen shows no choice of one.
    pub languages: Vec<Language>,
    /// Whether a visit begins dark.
    pub dark: bool,
    /// The shop's own colour in place of the usual green.
    pub accent: Option<Accent>,
    /// The ways to find a product that the first screen shows.
    pub ways: Vec<Way>,
    /// The camera.
    pub camera: Source,
    /// Whether the camera looks for motion while nobody is there.
    pub wakes: bool,
    /// How long it waits for a touch.
    pub patience: Patience,
    /// How long each product stays on the first screen.
    pub product_stays: Duration,
    /// After how long without a touch or motion the first screen rests; none if it never does.
    pub rests_after: Option<Duration>,
    /// The part of the screen's height, at the top, that nothing to touch stands in: for wheelchairs. 0 to 0.6.
    pub low: f32,
    /// How the screen hangs.
    pub rotation: Rotation,
    /// What the staff's PIN is compared with; without it there is no service menu.
    pub pin: Option<PinHash>,
    /// Whether the shop is told what is searched for and opened, without anybody's name.
    pub feedback: bool,
    /// Where that goes; none: to where the catalogue's release says.
    pub feedback_address: Option<knytt_wire::Url>,
    /// Where heartbeats go.
    pub heartbeat: Option<HeartbeatTo>,
    /// The key whose orders are obeyed, and the document that settings from afar come over.
    pub orders: Option<(OrderKey, PathBuf)>,
}

impl Settings {
    /// What a kiosk does of which the shop has said only where its catalogue is.
    pub fn of_catalog(catalog: PathBuf) -> Self {
        Self {
            catalog,
            pictures: Vec::new(),
            link: None,
            update_hours: Hours::default(),
            name: "Knytt".into(),
            store: None,
            language: Language::English,
            languages: Language::ALL.to_vec(),
            dark: false,
            accent: None,
            ways: Way::ALL.to_vec(),
            camera: Source::default(),
            wakes: false,
            patience: Patience::default(),
            product_stays: PRODUCT_STAYS,
            rests_after: None,
            low: 0.0,
            rotation: Rotation::default(),
            pin: None,
            feedback: false,
            feedback_address: None,
            heartbeat: None,
            orders: None,
        }
    }
}
