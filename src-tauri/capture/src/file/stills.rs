//! Pictures that are shown one after the other.

use fs_err as fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use image::{ImageFormat, RgbImage};
use knytt_models::decode::{Limits, decode};

use crate::error::{Error, Result};
use crate::footage::Footage;

/// Each picture stays for one and a half seconds at 24 frames per second.
const FRAMES_EACH: u32 = 36;

/// A photograph is decoded at the smallest scale whose shorter side is at least twice this, in pixels.
const TARGET_SIDE: u32 = 480;

pub(super) struct Stills {
    name: String,
    pictures: Vec<PathBuf>,
    /// Of the picture to show next.
    next: usize,
    shown: Option<Arc<RgbImage>>,
    /// Frames for which it stays.
    left: u32,
    interval: Duration,
}

impl Stills {
    pub(super) fn from_picture(path: &Path, interval: Duration) -> Self {
        let name = path.display().to_string();
        Self { name, pictures: vec![path.into()], next: 0, shown: None, left: 0, interval }
    }

    /// The pictures right inside a folder, by name.
    pub(super) fn from_folder(path: &Path, interval: Duration) -> Result<Self> {
        let unreadable = |source| Error::File { path: path.into(), source };
        let mut pictures = Vec::new();
        for entry in path.read_dir().map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            if file.is_file() && ImageFormat::from_path(&file).is_ok() {
                pictures.push(file);
            }
        }
        pictures.sort();
        let this = Self { pictures, ..Self::from_picture(path, interval) };
        if this.pictures.is_empty() { Err(this.nothing()) } else { Ok(this) }
    }

    /// The next picture that can be read.
    fn advance(&mut self) -> Option<Arc<RgbImage>> {
        if let ([_], Some(shown)) = (self.pictures.as_slice(), &self.shown) {
            return Some(shown.clone());
        }
        (0..self.pictures.len()).find_map(|_| {
            let path = &self.pictures[self.next];
            self.next = (self.next + 1) % self.pictures.len();
            read(path).map(Arc::new)
        })
    }

    fn nothing(&self) -> Error {
        Error::unsupported(format!("{} holds no picture that can be read", self.name))
    }
}

fn read(path: &Path) -> Option<RgbImage> {
    let limits = Limits::default();
    if path.metadata().ok()?.len() > limits.max_file_bytes {
        return None;
    }
    decode(&fs::read(path).ok()?, &limits, Some(TARGET_SIDE)).ok()
}

impl Footage for Stills {
    fn next(&mut self) -> Result<Arc<RgbImage>> {
        if self.left == 0 {
            self.shown = self.advance();
            self.left = FRAMES_EACH;
        }
        self.left -= 1;
        self.shown.clone().ok_or_else(|| self.nothing())
    }

    fn interval(&self) -> Duration {
        self.interval
    }
}
