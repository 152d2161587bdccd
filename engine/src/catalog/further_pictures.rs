//! The further pictures of products, in a snapshot.

use knytt_models::Embedding;

use crate::catalog::picture_changes;
use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::product::further_picture::PictureRecord;
use crate::store::content_hash::ContentHash;
use crate::store::picture_number::{FurtherPictures, MOST_FURTHER_PICTURES, number_of, picture_of};

impl Snapshot {
    /// The further pictures of all products.
    pub(crate) fn further(&self) -> Result<FurtherPictures> {
        FurtherPictures::read(self.view())
    }

    /// The further pictures of a product, in their order; none if there is no such product.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn further_pictures(&self, id: &str) -> Result<Vec<PictureRecord<'_>>> {
        let Some(item) = self.item(id)? else { return Ok(Vec::new()) };
        let further = self.further()?;
        further.of(item).map(|picture| picture_changes::read_record(self.view(), picture)).collect()
    }

    /// The thumbnail of a product's further picture, an encoded picture; `None` if there is none.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn picture_thumbnail(&self, id: &str, number: u8) -> Result<Option<&[u8]>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        let view = self.view();
        let is_one = number <= MOST_FURTHER_PICTURES;
        Ok(is_one.then(|| view.db.thumbnails.get(view.txn, &picture_of(item, number))).transpose()?.flatten())
    }

    /// The embedding of a product's further picture, to f16 precision; `None` if there is no such picture.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn picture_vector(&self, id: &str, number: u8) -> Result<Option<Embedding>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        let found = self.further()?.of(item).find(|picture| number_of(*picture) == number);
        let vector = found.map(|picture| self.vector_at(picture)).transpose()?;
        Ok(vector.map(|vector| Embedding::new(vector, self.catalog().fingerprint().clone())).transpose()?)
    }

    /// The hash of all further pictures with their embeddings and thumbnails; `None` if there are none.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn pictures_hash(&self) -> Result<Option<ContentHash>> {
        let content = picture_changes::read_content(self.view())?;
        Ok((!self.further()?.is_empty()).then(|| content.hash()))
    }
}
