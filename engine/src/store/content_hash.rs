//! One hash over everything that a catalogue holds, kept up to date with every change.
//!
//! The hash is of a sum. Each product adds a pseudo-random vector of 1024 sixteen-bit numbers, derived from its
//! record, its embedding and its thumbnail. So the order of changes does not matter, and the cost of a change does
//! not depend on the size of the catalogue. This is LtHash (Bellare and Micciancio 1997; as
//! parametrised by Lewi, Kim, Maykov and Weis, "Securing Update Propagation with Homomorphic Hashing",
//! 2019) over BLAKE3. Finding two catalogues with the same hash is as hard as a short-vector problem.
//!
//! Further pictures of products add to a second sum of the same kind. So the hash of products is the one that programs
//! compute which know one picture per product, and they can check a release that has more.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::product::Product;
use crate::product::further_picture::FurtherPicture;

/// Sixteen-bit numbers in the sum.
const LANES: usize = 1024;

/// The hash of a catalogue's products with their embeddings and thumbnails, or of their further pictures. Two catalogues with the same content
/// have the same hash, whatever changes led to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

/// The running sum.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ContentSum(Box<[u16; LANES]>);

impl ContentSum {
    pub(crate) fn empty() -> Self {
        Self(Box::new([0; LANES]))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.len() != LANES * 2 {
            return Err(Error::damaged(format!("its content sum has {} bytes", bytes.len())));
        }
        let mut sum = Self::empty();
        for (lane, pair) in sum.0.iter_mut().zip(bytes.chunks_exact(2)) {
            *lane = u16::from_le_bytes([pair[0], pair[1]]);
        }
        Ok(sum)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|lane| lane.to_le_bytes()).collect()
    }

    pub(crate) fn add_sum(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(lane, value)| *lane = lane.wrapping_add(*value));
    }

    pub(crate) fn add(&mut self, element: &Element) {
        self.0.iter_mut().zip(element.0.iter()).for_each(|(lane, value)| *lane = lane.wrapping_add(*value));
    }

    pub(crate) fn remove(&mut self, element: &Element) {
        self.0.iter_mut().zip(element.0.iter()).for_each(|(lane, value)| *lane = lane.wrapping_sub(*value));
    }

    pub(crate) fn hash(&self) -> ContentHash {
        ContentHash(*blake3::hash(&self.to_bytes()).as_bytes())
    }
}

/// The vector that one product adds to the sum.
pub(crate) struct Element(Box<[u16; LANES]>);

impl Element {
    /// `vector`: the stored embedding, little-endian f16.
    pub(crate) fn from_product(product: &Product, vector: &[u8], thumbnail: Option<&[u8]>) -> Self {
        let mut fields = HashedFields::with_room(vector, thumbnail);
        fields.text("id", &product.id);
        fields.text("title", &product.title);
        fields.text("brand", &product.brand);
        fields.text("category", &product.category);
        fields.text("description", &product.description);
        if let Some(price) = &product.price {
            fields.text("price", &price.to_string());
        }
        if let Some(price) = &product.sale_price {
            fields.text("sale price", &price.to_string());
        }
        product.colors.iter().for_each(|color| fields.text("color", color));
        product.sizes.iter().for_each(|size| fields.text("size", size));
        if product.availability != crate::product::Availability::Unknown {
            fields.text("availability", product.availability.as_str());
        }
        fields.text("image", &product.image);
        product.more_images.iter().for_each(|image| fields.text("more images", image));
        fields.text("group", &product.group);
        product.variants.iter().for_each(|variant| fields.json("variant", variant));
        if !product.look.is_empty() {
            fields.json("look", &product.look);
        }
        for (name, value) in &product.attributes {
            fields.bytes("attribute", name.as_bytes());
            fields.bytes("value", value.as_bytes());
        }
        fields.bytes("vector", vector);
        if let Some(thumbnail) = thumbnail {
            fields.bytes("thumbnail", thumbnail);
        }
        fields.element("knytt 2026 catalogue content")
    }

    /// What a further picture adds to a sum of its own. `vector`: little-endian f16.
    pub(crate) fn from_further_picture(
        id: &str,
        number: u8,
        picture: &FurtherPicture,
        vector: &[u8],
        thumbnail: Option<&[u8]>,
    ) -> Self {
        let mut fields = HashedFields::with_room(vector, thumbnail);
        fields.text("id", id);
        fields.bytes("number", &[number]);
        fields.json("picture", picture);
        fields.bytes("vector", vector);
        if let Some(thumbnail) = thumbnail {
            fields.bytes("thumbnail", thumbnail);
        }
        fields.element("knytt 2026 catalogue further picture")
    }
}

/// Bytes of names and texts, beside the vector and the thumbnail, for which a buffer has room at first.
const USUAL_TEXT_BYTES: usize = 2048;

/// Names and values, each with its length, so that different products give different bytes. They are hashed at once,
/// for BLAKE3 then hashes several kilobytes side by side.
struct HashedFields(Vec<u8>);

impl HashedFields {
    fn with_room(vector: &[u8], thumbnail: Option<&[u8]>) -> Self {
        Self(Vec::with_capacity(USUAL_TEXT_BYTES + vector.len() + thumbnail.map_or(0, <[u8]>::len)))
    }

    /// The numbers that BLAKE3 derives from all fields. `context`: what they describe.
    fn element(&self, context: &str) -> Element {
        let mut bytes = [0; LANES * 2];
        blake3::Hasher::new_derive_key(context).update(&self.0).finalize_xof().fill(&mut bytes);
        let mut lanes = Box::new([0; LANES]);
        for (lane, pair) in lanes.iter_mut().zip(bytes.chunks_exact(2)) {
            *lane = u16::from_le_bytes([pair[0], pair[1]]);
        }
        Element(lanes)
    }

    /// Leaves an empty text out. So a field that a later version adds does not change existing hashes.
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.bytes(name, value.as_bytes());
        }
    }

    /// JSON keeps the order of a struct's fields, and sorts the keys of a map. So equal values give equal input.
    fn json(&mut self, name: &str, value: &impl Serialize) {
        // Variants and looks can always be written as JSON.
        self.bytes(name, &serde_json::to_vec(value).unwrap_or_default());
    }

    fn bytes(&mut self, name: &str, value: &[u8]) {
        for part in [name.as_bytes(), value] {
            self.0.extend_from_slice(&(part.len() as u64).to_le_bytes());
            self.0.extend_from_slice(part);
        }
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for ContentHash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hash = blake3::Hash::from_hex(text).map_err(|_| "a content hash has 64 hexadecimal digits")?;
        Ok(Self(*hash.as_bytes()))
    }
}

impl TryFrom<String> for ContentHash {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(id: &str, colors: &[&str]) -> Product {
        Product { id: id.into(), colors: colors.iter().map(|&c| c.into()).collect(), ..Product::default() }
    }

    #[test]
    fn order_does_not_matter_and_a_removal_undoes_an_addition() {
        let elements =
            ["a", "b", "c"].map(|id| Element::from_product(&product(id, &["red"]), &[1, 2], Some(&[3])));
        let mut forward = ContentSum::empty();
        elements.iter().for_each(|element| forward.add(element));
        let mut backward = ContentSum::empty();
        elements.iter().rev().for_each(|element| backward.add(element));
        assert_eq!(forward.hash(), backward.hash());
        elements.iter().for_each(|element| forward.remove(element));
        assert_eq!(forward.hash(), ContentSum::empty().hash());
        assert_ne!(backward.hash(), ContentSum::empty().hash());
    }

    #[test]
    fn every_difference_changes_the_hash() {
        let hash = |product: &Product, vector: &[u8], thumbnail: Option<&[u8]>| {
            let mut sum = ContentSum::empty();
            sum.add(&Element::from_product(product, vector, thumbnail));
            sum.hash()
        };
        let plain = product("a", &["red", "blue"]);
        let mut seen =
            vec![hash(&plain, &[1], None), hash(&plain, &[2], None), hash(&plain, &[1], Some(&[]))];
        seen.push(hash(&product("a", &["redblue"]), &[1], None));
        let mut extra = plain.clone();
        extra.attributes.insert("x".into(), "1".into());
        seen.push(hash(&extra, &[1], None));
        let distinct: std::collections::HashSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len());
    }

    #[test]
    fn the_sum_and_the_hash_survive_being_written() {
        let mut sum = ContentSum::empty();
        sum.add(&Element::from_product(&product("a", &[]), &[1], None));
        assert!(ContentSum::from_bytes(&sum.to_bytes()).unwrap() == sum);
        assert_eq!(sum.hash().to_string().parse(), Ok(sum.hash()));
        assert!(ContentSum::from_bytes(&[0; 3]).is_err());
    }
}
