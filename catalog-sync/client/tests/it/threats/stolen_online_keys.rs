//! Somebody has the keys of the timestamp and of the snapshot: those that a server may hold.

use jiff::{SignedDuration, Timestamp};
use knytt_client::{Error, Role};
use knytt_publisher::Role as KeyRole;

use super::Scene;
use crate::forge::{Forge, Ring};
use crate::shop::{Shop, copy_dir};

/// What is published now, and the thief's ring: without the targets' key.
fn thief(shop: &Shop) -> Forge {
    let mut forge = Forge::of(shop);
    forge.ring.put("targets", &mut Ring::strange(), "targets");
    forge
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_release_under_fresh_signatures_is_refused() {
    let mut scene = Scene::new().await;
    let first = tempfile::tempdir().unwrap();
    copy_dir(&scene.shop.place(), first.path());
    scene.next();
    scene.device.sync().await.unwrap();
    let mut forge = Forge::from(first.path(), Ring::of(&scene.shop.keys));
    for signed in [&mut forge.snapshot, &mut forge.timestamp] {
        signed["version"] = 99.into();
    }
    forge.sign_snapshot();
    scene.serve(&forge);
    let error = scene.refused("rollback").await;
    assert!(matches!(error, Error::Rollback { role: Role::Targets, .. }), "{error}");
    scene.server.behave();
    scene.next();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_of_the_thiefs_own_is_refused() {
    let mut scene = Scene::new().await;
    let forge = thief(&scene.shop).with_release(|release| release["title"] = "a thief's".into());
    scene.serve(&forge);
    let error = scene.refused("wrong_key").await;
    assert!(matches!(error, Error::Signature { role: Role::Targets, .. }), "{error}");
    scene.server.behave();
    scene.next();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_release_can_be_held_up_until_the_targets_expire_and_no_longer() {
    let mut scene = Scene::new().await;
    let mut forge = Forge::of(&scene.shop);
    // Signed by the retailer, long ago; the thief keeps the two others fresh.
    let past = Timestamp::now() - SignedDuration::from_hours(24 * 5 + 1);
    forge.targets["expires"] = Timestamp::from_second(past.as_second()).unwrap().to_string().into();
    forge.sign_metadata();
    scene.serve(&forge);
    let error = scene.refused("expired").await;
    assert!(matches!(error, Error::Expired { role: Role::Targets, expired_days: 5, .. }), "{error}");
    scene.server.behave();
    scene.next();
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_both_are_replaced_the_stolen_ones_are_worth_nothing() {
    let mut scene = Scene::new().await;
    let mut stolen = Forge::of(&scene.shop);
    stolen.snapshot["version"] = 1_000_000.into();
    stolen.timestamp["version"] = 1_000_000.into();
    stolen.sign_snapshot();
    scene.serve(&stolen);
    scene.device.sync().await.unwrap();
    for role in [KeyRole::Timestamp, KeyRole::Snapshot] {
        scene.shop.keys.rotate(role, None, &[]).unwrap();
    }
    scene.server.behave();
    scene.next();
    scene.recovers().await;
    scene.serve(&stolen);
    scene.refused("wrong_key").await;
    scene.recovers().await;
}
