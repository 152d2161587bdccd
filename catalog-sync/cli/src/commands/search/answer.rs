//! The JSON of `knytt search --json`; see docs/json.md. Names here are a promise.

use anyhow::Result;
use knytt_engine::{Catalog, Hit, Product, SearchResult};
use serde::Serialize;

/// A whole answer.
#[derive(Serialize)]
pub struct Answer {
    pub hits: Vec<AnswerHit>,
    /// Products that pass the filters.
    pub matched: u64,
    /// `exact` or `arroy`.
    pub index: String,
    pub timings_ms: Timings,
    pub model: Model,
    pub catalog: CatalogName,
}

#[derive(Serialize)]
pub struct AnswerHit {
    pub rank: usize,
    pub id: String,
    /// Cosine of query and product, −1 to 1.
    pub score: f32,
    pub parts: Parts,
    pub product: Product,
}

/// What each side of the query adds to the score; the sides that were not asked are absent.
#[derive(Clone, Copy, Serialize)]
pub struct Parts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<f32>,
}

#[derive(Serialize)]
pub struct Timings {
    pub decode: f64,
    pub embed: f64,
    pub search: f64,
    pub rank: f64,
    pub total: f64,
}

#[derive(Serialize)]
pub struct Model {
    pub name: String,
    pub fingerprint: String,
    pub dimension: usize,
}

#[derive(Serialize)]
pub struct CatalogName {
    pub path: String,
    pub id: String,
    pub release: u64,
    pub products: u64,
}

impl Answer {
    /// # Errors
    /// The catalogue cannot be read.
    pub fn new(catalog: &Catalog, result: SearchResult) -> Result<Self> {
        let info = catalog.info()?;
        let t = result.timings;
        Ok(Self {
            hits: result.hits.into_iter().enumerate().map(|(at, hit)| AnswerHit::new(at + 1, hit)).collect(),
            matched: result.matched,
            index: result.index.to_string(),
            timings_ms: Timings {
                decode: t.decode,
                embed: t.embed,
                search: t.search,
                rank: t.rank,
                total: t.total,
            },
            model: Model {
                name: info.model_name,
                fingerprint: info.fingerprint.as_str().into(),
                dimension: info.dimension,
            },
            catalog: CatalogName {
                path: catalog.path().display().to_string(),
                id: info.catalog_id,
                release: info.release,
                products: info.products,
            },
        })
    }
}

impl AnswerHit {
    fn new(rank: usize, hit: Hit) -> Self {
        let parts = Parts { image: hit.parts.image, text: hit.parts.text, product: hit.parts.product };
        Self { rank, id: hit.id, score: hit.score, parts, product: hit.product }
    }
}

/// `24.90 EUR`; the code that stands for no currency is left out.
pub fn price(product: &Product) -> Option<String> {
    let price = product.price.as_ref()?;
    Some(match price.currency.as_str() {
        crate::source::NO_CURRENCY => price.amount.to_string(),
        code => format!("{} {code}", price.amount),
    })
}
