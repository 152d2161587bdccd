//! What a shop says about a garment: brands, names, prices, sizes, descriptions.

use rand::Rng;

use crate::category::Category;
use crate::cut::{Collar, Cut, Front, ShoeKind, SkirtKind};
use crate::fabric::Fabric;
use crate::garment::Garment;
use crate::pattern::Pattern;

/// Invented brands, and how dear each is.
pub(crate) const BRANDS: [(&str, f32); 11] = [
    ("Nordvik", 1.0),
    ("Halmkord", 0.85),
    ("Liselin", 1.1),
    ("Ostraby", 0.7),
    ("Pinewhit", 0.95),
    ("Casaverra", 1.35),
    ("Mooslyn", 0.8),
    ("Kestrelane", 1.2),
    ("Brennholm", 1.5),
    ("Veloutine Row", 1.25),
    ("Tindra & Alm", 1.05),
];

/// Whom a product is made for.
pub(crate) fn gender(category: Category, rng: &mut impl Rng) -> &'static str {
    use Category as C;
    match category {
        C::Dress | C::Skirt | C::Blouse | C::Top | C::Heels => "women",
        C::Tie => "men",
        C::Body => "kids",
        C::Scarf | C::Beanie | C::Cap | C::Hat | C::Backpack | C::Socks | C::Sunglasses | C::Gloves => {
            "unisex"
        }
        C::Bag => {
            if rng.random_bool(0.7) {
                "women"
            } else {
                "unisex"
            }
        }
        _ => ["women", "men", "unisex"][rng.random_range(0..3)],
    }
}

/// Sizes on offer.
pub(crate) fn sizes(category: Category, gender: &str, rng: &mut impl Rng) -> Vec<String> {
    use Category as C;
    let all: &[&str] = match category {
        C::Sneakers | C::Boots | C::Heels | C::Sandals => match gender {
            "women" => &["36", "37", "38", "39", "40", "41"],
            "men" => &["40", "41", "42", "43", "44", "45", "46"],
            _ => &["37", "38", "39", "40", "41", "42", "43", "44"],
        },
        C::Pants | C::Jeans | C::Blazer => match gender {
            "men" => &["46", "48", "50", "52", "54"],
            _ => &["34", "36", "38", "40", "42", "44"],
        },
        C::Body => &["56", "62", "68", "74", "80", "86"],
        C::Socks => &["35-38", "39-42", "43-46"],
        C::Belt => &["80", "90", "100", "110"],
        C::Gloves => &["S", "M", "L"],
        C::Cap | C::Beanie | C::Hat | C::Bag | C::Backpack | C::Scarf | C::Tie | C::Sunglasses => {
            &["one size"]
        }
        _ => &["XS", "S", "M", "L", "XL", "XXL"],
    };
    let chosen = if all.len() < 4 {
        all
    } else {
        let from = rng.random_range(0..2);
        &all[from..rng.random_range(all.len() - 2..=all.len())]
    };
    chosen.iter().map(|&size| size.to_owned()).collect()
}

/// A price in cents, before the brand's own level.
pub(crate) fn cents(garment: &Garment, level: f32, rng: &mut impl Rng) -> u32 {
    use Category as C;
    let (low, high) = match garment.category {
        C::TShirt | C::Undershirt => (12.0, 30.0),
        C::Longsleeve | C::Top => (16.0, 38.0),
        C::Polo => (28.0, 55.0),
        C::Shirt | C::Blouse => (34.0, 75.0),
        C::Hoodie | C::Sweater => (39.0, 89.0),
        C::Jacket => (69.0, 159.0),
        C::Coat => (109.0, 249.0),
        C::Blazer => (79.0, 179.0),
        C::Dress => (39.0, 119.0),
        C::Skirt => (29.0, 69.0),
        C::Pants | C::Jeans => (39.0, 95.0),
        C::Shorts => (22.0, 49.0),
        C::Body => (9.0, 22.0),
        C::Sneakers => (59.0, 129.0),
        C::Boots => (89.0, 189.0),
        C::Heels => (59.0, 119.0),
        C::Sandals => (29.0, 79.0),
        C::Cap | C::Beanie => (14.0, 32.0),
        C::Hat => (24.0, 59.0),
        C::Bag => (35.0, 149.0),
        C::Backpack => (45.0, 109.0),
        C::Scarf => (19.0, 59.0),
        C::Socks => (5.0, 14.0),
        C::Belt => (19.0, 49.0),
        C::Tie => (19.0, 45.0),
        C::Gloves => (19.0, 55.0),
        C::Sunglasses => (25.0, 99.0),
    };
    let fabric = match garment.fabric {
        Fabric::Leather | Fabric::Silk => 1.3,
        Fabric::Wool | Fabric::Suede => 1.15,
        _ => 1.0,
    };
    let euros = (rng.random_range(low..high) * level * fabric).max(4.0);
    let ending = if euros < 60.0 { [90, 95, 50] } else { [0, 90, 95] };
    euros as u32 * 100 + ending[rng.random_range(0..3)]
}

impl Garment {
    /// What a shop would call it, finer than the category: "chelsea boots", "tote bag", "zip hoodie".
    pub fn kind(&self) -> &'static str {
        use Category as C;
        match (&self.cut, self.category) {
            (Cut::Top(cut), C::TShirt) if cut.raglan => "raglan t-shirt",
            (Cut::Top(cut), C::Hoodie) if cut.front == Front::Zip => "zip hoodie",
            (Cut::Top(cut), C::Sweater) if cut.front == Front::Buttons => "cardigan sweater",
            (Cut::Top(cut), C::Sweater) if cut.neck == crate::Neck::Turtle => "roll-neck sweater",
            (Cut::Top(cut), C::Jacket) if cut.quilted => "puffer jacket",
            (Cut::Top(cut), C::Jacket) if cut.collar == Collar::Hood => "hooded jacket",
            (Cut::Top(cut), C::Jacket) if cut.hem == crate::Hem::Ribbed => "bomber jacket",
            (Cut::Top(cut), C::Coat) if cut.quilted => "quilted coat",
            (Cut::Top(cut), C::Coat) if cut.front == Front::Double => "double-breasted coat",
            (Cut::Top(cut), C::Blazer) if cut.front == Front::Double => "double-breasted blazer",
            (Cut::Top(cut), C::Dress) if cut.collar == Collar::Shirt => "shirt dress",
            (Cut::Top(cut), C::Dress) if cut.length > 104.0 => "maxi dress",
            (Cut::Top(cut), C::Dress) if cut.length < 88.0 => "mini dress",
            (Cut::Top(_), C::Dress) => "midi dress",
            (Cut::Skirt(cut), _) => match cut.kind {
                SkirtKind::Pencil => "pencil skirt",
                SkirtKind::Pleated => "pleated skirt",
                SkirtKind::Ruffled => "flared skirt",
                SkirtKind::Tiered => "tiered skirt",
                SkirtKind::Wrap => "wrap skirt",
                SkirtKind::Mini => "mini skirt",
                SkirtKind::ALine => "a-line skirt",
            },
            (Cut::Legs(cut), C::Jeans) if cut.leg < 13.0 => "slim jeans",
            (Cut::Legs(cut), C::Jeans) if cut.leg > 20.0 => "wide-leg jeans",
            (Cut::Legs(_), C::Jeans) => "straight jeans",
            (Cut::Legs(cut), C::Pants) if cut.cargo => "cargo pants",
            (Cut::Legs(cut), C::Pants) if cut.ribbed_cuff => "jogger pants",
            (Cut::Legs(cut), C::Pants) if cut.leg > 20.0 => "wide-leg pants",
            (Cut::Legs(cut), C::Shorts) if cut.cargo => "cargo shorts",
            (Cut::Shoe(cut), _) => match cut.kind {
                ShoeKind::Runner => "running sneakers",
                ShoeKind::LowTop => "low-top sneakers",
                ShoeKind::HighTop => "high-top sneakers",
                ShoeKind::Ankle => "lace-up boots",
                ShoeKind::Chelsea => "chelsea boots",
                ShoeKind::Tall => "knee-high boots",
                ShoeKind::Pump => "block heels",
                ShoeKind::Stiletto => "stiletto heels",
                ShoeKind::Slide => "slide sandals",
                ShoeKind::Strappy => "strappy sandals",
            },
            (Cut::Other(cut), C::Bag) => {
                ["tote bag", "handbag", "crossbody bag"][usize::from(cut.variant % 3)]
            }
            (Cut::Other(cut), C::Hat) if cut.variant % 3 == 0 => "bucket hat",
            (Cut::Other(cut), C::Beanie) if cut.measures[3] > 0.55 => "pompom beanie",
            _ => self.category.name(),
        }
    }

    /// The pattern as a title has it; nothing for plain cloth.
    pub(crate) fn pattern_in_title(&self) -> &'static str {
        match self.pattern {
            Pattern::Plain => "",
            Pattern::Dotted { .. } => "polka dot",
            Pattern::Print { motif, .. } => match motif {
                crate::Motif::Letters => "slogan",
                crate::Motif::Star => "star print",
                crate::Motif::Heart => "heart print",
                crate::Motif::Sun => "sun print",
                crate::Motif::Mountains => "mountain print",
                crate::Motif::Badge => "badge print",
                crate::Motif::Waves => "wave print",
                crate::Motif::Cat => "cat print",
            },
            ref pattern => pattern.name(),
        }
    }

    /// Two or three sentences for the product page.
    pub(crate) fn description(&self, gender: &str, rng: &mut impl Rng) -> String {
        let colours = join(&self.shown_colours().iter().map(|c| c.name.name()).collect::<Vec<_>>());
        let pattern = if self.pattern == Pattern::Plain { "plain" } else { self.pattern_in_title() };
        let details = self.details();
        let detail = if details.is_empty() {
            String::new()
        } else {
            format!(", {}", details[rng.random_range(0..details.len())])
        };
        let whom = match gender {
            "women" => "for women",
            "men" => "for men",
            "kids" => "for babies",
            _ => "for everyone",
        };
        let kind = self.kind();
        let article = if self.category.phrase().starts_with("a pair") {
            "A pair of "
        } else if pattern.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "An "
        } else {
            "A "
        };
        let care = care(self.fabric, self.category, rng);
        format!("{article}{pattern} {} {kind} in {colours} {whom}{detail}. {care}", self.fabric.name())
    }
}

fn join(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn care(fabric: Fabric, category: Category, rng: &mut impl Rng) -> &'static str {
    use Category as C;
    let hard = matches!(
        category,
        C::Sneakers | C::Boots | C::Heels | C::Sandals | C::Bag | C::Backpack | C::Belt | C::Hat | C::Cap
    );
    let lines: [&str; 3] = match fabric {
        _ if category == C::Sunglasses => [
            "Lenses with full UV protection, in a light frame.",
            "Comes with a soft pouch.",
            "Light enough to forget that you wear them.",
        ],
        Fabric::Leather | Fabric::Suede => [
            "The hide grows more beautiful with the years.",
            "Soft from the first day; brush or wipe, do not wash.",
            "Cut from one piece where it matters and sewn to last.",
        ],
        _ if hard => [
            "Sturdy seams and a comfortable fit for every day.",
            "Made for daily use; clean with a damp cloth.",
            "A light companion that goes with nearly everything.",
        ],
        Fabric::Cotton | Fabric::Fleece => [
            "Soft cotton that keeps its shape, wash at 30 °C.",
            "Comfortable from morning to evening, easy to wash and to iron.",
            "Breathes well and gets softer with every wash.",
        ],
        Fabric::Linen | Fabric::Canvas | Fabric::Straw => [
            "Cool on hot days, with the lively surface of natural fibre.",
            "A dry, airy cloth that creases with charm.",
            "Light and robust, made for long summers.",
        ],
        Fabric::Silk => [
            "Flows softly and shimmers in the light; wash by hand.",
            "Feels cool and smooth on the skin.",
            "A fine cloth for evenings and for days that ask for more.",
        ],
        Fabric::Knit | Fabric::Wool => [
            "Warm without weight; air it instead of washing it.",
            "A dense, soft quality that does not scratch.",
            "For cool mornings and long walks.",
        ],
        Fabric::Denim => [
            "Firm denim that adapts to you with every wear.",
            "Honest denim with strong seams; wash inside out.",
            "Goes with everything, and the better the older it gets.",
        ],
        Fabric::Nylon => [
            "Keeps wind and drizzle out and folds up small.",
            "Light, dries fast, and shrugs off a shower.",
            "Made for bad weather and good spirits.",
        ],
    };
    lines[rng.random_range(0..3)]
}
