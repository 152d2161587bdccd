//! Answers that never end: each is cut at a limit, on the way.

use knytt_client::Error;

use super::Scene;
use crate::server::Fault;
use crate::shop::Device;

/// What buffers of sockets and of the server may hold beside what was read, in bytes.
const IN_BUFFERS: u64 = 16 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn endless_metadata_is_cut() {
    let mut scene = Scene::new().await;
    scene.next();
    for file in ["timestamp.json", "2.snapshot.json", "2.targets.json", "release.json"] {
        scene.server.fault(file, Fault::Endless);
        let error = scene.refused("too_large").await;
        let Error::TooLarge { limit_bytes, .. } = error else { panic!("{error}") };
        let taken = scene.server.taken_bytes();
        assert!(
            taken < limit_bytes + IN_BUFFERS,
            "{taken} bytes of {file} were taken, {limit_bytes} are allowed"
        );
        scene.server.behave();
    }
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_root_is_cut() {
    let mut scene = Scene::new().await;
    scene.next();
    scene.server.fault("1.root.json", Fault::Endless);
    let fresh = Device::new(&scene.server.url);
    assert_eq!(fresh.sync().await.unwrap_err().code(), "too_large");
    scene.server.behave();
    assert!(scene.server.taken_bytes() < IN_BUFFERS + (1 << 20));
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_pack_is_cut_at_its_signed_length_and_leaves_nothing_on_the_disk() {
    let mut scene = Scene::new().await;
    scene.next();
    scene.server.fault(".parquet", Fault::Endless);
    scene.refused_late("too_large").await;
    assert!(scene.server.taken_bytes() < 3 * IN_BUFFERS);
    let packs = fs_err::read_dir(scene.device.folder().join("sync/packs")).unwrap();
    let kept: u64 = packs.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(kept < 1 << 20, "{kept} bytes are kept");
    scene.recovers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_unpacks_to_without_end_is_cut() {
    let mut scene = Scene::new().await;
    scene.next();
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..256 {
        std::io::Write::write_all(&mut bomb, &vec![b' '; 1 << 20]).unwrap();
    }
    scene.server.fault("timestamp.json", Fault::Gzip(bomb.finish().unwrap()));
    let error = scene.refused("too_large").await;
    assert!(matches!(error, Error::TooLarge { limit_bytes: 65_536, .. }), "{error}");
    scene.recovers().await;
}
