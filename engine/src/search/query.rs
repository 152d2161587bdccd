//! A query and its result.

use std::sync::Arc;

use image::RgbImage;
use knytt_models::Embedding;
use serde::Serialize;

use crate::calibrate::scale::{MatchKind, Scale};
use crate::index::{IndexKind, Strategy};
use crate::look::Look;
use crate::merchandise::guidance::{Guided, RuleDid, RuleEffect};
use crate::product::Product;
use crate::product::filter::Filter;
use crate::rank::reasons::Reasons;
use crate::rank::taste::Taste;
use crate::rank::weights::Weights;
use crate::search::parse::ParsedQuery;

/// A query by a picture, by words, by a product ("more like this"), or by several of these.
#[derive(Clone, Debug)]
pub struct Query {
    /// A picture of the product.
    pub image: Option<QueryImage>,
    /// The pixels of a picture that was embedded before, where they are at hand: they are looked at too.
    pub pixels: Option<Arc<RgbImage>>,
    /// What the picture shows, if it was looked at before.
    pub look: Option<Look>,
    /// The words as they were typed. Conditions in them ("under 50") filter.
    pub text: Option<String>,
    /// Takes all words as they are: nothing in them is a condition or an exclusion.
    pub literal: bool,
    /// The last word may be unfinished.
    pub typing: bool,
    /// The id of a product that the hits should be like; neither it nor its variants are among them.
    pub product: Option<String>,
    /// Words for what the hits should not be. Each ranks similar products lower.
    pub without: Vec<String>,
    /// Further ingredients, each with its weight; the rest of the query has weight 1. A negative weight ranks similar
    /// products lower.
    pub mix: Vec<(Ingredient, f32)>,
    /// How much the picture counts when there are words too: 1 is the picture alone, 0 the words
    /// alone. A product plays the picture's part; with a picture beside it, each counts half.
    pub alpha: f32,
    /// The condition that hits must meet, besides those in the words.
    pub filter: Filter,
    /// How many hits.
    pub k: usize,
    /// Which index finds the candidates.
    pub strategy: Strategy,
    /// How candidates are ranked; `None`: as the catalogue says, or as usual.
    pub weights: Option<Weights>,
    /// Whose taste ranks, if anybody's.
    pub taste: Option<Arc<Taste>>,
    /// The shopper's language, such as `en` or `en-GB`, for rules and synonyms of one language.
    pub language: Option<String>,
    /// Ignores the places that rules pin products to, as where hits are sorted by price afterwards.
    pub unpinned: bool,
    /// The moment that rules with times are asked for, in milliseconds since 1970; `None`: now.
    pub at_ms: Option<i64>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            image: None,
            pixels: None,
            look: None,
            text: None,
            literal: false,
            typing: false,
            product: None,
            without: Vec::new(),
            mix: Vec::new(),
            alpha: 0.5,
            filter: Filter::default(),
            k: 20,
            strategy: Strategy::Auto,
            weights: None,
            taste: None,
            language: None,
            unpinned: false,
            at_ms: None,
        }
    }
}

/// A query's picture.
#[derive(Clone, Debug)]
pub enum QueryImage {
    /// The bytes of a file: JPEG, PNG, WebP, GIF, BMP or TIFF; HEIC or AVIF where the system has libheif.
    Encoded(Vec<u8>),
    /// Pixels.
    Decoded(RgbImage),
    /// What the model made of the pixels before.
    Embedded(Embedding),
}

impl QueryImage {
    /// A file's picture is decoded so that its shorter side keeps at least twice this, in pixels, where the file has
    /// it. 1024 pixels show the picture large, and a tenth of it is still large enough to search for. Whoever decodes
    /// query pictures takes this: other pixels have other scores.
    pub const DECODED_SIDE: u32 = 512;
}

/// One of several ingredients of a query.
#[derive(Clone, Debug)]
pub enum Ingredient {
    /// A picture.
    Image(QueryImage),
    /// Words, taken as they are.
    Words(String),
    /// A product, by its id.
    Product(String),
}

/// The result of a [`Query`].
#[derive(Clone, Debug, Serialize)]
pub struct SearchResult {
    /// Best first: exactly `k`, or all products that pass the filter if those are fewer; variants of one
    /// product are one hit.
    pub hits: Vec<Hit>,
    /// How long it took.
    pub timings: Timings,
    /// How many products pass the filter.
    pub matched: u64,
    /// Which kind of index answered.
    pub index: IndexKind,
    /// The scale of the similarities, if the catalogue's was measured.
    pub scale: Option<Scale>,
    /// How the words were read, if there are any.
    #[serde(rename = "reading")]
    pub parsed: Option<ParsedQuery>,
    /// Whether the texts of a hit have the words of the query.
    pub named: bool,
    /// Whether the query's picture shows anything of the catalogue's domain; `None` if the catalogue has no classifier
    /// for that, and for queries that are not a picture alone.
    #[serde(rename = "familiar")]
    pub in_domain: Option<bool>,
    /// Whether the query is words alone that mean nothing in this catalogue, and that no product's texts have.
    pub says_nothing: bool,
    /// What the retailer's rules and synonyms add.
    pub guided: Guided,
    /// What the model made of the words that hits should match; `None` without words, and for models that know pictures
    /// only.
    #[serde(skip)]
    pub words_embedding: Option<Embedding>,
}

impl SearchResult {
    /// Whether any hit is a good match. For a picture that shows something of the catalogue's kind it is
    /// enough to be four fifths as near as matches are. `true` where there is no scale to tell, and where a hit's
    /// texts have the words of the query, or a rule put it in its place.
    pub fn is_good(&self) -> bool {
        let Some(scale) = self.scale else { return !self.says_nothing };
        let best = self.hits.iter().map(|hit| hit.similarity).fold(f32::MIN, f32::max);
        let nearly = best >= scale.unrelated + 0.8 * (scale.matches_from - scale.unrelated);
        let is_near = self.hits.iter().any(|hit| hit.kind != MatchKind::Other);
        let is_known = self.named || (self.in_domain == Some(true) && nearly);
        // The retailer has an answer to this query.
        let is_known = is_known || self.hits.iter().any(Hit::is_pinned);
        self.hits.is_empty() || is_known || is_near
    }
}

/// One product of the answer.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// The product's id.
    pub id: String,
    /// Its place in the answer, from 1.
    pub position: usize,
    /// What it is ranked by: the sum of `reasons`. Higher is better.
    pub score: f32,
    /// What the score is made of.
    pub reasons: Reasons,
    /// Cosine similarity of the query and the product's nearest picture, −1 to 1, higher is nearer.
    pub similarity: f32,
    /// How well its texts have the words of the query, from 0.6 to 1; `None` if they have few of them, and for queries
    /// that are not words alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named: Option<f32>,
    /// How near it is.
    pub kind: MatchKind,
    /// What the similarity is made of.
    pub parts: ScoreParts,
    /// How much the product's nearest picture is the query's, or holds it as a part: 1 is the very same. `None` if
    /// that was not looked at, as it is for the likeliest only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<f32>,
    /// Which of the product's pictures is the nearest to the query; 0: its own, else the number of a further picture.
    #[serde(skip_serializing_if = "is_own")]
    pub picture: u8,
    /// The product.
    pub product: Product,
    /// Ids of other products of its group that were candidates too: the same in other colours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// What the retailer's rules did to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<RuleEffect>,
    /// The id of the product in whose place it stands: its similarity and score are that product's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_own(picture: &u8) -> bool {
    *picture == 0
}

impl Hit {
    /// How well it matches, in percent of the best matches on `scale`. A product whose texts have the query's words
    /// matches as well as they do, whatever its picture looks like to the model.
    pub fn percent(&self, scale: &Scale) -> u8 {
        let named = self.named.map_or(0, |words| (100.0 * words).round().clamp(0.0, 100.0) as u8);
        scale.percent(self.similarity).max(named)
    }

    /// Whether a rule put it in its place.
    pub fn is_pinned(&self) -> bool {
        self.effects.iter().any(|effect| effect.did == RuleDid::Pinned)
    }
}

/// What each part of the query adds to a similarity; they sum to it. A part that the query does not have
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
    /// Of the further ingredients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mix: Option<f32>,
}

/// The time that each stage took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timings {
    /// From the picture's bytes to pixels.
    #[serde(rename = "decode")]
    pub decode_ms: f64,
    /// From pixels and words to embeddings.
    #[serde(rename = "embed")]
    pub embed_ms: f64,
    /// From the embedding to candidates: the filter and the index.
    #[serde(rename = "search")]
    pub search_ms: f64,
    /// From candidates to hits: words, scores, and reading the products.
    #[serde(rename = "rank")]
    pub rank_ms: f64,
    /// All of it.
    #[serde(rename = "total")]
    pub total_ms: f64,
}
