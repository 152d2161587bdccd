//! A release that a later program made.

use knytt_client::Error;

use super::Scene;
use crate::forge::Forge;

#[tokio::test(flavor = "multi_thread")]
async fn a_later_format_asks_for_a_newer_app() {
    let mut scene = Scene::new().await;
    scene.next();
    let forge = Forge::of(&scene.shop).with_release(|release| {
        release["format"] = 2.into();
        release["snapshot"] = "in some other form".into();
    });
    scene.serve(&forge);
    let error = scene.refused("newer_format").await;
    assert!(
        matches!(error, Error::NewerFormat { found: 2 }) && error.to_string().contains("update this app")
    );
    scene.recovers().await;
}
