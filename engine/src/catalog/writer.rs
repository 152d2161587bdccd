//! Batches of changes to a catalogue.

use knytt_models::Embedding;

use crate::calibrate::scale::Calibration;
use crate::catalog::Catalog;
use crate::catalog::apply::Changes;
use crate::catalog::entry;
use crate::catalog::operation::{Committed, Operation, SetPicture};
use crate::catalog::source::{QuarantineRow, SourceRecord};
use crate::error::{Error, Result};
use crate::experiment::document::Experiment;
use crate::look::Look;
use crate::look::safety::SafetyConfig;
use crate::merchandise::document::Merchandising;
use crate::product::Product;
use crate::product::further_picture::FurtherPicture;
use crate::rank::weights::Weights;
use crate::store::picture_number::MOST_FURTHER_PICTURES;
use crate::store::segment;

/// A vector of unit length, as every stored vector is: the first axis.
fn placeholder(dimension: usize) -> Vec<f32> {
    let mut vector = vec![0.0; dimension];
    vector.iter_mut().take(1).for_each(|first| *first = 1.0);
    vector
}

/// A further picture that a product is to have.
#[derive(Clone, Debug)]
pub enum PictureSource {
    /// The one that the catalogue has under this number. It keeps its embedding and thumbnail.
    Stored {
        /// 1 to [`MOST_FURTHER_PICTURES`].
        number: u8,
        /// Where the picture is now: a path or a URL.
        address: String,
    },
    /// Another one.
    New {
        /// Where it is, and what recognises it.
        picture: FurtherPicture,
        /// Its embedding.
        embedding: Embedding,
        /// An encoded picture, if there is one.
        thumbnail: Option<Vec<u8>>,
    },
}

/// A batch of changes. The writer keeps them in memory until [`Writer::commit`] stores them in one transaction, so
/// commit every few hundred products. Dropping the writer discards uncommitted changes.
///
/// Changes take effect in their order: the last change of a product wins.
pub struct Writer {
    catalog: Catalog,
    operations: Vec<Operation>,
    pending_bytes: usize,
}

impl Writer {
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self { catalog, operations: Vec::new(), pending_bytes: 0 }
    }

    /// Adds a product, or replaces the product with its id, together with its embedding and its thumbnail (an encoded
    /// picture, if there is one).
    ///
    /// # Errors
    /// [`FingerprintMismatch`](Error::FingerprintMismatch), [`DimensionMismatch`](Error::DimensionMismatch),
    /// [`InvalidProduct`](Error::InvalidProduct); the batch is unchanged then.
    pub fn upsert(
        &mut self,
        product: &Product,
        embedding: &Embedding,
        thumbnail: Option<&[u8]>,
    ) -> Result<()> {
        product.validate()?;
        let vector = self.encode(embedding)?;
        let bytes = vector.len() + thumbnail.map_or(0, <[u8]>::len) + size_of(product);
        self.push(
            Operation::Upsert { product: product.clone(), vector, thumbnail: thumbnail.map(Into::into) },
            bytes,
        );
        Ok(())
    }

    /// Adds a product whose picture cannot be had, or replaces the product with its id. Words and browsing find it;
    /// no comparison with a vector does. Its stored vector is a placeholder, which nothing reads as its embedding.
    ///
    /// # Errors
    /// [`InvalidProduct`](Error::InvalidProduct); the batch is unchanged then.
    pub fn upsert_without_picture(&mut self, product: &Product) -> Result<()> {
        let mut product = product.clone();
        product.set_has_picture(false);
        product.look = Look::default();
        let placeholder =
            Embedding::new(placeholder(self.catalog.dimension()), self.catalog.fingerprint().clone())?;
        self.upsert(&product, &placeholder, None)
    }

    /// Replaces a product and keeps its embedding and thumbnail. The product must exist when the batch is committed.
    ///
    /// # Errors
    /// [`InvalidProduct`](Error::InvalidProduct); the batch is unchanged then.
    pub fn update(&mut self, product: &Product) -> Result<()> {
        product.validate()?;
        self.push(Operation::Update { product: product.clone() }, size_of(product));
        Ok(())
    }

    /// Gives a product these further pictures, in this order, and no others. A search finds the product by the best of
    /// its pictures. The product must exist when the batch is committed; its own picture stays. Upserts and updates
    /// keep the further pictures.
    ///
    /// # Errors
    /// [`FingerprintMismatch`](Error::FingerprintMismatch), [`DimensionMismatch`](Error::DimensionMismatch), and
    /// [`InvalidProduct`](Error::InvalidProduct) for more than [`MOST_FURTHER_PICTURES`]; the batch is unchanged then.
    pub fn set_further_pictures(&mut self, id: &str, pictures: Vec<PictureSource>) -> Result<()> {
        if pictures.len() > usize::from(MOST_FURTHER_PICTURES) {
            let reason = format!("it has more than {MOST_FURTHER_PICTURES} further pictures");
            return Err(Error::InvalidProduct { id: id.into(), reason });
        }
        let pictures = pictures.into_iter().map(|picture| self.encoded(picture));
        let pictures = pictures.collect::<Result<Vec<_>>>()?;
        let bytes = pictures.iter().map(SetPicture::bytes).sum::<usize>() + id.len();
        self.push(Operation::SetPictures { id: id.into(), pictures }, bytes);
        Ok(())
    }

    fn encoded(&self, picture: PictureSource) -> Result<SetPicture> {
        Ok(match picture {
            PictureSource::Stored { number, address } => SetPicture::Stored { number, address },
            PictureSource::New { picture, embedding, thumbnail } => {
                let vector = self.encode(&embedding)?;
                SetPicture::New { picture, vector, thumbnail: thumbnail.map(Into::into) }
            }
        })
    }

    /// The stored form of an embedding.
    fn encode(&self, embedding: &Embedding) -> Result<Box<[u8]>> {
        self.catalog.expects(embedding.fingerprint())?;
        let (expected, received) = (self.catalog.dimension(), embedding.dimension());
        if expected != received {
            return Err(Error::DimensionMismatch { expected, received });
        }
        Ok(segment::encode(embedding.as_slice()))
    }

    /// Removes a product, if it exists.
    pub fn delete(&mut self, id: &str) {
        self.push(Operation::Delete { id: id.into() }, id.len());
    }

    /// Stores the state of `source` beside its product.
    pub fn put_source(&mut self, source: &str, record: &SourceRecord) {
        self.push(Operation::PutSource { source: source.into(), record: record.clone() }, 128 + source.len());
    }

    /// Forgets a source. Its product stays.
    pub fn remove_source(&mut self, source: &str) {
        self.push(Operation::RemoveSource { source: source.into() }, source.len());
    }

    /// Lists a source as refused. This replaces an earlier row of the source.
    pub fn quarantine(&mut self, row: &QuarantineRow) {
        let bytes = row.source.len() + row.code.len() + row.reason.len();
        self.push(Operation::Quarantine(row.clone()), bytes);
    }

    /// Removes a source from the list of refused sources.
    pub fn release_from_quarantine(&mut self, source: &str) {
        self.push(Operation::Release { source: source.into() }, source.len());
    }

    /// Sets the number of the catalogue's release after this batch.
    pub fn set_release(&mut self, release: u64) {
        self.push(Operation::SetRelease(release), 0);
    }

    pub(crate) fn set_calibration(&mut self, calibration: Calibration) {
        self.push(Operation::SetCalibration(calibration), 0);
    }

    /// Sets the weights that rank hits in this catalogue; `None`: the defaults.
    pub fn set_weights(&mut self, weights: Option<Weights>) {
        self.push(Operation::SetWeights(weights), 0);
    }

    /// Sets the configuration of the gate that refuses pictures in queries and builds; `None`: the catalogue refuses
    /// none.
    pub fn set_safety(&mut self, safety: Option<SafetyConfig>) {
        self.push(Operation::SetSafety(safety), 0);
    }

    /// Sets the rules and synonyms that searches obey; `None`: there are none. Whoever sets them has checked them
    /// ([`Merchandising::check`]): rules out of their bounds are not obeyed.
    pub fn set_merchandising(&mut self, document: Option<Merchandising>) {
        self.push(Operation::SetMerchandising(document), 0);
    }

    /// Sets the experiment that searches may take part in; `None`: there is none. Whoever sets it has checked it
    /// ([`Experiment::check`]): one out of its bounds is none.
    pub fn set_experiment(&mut self, document: Option<Experiment>) {
        self.push(Operation::SetExperiment(document), 0);
    }

    /// Keeps an arroy index while the catalogue has at least `products` products; `None`, the default: never.
    pub fn keep_arroy_from(&mut self, products: Option<u64>) {
        self.push(Operation::KeepArroyFrom(products), 0);
    }

    /// The number of changes that wait for the commit.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether no change waits.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// An estimate of the memory that the waiting changes take, in bytes.
    pub fn pending_bytes(&self) -> usize {
        self.pending_bytes
    }

    /// Stores the whole batch in one transaction, and begins an empty batch. Blocks while another commit runs. Open
    /// snapshots keep the state before. If the map must grow, the commit waits for all open snapshots, so the
    /// calling thread must hold none.
    ///
    /// # Errors
    /// [`DiskFull`](Error::DiskFull), [`MapLimit`](Error::MapLimit),
    /// [`ReadersHoldMap`](Error::ReadersHoldMap), [`UnknownProduct`](Error::UnknownProduct) (an
    /// update of a product that does not exist). The catalogue is unchanged then, and the batch still waits.
    pub fn commit(&mut self) -> Result<Committed> {
        if self.operations.is_empty() {
            return Ok(Committed::default());
        }
        let (operations, bytes) = (&self.operations, self.pending_bytes as u64);
        let written = self.catalog.storage().write(|edit| {
            let mut changes = Changes::begin(edit)?;
            for some in operations.chunks(entry::AT_ONCE) {
                let entries = entry::each(some, Operation::entry)?;
                for (operation, entry) in some.iter().zip(entries) {
                    changes.apply(operation, entry)?;
                }
            }
            changes.finish()
        });
        let committed = written.map_err(|error| error.with_needed_bytes(bytes))?;
        self.operations.clear();
        self.pending_bytes = 0;
        Ok(committed)
    }

    fn push(&mut self, operation: Operation, bytes: usize) {
        self.pending_bytes += bytes + std::mem::size_of::<Operation>();
        self.operations.push(operation);
    }
}

/// An estimate of the memory that a product's texts take, in bytes.
fn size_of(product: &Product) -> usize {
    let texts = [&product.id, &product.title, &product.brand, &product.category, &product.description];
    let lists = product.colors.iter().chain(&product.sizes).chain(product.attributes.values());
    texts.into_iter().chain(lists).map(|text| text.len() + std::mem::size_of::<String>()).sum()
}
