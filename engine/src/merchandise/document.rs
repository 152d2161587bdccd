//! The document, as it is written in JSON, in the catalogue and in releases. Names here are a promise.

use serde::{Deserialize, Serialize};

/// Rules and synonyms of one catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Merchandising {
    /// The version of this schema: 1.
    pub version: u32,
    /// The rules. Where two of them want the same, the earlier one has it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub rules: Vec<MerchandisingRule>,
    /// Words that stand for others.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub synonyms: Vec<Synonym>,
    /// Products that others take the place of; each at most once as `product`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub replacements: Vec<Replacement>,
    /// Pictures with products on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 16))]
    pub looks: Vec<ShopLook>,
}

impl Default for Merchandising {
    fn default() -> Self {
        Self {
            version: Self::VERSION,
            rules: Vec::new(),
            synonyms: Vec::new(),
            replacements: Vec::new(),
            looks: Vec::new(),
        }
    }
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MerchandisingRule {
    /// Unique in the document: lower-case letters, digits, `-` and `_`.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub id: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub name: String,
    /// Whether it does nothing for now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    /// When it applies; without a condition, always.
    #[serde(default)]
    pub when: RuleCondition,
    /// What it does.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub then: Vec<RuleAction>,
}

/// When a rule applies: if all of the conditions that are given hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleCondition {
    /// What is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<RuleQuery>,
    /// The category that hits are filtered by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub category: Option<String>,
    /// The shopper's language, as two or three letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 3))]
    pub language: Option<String>,
    /// From this moment on, in milliseconds since 1970 (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Before this moment, in milliseconds since 1970 (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}

impl RuleCondition {
    /// Whether every search may meet it, whatever is typed and filtered by.
    pub(crate) fn is_general(&self) -> bool {
        self.query.is_none() && self.category.is_none()
    }
}

/// A condition on the typed words. Case, accents and plurals do not matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleQuery {
    /// These words in this order, and no others.
    Exact {
        /// At most ten words.
        #[cfg_attr(feature = "openapi", schema(max_length = 100))]
        words: String,
    },
    /// All of these words, anywhere.
    Contains {
        /// At most ten words.
        #[cfg_attr(feature = "openapi", schema(max_length = 100))]
        words: String,
    },
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleAction {
    /// Puts a product in a place, if it passes the filters and can be bought.
    Pin {
        /// The product's id.
        #[cfg_attr(feature = "openapi", schema(max_length = 512))]
        product: String,
        /// The place, from 1.
        #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
        place: u32,
    },
    /// Ranks products higher.
    Boost {
        /// Which products.
        what: Selection,
        /// What is added to their scores, which are about 1 for a good hit.
        #[cfg_attr(feature = "openapi", schema(minimum = 0.01, maximum = 2))]
        by: f32,
    },
    /// Ranks products lower.
    Bury {
        /// Which products.
        what: Selection,
        /// What is taken from their scores.
        #[cfg_attr(feature = "openapi", schema(minimum = 0.01, maximum = 2))]
        by: f32,
    },
    /// Leaves products out.
    Hide {
        /// Which products.
        what: Selection,
    },
    /// Shows a text above the hits.
    Banner {
        /// The text, on one line.
        #[cfg_attr(feature = "openapi", schema(max_length = 200))]
        text: String,
    },
    /// Keeps only products that meet all of these conditions.
    Filter {
        /// As `knytt search --filter` takes them, such as `brand=acme` or `price=..50`.
        #[cfg_attr(feature = "openapi", schema(max_items = 10))]
        conditions: Vec<String>,
    },
    /// Offers a page of the shop instead.
    Redirect {
        /// Its address, `http` or `https`, on a host that products may lead to.
        #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
        address: String,
    },
}

/// Products: those that are named, and those that meet all of the conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Selection {
    /// Ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub products: Vec<String>,
    /// As `knytt search --filter` takes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    pub conditions: Vec<String>,
}

/// Words that stand for others. What is typed is searched for, and what it stands for, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Synonym {
    /// Each stands for all others.
    Both {
        /// Only for shoppers of this language, as two or three letters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(max_length = 3))]
        language: Option<String>,
        /// Two or more.
        #[cfg_attr(feature = "openapi", schema(min_items = 2, max_items = 8))]
        words: Vec<String>,
    },
    /// One stands for others, and not the other way.
    One {
        /// Only for shoppers of this language, as two or three letters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(max_length = 3))]
        language: Option<String>,
        /// What is typed.
        #[cfg_attr(feature = "openapi", schema(max_length = 50))]
        from: String,
        /// What it stands for; one or more.
        #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 8))]
        to: Vec<String>,
    },
}

impl Synonym {
    /// The language that it is for, if it is for one.
    pub fn language(&self) -> Option<&str> {
        match self {
            Self::Both { language, .. } | Self::One { language, .. } => language.as_deref(),
        }
    }
}

/// One product that takes the place of another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replacement {
    /// The id of the product that is replaced.
    #[cfg_attr(feature = "openapi", schema(max_length = 512))]
    pub product: String,
    /// The id of the product that takes its place. It may be replaced itself.
    #[cfg_attr(feature = "openapi", schema(max_length = 512))]
    pub by: String,
    /// Whether it does so also while the product can be bought; otherwise only while it is sold out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
}

/// A picture with products on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShopLook {
    /// Unique among looks: lower-case letters, digits, `-` and `_`.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub id: String,
    /// What shoppers read above it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub title: String,
    /// A JPEG of at most 96 KiB whose sides have 64 to 1024 pixels, as base64.
    #[cfg_attr(feature = "openapi", schema(max_length = 131_072))]
    pub picture: String,
    /// The products on it.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 12))]
    pub spots: Vec<LookSpot>,
}

/// A product on a look's picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LookSpot {
    /// Where it is, as a share of the width from the left.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub x: f32,
    /// Where it is, as a share of the height from the top.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub y: f32,
    /// The product's id.
    #[cfg_attr(feature = "openapi", schema(max_length = 512))]
    pub product: String,
}
