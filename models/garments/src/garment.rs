//! What a garment is, apart from how it is looked at.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::cut::Cut;
use crate::fabric::Fabric;
use crate::palette::{Colour, ColourName, mix, rgb_u8};
use crate::pattern::Pattern;

/// A garment: the same value always draws the same thing, whatever the [`View`](crate::View).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Garment {
    /// What it is.
    pub category: Category,
    /// Its shape.
    pub cut: Cut,
    /// The main colour first, then what the pattern and the trimmings use.
    pub colours: [Colour; 3],
    /// What is printed on or woven into the cloth.
    pub pattern: Pattern,
    /// The cloth.
    pub fabric: Fabric,
    /// Irregularities of the cloth.
    pub seed: u32,
}

impl Garment {
    /// A likely garment of `category`.
    pub fn random(category: Category, rng: &mut impl Rng) -> Self {
        let cut = Cut::random(category, rng);
        let fabric = fabric(category, rng);
        let mut first = Colour::random(rng);
        if category == Category::Jeans {
            let tones = [
                ColourName::Blue,
                ColourName::Navy,
                ColourName::LightBlue,
                ColourName::Black,
                ColourName::Grey,
            ];
            first = Colour::jittered(tones[rng.random_range(0..tones.len())], rng);
            // Denim is a duller blue than paint, as long as one would still call it blue.
            let dull = mix(first.rgb_f32(), [0.3, 0.36, 0.42], 0.3);
            if ColourName::nearest(rgb_u8(dull)) == first.name {
                first.rgb = rgb_u8(dull);
            }
        }
        let pattern = Pattern::random_of(pattern(category, rng), rng);
        Self::with(category, cut, first, pattern, fabric, rng)
    }

    /// A garment of `category` in this colour and with the pattern of this
    /// [`name`](Pattern::name); the rest is likely.
    pub fn random_in(category: Category, colour: Colour, pattern: &str, rng: &mut impl Rng) -> Self {
        let cut = Cut::random(category, rng);
        let fabric = fabric(category, rng);
        let pattern = Pattern::random_of(pattern, rng);
        Self::with(category, cut, colour, pattern, fabric, rng)
    }

    fn with(
        category: Category,
        cut: Cut,
        mut first: Colour,
        pattern: Pattern,
        fabric: Fabric,
        rng: &mut impl Rng,
    ) -> Self {
        if matches!(pattern, Pattern::Camouflage { .. })
            && !matches!(
                first.name,
                ColourName::Olive | ColourName::Khaki | ColourName::Grey | ColourName::Green
            )
        {
            first = Colour::jittered(ColourName::Olive, rng);
        }
        let second = first.contrasting(rng);
        let mut third = first.contrasting(rng);
        if third.name == second.name {
            third = second.contrasting(rng);
        }
        Self { category, cut, colours: [first, second, third], pattern, fabric, seed: rng.random() }
    }

    /// The same cut, pattern and fabric in another colour.
    pub fn recoloured(&self, name: ColourName, rng: &mut impl Rng) -> Self {
        let first = Colour::jittered(name, rng);
        let Self { category, cut, pattern, fabric, .. } = self.clone();
        Self::with(category, cut, first, pattern, fabric, rng)
    }

    /// The colours that show: the main one first, then those of the pattern.
    pub fn shown_colours(&self) -> &[Colour] {
        &self.colours[..self.pattern.colours()]
    }
}

/// The patterns that `category` comes in.
pub(crate) fn patterns(category: Category) -> &'static [(&'static str, f32)] {
    use Category as C;
    match category {
        C::TShirt | C::Longsleeve => &[
            ("plain", 4.0),
            ("printed", 3.5),
            ("striped", 2.5),
            ("colour-block", 0.6),
            ("camouflage", 0.3),
            ("dotted", 0.4),
            ("floral", 0.3),
        ],
        C::Hoodie => {
            &[("plain", 5.0), ("printed", 3.0), ("colour-block", 0.8), ("camouflage", 0.4), ("striped", 0.4)]
        }
        C::Body => &[("plain", 3.0), ("printed", 2.5), ("striped", 2.0), ("dotted", 1.2), ("floral", 1.0)],
        C::Undershirt => &[("plain", 5.0), ("striped", 1.0), ("printed", 2.0), ("floral", 0.3)],
        C::Polo => &[("plain", 5.0), ("striped", 3.0), ("colour-block", 0.8)],
        C::Shirt => &[("plain", 4.0), ("checked", 3.0), ("striped", 2.5), ("dotted", 0.5), ("floral", 0.6)],
        C::Blouse | C::Top => &[("plain", 4.0), ("floral", 2.0), ("dotted", 1.2), ("striped", 1.0)],
        C::Dress | C::Skirt => {
            &[("plain", 4.0), ("floral", 2.5), ("dotted", 1.4), ("striped", 1.2), ("checked", 1.0)]
        }
        C::Sweater => &[("plain", 5.0), ("striped", 2.5), ("colour-block", 1.0)],
        C::Jacket => &[("plain", 7.0), ("colour-block", 1.2), ("camouflage", 0.5), ("checked", 0.4)],
        C::Coat => &[("plain", 6.0), ("checked", 1.0)],
        C::Blazer => &[("plain", 6.0), ("checked", 1.4), ("striped", 0.8)],
        C::Pants => {
            &[("plain", 7.0), ("checked", 1.0), ("striped", 0.6), ("camouflage", 0.5), ("floral", 0.3)]
        }
        C::Shorts => {
            &[("plain", 6.0), ("checked", 1.0), ("striped", 0.7), ("floral", 0.8), ("camouflage", 0.6)]
        }
        C::Scarf => &[("plain", 3.0), ("striped", 2.0), ("checked", 2.5), ("dotted", 0.5), ("floral", 0.7)],
        C::Socks => &[("plain", 3.0), ("striped", 3.0), ("dotted", 1.5)],
        C::Tie => &[("plain", 2.5), ("striped", 3.0), ("dotted", 1.5), ("checked", 0.7)],
        C::Beanie => &[("plain", 5.0), ("striped", 2.0)],
        C::Cap | C::Backpack => &[("plain", 6.0), ("camouflage", 0.7), ("checked", 0.4)],
        C::Bag => &[("plain", 6.0), ("striped", 0.7), ("floral", 0.4), ("checked", 0.4)],
        _ => &[("plain", 1.0)],
    }
}

fn pattern(category: Category, rng: &mut impl Rng) -> &'static str {
    let choices = patterns(category);
    let mut left = rng.random_range(0.0..choices.iter().map(|c| c.1).sum::<f32>());
    for (name, weight) in choices {
        if left < *weight {
            return name;
        }
        left -= weight;
    }
    "plain"
}

fn fabric(category: Category, rng: &mut impl Rng) -> Fabric {
    use Category as C;
    use Fabric as F;
    let choices: &[Fabric] = match category {
        C::TShirt | C::Undershirt | C::Body | C::Polo => &[F::Cotton],
        C::Longsleeve => &[F::Cotton, F::Cotton, F::Cotton, F::Knit],
        C::Shirt => &[F::Cotton, F::Cotton, F::Cotton, F::Linen, F::Denim],
        C::Blouse | C::Top => &[F::Silk, F::Cotton, F::Linen],
        C::Hoodie => &[F::Fleece, F::Cotton],
        C::Sweater => &[F::Knit, F::Knit, F::Wool],
        C::Jacket => &[F::Nylon, F::Nylon, F::Leather, F::Denim, F::Canvas, F::Suede],
        C::Coat => &[F::Wool, F::Wool, F::Nylon, F::Canvas],
        C::Blazer => &[F::Wool, F::Wool, F::Linen, F::Cotton],
        C::Dress => &[F::Cotton, F::Cotton, F::Silk, F::Linen, F::Knit],
        C::Skirt => &[F::Cotton, F::Cotton, F::Wool, F::Denim, F::Silk, F::Leather],
        C::Pants => &[F::Cotton, F::Cotton, F::Linen, F::Wool, F::Fleece, F::Canvas],
        C::Jeans => &[F::Denim],
        C::Shorts => &[F::Cotton, F::Cotton, F::Denim, F::Linen, F::Nylon],
        C::Sneakers => &[F::Canvas, F::Leather, F::Nylon, F::Suede],
        C::Boots => &[F::Leather, F::Leather, F::Suede],
        C::Heels => &[F::Leather, F::Suede, F::Silk],
        C::Sandals | C::Belt => &[F::Leather],
        C::Cap => &[F::Cotton, F::Canvas, F::Denim],
        C::Beanie => &[F::Knit, F::Wool],
        C::Hat => &[F::Wool, F::Straw, F::Cotton],
        C::Bag => &[F::Leather, F::Leather, F::Canvas],
        C::Backpack => &[F::Nylon, F::Canvas, F::Leather],
        C::Scarf => &[F::Wool, F::Knit, F::Silk],
        C::Socks => &[F::Cotton, F::Knit],
        C::Tie => &[F::Silk, F::Wool],
        C::Gloves => &[F::Leather, F::Knit],
        C::Sunglasses => &[F::Nylon],
    };
    choices[rng.random_range(0..choices.len())]
}
