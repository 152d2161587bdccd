//! What a window needs to know first.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CatalogEntry, CatalogSummary, Picture, Problem, Settings};

/// The first answer to a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Start {
    /// The app's version.
    pub version: String,
    /// The catalogue that is searched; `None` if there is none that can be opened.
    pub catalog: Option<CatalogSummary>,
    /// Every catalogue that is known here.
    pub catalogs: Vec<CatalogEntry>,
    /// The model that embeds queries.
    pub model: Option<ModelSummary>,
    /// The shopper's settings.
    pub settings: Settings,
    /// What this shell can do.
    pub capabilities: Capabilities,
    /// What the app was started with, or what another start sent to it.
    pub opened: Option<Opened>,
    /// Why there is no catalogue, or what else went wrong at the start.
    pub problem: Option<Problem>,
}

/// The model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ModelSummary {
    /// Its name.
    pub name: String,
    /// The start of its fingerprint.
    pub fingerprint: String,
    /// Values per embedding.
    pub dimension: u32,
    /// Where it runs now: [`ModelDevice::id`](crate::ModelDevice::id).
    pub device: String,
    /// In what arithmetic: `f32`, `bf16` or `int8`.
    pub precision: String,
    /// Why it does not run where the settings ask it to.
    pub notice: Option<String>,
    /// The name of the safety classifier that the open catalogue asks for and that is not on this device: the pictures
    /// of queries are not judged by it.
    pub missing_classifier: Option<String>,
}

/// How fast the model is here: medians, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ModelSpeed {
    /// One picture.
    pub image: f64,
    /// A few words; `None` if the model knows pictures only.
    pub text: Option<f64>,
}

/// What a shell can do beyond a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Capabilities {
    /// Cameras are opened by the app itself; otherwise by the web view.
    pub native_camera: bool,
    /// A picture of the screen can be taken.
    pub screen: bool,
    /// A picture and its text can be put on the clipboard by the app.
    pub clipboard: bool,
    /// A catalogue's folder can be chosen.
    pub open_catalog: bool,
    /// Catalogues can be added by their links, and are kept up to date.
    pub add_catalog: bool,
}

/// What was opened from outside the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Opened {
    /// A picture file.
    Picture {
        /// The picture.
        picture: Picture,
    },
    /// A link to a product.
    Product {
        /// Its id.
        id: String,
    },
    /// A link to a catalogue: the shopper is asked whether to add it.
    Catalog {
        /// The link, unread.
        link: String,
    },
    /// Words.
    Words {
        /// The words.
        words: String,
    },
    /// Something that cannot be opened.
    Refused {
        /// Why.
        problem: Problem,
    },
}
