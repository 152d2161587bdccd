//! `knytt catalog`, and what the other commands say of a damaged catalogue.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]

use std::path::Path;

use knytt_engine::{Catalog, CatalogSpec, Fingerprint, Origin, Product, Successor};
use knytt_models::Embedding;
use serde_json::Value;

use crate::knytt;

const PAGE: usize = 4096;

fn build(folder: &Path) -> Catalog {
    let model = Fingerprint::of(&[b"a model of two dimensions"]);
    let spec =
        CatalogSpec { id: "shop".into(), model: model.clone(), model_name: "two".into(), dimension: 2 };
    let catalog = Catalog::create(folder, &spec).unwrap();
    let mut writer = catalog.write();
    for id in 0..300 {
        let title = format!("number {id} {}", "of many words ".repeat(id % 7));
        let product = Product { id: id.to_string(), title, ..Product::default() };
        let vector = Embedding::new(vec![1.0, id as f32], model.clone()).unwrap();
        writer.upsert(&product, &vector, Some(&[7; 900])).unwrap();
    }
    writer.commit().unwrap();
    catalog
}

fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The JSON of a command that must end with `code`.
#[track_caller]
fn json(args: &[&str], code: i32) -> Value {
    let output = knytt(args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_catalogue_in_use_is_copied_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    let (from, to) = (dir.path().join("shop"), dir.path().join("copies/shop"));
    let catalog = build(&from);
    let mut writer = catalog.write();
    writer.delete("7");
    writer.commit().unwrap();
    let copied = json(&["catalog", "backup", arg(&from), arg(&to), "--json"], 0);
    assert_eq!(copied["products"], 299);
    let checked = json(&["catalog", "check", arg(&to), "--json"], 0);
    assert_eq!((&checked["sound"], &checked["products"]), (&true.into(), &299.into()));
    let again = knytt(&["catalog", "backup", arg(&from), arg(&to)]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("already holds a catalogue"), "{again:?}");
}

#[test]
fn a_catalogue_that_was_made_anew_is_built_on_and_follows_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (pictures, shop) = (dir.path().join("pictures"), dir.path().join("shop"));
    fs_err::create_dir(&pictures).unwrap();
    let draw = |name: &str, shade: u8| {
        let picture =
            image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([(x * 4) as u8, (y * 4) as u8, shade]));
        picture.save(pictures.join(name)).unwrap();
    };
    draw("one.png", 40);
    let build = ["build", arg(&pictures), "--catalog", arg(&shop), "--json"];
    assert_eq!(json(&build, 0)["added"], 1);
    // As the app leaves it: in a subfolder, with its note.
    let opened = Catalog::open(&shop).unwrap();
    let successor = Successor::of_model(&shop, opened.fingerprint());
    fs_err::create_dir(successor.path()).unwrap();
    opened.copy_to(&successor.path().join("data.mdb")).unwrap();
    Origin::read(&shop).write(&successor.path()).unwrap();
    drop(opened);
    successor.activate().unwrap();
    Successor::sweep(&shop);
    assert!(!shop.join("data.mdb").exists());
    draw("two.png", 200);
    let built = json(&build, 0);
    assert_eq!((&built["added"], &built["unchanged"]), (&1.into(), &1.into()));
    assert_eq!(json(&["catalog", "check", arg(&shop), "--json"], 0)["products"], 2);
    let sync = knytt(&["sync", "--catalog", arg(&shop), "--from", "http://127.0.0.1:9/"]);
    assert!(String::from_utf8_lossy(&sync.stderr).contains("built here"), "{sync:?}");
    let rebuilt = json(&[&build[..], &["--rebuild"]].concat(), 0);
    assert_eq!(rebuilt["added"], 2);
    assert!(shop.join("data.mdb").exists() && !Successor::is_active(&shop));
}

#[test]
fn a_torn_catalogue_is_described_refused_and_repaired() {
    let dir = tempfile::tempdir().unwrap();
    let (from, torn, to) = (dir.path().join("shop"), dir.path().join("torn"), dir.path().join("new"));
    drop(build(&from));
    let mut bytes = fs_err::read(from.join("data.mdb")).unwrap();
    let title = b"number 150 ";
    let at = bytes.windows(title.len()).position(|text| text == title).unwrap();
    bytes[at / PAGE * PAGE..][..PAGE].fill(0);
    fs_err::create_dir(&torn).unwrap();
    fs_err::write(torn.join("data.mdb"), &bytes).unwrap();
    let checked = json(&["catalog", "check", arg(&torn), "--json"], 1);
    assert_eq!(checked["sound"], false);
    assert!(checked["faults"].as_u64().unwrap() > 0 && checked["described"][0].is_string(), "{checked}");
    for command in [
        &["inspect", "--catalog", arg(&torn)][..],
        &["search", "--catalog", arg(&torn), "--text", "words"],
        &["catalog", "backup", arg(&torn), arg(&to)],
    ] {
        let refused = knytt(command);
        assert_eq!(refused.status.code(), Some(1), "{command:?}: {refused:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains("damaged") && said.contains("knytt catalog repair"), "{said}");
    }
    let repaired = json(&["catalog", "repair", arg(&torn), arg(&to), "--json"], 0);
    let (products, lost) = (repaired["products"].as_u64().unwrap(), repaired["lost"].as_u64().unwrap());
    assert_eq!((products + lost, &repaired["is_complete"]), (300, &(lost == 0).into()), "{repaired}");
    assert!(products > 200 && lost > 0, "{repaired}");
    assert_eq!(json(&["catalog", "check", arg(&to), "--json"], 0)["products"], products);
    assert_eq!(fs_err::read(torn.join("data.mdb")).unwrap(), bytes, "the damaged catalogue was changed");
}

#[test]
fn a_file_that_was_cut_short_is_an_error_of_every_command() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("shop");
    drop(build(&folder));
    let bytes = fs_err::read(folder.join("data.mdb")).unwrap();
    fs_err::write(folder.join("data.mdb"), &bytes[..bytes.len() / 2]).unwrap();
    for command in [
        &["inspect", "--catalog", arg(&folder)][..],
        &["search", "--catalog", arg(&folder), "--text", "words"],
        &["catalog", "check", arg(&folder)],
    ] {
        let refused = knytt(command);
        assert_eq!(refused.status.code(), Some(1), "{command:?}: {refused:?}");
    }
}
