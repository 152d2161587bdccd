//! Vectors of a model that the device does not have, or that is not what it says.

use std::path::Path;

use knytt_client::Error;
use knytt_pack::{Header, PackWriter, VectorRow};
use serde_json::{Value, json};

use super::Scene;
use crate::forge::Forge;
use crate::packs;
use crate::shop::other_model;

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_nowhere_is_refused_before_its_packs_are_fetched() {
    let mut scene = Scene::new().await;
    scene.next();
    let forge = Forge::of(&scene.shop)
        .with_release(|release| release["model"]["fingerprint"] = other_model().to_string().into());
    scene.serve(&forge);
    scene.server.seen();
    let error = scene.refused_late("wrong_model").await;
    assert!(
        matches!(&error, Error::WrongModel { expected, .. } if *expected == other_model().to_string()),
        "{error}"
    );
    assert!(scene.server.seen().iter().all(|seen| !seen.path.ends_with(".parquet")));
    scene.shop.publish_again();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_is_another_model_than_its_release_says_is_refused() {
    let mut scene = Scene::new().await;
    scene.next();
    let mut forge = Forge::of(&scene.shop);
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/starter");
    let names = ["config.json", "preprocessor_config.json", "tokenizer.json", "model.safetensors"];
    let files: Vec<Value> =
        names.iter().map(|name| json!({ "name": name, "target": format!("model-{name}") })).collect();
    for name in names {
        forge.put(&format!("model-{name}"), &fs_err::read(starter.join(name)).unwrap());
    }
    forge.release["model"]["fingerprint"] = other_model().to_string().into();
    forge.release["model"]["files"] = files.into();
    forge.sign();
    scene.serve(&forge);
    let error = scene.refused_late("wrong_model").await;
    assert!(error.to_string().contains("its bundle is"), "{error}");
    // And one that is no model at all.
    forge.put("model-config.json", b"{}");
    forge.targets["version"] = 4.into();
    forge.snapshot["version"] = 4.into();
    forge.timestamp["version"] = 4.into();
    forge.sign();
    scene.refused_late("wrong_model").await;
    let models = fs_err::read_dir(scene.device.folder().join("model")).into_iter().flatten().count();
    assert_eq!(models, 0, "nothing of it stays");
    scene.shop.publish_again();
    scene.shop.publish_again();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_with_vectors_of_another_model_is_refused() {
    let mut scene = Scene::new().await;
    scene.next();
    let mut forge = Forge::of(&scene.shop);
    let rows: Vec<VectorRow> = packs::rows(&forge, "/deltas/0/vectors");
    let header = Header { model: other_model().to_string(), ..packs::header(&forge) };
    let mut bytes = Vec::new();
    let mut writer = PackWriter::new(&mut bytes, &header).unwrap();
    rows.iter().for_each(|row| writer.push(row).unwrap());
    let written = writer.finish().unwrap();
    packs::replace(&mut forge, "/deltas/0/vectors", &bytes, written);
    forge.sign();
    scene.serve(&forge);
    let error = scene.refused_late("bad_pack").await;
    assert!(error.to_string().contains("knytt.model"), "{error}");
    scene.shop.publish_again();
    scene.recovers().await;
}
