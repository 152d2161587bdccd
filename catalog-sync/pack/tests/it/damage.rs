//! Files that are not what their release says.

use bytes::Bytes;
use knytt_pack::{AttributesRow, Error, Expected, Header, PackReader, PictureRow, VectorRow, Written};

use crate::common::{header, product, read, vector, write};

fn open(file: &Bytes, header: &Header, written: Written) -> Result<PackReader<VectorRow>, Error> {
    let expected = Expected { header, rows: written.rows, uncompressed_bytes: written.uncompressed_bytes };
    PackReader::open(file.clone(), &expected)
}

#[test]
fn another_catalogue_model_or_dimension_is_refused() {
    let (file, written) = write(&[vector("a", 1.0)]);
    assert!(open(&file, &header(), written).is_ok());
    let catalog = Header { catalog: "other".into(), ..header() };
    assert!(matches!(open(&file, &catalog, written), Err(Error::Header { what: "knytt.catalog", .. })));
    let model = Header { model: "other".into(), ..header() };
    assert!(matches!(open(&file, &model, written), Err(Error::Header { what: "knytt.model", .. })));
    let dimension = Header { dimension: 8, ..header() };
    assert!(open(&file, &dimension, written).is_err());
}

#[test]
fn another_kind_is_refused() {
    let (file, written) = write(&[AttributesRow::whole(product("a"))]);
    assert!(read::<PictureRow>(&file, written).is_err());
    assert!(read::<VectorRow>(&file, written).is_err());
}

#[test]
fn other_numbers_than_the_release_says_are_refused() {
    let (file, written) = write(&[vector("a", 1.0), vector("b", 1.0)]);
    let rows = Written { rows: 3, ..written };
    assert!(matches!(open(&file, &header(), rows), Err(Error::Rows { expected: 3, found: 2 })));
    let size = Written { uncompressed_bytes: written.uncompressed_bytes - 1, ..written };
    assert!(matches!(open(&file, &header(), size), Err(Error::DecompressedSize { .. })));
}

#[test]
fn a_file_that_is_cut_or_is_no_parquet_is_refused() {
    let (file, written) = write(&[vector("a", 1.0)]);
    for length in [0, 3, 8, file.len() / 2, file.len() - 1] {
        assert!(matches!(open(&file.slice(..length), &header(), written), Err(Error::Parquet(_))));
    }
}
