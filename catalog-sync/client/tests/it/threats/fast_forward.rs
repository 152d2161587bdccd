//! Versions that jump ahead as far as they can, so that nothing honest is ever newer.

use knytt_client::{Error, Role};
use knytt_publisher::Role as KeyRole;

use super::{Scene, assert_searchable};
use crate::forge::{Forge, Ring};

const FAR: u64 = u64::MAX - 1;

#[tokio::test(flavor = "multi_thread")]
async fn after_stolen_keys_are_rotated_a_device_comes_back() {
    let mut scene = Scene::new().await;
    let mut forge = Forge::of(&scene.shop);
    forge.snapshot["version"] = FAR.into();
    forge.timestamp["version"] = FAR.into();
    forge.sign_snapshot();
    scene.serve(&forge);
    // Validly signed: nobody can tell yet.
    scene.device.sync().await.unwrap();
    scene.server.behave();
    scene.next();
    let error = scene.refused("rollback").await;
    assert!(matches!(error, Error::Rollback { role: Role::Timestamp, .. }), "{error}");
    for role in [KeyRole::Timestamp, KeyRole::Snapshot] {
        scene.shop.keys.rotate(role, None, &[]).unwrap();
    }
    scene.next();
    scene.recovers().await;
    scene.serve(&forge);
    assert_eq!(scene.device.sync().await.unwrap_err().code(), "wrong_key");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_rotation_is_enough_even_if_the_first_sync_after_it_breaks() {
    let mut scene = Scene::new().await;
    let mut forge = Forge::of(&scene.shop);
    forge.snapshot["version"] = FAR.into();
    forge.timestamp["version"] = FAR.into();
    forge.sign_snapshot();
    scene.serve(&forge);
    scene.device.sync().await.unwrap();
    scene.server.behave();
    scene.shop.keys.rotate(KeyRole::Timestamp, None, &[]).unwrap();
    scene.next();
    scene.server.fault(".targets.json", crate::server::Fault::Status(404));
    scene.refused_late("not_found").await;
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_number_that_jumped_with_stolen_keys_is_forgotten_with_them() {
    let mut scene = Scene::new().await;
    let mut forge = Forge::of(&scene.shop);
    forge.follow(&forge.head(), FAR);
    forge.sign();
    scene.serve(&forge);
    scene.device.sync().await.unwrap();
    scene.server.behave();
    for role in [KeyRole::Timestamp, KeyRole::Snapshot, KeyRole::Targets] {
        scene.shop.keys.rotate(role, None, &[]).unwrap();
    }
    scene.next();
    // The first try after it breaks, once the roots were followed.
    scene.server.fault(".parquet", crate::server::Fault::Status(404));
    scene.refused_late("not_found").await;
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_goes_on_by_one_and_no_more() {
    let mut scene = Scene::new().await;
    scene.next();
    let forge = Forge::from(&scene.shop.place(), Ring::of(&scene.shop.keys));
    let mut root = forge.root(1);
    root["version"] = FAR.into();
    forge.sign_root(&root);
    fs_err::rename(forge.metadata(&format!("{FAR}.root.json")), forge.metadata("2.root.json")).unwrap();
    scene.serve(&forge);
    let error = scene.refused("rollback").await;
    assert!(matches!(error, Error::Rollback { role: Role::Root, .. }), "{error}");
    assert_searchable(&scene.device);
    scene.recovers().await;
}
