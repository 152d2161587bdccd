//! Write transactions of any size. All changes of a transaction take effect together, or none.

use std::borrow::Cow;

use crate::calibrate::scale::Calibration;
use crate::catalog::Catalog;
use crate::catalog::apply::Changes;
use crate::catalog::entry::{self, Entry};
use crate::catalog::prepared::PreparedProducts;
use crate::error::{Error, Result};
use crate::experiment::document::Experiment;
use crate::look::safety::SafetyConfig;
use crate::merchandise::document::Merchandising;
use crate::product::Product;
use crate::product::further_picture::PictureRecord;
use crate::rank::weights::Weights;
use crate::store::content_hash::{ContentHash, ContentSum};
use crate::store::picture_number::MOST_FURTHER_PICTURES;
use crate::store::segment;

/// How far the length of a vector may be from 1: f16 rounds each component.
const LENGTH_TOLERANCE: f32 = 0.02;

/// A write transaction. It applies each change immediately, where a [`Writer`](crate::Writer) keeps all changes in
/// memory until its commit. Only the transaction itself sees its changes until it commits.
pub struct Transaction<'t, 'e> {
    changes: Changes<'t, 'e, 'static>,
    /// The error of a call that filled the map. The whole transaction then runs again in a larger map.
    map_full: Option<Error>,
}

/// A product with the encoded embedding and thumbnail of its picture.
#[derive(Clone, Copy, Debug)]
pub struct ProductRow<'r> {
    /// The product.
    pub product: &'r Product,
    /// `[dimension]` little-endian f16 of unit length, made by the catalogue's model.
    pub vector: &'r [u8],
    /// An encoded picture, if there is one.
    pub thumbnail: Option<&'r [u8]>,
}

impl Catalog {
    /// Runs `change` in one write transaction, and commits if `change` returns `Ok`. If the map is full, this grows the
    /// map and runs `change` again from the same start. Open snapshots keep the state before.
    ///
    /// # Errors
    /// The error that `change` returns, and those of [`Writer::commit`](crate::Writer::commit). Nothing is stored then.
    pub fn transact<T, E: From<Error>>(
        &self,
        mut change: impl FnMut(&mut Transaction<'_, '_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let done = self.storage().write_unless(|edit| {
            let mut transaction = Transaction { changes: Changes::begin(edit)?, map_full: None };
            let outcome = change(&mut transaction);
            if let Some(full) = transaction.map_full {
                return Err(full);
            }
            match outcome {
                Ok(value) => transaction.changes.finish().map(|_| Ok(value)),
                Err(error) => Ok(Err(error)),
            }
        });
        done?
    }
}

impl Transaction<'_, '_> {
    /// The product of this id, with the changes so far.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn product(&self, id: &str) -> Result<Option<Product>> {
        self.changes.product(id)
    }

    /// The number of products, with the changes so far.
    pub fn products(&self) -> u64 {
        self.changes.products()
    }

    /// The number of the catalogue's release.
    pub fn release(&self) -> u64 {
        self.changes.meta().release
    }

    /// Adds a product, or replaces the one with its id. `vector` is `[dimension]` little-endian f16 of
    /// unit length, made by the catalogue's model.
    ///
    /// # Errors
    /// [`Error::InvalidProduct`], [`Error::DimensionMismatch`], and those of the storage.
    pub fn upsert(&mut self, product: &Product, vector: &[u8], thumbnail: Option<&[u8]>) -> Result<()> {
        self.upsert_all(&[ProductRow { product, vector, thumbnail }])
    }

    /// Upserts many products in their order. All cores make their entries. After an error some of them may be stored,
    /// so the transaction must not be committed.
    ///
    /// # Errors
    /// Those of [`Self::upsert`], for the first product that has one.
    pub fn upsert_all(&mut self, rows: &[ProductRow<'_>]) -> Result<()> {
        let dimension = self.changes.meta().dimension;
        for some in rows.chunks(entry::AT_ONCE) {
            let entries = entry::each(some, |row| row.entry(dimension))?;
            for (row, entry) in some.iter().zip(entries) {
                let vector = Cow::Owned(row.vector.to_vec());
                let done = self.changes.upsert(entry, vector, row.thumbnail);
                self.note_full_map(done)?;
            }
        }
        Ok(())
    }

    /// Upserts products whose entries are made already, in their order.
    ///
    /// # Errors
    /// [`Error::DimensionMismatch`] if they were prepared for another catalogue, and those of the storage.
    pub fn upsert_prepared(&mut self, prepared: &mut PreparedProducts) -> Result<()> {
        let expected = self.changes.meta().dimension;
        if prepared.dimension != expected {
            return Err(Error::DimensionMismatch { expected, received: prepared.dimension });
        }
        self.changes.add_content(&prepared.content);
        for row in &mut prepared.rows {
            let (entry, vector) = (row.take_entry()?, Cow::Owned(row.vector.clone()));
            let done = self.changes.upsert(entry, vector, row.thumbnail.as_deref());
            self.note_full_map(done)?;
        }
        Ok(())
    }

    /// Replaces a product, and its vector and thumbnail where new ones are given.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`] if there is none, and those of [`Self::upsert`].
    pub fn revise(
        &mut self,
        product: &Product,
        vector: Option<&[u8]>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<()> {
        product.validate()?;
        if let Some(vector) = vector {
            expect_vector(&product.id, vector, self.changes.meta().dimension)?;
        }
        let vector = vector.map(|vector| Cow::Owned(vector.to_vec()));
        let done = self.changes.revise(product, vector, thumbnail);
        self.note_full_map(done)
    }

    /// Stores a further picture of a product, in place of the one with the same number.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::InvalidProduct`] for a number that is none,
    /// [`Error::DimensionMismatch`], and those of the storage.
    pub fn put_picture(&mut self, id: &str, record: &PictureRecord<'_>) -> Result<()> {
        expect_number(id, record.number)?;
        expect_vector(id, record.vector, self.changes.meta().dimension)?;
        let done = self.changes.put_picture(id, record);
        self.note_full_map(done)
    }

    /// Removes a further picture of a product, if it exists.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::InvalidProduct`] for a number that is none, and those of the storage.
    pub fn remove_picture(&mut self, id: &str, number: u8) -> Result<()> {
        expect_number(id, number)?;
        let done = self.changes.remove_picture(id, number);
        self.note_full_map(done)
    }

    /// Removes a product. Returns whether it existed.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn delete(&mut self, id: &str) -> Result<bool> {
        let done = self.changes.delete(id);
        self.note_full_map(done)
    }

    /// Drops the approximate index. The next transaction that does not call this builds it in one pass; until then a
    /// search compares all products. It suits all but the last of many transactions that fill a catalogue.
    pub fn leave_index(&mut self) {
        self.changes.leave_index();
    }

    /// Sets the number of the catalogue's release.
    pub fn set_release(&mut self, release: u64) {
        self.changes.meta_mut().release = release;
    }

    /// Sets the calibration of scores.
    pub fn set_calibration(&mut self, calibration: Calibration) {
        self.changes.set_calibration(calibration);
    }

    /// Sets the weights that rank hits; `None`: the defaults.
    pub fn set_weights(&mut self, weights: Option<Weights>) {
        self.changes.meta_mut().weights = weights;
    }

    /// Sets the configuration of the gate that refuses pictures; `None`: the catalogue refuses none.
    pub fn set_safety(&mut self, safety: Option<SafetyConfig>) {
        self.changes.meta_mut().safety = safety;
    }

    /// Sets the rules and synonyms that searches obey; `None`: there are none. Whoever sets them has checked them
    /// ([`Merchandising::check`]): rules out of their bounds are not obeyed.
    pub fn set_merchandising(&mut self, document: Option<Merchandising>) {
        self.changes.set_merchandising(document);
    }

    /// Sets the experiment that searches may take part in; `None`: there is none. Whoever sets it has checked it
    /// ([`Experiment::check`]): one out of its bounds is none.
    pub fn set_experiment(&mut self, document: Option<Experiment>) {
        self.changes.set_experiment(document);
    }

    /// The hash of all further pictures, with the changes so far; `None` if there are none.
    pub fn pictures_hash(&self) -> Option<ContentHash> {
        self.changes.pictures_content().map(ContentSum::hash)
    }

    /// The hash of all products with their own pictures, with the changes so far.
    pub fn content_hash(&self) -> ContentHash {
        self.changes.content().hash()
    }

    fn note_full_map<T>(&mut self, done: Result<T>) -> Result<T> {
        done.map_err(|error| {
            if !error.is_map_full() {
                return error;
            }
            self.map_full = Some(error);
            Error::MapLimit { limit_bytes: 0 }
        })
    }
}

impl ProductRow<'_> {
    pub(super) fn entry(&self, dimension: usize) -> Result<Entry> {
        self.product.validate()?;
        expect_vector(&self.product.id, self.vector, dimension)?;
        Entry::from_product(self.product, self.vector, self.thumbnail)
    }
}

fn expect_number(id: &str, number: u8) -> Result<()> {
    if (1..=MOST_FURTHER_PICTURES).contains(&number) {
        return Ok(());
    }
    Err(Error::InvalidProduct {
        id: id.into(),
        reason: format!("no further picture has the number {number}"),
    })
}

pub(crate) fn expect_vector(id: &str, vector: &[u8], dimension: usize) -> Result<()> {
    if vector.len() != 2 * dimension {
        return Err(Error::DimensionMismatch { expected: dimension, received: vector.len() / 2 });
    }
    let length = segment::decode(vector).iter().map(|value| value * value).sum::<f32>().sqrt();
    if (length - 1.0).abs() < LENGTH_TOLERANCE {
        return Ok(());
    }
    let reason = format!("its vector has the length {length}, not 1");
    Err(Error::InvalidProduct { id: id.into(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::CatalogSpec;
    use crate::store::open::OpenOptions;
    use half::f16;
    use knytt_models::Fingerprint;

    fn catalog(dir: &tempfile::TempDir) -> Catalog {
        let model = Fingerprint::of(&[b"m"]);
        let spec = CatalogSpec { id: "shop".into(), model, model_name: "m".into(), dimension: 2 };
        let options = OpenOptions { initial_map_bytes: 1 << 20, ..OpenOptions::default() };
        Catalog::open_or_create_with(dir.path(), &spec, options).unwrap()
    }

    fn product(id: &str) -> Product {
        Product { id: id.into(), title: format!("the {id}"), ..Product::default() }
    }

    fn vector(angle: f32) -> Vec<u8> {
        [angle.cos(), angle.sin()].iter().flat_map(|&v| f16::from_f32(v).to_le_bytes()).collect()
    }

    #[test]
    fn an_error_stores_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = catalog(&dir);
        let before = catalog.read().unwrap().content_hash().unwrap();
        let failed: Result<()> = catalog.transact(|change| {
            change.upsert(&product("a"), &vector(0.0), None)?;
            assert_eq!(change.product("a")?, Some(product("a")));
            assert_ne!(change.content_hash(), before);
            Err(Error::InvalidQuery("enough"))
        });
        assert!(failed.is_err());
        let now = catalog.read().unwrap();
        assert!(now.is_empty().unwrap() && now.content_hash().unwrap() == before);
    }

    #[test]
    fn a_full_map_grows_and_the_change_runs_again() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = catalog(&dir);
        let mut runs = 0;
        let picture = vec![7; 100_000];
        let done: Result<()> = catalog.transact(|change| {
            runs += 1;
            (0..400)
                .try_for_each(|n| change.upsert(&product(&n.to_string()), &vector(0.1), Some(&picture)))?;
            change.set_release(4);
            Ok(())
        });
        done.unwrap();
        assert!(runs > 1);
        let now = catalog.read().unwrap();
        assert_eq!((now.len().unwrap(), now.info().unwrap().release), (400, 4));
        assert!(now.check().unwrap().is_sound());
    }

    #[test]
    fn prepared_products_are_stored_as_others_also_when_the_map_must_grow() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, two) = (catalog(&one), catalog(&two));
        let picture = vec![7; 100_000];
        let rows = (0..40).map(|n| (product(&format!("p{n}")), vector(0.1), Some(picture.clone())));
        let rows: Vec<_> = rows.collect();
        let mut prepared = one.prepare(rows.clone()).unwrap();
        let mut runs = 0;
        let done: Result<()> = one.transact(|change| {
            runs += 1;
            change.upsert_prepared(&mut prepared)
        });
        done.unwrap();
        assert!(runs > 1);
        let done: Result<()> = two.transact(|change| {
            rows.iter()
                .try_for_each(|(product, vector, picture)| change.upsert(product, vector, picture.as_deref()))
        });
        done.unwrap();
        let (stored, other) = (one.read().unwrap(), two.read().unwrap());
        assert_eq!(stored.content_hash().unwrap(), other.content_hash().unwrap());
        assert_eq!(stored.record("p3").unwrap(), other.record("p3").unwrap());
        assert!(stored.check().unwrap().is_sound());
        assert!(one.prepare(vec![(product("long"), vec![0; 6], None)]).is_err());
    }

    #[test]
    fn pages_of_products_lie_side_by_side() {
        const PAGE: usize = 4_096;
        let dir = tempfile::tempdir().unwrap();
        let catalog = catalog(&dir);
        let picture = [7; 4_000];
        catalog
            .transact(|change| {
                (0..600_u16)
                    .try_for_each(|n| change.upsert(&product(&n.to_string()), &vector(0.1), Some(&picture)))
            })
            .unwrap();
        let snapshot = catalog.read().unwrap();
        let view = snapshot.view();
        let products = view.db.products.iter(view.txn).unwrap();
        let mut pages: Vec<usize> = products.map(|entry| entry.unwrap().1.as_ptr().addr() / PAGE).collect();
        pages.sort_unstable();
        pages.dedup();
        let span = pages[pages.len() - 1] - pages[0] + 1;
        assert!(pages.len() > 4 && span < 3 * pages.len(), "{} pages among {span}", pages.len());
    }

    #[test]
    fn equal_content_has_an_equal_hash_whatever_changes_led_to_it() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, two) = (catalog(&one), catalog(&two));
        let done: Result<()> = one.transact(|change| {
            change.upsert(&product("a"), &vector(0.3), Some(b"old"))?;
            change.upsert(&product("gone"), &vector(0.4), None)?;
            change.revise(&Product { brand: "b".into(), ..product("a") }, None, Some(Some(b"new")))?;
            assert!(change.delete("gone")? && !change.delete("gone")?);
            Ok(())
        });
        done.unwrap();
        let done: Result<()> = two.transact(|change| {
            change.upsert(&Product { brand: "b".into(), ..product("a") }, &vector(0.3), Some(b"new"))
        });
        done.unwrap();
        let (one, two) = (one.read().unwrap(), two.read().unwrap());
        assert_eq!(one.content_hash().unwrap(), two.content_hash().unwrap());
        assert_eq!(one.record("a").unwrap(), two.record("a").unwrap());
        assert!(one.check().unwrap().is_sound());
    }

    #[test]
    fn vectors_of_another_length_or_dimension_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = catalog(&dir);
        for bad in [vec![0; 4], vec![0; 3], [vector(0.1), vector(0.2)].concat(), [0x00, 0x7e, 0, 0].to_vec()]
        {
            let refused: Result<()> = catalog.transact(|change| change.upsert(&product("a"), &bad, None));
            assert!(refused.is_err(), "{bad:?}");
        }
    }
}
