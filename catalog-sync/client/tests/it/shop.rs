//! A retailer with a catalogue, keys and a place for releases; and devices that follow it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use half::f16;
use knytt_client::{Cancel, Error, SyncOptions, Synced, sync};
use knytt_engine::{Catalog, CatalogSpec, Fingerprint, FurtherPicture, PictureRecord, Product};
use knytt_models::Bundle;
use knytt_publisher::{Depot, KeyOptions, Keys, Outcome, PublishOptions, Summary, init, open_depot, publish};
use knytt_wire::Url;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::server::Server;

pub const DIMENSION: usize = 256;

pub struct Shop {
    pub dir: TempDir,
    pub catalog: Catalog,
    pub keys: Keys,
    random: ChaCha8Rng,
}

impl Shop {
    /// A catalogue of `products` products, not published yet.
    pub fn new(products: usize) -> Self {
        Self::with(products, "shop", &KeyOptions::default())
    }

    /// The same shop at another place, to go on apart from this one.
    pub fn branch(&self) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy_dir(self.dir.path(), dir.path());
        let catalog = Catalog::open(dir.path().join("catalog")).unwrap();
        let keys = Keys::open(&dir.path().join("keys")).unwrap();
        Self { dir, catalog, keys, random: self.random.clone() }
    }

    pub fn with(products: usize, id: &str, keys: &KeyOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let starter = Bundle::starter().unwrap();
        let spec = CatalogSpec {
            id: id.into(),
            model: starter.fingerprint().clone(),
            model_name: starter.name().into(),
            dimension: starter.dimension(),
        };
        assert_eq!(spec.dimension, DIMENSION);
        let catalog = Catalog::create(dir.path().join("catalog"), &spec).unwrap();
        let keys = init(&dir.path().join("keys"), keys).unwrap();
        let mut shop = Self { dir, catalog, keys, random: ChaCha8Rng::seed_from_u64(7) };
        (0..products).for_each(|n| shop.put(&format!("p{n:04}")));
        shop
    }

    /// Adds a product, or gives it another vector and picture.
    pub fn put(&mut self, id: &str) {
        let product = Product {
            id: id.into(),
            title: format!("the product {id}"),
            price: Some("12.50 EUR".parse().unwrap()),
            colors: vec!["red".into()],
            ..Product::default()
        };
        let vector = self.vector();
        let picture: Vec<u8> = (0..2000).map(|_| self.random.random()).collect();
        self.change(|change| change.upsert(&product, &vector, Some(&picture)));
    }

    pub fn edit(&mut self, id: &str, edit: impl Fn(&mut Product)) {
        self.change(|change| {
            let mut product = change.product(id)?.unwrap();
            edit(&mut product);
            change.revise(&product, None, None)
        });
    }

    /// Gives a product another further picture of this number.
    pub fn picture(&mut self, id: &str, number: u8) {
        let vector = self.vector();
        let thumbnail: Vec<u8> = (0..1500).map(|_| self.random.random()).collect();
        let picture = FurtherPicture { address: format!("{id}-{number}.jpg"), ..FurtherPicture::default() };
        let record = PictureRecord { number, picture, vector: &vector, thumbnail: Some(&thumbnail) };
        self.change(|change| change.put_picture(id, &record));
    }

    pub fn remove_picture(&mut self, id: &str, number: u8) {
        self.change(|change| change.remove_picture(id, number));
    }

    pub fn delete(&mut self, id: &str) {
        self.change(|change| change.delete(id).map(drop));
    }

    fn change(
        &mut self,
        mut change: impl FnMut(&mut knytt_engine::Transaction<'_, '_>) -> knytt_engine::Result<()>,
    ) {
        self.catalog.transact::<_, knytt_engine::Error>(|transaction| change(transaction)).unwrap();
    }

    fn vector(&mut self) -> Vec<u8> {
        let values: Vec<f32> = (0..DIMENSION).map(|_| self.random.random_range(-1.0..1.0)).collect();
        let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        values.iter().flat_map(|v| f16::from_f32(v / length).to_le_bytes()).collect()
    }

    /// Where releases lie.
    pub fn place(&self) -> PathBuf {
        self.dir.path().join("public")
    }

    pub fn publish(&self) -> Summary {
        self.publish_with(&PublishOptions::default())
    }

    pub fn publish_incremental(&self) -> Summary {
        self.publish_with(&PublishOptions { incremental: true, ..PublishOptions::default() })
    }

    pub fn publish_with(&self, options: &PublishOptions) -> Summary {
        match self.try_publish(options).unwrap() {
            Outcome::Published(summary) => *summary,
            Outcome::Unchanged(_) => panic!("nothing was published"),
        }
    }

    pub fn depot(&self) -> Arc<dyn Depot> {
        open_depot(&Url::from_directory_path(self.place()).unwrap(), None).unwrap()
    }

    pub fn try_publish(&self, options: &PublishOptions) -> knytt_publisher::Result<Outcome> {
        let depot = self.depot();
        // It has a runtime of its own, which may not be made inside of another.
        std::thread::scope(|scope| {
            scope.spawn(|| publish(&self.catalog, &self.keys, &depot, options, &|_| {})).join().unwrap()
        })
    }

    /// A release of the same products: its number and the metadata's versions go on.
    pub fn publish_again(&self) -> Summary {
        self.publish_with(&PublishOptions { rebuild: true, ..PublishOptions::default() })
    }

    pub async fn serve(&self) -> Server {
        Server::start(&self.place()).await
    }

    pub fn content(&self) -> String {
        content(&self.catalog)
    }
}

pub fn content(catalog: &Catalog) -> String {
    catalog.read().unwrap().content_hash().unwrap().to_string()
}

/// A device that follows one catalogue.
pub struct Device {
    pub dir: TempDir,
    pub options: SyncOptions,
}

impl Device {
    pub fn new(from: &Url) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let state = Some(dir.path().join("state"));
        Self { options: SyncOptions { from: Some(from.clone()), state, ..SyncOptions::default() }, dir }
    }

    pub fn folder(&self) -> PathBuf {
        self.dir.path().join("catalog")
    }

    pub async fn sync(&self) -> Result<Synced, Error> {
        sync(&self.folder(), &self.options, &|_| {}, &Cancel::default()).await
    }

    pub fn catalog(&self) -> Catalog {
        Catalog::open(self.folder()).unwrap()
    }

    pub fn content(&self) -> String {
        content(&self.catalog())
    }

    pub fn release(&self) -> u64 {
        self.catalog().info().unwrap().release
    }

    /// Everything that a failed sync must leave as it was.
    pub fn state(&self) -> (u64, String, Vec<u8>) {
        let trust = fs_err::read(self.folder().join("sync/trust.json")).unwrap();
        (self.release(), self.content(), trust)
    }
}

/// The catalogue holds together and is the shop's.
pub fn assert_same(device: &Device, shop: &Shop) {
    assert_eq!(device.content(), shop.content());
    let (mine, theirs) = (device.catalog().read().unwrap(), shop.catalog.read().unwrap());
    assert!(mine.check().unwrap().is_sound());
    assert_eq!(mine.ids().unwrap(), theirs.ids().unwrap());
    assert_eq!(mine.pictures_hash().unwrap(), theirs.pictures_hash().unwrap());
    for id in mine.ids().unwrap().iter().step_by(7) {
        assert_eq!(mine.record(id).unwrap(), theirs.record(id).unwrap());
    }
}

pub fn copy_dir(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_dir(&entry.path(), &to);
        } else {
            fs_err::copy(entry.path(), to).unwrap();
        }
    }
}

pub fn other_model() -> Fingerprint {
    Fingerprint::of(&[b"another model"])
}
