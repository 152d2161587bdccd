//! Names that lead out of the folder, signed by a publisher that means harm.

use knytt_client::Error;
use serde_json::json;

use super::Scene;
use crate::forge::Forge;

const NAMES: [&str; 8] =
    ["../../evil", "/tmp/evil", "..", "a/../../evil", "a\\..\\evil", "C:\\evil", ".bashrc", "evil\0"];

/// Every file in and beside the device's folder.
fn files(scene: &Scene) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![scene.device.dir.path().to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path.display().to_string()) }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_and_model_files_of_strange_names_are_refused() {
    let mut scene = Scene::new().await;
    scene.next();
    for name in NAMES {
        for place in
            ["/deltas/0/attributes/target", "/snapshot/shards/0/vectors/target", "/snapshot/digests/0/target"]
        {
            let forge = Forge::of(&scene.shop)
                .with_release(|release| *release.pointer_mut(place).unwrap() = json!(name));
            scene.serve(&forge);
            let error = scene.refused("malformed").await;
            assert!(matches!(&error, Error::Malformed { file, .. } if file == "release.json"), "{error}");
        }
        for file in
            [json!({ "name": name, "target": "evil" }), json!({ "name": "config.json", "target": name })]
        {
            let forge =
                Forge::of(&scene.shop).with_release(|release| release["model"]["files"] = json!([file]));
            scene.serve(&forge);
            scene.refused("malformed").await;
        }
    }
    assert!(files(&scene).iter().all(|path| !path.contains("evil") && !path.contains("bashrc")));
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_no_release_names_is_never_fetched() {
    let mut scene = Scene::new().await;
    scene.next();
    let mut forge = Forge::of(&scene.shop);
    forge.put("../../evil", b"harm");
    forge.sign();
    scene.serve(&forge);
    scene.device.sync().await.unwrap();
    assert!(files(&scene).iter().all(|path| !path.contains("evil")));
    assert!(scene.server.seen().iter().all(|seen| !seen.path.contains("evil")));
    crate::shop::assert_same(&scene.device, &scene.shop);
}
