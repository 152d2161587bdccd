//! Applies a batch of changes inside one write transaction.

use std::borrow::Cow;
use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::calibrate::scale::Calibration;
use crate::catalog::entry::{Derived, Entry};
use crate::catalog::free_items::densest_last;
use crate::catalog::meta::{
    CatalogMeta, read_meta, write_calibration, write_experiment, write_merchandising, write_meta,
};
use crate::catalog::operation::{Committed, Operation, SetPicture};
use crate::catalog::picture_changes::{OwnedPicture, PictureChanges};
use crate::catalog::source::StoredSource;
use crate::error::{Error, Result};
use crate::experiment::document::Experiment;
use crate::index;
use crate::lexical::{self, postings};
use crate::merchandise::document::Merchandising;
use crate::product::Product;
use crate::product::field::text_key;
use crate::product::further_picture::{FurtherPicture, PictureRecord};
use crate::store::bitmap::{read_items, write_items};
use crate::store::content_hash::{ContentSum, Element};
use crate::store::facet_bitmaps::FacetChanges;
use crate::store::picture_number::{ITEMS, MOST_FURTHER_PICTURES, picture_of};
use crate::store::rank_features::{self, RankFeatures};
use crate::store::schema::meta_key;
use crate::store::view::{Edit, View};
use crate::store::{price_column, vectors};

/// New products get free items when there is more than one free item for this many products. With fewer, free
/// items are scattered, and a batch that used them would write to many pages.
const REUSED_ONE_IN: u64 = 8;

/// So many products are written at a time.
const PRODUCTS_HELD: usize = 4_096;

/// The state of a transaction while it applies a batch. It writes most entries of a single product immediately. It
/// collects changes to values that many products share (segments, bitmaps), and [`Self::finish`] writes each value
/// once. It also collects the products themselves: pages that are written one after the other lie side by side, and a
/// system that maps a page of products maps its neighbours with it, which would be thumbnails.
pub(crate) struct Changes<'t, 'e, 'b> {
    edit: Edit<'t, 'e>,
    meta: CatalogMeta,
    meta_changed: bool,
    /// A new calibration, which `finish` writes.
    calibration: Option<Calibration>,
    /// New rules, or that there are none any more, which `finish` writes.
    merchandising: Option<Option<Merchandising>>,
    /// A new experiment, or that there is none any more, which `finish` writes.
    experiment: Option<Option<Experiment>>,
    /// Whether a later transaction builds the index of codes.
    index_follows: bool,
    live: RoaringBitmap,
    /// Items that are free since an earlier commit, so that new products may get them.
    free: RoaringBitmap,
    /// The free items in the order of use, the next one last; computed when the first one is needed.
    reusable: Option<Vec<u32>>,
    /// Items that this batch frees. Only later batches reuse them, so that no item stands for different products in
    /// two consecutive committed states.
    freed: RoaringBitmap,
    /// New products that are not written yet, JSON.
    products: BTreeMap<u32, Vec<u8>>,
    vectors: vectors::Changed<'b>,
    prices: BTreeMap<u32, i64>,
    rank_features: BTreeMap<u32, Option<RankFeatures>>,
    facets: FacetChanges,
    words: postings::PostingChanges,
    content: ContentSum,
    pictures: PictureChanges,
    committed: Committed,
}

impl<'t, 'e, 'b> Changes<'t, 'e, 'b> {
    pub(crate) fn begin(edit: Edit<'t, 'e>) -> Result<Self> {
        let view = edit.view();
        Ok(Self {
            content: read_content(view)?,
            pictures: PictureChanges::begin(view)?,
            meta: read_meta(view)?,
            meta_changed: false,
            calibration: None,
            merchandising: None,
            experiment: None,
            index_follows: false,
            live: read_items(view, meta_key::LIVE)?,
            free: read_items(view, meta_key::FREE)?,
            reusable: None,
            freed: RoaringBitmap::new(),
            products: BTreeMap::new(),
            vectors: vectors::Changed::new(),
            prices: BTreeMap::new(),
            rank_features: BTreeMap::new(),
            facets: FacetChanges::default(),
            words: postings::PostingChanges::default(),
            committed: Committed::default(),
            edit,
        })
    }

    /// `entry`: the entry of an upserted product, if it is made already.
    pub(crate) fn apply(&mut self, operation: &'b Operation, entry: Option<Entry>) -> Result<()> {
        match operation {
            Operation::Upsert { product, vector, thumbnail } => {
                let made = || Entry::from_product(product, vector, thumbnail.as_deref());
                let entry = entry.map_or_else(made, Ok)?;
                self.upsert(entry, Cow::Borrowed(vector), thumbnail.as_deref())
            }
            Operation::Update { product } => self.revise(product, None, None),
            Operation::SetPictures { id, pictures } => self.set_pictures(id, pictures),
            Operation::Delete { id } => self.delete(id).map(drop),
            Operation::PutSource { source, record } => {
                let stored = StoredSource { source: source.clone(), record: record.clone() };
                Ok(self.edit.db.sources.put(
                    self.edit.txn,
                    &text_key(source),
                    &serde_json::to_vec(&stored)?,
                )?)
            }
            Operation::RemoveSource { source } => {
                self.edit.db.sources.delete(self.edit.txn, &text_key(source))?;
                Ok(())
            }
            Operation::Quarantine(row) => Ok(self.edit.db.quarantine.put(
                self.edit.txn,
                &text_key(&row.source),
                &serde_json::to_vec(row)?,
            )?),
            Operation::Release { source } => {
                self.edit.db.quarantine.delete(self.edit.txn, &text_key(source))?;
                Ok(())
            }
            Operation::SetRelease(release) => {
                self.meta_mut().release = *release;
                Ok(())
            }
            Operation::KeepArroyFrom(products) => {
                self.meta_mut().arroy_from = *products;
                Ok(())
            }
            Operation::SetCalibration(calibration) => {
                self.set_calibration(calibration.clone());
                Ok(())
            }
            Operation::SetWeights(weights) => {
                self.meta_mut().weights = *weights;
                Ok(())
            }
            Operation::SetSafety(safety) => {
                self.meta_mut().safety.clone_from(safety);
                Ok(())
            }
            Operation::SetMerchandising(document) => {
                self.set_merchandising(document.clone());
                Ok(())
            }
            Operation::SetExperiment(document) => {
                self.set_experiment(document.clone());
                Ok(())
            }
        }
    }

    pub(crate) fn meta(&self) -> &CatalogMeta {
        &self.meta
    }

    pub(crate) fn meta_mut(&mut self) -> &mut CatalogMeta {
        self.meta_changed = true;
        &mut self.meta
    }

    pub(crate) fn set_calibration(&mut self, calibration: Calibration) {
        self.calibration = Some(calibration);
    }

    pub(crate) fn set_merchandising(&mut self, document: Option<Merchandising>) {
        self.merchandising = Some(document);
    }

    pub(crate) fn set_experiment(&mut self, document: Option<Experiment>) {
        self.experiment = Some(document);
    }

    pub(crate) fn leave_index(&mut self) {
        self.index_follows = true;
    }

    /// Adds what prepared products add to the content sum.
    pub(crate) fn add_content(&mut self, sum: &ContentSum) {
        self.content.add_sum(sum);
    }

    pub(crate) fn content(&self) -> &ContentSum {
        &self.content
    }

    /// The sum of all further pictures; `None` if there are none.
    pub(crate) fn pictures_content(&self) -> Option<&ContentSum> {
        self.pictures.content()
    }

    pub(crate) fn products(&self) -> u64 {
        self.live.len()
    }

    pub(crate) fn product(&self, id: &str) -> Result<Option<Product>> {
        let Some(item) = self.edit.db.ids.get(self.edit.txn, &text_key(id))? else { return Ok(None) };
        self.stored(item).map(Some)
    }

    pub(crate) fn upsert(
        &mut self,
        entry: Entry,
        vector: Cow<'b, [u8]>,
        thumbnail: Option<&[u8]>,
    ) -> Result<()> {
        let (item, before) = match self.edit.db.ids.get(self.edit.txn, &entry.key)? {
            Some(item) => {
                self.committed.updated += 1;
                (item, Derived::from_product(&self.withdraw(item)?))
            }
            None => {
                let item = self.allocate()?;
                self.edit.db.ids.put(self.edit.txn, &entry.key, &item)?;
                self.live.insert(item);
                self.committed.inserted += 1;
                (item, Derived::default())
            }
        };
        self.store(item, &before, entry, Some(vector), Some(thumbnail))
    }

    /// Replaces the product, and its vector and thumbnail if new ones are given.
    pub(crate) fn revise(
        &mut self,
        product: &Product,
        vector: Option<Cow<'b, [u8]>>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<()> {
        let item = self.known(&product.id)?;
        let before = self.withdraw(item)?;
        let entry = self.revised(item, product, vector.as_deref(), thumbnail)?;
        self.committed.updated += 1;
        self.store(item, &Derived::from_product(&before), entry, vector, thumbnail)
    }

    fn known(&self, id: &str) -> Result<u32> {
        let item = self.edit.db.ids.get(self.edit.txn, &text_key(id))?;
        item.ok_or_else(|| Error::UnknownProduct { id: id.into() })
    }

    /// Gives a product these further pictures, in this order, and no others.
    fn set_pictures(&mut self, id: &str, wanted: &'b [SetPicture]) -> Result<()> {
        let item = self.known(id)?;
        let stored = |set: &SetPicture| match set {
            SetPicture::Stored { number, .. } => {
                self.pictures.owned(self.edit.view(), &self.vectors, picture_of(item, *number))
            }
            SetPicture::New { .. } => Ok(None),
        };
        // All are read before any is written, since they may change their numbers.
        let stored = wanted.iter().map(stored).collect::<Result<Vec<_>>>()?;
        for ((number, wanted), stored) in (1..).zip(wanted).zip(stored) {
            let at = (id, picture_of(item, number));
            let (edit, vectors) = (&mut self.edit, &mut self.vectors);
            match (wanted, stored) {
                (SetPicture::Stored { number: before, address }, Some(stored)) => {
                    let OwnedPicture { picture, vector, thumbnail } = stored;
                    if *before == number && picture.address == *address {
                        continue;
                    }
                    let picture = FurtherPicture { address: address.clone(), ..picture };
                    let record = (&picture, Cow::Owned(vector), thumbnail.as_deref());
                    self.pictures.put(edit, vectors, at, record)?;
                }
                (SetPicture::Stored { number, .. }, None) => {
                    let reason = format!("it has no further picture {number} to keep");
                    return Err(Error::InvalidProduct { id: id.into(), reason });
                }
                (SetPicture::New { picture, vector, thumbnail }, _) => {
                    let record = (picture, Cow::Borrowed(&vector[..]), thumbnail.as_deref());
                    self.pictures.put(edit, vectors, at, record)?;
                }
            }
        }
        let rest = u8::try_from(wanted.len()).unwrap_or(MOST_FURTHER_PICTURES).saturating_add(1);
        self.pictures.remove_from(&mut self.edit, &mut self.vectors, (id, item), rest)
    }

    /// Stores a further picture of a product, in place of the one with the same number.
    pub(crate) fn put_picture(&mut self, id: &str, record: &PictureRecord<'_>) -> Result<()> {
        let at = (id, picture_of(self.known(id)?, record.number));
        let record = (&record.picture, Cow::Owned(record.vector.to_vec()), record.thumbnail);
        self.pictures.put(&mut self.edit, &mut self.vectors, at, record)
    }

    /// Deletes a further picture of a product, if it exists.
    pub(crate) fn remove_picture(&mut self, id: &str, number: u8) -> Result<()> {
        let at = (id, picture_of(self.known(id)?, number));
        self.pictures.remove(&mut self.edit, &mut self.vectors, at)
    }

    /// The entry of a product that keeps its vector and thumbnail where none are given.
    fn revised(
        &self,
        item: u32,
        product: &Product,
        vector: Option<&[u8]>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<Entry> {
        let view = self.edit.view();
        let vector = vector.map_or_else(|| vector_of(&self.vectors, view, item), Ok)?;
        let thumbnail = match thumbnail {
            Some(given) => given,
            None => view.db.thumbnails.get(view.txn, &item)?,
        };
        Entry::from_product(product, vector, thumbnail)
    }

    /// Deletes a product. Returns whether it existed.
    pub(crate) fn delete(&mut self, id: &str) -> Result<bool> {
        let key = text_key(id);
        let Some(item) = self.edit.db.ids.get(self.edit.txn, &key)? else { return Ok(false) };
        let before = self.withdraw(item)?;
        self.derive(item, &Derived::from_product(&before), Derived::default());
        self.edit.db.ids.delete(self.edit.txn, &key)?;
        self.products.remove(&item);
        self.edit.db.products.delete(self.edit.txn, &item)?;
        self.edit.db.thumbnails.delete(self.edit.txn, &item)?;
        self.vectors.insert(item, None);
        self.pictures.remove_from(&mut self.edit, &mut self.vectors, (id, item), 1)?;
        self.live.remove(item);
        self.freed.insert(item);
        self.committed.deleted += 1;
        Ok(true)
    }

    /// An item for a new product: a free one if many are free, else a new number.
    fn allocate(&mut self) -> Result<u32> {
        if self.free.len() > self.live.len() / REUSED_ONE_IN {
            let reusable = self.reusable.get_or_insert_with(|| densest_last(&self.free));
            if let Some(item) = reusable.pop() {
                self.free.remove(item);
                return Ok(item);
            }
        }
        let last = [&self.live, &self.free, &self.freed].into_iter().filter_map(RoaringBitmap::max).max();
        let next = last.map_or(Some(0), |last| last.checked_add(1)).filter(|next| *next < ITEMS - 16);
        next.ok_or_else(|| Error::damaged("it has no item number left"))
    }

    fn store(
        &mut self,
        item: u32,
        before: &Derived,
        entry: Entry,
        vector: Option<Cow<'b, [u8]>>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<()> {
        self.derive(item, before, entry.derived);
        // An unchanged product dirties no page.
        if self.stored_bytes(item)? != Some(&entry.json[..]) {
            self.products.insert(item, entry.json);
            if self.products.len() >= PRODUCTS_HELD {
                self.write_products()?;
            }
        }
        if let Some(vector) = vector {
            self.vectors.insert(item, Some(vector));
        }
        match thumbnail {
            Some(Some(picture)) => self.edit.db.thumbnails.put(self.edit.txn, &item, picture)?,
            Some(None) => drop(self.edit.db.thumbnails.delete(self.edit.txn, &item)?),
            None => {}
        }
        entry.element.iter().for_each(|element| self.content.add(element));
        Ok(())
    }

    /// Records the changes between the derived entries of the old product and those of the new one.
    fn derive(&mut self, item: u32, before: &Derived, after: Derived) {
        for (key, _) in before.facets.iter().filter(|(key, _)| !after.has_facet(key)) {
            self.facets.remove(key.clone(), item);
        }
        lexical::record(&mut self.words, item, &before.terms, &after.terms);
        if before.price != after.price {
            self.prices.insert(item, after.price);
        }
        if before.rank_features != after.rank_features {
            self.rank_features.insert(item, after.rank_features);
        }
        for (key, value) in after.facets.into_iter().filter(|(key, _)| !before.has_facet(key)) {
            self.facets.add(key, &value, item);
        }
    }

    /// Removes a product that is about to change from the content sum, and returns it.
    fn withdraw(&mut self, item: u32) -> Result<Product> {
        let product = self.stored(item)?;
        let view = self.edit.view();
        let vector = vector_of(&self.vectors, view, item)?;
        self.content.remove(&Element::from_product(
            &product,
            vector,
            view.db.thumbnails.get(view.txn, &item)?,
        ));
        Ok(product)
    }

    fn write_products(&mut self) -> Result<()> {
        for (item, json) in std::mem::take(&mut self.products) {
            self.edit.db.products.put(self.edit.txn, &item, &json)?;
        }
        Ok(())
    }

    fn stored_bytes(&self, item: u32) -> Result<Option<&[u8]>> {
        match self.products.get(&item) {
            Some(json) => Ok(Some(json)),
            None => Ok(self.edit.db.products.get(self.edit.txn, &item)?),
        }
    }

    fn stored(&self, item: u32) -> Result<Product> {
        let bytes = self.stored_bytes(item)?;
        let bytes = bytes.ok_or_else(|| Error::damaged(format!("item {item} has lost its product")))?;
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Writes the collected changes.
    pub(crate) fn finish(mut self) -> Result<Committed> {
        self.write_products()?;
        let edit = &mut self.edit;
        let pictures = &self.live | self.pictures.all();
        vectors::write(edit, &pictures, &self.vectors)?;
        price_column::write(edit, &self.prices)?;
        rank_features::write(edit, &self.rank_features)?;
        self.facets.write(edit)?;
        std::mem::take(&mut self.words).write(edit)?;
        self.free |= &self.freed;
        let before = read_items(edit.view(), meta_key::LIVE)? | read_items(edit.view(), meta_key::PICTURES)?;
        self.pictures.write(edit)?;
        write_items(edit, meta_key::LIVE, &self.live)?;
        write_items(edit, meta_key::FREE, &self.free)?;
        edit.db.meta.put(edit.txn, meta_key::CONTENT, &self.content.to_bytes())?;
        if self.meta_changed {
            write_meta(edit, &self.meta)?;
        }
        if let Some(calibration) = &self.calibration {
            write_calibration(edit, calibration)?;
        }
        if let Some(document) = &self.merchandising {
            write_merchandising(edit, document.as_ref())?;
        }
        if let Some(document) = &self.experiment {
            write_experiment(edit, document.as_ref())?;
        }
        index::arroy::maintain(edit, self.meta.arroy_from, &pictures, &self.vectors)?;
        let changed = self.vectors.iter().map(|(&item, vector)| (item, vector.is_some())).collect();
        if self.index_follows {
            index::ivf::maintain::clear(edit)?;
        } else {
            index::ivf::maintain::maintain(edit, &before, &pictures, &changed)?;
        }
        Ok(self.committed)
    }
}

/// The encoded vector of an item, with the changes so far.
fn vector_of<'s>(changed: &'s vectors::Changed<'_>, view: View<'s>, item: u32) -> Result<&'s [u8]> {
    match changed.get(&item) {
        Some(Some(vector)) => Ok(vector),
        _ => vectors::row(view, item),
    }
}

/// The stored content sum. Catalogues of early versions store none; for those it is computed.
pub(crate) fn read_content(view: View<'_>) -> Result<ContentSum> {
    if let Some(bytes) = view.db.meta.get(view.txn, meta_key::CONTENT)? {
        return ContentSum::from_bytes(bytes);
    }
    add_up_content(view)
}

/// Computes the content sum from all stored products.
pub(crate) fn add_up_content(view: View<'_>) -> Result<ContentSum> {
    let mut sum = ContentSum::empty();
    for entry in view.db.products.iter(view.txn)? {
        let (item, bytes) = entry?;
        let vector = vectors::row(view, item)?;
        sum.add(&Element::from_product(
            &serde_json::from_slice(bytes)?,
            vector,
            view.db.thumbnails.get(view.txn, &item)?,
        ));
    }
    Ok(sum)
}
