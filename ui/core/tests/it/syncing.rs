//! Catalogues of shops: how they come, how they stay fresh, and how they go.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use knytt_app_core::visit::{Update, Visit};
use knytt_engine::{Price, Product};
use knytt_publisher::PublishOptions;
use knytt_ui_api::{
    Capabilities, CatalogEntry, CatalogEvent, CatalogKind, CatalogSummary, Code, Problem, SearchRequest,
    SyncProgress, Trust,
};
use tempfile::TempDir;

use crate::retailer::Retailer;
use crate::shop::words;

const PRODUCTS: usize = 40;

/// A device with nothing on it.
struct Device {
    visit: Arc<Visit>,
    told: Arc<Mutex<Vec<CatalogEvent>>>,
    _folder: TempDir,
}

impl Device {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let visit = Arc::new(Visit::new(&folder.path().join("data")).unwrap());
        visit.catalogs.keep_trust_in(folder.path().join("trust"));
        let told = Arc::<Mutex<Vec<CatalogEvent>>>::default();
        let hears = Arc::clone(&told);
        visit.catalogs.listen(move |event| hears.lock().unwrap().push(event));
        Self { visit, told, _folder: folder }
    }

    /// Looks at a link and agrees to it.
    fn add(&self, retailer: &Retailer, link: &str) -> PathBuf {
        let offer = retailer.runtime.block_on(self.visit.catalogs.inspect(link)).unwrap();
        self.visit.catalogs.add(&offer.link).unwrap()
    }

    fn inspect(&self, retailer: &Retailer, link: &str) -> Code {
        retailer.runtime.block_on(self.visit.catalogs.inspect(link)).unwrap_err().code
    }

    fn update(&self, retailer: &Retailer, folder: &Path) -> Result<knytt_client::Synced, Problem> {
        let _inside = retailer.runtime.enter();
        Update::begin(&self.visit, folder, true, false).unwrap().run()
    }

    /// With the first release of the retailer open.
    fn with(retailer: &Retailer) -> (Self, PathBuf) {
        let device = Self::new();
        let folder = device.add(retailer, &retailer.link());
        device.update(retailer, &folder).unwrap();
        device.visit.open_shop(&folder, Vec::new()).unwrap();
        device.told.lock().unwrap().clear();
        (device, folder)
    }

    fn entry(&self, folder: &Path) -> CatalogEntry {
        let list = self.visit.catalog_list();
        list.into_iter().find(|entry| Path::new(&entry.path) == folder).unwrap()
    }

    fn renewed(&self) -> Option<CatalogSummary> {
        self.told.lock().unwrap().iter().find_map(|event| match event {
            CatalogEvent::Renewed { catalog } => Some(catalog.clone()),
            _ => None,
        })
    }

    fn matched(&self) -> u32 {
        self.visit.search(&SearchRequest { limit: 5, ..SearchRequest::default() }).unwrap().matched
    }
}

/// Another price for one product, and one product less.
fn change(retailer: &Retailer) -> Product {
    let ids = retailer.catalog.read().unwrap().ids().unwrap();
    let mut product = retailer.catalog.read().unwrap().product(&ids[0]).unwrap().unwrap();
    product.price = Some("1.23 EUR".parse::<Price>().unwrap());
    let changed = retailer.catalog.transact(|change| {
        change.revise(&product, None, None)?;
        change.delete(&ids[1])?;
        Ok::<_, knytt_engine::Error>(())
    });
    changed.unwrap();
    product
}

fn soon(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_link_shows_what_it_leads_to_and_only_that_can_be_added() {
    let (retailer, device) = (Retailer::open(PRODUCTS), Device::new());
    let inspect = |link: &str| retailer.runtime.block_on(device.visit.catalogs.inspect(link)).unwrap();
    let found = inspect(&retailer.address());
    assert_eq!((found.trust, found.encrypted, found.products), (Trust::FirstUse, false, PRODUCTS as u32));
    assert_eq!((found.title.as_str(), found.known), ("Drawn shop", None));
    assert!(found.download_bytes > 10_000);
    assert!(retailer.fingerprint().starts_with(&found.fingerprint.replace(' ', "")));
    // What is added names the key and the release that were shown, whatever the address has later.
    let link: knytt_wire::CatalogLink = found.link.parse().unwrap();
    assert_eq!(link.without_release().to_string(), retailer.link());
    let newest = link.newest.unwrap();
    assert_eq!((newest.catalog.as_str(), newest.number), ("shop", 1));
    assert_eq!(
        device.visit.catalogs.add(&retailer.link_with(&"0".repeat(64))).unwrap_err().code,
        Code::BadLink
    );
    let folder = device.visit.catalogs.add(&found.link).unwrap();
    let again = inspect(&retailer.link());
    assert_eq!(again.trust, Trust::Pinned);
    assert_eq!(again.known.as_deref(), folder.to_str());
}

#[test]
fn what_is_no_catalogue_or_another_ones_is_refused() {
    let (retailer, device) = (Retailer::open(PRODUCTS), Device::new());
    let other = format!("{}elsewhere/", retailer.address());
    assert_eq!(device.inspect(&retailer, &other), Code::NotFound);
    assert_eq!(device.inspect(&retailer, &retailer.link_with(&"0".repeat(64))), Code::WrongRoot);
    assert_eq!(device.inspect(&retailer, "http://127.0.0.1:9/"), Code::Offline);
    assert!(device.visit.catalog_list().is_empty());
}

#[test]
fn a_catalogue_comes_and_is_searched() {
    let (retailer, device) = (Retailer::open(PRODUCTS), Device::new());
    let folder = device.add(&retailer, &retailer.link());
    let before = device.entry(&folder);
    assert_eq!(
        (before.kind, before.products, before.name.as_str()),
        (CatalogKind::Synced, None, "Drawn shop")
    );
    let synced = device.update(&retailer, &folder).unwrap();
    assert!(synced.swapped && synced.release == 1);
    let told = device.told.lock().unwrap().clone();
    let phase = |wanted: fn(&SyncProgress) -> bool| {
        told.iter().any(|event| matches!(event, CatalogEvent::Progress { progress, .. } if wanted(progress)))
    };
    assert!(phase(|p| matches!(p, SyncProgress::Downloading { total, .. } if *total > 0)));
    assert!(phase(|p| matches!(p, SyncProgress::Applying { .. })));
    assert!(matches!(
        told.last(),
        Some(CatalogEvent::Ended { first: true, asked: true, release: Some(1), problem: None, .. })
    ));
    assert!(device.renewed().is_none(), "it is not the open one");

    device.visit.open_shop(&folder, Vec::new()).unwrap();
    let start = device.visit.start(Capabilities::default());
    assert_eq!(start.catalog.unwrap().products, PRODUCTS as u32);
    let entry = device.entry(&folder);
    assert!(entry.current && entry.disk_bytes > 100_000);
    let sync = entry.sync.unwrap();
    assert!(sync.checked.is_some() && sync.published.is_some() && sync.stale_days.is_none());
    assert!(sync.keys_days.is_none(), "the keys are trusted for a year");
    assert!(sync.problem.is_none() && sync.progress.is_none());
    let found = device.visit.search(&SearchRequest { limit: 5, ..words("red dress") }).unwrap();
    assert!(!found.hits.is_empty());
    assert!(device.visit.thumbnail(&found.hits[0].card.id, 0).unwrap().is_some());
}

#[test]
fn a_change_comes_into_the_open_catalogue() {
    let retailer = Retailer::open(PRODUCTS);
    let (device, folder) = Device::with(&retailer);
    assert!(!device.update(&retailer, &folder).unwrap().changed);
    assert!(device.renewed().is_none());
    let product = change(&retailer);
    retailer.publish(&PublishOptions { incremental: true, ..PublishOptions::default() });
    let open = device.visit.shop().unwrap();
    let synced = device.update(&retailer, &folder).unwrap();
    assert!(synced.changed && !synced.swapped);
    assert!(Arc::ptr_eq(&open, &device.visit.shop().unwrap()), "a change needs no opening");
    let catalog = device.renewed().unwrap();
    assert_eq!((catalog.products, catalog.release), (PRODUCTS as u32 - 1, 2));
    assert_eq!(device.matched(), PRODUCTS as u32 - 1);
    assert_eq!(device.visit.product_of(&product.id).unwrap().price, product.price);
}

#[test]
fn a_whole_release_takes_the_place_of_the_open_one_behind_its_searches() {
    let retailer = Retailer::open(PRODUCTS);
    let (device, folder) = Device::with(&retailer);
    change(&retailer);
    retailer.publish(&PublishOptions { rebuild: true, ..PublishOptions::default() });
    let before = device.visit.shop().unwrap();
    let reading = before.session().catalog().read().unwrap();
    let synced = device.update(&retailer, &folder).unwrap();
    assert!(synced.swapped, "a rebuilt release is fetched whole");
    assert_eq!(device.renewed().unwrap().products, PRODUCTS as u32 - 1);
    assert_eq!(device.matched(), PRODUCTS as u32 - 1);
    let after = device.visit.shop().unwrap();
    assert!(!Arc::ptr_eq(&before, &after));
    // Who was reading reads on; the model was not loaded anew.
    assert_eq!(reading.ids().unwrap().len(), PRODUCTS);
    assert_eq!(before.model_summary(), after.model_summary());
    let start = device.visit.start(Capabilities::default());
    assert!(start.problem.is_none() && start.catalogs.iter().any(|entry| entry.current));
}

#[test]
fn a_download_is_stopped_kept_and_gone_on_with() {
    let (retailer, device) = (Retailer::open(PRODUCTS), Device::new());
    let folder = device.add(&retailer, &retailer.link());
    retailer.server.held.store(true, Ordering::Relaxed);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| device.update(&retailer, &folder));
        soon("the download", || retailer.server.waited.load(Ordering::Relaxed) > 0);
        assert!(device.entry(&folder).sync.unwrap().progress.is_some());
        let second = Update::begin(&device.visit, &folder, true, false);
        assert_eq!(second.err().unwrap().code, Code::Busy);
        device.visit.catalogs.cancel(&folder);
        retailer.server.held.store(false, Ordering::Relaxed);
        assert_eq!(first.join().unwrap().unwrap_err().code, Code::Cancelled);
    });
    let entry = device.entry(&folder);
    assert_eq!((entry.products, entry.sync.unwrap().problem), (None, None));
    assert!(device.update(&retailer, &folder).unwrap().changed);
    assert_eq!(device.entry(&folder).products, Some(PRODUCTS as u32));
}

#[test]
fn a_failed_update_says_why_and_search_goes_on() {
    let retailer = Retailer::open(PRODUCTS);
    let (device, folder) = Device::with(&retailer);
    change(&retailer);
    retailer.publish(&PublishOptions { incremental: true, ..PublishOptions::default() });
    retailer.server.damaging.store(true, Ordering::Relaxed);
    assert_eq!(device.update(&retailer, &folder).unwrap_err().code, Code::Tampered);
    assert_eq!(device.entry(&folder).sync.unwrap().problem.unwrap().code, Code::Tampered);
    assert_eq!(device.matched(), PRODUCTS as u32);
    retailer.server.damaging.store(false, Ordering::Relaxed);
    retailer.server.away.store(true, Ordering::Relaxed);
    assert_eq!(device.update(&retailer, &folder).unwrap_err().code, Code::NotFound);
    assert_eq!(device.matched(), PRODUCTS as u32);
    retailer.server.away.store(false, Ordering::Relaxed);
    assert!(device.update(&retailer, &folder).unwrap().changed);
    assert_eq!(device.matched(), PRODUCTS as u32 - 1);
}

#[test]
fn removing_deletes_what_was_added_and_nothing_else() {
    let retailer = Retailer::open(PRODUCTS);
    let (device, folder) = Device::with(&retailer);
    let own = tempfile::tempdir().unwrap();
    crate::shop::build(&own.path().join("mine"), 5);
    let mine = own.path().join("mine");
    device.visit.open_shop(&mine, Vec::new()).unwrap();
    device.visit.open_shop(&folder, Vec::new()).unwrap();
    assert_eq!(device.entry(&mine).kind, CatalogKind::Folder);
    assert_eq!(Update::begin(&device.visit, &mine, true, false).err().unwrap().code, Code::NotFound);

    device.visit.remove_catalog(&folder).unwrap();
    assert!(!folder.exists());
    assert_eq!(device.visit.shop().unwrap().folder(), mine, "another one is opened");
    device.visit.remove_catalog(&mine).unwrap();
    assert!(mine.join("data.mdb").exists());
    assert_eq!(device.visit.start(Capabilities::default()).problem.unwrap().code, Code::NoCatalog);
    assert!(device.visit.catalog_list().is_empty());
    // It can come again.
    let folder = device.add(&retailer, &retailer.link());
    assert!(device.update(&retailer, &folder).unwrap().changed);
}
