//! The state of a catalogue at one moment.

use heed::Database;
use heed::types::Bytes;
use knytt_models::Embedding;
use roaring::RoaringBitmap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::calibrate::scale::Calibration;
use crate::catalog::apply::read_content;
use crate::catalog::meta::{CatalogMeta, read_calibration, read_experiment, read_merchandising, read_meta};
use crate::catalog::picture_changes;
use crate::catalog::source::{QuarantineRow, SourceRecord, StoredSource};
use crate::catalog::{Catalog, Info};
use crate::error::{Error, Result};
use crate::experiment::document::Experiment;
use crate::index::arroy::ArroyIndex;
use crate::index::exact::ExactScan;
use crate::index::ivf::IvfIndex;
use crate::index::top::Candidate;
use crate::index::{self, IndexKind, Nearest, Strategy};
use crate::look::image_template::ImageTemplate;
use crate::look::instance_embedding::InstanceEmbedding;
use crate::merchandise::document::Merchandising;
use crate::product::Product;
use crate::product::field::{Field, text_key};
use crate::product::filter::Filter;
use crate::product::further_picture::FurtherPicture;
use crate::store::bitmap::read_items;
use crate::store::content_hash::ContentHash;
use crate::store::env::ReadTxn;
use crate::store::picture_number::{FurtherPictures, item_of, number_of};
use crate::store::schema::meta_key;
use crate::store::view::View;
use crate::store::{facet_bitmaps, segment, vectors};

/// A consistent view of a catalogue. It does not see later commits. It can be sent to another thread, but not
/// shared between threads.
pub struct Snapshot {
    txn: ReadTxn,
    catalog: Catalog,
}

/// A query by a vector.
#[derive(Clone, Debug)]
pub struct VectorQuery<'a> {
    /// The vector that the products should be near.
    pub embedding: &'a Embedding,
    /// The condition that the products must meet.
    pub filter: &'a Filter,
    /// The number of products.
    pub k: usize,
    /// The choice of the index.
    pub strategy: Strategy,
    /// The id of a product to leave out.
    pub except: Option<&'a str>,
}

/// The answer to a [`VectorQuery`].
#[derive(Clone, Debug, PartialEq)]
pub struct Nearby {
    /// The products, nearest first: `k` of them, or all that match if those are fewer.
    pub products: Vec<ScoredProduct>,
    /// The number of products that pass the filter.
    pub matched: u64,
    /// The kind of index that answered.
    pub index: IndexKind,
}

/// A product that an index found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NearProduct {
    pub(crate) item: u32,
    /// The picture of it that is nearest.
    pub(crate) picture: u32,
    /// The dot product of the query and that picture, higher is nearer.
    pub(crate) score: f32,
}

/// The candidates that an index found, before their products are read.
pub(crate) struct Candidates {
    pub(crate) candidates: Vec<NearProduct>,
    pub(crate) matched: u64,
    pub(crate) index: IndexKind,
}

/// One product with its stored embedding and thumbnail.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// The product.
    pub product: Product,
    /// Its embedding: `[dimension]` little-endian f16.
    pub vector: &'a [u8],
    /// Its thumbnail, an encoded picture.
    pub thumbnail: Option<&'a [u8]>,
}

/// The features of a product's picture that recognise the same picture, or the same thing on another picture.
#[derive(Default, Deserialize)]
pub(crate) struct Recognised {
    #[serde(rename = "imprint")]
    pub(crate) template: Option<ImageTemplate>,
    #[serde(rename = "identity")]
    pub(crate) instance_embedding: Option<InstanceEmbedding>,
}

/// A product and its similarity to the query.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredProduct {
    /// Cosine similarity to the query, −1 to 1, higher is nearer.
    pub score: f32,
    /// The product.
    pub product: Product,
    /// Which of its pictures is the nearest; 0: its own, else the number of a further picture.
    pub picture: u8,
    /// The embedding of that picture, to f16 precision: `[dimension]`.
    pub vector: Vec<f32>,
}

impl Snapshot {
    pub(crate) fn new(catalog: Catalog) -> Result<Self> {
        Ok(Self { txn: catalog.storage().read()?, catalog })
    }

    pub(crate) fn view(&self) -> View<'_> {
        self.catalog.storage().view(&self.txn)
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn meta(&self) -> Result<CatalogMeta> {
        read_meta(self.view())
    }

    pub(crate) fn calibration(&self) -> Result<Option<Calibration>> {
        read_calibration(self.view())
    }

    /// The catalogue's rules and synonyms, if it has any.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn merchandising(&self) -> Result<Option<Merchandising>> {
        read_merchandising(self.view())
    }

    /// The experiment that searches may take part in, if there is one. A session does not obey it by itself.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn experiment(&self) -> Result<Option<Experiment>> {
        read_experiment(self.view())
    }

    /// The items that exist.
    pub(crate) fn live(&self) -> Result<RoaringBitmap> {
        read_items(self.view(), meta_key::LIVE)
    }

    /// A summary of the catalogue.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn info(&self) -> Result<Info> {
        let view = self.view();
        let none = FurtherPictures::default();
        let arroy_vectors = ArroyIndex::open(view, &none)?.map_or(0, |index| index.items().len());
        let disk_bytes = self.catalog.storage().disk_bytes()?;
        let calibration = self.calibration()?;
        Ok(Info::new(
            self.meta()?,
            calibration,
            view.db.sizes(view.txn)?,
            self.len()?,
            arroy_vectors,
            disk_bytes,
        ))
    }

    /// The number of the commit that this state is of. It grows with each commit, and starts again when the
    /// catalogue is replaced as a whole.
    pub fn commit_number(&self) -> u64 {
        self.txn.id() as u64
    }

    /// The number of products.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn len(&self) -> Result<u64> {
        Ok(self.view().db.products.len(&self.txn)?)
    }

    /// Whether the catalogue has no product.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.len()? == 0)
    }

    pub(crate) fn item(&self, id: &str) -> Result<Option<u32>> {
        Ok(self.view().db.ids.get(&self.txn, &text_key(id))?)
    }

    pub(crate) fn product_at(&self, item: u32) -> Result<Product> {
        self.stored_product(item)
    }

    /// The features that recognise a picture of a product. A search reads them of many products, so this reads nothing
    /// else of the product.
    pub(crate) fn recognised_at(&self, picture: u32) -> Result<Recognised> {
        #[derive(Deserialize)]
        struct Pictured {
            #[serde(default)]
            look: Recognised,
        }
        if number_of(picture) == 0 {
            return Ok(self.stored_product::<Pictured>(picture)?.look);
        }
        let FurtherPicture { template, instance_embedding, .. } =
            picture_changes::read_picture(self.view(), picture)?;
        Ok(Recognised { template, instance_embedding })
    }

    /// The fields of a product that `T` has.
    fn stored_product<T: DeserializeOwned>(&self, item: u32) -> Result<T> {
        let view = self.view();
        let bytes = view.db.products.get(view.txn, &item)?;
        let bytes = bytes.ok_or_else(|| Error::damaged(format!("item {item} has lost its product")))?;
        Ok(serde_json::from_slice(bytes)?)
    }

    pub(crate) fn vector_at(&self, item: u32) -> Result<Vec<f32>> {
        Ok(segment::decode(vectors::row(self.view(), item)?))
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

    /// A product's embedding, to f16 precision; `None` if there is no such product, or it has no picture.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn vector(&self, id: &str) -> Result<Option<Embedding>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        if self.without_picture()?.contains(item) {
            return Ok(None);
        }
        Ok(Some(Embedding::new(self.vector_at(item)?, self.catalog.fingerprint().clone())?))
    }

    /// A product's thumbnail, an encoded picture.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn thumbnail(&self, id: &str) -> Result<Option<&[u8]>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        let view = self.view();
        Ok(view.db.thumbnails.get(view.txn, &item)?)
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

    /// A product with its stored embedding and thumbnail.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn record(&self, id: &str) -> Result<Option<Record<'_>>> {
        let Some(item) = self.item(id)? else { return Ok(None) };
        let view = self.view();
        let vector = vectors::row(view, item)?;
        let thumbnail = view.db.thumbnails.get(view.txn, &item)?;
        Ok(Some(Record { product: self.product_at(item)?, vector, thumbnail }))
    }

    /// The hash of all products with their embeddings and thumbnails, without further pictures: those have
    /// [a hash of their own](Self::pictures_hash).
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn content_hash(&self) -> Result<ContentHash> {
        Ok(read_content(self.view())?.hash())
    }

    /// All products in the order of their items, which is about the order of insertion.
    ///
    /// # Errors
    /// Only if the storage fails; also each product that cannot be read.
    pub fn products(&self) -> Result<impl Iterator<Item = Result<Product>> + '_> {
        Ok(self.view().db.products.iter(&self.txn)?.map(|entry| Ok(serde_json::from_slice(entry?.1)?)))
    }

    /// The state of `source` when its product was stored.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn source(&self, source: &str) -> Result<Option<SourceRecord>> {
        let bytes = self.view().db.sources.get(&self.txn, &text_key(source))?;
        Ok(bytes.map(serde_json::from_slice::<StoredSource>).transpose()?.map(|stored| stored.record))
    }

    /// All sources.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn sources(&self) -> Result<Vec<(String, SourceRecord)>> {
        let stored: Vec<StoredSource> = self.records(self.view().db.sources)?;
        Ok(stored.into_iter().map(|s| (s.source, s.record)).collect())
    }

    /// The refused sources, in the order of their names.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn quarantined(&self) -> Result<Vec<QuarantineRow>> {
        self.records(self.view().db.quarantine)
    }

    fn records<T: DeserializeOwned>(&self, database: Database<'static, Bytes, Bytes>) -> Result<Vec<T>> {
        database.iter(&self.txn)?.map(|entry| Ok(serde_json::from_slice(entry?.1)?)).collect()
    }

    /// The values of `field` among the products that pass `filter`, and how many have each, most
    /// frequent first.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn facet_counts(&self, field: &Field, filter: &Filter) -> Result<Vec<(String, u64)>> {
        let view = self.view();
        facet_bitmaps::counts(view, field, &facet_bitmaps::matching(view, filter)?)
    }

    /// The names of all attributes that products can be filtered by, besides the known fields.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn attributes(&self) -> Result<Vec<String>> {
        facet_bitmaps::attributes(self.view())
    }

    /// How many products pass `filter`.
    ///
    /// # Errors
    /// [`FilterError::UnknownKey`](crate::FilterError::UnknownKey).
    pub fn count(&self, filter: &Filter) -> Result<u64> {
        Ok(self.matching(filter)?.len())
    }

    /// The `k` products nearest to an embedding, or fewer if fewer pass the filter.
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

    /// A candidate with its product and vector.
    pub(crate) fn scored(&self, candidate: NearProduct) -> Result<ScoredProduct> {
        let (product, vector) = (self.product_at(candidate.item)?, self.vector_at(candidate.picture)?);
        Ok(ScoredProduct { score: candidate.score, product, picture: number_of(candidate.picture), vector })
    }

    /// The items that pass `filter`.
    pub(crate) fn matching(&self, filter: &Filter) -> Result<RoaringBitmap> {
        facet_bitmaps::matching(self.view(), filter)
    }

    /// The items whose vectors are placeholders.
    pub(crate) fn without_picture(&self) -> Result<RoaringBitmap> {
        facet_bitmaps::without_picture(self.view())
    }

    fn candidates(&self, query: &VectorQuery<'_>) -> Result<Candidates> {
        let mut among = self.matching(query.filter)?;
        if let Some(id) = query.except {
            let item = self.item(id)?.ok_or_else(|| Error::UnknownProduct { id: id.into() })?;
            among.remove(item);
        }
        self.nearest(query.embedding, &among, query.k, query.strategy)
    }

    /// The `k` items of `among` with the pictures that are nearest to an embedding, or all of them; never one without a
    /// picture.
    pub(crate) fn nearest(
        &self,
        embedding: &Embedding,
        among: &RoaringBitmap,
        k: usize,
        strategy: Strategy,
    ) -> Result<Candidates> {
        let view = self.view();
        let vector = self.vector_of(embedding)?;
        let among = &(among - self.without_picture()?);
        let matched = among.len();
        let k = k.min(usize::try_from(matched).unwrap_or(usize::MAX));
        let (further, products) = (self.further()?, self.len()?);
        // Each picture of the products that pass costs as much as a product.
        let pictures = further.with_own(products);
        let compared = matched * pictures / products.max(1);
        let index = index::preferred(strategy, pictures, compared);
        let approximate = match index {
            IndexKind::Exact => None,
            IndexKind::IvfRabitq => {
                self.ivf_index(&further)?.map(|index| index.nearest(vector, among, k)).transpose()?
            }
            IndexKind::Arroy => {
                ArroyIndex::open(view, &further)?.map(|index| index.nearest(vector, among, k)).transpose()?
            }
        };
        // With fewer candidates than match, the index ended early, so the exact scan answers.
        if let Some(candidates) = approximate.filter(|candidates| candidates.len() == k) {
            return Ok(Candidates { candidates: near_products(candidates), matched, index });
        }
        let exact = ExactScan { rows: self.catalog.storage().mapped(view)?, further: &further };
        let candidates = near_products(exact.nearest(vector, among, k)?);
        Ok(Candidates { candidates, matched, index: IndexKind::Exact })
    }

    fn ivf_index<'s>(&'s self, further: &'s FurtherPictures) -> Result<Option<IvfIndex<'s>>> {
        let view = self.view();
        IvfIndex::open(view, further, || self.catalog.storage().mapped(view))
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

fn near_products(candidates: Vec<Candidate>) -> Vec<NearProduct> {
    let near = |Candidate { item: picture, score }| NearProduct { item: item_of(picture), picture, score };
    candidates.into_iter().map(near).collect()
}
