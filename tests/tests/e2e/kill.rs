//! A build that is killed at any instant leaves a catalogue that opens, and the next one goes on.

use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::command::{json, knytt, run};
use crate::shop::{DRAWN, Shop};

/// Enough pictures that a build outlasts several commits, on a machine with many cores too.
fn large_shop() -> (Shop, usize) {
    let shop = Shop::empty();
    let copies = std::thread::available_parallelism().map_or(8, |cores| (2 * cores.get()).max(8));
    for copy in 0..copies {
        for (number, drawn) in DRAWN.iter().enumerate() {
            shop.write(&format!("pictures/{copy}/{number:03}.jpg"), &drawn.jpeg);
        }
    }
    (shop, copies * DRAWN.len())
}

fn start(shop: &Shop) -> Child {
    knytt(&["build", &shop.arg("pictures"), "--catalog", &shop.arg("catalog")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the build has written this file.
#[track_caller]
fn wait_for(file: &Path, build: &mut Child) {
    while !file.exists() {
        let ended = build.try_wait().unwrap();
        assert!(ended.is_none() || file.exists(), "the build ended without {}: {ended:?}", file.display());
        sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_build_leaves_a_sound_catalogue_and_the_next_goes_on() {
    let (shop, count) = large_shop();
    let mut before = 0;
    for wait_ms in [3, 60, 250, 700, 1900, 2600, 4100] {
        let mut child = start(&shop);
        sleep(Duration::from_millis(wait_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        if !shop.path("catalog/data.mdb").exists() {
            continue;
        }
        let inspected = run(&["inspect", "--check", "--json", "--catalog", &shop.arg("catalog")]);
        if inspected.code == Some(1) {
            // The build was killed while it made its first file, so there is no catalogue yet.
            inspected.fails(1, &["not a catalogue"]);
            assert_eq!(before, 0, "{inspected:?}");
            continue;
        }
        let inspection: serde_json::Value = serde_json::from_str(&inspected.stdout).unwrap();
        assert_eq!(inspection["check"]["sound"], true, "after {wait_ms} ms: {inspection}");
        let products = inspection["products"].as_u64().unwrap();
        assert!(products >= before, "after {wait_ms} ms: what was committed is kept");
        before = products;
    }
    let report = shop.build("pictures");
    assert_eq!(report["products"], count);
    assert_eq!(report["unchanged"], before, "nothing that was committed is embedded again");
    assert_eq!(shop.inspect()["products"], count);
}

#[cfg(unix)]
#[test]
fn an_interrupted_build_keeps_what_was_done_and_says_so() {
    let (shop, count) = large_shop();
    let catalog = shop.arg("catalog");
    let mut child = knytt(&["build", &shop.arg("pictures"), "--catalog", &catalog])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for(&shop.path("catalog/knytt.json"), &mut child);
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("interrupted") && stderr.contains("goes on"), "{stderr}");
    let kept = shop.inspect()["products"].as_u64().unwrap();
    assert_eq!(json(&["build", &shop.arg("pictures"), "--catalog", &catalog])["unchanged"], kept);
    assert_eq!(shop.inspect()["products"], count);
}

#[test]
fn two_builds_do_not_write_at_once() {
    let (shop, _) = large_shop();
    let mut first = start(&shop);
    wait_for(&shop.path("catalog/data.mdb"), &mut first);
    shop.try_build("pictures", &[]).fails(1, &["another build", "wait"]);
    first.kill().unwrap();
    first.wait().unwrap();
}
