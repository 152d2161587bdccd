//! Vectors.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, FixedSizeListArray, Float16Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field};
use half::f16;

use crate::row::{column, no_row};
use crate::{Header, Kind, Result, Row};

/// A product's vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorRow {
    /// The product.
    pub id: String,
    /// `[dimension]` little-endian f16.
    pub vector: Vec<u8>,
}

impl Row for VectorRow {
    const KIND: Kind = Kind::Vectors;

    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        self.id.len() + self.vector.len()
    }

    fn fields(header: &Header) -> Vec<Field> {
        vec![vector_field(header)]
    }

    fn columns(rows: &[Self], header: &Header) -> Result<Vec<ArrayRef>> {
        Ok(vec![vector_column(rows.iter().map(|row| (row.id.as_str(), row.vector.as_slice())), header)?])
    }

    fn rows(batch: &RecordBatch, header: &Header) -> Result<Vec<Self>> {
        let ids = column::<StringArray>(batch, "id", Kind::Vectors)?;
        let vectors = column::<FixedSizeListArray>(batch, "vector", Kind::Vectors)?;
        let row = |(n, id): (usize, Option<&str>)| {
            let id = id.unwrap_or_default().to_owned();
            let vector = vector_at(vectors, n, &id, header)?;
            Ok(Self { id, vector })
        };
        ids.iter().enumerate().map(row).collect()
    }
}

/// The column `vector`.
pub(crate) fn vector_field(header: &Header) -> Field {
    Field::new("vector", DataType::FixedSizeList(value_field(), length(header)), false)
}

/// Vectors (`[dimension]` little-endian f16), each with the id of its product, as a column.
pub(crate) fn vector_column<'r>(
    rows: impl Iterator<Item = (&'r str, &'r [u8])>,
    header: &Header,
) -> Result<ArrayRef> {
    let mut values = Vec::new();
    for (id, vector) in rows {
        if vector.len() != header.dimension * 2 {
            return Err(no_row(id, format!("its vector has {} bytes", vector.len())));
        }
        values.extend(vector.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]])));
    }
    let values = Arc::new(Float16Array::from_iter_values(values));
    Ok(Arc::new(FixedSizeListArray::try_new(value_field(), length(header), values, None)?))
}

/// The vector of row `n`: `[dimension]` little-endian f16.
pub(crate) fn vector_at(
    vectors: &FixedSizeListArray,
    n: usize,
    id: &str,
    header: &Header,
) -> Result<Vec<u8>> {
    let values = vectors.value(n);
    let values = values.as_any().downcast_ref::<Float16Array>();
    let values = values.filter(|values| values.len() == header.dimension && values.null_count() == 0);
    let values = values.ok_or_else(|| no_row(id, "its vector is of another type"))?;
    let mut bytes = vec![0; header.dimension * 2];
    for (pair, value) in bytes.as_chunks_mut().0.iter_mut().zip(values.values()) {
        *pair = value.to_le_bytes();
    }
    Ok(bytes)
}

fn length(header: &Header) -> i32 {
    i32::try_from(header.dimension).unwrap_or(i32::MAX)
}

fn value_field() -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Float16, false))
}
