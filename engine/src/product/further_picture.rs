//! Further pictures of a product: its other sides, its details, the thing in use.

use serde::{Deserialize, Serialize};

use crate::look::Look;
use crate::look::image_template::ImageTemplate;
use crate::look::instance_embedding::InstanceEmbedding;

/// A further picture of a product: where it is, and what recognises it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FurtherPicture {
    /// A path or a URL, as the feed gave it.
    pub address: String,
    /// Recognises parts of the same picture.
    #[serde(rename = "imprint", skip_serializing_if = "Option::is_none")]
    pub template: Option<ImageTemplate>,
    /// Recognises the same thing on other pictures of it.
    #[serde(rename = "identity", skip_serializing_if = "Option::is_none")]
    pub instance_embedding: Option<InstanceEmbedding>,
}

impl FurtherPicture {
    /// The picture at `address` with what was measured on it.
    pub fn from_look(address: &str, look: Look) -> Self {
        Self { address: address.into(), template: look.template, instance_embedding: look.instance_embedding }
    }
}

/// A further picture of a product with its embedding and thumbnail.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRecord<'a> {
    /// Which of the product's further pictures it is: 1 to [`MOST_FURTHER_PICTURES`](crate::MOST_FURTHER_PICTURES).
    pub number: u8,
    /// Where it is, and what recognises it.
    pub picture: FurtherPicture,
    /// Its embedding: `[dimension]` little-endian f16 of unit length.
    pub vector: &'a [u8],
    /// Its thumbnail, an encoded picture, if there is one.
    pub thumbnail: Option<&'a [u8]>,
}
