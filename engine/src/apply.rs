//! How a batch becomes database entries, inside one write transaction.

use std::borrow::Cow;
use std::collections::BTreeMap;

use heed::{RoTxn, RwTxn};
use roaring::RoaringBitmap;

use crate::content::{ContentSum, Element};
use crate::entry::{Derived, Entry};
use crate::facet::text_key;
use crate::facets::FacetChanges;
use crate::facts::{self, Facts};
use crate::lexical::{self, postings};
use crate::schema::{CatalogMeta, Databases, meta_key, read_items, read_meta, write_items};
use crate::source::StoredSource;
use crate::writer::Operation;
use crate::{Calibration, Committed, Error, Product, Result, index, price, vectors};

/// Items are given out again when there are more free ones than one for so many products. Then enough of
/// them lie side by side, and what is kept by item is written in few places.
const REUSED_ONE_IN: u64 = 8;

/// So many items side by side share most of what is written.
const SIDE_BY_SIDE: u32 = 1_024;

/// The state of a transaction while it applies a batch. Entries of one product are written at once;
/// what many products share (segments, bitmaps) is collected and written once, by [`Self::finish`].
pub(crate) struct Changes<'b> {
    db: Databases<'static>,
    meta: CatalogMeta,
    meta_changed: bool,
    /// To be written.
    calibration: Option<Calibration>,
    /// Whether a later batch makes the index of codes.
    index_follows: bool,
    live: RoaringBitmap,
    /// Free since an earlier commit: may be given out again.
    free: RoaringBitmap,
    /// Of these the next at the end, once one is needed.
    reusable: Option<Vec<u32>>,
    /// Freed by this batch: given out by later ones only, so that no number means one product in the
    /// last committed state and another in the next without a commit between that has neither.
    freed: RoaringBitmap,
    vectors: vectors::Changed<'b>,
    prices: BTreeMap<u32, i64>,
    facts: BTreeMap<u32, Option<Facts>>,
    facets: FacetChanges,
    words: postings::Changes,
    content: ContentSum,
    committed: Committed,
}

impl<'b> Changes<'b> {
    pub(crate) fn begin(db: &Databases<'static>, txn: &RwTxn<'_>) -> Result<Self> {
        let meta = read_meta(db, txn)?;
        Ok(Self {
            db: *db,
            content: read_content(db, txn, meta.dimension)?,
            meta,
            meta_changed: false,
            calibration: None,
            index_follows: false,
            live: read_items(db, txn, meta_key::LIVE)?,
            free: read_items(db, txn, meta_key::FREE)?,
            reusable: None,
            freed: RoaringBitmap::new(),
            vectors: vectors::Changed::new(),
            prices: BTreeMap::new(),
            facts: BTreeMap::new(),
            facets: FacetChanges::default(),
            words: postings::Changes::default(),
            committed: Committed::default(),
        })
    }

    /// `entry`: of a product that is put.
    pub(crate) fn apply(
        &mut self,
        txn: &mut RwTxn<'_>,
        operation: &'b Operation,
        entry: Option<Entry>,
    ) -> Result<()> {
        match operation {
            Operation::Upsert { product, vector, thumbnail } => {
                let made = || Entry::of(product, vector, thumbnail.as_deref());
                let entry = entry.map_or_else(made, Ok)?;
                self.upsert(txn, entry, Cow::Borrowed(vector), thumbnail.as_deref())
            }
            Operation::Update { product } => self.revise(txn, product, None, None),
            Operation::Delete { id } => self.delete(txn, id).map(drop),
            Operation::PutSource { source, record } => {
                let stored = StoredSource { source: source.clone(), record: record.clone() };
                Ok(self.db.sources.put(txn, &text_key(source), &serde_json::to_vec(&stored)?)?)
            }
            Operation::RemoveSource { source } => {
                self.db.sources.delete(txn, &text_key(source))?;
                Ok(())
            }
            Operation::Quarantine(row) => {
                Ok(self.db.quarantine.put(txn, &text_key(&row.source), &serde_json::to_vec(row)?)?)
            }
            Operation::Release { source } => {
                self.db.quarantine.delete(txn, &text_key(source))?;
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

    pub(crate) fn leave_index(&mut self) {
        self.index_follows = true;
    }

    pub(crate) fn content(&self) -> &ContentSum {
        &self.content
    }

    pub(crate) fn products(&self) -> u64 {
        self.live.len()
    }

    pub(crate) fn product(&self, txn: &RoTxn<'_>, id: &str) -> Result<Option<Product>> {
        let Some(item) = self.db.ids.get(txn, &text_key(id))? else { return Ok(None) };
        self.stored(txn, item).map(Some)
    }

    pub(crate) fn upsert(
        &mut self,
        txn: &mut RwTxn<'_>,
        entry: Entry,
        vector: Cow<'b, [u8]>,
        thumbnail: Option<&[u8]>,
    ) -> Result<()> {
        let (item, before) = match self.db.ids.get(txn, &entry.key)? {
            Some(item) => {
                self.committed.updated += 1;
                (item, Derived::of(&self.withdraw(txn, item)?))
            }
            None => {
                let item = self.allocate()?;
                self.db.ids.put(txn, &entry.key, &item)?;
                self.live.insert(item);
                self.committed.inserted += 1;
                (item, Derived::default())
            }
        };
        self.store(txn, item, &before, entry, Some(vector), Some(thumbnail))
    }

    /// Replaces the product, and its vector and thumbnail where there are others.
    pub(crate) fn revise(
        &mut self,
        txn: &mut RwTxn<'_>,
        product: &Product,
        vector: Option<Cow<'b, [u8]>>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<()> {
        let item = self.db.ids.get(txn, &text_key(&product.id))?;
        let item = item.ok_or_else(|| Error::UnknownProduct { id: product.id.clone() })?;
        let before = self.withdraw(txn, item)?;
        let entry = self.revised(txn, item, product, vector.as_deref(), thumbnail)?;
        self.committed.updated += 1;
        self.store(txn, item, &Derived::of(&before), entry, vector, thumbnail)
    }

    /// The entry of a product that keeps what is not given.
    fn revised(
        &self,
        txn: &RoTxn<'_>,
        item: u32,
        product: &Product,
        vector: Option<&[u8]>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<Entry> {
        let vector = vector.map_or_else(|| self.vector(txn, item), Ok)?;
        let thumbnail = match thumbnail {
            Some(given) => given,
            None => self.db.thumbnails.get(txn, &item)?,
        };
        Entry::of(product, vector, thumbnail)
    }

    /// Whether the product was there.
    pub(crate) fn delete(&mut self, txn: &mut RwTxn<'_>, id: &str) -> Result<bool> {
        let key = text_key(id);
        let Some(item) = self.db.ids.get(txn, &key)? else { return Ok(false) };
        let before = self.withdraw(txn, item)?;
        self.derive(item, &Derived::of(&before), Derived::default());
        self.db.ids.delete(txn, &key)?;
        self.db.products.delete(txn, &item)?;
        self.db.thumbnails.delete(txn, &item)?;
        self.vectors.insert(item, None);
        self.live.remove(item);
        self.freed.insert(item);
        self.committed.deleted += 1;
        Ok(true)
    }

    /// An item that no product has had since before the last commit: a new one, or one that is free if
    /// many are.
    fn allocate(&mut self) -> Result<u32> {
        if self.free.len() > self.live.len() / REUSED_ONE_IN {
            let reusable = self.reusable.get_or_insert_with(|| densest_last(&self.free));
            if let Some(item) = reusable.pop() {
                self.free.remove(item);
                return Ok(item);
            }
        }
        let last = [&self.live, &self.free, &self.freed].into_iter().filter_map(RoaringBitmap::max).max();
        let next = last.map_or(Some(0), |last| last.checked_add(1));
        next.ok_or_else(|| Error::damaged("it has no item number left"))
    }

    fn store(
        &mut self,
        txn: &mut RwTxn<'_>,
        item: u32,
        before: &Derived,
        entry: Entry,
        vector: Option<Cow<'b, [u8]>>,
        thumbnail: Option<Option<&[u8]>>,
    ) -> Result<()> {
        self.derive(item, before, entry.derived);
        // What stays as it is costs no page.
        if self.db.products.get(txn, &item)? != Some(&entry.json[..]) {
            self.db.products.put(txn, &item, &entry.json)?;
        }
        if let Some(vector) = vector {
            self.vectors.insert(item, Some(vector));
        }
        match thumbnail {
            Some(Some(picture)) => self.db.thumbnails.put(txn, &item, picture)?,
            Some(None) => drop(self.db.thumbnails.delete(txn, &item)?),
            None => {}
        }
        self.content.add(&entry.element);
        Ok(())
    }

    /// Changes what follows from the products where it is not the same of both.
    fn derive(&mut self, item: u32, before: &Derived, after: Derived) {
        for (key, _) in before.facets.iter().filter(|(key, _)| !after.passes(key)) {
            self.facets.remove(key.clone(), item);
        }
        lexical::record(&mut self.words, item, &before.terms, &after.terms);
        if before.price != after.price {
            self.prices.insert(item, after.price);
        }
        if before.facts != after.facts {
            self.facts.insert(item, after.facts);
        }
        for (key, value) in after.facets.into_iter().filter(|(key, _)| !before.passes(key)) {
            self.facets.add(key, &value, item);
        }
    }

    /// Takes a product that is about to change or to go out of the content's sum.
    fn withdraw(&mut self, txn: &RwTxn<'_>, item: u32) -> Result<Product> {
        let product = self.stored(txn, item)?;
        let thumbnail = self.db.thumbnails.get(txn, &item)?;
        self.content.remove(&Element::of(&product, self.vector(txn, item)?, thumbnail));
        Ok(product)
    }

    fn stored(&self, txn: &RoTxn<'_>, item: u32) -> Result<Product> {
        let bytes = self.db.products.get(txn, &item)?;
        let bytes = bytes.ok_or_else(|| Error::damaged(format!("item {item} has lost its product")))?;
        Ok(serde_json::from_slice(bytes)?)
    }

    /// An item's vector with the changes so far, as it is stored.
    fn vector<'s>(&'s self, txn: &'s RoTxn<'_>, item: u32) -> Result<&'s [u8]> {
        match self.vectors.get(&item) {
            Some(Some(vector)) => Ok(vector),
            _ => vectors::row(&self.db, txn, item, self.meta.dimension),
        }
    }

    /// Writes what was collected.
    pub(crate) fn finish(mut self, txn: &mut RwTxn<'_>) -> Result<Committed> {
        vectors::write(&self.db, txn, self.meta.dimension, &self.live, &self.vectors)?;
        self.write_prices(txn)?;
        facts::write(&self.db, txn, &self.facts)?;
        self.facets.write(&self.db, txn)?;
        std::mem::take(&mut self.words).write(&self.db, txn)?;
        self.free |= &self.freed;
        let before = read_items(&self.db, txn, meta_key::LIVE)?;
        write_items(&self.db, txn, meta_key::LIVE, &self.live)?;
        write_items(&self.db, txn, meta_key::FREE, &self.free)?;
        self.db.meta.put(txn, meta_key::CONTENT, &self.content.to_bytes())?;
        if self.meta_changed {
            self.db.meta.put(txn, meta_key::CATALOG, &serde_json::to_vec(&self.meta)?)?;
        }
        if let Some(calibration) = &self.calibration {
            self.db.meta.put(txn, meta_key::CALIBRATION, &serde_json::to_vec(calibration)?)?;
        }
        index::arroy::maintain(&self.db, txn, &self.meta, &self.live, &self.vectors)?;
        let changed = self.vectors.iter().map(|(&item, vector)| (item, vector.is_some())).collect();
        if self.index_follows {
            index::segments::clear(&self.db, txn)?;
        } else {
            index::segments::maintain(&self.db, txn, self.meta.dimension, &before, &self.live, &changed)?;
        }
        Ok(self.committed)
    }

    fn write_prices(&self, txn: &mut RwTxn<'_>) -> Result<()> {
        let mut columns: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
        for (&item, &price) in &self.prices {
            columns.entry(item / price::SLOTS).or_default().push((item % price::SLOTS, price));
        }
        for (number, entries) in columns {
            let mut column = price::read_column(self.db.prices.get(txn, &number)?);
            entries.into_iter().for_each(|(slot, price)| column[slot as usize] = price);
            self.db.prices.put(txn, &number, &price::column_bytes(&column))?;
        }
        Ok(())
    }
}

/// Items where most of them lie side by side at the end, and there the lowest last.
fn densest_last(items: &RoaringBitmap) -> Vec<u32> {
    let items: Vec<u32> = items.iter().collect();
    let mut blocks: Vec<&[u32]> = items.chunk_by(|a, b| a / SIDE_BY_SIDE == b / SIDE_BY_SIDE).collect();
    blocks.sort_by_key(|block| (block.len(), std::cmp::Reverse(block[0])));
    blocks.into_iter().flat_map(|block| block.iter().rev().copied()).collect()
}

/// The sum as it is kept; a catalogue that was written before there was one is added up.
pub(crate) fn read_content(db: &Databases<'static>, txn: &RoTxn<'_>, dimension: usize) -> Result<ContentSum> {
    if let Some(bytes) = db.meta.get(txn, meta_key::CONTENT)? {
        return ContentSum::from_bytes(bytes);
    }
    add_up_content(db, txn, dimension)
}

/// The sum, from everything that is stored.
pub(crate) fn add_up_content(
    db: &Databases<'static>,
    txn: &RoTxn<'_>,
    dimension: usize,
) -> Result<ContentSum> {
    let mut sum = ContentSum::empty();
    for entry in db.products.iter(txn)? {
        let (item, bytes) = entry?;
        let vector = vectors::row(db, txn, item, dimension)?;
        sum.add(&Element::of(&serde_json::from_slice(bytes)?, vector, db.thumbnails.get(txn, &item)?));
    }
    Ok(sum)
}
