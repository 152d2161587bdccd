//! Measures of what is worn on the upper body.

use rand::Rng;

use super::pick;
use crate::category::Category;
use crate::cut::{Collar, Cuff, Front, Hem, Neck, Pockets, TopCut};

/// A crew-neck t-shirt of medium size: where the other tops start from.
fn tee(rng: &mut impl Rng) -> TopCut {
    let chest = rng.random_range(23.5..29.0);
    let waist = chest * rng.random_range(0.9..1.0);
    TopCut {
        length: rng.random_range(60.0..73.0),
        shoulder: chest * rng.random_range(0.78..0.9),
        slope: rng.random_range(3.0..5.0),
        armhole: rng.random_range(22.0..26.0),
        chest,
        waist,
        waist_at: 0.6,
        hem_width: waist * rng.random_range(0.98..1.08),
        neck: pick(rng, &[Neck::Crew, Neck::Crew, Neck::Crew, Neck::Vee, Neck::Scoop]),
        neck_width: rng.random_range(8.0..10.0),
        neck_depth: rng.random_range(7.5..10.0),
        collar: Collar::None,
        front: Front::Closed,
        buttons: 0,
        sleeve: rng.random_range(17.0..25.0),
        sleeve_width: rng.random_range(16.5..20.0),
        cuff_width: rng.random_range(14.5..19.0),
        cuff: Cuff::Plain,
        puff: 0.0,
        arm_angle: rng.random_range(0.75..1.15),
        raglan: false,
        hem: pick(rng, &[Hem::Straight, Hem::Straight, Hem::Straight, Hem::Curved]),
        pockets: if rng.random_bool(0.15) { Pockets::Chest } else { Pockets::None },
        yoke: false,
        quilted: false,
        belted: false,
        tiers: 0,
        pleats: false,
        legs: false,
        contrast_trim: rng.random_bool(0.12),
        contrast_sleeves: false,
    }
}

fn long_sleeves(cut: &mut TopCut, rng: &mut impl Rng) {
    cut.sleeve = rng.random_range(52.0..62.0);
    cut.sleeve_width = rng.random_range(16.5..19.5);
    cut.cuff_width = rng.random_range(8.5..11.5);
    cut.arm_angle = rng.random_range(0.42..0.74);
}

pub(super) fn top(category: Category, rng: &mut impl Rng) -> TopCut {
    let mut cut = tee(rng);
    match category {
        Category::TShirt => {
            cut.raglan = rng.random_bool(0.12);
            cut.contrast_sleeves = cut.raglan || rng.random_bool(0.05);
        }
        Category::Longsleeve => {
            long_sleeves(&mut cut, rng);
            cut.neck = pick(rng, &[Neck::Crew, Neck::Crew, Neck::Vee, Neck::Boat, Neck::Scoop, Neck::Turtle]);
            cut.cuff = pick(rng, &[Cuff::Plain, Cuff::Plain, Cuff::Ribbed]);
            cut.raglan = rng.random_bool(0.15);
            cut.contrast_sleeves = cut.raglan && rng.random_bool(0.7);
            if rng.random_bool(0.12) {
                (cut.front, cut.buttons) = (Front::Placket, 3);
            }
        }
        Category::Polo => polo(&mut cut, rng),
        Category::Shirt => shirt(&mut cut, rng),
        Category::Blouse => blouse(&mut cut, rng),
        Category::Top => flimsy(&mut cut, rng),
        Category::Undershirt => {
            cut.neck = pick(rng, &[Neck::Racer, Neck::Racer, Neck::Straps, Neck::Scoop]);
            cut.sleeve = 0.0;
            cut.chest *= 0.9;
            cut.waist = cut.chest * 0.94;
            cut.hem_width = cut.chest;
            cut.neck_width = rng.random_range(8.5..10.5);
            cut.neck_depth = rng.random_range(13.0..19.0);
            cut.contrast_trim = rng.random_bool(0.3);
            cut.shoulder = cut.neck_width + rng.random_range(3.0..6.0);
        }
        Category::Hoodie => hoodie(&mut cut, rng),
        Category::Sweater => sweater(&mut cut, rng),
        Category::Jacket => jacket(&mut cut, rng),
        Category::Coat => coat(&mut cut, rng),
        Category::Blazer => blazer(&mut cut, rng),
        Category::Dress => dress(&mut cut, rng),
        Category::Body => body(&mut cut, rng),
        _ => {}
    }
    cut
}

fn polo(cut: &mut TopCut, rng: &mut impl Rng) {
    cut.neck = Neck::Crew;
    cut.neck_width = 8.6;
    cut.neck_depth = 9.0;
    cut.collar = Collar::Polo;
    cut.front = Front::Placket;
    cut.buttons = rng.random_range(2..4);
    cut.cuff = pick(rng, &[Cuff::Plain, Cuff::Ribbed, Cuff::Contrast]);
    cut.contrast_trim = rng.random_bool(0.25);
    cut.pockets = if rng.random_bool(0.12) { Pockets::Chest } else { Pockets::None };
    if rng.random_bool(0.12) {
        long_sleeves(cut, rng);
    }
}

fn shirt(cut: &mut TopCut, rng: &mut impl Rng) {
    cut.neck = Neck::Crew;
    cut.neck_width = 7.8;
    cut.neck_depth = 8.0;
    cut.length = rng.random_range(68.0..80.0);
    cut.collar = pick(rng, &[Collar::Shirt, Collar::Shirt, Collar::Shirt, Collar::Shirt, Collar::Band]);
    cut.front = Front::Buttons;
    cut.buttons = rng.random_range(5..8);
    cut.hem = pick(rng, &[Hem::Tail, Hem::Tail, Hem::Straight]);
    cut.pockets = pick(rng, &[Pockets::None, Pockets::Chest, Pockets::Chest, Pockets::TwoChest]);
    cut.yoke = rng.random_bool(0.3);
    if rng.random_bool(0.7) {
        long_sleeves(cut, rng);
        cut.cuff = Cuff::Buttoned;
    }
}

fn blouse(cut: &mut TopCut, rng: &mut impl Rng) {
    cut.chest *= 0.93;
    cut.shoulder *= 0.93;
    cut.waist = cut.chest * rng.random_range(0.82..0.97);
    cut.hem_width = cut.chest * rng.random_range(1.0..1.15);
    cut.length = rng.random_range(56.0..66.0);
    cut.neck = pick(rng, &[Neck::Vee, Neck::Crew, Neck::Boat]);
    cut.collar = pick(rng, &[Collar::Bow, Collar::Band, Collar::Shirt, Collar::None]);
    cut.front = pick(rng, &[Front::Buttons, Front::Buttons, Front::Closed]);
    cut.buttons = 6;
    cut.hem = pick(rng, &[Hem::Peplum, Hem::Curved, Hem::Ruffle, Hem::Straight]);
    cut.pockets = Pockets::None;
    cut.puff = rng.random_range(2.0..5.0);
    if rng.random_bool(0.75) {
        long_sleeves(cut, rng);
        cut.sleeve *= rng.random_range(0.7..1.0);
        cut.sleeve_width = rng.random_range(18.0..22.0);
        cut.cuff = pick(rng, &[Cuff::Frill, Cuff::Buttoned]);
    } else {
        cut.cuff = Cuff::Frill;
    }
}

fn flimsy(cut: &mut TopCut, rng: &mut impl Rng) {
    cut.chest *= 0.88;
    cut.shoulder *= 0.86;
    cut.waist = cut.chest * rng.random_range(0.85..0.96);
    cut.hem_width = cut.chest * rng.random_range(0.98..1.2);
    cut.length = rng.random_range(42.0..58.0);
    cut.neck = pick(rng, &[Neck::Straps, Neck::Square, Neck::Scoop, Neck::Vee, Neck::Boat]);
    cut.neck_depth = rng.random_range(12.0..17.0);
    cut.pockets = Pockets::None;
    cut.hem = pick(rng, &[Hem::Straight, Hem::Ruffle, Hem::Peplum, Hem::Curved, Hem::Ribbed]);
    if cut.neck == Neck::Straps || rng.random_bool(0.5) {
        cut.sleeve = 0.0;
        cut.shoulder = cut.neck_width + rng.random_range(2.5..6.0);
    } else {
        cut.sleeve = rng.random_range(9.0..16.0);
        cut.puff = rng.random_range(0.0..3.5);
        cut.cuff = pick(rng, &[Cuff::Frill, Cuff::Plain]);
    }
}

fn hoodie(cut: &mut TopCut, rng: &mut impl Rng) {
    long_sleeves(cut, rng);
    cut.chest *= 1.08;
    cut.waist = cut.chest * 0.99;
    cut.hem_width = cut.chest * 0.93;
    cut.sleeve_width *= 1.12;
    cut.cuff_width *= 1.12;
    cut.neck = Neck::Crew;
    cut.neck_width = 9.5;
    cut.neck_depth = 9.0;
    cut.collar = Collar::Hood;
    cut.front = pick(rng, &[Front::Closed, Front::Closed, Front::Zip]);
    cut.hem = Hem::Ribbed;
    cut.cuff = Cuff::Ribbed;
    cut.pockets = Pockets::Kangaroo;
    cut.contrast_sleeves = rng.random_bool(0.12);
}

fn sweater(cut: &mut TopCut, rng: &mut impl Rng) {
    long_sleeves(cut, rng);
    cut.chest *= 1.05;
    cut.waist = cut.chest * 0.98;
    cut.hem_width = cut.chest * 0.92;
    cut.sleeve_width *= 1.12;
    cut.cuff_width *= 1.05;
    cut.neck = pick(rng, &[Neck::Crew, Neck::Vee, Neck::Turtle, Neck::Crew]);
    cut.hem = Hem::Ribbed;
    cut.cuff = Cuff::Ribbed;
    cut.pockets = Pockets::None;
    if rng.random_bool(0.22) {
        cut.neck = Neck::Vee;
        cut.neck_depth = 24.0;
        (cut.front, cut.buttons) = (Front::Buttons, 5);
    } else if rng.random_bool(0.12) {
        cut.neck = Neck::Crew;
        (cut.front, cut.collar) = (Front::HalfZip, Collar::Funnel);
    }
}

fn jacket(cut: &mut TopCut, rng: &mut impl Rng) {
    long_sleeves(cut, rng);
    cut.length = rng.random_range(58.0..72.0);
    cut.chest *= 1.1;
    cut.shoulder *= 1.05;
    cut.waist = cut.chest * 0.98;
    cut.hem_width = cut.chest * 0.95;
    cut.sleeve *= 1.08;
    cut.sleeve_width *= 1.15;
    cut.cuff_width *= 1.15;
    cut.neck = Neck::Crew;
    cut.neck_width = 8.5;
    cut.neck_depth = 7.5;
    cut.collar = pick(rng, &[Collar::Shirt, Collar::Funnel, Collar::Hood, Collar::Hood, Collar::Band]);
    cut.front = pick(rng, &[Front::Zip, Front::Zip, Front::Snaps]);
    cut.buttons = 5;
    cut.hem = pick(rng, &[Hem::Ribbed, Hem::Straight]);
    cut.cuff = pick(rng, &[Cuff::Ribbed, Cuff::Plain, Cuff::Buttoned]);
    cut.pockets = pick(rng, &[Pockets::Flap, Pockets::Welt, Pockets::TwoChest, Pockets::Patch]);
    cut.quilted = rng.random_bool(0.35);
    cut.yoke = !cut.quilted && rng.random_bool(0.4);
    cut.contrast_sleeves = rng.random_bool(0.12);
}

fn coat(cut: &mut TopCut, rng: &mut impl Rng) {
    jacket(cut, rng);
    cut.length = rng.random_range(88.0..112.0);
    cut.waist = cut.chest * rng.random_range(0.88..0.98);
    cut.waist_at = 0.42;
    cut.hem_width = cut.chest * rng.random_range(1.02..1.25);
    cut.collar = pick(rng, &[Collar::Lapel, Collar::Lapel, Collar::Shirt, Collar::Hood, Collar::Funnel]);
    if cut.collar == Collar::Lapel {
        cut.neck = Neck::Vee;
        cut.neck_depth = rng.random_range(20.0..32.0);
        cut.front = pick(rng, &[Front::Double, Front::Buttons]);
    } else {
        cut.front = pick(rng, &[Front::Zip, Front::Buttons]);
    }
    cut.buttons = rng.random_range(3..6);
    cut.hem = Hem::Straight;
    cut.cuff = Cuff::Plain;
    cut.pockets = pick(rng, &[Pockets::Flap, Pockets::Welt]);
    cut.belted = rng.random_bool(0.35);
    cut.quilted = cut.collar != Collar::Lapel && rng.random_bool(0.5);
    cut.yoke = false;
    cut.contrast_sleeves = false;
}

fn blazer(cut: &mut TopCut, rng: &mut impl Rng) {
    long_sleeves(cut, rng);
    cut.length = rng.random_range(64.0..76.0);
    cut.waist = cut.chest * rng.random_range(0.86..0.95);
    cut.waist_at = 0.55;
    cut.hem_width = cut.chest * 1.02;
    cut.neck = Neck::Vee;
    cut.neck_width = 8.2;
    cut.neck_depth = rng.random_range(28.0..40.0);
    cut.collar = Collar::Lapel;
    cut.front = pick(rng, &[Front::Buttons, Front::Buttons, Front::Double]);
    cut.buttons = rng.random_range(1..4);
    cut.hem = Hem::Curved;
    cut.cuff = Cuff::Buttoned;
    cut.pockets = pick(rng, &[Pockets::Flap, Pockets::Flap, Pockets::Welt]);
    cut.contrast_trim = false;
}

fn dress(cut: &mut TopCut, rng: &mut impl Rng) {
    cut.chest *= 0.86;
    cut.shoulder *= 0.88;
    cut.waist = cut.chest * rng.random_range(0.76..0.96);
    cut.length = rng.random_range(78.0..118.0);
    cut.waist_at = rng.random_range(0.34..0.44);
    cut.hem_width = cut.chest * rng.random_range(1.0..2.1);
    cut.neck =
        pick(rng, &[Neck::Crew, Neck::Vee, Neck::Scoop, Neck::Straps, Neck::Square, Neck::Boat, Neck::Racer]);
    cut.pockets = Pockets::None;
    cut.hem = pick(rng, &[Hem::Straight, Hem::Curved, Hem::Ruffle]);
    cut.belted = rng.random_bool(0.35);
    cut.tiers = if rng.random_bool(0.25) { rng.random_range(1..4) } else { 0 };
    cut.pleats = cut.hem_width > cut.chest * 1.25 && rng.random_bool(0.7);
    if matches!(cut.neck, Neck::Straps | Neck::Racer) || rng.random_bool(0.35) {
        cut.sleeve = 0.0;
        cut.shoulder = cut.neck_width + rng.random_range(3.0..6.0);
        cut.neck_depth = rng.random_range(10.0..16.0);
    } else if rng.random_bool(0.3) {
        long_sleeves(cut, rng);
        cut.puff = rng.random_range(0.0..4.0);
    } else {
        cut.sleeve = rng.random_range(9.0..22.0);
        cut.puff = rng.random_range(0.0..4.0);
        cut.cuff = pick(rng, &[Cuff::Plain, Cuff::Frill]);
    }
    if cut.sleeve > 0.0 && rng.random_bool(0.25) {
        cut.neck = Neck::Crew;
        (cut.collar, cut.front, cut.buttons) = (Collar::Shirt, Front::Buttons, 9);
    }
}

fn body(cut: &mut TopCut, rng: &mut impl Rng) {
    cut.length = rng.random_range(58.0..68.0);
    cut.chest = rng.random_range(20.0..23.5);
    cut.shoulder = cut.chest * 0.84;
    cut.waist = cut.chest * rng.random_range(0.96..1.06);
    cut.hem_width = cut.waist;
    cut.legs = true;
    cut.neck = pick(rng, &[Neck::Crew, Neck::Boat, Neck::Boat, Neck::Scoop, Neck::Straps]);
    cut.neck_width = 8.5;
    cut.pockets = Pockets::None;
    cut.contrast_trim = rng.random_bool(0.5);
    cut.sleeve = rng.random_range(12.0..17.0);
    if cut.neck == Neck::Straps {
        cut.sleeve = 0.0;
        cut.shoulder = cut.neck_width + 4.0;
    } else if rng.random_bool(0.45) {
        long_sleeves(cut, rng);
        cut.sleeve *= 0.75;
        cut.cuff = Cuff::Ribbed;
    }
}
