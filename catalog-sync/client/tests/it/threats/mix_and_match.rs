//! Parts of different releases, each rightly signed at its time, put together.

use knytt_client::Error;
use knytt_pack::{AttributesRow, Change, Columns, PackWriter};
use serde_json::json;

use super::Scene;
use crate::forge::Forge;
use crate::packs;
use crate::server::Fault;
use crate::shop::assert_same;

async fn scene() -> Scene {
    let mut scene = Scene::new().await;
    scene.next();
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_and_descriptions_of_another_release_are_refused() {
    let scene = scene().await;
    let (old, new) = (Forge::of(&scene.shop), Forge::of(&scene.shop));
    for role in ["snapshot", "targets"] {
        let bytes = fs_err::read(old.metadata(&format!("1.{role}.json"))).unwrap();
        scene.server.fault(&format!("2.{role}.json"), Fault::Bytes(bytes));
        let error = scene.refused("tampered").await;
        assert!(matches!(&error, Error::Mismatch { file, .. } if file.contains(role)), "{error}");
        scene.server.behave();
    }
    let mut release = new.read("release.json");
    let title = release.windows(4).position(|bytes| bytes == b"shop").unwrap();
    release[title] = b'z';
    scene.server.fault("release.json", Fault::Bytes(release));
    scene.refused("tampered").await;
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_says_another_version_than_its_timestamp_is_refused() {
    let scene = scene().await;
    let mut forge = Forge::of(&scene.shop);
    forge.sign_snapshot();
    // The file of version 3 under the name of version 9, hash and all.
    fs_err::copy(forge.metadata("3.snapshot.json"), forge.metadata("9.snapshot.json")).unwrap();
    forge.timestamp["meta"]["snapshot.json"]["version"] = 9.into();
    forge.sign_timestamp();
    scene.serve(&forge);
    let error = scene.refused("tampered").await;
    assert!(matches!(&error, Error::Mismatch { file, .. } if file == "snapshot.json"), "{error}");
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_of_another_release_is_refused() {
    let scene = scene().await;
    let forge = Forge::of(&scene.shop);
    let other = forge.read(forge.release["snapshot"]["shards"][0]["attributes"]["target"].as_str().unwrap());
    for kind in ["attributes", "vectors", "pictures"] {
        let pack = forge.release["deltas"][0][kind]["target"].as_str().unwrap().to_owned();
        let mut bytes = other.clone();
        bytes.resize(forge.read(&pack).len(), 0);
        scene.server.fault(&pack, Fault::Bytes(bytes));
        let error = scene.refused_late("tampered").await;
        assert!(matches!(&error, Error::Mismatch { file, .. } if *file == pack), "{error}");
        scene.server.behave();
        // The others came.
        fs_err::remove_dir_all(scene.device.folder().join("sync/packs")).unwrap();
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_of_another_history_is_left_aside() {
    let scene = scene().await;
    let forge =
        Forge::of(&scene.shop).with_release(|release| release["deltas"][0]["base"] = json!("ab".repeat(32)));
    scene.serve(&forge);
    assert!(scene.device.sync().await.unwrap().swapped, "the whole release is the way that is left");
    assert_same(&scene.device, &scene.shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delta_that_leads_elsewhere_is_undone_and_the_whole_release_taken() {
    let scene = scene().await;
    let mut forge = Forge::of(&scene.shop);
    change_price_too(&mut forge);
    scene.serve(&forge);
    assert!(scene.device.sync().await.unwrap().swapped);
    assert_same(&scene.device, &scene.shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_no_way_leads_to_is_refused() {
    let scene = scene().await;
    let forge = Forge::of(&scene.shop).with_release(|release| {
        let content = json!("cd".repeat(32));
        release["content"] = content.clone();
        release["snapshot"]["content"] = content.clone();
        release["deltas"][0]["content"] = content;
    });
    scene.serve(&forge);
    let error = scene.refused_late("wrong_content").await;
    assert!(matches!(&error, Error::Content { expected, .. } if expected.starts_with("cdcd")), "{error}");
    scene.shop.publish_again();
    scene.recovers().await;
}

/// The step says one thing more than what the retailer changed.
fn change_price_too(forge: &mut Forge) {
    let mut rows: Vec<AttributesRow> = packs::rows(forge, "/deltas/0/attributes");
    let row = rows.iter_mut().find(|row| row.product.id == "p0002").unwrap();
    row.change = Change::Set(Columns::TITLE | Columns::PRICE);
    row.product.price = Some("0.01 EUR".parse().unwrap());
    let mut bytes = Vec::new();
    let mut writer = PackWriter::new(&mut bytes, &packs::header(forge)).unwrap();
    rows.iter().for_each(|row| writer.push(row).unwrap());
    let written = writer.finish().unwrap();
    packs::replace(forge, "/deltas/0/attributes", &bytes, written);
    forge.sign();
}
