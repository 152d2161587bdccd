//! An older state, offered as the newest.

use knytt_client::{Error, Role};

use super::Scene;
use crate::forge::Forge;
use crate::shop::copy_dir;

/// A device at the second release, and the place as it was at the first.
async fn scene() -> (Scene, tempfile::TempDir) {
    let mut scene = Scene::new().await;
    let old = tempfile::tempdir().unwrap();
    copy_dir(&scene.shop.place(), old.path());
    scene.next();
    scene.device.sync().await.unwrap();
    (scene, old)
}

fn is_of(error: &Error, expected: Role) -> bool {
    matches!(error, Error::Rollback { role, .. } if *role == expected)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_timestamp_with_all_that_belongs_to_it_is_refused() {
    let (mut scene, old) = scene().await;
    scene.server.serve(old.path());
    assert!(is_of(&scene.refused("rollback").await, Role::Timestamp));
    scene.next();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_snapshot_under_a_new_timestamp_is_refused() {
    let (scene, old) = scene().await;
    let mut forge = Forge::of(&scene.shop);
    forge.timestamp["meta"] = Forge::from(old.path(), forge_ring(&scene)).timestamp["meta"].take();
    forge.sign_timestamp();
    scene.serve(&forge);
    assert!(is_of(&scene.refused("rollback").await, Role::Snapshot));
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_targets_under_a_new_snapshot_are_refused() {
    let (scene, old) = scene().await;
    let mut forge = Forge::of(&scene.shop);
    forge.snapshot["meta"] = Forge::from(old.path(), forge_ring(&scene)).snapshot["meta"].take();
    forge.sign_snapshot();
    scene.serve(&forge);
    assert!(is_of(&scene.refused("rollback").await, Role::Targets));
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lower_release_number_in_newer_metadata_is_refused() {
    let (scene, _) = scene().await;
    let forge = Forge::of(&scene.shop).with_release(|release| {
        release["number"] = 1.into();
        release["snapshot"]["release"] = 1.into();
        release["deltas"] = serde_json::json!([]);
    });
    scene.serve(&forge);
    let error = scene.refused("rollback").await;
    assert!(is_of(&error, Role::Release), "{error}");
    scene.recovers().await;
}

fn forge_ring(scene: &Scene) -> crate::forge::Ring {
    crate::forge::Ring::of(&scene.shop.keys)
}
