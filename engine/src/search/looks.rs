//! Looks as they are shown: pictures with products that the catalogue has and the rules let be shown.

use crate::catalog::snapshot::Snapshot;
use crate::error::Result;
use crate::product::Product;
use crate::product::filter::Filter;
use crate::search::shown::ListRules;

/// A look as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownLook {
    /// Its id.
    pub id: String,
    /// What shoppers read above it; may be empty.
    pub title: String,
    /// Another one for another picture: 16 hexadecimal digits.
    pub version: String,
    /// The picture's width and height, in pixels.
    pub size: (u32, u32),
    /// Where each product is, as shares of width and height from the top left. At least one.
    pub spots: Vec<(f32, f32, Product)>,
}

impl Snapshot {
    /// The looks of which something can be shown, in the order of the document; with `product`, those that it is on.
    /// Successors stand in the places of products that are replaced; what the catalogue lacks or rules hide is left out.
    ///
    /// # Errors
    /// Only if the storage fails.
    pub fn looks(&self, product: Option<&str>, obeyed: ListRules<'_>) -> Result<Vec<ShownLook>> {
        let looks = obeyed.rules.map(|rules| rules.looks.as_slice()).unwrap_or_default();
        if looks.is_empty() {
            return Ok(Vec::new());
        }
        let guidance = self.list_guidance(obeyed, &Filter::default())?;
        let among = self.matching(guidance.filter())?;
        let mut shown = Vec::new();
        for look in looks {
            let (mut spots, mut has_product) = (Vec::new(), product.is_none());
            for spot in &look.spots {
                let Some(item) = self.item(&spot.product)?.filter(|item| among.contains(*item)) else {
                    continue;
                };
                let there = self.product_at(guidance.successors.of(item).unwrap_or(item))?;
                has_product |= product.is_some_and(|id| id == spot.product || id == there.id);
                spots.push((spot.x, spot.y, there));
            }
            if has_product && !spots.is_empty() {
                let (id, title, version) = (look.id.clone(), look.title.clone(), look.version.clone());
                shown.push(ShownLook { id, title, version, size: look.size, spots });
            }
        }
        Ok(shown)
    }
}
