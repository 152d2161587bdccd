//! A retailer: a catalogue, keys, and a folder that releases are put to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use half::f16;
use knytt_engine::{Catalog, CatalogSpec, Fingerprint, Product};
use knytt_publisher::{
    Depot, KeyOptions, Keys, ModelFiles, Outcome, PublishOptions, Result, Summary, init, open_depot, publish,
};
use tempfile::TempDir;
use url::Url;

pub const DIMENSION: usize = 8;

/// A product with its vector and picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub product: Product,
    pub vector: Vec<u8>,
    pub picture: Option<Vec<u8>>,
}

pub type Items = BTreeMap<String, Item>;

pub struct Shop {
    pub folder: TempDir,
    pub catalog: Catalog,
    pub keys: Keys,
}

impl Shop {
    pub fn new() -> Self {
        Self::named("shop")
    }

    pub fn named(id: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::create(folder.path().join("catalog"), &spec(id)).unwrap();
        let keys = init(&folder.path().join("keys"), &KeyOptions::default()).unwrap();
        Self { folder, catalog, keys }
    }

    /// Where releases are put.
    pub fn site(&self) -> std::path::PathBuf {
        self.folder.path().join("site")
    }

    pub fn depot(&self) -> Arc<dyn Depot> {
        folder_depot(&self.site())
    }

    pub fn set(&self, items: &Items) {
        fill(&self.catalog, items);
    }

    pub fn try_publish(&self, options: &PublishOptions) -> Result<Outcome> {
        publish(&self.catalog, &self.keys, &self.depot(), options, &|_| {})
    }

    pub fn publish(&self, options: &PublishOptions) -> Summary {
        published(self.try_publish(options).unwrap())
    }
}

pub fn folder_depot(folder: &Path) -> Arc<dyn Depot> {
    open_depot(&Url::from_directory_path(folder).unwrap(), None).unwrap()
}

pub fn published(outcome: Outcome) -> Summary {
    match outcome {
        Outcome::Published(summary) => *summary,
        Outcome::Unchanged(refreshed) => panic!("unchanged: {refreshed:?}"),
    }
}

pub fn full() -> PublishOptions {
    PublishOptions { model: ModelFiles::Omitted, ..PublishOptions::default() }
}

pub fn incremental() -> PublishOptions {
    PublishOptions { incremental: true, ..full() }
}

pub fn spec(id: &str) -> CatalogSpec {
    CatalogSpec {
        id: id.into(),
        model: Fingerprint::of(&[b"a model of eight dimensions"]),
        model_name: "eight".into(),
        dimension: DIMENSION,
    }
}

/// Makes a catalogue hold exactly `items`.
pub fn fill(catalog: &Catalog, items: &Items) {
    let gone: Vec<String> =
        catalog.read().unwrap().ids().unwrap().into_iter().filter(|id| !items.contains_key(id)).collect();
    let filled: Result<(), knytt_engine::Error> = catalog.transact(|change| {
        for id in &gone {
            change.delete(id)?;
        }
        items.values().try_for_each(|i| change.upsert(&i.product, &i.vector, i.picture.as_deref()))
    });
    filled.unwrap();
}

/// Everything that a catalogue holds.
pub fn items_of(catalog: &Catalog) -> Items {
    let snapshot = catalog.read().unwrap();
    let item = |id: String| {
        let record = snapshot.record(&id).unwrap().unwrap();
        let picture = record.thumbnail.map(<[u8]>::to_vec);
        (id, Item { product: record.product, vector: record.vector.to_vec(), picture })
    };
    snapshot.ids().unwrap().into_iter().map(item).collect()
}

/// A product made from its number.
pub fn item(n: u32) -> Item {
    let product = Product {
        id: format!("product {n}"),
        title: format!("Dress number {n}"),
        category: ["dress", "coat", "hat"][n as usize % 3].into(),
        price: Some(format!("{n}.50 EUR").parse().unwrap()),
        colors: vec!["red".into()],
        attributes: BTreeMap::from([("season".into(), "summer".into())]),
        ..Product::default()
    };
    let picture = (!n.is_multiple_of(5)).then(|| noise(n, 3000));
    Item { product, vector: vector(n), picture }
}

/// `count` products from `from` on.
pub fn items(from: u32, count: u32) -> Items {
    (from..from + count).map(item).map(|item| (item.product.id.clone(), item)).collect()
}

/// Bytes that do not get smaller, made from a number: what a release weighs is mostly pictures.
pub fn noise(seed: u32, bytes: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..bytes).map(next).collect()
}

/// A vector of unit length, made from a number.
pub fn vector(n: u32) -> Vec<u8> {
    let raw: Vec<f32> = (0..DIMENSION as u32).map(|lane| ((n * 31 + lane * 17) % 97) as f32 - 48.5).collect();
    let length = raw.iter().map(|v| v * v).sum::<f32>().sqrt();
    raw.iter().flat_map(|v| f16::from_f32(v / length).to_le_bytes()).collect()
}
