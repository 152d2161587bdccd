//! The note in the folder of a catalogue that was added on this device.

use std::path::Path;

use fs_err as fs;
use knytt_ui_api::{Code, Problem};
use knytt_wire::CatalogLink;
use serde::{Deserialize, Serialize};

/// The link and the title of an added catalogue. The note is written before the first download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// The link, with its key.
    pub link: String,
    /// What the shop called it.
    pub title: String,
}

impl Added {
    const FILE: &str = "added.json";

    pub fn is_in(folder: &Path) -> bool {
        folder.join(Self::FILE).exists()
    }

    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(Self::FILE)).ok()?).ok()
    }

    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let part = folder.join("added.json.part");
        fs::write(&part, serde_json::to_vec_pretty(self)?)?;
        fs::rename(part, folder.join(Self::FILE))
    }

    /// # Errors
    /// Somebody has changed the note.
    pub fn link(&self) -> Result<CatalogLink, Problem> {
        self.link.parse().map_err(|error| Problem::new(Code::BadLink, error))
    }
}
