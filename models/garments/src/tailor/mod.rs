//! Likely shapes: what the measures of each category usually are.

mod lower;
mod upper;

use rand::Rng;

use crate::category::Category;
use crate::cut::{Cut, OtherCut};

fn pick<T: Copy>(rng: &mut impl Rng, choices: &[T]) -> T {
    choices[rng.random_range(0..choices.len())]
}

impl Cut {
    /// A likely shape for `category`.
    pub fn random(category: Category, rng: &mut impl Rng) -> Self {
        use Category as C;
        match category {
            C::Pants | C::Jeans | C::Shorts => Cut::Legs(lower::legs(category, rng)),
            C::Skirt => Cut::Skirt(lower::skirt(rng)),
            C::Sneakers | C::Boots | C::Heels | C::Sandals => Cut::Shoe(lower::shoe(category, rng)),
            C::Cap
            | C::Beanie
            | C::Hat
            | C::Bag
            | C::Backpack
            | C::Scarf
            | C::Socks
            | C::Belt
            | C::Tie
            | C::Gloves
            | C::Sunglasses => Cut::Other(OtherCut {
                variant: rng.random_range(0..12),
                measures: [rng.random(), rng.random(), rng.random(), rng.random()],
            }),
            _ => Cut::Top(upper::top(category, rng)),
        }
    }
}
