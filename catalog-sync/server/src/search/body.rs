//! What a client asks, and its bounds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use knytt_ui_api::{Choice, PriceRange, SearchRequest, Sort, Weighed};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refusals::bad_query;
use crate::http::read_json;
use crate::http::refusal::Refusal;

/// Letters of a text: more than anybody types.
const LONGEST_TEXT: usize = 500;

/// Letters of an id, a field or a value.
const LONGEST_NAME: usize = 512;

/// Letters of a language tag.
pub const LONGEST_TAG: usize = 35;

/// Letters of a visitor's name.
const LONGEST_VISITOR: usize = 100;

/// Entries of a list.
const LONGEST_LIST: usize = 32;

/// Values of one field.
const MOST_VALUES: usize = 64;

/// Hits of a page, if the client does not say.
const PAGE: u32 = 24;

/// The most hits of a page.
pub const LARGEST_PAGE: u32 = 100;

/// A search: words, a picture, a product, or several of them. With none of them it browses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SearchBody {
    /// The catalogue to search; needed only where several are served.
    pub catalog: Option<String>,
    /// Words as a shopper types them. Conditions in them ("under 50", "not striped") filter.
    #[schema(max_length = 500)]
    pub text: String,
    /// The last word may be unfinished.
    pub typing: bool,
    /// A picture file (JPEG, PNG, WebP, GIF, BMP, TIFF) as Base64.
    pub image: Option<String>,
    /// The address of a picture, from one of the hosts that the shop allows, instead of the file.
    #[schema(max_length = 2000)]
    pub image_url: Option<String>,
    /// The id of a product to find more like.
    pub like: Option<String>,
    /// Products that hits should be like, too, or unlike (weight below 0).
    #[schema(max_items = 32)]
    pub mix: Vec<Weighed>,
    /// More words for what hits should not be.
    #[schema(max_items = 32)]
    pub without: Vec<String>,
    /// With words and a picture: 1 asks by the picture alone, 0 by the words alone; 0.5 if absent.
    #[schema(minimum = 0, maximum = 1)]
    pub alpha: Option<f32>,
    /// Values that hits must have: any of the values of a field, in all fields.
    #[schema(max_items = 32)]
    pub filters: Vec<Choice>,
    /// What hits may cost.
    pub price: Option<PriceRange>,
    /// The order of hits.
    pub sort: Sort,
    /// The shopper's language, such as `en` or `en-GB`, for rules and synonyms of one language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 35)]
    pub language: Option<String>,
    /// A name for who searches, such as a random one that a page keeps: in an experiment the same name has the same
    /// settings. Without one, those of the same address have them. It is not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub visitor: Option<String>,
    /// Says which of the shop's rules apply and what they did to each hit. For staff; it changes no order.
    pub explain: bool,
    /// Hits of a page.
    #[schema(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// The next page: `next` of the answer before. All else must be as it was.
    pub cursor: Option<String>,
}

impl SearchBody {
    /// Checks every bound, so that no request can ask for more work than another.
    ///
    /// # Errors
    /// 400 with the field that is out of its bounds.
    pub fn check(&self) -> Result<(), Refusal> {
        let longer = |text: &str, most: usize| text.chars().nth(most).is_some();
        let refuse = |what: &str| Err(bad_query(what));
        if longer(&self.text, LONGEST_TEXT) {
            return refuse("text: at most 500 letters");
        }
        if self.alpha.is_some_and(|alpha| !(0.0..=1.0).contains(&alpha)) {
            return refuse("alpha: from 0 to 1");
        }
        if self.limit.is_some_and(|limit| !(1..=LARGEST_PAGE).contains(&limit)) {
            return refuse("limit: from 1 to 100");
        }
        if self.language.as_ref().is_some_and(|tag| longer(tag, LONGEST_TAG)) {
            return refuse("language: at most 35 letters");
        }
        if self.visitor.as_ref().is_some_and(|name| name.is_empty() || longer(name, LONGEST_VISITOR)) {
            return refuse("visitor: 1 to 100 letters");
        }
        if self.mix.len() > LONGEST_LIST
            || self.without.len() > LONGEST_LIST
            || self.filters.len() > LONGEST_LIST
        {
            return refuse("mix, without, filters: at most 32 entries each");
        }
        if !self.mix.iter().all(|weighed| weighed.weight.abs() <= 10.0) {
            return refuse("mix: weights from -10 to 10");
        }
        if self.filters.iter().any(|choice| choice.values.len() > MOST_VALUES) {
            return refuse("filters: at most 64 values of a field");
        }
        if self.image.is_some() && self.image_url.is_some() {
            return refuse("image, imageUrl: one of them");
        }
        let names = self.catalog.iter().chain(&self.like).chain(&self.without);
        let names = names.chain(self.mix.iter().map(|weighed| &weighed.product));
        let names = names.chain(self.filters.iter().flat_map(|c| std::iter::once(&c.field).chain(&c.values)));
        let names = names.chain(self.price.iter().flat_map(|price| price.min.iter().chain(&price.max)));
        match names.into_iter().find(|name| longer(name, LONGEST_NAME)) {
            Some(_) => refuse("ids, fields, values: at most 512 letters"),
            None => Ok(()),
        }
    }

    /// The bytes of the picture in it; none if there is none.
    ///
    /// # Errors
    /// 400 if it is not Base64.
    pub fn picture(&self) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(text) = &self.image else { return Ok(None) };
        // A page's canvas gives a data: address.
        let text = text.split_once("base64,").map_or(text.as_str(), |(_, data)| data).trim();
        BASE64.decode(text).map(Some).map_err(|error| bad_query(format!("image: not Base64: {error}")))
    }

    /// Hits of a page.
    pub fn page_size(&self) -> usize {
        self.limit.unwrap_or(PAGE) as usize
    }

    /// The same request, as a shop takes it, for `depth` hits.
    pub fn request(&self, depth: u32) -> SearchRequest {
        SearchRequest {
            words: self.text.clone(),
            typing: self.typing,
            without: self.without.clone(),
            like: self.like.clone(),
            mix: self.mix.clone(),
            alpha: self.alpha.unwrap_or(0.5),
            filters: self.filters.clone(),
            price: self.price.clone(),
            sort: self.sort,
            limit: depth,
            language: self.language.clone(),
            ..SearchRequest::default()
        }
    }

    /// What tells this search from others, whatever page of it is asked for.
    pub fn digest(&self, picture: Option<&[u8]>) -> blake3::Hash {
        let same =
            Self { image: None, limit: None, cursor: None, visitor: None, explain: false, ..self.clone() };
        let mut hasher = blake3::Hasher::new();
        // Numbers, lists and texts: this cannot fail.
        hasher.update(&serde_json::to_vec(&same).unwrap_or_default());
        hasher.update(&[0]);
        if let Some(picture) = picture {
            hasher.update(picture);
        }
        hasher.finalize()
    }
}

/// Reads the JSON object of a request. A list is none, though serde would take one for the fields in their order.
///
/// # Errors
/// 400 with what is wrong, which begins with `what` the object is.
pub fn read_object<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, Refusal> {
    let object = bytes.trim_ascii_start();
    if !object.starts_with(b"{") {
        return Err(bad_query(format!("{what}: not a JSON object")));
    }
    read_json(object).map_err(|error| bad_query(format!("{what}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &SearchBody) -> bool {
        body.check().is_err()
    }

    #[test]
    fn bounds_hold() {
        let body = SearchBody::default;
        assert!(!refused(&body()));
        assert!(!refused(&SearchBody { text: "é".repeat(500), ..body() }));
        assert!(refused(&SearchBody { text: "é".repeat(501), ..body() }));
        assert!(refused(&SearchBody { alpha: Some(f32::NAN), ..body() }));
        assert!(refused(&SearchBody { visitor: Some("x".repeat(101)), ..body() }));
        assert!(refused(&SearchBody { limit: Some(0), ..body() }));
        assert!(refused(&SearchBody { limit: Some(101), ..body() }));
        assert!(refused(&SearchBody { without: vec![String::new(); 33], ..body() }));
        let weighed = |weight| Weighed { product: "1".into(), weight };
        assert!(refused(&SearchBody { mix: vec![weighed(f32::INFINITY)], ..body() }));
        let choice = |value: String| Choice { field: "brand".into(), values: vec![value] };
        assert!(refused(&SearchBody { filters: vec![choice("x".repeat(513))], ..body() }));
    }

    #[test]
    fn pages_of_one_search_share_a_digest_and_other_searches_do_not() {
        let body = SearchBody { text: "red dress".into(), ..SearchBody::default() };
        let visitor = Some("somebody".into());
        let next =
            SearchBody { cursor: Some("x".into()), limit: Some(7), explain: true, visitor, ..body.clone() };
        assert_eq!(body.digest(None), next.digest(None));
        assert_ne!(body.digest(None), body.digest(Some(b"picture")));
        let other = SearchBody { text: "red dresses".into(), ..SearchBody::default() };
        assert_ne!(body.digest(None), other.digest(None));
    }

    #[test]
    fn a_picture_is_read_from_base64_and_from_a_data_address() {
        let body = |text: &str| SearchBody { image: Some(text.into()), ..SearchBody::default() };
        assert_eq!(body("aGk=").picture().unwrap().unwrap(), b"hi");
        assert_eq!(body("data:image/png;base64,aGk=").picture().unwrap().unwrap(), b"hi");
        assert!(body("é").picture().is_err());
    }
}
