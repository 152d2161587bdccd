//! Changes to the further pictures of products inside one write transaction.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use crate::error::{Error, Result};
use crate::product::further_picture::{FurtherPicture, PictureRecord};
use crate::store::bitmap::write_items;
use crate::store::content_hash::{ContentSum, Element};
use crate::store::picture_number::{FurtherPictures, MOST_FURTHER_PICTURES, number_of, picture_of};
use crate::store::schema::meta_key;
use crate::store::vectors;
use crate::store::view::{Edit, View};

/// The further pictures with the changes so far.
pub(crate) struct PictureChanges {
    all: FurtherPictures,
    content: ContentSum,
    is_changed: bool,
}

/// A picture that is about to get another number.
pub(crate) struct OwnedPicture {
    pub(crate) picture: FurtherPicture,
    pub(crate) vector: Vec<u8>,
    pub(crate) thumbnail: Option<Vec<u8>>,
}

impl PictureChanges {
    pub(crate) fn begin(view: View<'_>) -> Result<Self> {
        Ok(Self { all: FurtherPictures::read(view)?, content: read_content(view)?, is_changed: false })
    }

    /// The further pictures that exist.
    pub(crate) fn all(&self) -> &RoaringBitmap {
        &self.all.0
    }

    /// The hash of all further pictures; `None` if there are none.
    pub(crate) fn content(&self) -> Option<&ContentSum> {
        (!self.all.is_empty()).then_some(&self.content)
    }

    /// A copy of a product's picture, if it has the picture.
    pub(crate) fn owned(
        &self,
        view: View<'_>,
        vectors: &vectors::Changed<'_>,
        picture: u32,
    ) -> Result<Option<OwnedPicture>> {
        if !self.all.0.contains(picture) {
            return Ok(None);
        }
        let vector = match vectors.get(&picture) {
            Some(Some(vector)) => vector.to_vec(),
            _ => vectors::row(view, picture)?.to_vec(),
        };
        let thumbnail = view.db.thumbnails.get(view.txn, &picture)?.map(<[u8]>::to_vec);
        Ok(Some(OwnedPicture { picture: read_picture(view, picture)?, vector, thumbnail }))
    }

    /// Stores a picture of the product `id`, in place of the one with the same number.
    pub(crate) fn put<'b>(
        &mut self,
        edit: &mut Edit<'_, '_>,
        vectors: &mut vectors::Changed<'b>,
        (id, picture): (&str, u32),
        record: (&FurtherPicture, Cow<'b, [u8]>, Option<&[u8]>),
    ) -> Result<()> {
        self.withdraw(edit.view(), vectors, (id, picture))?;
        let (described, vector, thumbnail) = record;
        self.content.add(&Element::from_further_picture(
            id,
            number_of(picture),
            described,
            &vector,
            thumbnail,
        ));
        edit.db.pictures.put(edit.txn, &picture, &serde_json::to_vec(described)?)?;
        match thumbnail {
            Some(thumbnail) => edit.db.thumbnails.put(edit.txn, &picture, thumbnail)?,
            None => drop(edit.db.thumbnails.delete(edit.txn, &picture)?),
        }
        vectors.insert(picture, Some(vector));
        self.all.0.insert(picture);
        self.is_changed = true;
        Ok(())
    }

    /// Deletes a picture of the product `id`, if it exists.
    pub(crate) fn remove(
        &mut self,
        edit: &mut Edit<'_, '_>,
        vectors: &mut vectors::Changed<'_>,
        (id, picture): (&str, u32),
    ) -> Result<()> {
        if !self.all.0.contains(picture) {
            return Ok(());
        }
        self.withdraw(edit.view(), vectors, (id, picture))?;
        edit.db.pictures.delete(edit.txn, &picture)?;
        edit.db.thumbnails.delete(edit.txn, &picture)?;
        vectors.insert(picture, None);
        self.all.0.remove(picture);
        self.is_changed = true;
        Ok(())
    }

    /// Deletes the pictures of a product from this number on.
    pub(crate) fn remove_from(
        &mut self,
        edit: &mut Edit<'_, '_>,
        vectors: &mut vectors::Changed<'_>,
        (id, item): (&str, u32),
        number: u8,
    ) -> Result<()> {
        if self.all.is_empty() {
            return Ok(());
        }
        (number..=MOST_FURTHER_PICTURES)
            .try_for_each(|number| self.remove(edit, vectors, (id, picture_of(item, number))))
    }

    /// Removes a picture that is about to change from the content sum.
    fn withdraw(
        &mut self,
        view: View<'_>,
        vectors: &vectors::Changed<'_>,
        (id, picture): (&str, u32),
    ) -> Result<()> {
        if let Some(OwnedPicture { picture: described, vector, thumbnail }) =
            self.owned(view, vectors, picture)?
        {
            let number = number_of(picture);
            let element =
                Element::from_further_picture(id, number, &described, &vector, thumbnail.as_deref());
            self.content.remove(&element);
        }
        Ok(())
    }

    /// Writes which pictures there are.
    pub(crate) fn write(&self, edit: &mut Edit<'_, '_>) -> Result<()> {
        if !self.is_changed {
            return Ok(());
        }
        if self.all.is_empty() {
            edit.db.meta.delete(edit.txn, meta_key::PICTURES)?;
            edit.db.meta.delete(edit.txn, meta_key::PICTURES_CONTENT)?;
            return Ok(());
        }
        write_items(edit, meta_key::PICTURES, &self.all.0)?;
        Ok(edit.db.meta.put(edit.txn, meta_key::PICTURES_CONTENT, &self.content.to_bytes())?)
    }
}

/// The stored sum of all further pictures.
pub(crate) fn read_content(view: View<'_>) -> Result<ContentSum> {
    let stored = view.db.meta.get(view.txn, meta_key::PICTURES_CONTENT)?;
    stored.map_or_else(|| Ok(ContentSum::empty()), ContentSum::from_bytes)
}

/// The record of a further picture.
pub(crate) fn read_picture(view: View<'_>, picture: u32) -> Result<FurtherPicture> {
    let bytes = view.db.pictures.get(view.txn, &picture)?;
    let bytes = bytes.ok_or_else(|| Error::damaged(format!("picture {picture} has lost its record")))?;
    Ok(serde_json::from_slice(bytes)?)
}

/// A further picture of a product with its embedding and thumbnail.
pub(crate) fn read_record(view: View<'_>, picture: u32) -> Result<PictureRecord<'_>> {
    Ok(PictureRecord {
        number: number_of(picture),
        picture: read_picture(view, picture)?,
        vector: vectors::row(view, picture)?,
        thumbnail: view.db.thumbnails.get(view.txn, &picture)?,
    })
}
