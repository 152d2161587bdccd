//! `kill -9` in the middle of commits leaves the last committed batch, whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use knytt_engine::{Catalog, Product, QuarantineRow, SourceRecord};
use rand::Rng;

use crate::common::{assert_sound, product, random_embedding, rng, spec};

const FOLDER: &str = "KNYTT_TEST_COMMIT_LOOP_IN";
const DIMENSION: usize = 64;

/// A short sample; `KNYTT_KILLS` asks for a campaign.
fn kills() -> usize {
    std::env::var("KNYTT_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(8)
}

/// Run by the test below in a process of its own: commits until it is killed.
#[test]
#[ignore = "a part of killed_commit_loops_leave_whole_batches"]
fn commit_loop() {
    let Some(dir) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let catalog = Catalog::open_or_create(&dir, &spec(DIMENSION)).unwrap();
    let mut rng = rng(catalog.info().unwrap().release);
    loop {
        let batch = catalog.info().unwrap().release + 1;
        let mut writer = catalog.write();
        writer.keep_arroy_from(Some(100));
        writer.set_release(batch);
        // Enough for codes.
        for id in 0..1_300 {
            // A few products come and go; all that are there are of this batch.
            if rng.random_ratio(1, 10) {
                writer.delete(&id.to_string());
                continue;
            }
            let attributes = [("batch".to_owned(), batch.to_string())].into();
            let thumbnail = vec![1; rng.random_range(0..5_000)];
            let vector = random_embedding(&mut rng, DIMENSION);
            writer.upsert(&Product { attributes, ..product(id) }, &vector, Some(&thumbnail)).unwrap();
        }
        writer.put_source("batch", &SourceRecord { content_hash: batch.to_string(), product: "0".into() });
        let reason = batch.to_string();
        writer.quarantine(&QuarantineRow {
            source: "batch".into(),
            code: "batch".into(),
            reason,
            ..QuarantineRow::default()
        });
        writer.commit().unwrap();
    }
}

fn start(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["kill::commit_loop", "--exact", "--ignored"])
        .env(FOLDER, dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn assert_whole(dir: &Path) -> u64 {
    let catalog = Catalog::open(dir).unwrap();
    let snapshot = catalog.read().unwrap();
    assert_sound(&snapshot);
    let release = snapshot.info().unwrap().release;
    let batches: BTreeSet<String> =
        snapshot.products().unwrap().map(|p| p.unwrap().attributes["batch"].clone()).collect();
    assert_eq!(batches, BTreeSet::from([release.to_string()]));
    assert_eq!(snapshot.source("batch").unwrap().unwrap().content_hash, release.to_string());
    assert_eq!(snapshot.quarantined().unwrap()[0].reason, release.to_string());
    release
}

#[test]
fn killed_commit_loops_leave_whole_batches() {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = rng(std::process::id().into());
    let mut release = 0;
    for kill in 0..kills() {
        let mut child = start(dir.path());
        // Wait for the child's first commit, then for a random moment.
        let before = release;
        for _ in 0..6_000 {
            let now =
                Catalog::open(dir.path()).and_then(|catalog| catalog.info()).map_or(0, |info| info.release);
            if now > before {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_micros(rng.random_range(0..200_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        release = assert_whole(dir.path());
        assert!(release > before, "child {kill} committed nothing");
    }
}
