//! What all kinds of rows have in common.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};

use crate::{Error, Header, Kind, Result};

/// A row of a pack: one of [`AttributesRow`](crate::AttributesRow), [`VectorRow`](crate::VectorRow),
/// [`PictureRow`](crate::PictureRow), [`DigestRow`](crate::DigestRow), [`FurtherRow`](crate::FurtherRow),
/// [`FurtherDigestRow`](crate::FurtherDigestRow).
pub trait Row: Sized + Clone {
    /// The kind of its packs.
    const KIND: Kind;

    /// The product that it is about.
    fn id(&self) -> &str;

    /// Which of the product's rows it is, where a product can have several: they come in the order of id and number.
    fn number(&self) -> u8 {
        0
    }

    /// About how much memory it takes, in bytes.
    fn weight(&self) -> usize;

    /// The columns after `id`.
    #[doc(hidden)]
    fn fields(header: &Header) -> Vec<Field>;

    /// Rows as those columns.
    ///
    /// # Errors
    /// [`Error::Row`] for one that does not fit.
    #[doc(hidden)]
    fn columns(rows: &[Self], header: &Header) -> Result<Vec<ArrayRef>>;

    /// Columns as rows; their types were checked.
    ///
    /// # Errors
    /// [`Error::Row`] for one that means nothing.
    #[doc(hidden)]
    fn rows(batch: &RecordBatch, header: &Header) -> Result<Vec<Self>>;
}

/// All columns of the rows' packs.
pub(crate) fn schema<R: Row>(header: &Header) -> Arc<Schema> {
    let id = Field::new("id", DataType::Utf8, false);
    Arc::new(Schema::new([vec![id], R::fields(header)].concat()))
}

/// A column of `batch` by its name, as the array type that its data type has.
pub(crate) fn column<'b, A: Array + 'static>(
    batch: &'b RecordBatch,
    name: &str,
    kind: Kind,
) -> Result<&'b A> {
    let column = batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>());
    column.ok_or_else(|| Error::Columns { kind, reason: format!("its column {name:?} is of another type") })
}

pub(crate) fn no_row(id: &str, reason: impl Into<String>) -> Error {
    Error::Row { id: id.into(), reason: reason.into() }
}
