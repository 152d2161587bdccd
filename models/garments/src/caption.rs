//! Sentences that describe a garment.

use rand::Rng;

use crate::cut::{Collar, Cut, Front, Neck, ShoeKind, SkirtKind, Waistband};
use crate::garment::Garment;
use crate::pattern::Pattern;

impl Garment {
    /// A caption such as "a black and white striped cotton t-shirt with short sleeves".
    ///
    /// The category and the main colour are always in it; the rest varies.
    pub fn caption(&self, rng: &mut impl Rng) -> String {
        let colour = self.colour_words(rng);
        let pattern = self.pattern_word(rng);
        let fabric = if rng.random_bool(0.55) { self.fabric.name() } else { "" };
        let fabric = if self.category.name() == "jeans" && fabric == "denim" { "" } else { fabric };
        let name = self.category.name();
        let words = [colour.as_str(), pattern, fabric, name];
        let noun = words.iter().filter(|w| !w.is_empty()).copied().collect::<Vec<_>>().join(" ");
        let detail = self.details();
        let detail = if detail.is_empty() || rng.random_bool(0.5) {
            String::new()
        } else {
            format!(" {}", detail[rng.random_range(0..detail.len())])
        };
        let print = match self.pattern {
            Pattern::Print { motif, .. } if rng.random_bool(0.5) => format!(" with a {} print", motif.name()),
            _ => String::new(),
        };
        let tail = if print.is_empty() { detail } else { print };
        match rng.random_range(0..6) {
            0 => format!("{noun}{tail}"),
            1 => format!("a photo of {}{noun}{tail}", self.article(&noun)),
            2 => format!("{name}, {colour}{}{pattern}{tail}", if pattern.is_empty() { "" } else { ", " }),
            _ => format!("{}{noun}{tail}", self.article(&noun)),
        }
    }

    fn article(&self, noun: &str) -> &'static str {
        if self.category.phrase().starts_with("a pair of") {
            "a pair of "
        } else if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "an "
        } else {
            "a "
        }
    }

    fn colour_words(&self, rng: &mut impl Rng) -> String {
        let mut names: Vec<&str> = Vec::new();
        for colour in self.shown_colours() {
            if !names.contains(&colour.name.name()) {
                names.push(colour.name.name());
            }
        }
        // A floral third colour is too small to be named.
        names.truncate(2);
        if names.len() > 1 && rng.random_bool(0.25) {
            names.truncate(1);
        }
        names.join(" and ")
    }

    fn pattern_word(&self, rng: &mut impl Rng) -> &'static str {
        match self.pattern {
            Pattern::Plain => {
                if rng.random_bool(0.12) {
                    "plain"
                } else {
                    ""
                }
            }
            Pattern::Dotted { .. } if rng.random_bool(0.4) => "polka dot",
            Pattern::Checked { plaid: true, .. } if rng.random_bool(0.4) => "plaid",
            Pattern::Striped { vertical: true, .. } if rng.random_bool(0.4) => "pinstriped",
            ref pattern => pattern.name(),
        }
    }

    /// What one would point out: "with long sleeves", "with a hood".
    pub fn details(&self) -> Vec<&'static str> {
        let mut list = Vec::new();
        let mut when = |holds: bool, words: &'static str| {
            if holds {
                list.push(words);
            }
        };
        match &self.cut {
            Cut::Top(cut) => {
                when(cut.sleeve <= 0.0, "without sleeves");
                when(cut.sleeve > 0.0 && cut.sleeve < 30.0, "with short sleeves");
                when(cut.sleeve > 40.0, "with long sleeves");
                when(cut.collar == Collar::Hood, "with a hood");
                when(cut.collar == Collar::None && cut.neck == Neck::Vee, "with a v-neck");
                when(cut.collar == Collar::None && cut.neck == Neck::Turtle, "with a roll neck");
                when(cut.collar == Collar::None && cut.neck == Neck::Crew, "with a round neck");
                when(cut.collar == Collar::Bow, "with a bow");
                when(cut.front == Front::Zip, "with a zip");
                when(cut.front == Front::Buttons, "with buttons");
                when(cut.quilted, "with quilting");
                when(cut.belted, "with a belt");
                when(cut.pleats, "with pleats");
            }
            Cut::Legs(cut) => {
                when(cut.cargo, "with cargo pockets");
                when(cut.ripped, "with ripped knees");
                when(cut.band == Waistband::Drawstring, "with a drawstring");
                when(cut.band == Waistband::Elastic, "with an elastic waist");
                when(cut.side_stripe, "with side stripes");
                when(cut.length - cut.rise > 40.0 && cut.leg > 20.0, "with wide legs");
                when(cut.length - cut.rise > 40.0 && cut.leg < 12.5, "with slim legs");
            }
            Cut::Skirt(cut) => {
                when(cut.kind == SkirtKind::Pleated, "with pleats");
                when(cut.kind == SkirtKind::Tiered, "with tiers");
                when(cut.kind == SkirtKind::Ruffled, "with ruffles");
                when(cut.buttons > 0, "with buttons");
                when(cut.length < 44.0, "cut short");
                when(cut.length > 66.0, "cut long");
            }
            Cut::Shoe(cut) => {
                when(matches!(cut.kind, ShoeKind::Stiletto), "with a high heel");
                when(cut.kind == ShoeKind::HighTop, "with a high top");
                when(cut.kind == ShoeKind::Tall, "with a tall shaft");
                when(
                    cut.white_sole && matches!(cut.kind, ShoeKind::Runner | ShoeKind::LowTop),
                    "with a white sole",
                );
            }
            Cut::Other(_) => {}
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use crate::{Category, Garment};

    #[test]
    fn caption_names_category_and_main_colour() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for &category in Category::ALL {
            for _ in 0..40 {
                let garment = Garment::random(category, &mut rng);
                let caption = garment.caption(&mut rng);
                assert!(caption.contains(category.name()), "{caption}");
                assert!(caption.contains(garment.colours[0].name.name()), "{caption}");
            }
        }
    }
}
