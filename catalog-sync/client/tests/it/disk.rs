//! A full disk: the old release stays, whole, and the next sync completes when there is room.
#![cfg(target_os = "linux")]

use std::process::Command;

use knytt_client::Error;

use crate::shop::{Device, Shop, assert_same};
use crate::threats::assert_searchable;

/// A file system in memory, which goes with this.
struct Disk(String);

impl Disk {
    /// `None` without the rights to mount.
    fn new(folder: &std::path::Path, kib: u64) -> Option<Self> {
        fs_err::create_dir_all(folder).unwrap();
        let path = folder.display().to_string();
        mount(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs", &path]).then_some(Self(path))
    }

    fn resize(&self, kib: u64) {
        assert!(mount(&["-o", &format!("remount,size={kib}k"), &self.0]));
    }

    /// What is taken.
    fn used_kib(&self) -> u64 {
        let output = Command::new("df").args(["--output=used", "-k", &self.0]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", &self.0]).status();
    }
}

fn mount(args: &[&str]) -> bool {
    Command::new("mount").args(args).output().is_ok_and(|output| output.status.success())
}

/// Syncs with ever more room, a little at a time, until it completes: each time before, the disk was
/// full at another moment. How often.
async fn fills(device: &Device, disk: &Disk, before: &str) -> usize {
    // No size at all would be no limit.
    let (mut full, mut kib) = (0, disk.used_kib().max(16));
    loop {
        disk.resize(kib);
        match device.sync().await {
            Ok(_) => return full,
            Err(error) => {
                assert!(
                    error.code() == "disk_full" && !matches!(error, Error::File { .. }),
                    "{kib} KiB: {error}"
                );
            }
        }
        if !before.is_empty() {
            assert_searchable(device);
            assert!(device.content() == before);
        }
        full += 1;
        kib += 48;
        assert!(full < 200, "{kib} KiB are not enough");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_one_error_and_the_old_release_stays_whole() {
    let mut shop = Shop::new(200);
    shop.publish();
    let server = shop.serve().await;
    let device = Device::new(&server.url);
    let Some(disk) = Disk::new(&device.folder(), 64) else {
        println!("skipped: mounting a small disk needs the rights of root");
        return;
    };
    let first = fills(&device, &disk, "").await;
    assert_same(&device, &shop);
    // A step.
    (0..60).for_each(|n| shop.put(&format!("p{n:04}")));
    let before = device.content();
    shop.publish();
    let step = fills(&device, &disk, &before).await;
    assert_same(&device, &shop);
    // A whole release beside the old one.
    for _ in 0..3 {
        (0..200).for_each(|n| shop.put(&format!("p{n:04}")));
        shop.publish();
    }
    let before = device.content();
    let whole = fills(&device, &disk, &before).await;
    assert_same(&device, &shop);
    println!(
        "the disk was full {first} times at first, {step} times in a step, {whole} times in a whole release"
    );
    assert!(first > 3 && step > 1 && whole > 3);
}
