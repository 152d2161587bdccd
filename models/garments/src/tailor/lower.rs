//! Measures of trousers, skirts and shoes.

use rand::Rng;

use super::pick;
use crate::category::Category;
use crate::cut::{LegsCut, ShoeCut, ShoeKind, SkirtCut, SkirtKind, Waistband};

pub(super) fn legs(category: Category, rng: &mut impl Rng) -> LegsCut {
    let waist: f32 = rng.random_range(18.5..23.0);
    let hip = waist * rng.random_range(1.16..1.3);
    let shape = rng.random_range(0.0..1.0_f32);
    let mut cut = LegsCut {
        waist,
        hip,
        rise: rng.random_range(25.0..32.0),
        length: rng.random_range(94.0..108.0),
        thigh: hip * rng.random_range(0.94..1.04),
        knee: 14.0 + 8.0 * shape,
        leg: 10.5 + 15.0 * shape * shape,
        spread: rng.random_range(0.01..0.07),
        band: pick(rng, &[Waistband::Button, Waistband::Button, Waistband::Elastic, Waistband::Drawstring]),
        side_pockets: rng.random_bool(0.8),
        cargo: rng.random_bool(0.15),
        pressed: rng.random_bool(0.25),
        turn_up: rng.random_bool(0.15),
        ribbed_cuff: false,
        side_stripe: rng.random_bool(0.1),
        faded: 0.0,
        ripped: false,
        loops: true,
    };
    if matches!(cut.band, Waistband::Elastic | Waistband::Drawstring) {
        cut.loops = false;
        cut.pressed = false;
        cut.ribbed_cuff = rng.random_bool(0.6);
        cut.side_stripe = rng.random_bool(0.25);
    }
    if category == Category::Jeans {
        cut.band = Waistband::Button;
        (cut.side_pockets, cut.loops, cut.pressed, cut.cargo) = (true, true, false, false);
        (cut.ribbed_cuff, cut.side_stripe) = (false, false);
        cut.faded = rng.random_range(0.0..1.0);
        cut.ripped = rng.random_bool(0.2);
    }
    if category == Category::Shorts {
        cut.length = cut.rise + rng.random_range(8.0..30.0);
        cut.leg = cut.thigh * rng.random_range(0.94..1.2);
        cut.knee = cut.leg;
        cut.spread = rng.random_range(0.03..0.14);
        (cut.ribbed_cuff, cut.ripped, cut.pressed) = (false, false, false);
        cut.side_stripe = rng.random_bool(0.25);
        cut.turn_up = rng.random_bool(0.25);
    }
    cut
}

pub(super) fn skirt(rng: &mut impl Rng) -> SkirtCut {
    use SkirtKind as K;
    let kind = pick(rng, &[K::Pencil, K::ALine, K::Pleated, K::Ruffled, K::Tiered, K::Wrap, K::Mini]);
    let waist = rng.random_range(16.5..20.5);
    let hip = waist * rng.random_range(1.25..1.4);
    let (length, flare) = match kind {
        K::Mini => (rng.random_range(30.0..42.0), rng.random_range(1.0..1.35)),
        K::Pencil => (rng.random_range(48.0..68.0), rng.random_range(0.86..0.98)),
        K::ALine | K::Wrap => (rng.random_range(42.0..72.0), rng.random_range(1.2..1.6)),
        _ => (rng.random_range(36.0..84.0), rng.random_range(1.35..2.0)),
    };
    SkirtCut {
        kind,
        waist,
        hip,
        hem: hip * flare,
        length,
        band: pick(rng, &[Waistband::Button, Waistband::Elastic, Waistband::Smooth]),
        band_height: rng.random_range(2.5..6.0),
        folds: rng.random_range(6..15),
        buttons: if rng.random_bool(0.2) { rng.random_range(4..8) } else { 0 },
        belted: rng.random_bool(0.15),
        pockets: rng.random_bool(0.25),
    }
}

pub(super) fn shoe(category: Category, rng: &mut impl Rng) -> ShoeCut {
    use ShoeKind as K;
    let kind = match category {
        Category::Boots => pick(rng, &[K::Ankle, K::Ankle, K::Chelsea, K::Tall]),
        Category::Heels => pick(rng, &[K::Pump, K::Stiletto, K::Stiletto]),
        Category::Sandals => pick(rng, &[K::Slide, K::Strappy, K::Strappy]),
        _ => pick(rng, &[K::Runner, K::Runner, K::LowTop, K::LowTop, K::HighTop]),
    };
    let heel = match kind {
        K::Stiletto => rng.random_range(7.5..10.5),
        K::Pump => rng.random_range(4.5..7.0),
        K::Ankle | K::Tall | K::Chelsea => rng.random_range(1.5..5.0),
        K::Strappy => rng.random_range(0.5..4.0),
        _ => rng.random_range(0.3..1.2),
    };
    ShoeCut {
        kind,
        length: rng.random_range(26.0..30.0),
        height: match kind {
            K::Tall => rng.random_range(30.0..40.0),
            K::Ankle | K::Chelsea => rng.random_range(15.0..20.0),
            K::HighTop => rng.random_range(12.5..15.0),
            _ => rng.random_range(8.0..10.0),
        },
        toe: rng.random_range(0.0..1.0),
        sole: rng.random_range(1.6..3.6),
        heel,
        laces: rng.random_range(4..8),
        white_sole: rng.random_bool(0.65),
        stripes: rng.random_range(0..4),
        panel: rng.random_bool(0.6),
    }
}
