//! What is published: a catalogue at one moment.

use knytt_engine::{
    Calibration, Catalog, Experiment, Info, Merchandising, PictureRecord, Product, Record, Snapshot,
};
use knytt_pack::{FurtherRow, Header, shard_of};
use tempfile::TempDir;

use crate::{Error, Popularity, Result};

/// Products that a scratch copy changes in one transaction.
const BATCH_PRODUCTS: usize = 5000;

/// One read transaction, with the ids in their order.
pub(crate) struct Source {
    snapshot: Snapshot,
    pub(crate) info: Info,
    /// The rules and synonyms, if there are any.
    pub(crate) rules: Option<Merchandising>,
    /// The experiment that devices take part in, if there is one.
    pub(crate) experiment: Option<Experiment>,
    pub(crate) ids: Vec<String>,
    /// The content hash, hexadecimal.
    pub(crate) content: String,
    /// The hash of all further pictures, hexadecimal, if there are any.
    pub(crate) further: Option<String>,
    pub(crate) header: Header,
    _scratch: Option<TempDir>,
}

impl Source {
    /// The catalogue as it is; with popularities, a copy of it that has them.
    ///
    /// The copy is a catalogue like any other, so its content hash is that of what devices will hold.
    pub(crate) fn open(catalog: &Catalog, popularity: Option<&Popularity>) -> Result<Self> {
        let Some(popularity) = popularity.filter(|popularity| !popularity.is_empty()) else {
            return Self::of(catalog.read()?, None);
        };
        let scratch = tempfile::tempdir()?;
        catalog.copy_to(&scratch.path().join("data.mdb"))?;
        let copy = Catalog::open(scratch.path())?;
        add_popularity(&copy, popularity)?;
        Self::of(copy.read()?, Some(scratch))
    }

    fn of(snapshot: Snapshot, scratch: Option<TempDir>) -> Result<Self> {
        let info = snapshot.info()?;
        let header = Header {
            catalog: info.catalog_id.clone(),
            model: info.fingerprint.to_string(),
            dimension: info.dimension,
        };
        let content = snapshot.content_hash()?.to_string();
        let further = snapshot.pictures_hash()?.map(|hash| hash.to_string());
        let (ids, rules) = (snapshot.ids()?, snapshot.merchandising()?);
        let experiment = snapshot.experiment()?;
        Ok(Self { ids, rules, experiment, content, further, info, header, snapshot, _scratch: scratch })
    }

    pub(crate) fn calibration(&self) -> Option<Calibration> {
        self.info.calibration.clone()
    }

    /// The ids of each shard, in their order.
    pub(crate) fn shards(&self, count: usize) -> Vec<Vec<&str>> {
        let mut shards = vec![Vec::new(); count];
        for id in &self.ids {
            shards[shard_of(id, count)].push(id.as_str());
        }
        shards
    }

    pub(crate) fn record(&self, id: &str) -> Result<Record<'_>> {
        let record = self.snapshot.record(id)?;
        record.ok_or_else(|| Error::unexpected(format!("{id:?} is listed but not stored")))
    }

    /// The further pictures of a product, in their order.
    pub(crate) fn further_of(&self, id: &str) -> Result<Vec<FurtherRow>> {
        if self.further.is_none() {
            return Ok(Vec::new());
        }
        let row = |record: PictureRecord<'_>| FurtherRow {
            id: id.to_owned(),
            number: record.number,
            picture: Some(record.into()),
        };
        Ok(self.snapshot.further_pictures(id)?.into_iter().map(row).collect())
    }

    /// About how many bytes all vectors, pictures and texts take.
    pub(crate) fn estimated_bytes(&self) -> u64 {
        let stored = |name: &str| {
            let found = self.info.databases.iter().find(|database| database.name == name);
            found.map_or(0, |database| database.bytes)
        };
        stored("products") + stored("vectors") + stored("thumbnails")
    }
}

fn add_popularity(catalog: &Catalog, popularity: &Popularity) -> Result<()> {
    let changed: Vec<Product> = {
        let snapshot = catalog.read()?;
        let mut changed = Vec::new();
        for product in snapshot.products()? {
            let mut product = product?;
            let Some(value) = popularity.value(&product.id) else { continue };
            let before = product.attributes.insert(Popularity::ATTRIBUTE.into(), value.clone());
            if before.as_ref() != Some(&value) {
                changed.push(product);
            }
        }
        changed
    };
    for batch in changed.chunks(BATCH_PRODUCTS) {
        let revised: Result<(), knytt_engine::Error> = catalog
            .transact(|change| batch.iter().try_for_each(|product| change.revise(product, None, None)));
        revised?;
    }
    Ok(())
}
