//! Signatures of keys that may not sign what they sign, or of too few.

use knytt_client::{Error, Role};
use serde_json::Value;

use super::Scene;
use crate::forge::{Forge, Ring};

fn assert_of(error: &Error, expected: Role) {
    assert!(matches!(error, Error::Signature { role, .. } if *role == expected), "{error}");
}

async fn scene() -> Scene {
    let mut scene = Scene::new().await;
    scene.next();
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_nobody_named_sign_nothing() {
    let scene = scene().await;
    for (role, expected) in
        [("timestamp", Role::Timestamp), ("snapshot", Role::Snapshot), ("targets", Role::Targets)]
    {
        let mut forge = Forge::of(&scene.shop);
        forge.ring.put(role, &mut Ring::strange(), role);
        forge.sign();
        scene.serve(&forge);
        assert_of(&scene.refused("wrong_key").await, expected);
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_key_of_the_timestamp_signs_no_targets() {
    let scene = scene().await;
    for (role, expected) in [("targets", Role::Targets), ("snapshot", Role::Snapshot)] {
        let mut forge = Forge::of(&scene.shop);
        forge.ring.put(role, &mut Ring::of(&scene.shop.keys), "timestamp");
        forge.sign();
        scene.serve(&forge);
        assert_of(&scene.refused("wrong_key").await, expected);
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_signed_is_refused_and_so_is_a_signature_of_something_else() {
    let scene = scene().await;
    let signed = fs_err::read(scene.shop.place().join("metadata/timestamp.json")).unwrap();
    let signed: Value = serde_json::from_slice(&signed).unwrap();
    let mut unsigned = signed.clone();
    unsigned["signatures"] = serde_json::json!([]);
    let mut longer = signed;
    longer["signed"]["expires"] = "2099-01-01T00:00:00Z".into();
    for timestamp in [unsigned, longer] {
        let bytes = serde_json::to_vec(&timestamp).unwrap();
        scene.server.fault("timestamp.json", crate::server::Fault::Bytes(bytes));
        assert_of(&scene.refused("wrong_key").await, Role::Timestamp);
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_too_few_keys_signed_is_refused() {
    let scene = scene().await;
    let mut forge = Forge::of(&scene.shop);
    let mut root = forge.root(1);
    root["version"] = 2.into();
    forge.ring.keep("root", 1);
    forge.sign_root(&root);
    scene.serve(&forge);
    assert_of(&scene.refused("wrong_key").await, Role::Root);
    // The same signature twice is still one.
    let file = forge.metadata("2.root.json");
    let mut twice: Value = serde_json::from_slice(&fs_err::read(&file).unwrap()).unwrap();
    let one = twice["signatures"][0].clone();
    twice["signatures"].as_array_mut().unwrap().push(one);
    fs_err::write(&file, serde_json::to_vec(&twice).unwrap()).unwrap();
    assert_of(&scene.refused("wrong_key").await, Role::Root);
    scene.recovers().await;
}
