//! The JSON of `knytt search --json`; see docs/json.md. Names here are a promise.

use anyhow::Result;
use knytt_engine::{Catalog, Hit, MatchKind, Product, Scale, ScoreParts, SearchResult, Timings};
use serde::Serialize;

/// A whole answer.
#[derive(Serialize)]
pub struct Answer {
    pub hits: Vec<AnswerHit>,
    /// Whether the best hit is a good match, as far as the catalogue's scale tells.
    pub good_match: bool,
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
    /// `exact`, `similar` or `other`; absent if the scale of the scores is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MatchKind>,
    /// How good the score is among this catalogue's scores; absent if their scale is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// What each side of the query adds to the score; the sides that were not asked are absent.
    pub parts: ScoreParts,
    pub product: Product,
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
        let (good_match, scale) = (result.is_good(), result.scale);
        Ok(Self {
            hits: result.hits.into_iter().map(|hit| AnswerHit::new(hit, scale)).collect(),
            good_match,
            matched: result.matched,
            index: result.index.to_string(),
            timings_ms: result.timings,
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
    fn new(hit: Hit, scale: Option<Scale>) -> Self {
        Self {
            rank: hit.position,
            percent: scale.map(|scale| scale.percent(hit.score)),
            id: hit.id,
            score: hit.score,
            kind: scale.map(|_| hit.kind),
            parts: hit.parts,
            product: hit.product,
        }
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
