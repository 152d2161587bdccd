//! What no release needs goes; what a device may still be fetching stays.

use std::path::Path;
use std::time::Duration;

use knytt_publisher::{PublishOptions, collect, refresh};

use crate::device::{Device, Seen, run};
use crate::shop::{Shop, full, items, items_of};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn root(shop: &Shop) -> Vec<u8> {
    fs_err::read(shop.folder.path().join("keys/1.root.json")).unwrap()
}

/// Makes every file at the site older.
fn pass(site: &Path, time: Duration) {
    for folder in ["metadata", "targets"] {
        for entry in fs_err::read_dir(site.join(folder)).unwrap() {
            let file = std::fs::File::options().write(true).open(entry.unwrap().path()).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - time).unwrap();
        }
    }
}

fn files(site: &Path, folder: &str) -> usize {
    fs_err::read_dir(site.join(folder)).unwrap().count()
}

#[test]
fn a_device_in_the_middle_of_a_pull_finishes() {
    let shop = Shop::new();
    let options = PublishOptions { keep: 1, ..full() };
    shop.set(&items(0, 50));
    shop.publish(&options);
    pass(&shop.site(), 40 * DAY);
    let middle = run(Seen::at(&shop.site(), &root(&shop))).unwrap();
    let held = items_of(&shop.catalog);
    shop.set(&items(500, 50));
    shop.publish(&options);
    pass(&shop.site(), Duration::from_secs(3600));
    // The old packs are 40 days old, but until an hour ago a release named them.
    let collected = collect(&shop.keys, &shop.depot(), DAY).unwrap();
    assert_eq!(collected.removed_files, 0);
    let mut device = Device::default();
    run(device.install(&middle));
    assert_eq!(device.items, held);
    pass(&shop.site(), DAY);
    let collected = collect(&shop.keys, &shop.depot(), DAY).unwrap();
    // Four packs, the description, the log's page, the targets and the snapshot of the first release.
    assert_eq!(collected.removed_files, 8);
    assert!(run(middle.read("release.json")).is_err());
    let seen = run(Seen::at(&shop.site(), &root(&shop))).unwrap();
    assert_eq!(run(seen.verify_all()).len(), files(&shop.site(), "targets"));
    // Root, timestamp, targets, snapshot.
    assert_eq!(files(&shop.site(), "metadata"), 4);
    assert_eq!(collect(&shop.keys, &shop.depot(), DAY).unwrap().removed_files, 0);
}

#[test]
fn what_killed_publications_left_goes_too_and_nothing_else() {
    let shop = Shop::new();
    shop.set(&items(0, 20));
    shop.publish(&full());
    let site = shop.site();
    let orphan = format!("targets/{}.vectors-00.parquet", "ab".repeat(32));
    let half = format!("{orphan}#1");
    for (name, stays) in [
        ("metadata/9.targets.json", false),
        ("metadata/timestamp.json#2", false),
        (&half, false),
        (&orphan, false),
        ("targets/robots.txt", true),
    ] {
        fs_err::write(site.join(name), "left").unwrap();
        assert_eq!(collect(&shop.keys, &shop.depot(), DAY).unwrap().removed_files, 0, "{name} is young");
        pass(&site, 2 * DAY);
        collect(&shop.keys, &shop.depot(), DAY).unwrap();
        assert_eq!(site.join(name).exists(), stays, "{name}");
    }
    // A version number that was taken is left out, and the collection still knows what replaced what.
    fs_err::write(site.join("metadata/2.targets.json"), "left").unwrap();
    pass(&site, 30 * DAY);
    shop.set(&items(500, 20));
    shop.publish(&PublishOptions { keep: 1, ..full() });
    assert!(site.join("metadata/3.targets.json").exists());
    collect(&shop.keys, &shop.depot(), DAY).unwrap();
    assert!(site.join("metadata/1.targets.json").exists() && !site.join("metadata/2.targets.json").exists());
    refresh(&shop.keys, &shop.depot()).unwrap();
    run(run(Seen::at(&site, &root(&shop))).unwrap().verify_all());
}
