//! The JSON of `knytt search --json`; see docs/json.md. Names here are a promise.

use std::time::Instant;

use anyhow::Result;
use knytt_engine::{
    Catalog, CompiledRules, Guided, Hit, ListRules, MatchKind, ParsedQuery, Product, Query, Reasons,
    RuleEffect, Scale, ScoreParts, SearchResult, Snapshot, Timings,
};
use serde::Serialize;

/// A whole answer.
#[derive(Serialize)]
pub struct Answer {
    pub hits: Vec<AnswerHit>,
    /// How the words were read; absent without words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub understood: Option<ParsedQuery>,
    /// Whether the best hit is a good match, as far as the catalogue's scale tells.
    pub good_match: bool,
    /// Products that pass the filters.
    pub matched: u64,
    /// `exact` or `arroy`.
    pub index: String,
    pub timings_ms: Timings,
    /// What the catalogue's rules and synonyms add.
    pub guided: Guided,
    pub model: AnswerModel,
    pub catalog: CatalogName,
}

#[derive(Serialize)]
pub struct AnswerHit {
    pub rank: usize,
    pub id: String,
    /// Cosine of query and product, −1 to 1.
    pub score: f32,
    /// What the hit is ranked by: the sum of `reasons`.
    pub relevance: f32,
    /// What each part of the ranking adds; the parts that were not looked at are absent.
    pub reasons: Reasons,
    /// `exact`, `similar` or `other`; absent if the scale of the scores is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<MatchKind>,
    /// How good the score is among this catalogue's scores; absent if their scale is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// What each side of the query adds to the score; the sides that were not asked are absent.
    pub parts: ScoreParts,
    pub product: Product,
    /// The further picture of the product that is nearest to the query; absent if its own is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<AnswerPicture>,
    /// How much its picture is the query's; absent where they were not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<f32>,
    /// The same article in other colours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// What the catalogue's rules did to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<RuleEffect>,
    /// The id of the product in whose place it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

/// A further picture of a product.
#[derive(Serialize)]
pub struct AnswerPicture {
    /// From 1; [`Product::more_images`] has those of the feed, of which some may not be embedded.
    pub number: u8,
    /// A path or a URL, as the feed gave it.
    pub address: String,
}

#[derive(Serialize)]
pub struct AnswerModel {
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
    /// What goes well with the product of this id, as hits, as the catalogue's rules let it be shown.
    ///
    /// # Errors
    /// There is no such product, or the catalogue cannot be read.
    pub fn goes_with(catalog: &Catalog, id: &str, query: &Query) -> Result<Self> {
        let started = Instant::now();
        let snapshot = catalog.read()?;
        // What was written was checked; what a later version wrote is not obeyed.
        let rules = snapshot.merchandising()?.and_then(|document| CompiledRules::new(document).ok());
        let obeyed = ListRules { rules: rules.as_ref(), language: query.language.as_deref() };
        let products = snapshot.goes_with(id, query.k, obeyed)?;
        let own = snapshot.vector(id)?;
        let mut hits = Vec::new();
        for (position, product) in (1..).zip(products) {
            let near =
                own.as_ref().zip(snapshot.vector(&product.id)?).map(|(a, b)| a.cosine(&b)).transpose()?;
            let similarity = near.unwrap_or_default();
            hits.push(Hit {
                id: product.id.clone(),
                position,
                score: similarity,
                reasons: Reasons { visual: Some(similarity), ..Reasons::default() },
                similarity,
                likeness: None,
                picture: 0,
                named: None,
                kind: MatchKind::Other,
                parts: ScoreParts { product: Some(similarity), ..ScoreParts::default() },
                product,
                others: Vec::new(),
                effects: Vec::new(),
                replaces: None,
            });
        }
        let took_ms = started.elapsed().as_secs_f64() * 1e3;
        let result = SearchResult {
            matched: hits.len() as u64,
            hits,
            timings: Timings { search_ms: took_ms, total_ms: took_ms, ..Timings::default() },
            index: knytt_engine::IndexKind::Exact,
            scale: None,
            parsed: None,
            named: false,
            in_domain: None,
            says_nothing: false,
            words_embedding: None,
            guided: Guided::default(),
        };
        Self::new(catalog, result)
    }

    /// # Errors
    /// The catalogue cannot be read.
    pub fn new(catalog: &Catalog, result: SearchResult) -> Result<Self> {
        let info = catalog.info()?;
        let (good_match, scale) = (result.is_good(), result.scale);
        let snapshot = catalog.read()?;
        let hits = result.hits.into_iter().map(|hit| AnswerHit::new(&snapshot, hit, scale));
        Ok(Self {
            hits: hits.collect::<Result<_>>()?,
            understood: result.parsed,
            good_match,
            matched: result.matched,
            index: result.index.to_string(),
            timings_ms: result.timings,
            guided: result.guided,
            model: AnswerModel {
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
    fn new(snapshot: &Snapshot, hit: Hit, scale: Option<Scale>) -> Result<Self> {
        let further = if hit.picture == 0 { Vec::new() } else { snapshot.further_pictures(&hit.id)? };
        let picture = further.into_iter().find(|further| further.number == hit.picture);
        Ok(Self {
            rank: hit.position,
            percent: scale.map(|scale| hit.percent(&scale)),
            id: hit.id,
            score: hit.similarity,
            relevance: hit.score,
            reasons: hit.reasons,
            kind: scale.map(|_| hit.kind),
            parts: hit.parts,
            product: readable(hit.product),
            picture: picture
                .map(|found| AnswerPicture { number: found.number, address: found.picture.address }),
            likeness: hit.likeness,
            others: hit.others,
            effects: hit.effects,
            replaces: hit.replaces,
        })
    }
}

/// Without what only programs compare pictures by.
fn readable(mut product: Product) -> Product {
    product.look.hash = None;
    product.look.template = None;
    product.look.instance_embedding = None;
    product
}

/// `24.90 EUR`, what is paid now; the code that stands for no currency is left out.
pub fn price(product: &Product) -> Option<String> {
    let price = product.price_now()?;
    Some(match price.currency.as_str() {
        crate::source::NO_CURRENCY => price.amount.to_string(),
        code => format!("{} {code}", price.amount),
    })
}
