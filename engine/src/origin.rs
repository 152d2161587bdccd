//! A note beside a catalogue: where its model and its source were.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The note's file, beside the database: nothing is lost with it but convenience.
const FILE: &str = "knytt.json";

/// Where the things were that made a catalogue, as seen on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// `starter`, or the bundle's folder.
    pub model: Option<String>,
    /// The folder or feed of the last build. Pictures of products are relative to it.
    pub source: Option<String>,
}

impl Origin {
    /// The name of the note's file.
    pub const FILE: &str = FILE;

    /// Reads the note in a catalogue's folder. An absent or unreadable one says nothing.
    pub fn read(catalog: &Path) -> Self {
        let text = std::fs::read(catalog.join(FILE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Replaces the note in one step.
    ///
    /// # Errors
    /// [`Error::Open`] if the folder cannot be written.
    pub fn write(&self, catalog: &Path) -> Result<()> {
        if Self::read(catalog) == *self {
            return Ok(());
        }
        let (file, fresh) = (catalog.join(FILE), catalog.join(format!("{FILE}.new")));
        let written = std::fs::write(&fresh, serde_json::to_vec_pretty(self)?);
        let replaced = written.and_then(|()| std::fs::rename(&fresh, &file));
        replaced.map_err(|source| Error::Open { path: file, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_a_broken_one_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let note = Origin { model: Some("starter".into()), source: Some("/pictures".into()) };
        note.write(folder.path()).unwrap();
        assert_eq!(Origin::read(folder.path()), note);
        std::fs::write(folder.path().join(FILE), "{").unwrap();
        assert_eq!(Origin::read(folder.path()), Origin::default());
    }
}
