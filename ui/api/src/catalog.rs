//! Catalogues: those on this device, one that is offered, and their way here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Consent, Problem};

/// The open catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CatalogSummary {
    /// Its name.
    pub id: String,
    /// How many products there are.
    pub products: u32,
    /// The release it is at; 0 if it was built here.
    pub release: u32,
}

/// A catalogue on this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CatalogEntry {
    /// Its folder: what it is opened, updated and removed by.
    pub path: String,
    /// Its title, or its folder's name.
    pub name: String,
    /// Whether it is the one that is searched.
    pub current: bool,
    /// Where it comes from.
    pub kind: CatalogKind,
    /// How many products there are; `None` if that is not known, as before the first download.
    pub products: Option<u32>,
    /// The release it is at; 0 if it was built here, or is not here yet.
    pub release: u32,
    /// What it takes on the disk, in bytes.
    #[ts(type = "number")]
    pub disk_bytes: u64,
    /// How it stands with the shop; `None` if it does not come from one.
    pub sync: Option<CatalogSync>,
    /// What the shopper can agree to, for [`Settings::consents`](crate::Settings::consents); `None` if the
    /// catalogue names no address for feedback.
    pub feedback: Option<Consent>,
}

/// Where a catalogue comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CatalogKind {
    /// It came with the app.
    Sample,
    /// It lies in a folder of the shopper's.
    Folder,
    /// A shop publishes it, and this device follows.
    Synced,
}

/// How a catalogue stands with the shop that publishes it. Times are milliseconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CatalogSync {
    /// The server, with its port where it is not the usual one.
    pub host: String,
    /// The start of the hash of the shop's first root of keys, in groups.
    pub fingerprint: String,
    /// When the release that is here was published.
    #[ts(type = "number | null")]
    pub published: Option<u64>,
    /// When it came here.
    #[ts(type = "number | null")]
    pub synced: Option<u64>,
    /// When the shop was last asked and answered.
    #[ts(type = "number | null")]
    pub checked: Option<u64>,
    /// For how many days it could not be checked, if the shop's word on it has run out meanwhile.
    pub stale_days: Option<u32>,
    /// For how many more days the shop's keys are trusted, in the last 30 of them: the shop's next root is due,
    /// or somebody withholds it.
    pub keys_days: Option<u32>,
    /// Why the last update failed.
    pub problem: Option<Problem>,
    /// The name of the model that the shop's newest release needs, if that is neither here nor in the release.
    pub wanted_model: Option<String>,
    /// How far the update is that runs now.
    pub progress: Option<SyncProgress>,
}

/// How far an update is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "phase", rename_all = "snake_case")]
#[ts(export)]
pub enum SyncProgress {
    /// The shop is asked what is new.
    Checking,
    /// Packs are on their way.
    Downloading {
        /// Bytes that are here.
        #[ts(type = "number")]
        done: u64,
        /// Bytes in all.
        #[ts(type = "number")]
        total: u64,
    },
    /// What came is put into the catalogue.
    Applying {
        /// Rows that are in.
        #[ts(type = "number")]
        done: u64,
        /// Rows in all.
        #[ts(type = "number")]
        total: u64,
    },
}

/// What a link leads to, before anything of it is kept. All of it is signed with the shop's keys; whether
/// those are to be trusted is what the shopper is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CatalogOffer {
    /// The link with the key in it: what is added is what was shown.
    pub link: String,
    /// The server, with its port where it is not the usual one.
    pub host: String,
    /// Whether the way there is encrypted.
    pub encrypted: bool,
    /// The start of the hash of the shop's first root of keys, in groups.
    pub fingerprint: String,
    /// Why that key is trusted.
    pub trust: Trust,
    /// What the shop calls it.
    pub title: String,
    /// How many products there are.
    pub products: u32,
    /// What the first download takes, in bytes, without a model that may come along.
    #[ts(type = "number")]
    pub download_bytes: u64,
    /// The folder, if this catalogue is on this device already.
    pub known: Option<String>,
}

/// Why a key is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Trust {
    /// The link or the code names it.
    Pinned,
    /// It is the one that is there at the first visit; from then on no other is.
    FirstUse,
}

/// What a window hears of catalogues while it lives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum CatalogEvent {
    /// An update goes on; a few of these each second.
    Progress {
        /// [`CatalogEntry::path`].
        path: String,
        /// How far.
        progress: SyncProgress,
    },
    /// The list is another one, or an entry of it says something else.
    Changed {
        /// All of it.
        catalogs: Vec<CatalogEntry>,
    },
    /// An update ended.
    Ended {
        /// [`CatalogEntry::path`].
        path: String,
        /// [`CatalogEntry::name`].
        name: String,
        /// Whether the shopper asked for it; otherwise it began by itself.
        asked: bool,
        /// Whether there was nothing to search before.
        first: bool,
        /// The release that came, if another one did.
        release: Option<u32>,
        /// Why it failed.
        problem: Option<Problem>,
    },
    /// The open catalogue holds other products now.
    Renewed {
        /// What it holds.
        catalog: CatalogSummary,
    },
}
