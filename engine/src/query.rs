//! What a shopper asks, and what comes back.

use image::RgbImage;
use knytt_models::Embedding;
use serde::Serialize;

use crate::{Filter, IndexKind, MatchKind, Product, Scale, Strategy};

/// A question by picture, by words, by a product ("more like this"), or by several of them.
#[derive(Clone, Debug)]
pub struct Query {
    /// A picture of the product.
    pub image: Option<QueryImage>,
    /// Words for it.
    pub text: Option<String>,
    /// The id of a product that the hits should be like; it is not among them.
    pub product: Option<String>,
    /// Words for what the hits should not be: each pushes products that are like it down.
    pub without: Vec<String>,
    /// How much the picture counts when there are words too: 1 is the picture alone, 0 the words
    /// alone. A product plays the picture's part; with a picture beside it, each counts half.
    pub alpha: f32,
    /// Which products may answer.
    pub filter: Filter,
    /// How many hits.
    pub k: usize,
    /// Which index answers.
    pub strategy: Strategy,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            image: None,
            text: None,
            product: None,
            without: Vec::new(),
            alpha: 0.5,
            filter: Filter::default(),
            k: 20,
            strategy: Strategy::Auto,
        }
    }
}

/// A query's picture.
#[derive(Clone, Debug)]
pub enum QueryImage {
    /// The bytes of a file: JPEG, PNG, WebP, GIF, BMP or TIFF.
    Encoded(Vec<u8>),
    /// Pixels.
    Decoded(RgbImage),
    /// What the model made of the pixels before.
    Embedded(Embedding),
}

/// The answer to a [`Query`].
#[derive(Clone, Debug, Serialize)]
pub struct SearchResult {
    /// Best first: exactly `k`, or all products that pass the filter if those are fewer.
    pub hits: Vec<Hit>,
    /// How long it took.
    pub timings: Timings,
    /// How many products pass the filter.
    pub matched: u64,
    /// Which kind of index answered.
    pub index: IndexKind,
    /// The scale of the scores, if the catalogue's was measured.
    pub scale: Option<Scale>,
}

impl SearchResult {
    /// Whether the best hit is a good match; `true` where there is no scale to tell.
    pub fn is_good(&self) -> bool {
        match (self.hits.first(), self.scale) {
            (Some(best), Some(scale)) => scale.kind(best.score) != MatchKind::Other,
            _ => true,
        }
    }
}

/// One product of the answer.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// The product's id.
    pub id: String,
    /// Its place in the answer, from 1.
    pub position: usize,
    /// Cosine similarity of the query and the product, −1 to 1, higher is nearer.
    pub score: f32,
    /// How near it is.
    pub kind: MatchKind,
    /// What the score is made of.
    pub parts: ScoreParts,
    /// The product.
    pub product: Product,
}

/// What each part of the query adds to a score; they sum to it. A part that the query does not have
/// is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ScoreParts {
    /// Of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<f32>,
    /// Of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<f32>,
    /// Of the product that the hits should be like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<f32>,
    /// Of what was excluded: less than zero where the product is like it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<f32>,
}

/// How long each stage took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timings {
    /// From the picture's bytes to pixels.
    pub decode: f64,
    /// From pixels and words to embeddings.
    pub embed: f64,
    /// From the embedding to candidates: the filter and the index.
    pub search: f64,
    /// From candidates to hits.
    pub rank: f64,
    /// All of it.
    pub total: f64,
}
