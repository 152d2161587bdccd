//! Pictures.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BinaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field};

use crate::row::column;
use crate::{Header, Kind, Result, Row};

/// A product's thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureRow {
    /// The product.
    pub id: String,
    /// An encoded picture; `None`: it has none any more.
    pub picture: Option<Vec<u8>>,
}

impl Row for PictureRow {
    const KIND: Kind = Kind::Pictures;

    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        self.id.len() + self.picture.as_ref().map_or(0, Vec::len)
    }

    fn fields(_: &Header) -> Vec<Field> {
        vec![Field::new("picture", DataType::Binary, true)]
    }

    fn columns(rows: &[Self], _: &Header) -> Result<Vec<ArrayRef>> {
        let pictures: BinaryArray = rows.iter().map(|row| row.picture.as_deref()).collect();
        Ok(vec![Arc::new(pictures)])
    }

    fn rows(batch: &RecordBatch, _: &Header) -> Result<Vec<Self>> {
        let ids = column::<StringArray>(batch, "id", Kind::Pictures)?;
        let pictures = column::<BinaryArray>(batch, "picture", Kind::Pictures)?;
        let row = |(n, id): (usize, Option<&str>)| Self {
            id: id.unwrap_or_default().into(),
            picture: pictures.is_valid(n).then(|| pictures.value(n).to_vec()),
        };
        Ok(ids.iter().enumerate().map(row).collect())
    }
}
