//! Catalogues of released schemas open, and what this program writes is what it wrote before.

use fs_err as fs;
use std::path::{Path, PathBuf};

use knytt_engine::{
    Catalog, Filter, Gtin, Product, QuarantineRow, SCHEMA_VERSION, SourceRecord, Strategy, Variant,
};

use crate::common::{assert_sound, embedding, ids, product, search, spec};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn fill(catalog: &Catalog) {
    let mut writer = catalog.write();
    let shirt = Product {
        title: "Linen shirt".into(),
        brand: "Acme".into(),
        category: "Shirts".into(),
        price: Some("39.90 EUR".parse().unwrap()),
        colors: vec!["White".into(), "Light Blue".into()],
        sizes: vec!["M".into(), "L".into()],
        availability: "in stock".parse().unwrap(),
        image: "pictures/shirt.jpg".into(),
        attributes: [("Material".to_owned(), "Linen".to_owned())].into(),
        ..product("shirt")
    };
    writer.upsert(&shirt, &embedding(vec![0.9, 0.1, 0.2, 0.0]), Some(b"a small picture")).unwrap();
    writer.upsert(&product("gone"), &embedding(vec![0.0, 0.0, 0.0, 1.0]), None).unwrap();
    writer.upsert(&product("plain"), &embedding(vec![0.0, 1.0, 0.0, 0.0]), None).unwrap();
    writer.delete("gone");
    writer.put_source(
        "pictures/shirt.jpg",
        &SourceRecord { content_hash: "5e1f".into(), product: "shirt".into() },
    );
    writer.quarantine(&QuarantineRow {
        source: "feed.csv:17".into(),
        code: "truncated".into(),
        reason: "the picture ends early".into(),
        ..QuarantineRow::default()
    });
    writer.set_release(3);
    writer.keep_arroy_from(Some(100_000));
    writer.commit().unwrap();
}

/// Makes the fixture of the present schema. Run by hand when a schema is released, never after.
#[test]
#[ignore = "writes the fixture that the other tests read"]
fn make_fixture() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(4)).unwrap();
    fill(&catalog);
    let fixture = data(&format!("schema-{SCHEMA_VERSION}"));
    fs::create_dir_all(&fixture).unwrap();
    catalog.copy_to(&fixture.join("data.mdb")).unwrap();
    fs::write(fixture.join("dump.txt"), catalog.read().unwrap().dump().unwrap()).unwrap();
}

fn coded(id: &str, gtin: &str) -> Product {
    let variant = |id: &str, gtin: &str| Variant {
        id: id.into(),
        attributes: [("GTIN".to_owned(), gtin.to_owned()), ("mpn".to_owned(), format!("{id}-mpn"))].into(),
        ..Variant::default()
    };
    Product {
        attributes: [("gtin".to_owned(), gtin.to_owned()), ("mpn".to_owned(), "AB 12".to_owned())].into(),
        variants: vec![variant("small", "4006381333948"), variant("large", "036000291452")],
        ..product(id)
    }
}

/// Makes the fixture of the present schema with codes. Run by hand when a schema is released, never after: the program
/// of schema 4 made `schema-4-codes`.
#[test]
#[ignore = "writes the fixture that the other tests read"]
fn make_fixture_with_codes() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(4)).unwrap();
    let mut writer = catalog.write();
    writer.upsert(&coded("pen", "4006381333931"), &embedding(vec![0.9, 0.1, 0.2, 0.0]), None).unwrap();
    writer.commit().unwrap();
    let fixture = data(&format!("schema-{SCHEMA_VERSION}-codes"));
    fs::create_dir_all(&fixture).unwrap();
    catalog.copy_to(&fixture.join("data.mdb")).unwrap();
}

#[test]
fn catalogues_of_earlier_schemas_open_answer_and_can_be_changed() {
    for earlier in ["schema-1", "schema-2", "schema-3", "schema-4", "schema-5", "schema-6"] {
        opens_answers_and_can_be_changed(earlier);
    }
}

fn opens_answers_and_can_be_changed(earlier: &str) {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(data(earlier).join("data.mdb"), dir.path().join("data.mdb")).unwrap();
    let catalog = Catalog::open(dir.path()).unwrap();
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    let expected = fs::read_to_string(data(&format!("schema-{SCHEMA_VERSION}/dump.txt"))).unwrap();
    assert_eq!(snapshot.dump().unwrap(), expected.replace("\r\n", "\n"), "{earlier} is brought to this one");
    let filter = Filter::parse(&["color=light blue", "price=..40", "material=linen", "shade=blue"]).unwrap();
    let query = embedding(vec![0.0, 1.0, 0.0, 0.0]);
    assert_eq!(ids(&search(&snapshot, &query, &filter, 5, Strategy::Auto)), ["shirt"]);
    drop(snapshot);

    let mut writer = catalog.write();
    writer.upsert(&product("new"), &query, None).unwrap();
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    assert_eq!(snapshot.len().unwrap(), 3);
}

#[test]
fn an_earlier_catalogue_gets_the_codes_of_variants_too() {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(data("schema-4-codes/data.mdb"), dir.path().join("data.mdb")).unwrap();
    let catalog = Catalog::open(dir.path()).unwrap();
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    for code in ["4006381333931", "4006381333948", "0036000291452"] {
        let products = snapshot.with_gtin(&Gtin::parse(code).unwrap()).unwrap();
        assert_eq!(products.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["pen"], "{code}");
    }
    let mut writer = catalog.write();
    writer.delete("pen");
    writer.commit().unwrap();
    assert_sound(&catalog.read().unwrap());
    assert!(catalog.read().unwrap().with_gtin(&Gtin::parse("4006381333931").unwrap()).unwrap().is_empty());
}

#[test]
fn the_same_changes_give_the_same_catalogue_as_ever() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(4)).unwrap();
    fill(&catalog);
    let expected = fs::read_to_string(data(&format!("schema-{SCHEMA_VERSION}/dump.txt"))).unwrap();
    assert_eq!(catalog.read().unwrap().dump().unwrap(), expected.replace("\r\n", "\n"));
}

#[test]
fn a_later_schema_is_refused_by_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (data("schema-1/data.mdb"), dir.path().join("data.mdb"));
    let mut bytes = fs::read(from).unwrap();
    // The name of the key and its value lie side by side in the page.
    let found = bytes.windows(10).position(|w| w == b"schema\x01\0\0\0").unwrap();
    bytes[found + 6] = 99;
    fs::write(to, bytes).unwrap();
    let error = Catalog::open(dir.path()).unwrap_err();
    assert_eq!(error.code(), "unknown_schema");
    assert!(error.to_string().contains("version 99") && error.to_string().contains("version 7"), "{error}");
}
