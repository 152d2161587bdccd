//! Copies what is readable of a damaged catalogue into a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fs_err as fs;
use serde::Serialize;

use crate::catalog::meta::CatalogMeta;
use crate::catalog::source::{QuarantineRow, StoredSource};
use crate::catalog::transaction::{ProductRow, expect_vector};
use crate::catalog::{Catalog, CatalogSpec};
use crate::error::{Error, Result};
use crate::experiment::document::Experiment;
use crate::merchandise::document::Merchandising;
use crate::product::Product;
use crate::product::further_picture::{FurtherPicture, PictureRecord};
use crate::store::active_environment::ActiveEnvironment;
use crate::store::content_hash::ContentSum;
use crate::store::env::OpenMode;
use crate::store::open::OpenOptions;
use crate::store::pages::{PageReport, Value};
use crate::store::picture_number::{MOST_FURTHER_PICTURES, picture_of};
use crate::store::salvage::Salvage;
use crate::store::schema::meta_key;
use crate::store::{place, segment};

/// Products that one transaction stores.
const BATCH: usize = 1_000;

/// What [`Catalog::repair`] copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// The number of products in the new catalogue.
    pub products: u64,
    /// The number of products that the old one had and that could not be read, with their vectors.
    pub lost: u64,
    /// Whether the content of the new catalogue has the hash that the old one noted: nothing is lost or changed.
    pub is_complete: bool,
    /// What was found in the old one.
    pub found: PageReport,
}

/// A readable product.
struct Row {
    product: Product,
    vector: Vec<u8>,
    thumbnail: Option<Vec<u8>>,
    further: Vec<FurtherRow>,
}

/// A readable further picture.
struct FurtherRow {
    number: u8,
    picture: FurtherPicture,
    vector: Vec<u8>,
    thumbnail: Option<Vec<u8>>,
}

impl FurtherRow {
    fn record(&self) -> PictureRecord<'_> {
        PictureRecord {
            number: self.number,
            picture: self.picture.clone(),
            vector: &self.vector,
            thumbnail: self.thumbnail.as_deref(),
        }
    }
}

impl Catalog {
    /// Copies what is readable of the catalogue in `from` into a new one in `to`: products with their vectors and
    /// thumbnails, sources, refused sources and settings. It derives all other entries again. Nothing may write to
    /// `from` meanwhile; it stays as it is.
    ///
    /// # Errors
    /// [`NotACatalog`](Error::NotACatalog) or [`Damaged`](Error::Damaged) if not even the catalogue's description can
    /// be read, [`AlreadyExists`](Error::AlreadyExists), and those of writing. `to` then has no catalogue.
    pub fn repair(from: &Path, to: &Path) -> Result<Repaired> {
        let active = ActiveEnvironment::read(from)?;
        let mut salvage = Salvage::open(active.as_deref().unwrap_or(from))?;
        let described = salvage.meta_value(meta_key::CATALOG);
        let meta = described.and_then(|text| serde_json::from_slice::<CatalogMeta>(&text).ok());
        let meta = meta.ok_or_else(|| Error::damaged("its description cannot be read"))?;
        let spec = CatalogSpec {
            id: meta.catalog_id.clone(),
            model: meta.fingerprint.clone(),
            model_name: meta.model_name.clone(),
            dimension: meta.dimension,
        };
        // Nobody opens it before it is whole.
        let options = OpenOptions { durable: false, ..OpenOptions::default() };
        let catalog = Self::with(to, OpenMode::Create(&spec.description()?), options)?;
        let copied = copy(&mut salvage, &catalog, meta);
        drop(catalog);
        if copied.is_err() {
            for file in ["data.mdb", "lock.mdb"] {
                let _ = fs::remove_file(to.join(file));
            }
        }
        copied
    }
}

fn copy(salvage: &mut Salvage, catalog: &Catalog, meta: CatalogMeta) -> Result<Repaired> {
    let stored = copy_products(salvage, catalog, meta.dimension)?;
    copy_settings(salvage, catalog, &stored, meta)?;
    catalog.flush()?;
    let products = stored.len() as u64;
    let noted = salvage.meta_value(meta_key::CONTENT);
    let hash = |bytes: Vec<u8>| Some(ContentSum::from_bytes(&bytes).ok()?.hash());
    let pictures = salvage.meta_value(meta_key::PICTURES_CONTENT).and_then(hash);
    let (noted, snapshot) = (noted.and_then(hash), catalog.read()?);
    Ok(Repaired {
        products,
        lost: salvage.entries_of("products").saturating_sub(products),
        is_complete: noted == Some(snapshot.content_hash()?) && pictures == snapshot.pictures_hash()?,
        found: salvage.report.clone(),
    })
}

/// Copies the products; returns their ids.
fn copy_products(salvage: &mut Salvage, catalog: &Catalog, dimension: usize) -> Result<BTreeSet<String>> {
    let (products, thumbnails) = (salvage.numbered("products"), salvage.numbered("thumbnails"));
    let pictures = salvage.numbered("pictures");
    let mut vectors = Vectors::read(salvage, dimension);
    let mut stored = BTreeSet::new();
    let products: Vec<(u32, Value)> = products.into_iter().collect();
    for batch in products.chunks(BATCH) {
        let readable = |(item, place): &(u32, Value)| {
            let product: Product = serde_json::from_slice(&salvage.read(*place)?).ok()?;
            let vector = vectors.row(salvage, *item)?;
            let is_sound =
                product.validate().is_ok() && expect_vector(&product.id, &vector, dimension).is_ok();
            let thumbnail = thumbnails.get(item).and_then(|place| salvage.read(*place));
            let mut further = |number: u8| {
                let picture = picture_of(*item, number);
                let described = serde_json::from_slice(&salvage.read(*pictures.get(&picture)?)?).ok()?;
                let vector = vectors.row(salvage, picture)?;
                expect_vector(&product.id, &vector, dimension).ok()?;
                let thumbnail = thumbnails.get(&picture).and_then(|place| salvage.read(*place));
                Some(FurtherRow { number, picture: described, vector, thumbnail })
            };
            let further = (1..=MOST_FURTHER_PICTURES).filter_map(&mut further).collect();
            (is_sound && !stored.contains(&product.id)).then_some(Row { product, vector, thumbnail, further })
        };
        let rows: Vec<Row> = batch.iter().filter_map(readable).collect();
        let borrowed: Vec<ProductRow<'_>> = rows
            .iter()
            .map(|row| ProductRow {
                product: &row.product,
                vector: &row.vector,
                thumbnail: row.thumbnail.as_deref(),
            })
            .collect();
        catalog.transact(|change| {
            change.leave_index();
            change.upsert_all(&borrowed)?;
            let further = rows.iter().flat_map(|row| row.further.iter().map(move |one| (row, one)));
            further.into_iter().try_for_each(|(row, one)| change.put_picture(&row.product.id, &one.record()))
        })?;
        stored.extend(rows.into_iter().map(|row| row.product.id));
    }
    Ok(stored)
}

/// Copies all but the products, in a last transaction, which also builds the index.
fn copy_settings(
    salvage: &mut Salvage,
    catalog: &Catalog,
    stored: &BTreeSet<String>,
    meta: CatalogMeta,
) -> Result<()> {
    let mut writer = catalog.write();
    for source in salvage.records::<StoredSource>("sources") {
        // A source whose product is lost is read again by the next build.
        if stored.contains(&source.record.product) {
            writer.put_source(&source.source, &source.record);
        }
    }
    for row in salvage.records::<QuarantineRow>("quarantine") {
        writer.quarantine(&row);
    }
    let calibration = salvage.meta_value(meta_key::CALIBRATION);
    if let Some(calibration) = calibration.and_then(|text| serde_json::from_slice(&text).ok()) {
        writer.set_calibration(calibration);
    }
    let rules = salvage.meta_value(meta_key::RULES);
    if let Some(rules) = rules.and_then(|json| Merchandising::read(&json).ok()) {
        writer.set_merchandising(Some(rules));
    }
    let experiment = salvage.meta_value(meta_key::EXPERIMENT);
    if let Some(experiment) = experiment.and_then(|json| Experiment::read(&json).ok()) {
        writer.set_experiment(Some(experiment));
    }
    writer.set_weights(meta.weights);
    writer.set_safety(meta.safety);
    writer.keep_arroy_from(meta.arroy_from);
    writer.set_release(meta.release);
    writer.commit().map(drop)
}

/// The readable vectors.
struct Vectors {
    segments: BTreeMap<u32, Value>,
    places: BTreeMap<u32, Vec<u8>>,
    /// Whether a block of places could not be read. Then an item without a block may lie anywhere.
    lacks_places: bool,
    dimension: usize,
    /// The segment that was read last: items mostly lie in the order of their numbers.
    last: Option<(u32, Vec<u8>)>,
}

impl Vectors {
    fn read(salvage: &mut Salvage, dimension: usize) -> Self {
        let segments = salvage.numbered("vectors");
        let blocks = salvage.numbered("places");
        let read = |(number, at): (u32, Value)| Some((number, salvage.read(at)?));
        let places: BTreeMap<u32, Vec<u8>> = blocks.into_iter().filter_map(read).collect();
        let lacks_places = (places.len() as u64) < salvage.entries_of("places");
        Self { segments, places, lacks_places, dimension, last: None }
    }

    /// The vector of an item: `[dimension]` little-endian f16.
    fn row(&mut self, salvage: &Salvage, item: u32) -> Option<Vec<u8>> {
        let block = self.places.get(&place::block_of(item));
        if block.is_none() && self.lacks_places {
            return None;
        }
        let (number, slot) = segment::locate(place::in_block(block.map(Vec::as_slice), item).ok()?);
        if self.last.as_ref().is_none_or(|(last, _)| *last != number) {
            self.last = Some((number, salvage.read(*self.segments.get(&number)?)?));
        }
        let (_, segment) = self.last.as_ref()?;
        segment::row(segment, slot, self.dimension).map(<[u8]>::to_vec)
    }
}
