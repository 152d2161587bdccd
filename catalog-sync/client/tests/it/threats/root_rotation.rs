//! Roots that follow one another: those that are rightly signed are followed, and none other.

use knytt_client::{Error, Role};
use knytt_publisher::Role as KeyRole;
use serde_json::{Value, json};

use super::Scene;
use crate::forge::{Forge, Ring};
use crate::shop::{Device, assert_same};

fn root_version(device: &Device) -> Value {
    let trust = fs_err::read(device.folder().join("sync/trust.json")).unwrap();
    serde_json::from_slice::<Value>(&trust).unwrap()["root"]["signed"]["version"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn several_rotations_are_followed_by_old_devices_and_new_ones() {
    let mut scene = Scene::new().await;
    let root_key =
        scene.shop.keys.describe(None).unwrap().into_iter().find(|key| key.role == KeyRole::Root).unwrap();
    scene.shop.keys.rotate(KeyRole::Root, None, &[root_key.id]).unwrap();
    scene.shop.keys.rotate(KeyRole::Targets, None, &[]).unwrap();
    scene.shop.keys.rotate(KeyRole::Timestamp, None, &[]).unwrap();
    scene.shop.keys.renew(None).unwrap();
    scene.next();
    scene.recovers().await;
    assert_eq!(root_version(&scene.device), 5);
    let mut fresh = Device::new(&scene.server.url);
    fresh.options.root = Some(scene.shop.keys.fingerprint());
    fresh.sync().await.unwrap();
    assert_same(&fresh, &scene.shop);
    assert_eq!(root_version(&fresh), 5);
}

/// A root that names only keys of `ring`.
fn root_of(ring: &Ring, forge: &Forge) -> Value {
    let mut root = forge.root(1);
    root["version"] = 2.into();
    let named = ["root", "targets", "snapshot", "timestamp"].map(|role| (role, ring.public(role)));
    root["keys"] = named
        .iter()
        .map(|(_, (id, key))| (id.clone(), key.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into();
    for (role, (id, _)) in named {
        root["roles"][role] = json!({ "keyids": [id], "threshold": 1 });
    }
    root
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_only_its_own_keys_signed_is_refused() {
    let mut scene = Scene::new().await;
    scene.next();
    let mut forge = Forge::of(&scene.shop);
    forge.ring = Ring::strange();
    forge.sign_root(&root_of(&forge.ring, &forge));
    forge.sign();
    scene.serve(&forge);
    let error = scene.refused("wrong_key").await;
    assert!(matches!(error, Error::Signature { role: Role::Root, .. }), "{error}");
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_its_own_keys_did_not_sign_is_refused() {
    let mut scene = Scene::new().await;
    scene.next();
    let forge = Forge::of(&scene.shop);
    forge.sign_root(&root_of(&Ring::strange(), &forge));
    scene.serve(&forge);
    let error = scene.refused("wrong_key").await;
    assert!(matches!(error, Error::Signature { role: Role::Root, .. }), "{error}");
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_keys_are_not_believed_again_even_if_what_followed_the_new_root_failed() {
    let mut scene = Scene::new().await;
    let stolen = Ring::of(&scene.shop.keys);
    for role in [KeyRole::Timestamp, KeyRole::Snapshot, KeyRole::Targets] {
        scene.shop.keys.rotate(role, None, &[]).unwrap();
    }
    scene.next();
    let mut forge = Forge::from(&scene.shop.place(), stolen);
    forge.sign();
    scene.serve(&forge);
    // The new roots are followed; the old keys' metadata under them is refused.
    let error = scene.refused_late("wrong_key").await;
    assert!(matches!(error, Error::Signature { role: Role::Timestamp, .. }), "{error}");
    assert_eq!(root_version(&scene.device), 4);
    // Then the new roots are hidden.
    for version in 2..=4 {
        fs_err::remove_file(forge.metadata(&format!("{version}.root.json"))).unwrap();
    }
    let error = scene.refused("wrong_key").await;
    assert!(matches!(error, Error::Signature { role: Role::Timestamp, .. }), "{error}");
    scene.recovers().await;
}
