//! Where the pictures of a catalogue's products are, as large as they are here.

use std::path::PathBuf;

use fs_err as fs;
use image::RgbImage;
use knytt_engine::{Product, SourceRecord};
use knytt_feed::kept_picture;
use knytt_models::decode::{Limits, decode};
use url::Url;

use crate::shop::Shop;

/// Where a build keeps pictures that it has downloaded, in the catalogue's folder.
const DOWNLOADS: &str = "images";

/// Pictures of a catalogue: in the folder or beside the feed that it was built from, or downloaded for it.
pub(super) struct PictureFiles<'s> {
    shop: &'s Shop,
    downloads: PathBuf,
    limits: Limits,
}

impl<'s> PictureFiles<'s> {
    pub(super) fn of(shop: &'s Shop) -> Self {
        Self { shop, downloads: shop.folder().join(DOWNLOADS), limits: Limits::default() }
    }

    /// The file of the picture at this address, if it is here. It may be another one than the catalogue was built with.
    pub(super) fn file(&self, address: &str) -> Option<PathBuf> {
        let downloaded = || kept_picture(&self.downloads, &Url::parse(address).ok()?);
        self.shop.picture_file(address).or_else(downloaded)
    }

    /// The picture that the catalogue was built with, its shorter side at least `side` pixels if the file has so many.
    /// One that has changed since is left to the next build.
    pub(super) fn large(
        &self,
        product: &Product,
        record: Option<&SourceRecord>,
        side: u32,
    ) -> Option<RgbImage> {
        let bytes = self.bytes(&product.image)?;
        let is_same = |record: &SourceRecord| record.picture_hash() == blake3::hash(&bytes).to_hex().as_str();
        record.is_none_or(is_same).then(|| decode(&bytes, &self.limits, Some(side)).ok()).flatten()
    }

    /// A further picture as it is now, its shorter side at least `side` pixels if the file has so many.
    pub(super) fn further(&self, address: &str, side: u32) -> Option<RgbImage> {
        decode(&self.bytes(address)?, &self.limits, Some(side)).ok()
    }

    fn bytes(&self, address: &str) -> Option<Vec<u8>> {
        let is_readable =
            |file: &PathBuf| file.metadata().is_ok_and(|m| m.len() <= self.limits.max_file_bytes);
        fs::read(self.file(address).filter(is_readable)?).ok()
    }

    /// The catalogue's own small picture.
    pub(super) fn thumbnail(&self, thumbnail: Option<&[u8]>, side: u32) -> Option<RgbImage> {
        decode(thumbnail?, &self.limits, Some(side)).ok()
    }
}
