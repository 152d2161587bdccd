//! A full disk and other limits: the batch is refused whole, and the catalogue stays.

use knytt_engine::{Catalog, Error, OpenOptions};

use crate::common::{assert_sound, embedding, product, spec};

#[test]
fn the_limit_of_the_map_is_an_error_that_leaves_the_last_batch() {
    let dir = tempfile::tempdir().unwrap();
    let options = OpenOptions { initial_map_bytes: 1, max_map_bytes: 2 << 20, ..OpenOptions::default() };
    let catalog = Catalog::open_or_create_with(dir.path(), &spec(2), options).unwrap();
    let vector = embedding(vec![1.0, 0.0]);
    let mut writer = catalog.write();
    let mut stored = 0;
    let error = loop {
        writer.upsert(&product(stored), &vector, Some(&[9; 200_000])).unwrap();
        match writer.commit() {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 100, "the limit was passed");
    };
    assert!(matches!(error, Error::MapLimit { limit_bytes: 2_097_152 }), "{error}");
    assert!(stored > 0);
    drop((writer, catalog));
    let catalog = Catalog::open(dir.path()).unwrap();
    assert_eq!(catalog.read().unwrap().len().unwrap(), stored);
    assert_sound(&catalog.read().unwrap());
}

#[cfg(target_os = "linux")]
mod full {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::*;

    const FOLDER: &str = "KNYTT_TEST_FILL_DISK_AT";
    const CODE: &str = "KNYTT_TEST_FILL_DISK_CODE";

    /// Run by the tests below in a process of its own: commits until the disk is full, then looks.
    #[test]
    #[ignore = "a part of the tests of a full disk"]
    fn fill_disk() {
        let Some(dir) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
        let catalog = Catalog::open_or_create(&dir, &spec(2)).unwrap();
        let vector = embedding(vec![1.0, 0.0]);
        let mut writer = catalog.write();
        let mut stored = 0;
        let error = loop {
            writer.upsert(&product(stored), &vector, Some(&[9; 300_000])).unwrap();
            match writer.commit() {
                Ok(_) => stored += 1,
                Err(error) => break error,
            }
            assert!(stored < 1_000, "the disk never filled");
        };
        assert_eq!(error.code(), std::env::var(CODE).unwrap(), "{error}");
        if let Error::DiskFull { needed_bytes, .. } = error {
            assert!(needed_bytes.is_some_and(|bytes| bytes > 300_000), "{needed_bytes:?}");
        }
        assert!(stored > 0);
        let snapshot = catalog.read().unwrap();
        assert_eq!(snapshot.len().unwrap(), stored);
        assert_sound(&snapshot);
    }

    /// Runs `shell` with the command that fills the disk as its arguments, and expects its last commit
    /// to fail with `code`.
    fn fill(dir: &Path, shell: &str, code: &str) {
        let output = Command::new("sh")
            .args(["-c", shell, "sh"])
            .arg(std::env::current_exe().unwrap())
            .args(["disk::full::fill_disk", "--exact", "--ignored", "--nocapture"])
            .env(FOLDER, dir)
            .env(CODE, code)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        let catalog = Catalog::open(dir).unwrap();
        assert!(catalog.read().unwrap().len().unwrap() > 0);
        assert_sound(&catalog.read().unwrap());
    }

    #[test]
    fn a_write_that_fails_refuses_the_batch_and_keeps_the_catalogue() {
        let dir = tempfile::tempdir().unwrap();
        // A file may not pass 8192 blocks of 512 bytes; without the trap the signal would end the
        // process. The disk itself has room, so nothing may claim that it is full.
        fill(dir.path(), "trap '' XFSZ; ulimit -f 8192; exec \"$@\"", "storage");
    }

    #[test]
    fn a_full_disk_refuses_the_batch_and_keeps_the_catalogue() {
        let dir = tempfile::tempdir().unwrap();
        let mount = |command: &str, args: &[&str]| {
            Command::new(command).args(args).arg(dir.path()).output().is_ok_and(|o| o.status.success())
        };
        if !mount("mount", &["-t", "tmpfs", "-o", "size=4m", "tmpfs"]) {
            println!("skipped: mounting a small disk needs the rights of root");
            return;
        }
        let filled = std::panic::catch_unwind(|| fill(dir.path(), "exec \"$@\"", "disk_full"));
        assert!(mount("umount", &["-l"]), "the small disk stays mounted");
        filled.unwrap();
    }
}
