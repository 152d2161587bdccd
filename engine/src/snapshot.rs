//! The catalogue as it was at one moment.

use heed::types::Bytes;
use heed::{Database, RoTxn};
use knytt_models::Embedding;
use roaring::RoaringBitmap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::apply::read_content;
use crate::content::ContentHash;
use crate::facet::{Field, text_key};
use crate::index::arroy::ArroyIndex;
use crate::index::exact::ExactScan;
use crate::index::segments::SegmentsIndex;
use crate::index::{self, Candidate, IndexKind, Nearest, Strategy};
use crate::schema::{CatalogMeta, Databases, meta_key, read_calibration, read_items, read_meta};
use crate::source::StoredSource;
use crate::storage::Reading;
use crate::{
    Calibration, Catalog, Error, Filter, Identity, Imprint, Info, Product, QuarantineRow, Result,
    SourceRecord, facets, segment, vectors,
};

/// A consistent view of a catalogue: whatever is committed after it was taken, it does not see.
/// It can be sent to another thread, not shared between threads.
pub struct Snapshot {
    txn: Reading,
    catalog: Catalog,
}

/// A question to one catalogue in terms of vectors.
#[derive(Clone, Debug)]
pub struct VectorQuery<'a> {
    /// What the hits should be near.
    pub embedding: &'a Embedding,
    /// Which products may answer.
    pub filter: &'a Filter,
    /// How many hits.
    pub k: usize,
    /// Which index.
    pub strategy: Strategy,
    /// A product to leave out, by its id.
    pub except: Option<&'a str>,
}

/// The answer to a [`VectorQuery`].
#[derive(Clone, Debug, PartialEq)]
pub struct Nearby {
    /// Best first; exactly `k` of them, or all that match.
    pub products: Vec<ScoredProduct>,
    /// How many products pass the filter.
    pub matched: u64,
    /// Which kind of index answered.
    pub index: IndexKind,
}

/// What an index found, before the products are read.
pub(crate) struct Found {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) matched: u64,
    pub(crate) index: IndexKind,
}

/// All that is stored of one product.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// What is known of it.
    pub product: Product,
    /// Its embedding: `[dimension]` little-endian f16.
    pub vector: &'a [u8],
    /// Its thumbnail, an encoded picture.
    pub thumbnail: Option<&'a [u8]>,
}

/// What a product's picture is recognised by.
#[derive(Default, Deserialize)]
pub(crate) struct Recognised {
    pub(crate) imprint: Option<Imprint>,
    pub(crate) identity: Option<Identity>,
}

/// A product and how near it is.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredProduct {
    /// Cosine similarity to the query, −1 to 1, higher is nearer.
    pub score: f32,
    /// The product.
    pub product: Product,
    /// Its embedding, to f16 precision: `[dimension]`.
    pub vector: Vec<f32>,
}

impl Snapshot {
    pub(crate) fn new(catalog: Catalog) -> Result<Self> {
        Ok(Self { txn: catalog.storage().read()?, catalog })
    }

    pub(crate) fn parts(&self) -> (&Databases<'static>, &RoTxn<'static>) {
        (&self.catalog.storage().db, &self.txn)
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn meta(&self) -> Result<CatalogMeta> {
        let (db, txn) = self.parts();
        read_meta(db, txn)
    }

    pub(crate) fn calibration(&self) -> Result<Option<Calibration>> {
        let (db, txn) = self.parts();
        read_calibration(db, txn)
    }

    /// The items that exist.
    pub(crate) fn live(&self) -> Result<RoaringBitmap> {
        let (db, txn) = self.parts();
        read_items(db, txn, meta_key::LIVE)
    }

    /// What the catalogue holds.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn info(&self) -> Result<Info> {
        let (db, txn) = self.parts();
        let arroy_vectors = ArroyIndex::open(db, txn)?.map_or(0, |index| index.items().len());
        let disk_bytes = self.catalog.storage().disk_bytes()?;
        let calibration = self.calibration()?;
        Ok(Info::new(self.meta()?, calibration, db.sizes(txn)?, self.len()?, arroy_vectors, disk_bytes))
    }

    /// How many products there are.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn len(&self) -> Result<u64> {
        let (db, txn) = self.parts();
        Ok(db.products.len(txn)?)
    }

    /// Whether there is no product.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    pub(crate) fn item(&self, id: &str) -> Result<Option<u32>> {
        let (db, txn) = self.parts();
        Ok(db.ids.get(txn, &text_key(id))?)
    }

    pub(crate) fn product_at(&self, item: u32) -> Result<Product> {
        self.stored_product(item)
    }

    /// What a product is recognised by, and no more of it: a search asks this of many.
    pub(crate) fn recognised_at(&self, item: u32) -> Result<Recognised> {
        #[derive(Deserialize)]
        struct Pictured {
            #[serde(default)]
            look: Recognised,
        }
        Ok(self.stored_product::<Pictured>(item)?.look)
    }

    /// As much of a product as `T` has fields for.
    fn stored_product<T: DeserializeOwned>(&self, item: u32) -> Result<T> {
        let (db, txn) = self.parts();
        let bytes = db.products.get(txn, &item)?;
        let bytes = bytes.ok_or_else(|| Error::damaged(format!("item {item} has lost its product")))?;
        Ok(serde_json::from_slice(bytes)?)
    }

    pub(crate) fn vector_at(&self, item: u32) -> Result<Vec<f32>> {
        let (db, txn) = self.parts();
        Ok(segment::decode(vectors::row(db, txn, item, self.catalog.dimension())?))
    }

    /// Whether a product has this id.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn contains(&self, id: &str) -> Result<bool> {
        Ok(self.item(id)?.is_some())
    }

    /// The product of this id.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn product(&self, id: &str) -> Result<Option<Product>> {
        self.item(id)?.map(|item| self.product_at(item)).transpose()
    }

    /// A product's embedding, to f16 precision.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn vector(&self, id: &str) -> Result<Option<Embedding>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        Ok(Some(Embedding::new(self.vector_at(item)?, self.catalog.fingerprint().clone())?))
    }

    /// A product's thumbnail, an encoded picture.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn thumbnail(&self, id: &str) -> Result<Option<&[u8]>> {
        let (db, txn) = self.parts();
        let Some(item) = self.item(id)? else { return Ok(None) };
        Ok(db.thumbnails.get(txn, &item)?)
    }

    /// The ids of all products, in byte order.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn ids(&self) -> Result<Vec<String>> {
        let mut ids = self.products()?.map(|product| Ok(product?.id)).collect::<Result<Vec<_>>>()?;
        ids.sort_unstable();
        Ok(ids)
    }

    /// All that is stored of a product.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn record(&self, id: &str) -> Result<Option<Record<'_>>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        let (db, txn) = self.parts();
        let vector = vectors::row(db, txn, item, self.catalog.dimension())?;
        let thumbnail = db.thumbnails.get(txn, &item)?;
        Ok(Some(Record { product: self.product_at(item)?, vector, thumbnail }))
    }

    /// The hash of all products with their embeddings and thumbnails.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn content_hash(&self) -> Result<ContentHash> {
        let (db, txn) = self.parts();
        Ok(read_content(db, txn, self.catalog.dimension())?.hash())
    }

    /// All products, in the order of their items (about that of insertion).
    ///
    /// # Errors
    /// Only if the storage fails; also each product that cannot be read.
    pub fn products(&self) -> Result<impl Iterator<Item = Result<Product>> + '_> {
        let (db, txn) = self.parts();
        Ok(db.products.iter(txn)?.map(|entry| Ok(serde_json::from_slice(entry?.1)?)))
    }

    /// What `source` was when its product was stored.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn source(&self, source: &str) -> Result<Option<SourceRecord>> {
        let (db, txn) = self.parts();
        let bytes = db.sources.get(txn, &text_key(source))?;
        Ok(bytes.map(serde_json::from_slice::<StoredSource>).transpose()?.map(|stored| stored.record))
    }

    /// All sources.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn sources(&self) -> Result<Vec<(String, SourceRecord)>> {
        let (db, _) = self.parts();
        let stored: Vec<StoredSource> = self.records(db.sources)?;
        Ok(stored.into_iter().map(|s| (s.source, s.record)).collect())
    }

    /// What was refused, in the order of the sources' names.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn quarantined(&self) -> Result<Vec<QuarantineRow>> {
        let (db, _) = self.parts();
        self.records(db.quarantine)
    }

    fn records<T: DeserializeOwned>(&self, database: Database<'static, Bytes, Bytes>) -> Result<Vec<T>> {
        let (_, txn) = self.parts();
        database.iter(txn)?.map(|entry| Ok(serde_json::from_slice(entry?.1)?)).collect()
    }

    /// The values of `field` among the products that pass `filter`, and how many have each, most
    /// frequent first.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn facet_counts(&self, field: &Field, filter: &Filter) -> Result<Vec<(String, u64)>> {
        let (db, txn) = self.parts();
        facets::counts(db, txn, field, &facets::matching(db, txn, filter)?)
    }

    /// The names of all attributes that products can be filtered by, besides the known fields.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn attributes(&self) -> Result<Vec<String>> {
        let (db, txn) = self.parts();
        facets::attributes(db, txn)
    }

    /// How many products pass `filter`.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn count(&self, filter: &Filter) -> Result<u64> {
        let (db, txn) = self.parts();
        Ok(facets::matching(db, txn, filter)?.len())
    }

    /// The products nearest to an embedding: `k` of them if as many pass the filter.
    ///
    /// # Errors
    /// [`FingerprintMismatch`](Error::FingerprintMismatch), [`DimensionMismatch`](Error::DimensionMismatch),
    /// [`UnknownProduct`](Error::UnknownProduct) for the one to leave out, and those of the filter.
    pub fn search(&self, query: &VectorQuery<'_>) -> Result<Nearby> {
        let found = self.candidates(query)?;
        let products =
            found.candidates.iter().map(|candidate| self.scored(*candidate)).collect::<Result<_>>()?;
        Ok(Nearby { products, matched: found.matched, index: found.index })
    }

    /// A candidate with what is known of it.
    pub(crate) fn scored(&self, candidate: Candidate) -> Result<ScoredProduct> {
        let (product, vector) = (self.product_at(candidate.item)?, self.vector_at(candidate.item)?);
        Ok(ScoredProduct { score: candidate.score, product, vector })
    }

    /// The items that pass `filter`.
    pub(crate) fn matching(&self, filter: &Filter) -> Result<RoaringBitmap> {
        let (db, txn) = self.parts();
        facets::matching(db, txn, filter)
    }

    fn candidates(&self, query: &VectorQuery<'_>) -> Result<Found> {
        let mut among = self.matching(query.filter)?;
        if let Some(id) = query.except {
            let item = self.item(id)?.ok_or_else(|| Error::UnknownProduct { id: id.into() })?;
            among.remove(item);
        }
        self.nearest(query.embedding, &among, query.k, query.strategy)
    }

    /// The `k` items of `among` that are nearest to an embedding, or all of them.
    pub(crate) fn nearest(
        &self,
        embedding: &Embedding,
        among: &RoaringBitmap,
        k: usize,
        strategy: Strategy,
    ) -> Result<Found> {
        let (db, txn) = self.parts();
        let vector = self.vector_of(embedding)?;
        let matched = among.len();
        let k = k.min(usize::try_from(matched).unwrap_or(usize::MAX));
        let index = index::preferred(strategy, self.len()?, matched);
        let approximate = match index {
            IndexKind::Exact => None,
            IndexKind::Segments => {
                self.segments()?.map(|index| index.nearest(vector, among, k)).transpose()?
            }
            IndexKind::Arroy => {
                ArroyIndex::open(db, txn)?.map(|index| index.nearest(vector, among, k)).transpose()?
            }
        };
        // Fewer than match: the index ended early, so the scan answers.
        if let Some(candidates) = approximate.filter(|candidates| candidates.len() == k) {
            return Ok(Found { candidates, matched, index });
        }
        let exact = ExactScan { rows: self.catalog.storage().mapped(txn, self.catalog.dimension())? };
        Ok(Found { candidates: exact.nearest(vector, among, k)?, matched, index: IndexKind::Exact })
    }

    fn segments(&self) -> Result<Option<SegmentsIndex<'_>>> {
        let (db, txn) = self.parts();
        let dimension = self.catalog.dimension();
        SegmentsIndex::open(db, txn, || self.catalog.storage().mapped(txn, dimension), dimension)
    }

    fn vector_of<'e>(&self, embedding: &'e Embedding) -> Result<&'e [f32]> {
        self.catalog.expects(embedding.fingerprint())?;
        let (expected, received) = (self.catalog.dimension(), embedding.dimension());
        if expected != received {
            return Err(Error::DimensionMismatch { expected, received });
        }
        Ok(embedding.as_slice())
    }
}
