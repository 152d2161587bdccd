//! A note of the catalogue that is being opened, so that one which ends the process is not opened at the next start.
//!
//! The engine walks a catalogue's file before LMDB reads it, so a damaged one is an error. What that cannot see (a
//! disk that fails below the map, a file that another program overwrites meanwhile) can still end the process while
//! it opens a catalogue. Without this note, the app would open the same one at each start, and end each time.

use std::path::{Path, PathBuf};

use fs_err as fs;
use knytt_ui_api::{Code, Problem};

/// The note's file, in the folder of what the shopper keeps.
const FILE: &str = "opening";

/// The note. It is there from before a catalogue is opened until something of it was read.
pub(super) struct OpeningNote {
    file: PathBuf,
}

impl OpeningNote {
    /// The note in `data`, which need not be there.
    pub(super) fn new(data: &Path) -> Self {
        Self { file: data.join(FILE) }
    }

    /// Whether the process ended while it opened this catalogue.
    pub(super) fn names(&self, folder: &Path) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|noted| Path::new(&noted) == folder)
    }

    /// Notes that a catalogue is being opened. A full disk is no reason not to open it, so a note that cannot be
    /// written is left out.
    pub(super) fn begin(&self, folder: &Path) {
        // A path that is no Unicode cannot be noted as text; such a catalogue is opened without a note.
        if let Some(folder) = folder.to_str() {
            let _ = fs::write(&self.file, folder);
        }
    }

    /// Removes the note: it could be opened and read, or it was an error.
    pub(super) fn end(&self) {
        let _ = fs::remove_file(&self.file);
    }
}

/// What the window says instead of opening it again.
pub(super) fn ended_before(folder: &Path) -> Problem {
    let shown = folder.display();
    let message = format!(
        "Knytt ended when it last opened the catalogue in {shown}, so it was not opened again. Open another one; or \
         check it with `knytt catalog check {shown}`, copy what is readable with `knytt catalog repair {shown} NEW`, \
         and open the copy"
    );
    Problem::new(Code::DamagedCatalog, message)
}
