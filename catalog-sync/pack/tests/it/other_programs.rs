//! A retailer opens a pack with pandas, DuckDB or Spark. They all read by Arrow's rules.

use std::path::PathBuf;
use std::process::Command;

use knytt_pack::{AttributesRow, PictureRow};

use crate::common::{product, vector, write};

const SCRIPT: &str = r#"
import sys, json
import pyarrow.parquet as parquet
attributes, vectors, pictures = (parquet.read_table(path) for path in sys.argv[1:4])
row = attributes.to_pylist()[0]
print(json.dumps({
    "metadata": {k.decode(): v.decode() for k, v in parquet.read_metadata(sys.argv[1]).metadata.items() if k.startswith(b"knytt")},
    "codec": parquet.ParquetFile(sys.argv[1]).metadata.row_group(0).column(0).compression,
    "row": {**row, "attributes": dict(row["attributes"])},
    "type": str(vectors.schema.field("vector").type),
    "vector": [float(v) for v in vectors.column("vector")[1].as_py()],
    "pictures": [p and len(p) for p in pictures.column("picture").to_pylist()],
}))
"#;

/// What `cargo xtask` makes.
fn python() -> PathBuf {
    let made = std::env::var_os("KNYTT_PYTHON").map(PathBuf::from);
    let python = made.unwrap_or_else(|| {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/python/bin/python"))
    });
    assert!(python.exists(), "there is no {}: `cargo xtask test` makes it", python.display());
    python
}

#[test]
fn pyarrow_reads_packs() {
    let dir = tempfile::tempdir().unwrap();
    let save = |name: &str, file: bytes::Bytes| {
        let path = dir.path().join(name);
        fs_err::write(&path, file).unwrap();
        path
    };
    let attributes =
        save("a.parquet", write(&[AttributesRow::whole(product("a")), AttributesRow::gone("b")]).0);
    let vectors = save("v.parquet", write(&[vector("a", 1.0), vector("b", 0.5)]).0);
    let picture = |id: &str, picture: Option<Vec<u8>>| PictureRow { id: id.into(), picture };
    let pictures = save("p.parquet", write(&[picture("a", Some(vec![1; 40])), picture("b", None)]).0);

    let output =
        Command::new(python()).args(["-c", SCRIPT]).args([attributes, vectors, pictures]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["metadata"]["knytt.catalog"], "shop");
    assert_eq!(seen["codec"], "ZSTD");
    assert_eq!(seen["row"]["title"], "Robe a, très jolie");
    assert_eq!((&seen["row"]["price"], &seen["row"]["currency"]), (&"1234567.8900".into(), &"EUR".into()));
    assert_eq!(seen["row"]["color"], serde_json::json!(["red", "blue"]));
    assert_eq!(seen["row"]["attributes"]["fit"], "loose");
    assert_eq!(seen["type"], "fixed_size_list<element: halffloat not null>[16]");
    assert_eq!(seen["vector"][0], 0.5);
    assert_eq!(seen["pictures"], serde_json::json!([40, null]));
}
