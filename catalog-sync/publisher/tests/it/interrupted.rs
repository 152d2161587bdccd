//! Publications that are killed, or that meet another one.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use bytes::Bytes;
use knytt_publisher::{Depot, Entry, Error, Found, Keys, Result, publish};

use crate::device::{Device, Seen, run};
use crate::shop::{Shop, full, incremental, items, items_of};

/// A depot that fails for ever after so many changes, as if the publisher had been killed there.
#[derive(Debug)]
struct Failing {
    inner: Arc<dyn Depot>,
    left: AtomicUsize,
}

impl Failing {
    fn step(&self) -> Result<()> {
        let spent = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        spent.map(drop).map_err(|_| Error::Depot {
            place: "here".into(),
            name: "x".into(),
            reason: "killed".into(),
        })
    }
}

#[async_trait::async_trait]
impl Depot for Failing {
    fn place(&self) -> String {
        self.inner.place()
    }
    async fn get(&self, name: &str) -> Result<Option<Found>> {
        self.inner.get(name).await
    }
    async fn stat(&self, name: &str) -> Result<Option<Entry>> {
        self.inner.stat(name).await
    }
    async fn put_file(&self, name: &str, file: &Path) -> Result<()> {
        self.step()?;
        self.inner.put_file(name, file).await
    }
    async fn create(&self, name: &str, bytes: Bytes) -> Result<bool> {
        self.step()?;
        self.inner.create(name, bytes).await
    }
    async fn swap(&self, name: &str, bytes: Bytes, before: Option<&Found>) -> Result<()> {
        self.step()?;
        self.inner.swap(name, bytes, before).await
    }
    async fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>> {
        self.inner.list(folder).await
    }
    async fn delete(&self, name: &str) -> Result<()> {
        self.inner.delete(name).await
    }
}

/// Wherever a publication ends, devices have the old release or the new one, and the next succeeds.
#[test]
fn a_publication_that_was_killed_anywhere_does_no_harm() {
    let mut killed = 0;
    for changes in 0.. {
        let shop = Shop::new();
        shop.set(&items(0, 40));
        shop.publish(&full());
        let root = fs_err::read(shop.folder.path().join("keys/1.root.json")).unwrap();
        let before = items_of(&shop.catalog);
        shop.set(&items(2, 40));
        let failing: Arc<dyn Depot> =
            Arc::new(Failing { inner: shop.depot(), left: AtomicUsize::new(changes) });
        let outcome = publish(&shop.catalog, &shop.keys, &failing, &full(), &|_| {});
        let mut device = Device::default();
        run(device.install(&run(Seen::at(&shop.site(), &root)).unwrap()));
        if outcome.is_ok() {
            assert_eq!(device.items, items_of(&shop.catalog));
            break;
        }
        killed += 1;
        assert_eq!(device.items, before);
        let summary = shop.publish(&incremental());
        let seen = run(Seen::at(&shop.site(), &root)).unwrap();
        assert!(run(device.follow(&seen)));
        assert_eq!((summary.release, device.items), (2, items_of(&shop.catalog)));
    }
    // Packs, the description, the targets, the snapshot, the root, the timestamp.
    assert!(killed >= 9, "{killed}");
}

/// A depot whose users all wait for each other before they replace anything.
#[derive(Debug)]
struct Meeting {
    inner: Arc<dyn Depot>,
    barrier: Arc<Barrier>,
}

#[async_trait::async_trait]
impl Depot for Meeting {
    fn place(&self) -> String {
        self.inner.place()
    }
    async fn get(&self, name: &str) -> Result<Option<Found>> {
        self.inner.get(name).await
    }
    async fn stat(&self, name: &str) -> Result<Option<Entry>> {
        self.inner.stat(name).await
    }
    async fn put_file(&self, name: &str, file: &Path) -> Result<()> {
        self.inner.put_file(name, file).await
    }
    async fn create(&self, name: &str, bytes: Bytes) -> Result<bool> {
        self.inner.create(name, bytes).await
    }
    async fn swap(&self, name: &str, bytes: Bytes, before: Option<&Found>) -> Result<()> {
        self.barrier.wait();
        self.inner.swap(name, bytes, before).await
    }
    async fn list(&self, folder: &str) -> Result<Option<Vec<Entry>>> {
        self.inner.list(folder).await
    }
    async fn delete(&self, name: &str) -> Result<()> {
        self.inner.delete(name).await
    }
}

#[test]
fn of_two_publishers_one_wins_and_the_other_is_told() {
    let shop = Shop::new();
    for round in 0..6 {
        shop.set(&items(round, 40));
        let barrier = Arc::new(Barrier::new(2));
        let publisher = || {
            let keys = Keys::open(shop.keys.folder()).unwrap();
            let depot: Arc<dyn Depot> =
                Arc::new(Meeting { inner: shop.depot(), barrier: Arc::clone(&barrier) });
            let catalog = shop.catalog.clone();
            std::thread::spawn(move || publish(&catalog, &keys, &depot, &full(), &|_| {}))
        };
        let both = [publisher(), publisher()];
        let results = both.map(|one| one.join().unwrap());
        let won = results.iter().filter(|result| result.is_ok()).count();
        let raced = results.iter().filter(|result| matches!(result, Err(Error::Raced))).count();
        assert_eq!((won, raced), (1, 1), "{results:?}");
        let root = fs_err::read(shop.keys.folder().join("1.root.json")).unwrap();
        let seen = run(Seen::at(&shop.site(), &root)).unwrap();
        assert_eq!(seen.release.number, u64::from(round) + 1);
        run(Device::default().install(&seen));
        run(seen.verify_all());
    }
}
