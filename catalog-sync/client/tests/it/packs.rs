//! Packs of a forged release: read, and replaced by others.

use bytes::Bytes;
use knytt_pack::{Expected, Header, PackReader, Row, Written};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use crate::forge::Forge;

/// What every pack of the release must say.
pub fn header(forge: &Forge) -> Header {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (catalog, model) = (text(&forge.release["catalog"]), text(&forge.release["model"]["fingerprint"]));
    Header { catalog, model, dimension: forge.release["model"]["dimension"].as_u64().unwrap() as usize }
}

fn bytes(forge: &Forge, place: &str) -> Bytes {
    forge.read(forge.release.pointer(place).unwrap()["target"].as_str().unwrap()).into()
}

/// The rows of the pack that the release names at `place`, a JSON pointer.
pub fn rows<R: Row>(forge: &Forge, place: &str) -> Vec<R> {
    let pack = forge.release.pointer(place).unwrap();
    let number = |name: &str| pack[name].as_u64().unwrap();
    let header = header(forge);
    let expected =
        Expected { header: &header, rows: number("rows"), uncompressed_bytes: number("uncompressed_bytes") };
    PackReader::open(bytes(forge, place), &expected).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Puts a pack at `place`, with the numbers that are said of it.
pub fn replace(forge: &mut Forge, place: &str, bytes: &[u8], written: Written) {
    forge.put("forged.parquet", bytes);
    let Written { rows, uncompressed_bytes } = written;
    let pack = json!({ "target": "forged.parquet", "rows": rows, "uncompressed_bytes": uncompressed_bytes });
    *forge.release.pointer_mut(place).unwrap() = pack;
}

/// Puts other bytes in the place of a pack, and says of them what was said of it.
pub fn put(forge: &mut Forge, place: &str, bytes: &[u8]) {
    forge.put("forged.parquet", bytes);
    forge.release.pointer_mut(place).unwrap()["target"] = "forged.parquet".into();
}

/// Puts the rows of a pack into the opposite order, which no writer of packs would do.
pub fn reverse(forge: &mut Forge, place: &str) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes(forge, place)).unwrap();
    let said = builder.metadata().file_metadata().key_value_metadata().cloned();
    let properties = WriterProperties::builder().set_key_value_metadata(said).build();
    let schema = builder.schema().clone();
    let rows: Vec<_> = builder.with_batch_size(1).build().unwrap().map(Result::unwrap).collect();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, schema, Some(properties)).unwrap();
    rows.iter().rev().for_each(|row| writer.write(row).unwrap());
    let metadata = writer.finish().unwrap();
    drop(writer);
    let chunks = metadata.row_groups().iter().flat_map(|group| group.columns());
    let uncompressed_bytes = chunks.map(|chunk| chunk.uncompressed_size() as u64).sum();
    replace(forge, place, &out, Written { rows: rows.len() as u64, uncompressed_bytes });
}
