//! Where a bundle's weights lie: in this program, or mapped from a file.

// Mapping a file is the one thing here that the compiler cannot check.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use crate::error::{Error, Result};

/// The bytes of a `model.safetensors`.
pub(crate) enum Weights {
    /// Part of this program.
    Embedded(&'static [u8]),
    /// Read page by page as they are asked for, so that a large model costs its tensors only.
    Mapped(Mmap),
}

impl Weights {
    /// Maps `path`.
    pub fn map(path: &Path) -> Result<Self> {
        let map = map_file(path).map_err(|source| Error::Read { path: path.into(), source })?;
        Ok(Self::Mapped(map))
    }
}

/// Maps a file for reading.
pub(crate) fn map_file(path: &Path) -> io::Result<Mmap> {
    let file = File::open(path)?;
    // SAFETY: the map is read-only and private to this program's model. A file that another program cuts
    // short while it is mapped would end this one; bundles and caches are replaced by renaming, never
    // written in place.
    unsafe { Mmap::map(&file) }
}

impl Deref for Weights {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Embedded(bytes) => bytes,
            Self::Mapped(map) => map,
        }
    }
}
