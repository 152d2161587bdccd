//! A note beside a catalogue: where its model and its source were.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Current, Error, Result};

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

    /// Reads the note in a catalogue's folder: in that of its environment, where environments are
    /// replaced whole, so that it is replaced with it. An absent or unreadable one says nothing.
    pub fn read(catalog: &Path) -> Self {
        let folder = Current::read(catalog).ok().flatten().unwrap_or_else(|| catalog.into());
        let text = std::fs::read(folder.join(FILE)).unwrap_or_default();
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
        let folder = Current::read(catalog)?.unwrap_or_else(|| catalog.into());
        let (file, fresh) = (folder.join(FILE), folder.join(format!("{FILE}.new")));
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

    #[test]
    fn a_note_is_replaced_with_the_environment_that_it_is_about() {
        let folder = tempfile::tempdir().unwrap();
        let notes = ["one", "two"].map(|model| Origin { model: Some(model.into()), source: None });
        for note in &notes {
            let name = note.model.as_deref().unwrap();
            std::fs::create_dir(folder.path().join(name)).unwrap();
            note.write(&folder.path().join(name)).unwrap();
        }
        Current::set(folder.path(), "one").unwrap();
        assert_eq!(Origin::read(folder.path()), notes[0]);
        Current::set(folder.path(), "two").unwrap();
        assert_eq!(Origin::read(folder.path()), notes[1]);
    }
}
