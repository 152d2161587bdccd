//! Another publisher in the place of the one that was meant.

use knytt_client::{Error, offer};
use knytt_wire::CatalogLink;

use super::Scene;
use crate::shop::{Device, Shop, assert_same};

#[tokio::test(flavor = "multi_thread")]
async fn a_root_other_than_the_pinned_one_is_refused_before_anything_is_kept() {
    let shop = Shop::new(20);
    shop.publish();
    let other = Shop::new(20);
    other.publish();
    let server = shop.serve().await;
    let mut device = Device::new(&server.url);
    let root = shop.keys.fingerprint();
    device.options.root = Some(root.clone());
    server.serve(&other.place());
    let error = device.sync().await.unwrap_err();
    assert_eq!(error.code(), "wrong_root");
    assert!(
        matches!(error, Error::WrongRoot { expected, found } if expected == root && found == other.keys.fingerprint())
    );
    assert!(!device.folder().join("current").exists() && !device.folder().join("sync/trust.json").exists());
    let link = CatalogLink { url: server.url.clone(), root: Some(root), newest: None };
    assert_eq!(offer(&link, &knytt_client::Cancel::default()).await.unwrap_err().code(), "wrong_root");
    server.behave();
    device.sync().await.unwrap();
    assert_same(&device, &shop);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_trusted_at_first_use_stays_what_is_trusted() {
    let mut scene = Scene::new().await;
    let mut other = Shop::new(20);
    (0..3).for_each(|_| {
        other.put("p0001");
        other.publish();
    });
    scene.server.serve(&other.place());
    scene.refused("wrong_key").await;
    scene.server.behave();
    scene.next();
    // Nor is it another's when its address is.
    let elsewhere = other.serve().await;
    let home = scene.device.options.from.replace(elsewhere.url.clone());
    let error = scene.refused("wrong_root").await;
    assert!(matches!(error, Error::WrongRoot { found, .. } if found == other.keys.fingerprint()));
    // A pin that comes later must be that of the first use.
    scene.device.options.from = home;
    scene.device.options.root = Some(other.keys.fingerprint());
    scene.refused("wrong_root").await;
    scene.device.options.root = Some(scene.shop.keys.fingerprint());
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retailer_may_move() {
    let mut scene = Scene::new().await;
    scene.next();
    let moved = scene.shop.serve().await;
    scene.device.options.from = Some(moved.url.clone());
    scene.device.sync().await.unwrap();
    scene.device.options.from = None;
    scene.next();
    moved.seen();
    scene.recovers().await;
    assert!(!moved.seen().is_empty(), "the new address is remembered");
}
