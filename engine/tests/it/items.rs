//! How item numbers are given out and taken back; shown by the printed catalogue.

use knytt_engine::{Catalog, QuarantineRow, SourceRecord};

use crate::common::{assert_sound, embedding, product, spec};

fn line<'a>(dump: &'a str, start: &str) -> &'a str {
    dump.lines().find(|line| line.starts_with(start)).unwrap_or_default()
}

#[test]
fn an_item_number_is_reused_only_after_its_delete_was_committed() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let vector = embedding(vec![1.0, 0.0]);
    let mut writer = catalog.write();
    for id in ["a", "b", "c"] {
        writer.upsert(&product(id), &vector, None).unwrap();
    }
    writer.commit().unwrap();
    assert_eq!(line(&catalog.read().unwrap().dump().unwrap(), "live"), "live [0, 1, 2] free []");

    writer.delete("b");
    writer.upsert(&product("d"), &vector, None).unwrap();
    writer.commit().unwrap();
    assert_eq!(line(&catalog.read().unwrap().dump().unwrap(), "live"), "live [0, 2, 3] free [1]");

    writer.upsert(&product("e"), &vector, None).unwrap();
    writer.upsert(&product("f"), &vector, None).unwrap();
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    let dump = snapshot.dump().unwrap();
    assert_eq!(line(&dump, "live"), "live [0, 1, 2, 3, 4] free []");
    assert!(line(&dump, "item 1").contains("\"id\":\"e\""), "{dump}");
    assert_sound(&snapshot);
}

#[test]
fn few_free_numbers_wait_and_are_nobodys_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let vector = embedding(vec![1.0, 0.0]);
    let mut writer = catalog.write();
    let mut change = |upserts: std::ops::Range<usize>, deletes: std::ops::Range<usize>| {
        upserts.for_each(|n| writer.upsert(&product(n), &vector, None).unwrap());
        deletes.for_each(|n| writer.delete(&n.to_string()));
        writer.commit().unwrap();
        let snapshot = catalog.read().unwrap();
        assert_sound(&snapshot);
        line(&snapshot.dump().unwrap(), "live").to_owned()
    };
    change(0..20, 0..0);
    change(0..0, 18..20);
    assert!(change(20..21, 0..0).ends_with("17, 20] free [18, 19]"), "two of eighteen are few");
    change(0..0, 5..8);
    let live = change(21..24, 0..0);
    assert!(
        live.contains("4, 5, 6, 7, 8") && live.ends_with("20] free [18, 19]"),
        "of five the lowest are reused"
    );
}

#[test]
fn a_product_deleted_and_added_in_one_batch_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let mut writer = catalog.write();
    for _ in 0..3 {
        writer.upsert(&product("a"), &embedding(vec![1.0, 0.0]), Some(b"x")).unwrap();
        writer.delete("a");
        writer.upsert(&product("a"), &embedding(vec![0.0, 1.0]), None).unwrap();
        writer.commit().unwrap();
        let snapshot = catalog.read().unwrap();
        assert_sound(&snapshot);
        assert_eq!(snapshot.vector("a").unwrap().unwrap().as_slice(), [0.0, 1.0]);
        assert_eq!(snapshot.thumbnail("a").unwrap(), None);
    }
}

#[test]
fn sources_and_quarantine_rows_are_kept_by_any_name() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let long = "folder/".repeat(200);
    let record = SourceRecord { content_hash: "abc".into(), product: "p".into() };
    let row = |source: &str| QuarantineRow {
        source: source.into(),
        code: "bad".into(),
        reason: "is bad".into(),
        ..QuarantineRow::default()
    };
    let mut writer = catalog.write();
    for source in ["", "a.jpg", &long] {
        writer.put_source(source, &record);
        writer.quarantine(&row(source));
    }
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    for source in ["", "a.jpg", &long] {
        assert_eq!(snapshot.source(source).unwrap(), Some(record.clone()));
        assert!(snapshot.quarantined().unwrap().contains(&row(source)));
    }
    assert_eq!((snapshot.sources().unwrap().len(), snapshot.info().unwrap().quarantined), (3, 3));
    drop(snapshot);

    writer.remove_source(&long);
    writer.release_from_quarantine(&long);
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    assert_eq!((snapshot.source(&long).unwrap(), snapshot.quarantined().unwrap().len()), (None, 2));
}
