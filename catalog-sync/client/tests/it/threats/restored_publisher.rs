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
