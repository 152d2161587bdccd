//! Where a bundle's weights lie: in this program, or mapped from a file.

// Mapping a file, and telling the system about its pages, are what the compiler cannot check here.
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

    /// Tells the system that nobody reads these bytes for now: the towers have their own packed copy. The pages leave
    /// the program's memory, and come back from the file if they are read again. Linux alone is told.
    pub fn release_pages(&self) {
        #[cfg(target_os = "linux")]
        {
            /// At least as large as a page of any processor, so that all pages that are named are whole.
            const STEP: usize = 64 * 1024;
            let from = self.as_ptr().wrapping_add(self.as_ptr().align_offset(STEP));
            let len = (self.as_ptr_range().end.addr()).saturating_sub(from.addr()) / STEP * STEP;
            // SAFETY: these are whole pages of a file that is mapped for reading, either the program's own constants
            // or a bundle's weights. Nobody has written to them, so a later access reads the same bytes again.
            unsafe { libc::madvise(from.cast_mut().cast(), len, libc::MADV_DONTNEED) };
        }
    }
}

/// Gives memory that was freed, and that the allocator keeps for later, back to the system. glibc alone keeps much of it.
pub(crate) fn release_free_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it gives back pages that hold no allocation, and may be called at any time.
    unsafe {
        libc::malloc_trim(0);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_whose_pages_were_released_are_the_same() {
        let embedded = Weights::Embedded(include_bytes!("../starter/model.safetensors"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        fs_err::write(&path, &*embedded).unwrap();
        let mapped = Weights::map(&path).unwrap();
        let before = blake3::hash(&embedded);
        assert_eq!(blake3::hash(&mapped), before);
        let full = resident(&mapped);
        embedded.release_pages();
        mapped.release_pages();
        if cfg!(target_os = "linux") {
            let left = resident(&mapped);
            assert!(left * 10 < full, "{left} of {full} kB are left");
        }
        assert_eq!(blake3::hash(&embedded), before);
        assert_eq!(blake3::hash(&mapped), before);
    }

    /// Kilobytes of the mapping of these bytes that are in the program's memory.
    fn resident(bytes: &[u8]) -> u64 {
        let maps = fs_err::read_to_string("/proc/self/smaps").unwrap_or_default();
        let address = bytes.as_ptr().addr();
        let holds = |line: &str| {
            let (from, to) = line.split_once(' ')?.0.split_once('-')?;
            let number = |text| usize::from_str_radix(text, 16).ok();
            Some((number(from)?..number(to)?).contains(&address))
        };
        let of_map = maps.lines().skip_while(|line| holds(line) != Some(true));
        let mut found = of_map.filter_map(|line| line.strip_prefix("Rss:"));
        found.next().and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or_default()
    }
}
