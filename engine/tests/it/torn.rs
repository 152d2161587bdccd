//! Files that were cut short, copied while they were written, or that lie where nothing can be written: each is an
//! error with a name or a catalogue that can be searched, and never the end of the process.

use fs_err as fs;
use std::path::Path;

use knytt_engine::{Catalog, Error, Filter, OpenOptions, Strategy};
use rand::Rng;

use crate::common::{assert_sound, embedding, product, random_embedding, rng, search, spec};

const PAGE: usize = 4096;
const DIMENSION: usize = 16;
const PRODUCTS: usize = 300;

/// A catalogue whose trees have branches, whose values lie in and outside of their leaves, and with free pages.
fn build(dir: &Path, versions: u64) {
    let catalog = Catalog::create(dir, &spec(DIMENSION)).unwrap();
    for version in 0..versions {
        let mut rng = rng(version);
        let mut writer = catalog.write();
        for id in 0..PRODUCTS {
            let attributes = [("version".to_owned(), version.to_string())].into();
            let title = format!("a thing of the number {id} {}", "and more words ".repeat(id % 9));
            let thumbnail = vec![7; rng.random_range(0..6_000)];
            let product = knytt_engine::Product { title, attributes, ..product(id) };
            writer.upsert(&product, &random_embedding(&mut rng, DIMENSION), Some(&thumbnail)).unwrap();
        }
        writer.commit().unwrap();
    }
}

/// The bytes of a catalogue's file.
fn bytes_of(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("data.mdb")).unwrap()
}

/// Opens a catalogue with these bytes and reads everything that a program reads of it. Returns whether it is sound.
fn read_everything(bytes: &[u8]) -> Result<bool, Error> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("data.mdb"), bytes).unwrap();
    let catalog = Catalog::open(dir.path())?;
    let snapshot = catalog.read()?;
    snapshot.info()?;
    for id in snapshot.ids()? {
        snapshot.thumbnail(&id)?;
        snapshot.record(&id)?;
    }
    let query = embedding(vec![1.0; DIMENSION]);
    search(&snapshot, &query, &Filter::default(), 10, Strategy::Exact);
    snapshot.facet_counts(&knytt_engine::Field::Category, &Filter::default())?;
    Ok(snapshot.check()?.is_sound())
}

#[test]
fn a_file_that_was_cut_short_is_named_with_both_sizes() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), 1);
    let whole = bytes_of(dir.path());
    assert!(read_everything(&whole).unwrap());
    for pages in (2..whole.len() / PAGE - 1).step_by(7) {
        match read_everything(&whole[..pages * PAGE + pages % 3]) {
            Err(error @ Error::CutShort { .. }) => {
                assert_eq!(error.code(), "catalog_damaged");
                assert!(error.to_string().contains(&whole.len().to_string()), "{error}");
            }
            other => panic!("{pages} pages: {other:?}"),
        }
    }
}

#[test]
fn pages_of_zeros_are_found_before_lmdb_reads_them() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), 2);
    let whole = bytes_of(dir.path());
    let mut refused = 0;
    for first in (2..whole.len() / PAGE).step_by(7) {
        let mut torn = whole.clone();
        let end = (first + 4).min(whole.len() / PAGE) * PAGE;
        torn[first * PAGE..end].fill(0);
        match read_everything(&torn) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.code(), "catalog_damaged", "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 10, "only {refused} torn copies were refused");
}

#[test]
fn pages_of_an_earlier_state_are_found_before_lmdb_follows_them() {
    let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    // From the third commit on, LMDB writes into pages that earlier commits have freed.
    build(dirs[0].path(), 4);
    build(dirs[1].path(), 5);
    let (old, new) = (bytes_of(dirs[0].path()), bytes_of(dirs[1].path()));
    let pages = old.len().min(new.len()) / PAGE;
    let mut rng = rng(1);
    let mut refused = 0;
    for _ in 0..30 {
        let mut torn = new.clone();
        let first = rng.random_range(2..pages);
        let end = rng.random_range(first..=pages);
        torn[first * PAGE..end * PAGE].copy_from_slice(&old[first * PAGE..end * PAGE]);
        refused += usize::from(read_everything(&torn).is_err());
    }
    assert!(refused > 10, "only {refused} torn copies were refused");
}

#[test]
fn random_bytes_in_any_page_never_end_the_process() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), 1);
    let whole = bytes_of(dir.path());
    let mut rng = rng(2);
    for _ in 0..60 {
        let mut torn = whole.clone();
        for _ in 0..20 {
            // The header of a page and its offsets are where a wrong byte leads LMDB out of the page.
            let page = rng.random_range(0..whole.len() / PAGE);
            torn[page * PAGE + rng.random_range(0..64)] = rng.random();
        }
        // What is stored in a value may still be wrong.
        let _ = read_everything(&torn);
    }
}

#[test]
fn a_sound_file_is_walked_once_and_a_changed_one_again() {
    let dir = tempfile::tempdir().unwrap();
    build(dir.path(), 1);
    let note = dir.path().join("checked.json");
    let noted = fs::read(&note).expect("the last process noted that the file is sound");
    drop(Catalog::open(dir.path()).unwrap());
    assert_eq!(fs::read(&note).unwrap(), noted);
    // Another file in its place has the note of the one before.
    let mut torn = bytes_of(dir.path());
    torn[2 * PAGE..].fill(0);
    fs::remove_file(dir.path().join("data.mdb")).unwrap();
    fs::write(dir.path().join("data.mdb"), &torn).unwrap();
    assert_eq!(Catalog::open(dir.path()).unwrap_err().code(), "catalog_damaged");
    // Without the note, the file is walked as well.
    fs::remove_file(&note).unwrap();
    assert_eq!(Catalog::open(dir.path()).unwrap_err().code(), "catalog_damaged");
    assert!(!note.exists(), "a damaged file was noted to be sound");
}

#[test]
fn what_may_be_lost_with_the_power_is_noted_once_all_of_it_is_flushed() {
    for (steps, is_noted) in [("w", false), ("wf", true), ("wfw", false), ("wfwf", true)] {
        let dir = tempfile::tempdir().unwrap();
        let options = OpenOptions { durable: false, ..OpenOptions::default() };
        let catalog = Catalog::open_or_create_with(dir.path(), &spec(DIMENSION), options).unwrap();
        for (n, step) in (0..).zip(steps.chars()) {
            if step == 'f' {
                catalog.flush().unwrap();
                continue;
            }
            let mut writer = catalog.write();
            writer.upsert(&product(n), &random_embedding(&mut rng(n), DIMENSION), None).unwrap();
            writer.commit().unwrap();
        }
        drop(catalog);
        assert_eq!(dir.path().join("checked.json").exists(), is_noted, "{steps}");
    }
}

#[test]
fn a_copy_that_is_made_while_a_program_writes_is_sound_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = Catalog::create(dir.path(), &spec(DIMENSION)).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut rng = rng(3);
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let mut writer = catalog.write();
                for _ in 0..20 {
                    let id = rng.random_range(0..PRODUCTS);
                    let thumbnail = vec![7; rng.random_range(0..6_000)];
                    let vector = random_embedding(&mut rng, DIMENSION);
                    writer.upsert(&product(id), &vector, Some(&thumbnail)).unwrap();
                }
                writer.commit().unwrap();
            }
        });
        for _ in 0..10 {
            let torn = bytes_of(dir.path());
            if torn.len() > 2 * PAGE {
                let _ = read_everything(&torn);
            }
            // LMDB's own way to copy gives a sound one at any moment.
            let copy = tempfile::tempdir().unwrap();
            catalog.copy_to(&copy.path().join("data.mdb")).unwrap();
            assert_sound(&Catalog::open(copy.path()).unwrap().read().unwrap());
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[cfg(target_os = "linux")]
mod mounted {
    use std::path::PathBuf;
    use std::process::Command;

    use super::*;

    /// A small file system in memory, unmounted in the end.
    struct Mount(tempfile::TempDir);

    impl Mount {
        /// `None` without the rights of root.
        fn of_bytes(bytes: usize) -> Option<Self> {
            let dir = tempfile::tempdir().unwrap();
            let mounted = run("mount", &["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"], dir.path());
            if !mounted {
                println!("skipped: mounting a small disk needs the rights of root");
                return None;
            }
            Some(Self(dir))
        }

        fn path(&self) -> PathBuf {
            self.0.path().into()
        }

        fn remount(&self, how: &str) {
            // A process that another test has just started may still hold the files of this one.
            let is_done = || run("mount", &["-o", &format!("remount,{how}")], self.0.path());
            assert!(in_time(is_done), "the disk stays busy");
        }

        /// The catalogue of `build`, without a lock file. It is built elsewhere: a lock file removed from this disk would
        /// take its room for as long as a process that another test has just started holds it, and then leave it free.
        /// The lock file's size.
        fn hold_catalog(&self) -> u64 {
            let built = tempfile::tempdir().unwrap();
            build(built.path(), 1);
            for entry in fs::read_dir(built.path()).unwrap().map(Result::unwrap) {
                if entry.file_name() != "lock.mdb" {
                    fs::copy(entry.path(), self.path().join(entry.file_name())).unwrap();
                }
            }
            fs::metadata(built.path().join("lock.mdb")).unwrap().len()
        }

        /// Waits until a file of so many bytes fits: one that was removed takes its room for as long as a process that
        /// another test has just started holds it.
        fn wait_for_room(&self, bytes: u64) {
            let file = self.path().join("fits");
            let fits = || fs::write(&file, vec![1; bytes as usize]).is_ok();
            assert!(in_time(fits), "the disk stays full");
            fs::remove_file(file).unwrap();
        }

        /// Leaves no free byte.
        fn fill(&self) {
            let mut file = fs::File::create(self.path().join("filler")).unwrap();
            while std::io::Write::write(&mut file, &[1; 4096]).is_ok_and(|written| written > 0) {}
        }
    }

    impl Drop for Mount {
        fn drop(&mut self) {
            run("umount", &["-l"], self.0.path());
        }
    }

    /// Whether it holds within five seconds.
    fn in_time(holds: impl Fn() -> bool) -> bool {
        (0..100).any(|_| {
            let done = holds();
            if !done {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            done
        })
    }

    fn run(command: &str, args: &[&str], last: &Path) -> bool {
        Command::new(command).args(args).arg(last).output().is_ok_and(|output| output.status.success())
    }

    #[test]
    fn a_full_disk_without_a_lock_file_is_an_error_that_says_how_much_room_it_needs() {
        let Some(disk) = Mount::of_bytes(8 << 20) else { return };
        let lock_bytes = disk.hold_catalog();
        let lock = disk.path().join("lock.mdb");
        disk.fill();
        // Also where an earlier version left a lock file without room behind.
        for sparse in [false, true] {
            if sparse {
                fs::File::create(&lock).unwrap().set_len(lock_bytes).unwrap();
            }
            let error = Catalog::open(disk.path()).unwrap_err();
            assert!(
                matches!(error, Error::DiskFull { needed_bytes: Some(bytes), .. } if bytes == lock_bytes),
                "{error}, {lock_bytes}"
            );
        }
        fs::remove_file(disk.path().join("filler")).unwrap();
        disk.wait_for_room(lock_bytes);
        assert_sound(&Catalog::open(disk.path()).unwrap().read().unwrap());
    }

    #[test]
    fn a_catalogue_on_a_read_only_disk_is_searched_and_not_written() {
        let Some(disk) = Mount::of_bytes(8 << 20) else { return };
        build(&disk.path(), 1);
        for with_lock in [true, false] {
            if !with_lock {
                fs::remove_file(disk.path().join("lock.mdb")).unwrap();
            }
            disk.remount("ro");
            let catalog = Catalog::open(disk.path()).unwrap();
            let query = embedding(vec![1.0; DIMENSION]);
            let snapshot = catalog.read().unwrap();
            let found = search(&snapshot, &query, &Filter::default(), 5, Strategy::Auto);
            assert_eq!(found.products.len(), 5);
            assert_sound(&snapshot);
            drop(snapshot);
            let mut writer = catalog.write();
            writer.delete("1");
            assert_eq!(writer.commit().unwrap_err().code(), "catalog_read_only");
            assert_eq!(Catalog::create(disk.path(), &spec(DIMENSION)).unwrap_err().code(), "catalog_exists");
            drop((writer, catalog));
            let error = Catalog::open_or_create(disk.path(), &spec(DIMENSION)).unwrap_err();
            assert_eq!(error.code(), "catalog_read_only");
            disk.remount("rw");
        }
    }
}
