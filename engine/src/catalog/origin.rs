//! A note beside a catalogue that names its model and its source.

use std::path::Path;

use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::store::active_environment::ActiveEnvironment;

/// The note's file, beside the database. A catalogue without it works.
const FILE: &str = "knytt.json";

/// The model and the source that made a catalogue, as paths on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// `starter`, or the bundle's folder.
    pub model: Option<String>,
    /// The folder or feed of the last build. Pictures of products are relative to it.
    pub source: Option<String>,
    /// What kind of source that was: `pictures`, `pages` or `feed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl Origin {
    /// The name of the note's file.
    pub const FILE: &str = FILE;

    /// Reads the note in a catalogue's folder. Where the catalogue is replaced as a whole, the note lies in the
    /// active subfolder, so that it is replaced too. An absent or unreadable note is an empty one.
    pub fn read(catalog: &Path) -> Self {
        let folder = ActiveEnvironment::read(catalog).ok().flatten().unwrap_or_else(|| catalog.into());
        let text = fs::read(folder.join(FILE)).unwrap_or_default();
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
        let folder = ActiveEnvironment::read(catalog)?.unwrap_or_else(|| catalog.into());
        let (file, new) = (folder.join(FILE), folder.join(format!("{FILE}.new")));
        let written = fs::write(&new, serde_json::to_vec_pretty(self)?);
        let replaced = written.and_then(|()| fs::rename(&new, &file));
        replaced.map_err(|source| Error::Open { path: folder, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_a_broken_one_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let note = Origin {
            model: Some("starter".into()),
            source: Some("/pictures".into()),
            kind: Some("feed".into()),
        };
        note.write(folder.path()).unwrap();
        assert_eq!(Origin::read(folder.path()), note);
        fs::write(folder.path().join(FILE), "{").unwrap();
        assert_eq!(Origin::read(folder.path()), Origin::default());
    }

    #[test]
    fn a_note_is_replaced_with_the_environment_that_it_is_about() {
        let folder = tempfile::tempdir().unwrap();
        let notes = ["one", "two"].map(|model| Origin { model: Some(model.into()), ..Origin::default() });
        for note in &notes {
            let name = note.model.as_deref().unwrap();
            fs::create_dir(folder.path().join(name)).unwrap();
            note.write(&folder.path().join(name)).unwrap();
        }
        ActiveEnvironment::set(folder.path(), "one").unwrap();
        assert_eq!(Origin::read(folder.path()), notes[0]);
        ActiveEnvironment::set(folder.path(), "two").unwrap();
        assert_eq!(Origin::read(folder.path()), notes[1]);
    }
}
