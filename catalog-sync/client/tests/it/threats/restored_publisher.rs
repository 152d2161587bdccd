//! The publisher's place and keys were put back from a backup: for devices, that is a rollback.

use std::sync::Arc;

use knytt_publisher::{Depot, Error, open_depot, release_number, set_release_number};
use knytt_wire::Url;

use super::Scene;
use crate::shop::{Shop, assert_same};

fn depot(shop: &Shop) -> Arc<dyn Depot> {
    open_depot(&Url::from_directory_path(shop.place()).unwrap(), None).unwrap()
}

/// Outside of the test's runtime: a publisher has its own.
fn apart<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(run).join().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_that_came_from_a_backup_goes_on_once_its_number_is_set() {
    let mut scene = Scene::of(Shop::new(20)).await;
    let mut backup = scene.shop.branch();
    for _ in 0..3 {
        scene.next();
    }
    scene.device.sync().await.unwrap();
    assert_eq!(scene.device.release(), 4);

    backup.put("p0005");
    backup.publish();
    scene.server.serve(&backup.place());
    scene.refused("rollback").await;

    let to = depot(&backup);
    let lower = apart(|| set_release_number(&mut backup.keys, None, &to, 2)).unwrap_err();
    assert!(matches!(lower, Error::NumberGoesBack { number: 2, last: 2 }), "{lower}");
    apart(|| set_release_number(&mut backup.keys, None, &to, 4)).unwrap();
    let told = apart(|| release_number(&backup.keys, &depot(&backup))).unwrap();
    assert_eq!((told.published, told.last), (Some(2), 4));
    assert_eq!(backup.publish().release, 5);
    scene.device.sync().await.unwrap();
    assert_eq!(scene.device.release(), 5);
    assert_same(&scene.device, &backup);
    // And from there on as ever.
    backup.put("p0006");
    assert_eq!(backup.publish().release, 6);
    scene.device.sync().await.unwrap();
    assert_same(&scene.device, &backup);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_that_begins_at_another_place_goes_on_once_its_number_is_set() {
    let mut scene = Scene::of(Shop::new(20)).await;
    scene.next();
    scene.device.sync().await.unwrap();
    let mut moved = scene.shop.branch();
    fs_err::remove_dir_all(moved.place()).unwrap();
    let to = depot(&moved);
    apart(|| set_release_number(&mut moved.keys, None, &to, 2)).unwrap();
    moved.put("p0007");
    assert_eq!(moved.publish().release, 3);
    scene.server.serve(&moved.place());
    scene.device.sync().await.unwrap();
    assert_same(&scene.device, &moved);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_was_lost_goes_on_from_the_copy_beside_the_keys() {
    let mut scene = Scene::of(Shop::new(20)).await;
    (0..2).for_each(|_| scene.next());
    scene.device.sync().await.unwrap();
    fs_err::remove_dir_all(scene.shop.place()).unwrap();
    (0..2).for_each(|_| assert!(scene.shop.publish_again().release > 3));
    scene.device.sync().await.unwrap();
    assert_eq!(scene.device.release(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_is_not_the_one_that_was_published_from_here_is_told() {
    let mut scene = Scene::of(Shop::new(20)).await;
    let mut thief = scene.shop.branch();
    scene.next();
    thief.put("p0009");
    thief.publish();
    fs_err::remove_dir_all(scene.shop.place()).unwrap();
    crate::shop::copy_dir(&thief.place(), &scene.shop.place());
    scene.shop.put("p0004");
    let error = scene.shop.try_publish(&knytt_publisher::PublishOptions::default()).unwrap_err();
    assert!(matches!(error, Error::ForkedLog { number: 2 }), "{error}");
}
