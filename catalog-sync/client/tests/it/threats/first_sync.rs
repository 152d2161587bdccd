//! A device that has nothing yet is shown another catalogue of the same keys, or an old release.

use knytt_client::{Cancel, Error, offer};
use knytt_wire::{CatalogLink, LinkedRelease};

use super::Scene;
use crate::forge::Forge;
use crate::shop::{Device, Shop, assert_same, copy_dir};

/// The link as the retailer makes it now.
async fn link_of(scene: &Scene) -> CatalogLink {
    let root = Some(scene.shop.keys.fingerprint());
    let link = CatalogLink { url: scene.server.url.clone(), root, newest: None };
    let offer = offer(&link, &Cancel::default()).await.unwrap();
    let newest =
        LinkedRelease { catalog: offer.catalog, number: offer.release, published_ms: offer.published_ms };
    CatalogLink { newest: Some(newest), ..link }
}

fn device_of(link: &CatalogLink) -> Device {
    let mut device = Device::new(&link.url);
    (device.options.root, device.options.newest) = (link.root.clone(), link.newest.clone());
    device
}

/// A first sync and an offer are refused with `code`, and nothing is kept.
async fn refused(link: &CatalogLink, code: &str) -> Error {
    let device = device_of(link);
    let error = device.sync().await.unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(!device.folder().join("current").exists() && !device.folder().join("sync/trust.json").exists());
    assert_eq!(offer(link, &Cancel::default()).await.unwrap_err().code(), code);
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn another_catalogue_of_the_same_keys_is_refused_at_the_first_sync() {
    let scene = Scene::of(Shop::new(20)).await;
    let link = link_of(&scene).await;
    let forge = Forge::of(&scene.shop).with_release(|release| release["catalog"] = "outlet".into());
    scene.serve(&forge);
    let error = refused(&link, "wrong_catalog").await;
    assert!(
        matches!(error, Error::WrongCatalog { expected, found } if expected == "shop" && found == "outlet")
    );
    scene.server.behave();
    let device = device_of(&link);
    device.sync().await.unwrap();
    assert_same(&device, &scene.shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_is_older_than_the_link_is_refused_at_the_first_sync() {
    let mut scene = Scene::of(Shop::new(20)).await;
    let first = tempfile::tempdir().unwrap();
    copy_dir(&scene.shop.place(), first.path());
    let old = link_of(&scene).await;
    scene.next();
    let link = link_of(&scene).await;
    assert_eq!(link.newest.as_ref().unwrap().number, 2);
    scene.server.serve(first.path());
    let error = refused(&link, "rollback").await;
    assert!(error.to_string().contains("release 2"), "{error}");
    // What was newest when an older link was made is good enough for it.
    device_of(&old).sync().await.unwrap();
    scene.server.behave();
    for link in [&link, &old, &old.without_release()] {
        let device = device_of(link);
        device.sync().await.unwrap();
        assert_same(&device, &scene.shop);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_says_nothing_of_a_catalogue_that_is_here_already() {
    let mut scene = Scene::of(Shop::new(20)).await;
    scene.device.options.newest =
        Some(LinkedRelease { catalog: "outlet".into(), number: 99, published_ms: i64::MAX });
    scene.next();
    scene.recovers().await;
}
