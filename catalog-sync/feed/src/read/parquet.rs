//! Parquet: each row is an object of its columns.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row as Record};

use super::{Found, Reader, cells};
use crate::json::Json;
use crate::{Columns, Error, Rejection, Result, Row};

/// Columns of our own packs that say what a device does with a row or what was seen on its picture, and nothing
/// of the product: that is seen anew.
const OF_PACKS: [&str; 2] = ["set", "look"];

/// Rows of a Parquet file.
pub(crate) struct ParquetRows {
    rows: RowIter<'static>,
    columns: Columns,
    is_pack: bool,
    name: String,
    number: u64,
    failed: bool,
}

impl ParquetRows {
    /// # Errors
    /// The file cannot be opened, or is not Parquet.
    pub(crate) fn open(path: &Path, name: &str, mut columns: Columns) -> Result<Self> {
        let damaged = |error: ParquetError| Error::Damaged { name: name.into(), reason: error.to_string() };
        let file = std::fs::File::open(path).map_err(|e| crate::text::named(path, &e))?;
        let reader = contained(|| SerializedFileReader::new(file)).map_err(damaged)?;
        let schema = reader.metadata().file_metadata().schema();
        let names: Vec<String> = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
        let is_pack = [&OF_PACKS[..], &["variants", "attributes"]]
            .concat()
            .iter()
            .all(|n| names.iter().any(|m| m == n));
        names.iter().for_each(|name| drop(columns.column(name)));
        let rows = RowIter::from_file_into(Box::new(reader));
        Ok(Self { rows, columns, is_pack, name: name.into(), number: 0, failed: false })
    }

    fn row(&mut self, record: &Record) -> Found {
        let place = format!("{}#{}", self.name, self.number);
        let Json::Object(mut parts) = object(record) else {
            return Err(Rejection::new(place, "bad-json", "it has no columns"));
        };
        parts.retain(|(name, _)| !(self.is_pack && OF_PACKS.contains(&name.as_str())));
        Ok(Row::new(place, cells::of_object(&parts, &mut self.columns)))
    }
}

/// Some damaged pages make the library for Parquet panic.
fn contained<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("it is damaged: its reader gave up".into())))
}

impl Iterator for ParquetRows {
    type Item = Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        self.number += 1;
        match contained(|| self.rows.next().transpose()) {
            Ok(record) => record.map(|record| Ok(self.row(&record))),
            // Where a row cannot be read, those after it cannot be found.
            Err(error) => {
                self.failed = true;
                Some(Err(Error::Damaged { name: self.name.clone(), reason: error.to_string() }))
            }
        }
    }
}

impl Reader for ParquetRows {
    fn columns(&self) -> &Columns {
        &self.columns
    }
}

fn object(record: &Record) -> Json {
    Json::Object(record.get_column_iter().map(|(name, field)| (name.clone(), json(field))).collect())
}

fn json(field: &Field) -> Json {
    match field {
        Field::Null => Json::Null,
        Field::Bool(value) => Json::Bool(*value),
        // Text columns that say so, and the older kind that does not.
        Field::Str(text) => Json::Text(text.clone()),
        Field::Bytes(bytes) => Json::Text(crate::text::marked(bytes.data())),
        Field::Group(record) => object(record),
        Field::ListInternal(list) => Json::List(list.elements().iter().map(json).collect()),
        Field::MapInternal(map) => {
            Json::Object(map.entries().iter().map(|(name, value)| (json(name).cell(), json(value))).collect())
        }
        // The shortest decimal that means this number: 24.9, not 24.899999618530273.
        Field::Float(number) => Json::Number(number.to_string()),
        Field::Double(number) => Json::Number(number.to_string()),
        other => Json::Text(other.to_string()),
    }
}
