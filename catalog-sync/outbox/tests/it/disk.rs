//! No room: an action is refused whole, what was written before is delivered, and then there is room.

use std::path::Path;
use std::process::Command;

use knytt_outbox::Error;

use crate::backend::Backend;
use crate::device::{Device, event};

#[tokio::test]
async fn a_full_map_loses_nothing_that_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let full = fill_and_deliver(dir.path(), 512 << 10).await;
    assert!(matches!(full, heed::Error::Mdb(heed::MdbError::MapFull)), "{full}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let mount = |command: &str, args: &[&str]| {
        Command::new(command).args(args).arg(dir.path()).output().is_ok_and(|o| o.status.success())
    };
    if !mount("mount", &["-t", "tmpfs", "-o", "size=512k", "tmpfs"]) {
        println!("skipped: mounting a small disk needs the rights of root");
        return;
    }
    let folder = dir.path().to_path_buf();
    let filled = tokio::spawn(async move { fill_and_deliver(&folder, 64 << 20).await }).await;
    assert!(mount("umount", &["-l"]), "the small disk stays mounted");
    let full = filled.unwrap();
    assert!(matches!(&full, heed::Error::Io(_)), "{full}");
}

/// Acts until there is no room; then delivers, and acts again. Returns how the last action failed.
async fn fill_and_deliver(folder: &Path, map_bytes: usize) -> heed::Error {
    let backend = Backend::start(&[]).await;
    let device = Device::at(folder, map_bytes);
    let mut written = Vec::new();
    let full = loop {
        let event = event("shop", written.len());
        match device.act(&event) {
            Ok(()) => written.push(event.id),
            Err(error) => break error,
        }
    };
    assert!(written.len() > 100 && device.actions() == written);
    assert_eq!(device.counts().waiting as usize, written.len());
    device.deliver_all(&device.delivery(&backend.url)).await;
    assert!(written.iter().all(|id| backend.stored().contains(id)));
    device.act(&event("shop", 0)).unwrap();
    let Error::Full(full) = full else { panic!("{full}") };
    full
}
