//! Pictures that a feed does not name.

use super::Feed;
use crate::beside::Beside;
use crate::entries::Listings;
use crate::error::Result;

impl Feed {
    /// How many pictures beside the feed are called like its products, where it names none.
    pub fn pictures_beside(&self) -> usize {
        self.defaults.beside.len()
    }

    /// Gives products the pictures that are called like them, where the feed has no column with pictures.
    pub(super) fn look_beside(&mut self) -> Result<()> {
        let is_told = self.columns.have_image() || self.options.image_column.is_some();
        let Some(root) = self.bases.last().filter(|_| !is_told && !self.path.is_dir()) else { return Ok(()) };
        let listings = Listings::new(Box::new(self.rows()?), &self.defaults);
        let products =
            listings.filter_map(|found| Some(found.map(Result::ok).transpose()?.map(|found| found.product)));
        self.defaults.beside = Beside::under(root, products)?;
        // Products that have pictures are counted otherwise.
        if self.pictures_beside() > 0 { self.count() } else { Ok(()) }
    }
}
