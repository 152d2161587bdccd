//! Digests, by which a publisher sees which vectors and pictures changed without fetching them.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field};

use crate::row::{column, no_row};
use crate::{Header, Kind, Result, Row};

/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 16;

/// The first half of the BLAKE3 hash of `bytes`.
pub fn digest(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    let mut digest = [0; DIGEST_BYTES];
    digest.copy_from_slice(&blake3::hash(bytes).as_bytes()[..DIGEST_BYTES]);
    digest
}

/// The digests of a product's vector and picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestRow {
    /// The product.
    pub id: String,
    /// Of its vector.
    pub vector: [u8; DIGEST_BYTES],
    /// Of its picture, if it has one.
    pub picture: Option<[u8; DIGEST_BYTES]>,
}

impl Row for DigestRow {
    const KIND: Kind = Kind::Digests;

    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        self.id.len() + 2 * DIGEST_BYTES
    }

    fn fields(_: &Header) -> Vec<Field> {
        let digest = DataType::FixedSizeBinary(DIGEST_BYTES as i32);
        vec![Field::new("vector", digest.clone(), false), Field::new("picture", digest, true)]
    }

    fn columns(rows: &[Self], _: &Header) -> Result<Vec<ArrayRef>> {
        let vectors = rows.iter().map(|row| Some(row.vector));
        let pictures = rows.iter().map(|row| row.picture);
        let array = |digests: &mut dyn Iterator<Item = Option<[u8; DIGEST_BYTES]>>| {
            FixedSizeBinaryArray::try_from_sparse_iter_with_size(digests, DIGEST_BYTES as i32)
        };
        Ok(vec![Arc::new(array(&mut vectors.into_iter())?), Arc::new(array(&mut pictures.into_iter())?)])
    }

    fn rows(batch: &RecordBatch, _: &Header) -> Result<Vec<Self>> {
        let ids = column::<StringArray>(batch, "id", Kind::Digests)?;
        let vectors = column::<FixedSizeBinaryArray>(batch, "vector", Kind::Digests)?;
        let pictures = column::<FixedSizeBinaryArray>(batch, "picture", Kind::Digests)?;
        let row = |(n, id): (usize, Option<&str>)| {
            let id = id.unwrap_or_default();
            let read = |array: &FixedSizeBinaryArray| array.value(n).try_into().ok();
            let vector = read(vectors).ok_or_else(|| no_row(id, "its digest has another length"))?;
            Ok(Self {
                id: id.into(),
                vector,
                picture: pictures.is_valid(n).then(|| read(pictures)).flatten(),
            })
        };
        ids.iter().enumerate().map(row).collect()
    }
}
