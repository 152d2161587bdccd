//! What is refused, with which code, and that it changes nothing.

use fs_err as fs;

use knytt_engine::{Catalog, Error, Filter, Fingerprint, Product, Strategy, VectorQuery};
use knytt_models::Embedding;

use crate::common::{embedding, model, product, spec};

#[track_caller]
fn refused<T>(result: Result<T, Error>, code: &str) -> String {
    let error = result.err().expect("it was not refused");
    assert_eq!(error.code(), code, "{error}");
    error.to_string()
}

#[test]
fn what_is_not_a_catalogue_is_named_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    refused(Catalog::open(&missing), "not_a_catalog");
    assert!(!missing.exists(), "opening made a folder");
    refused(Catalog::open(dir.path()), "not_a_catalog");

    let junk = dir.path().join("junk");
    fs::create_dir(&junk).unwrap();
    for bytes in [b"not LMDB".repeat(5_000), vec![0; 8192], b"short".to_vec()] {
        fs::write(junk.join("data.mdb"), &bytes).unwrap();
        refused(Catalog::open(&junk), "not_a_catalog");
        assert_eq!(fs::read(junk.join("data.mdb")).unwrap(), bytes);
    }

    let file = dir.path().join("file");
    fs::write(&file, "text").unwrap();
    assert!(Catalog::open(&file).is_err());
    refused(Catalog::create(&file, &spec(2)), "catalog_unreadable");
}

#[test]
fn a_catalogue_is_never_created_over_another() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    refused(Catalog::create(dir.path(), &spec(2)), "catalog_exists");
    drop(catalog);
    refused(Catalog::create(dir.path(), &spec(2)), "catalog_exists");
    assert!(Catalog::open(dir.path()).is_ok());
}

#[test]
fn a_creation_that_was_interrupted_can_be_made_again() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("data.mdb"), b"").unwrap();
    refused(Catalog::open(dir.path()), "not_a_catalog");
    let catalog = Catalog::open_or_create(dir.path(), &spec(2)).unwrap();
    assert!(catalog.read().unwrap().is_empty().unwrap());
}

#[test]
fn another_model_is_refused_when_it_is_opened_written_and_asked() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let other = Fingerprint::of(&[b"another model"]);
    let message = refused(
        Catalog::open_or_create(dir.path(), &knytt_engine::CatalogSpec { model: other.clone(), ..spec(2) }),
        "fingerprint_mismatch",
    );
    assert!(message.contains(other.as_str()) && message.contains(model().as_str()), "{message}");

    let synthetic_negatives = Embedding::new(vec![1.0, 0.0], other).unwrap();
    let mut writer = catalog.write();
    refused(writer.upsert(&product("a"), &synthetic_negatives, None), "fingerprint_mismatch");
    assert!(writer.is_empty());
    let query = VectorQuery {
        embedding: &synthetic_negatives,
        filter: &Filter::default(),
        k: 1,
        strategy: Strategy::Auto,
        except: None,
    };
    refused(catalog.read().unwrap().search(&query), "fingerprint_mismatch");
}

#[test]
fn another_dimension_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let long = embedding(vec![1.0, 0.0, 0.0]);
    refused(catalog.write().upsert(&product("a"), &long, None), "dimension_mismatch");
    let query = VectorQuery {
        embedding: &long,
        filter: &Filter::default(),
        k: 1,
        strategy: Strategy::Auto,
        except: None,
    };
    refused(catalog.read().unwrap().search(&query), "dimension_mismatch");
}

#[test]
fn products_that_cannot_be_stored_leave_the_batch_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let vector = embedding(vec![1.0, 0.0]);
    let mut writer = catalog.write();
    writer.upsert(&product("good"), &vector, None).unwrap();
    refused(writer.upsert(&product(""), &vector, None), "invalid_product");
    let price = Some("-1 EUR".parse::<knytt_engine::Price>().unwrap_or(knytt_engine::Price {
        amount: rust_decimal::Decimal::NEGATIVE_ONE,
        currency: "EUR".parse().unwrap(),
    }));
    refused(writer.upsert(&Product { price, ..product("debt") }, &vector, None), "invalid_product");
    assert_eq!(writer.commit().unwrap().inserted, 1);

    writer.upsert(&product("second"), &vector, None).unwrap();
    writer.update(&product("nobody")).unwrap();
    refused(writer.commit(), "unknown_product");
    assert_eq!(catalog.read().unwrap().len().unwrap(), 1, "half of the batch was stored");
}

#[test]
fn a_filter_by_a_key_that_no_product_has_names_the_keys_there_are() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(2)).unwrap();
    let mut writer = catalog.write();
    let attributes = [("Sleeve".to_owned(), "long".to_owned()), ("Neck".to_owned(), "v".to_owned())].into();
    writer.upsert(&Product { attributes, ..product("a") }, &embedding(vec![1.0, 0.0]), None).unwrap();
    writer.commit().unwrap();
    let snapshot = catalog.read().unwrap();
    let message = refused(snapshot.count(&Filter::parse(&["sleve=long"]).unwrap()), "invalid_filter");
    assert!(message.contains("\"sleve\"") && message.ends_with("price, neck, sleeve"), "{message}");
    assert_eq!(snapshot.count(&Filter::parse(&["SLEEVE=Long"]).unwrap()).unwrap(), 1);
    assert_eq!(snapshot.count(&Filter::parse(&["sleeve=short"]).unwrap()).unwrap(), 0);
    assert_eq!(snapshot.count(&Filter::parse(&["size=m"]).unwrap()).unwrap(), 0);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("catalog");
    drop(Catalog::create(&inside, &spec(2)).unwrap());
    fs::set_permissions(inside.join("data.mdb"), std::fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(inside.join("data.mdb")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let message = refused(Catalog::open(&inside), "catalog_unreadable");
    assert!(message.contains("data.mdb"), "{message}");
}
