//! What a catalogue's folder says of its syncs.

use std::path::Path;

use jiff::Timestamp;
use knytt_wire::{LogHead, Url};
use serde::{Deserialize, Serialize};

use crate::folder::Folder;
use crate::{Clock, Error, Result, files};

/// Where a synced catalogue comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) from: Url,
    /// SHA-256 of the root that it was taken on, hexadecimal.
    pub(crate) root: String,
}

/// How a synced catalogue is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Where it comes from.
    pub from: Url,
    /// SHA-256 of the first root of trust, hexadecimal: who publishes it.
    pub root: String,
    /// Its id.
    pub catalog: String,
    /// Its name for shoppers.
    pub title: String,
    /// The release that it is at; 0 before the first.
    pub release: u64,
    /// When that release was published, in ms since 1970.
    pub published_ms: i64,
    /// When it was last seen that this is the newest, in ms since 1970.
    pub checked_ms: Option<i64>,
    /// When it last changed here, in ms since 1970.
    pub synced_ms: Option<i64>,
    /// Until when the metadata is good, in ms since 1970.
    pub expires_ms: Option<i64>,
    /// For how many days it has been past that; search goes on.
    #[serde(skip_deserializing)]
    pub stale_days: Option<u32>,
    /// Where feedback goes; none if the release names no address, or one that is not encrypted.
    pub events: Option<Url>,
    /// What is sent with feedback.
    #[serde(default)]
    pub ingest_key: Option<String>,
    /// The version of the root: which keys are trusted.
    #[serde(default)]
    pub root_version: u64,
    /// Until when that root's keys are trusted, in ms since 1970. Whoever has stolen keys and withholds the
    /// root that replaces them can do so for no longer.
    #[serde(default)]
    pub root_expires_ms: Option<i64>,
    /// The release in the log of releases: what another device that has this release must have, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogHead>,
    /// Why the last sync failed, if it did.
    pub last_error: Option<LastError>,
}

/// Why a sync failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// [`Error::code`].
    pub code: String,
    /// For people.
    pub message: String,
    /// When, in ms since 1970.
    pub at_ms: i64,
    /// The name of the model that the release is of, if that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// How the catalogue in `folder` is; `None` if it is not a synced one.
///
/// # Errors
/// [`Error::File`] if the folder cannot be read.
pub fn status(folder: &Path) -> Result<Option<Status>> {
    let Ok(folder) = Folder::new(folder) else { return Ok(None) };
    read(&folder, &Clock::default())
}

pub(crate) fn read(folder: &Folder, clock: &Clock) -> Result<Option<Status>> {
    let Some(source) = files::read::<Source>(&folder.source())? else { return Ok(None) };
    let mut status = files::read::<Status>(&folder.status())?.unwrap_or_else(|| Status::new(&source));
    let expired =
        |at: i64| Timestamp::from_millisecond(at).ok().map(|at| clock.now().as_second() - at.as_second());
    let past_secs = status.expires_ms.and_then(expired).filter(|past| *past > 0);
    status.stale_days = past_secs.map(|past| u32::try_from(past / (24 * 3600)).unwrap_or(u32::MAX));
    Ok(Some(status))
}

impl Status {
    pub(crate) fn new(source: &Source) -> Self {
        Self {
            from: source.from.clone(),
            root: source.root.clone(),
            catalog: String::new(),
            title: String::new(),
            release: 0,
            published_ms: 0,
            checked_ms: None,
            synced_ms: None,
            expires_ms: None,
            stale_days: None,
            events: None,
            ingest_key: None,
            root_version: 0,
            root_expires_ms: None,
            log: None,
            last_error: None,
        }
    }

    pub(crate) fn failed(&mut self, error: &Error, at_ms: i64) {
        let model = match error {
            Error::WrongModel { name, .. } => Some(name.clone()),
            _ => None,
        };
        let (code, message) = (error.code().into(), error.to_string());
        self.last_error = Some(LastError { code, message, at_ms, model });
    }
}
