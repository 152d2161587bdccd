//! A folder that was put back from a backup: what the device saw since is not forgotten.

use knytt_client::Error;

use super::Scene;
use crate::shop::copy_dir;

/// A device at the third release, the backup of its folder at the first, and the retailer's place at the
/// second.
async fn scene() -> (Scene, tempfile::TempDir, tempfile::TempDir) {
    let mut scene = Scene::new().await;
    let (backup, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy_dir(&scene.device.folder(), backup.path());
    scene.next();
    copy_dir(&scene.shop.place(), old.path());
    scene.next();
    scene.device.sync().await.unwrap();
    (scene, backup, old)
}

fn put_back(scene: &Scene, backup: &tempfile::TempDir) {
    fs_err::remove_dir_all(scene.device.folder()).unwrap();
    copy_dir(backup.path(), &scene.device.folder());
    assert_eq!(scene.device.release(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_serve_what_lies_between_the_backup_and_what_was_seen() {
    let (scene, backup, old) = scene().await;
    put_back(&scene, &backup);
    scene.server.serve(old.path());
    let error = scene.refused_late("rollback").await;
    assert!(matches!(error, Error::Rollback { .. }), "{error}");
    scene.recovers().await;
    assert_eq!(scene.device.release(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_where_the_backup_has_left_out_the_syncs_own_files() {
    let (scene, backup, old) = scene().await;
    put_back(&scene, &backup);
    fs_err::remove_dir_all(scene.device.folder().join("sync")).unwrap();
    scene.server.serve(old.path());
    assert_eq!(scene.device.sync().await.unwrap_err().code(), "rollback");
    assert_eq!(scene.device.release(), 1);
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_copy_outside_the_next_sync_completes_all_the_same() {
    let (scene, backup, _) = scene().await;
    fs_err::remove_dir_all(scene.device.options.state.clone().unwrap()).unwrap();
    put_back(&scene, &backup);
    scene.recovers().await;
}
