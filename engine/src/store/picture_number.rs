//! The numbers of pictures.
//!
//! A product's own picture has the product's item as its number. A further picture has the item in the lower bits and,
//! in the upper four, which of the product's pictures it is. So the product of a picture needs no look-up, and a
//! catalogue with one picture per product has the same numbers as before there were others.

use roaring::RoaringBitmap;

use crate::error::Result;
use crate::store::bitmap::read_items;
use crate::store::schema::meta_key;
use crate::store::view::View;

/// The most further pictures of a product.
pub const MOST_FURTHER_PICTURES: u8 = 11;

/// Bits of an item.
const ITEM_BITS: u32 = 28;

/// Items are lower than this.
pub(crate) const ITEMS: u32 = 1 << ITEM_BITS;

/// How many values the upper bits have.
pub(crate) const NUMBERS: usize = 1 << (u32::BITS - ITEM_BITS);

/// The picture of a product that has this `number`; number 0 is its own picture.
#[inline]
pub(crate) fn picture_of(item: u32, number: u8) -> u32 {
    item | u32::from(number) << ITEM_BITS
}

/// The product of a picture.
#[inline]
pub(crate) fn item_of(picture: u32) -> u32 {
    picture & (ITEMS - 1)
}

/// Which of its product's pictures it is; 0: the product's own.
#[inline]
pub(crate) fn number_of(picture: u32) -> u8 {
    (picture >> ITEM_BITS) as u8
}

/// Products of which there are fewer than one for so many further pictures are looked up one by one.
const LOOKED_UP_ONE_IN: u64 = 8;

/// The further pictures of all products.
#[derive(Clone, Debug, Default)]
pub(crate) struct FurtherPictures(pub(crate) RoaringBitmap);

impl FurtherPictures {
    pub(crate) fn read(view: View<'_>) -> Result<Self> {
        read_items(view, meta_key::PICTURES).map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many pictures `products` products have, their own with them.
    pub(crate) fn with_own(&self, products: u64) -> u64 {
        products + self.0.len()
    }

    /// The further pictures of a product.
    pub(crate) fn of(&self, item: u32) -> impl Iterator<Item = u32> {
        let most = if self.is_empty() { 0 } else { MOST_FURTHER_PICTURES };
        (1..=most).map(move |number| picture_of(item, number)).filter(|picture| self.0.contains(*picture))
    }

    /// All pictures of the products of `among`: those of one product side by side, its own first.
    pub(crate) fn by_product(&self, among: &RoaringBitmap) -> Vec<u32> {
        if self.is_empty() {
            return among.iter().collect();
        }
        // A few products are looked up; many are met on the way through all pictures.
        match among.len().saturating_mul(LOOKED_UP_ONE_IN) < self.0.len() {
            true => self.looked_up(among),
            false => self.met(among),
        }
    }

    /// The pictures of each number, for the numbers that any product has.
    fn of_numbers(&self) -> impl Iterator<Item = (u8, std::ops::RangeInclusive<u32>)> {
        let range = |number| picture_of(0, number)..=picture_of(ITEMS - 1, number);
        let all = (1..=MOST_FURTHER_PICTURES).map(move |number| (number, range(number)));
        all.filter(|(_, range)| self.0.range_cardinality(range.clone()) > 0)
    }

    fn looked_up(&self, among: &RoaringBitmap) -> Vec<u32> {
        let numbers: Vec<u8> = self.of_numbers().map(|(number, _)| number).collect();
        let mut all = Vec::new();
        for item in among {
            all.push(item);
            let further = numbers.iter().map(|number| picture_of(item, *number));
            all.extend(further.filter(|picture| self.0.contains(*picture)));
        }
        all
    }

    fn met(&self, among: &RoaringBitmap) -> Vec<u32> {
        let mut further: Vec<_> =
            self.of_numbers().map(|(_, range)| self.0.range(range).peekable()).collect();
        let mut all = Vec::with_capacity(usize::try_from(self.with_own(among.len())).unwrap_or(0));
        for item in among {
            all.push(item);
            for pictures in &mut further {
                while pictures.next_if(|picture| item_of(*picture) < item).is_some() {}
                all.extend(pictures.next_if(|picture| item_of(*picture) == item));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_the_product_and_which_of_its_pictures() {
        for (item, number) in [(0, 0), (7, 0), (7, 1), (ITEMS - 1, MOST_FURTHER_PICTURES)] {
            let picture = picture_of(item, number);
            assert_eq!((item_of(picture), number_of(picture)), (item, number));
        }
        assert_eq!(picture_of(7, 0), 7);
    }

    #[test]
    fn pictures_of_a_product_are_side_by_side() {
        let pictures = [(1, 1), (1, 2), (4, 1), (9, 3)].map(|(item, number)| picture_of(item, number));
        let further = FurtherPictures(pictures.into_iter().collect());
        let some = [0, 1, 4, 5].into_iter().collect();
        for all in [further.met(&some), further.looked_up(&some), further.by_product(&some)] {
            assert_eq!(all, [0, 1, pictures[0], pictures[1], 4, pictures[2], 5]);
        }
        assert_eq!(further.of(1).collect::<Vec<_>>(), pictures[..2]);
        assert_eq!(FurtherPictures::default().by_product(&[3, 8].into_iter().collect()), [3, 8]);
    }
}
