//! On photographs whose kinds are known, and nothing else.

use std::path::PathBuf;

use image::RgbImage;
use knytt_models::decode::{Limits, decode};
use rayon::prelude::*;

use crate::look::Look;

/// A photograph.
pub(crate) struct Photo {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) label: String,
    pub(crate) val: bool,
}

impl Photo {
    pub(crate) fn pixels(&self) -> RgbImage {
        decode(&std::fs::read(&self.path).unwrap(), &Limits::default(), None).unwrap()
    }
}

/// All of them, or none if the folder is not named.
pub(crate) fn photos() -> Vec<Photo> {
    let Ok(folder) = std::env::var("KNYTT_PHOTOS") else { return Vec::new() };
    let folder = PathBuf::from(folder);
    let rows = std::fs::read_to_string(folder.join("photos.csv")).unwrap();
    let photo = |row: &str| {
        let cells: Vec<&str> = row.split(',').collect();
        Photo {
            id: cells[0].into(),
            path: folder.join(cells[1]),
            label: cells[2].into(),
            val: cells[5] == "val",
        }
    };
    rows.lines().skip(1).map(photo).collect()
}

#[test]
#[ignore = "a measure: minutes"]
fn looks_of_photos() {
    let Ok(out) = std::env::var("KNYTT_OUT") else { return };
    let photos = photos();
    let lines: Vec<String> = photos
        .par_iter()
        .map(|photo| serde_json::json!({ "id": photo.id, "label": photo.label, "look": Look::of_pixels(&photo.pixels()) }).to_string())
        .collect();
    std::fs::write(format!("{out}/looks.jsonl"), lines.join("\n")).unwrap();
}
