//! One change of a batch, and the result of a commit.

use crate::calibrate::scale::Calibration;
use crate::catalog::entry::Entry;
use crate::catalog::source::{QuarantineRow, SourceRecord};
use crate::error::Result;
use crate::experiment::document::Experiment;
use crate::look::safety::SafetyConfig;
use crate::merchandise::document::Merchandising;
use crate::product::Product;
use crate::product::further_picture::FurtherPicture;
use crate::rank::weights::Weights;

/// One change.
pub(crate) enum Operation {
    Upsert { product: Product, vector: Box<[u8]>, thumbnail: Option<Box<[u8]>> },
    Update { product: Product },
    SetPictures { id: String, pictures: Vec<SetPicture> },
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
    SetMerchandising(Option<Merchandising>),
    SetExperiment(Option<Experiment>),
}

/// A further picture that a product gets.
pub(crate) enum SetPicture {
    /// The one that it has under this number, now at this address.
    Stored { number: u8, address: String },
    /// Another one.
    New { picture: FurtherPicture, vector: Box<[u8]>, thumbnail: Option<Box<[u8]>> },
}

impl SetPicture {
    /// An estimate of the memory that it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let own = match self {
            Self::Stored { address, .. } => address.len(),
            Self::New { picture, vector, thumbnail } => {
                picture.address.len() + vector.len() + thumbnail.as_ref().map_or(0, |bytes| bytes.len())
            }
        };
        own + std::mem::size_of::<Self>()
    }
}

impl Operation {
    /// The entries of an upserted product; `None` for other operations.
    pub(crate) fn entry(&self) -> Result<Option<Entry>> {
        let Self::Upsert { product, vector, thumbnail } = self else { return Ok(None) };
        Entry::from_product(product, vector, thumbnail.as_deref()).map(Some)
    }
}

/// The number of products that a commit changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// New products.
    pub inserted: u64,
    /// Replaced products.
    pub updated: u64,
    /// Deleted products.
    pub deleted: u64,
}
