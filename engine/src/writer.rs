//! Changes to a catalogue, in batches.

use knytt_models::Embedding;

use crate::apply::Changes;
use crate::entry::{self, Entry};
use crate::{
    Calibration, Catalog, Error, Product, QuarantineRow, Result, SafetyConfig, SourceRecord, Weights, segment,
};

/// A batch of changes. They are kept in memory until [`Writer::commit`] stores all of them in one
/// transaction: commit every few hundred products. Dropped without a commit, they are forgotten.
///
/// Changes take effect in their order: the last one of a product wins.
pub struct Writer {
    catalog: Catalog,
    operations: Vec<Operation>,
    pending_bytes: usize,
}

/// One change.
pub(crate) enum Operation {
    Upsert { product: Product, vector: Box<[u8]>, thumbnail: Option<Box<[u8]>> },
    Update { product: Product },
    Delete { id: String },
    PutSource { source: String, record: SourceRecord },
    RemoveSource { source: String },
    Quarantine(QuarantineRow),
    Release { source: String },
    SetRelease(u64),
    KeepArroyFrom(Option<u64>),
    SetCalibration(Calibration),
    SetWeights(Option<Weights>),
    SetSafety(Option<SafetyConfig>),
}

impl Operation {
    fn entry(&self) -> Result<Option<Entry>> {
        let Self::Upsert { product, vector, thumbnail } = self else { return Ok(None) };
        Entry::of(product, vector, thumbnail.as_deref()).map(Some)
    }
}

/// What a commit did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Products that were not there before.
    pub inserted: u64,
    /// Products that were replaced.
    pub updated: u64,
    /// Products that are gone.
    pub deleted: u64,
}

impl Writer {
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self { catalog, operations: Vec::new(), pending_bytes: 0 }
    }

    /// Adds a product, or replaces the one with its id: its embedding and its thumbnail (an encoded
    /// picture; `None` for none) too.
    ///
    /// # Errors
    /// [`FingerprintMismatch`](Error::FingerprintMismatch), [`DimensionMismatch`](Error::DimensionMismatch),
    /// [`InvalidProduct`](Error::InvalidProduct); the batch is as it was before.
    pub fn upsert(
        &mut self,
        product: &Product,
        embedding: &Embedding,
        thumbnail: Option<&[u8]>,
    ) -> Result<()> {
        product.validate()?;
        self.catalog.expects(embedding.fingerprint())?;
        if embedding.dimension() != self.catalog.dimension() {
            return Err(Error::DimensionMismatch {
                expected: self.catalog.dimension(),
                received: embedding.dimension(),
            });
        }
        let vector = segment::encode(embedding.as_slice());
        let bytes = vector.len() + thumbnail.map_or(0, <[u8]>::len) + size_of(product);
        self.push(
            Operation::Upsert { product: product.clone(), vector, thumbnail: thumbnail.map(Into::into) },
            bytes,
        );
        Ok(())
    }

    /// Replaces what is known of a product and keeps its embedding and thumbnail. The product must
    /// exist when the batch is committed.
    ///
    /// # Errors
    /// [`InvalidProduct`](Error::InvalidProduct); the batch is as it was before.
    pub fn update(&mut self, product: &Product) -> Result<()> {
        product.validate()?;
        self.push(Operation::Update { product: product.clone() }, size_of(product));
        Ok(())
    }

    /// Removes a product, if it is there.
    pub fn delete(&mut self, id: &str) {
        self.push(Operation::Delete { id: id.into() }, id.len());
    }

    /// Remembers what `source` was when its product was stored.
    pub fn put_source(&mut self, source: &str, record: &SourceRecord) {
        self.push(Operation::PutSource { source: source.into(), record: record.clone() }, 128 + source.len());
    }

    /// Forgets a source. Its product stays.
    pub fn remove_source(&mut self, source: &str) {
        self.push(Operation::RemoveSource { source: source.into() }, source.len());
    }

    /// Lists a source as refused, in place of an earlier row for it.
    pub fn quarantine(&mut self, row: &QuarantineRow) {
        let bytes = row.source.len() + row.code.len() + row.reason.len();
        self.push(Operation::Quarantine(row.clone()), bytes);
    }

    /// Takes a source off the list of refused ones.
    pub fn release_from_quarantine(&mut self, source: &str) {
        self.push(Operation::Release { source: source.into() }, source.len());
    }

    /// Sets the number of the release that the catalogue is at after this batch.
    pub fn set_release(&mut self, release: u64) {
        self.push(Operation::SetRelease(release), 0);
    }

    pub(crate) fn set_calibration(&mut self, calibration: Calibration) {
        self.push(Operation::SetCalibration(calibration), 0);
    }

    /// Ranks hits in this catalogue with these weights; `None`: with the usual ones.
    pub fn set_weights(&mut self, weights: Option<Weights>) {
        self.push(Operation::SetWeights(weights), 0);
    }

    /// Refuses pictures in this catalogue, in queries and in builds; `None`: none.
    pub fn set_safety(&mut self, safety: Option<SafetyConfig>) {
        self.push(Operation::SetSafety(safety), 0);
    }

    /// Keeps an arroy index while the catalogue has at least `products` products; `None`: never.
    /// The default is the measured point from which it helps.
    pub fn keep_arroy_from(&mut self, products: Option<u64>) {
        self.push(Operation::KeepArroyFrom(products), 0);
    }

    /// How many changes wait for the commit.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether no change waits.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// About how much memory the waiting changes take, in bytes.
    pub fn pending_bytes(&self) -> usize {
        self.pending_bytes
    }

    /// Stores the batch, whole or not at all, and begins an empty one. Blocks while another batch is
    /// being stored. Snapshots that are open keep seeing the state before it; if the file has to
    /// grow, it waits for them, so the calling thread must hold none.
    ///
    /// # Errors
    /// [`DiskFull`](Error::DiskFull), [`MapLimit`](Error::MapLimit),
    /// [`ReadersHoldMap`](Error::ReadersHoldMap), [`UnknownProduct`](Error::UnknownProduct) (an
    /// update of a product that is not there). The catalogue is as it was, and the batch still waits.
    pub fn commit(&mut self) -> Result<Committed> {
        if self.operations.is_empty() {
            return Ok(Committed::default());
        }
        let operations = &self.operations;
        let committed = self.catalog.storage().write(|db, txn| {
            let mut changes = Changes::begin(db, txn)?;
            for some in operations.chunks(entry::AT_ONCE) {
                let entries = entry::each(some, Operation::entry)?;
                for (operation, entry) in some.iter().zip(entries) {
                    changes.apply(txn, operation, entry)?;
                }
            }
            changes.finish(txn)
        })?;
        self.operations.clear();
        self.pending_bytes = 0;
        Ok(committed)
    }

    fn push(&mut self, operation: Operation, bytes: usize) {
        self.pending_bytes += bytes + std::mem::size_of::<Operation>();
        self.operations.push(operation);
    }
}

/// About how much memory a product's texts take.
fn size_of(product: &Product) -> usize {
    let texts = [&product.id, &product.title, &product.brand, &product.category, &product.description];
    let lists = product.colors.iter().chain(&product.sizes).chain(product.attributes.values());
    texts.into_iter().chain(lists).map(|text| text.len() + std::mem::size_of::<String>()).sum()
}
