//! A search and its answer.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Card, Region};

/// What a shopper asks. With neither picture, words nor product it is a look around the shop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct SearchRequest {
    /// Grows by one with each search of a window; an older one that still runs is given up with
    /// [`Superseded`](crate::Code::Superseded).
    pub ticket: u32,
    /// The picture to look for.
    pub picture: Option<PictureQuery>,
    /// Words as they were typed; conditions in them ("under 50", "not striped") filter.
    pub words: String,
    /// The last word may be unfinished.
    pub typing: bool,
    /// More words for what the hits should not be.
    pub without: Vec<String>,
    /// The id of a product to find more like.
    pub like: Option<String>,
    /// Products that hits should be like, too, or unlike.
    pub mix: Vec<Weighed>,
    /// With words and a picture: 1 asks by the picture alone, 0 by the words alone.
    pub alpha: f32,
    /// Values that hits must have: any of the values of a field, in all fields.
    pub filters: Vec<Choice>,
    /// What hits may cost.
    pub price: Option<PriceRange>,
    /// In what order.
    pub sort: Sort,
    /// How many hits at most.
    pub limit: u32,
    /// The shopper's language, such as `en`, for rules and synonyms of one language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub language: Option<String>,
}

/// A picture, or a part of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct PictureQuery {
    /// The picture's id.
    pub id: String,
    /// The part that is asked about.
    pub region: Option<Region>,
}

/// A product beside what is asked, and how much it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Weighed {
    /// The product's id.
    pub product: String,
    /// Beside all else, which counts 1; less than 0 if hits should be unlike it.
    pub weight: f32,
}

/// Values of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Choice {
    /// `category`, `brand`, `shade`, `color`, `pattern`, `size`, `availability`, or a column of the feed.
    pub field: String,
    /// The values.
    pub values: Vec<String>,
}

/// Prices from and to, each a decimal number as text, both inclusive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct PriceRange {
    /// At least.
    pub min: Option<String>,
    /// At most.
    pub max: Option<String>,
}

/// In what order hits come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Sort {
    /// Best match first.
    #[default]
    Match,
    /// Cheapest first, among the best matches.
    PriceUp,
    /// Dearest first, among the best matches.
    PriceDown,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SearchResponse {
    /// [`SearchRequest::ticket`].
    pub ticket: u32,
    /// What to make of the hits.
    pub verdict: Verdict,
    /// In the order asked for.
    pub hits: Vec<Hit>,
    /// How many products pass the filters.
    pub matched: u32,
    /// What can be filtered by, with counts under the present filters.
    pub facets: Vec<Facet>,
    /// The prices among what the other filters let through.
    pub price_bounds: Option<PriceBounds>,
    /// How the words were read.
    pub understood: Understood,
    /// How long it took.
    pub timings: Timings,
    /// What the shop's rules add; absent if they add nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub guided: Option<Guided>,
}

/// What the shop's rules add to an answer, besides the order of its hits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Guided {
    /// A text to show above the hits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub banner: Option<String>,
    /// The address of a page of the shop that may fit better.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub redirect: Option<String>,
    /// The rules that apply, for the shop's staff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<RuleName>>")]
    pub rules: Vec<RuleName>,
    /// What was searched for besides the typed words, for the shop's staff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub also: Vec<String>,
}

/// Names a rule of the shop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct RuleName {
    /// Its id.
    pub id: String,
    /// Its name for people; empty if it has none.
    pub name: String,
}

/// What a rule of the shop did to a hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct RuleEffect {
    /// The rule.
    pub rule: RuleName,
    /// What it did.
    pub did: RuleDid,
}

/// What a rule can do to a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RuleDid {
    /// It put the hit in its place.
    Pinned,
    /// It ranked the hit higher.
    Boosted,
    /// It ranked the hit lower.
    Buried,
}

/// What to make of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Verdict {
    /// Hits that fit.
    Found,
    /// The nearest there is does not fit; the hits are what comes nearest all the same.
    NoGoodMatch,
    /// Nothing was asked: these are the shop's products.
    Browsing,
    /// No product passes the filters.
    NothingPasses,
}

/// One product of the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Hit {
    /// The product.
    pub card: Card,
    /// How well it fits, in percent of what this catalogue's best matches reach; `None` when browsing.
    pub percent: Option<u8>,
    /// The same product, or one like it.
    pub kind: MatchKind,
    /// Cosine similarity of query and product, −1 to 1.
    pub similarity: f32,
    /// What the similarity is made of.
    pub parts: ScoreParts,
    /// What it is ranked by: the sum of `reasons`.
    pub score: f32,
    /// Why it is where it is.
    pub reasons: Reasons,
    /// Ids of the same article in other colours.
    pub others: Vec<String>,
    /// What the shop's rules did to it, for the shop's staff.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<RuleEffect>>")]
    pub effects: Vec<RuleEffect>,
    /// The id of the product in whose place it stands, for the shop's staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replaces: Option<String>,
    /// In an experiment that merges two rankings, whose choice it is: 0 the present one's, 1 the other one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub team: Option<u8>,
}

/// How near a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MatchKind {
    /// As near as another picture of the same product is.
    Exact,
    /// Like what was asked for.
    Similar,
    /// Not near, or not compared at all.
    Other,
}

/// What each part of the query adds to a similarity; they sum to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct ScoreParts {
    /// Of the picture.
    pub image: Option<f32>,
    /// Of the words.
    pub text: Option<f32>,
    /// Of the product that the hits should be like.
    pub product: Option<f32>,
    /// Of what was excluded; zero or less where the product is like it.
    pub without: Option<f32>,
    /// Of the products beside what is asked.
    pub mix: Option<f32>,
}

/// What each part adds to a score. A part that was not looked at is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Reasons {
    /// Looks like what is asked for, or is what the words mean.
    pub visual: Option<f32>,
    /// The very same picture, or a part of it.
    pub likeness: Option<f32>,
    /// The same thing, as far as its picture tells, from whatever side.
    #[serde(rename = "identity")]
    pub instance_embedding: Option<f32>,
    /// The asked words are in its texts.
    pub words: Option<f32>,
    /// Colours alike.
    pub color: Option<f32>,
    /// A category that fits.
    pub category: Option<f32>,
    /// The same pattern.
    pub pattern: Option<f32>,
    /// The same brand.
    pub brand: Option<f32>,
    /// A price near.
    pub price: Option<f32>,
    /// The shopper's own taste; less than zero if they did not want the like of it.
    pub personal: Option<f32>,
    /// What others chose.
    pub popularity: Option<f32>,
    /// New in the shop.
    pub freshness: Option<f32>,
    /// What the shop's rules add; less than zero if they bury it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rules: Option<f32>,
}

/// A field and its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Facet {
    /// As in [`Choice::field`].
    pub field: String,
    /// Most frequent first.
    pub values: Vec<FacetValue>,
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct FacetValue {
    /// As the shop writes it.
    pub value: String,
    /// How many products would be left if only this value of the field were chosen.
    pub count: u32,
}

/// The lowest and the highest price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct PriceBounds {
    /// A decimal number, as text.
    pub min: String,
    /// A decimal number, as text.
    pub max: String,
    /// Three letters, or empty where the shop uses several currencies.
    pub currency: String,
}

/// How words were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Understood {
    /// What hits should be.
    pub words: String,
    /// What they should not be.
    pub without: Vec<String>,
    /// What was read out of the words that were typed, in their order.
    pub chips: Vec<Chip>,
    /// Whether only the products' texts were searched for the words: the catalogue's model knows pictures only. Absent
    /// if not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub texts_only: bool,
}

/// One thing that typed words say, which can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Chip {
    /// The words that say it.
    pub said: String,
    /// What was typed without them: taking it back is typing this.
    pub rest: String,
    /// What it was understood as.
    pub condition: Condition,
}

/// What words were understood as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[ts(export)]
pub enum Condition {
    /// A product must have this value.
    Has {
        /// As in [`Choice::field`].
        field: String,
        /// As it is compared: in lower case.
        value: String,
    },
    /// A product must not have this value.
    Lacks {
        /// As in [`Choice::field`].
        field: String,
        /// As it is compared: in lower case.
        value: String,
    },
    /// A product must cost this.
    Costs {
        /// From and to.
        price: PriceRange,
    },
    /// A product should not be like this.
    Unlike {
        /// In words.
        words: String,
    },
}

/// How long each stage took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export)]
pub struct Timings {
    /// From the picture's bytes to pixels.
    pub decode: f64,
    /// From pixels and words to embeddings.
    pub embed: f64,
    /// Filter and index.
    pub search: f64,
    /// From candidates to hits.
    pub rank: f64,
    /// All of it.
    pub total: f64,
}
