//! The pictures of this visit: what was dropped, pasted, photographed or captured. Never stored.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use image::{RgbImage, imageops};
use knytt_engine::{PictureLook, propose};
use knytt_models::decode::Limits;
use knytt_models::{Embedding, Fingerprint};
use knytt_ui_api::{Code, Picture, Problem, Proposal, Region};
use uuid::Uuid;

use crate::shop::read_picture;

/// How many pictures are kept: more than a strip shows. The oldest is forgotten first.
const MOST: usize = 12;

/// A decoded picture of this visit.
pub struct KeptPicture {
    /// What the interface names it by.
    pub id: String,
    /// The file's name, or empty.
    pub name: String,
    /// Upright, perhaps smaller than it was.
    pub pixels: RgbImage,
    /// How long decoding took, in milliseconds.
    pub decode_ms: f64,
    /// The embedding of the part that was asked about last, so that new words or filters need no
    /// second run of the model.
    embedded: Mutex<Option<(Region, Embedding)>>,
    /// The look of the part that was measured last.
    measured: Mutex<Option<(Region, PictureLook)>>,
}

/// The newest pictures.
#[derive(Default)]
pub struct Pictures(Mutex<VecDeque<Arc<KeptPicture>>>);

impl Pictures {
    /// Reads a file's bytes and keeps the picture.
    ///
    /// # Errors
    /// It cannot be read, or is larger than what is taken.
    pub fn add_file(&self, bytes: &[u8], name: &str) -> Result<Arc<KeptPicture>, Problem> {
        let start = std::time::Instant::now();
        let pixels = read_picture(bytes, &Limits::default())?;
        Ok(self.add(pixels, name, start.elapsed().as_secs_f64() * 1e3))
    }

    /// Keeps a picture.
    pub fn add(&self, pixels: RgbImage, name: &str, decode_ms: f64) -> Arc<KeptPicture> {
        let id = Uuid::now_v7().simple().to_string();
        let (embedded, measured) = Default::default();
        let picture = Arc::new(KeptPicture { id, name: name.into(), pixels, decode_ms, embedded, measured });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(Arc::clone(&picture));
        while all.len() > MOST {
            all.pop_front();
        }
        picture
    }

    /// # Errors
    /// There is none of this id, or no more.
    pub fn get(&self, id: &str) -> Result<Arc<KeptPicture>, Problem> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|picture| picture.id == id).cloned();
        found.ok_or_else(|| Problem::new(Code::NotFound, "this picture is no longer kept; add it again"))
    }

    /// Forgets one.
    pub fn remove(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|picture| picture.id != id);
    }
}

impl KeptPicture {
    /// What the interface is told of it.
    pub fn describe(&self) -> Picture {
        let proposals = propose(&self.pixels)
            .into_iter()
            .map(|r| Proposal {
                region: Region { x: r.x, y: r.y, width: r.width, height: r.height },
                strength: r.strength,
            })
            .collect();
        let (width, height) = self.pixels.dimensions();
        Picture { id: self.id.clone(), name: self.name.clone(), width, height, proposals }
    }

    /// The pixels of a part.
    pub fn part(&self, region: Region) -> RgbImage {
        let (x, y, width, height) = bounds(region, self.pixels.dimensions());
        imageops::crop_imm(&self.pixels, x, y, width, height).to_image()
    }

    /// The embedding of a part by the model of this fingerprint, made by `embed` unless it is the one that was made
    /// last.
    ///
    /// # Errors
    /// Those of `embed`.
    pub fn embedding(
        &self,
        region: Region,
        model: &Fingerprint,
        embed: impl FnOnce(&RgbImage) -> Result<Embedding, Problem>,
    ) -> Result<Embedding, Problem> {
        let last = || self.embedded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, embedding)) =
            last().as_ref().filter(|(of, by)| *of == region && by.fingerprint() == model)
        {
            return Ok(embedding.clone());
        }
        let embedding =
            if region == Region::WHOLE { embed(&self.pixels)? } else { embed(&self.part(region))? };
        *last() = Some((region, embedding.clone()));
        Ok(embedding)
    }

    /// The look of a part, measured unless it is the one that was measured last.
    pub fn look(&self, region: Region) -> PictureLook {
        let mut last = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, look)) = last.as_ref().filter(|(of, _)| *of == region) {
            return look.clone();
        }
        let look = if region == Region::WHOLE {
            PictureLook::from_pixels(&self.pixels)
        } else {
            PictureLook::from_pixels(&self.part(region))
        };
        *last = Some((region, look.clone()));
        look
    }
}

/// The rectangle in pixels: inside the picture, at least one pixel.
fn bounds(region: Region, (width, height): (u32, u32)) -> (u32, u32, u32, u32) {
    let side = |from: f32, length: f32, pixels: u32| {
        let most = pixels.saturating_sub(1);
        let share = |s: f32| if s.is_finite() { (s * pixels as f32).round().max(0.0) as u32 } else { 0 };
        let from = share(from).min(most);
        (from, share(length).clamp(1, pixels - from))
    };
    let ((x, w), (y, h)) = (side(region.x, region.width, width), side(region.y, region.height, height));
    (x, y, w, h)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(x: f32, y: f32, width: f32, height: f32) -> Region {
        Region { x, y, width, height }
    }

    #[test]
    fn parts_stay_inside_the_picture_whatever_is_asked() {
        for (asked, got) in [
            (Region::WHOLE, (0, 0, 100, 50)),
            (region(0.5, 0.5, 0.25, 0.5), (50, 25, 25, 25)),
            (region(0.9, 0.0, 5.0, 1.0), (90, 0, 10, 50)),
            (region(-3.0, 2.0, 0.0, 0.0), (0, 49, 1, 1)),
            (region(f32::NAN, f32::INFINITY, f32::NAN, -1.0), (0, 0, 1, 1)),
        ] {
            assert_eq!(bounds(asked, (100, 50)), got, "{asked:?}");
        }
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let pictures = Pictures::default();
        let first = pictures.add(RgbImage::new(1, 1), "", 0.0);
        let second = pictures.add(RgbImage::new(1, 1), "", 0.0);
        for _ in 0..MOST - 1 {
            pictures.add(RgbImage::new(1, 1), "", 0.0);
        }
        assert!(pictures.get(&first.id).is_err());
        assert!(pictures.get(&second.id).is_ok());
        pictures.remove(&second.id);
        assert_eq!(pictures.get(&second.id).err().map(|p| p.code), Some(Code::NotFound));
    }
}
