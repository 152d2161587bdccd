//! Rightly signed, but of another catalogue of the same retailer.

use knytt_client::Error;

use super::Scene;
use crate::forge::Forge;

#[tokio::test(flavor = "multi_thread")]
async fn another_catalogue_of_the_same_keys_is_refused() {
    let mut scene = Scene::new().await;
    scene.next();
    let forge = Forge::of(&scene.shop).with_release(|release| release["catalog"] = "outlet".into());
    scene.serve(&forge);
    let error = scene.refused("wrong_catalog").await;
    assert!(
        matches!(error, Error::WrongCatalog { expected, found } if expected == "shop" && found == "outlet")
    );
    scene.recovers().await;
}
