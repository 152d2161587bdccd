//! Further pictures of products.

use std::sync::Arc;

use arrow_array::builder::FixedSizeBinaryBuilder;
use arrow_array::{
    Array, ArrayRef, BinaryArray, FixedSizeBinaryArray, FixedSizeListArray, RecordBatch, StringArray,
    UInt8Array,
};
use arrow_schema::{DataType, Field};
use knytt_engine::{FurtherPicture, PictureRecord};

use crate::digests::{DIGEST_BYTES, digest};
use crate::row::{column, no_row};
use crate::vectors::{vector_at, vector_column, vector_field};
use crate::{Header, Kind, Result, Row};

/// A further picture of a product, or that it is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherRow {
    /// The product.
    pub id: String,
    /// Which of its further pictures, from 1.
    pub number: u8,
    /// The picture; `None`: the product does not have it any more.
    pub picture: Option<FurtherContent>,
}

/// A further picture with its vector and thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherContent {
    /// Where it is, and what recognises it.
    pub picture: FurtherPicture,
    /// `[dimension]` little-endian f16.
    pub vector: Vec<u8>,
    /// An encoded picture, if there is one.
    pub thumbnail: Option<Vec<u8>>,
}

impl FurtherContent {
    /// The first half of a hash of all of it.
    pub fn digest(&self) -> [u8; DIGEST_BYTES] {
        let thumbnail = self.thumbnail.as_deref().map(digest).unwrap_or_default();
        // A description can always be written as JSON.
        let described = serde_json::to_vec(&self.picture).unwrap_or_default();
        digest(&[digest(&described), digest(&self.vector), thumbnail].concat())
    }

    /// As an engine takes it.
    pub fn record(&self, number: u8) -> PictureRecord<'_> {
        PictureRecord {
            number,
            picture: self.picture.clone(),
            vector: &self.vector,
            thumbnail: self.thumbnail.as_deref(),
        }
    }
}

impl From<PictureRecord<'_>> for FurtherContent {
    fn from(record: PictureRecord<'_>) -> Self {
        Self {
            picture: record.picture,
            vector: record.vector.to_vec(),
            thumbnail: record.thumbnail.map(<[u8]>::to_vec),
        }
    }
}

impl Row for FurtherRow {
    const KIND: Kind = Kind::Further;

    fn id(&self) -> &str {
        &self.id
    }

    fn number(&self) -> u8 {
        self.number
    }

    fn weight(&self) -> usize {
        let bytes = |content: &FurtherContent| {
            content.vector.len() + content.thumbnail.as_ref().map_or(0, Vec::len) + 800
        };
        self.id.len() + self.picture.as_ref().map_or(0, bytes)
    }

    fn fields(header: &Header) -> Vec<Field> {
        vec![
            Field::new("number", DataType::UInt8, false),
            Field::new("look", DataType::Utf8, true),
            vector_field(header),
            Field::new("picture", DataType::Binary, true),
        ]
    }

    fn columns(rows: &[Self], header: &Header) -> Result<Vec<ArrayRef>> {
        let numbers: UInt8Array = rows.iter().map(|row| Some(row.number)).collect();
        let look = |row: &Self| row.picture.as_ref().and_then(|c| serde_json::to_string(&c.picture).ok());
        let looks: StringArray = rows.iter().map(look).collect();
        // A picture that is gone has no look; its vector is zero.
        let nothing = vec![0; header.dimension * 2];
        let vector = |row: &'_ Self| row.picture.as_ref().map_or(nothing.clone(), |c| c.vector.clone());
        let vectors: Vec<(&str, Vec<u8>)> = rows.iter().map(|row| (row.id.as_str(), vector(row))).collect();
        let vectors = vectors.iter().map(|(id, vector)| (*id, vector.as_slice()));
        let thumbnail = |row: &'_ Self| row.picture.as_ref().and_then(|c| c.thumbnail.clone());
        let pictures: Vec<Option<Vec<u8>>> = rows.iter().map(thumbnail).collect();
        let pictures: BinaryArray = pictures.iter().map(Option::as_deref).collect();
        Ok(vec![Arc::new(numbers), Arc::new(looks), vector_column(vectors, header)?, Arc::new(pictures)])
    }

    fn rows(batch: &RecordBatch, header: &Header) -> Result<Vec<Self>> {
        let ids = column::<StringArray>(batch, "id", Kind::Further)?;
        let numbers = column::<UInt8Array>(batch, "number", Kind::Further)?;
        let looks = column::<StringArray>(batch, "look", Kind::Further)?;
        let vectors = column::<FixedSizeListArray>(batch, "vector", Kind::Further)?;
        let pictures = column::<BinaryArray>(batch, "picture", Kind::Further)?;
        let row = |(n, id): (usize, Option<&str>)| {
            let id = id.unwrap_or_default().to_owned();
            let number = numbers.value(n);
            if looks.is_null(n) {
                return Ok(Self { id, number, picture: None });
            }
            let picture =
                serde_json::from_str(looks.value(n)).map_err(|error| no_row(&id, error.to_string()))?;
            let vector = vector_at(vectors, n, &id, header)?;
            let thumbnail = pictures.is_valid(n).then(|| pictures.value(n).to_vec());
            Ok(Self { id, number, picture: Some(FurtherContent { picture, vector, thumbnail }) })
        };
        ids.iter().enumerate().map(row).collect()
    }
}

/// The digest of a further picture, by which a publisher sees whether it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherDigestRow {
    /// The product.
    pub id: String,
    /// Which of its further pictures, from 1.
    pub number: u8,
    /// See [`FurtherContent::digest`].
    pub digest: [u8; DIGEST_BYTES],
}

impl Row for FurtherDigestRow {
    const KIND: Kind = Kind::FurtherDigests;

    fn id(&self) -> &str {
        &self.id
    }

    fn number(&self) -> u8 {
        self.number
    }

    fn weight(&self) -> usize {
        self.id.len() + DIGEST_BYTES + 1
    }

    fn fields(_: &Header) -> Vec<Field> {
        let digest = DataType::FixedSizeBinary(DIGEST_BYTES as i32);
        vec![Field::new("number", DataType::UInt8, false), Field::new("digest", digest, false)]
    }

    fn columns(rows: &[Self], _: &Header) -> Result<Vec<ArrayRef>> {
        let numbers: UInt8Array = rows.iter().map(|row| Some(row.number)).collect();
        let mut digests = FixedSizeBinaryBuilder::with_capacity(rows.len(), DIGEST_BYTES as i32);
        rows.iter().try_for_each(|row| digests.append_value(row.digest))?;
        Ok(vec![Arc::new(numbers), Arc::new(digests.finish())])
    }

    fn rows(batch: &RecordBatch, _: &Header) -> Result<Vec<Self>> {
        let ids = column::<StringArray>(batch, "id", Kind::FurtherDigests)?;
        let numbers = column::<UInt8Array>(batch, "number", Kind::FurtherDigests)?;
        let digests = column::<FixedSizeBinaryArray>(batch, "digest", Kind::FurtherDigests)?;
        let row = |(n, id): (usize, Option<&str>)| {
            let id = id.unwrap_or_default();
            let digest = digests.value(n).try_into();
            let digest = digest.map_err(|_| no_row(id, "its digest has another length"))?;
            Ok(Self { id: id.into(), number: numbers.value(n), digest })
        };
        ids.iter().enumerate().map(row).collect()
    }
}
