//! The program draws a shop that can be built. Its tests make cargo build it for the tests of the interface, too.
#![allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

use std::process::Command;

#[test]
fn a_sample_has_a_row_and_a_picture_for_each_product() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = Command::new(env!("CARGO_BIN_EXE_knytt-garments"))
        .args(["sample", "--count", "5", "--out"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(drawn.status.success(), "{drawn:?}");
    let mut rows = csv::Reader::from_path(folder.path().join("products.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    assert_eq!(fs_err::read_dir(folder.path().join("images")).unwrap().count(), 5);
}
