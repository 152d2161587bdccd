//! Garments that differ in one detail.

use rand::Rng;
use serde_json::Value;

use crate::cut::Cut;
use crate::garment::Garment;
use crate::pattern::Pattern;
use crate::render::render;
use crate::view::View;

/// Details tried until one shows.
const TRIES: usize = 12;

/// Pixels per side of the pictures in which a difference has to show.
const GLANCE: u32 = 48;

/// The pixels of `GLANCE` × `GLANCE` that have to look different, and by how much of 255 in some channel.
const FEWEST_PIXELS: usize = 8;
const LEAST_STEP: u8 = 24;

impl Garment {
    /// The same garment but for one detail that one can see: the colour of a trimming, the measure of a
    /// pattern, a pocket, a cuff.
    ///
    /// The category and the main colour stay. It is the garment itself where no detail was found to show.
    pub fn near_duplicate(&self, rng: &mut impl Rng) -> Self {
        let own = render(self, &View::studio(0), GLANCE);
        for _ in 0..TRIES {
            let other = self.with_other_detail(rng);
            let picture = render(&other, &View::studio(0), GLANCE);
            let steps = own
                .pixels()
                .zip(picture.pixels())
                .map(|(a, b)| (0..3).map(|c| a.0[c].abs_diff(b.0[c])).max().unwrap_or_default());
            if steps.filter(|&step| step >= LEAST_STEP).count() >= FEWEST_PIXELS {
                return other;
            }
        }
        self.clone()
    }

    fn with_other_detail(&self, rng: &mut impl Rng) -> Self {
        let mut other = self.clone();
        match rng.random_range(0..6) {
            0 => other.colours[1] = other.colours[0].contrasting(rng),
            1 => other.colours[2] = other.colours[0].contrasting(rng),
            2 if self.pattern != Pattern::Plain => {
                other.pattern = Pattern::random_of(self.pattern.name(), rng)
            }
            3 => other.seed = rng.random(),
            _ => other.cut = with_other_measure(&self.cut, &Cut::random(self.category, rng), rng),
        }
        other
    }
}

/// `cut` with one of its measures or features as `like` has it.
fn with_other_measure(cut: &Cut, like: &Cut, rng: &mut impl Rng) -> Cut {
    let (Ok(Value::Object(mut own)), Ok(Value::Object(like))) =
        (serde_json::to_value(cut), serde_json::to_value(like))
    else {
        return cut.clone();
    };
    let other: Vec<String> = own.keys().filter(|&key| like.get(key) != own.get(key)).cloned().collect();
    if other.is_empty() {
        return cut.clone();
    }
    let name = &other[rng.random_range(0..other.len())];
    match (own.get_mut(name), like.get(name)) {
        // Several measures under one name are several details.
        (Some(Value::Array(own)), Some(Value::Array(like))) => {
            let at = rng.random_range(0..own.len().min(like.len()).max(1));
            own[at].clone_from(&like[at]);
        }
        (Some(own), Some(like)) => own.clone_from(like),
        _ => {}
    }
    serde_json::from_value(Value::Object(own)).unwrap_or_else(|_| cut.clone())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::Category;

    #[test]
    fn a_twin_differs_in_one_thing_that_shows() {
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let (mut same, mut all) = (0, 0);
        for &category in Category::ALL {
            for _ in 0..4 {
                let garment = Garment::random(category, &mut rng);
                let near_duplicate = garment.near_duplicate(&mut rng);
                let differs = [
                    near_duplicate.cut != garment.cut,
                    near_duplicate.colours[1] != garment.colours[1],
                    near_duplicate.colours[2] != garment.colours[2],
                    near_duplicate.pattern != garment.pattern,
                    near_duplicate.seed != garment.seed,
                ];
                assert_eq!(
                    (near_duplicate.category, near_duplicate.colours[0]),
                    (garment.category, garment.colours[0])
                );
                assert!(differs.iter().filter(|&&d| d).count() <= 1, "{}: {differs:?}", category.name());
                same += usize::from(near_duplicate == garment);
                all += 1;
            }
        }
        assert!(same * 5 < all, "{same} of {all} have no twin");
    }
}
