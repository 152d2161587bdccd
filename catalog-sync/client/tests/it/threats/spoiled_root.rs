//! The next root cannot be read: whoever spoils it would keep old keys trusted, and nobody would notice.

use std::io::Write as _;

use knytt_publisher::Role as KeyRole;

use super::Scene;
use crate::server::Fault;
use crate::shop::Device;

fn bomb() -> Fault {
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..64 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    Fault::Gzip(bomb.finish().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_next_root_that_never_ends_unpacks_without_end_or_is_none_is_an_error() {
    let mut scene = Scene::new().await;
    scene.next();
    for (fault, code) in [
        (Fault::Endless, "too_large"),
        (bomb(), "too_large"),
        (Fault::Status(500), "refused"),
        (Fault::Bytes(b"no root".to_vec()), "malformed"),
    ] {
        scene.server.fault("2.root.json", fault);
        scene.refused(code).await;
        scene.server.behave();
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_replaced_are_not_believed_because_the_root_that_says_so_is_spoiled() {
    let mut scene = Scene::new().await;
    scene.shop.keys.rotate(KeyRole::Timestamp, None, &[]).unwrap();
    scene.next();
    for fault in [Fault::Endless, bomb()] {
        scene.server.fault("2.root.json", fault);
        scene.refused("too_large").await;
        let fresh = Device::new(&scene.server.url);
        assert_eq!(fresh.sync().await.unwrap_err().code(), "too_large");
    }
    scene.recovers().await;
}

/// Object stores answer 403 for what is not there, to who may not list what is.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_tell_what_is_missing_is_followed_all_the_same() {
    let mut scene = Scene::new().await;
    scene.next();
    scene.server.fault("2.root.json", Fault::Status(403));
    scene.device.sync().await.unwrap();
    scene.recovers().await;
}
