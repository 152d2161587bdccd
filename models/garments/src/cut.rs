//! Shape parameters: what a pattern cutter would measure, in centimetres.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::category::Category;

/// The shape of a garment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "family", rename_all = "kebab-case")]
pub enum Cut {
    /// Worn on the upper body, dresses and bodysuits included.
    Top(TopCut),
    /// Two legs.
    Legs(LegsCut),
    /// A skirt.
    Skirt(SkirtCut),
    /// A pair of shoes.
    Shoe(ShoeCut),
    /// Anything else.
    Other(OtherCut),
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($variant:ident),*) => {
        $(#[$doc])*
        #[allow(missing_docs)] // the names say it all
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($variant),* }
    };
}

words! {
    /// The edge around the neck.
    Neck: Crew, Vee, Scoop, Boat, Turtle, Square, Straps, Racer
}
words! {
    /// What stands on the neckline.
    Collar: None, Polo, Shirt, Band, Hood, Lapel, Funnel, Bow
}
words! {
    /// How the front closes.
    Front: Closed, Placket, Buttons, Zip, HalfZip, Double, Open, Snaps
}
words! {
    /// The lower edge.
    Hem: Straight, Ribbed, Tail, Peplum, Curved, Ruffle
}
words! {
    /// Pockets on the front.
    Pockets: None, Chest, TwoChest, Kangaroo, Patch, Flap, Welt
}
words! {
    /// The end of a sleeve.
    Cuff: Plain, Ribbed, Buttoned, Frill, Contrast
}
words! {
    /// The upper edge of a skirt or trousers.
    Waistband: Button, Elastic, Drawstring, Smooth
}
words! {
    /// How a skirt is made.
    SkirtKind: Pencil, ALine, Pleated, Ruffled, Tiered, Wrap, Mini
}
words! {
    /// How a shoe is made.
    ShoeKind: Runner, LowTop, HighTop, Ankle, Chelsea, Tall, Pump, Stiletto, Slide, Strappy
}

/// See [`Cut::Top`]. Widths are half widths.
#[allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopCut {
    pub length: f32,
    pub shoulder: f32,
    pub slope: f32,
    pub armhole: f32,
    pub chest: f32,
    pub waist: f32,
    pub waist_at: f32,
    pub hem_width: f32,
    pub neck: Neck,
    pub neck_width: f32,
    pub neck_depth: f32,
    pub collar: Collar,
    pub front: Front,
    pub buttons: u8,
    pub sleeve: f32,
    pub sleeve_width: f32,
    pub cuff_width: f32,
    pub cuff: Cuff,
    pub puff: f32,
    pub arm_angle: f32,
    pub raglan: bool,
    pub hem: Hem,
    pub pockets: Pockets,
    pub yoke: bool,
    pub quilted: bool,
    pub belted: bool,
    pub tiers: u8,
    pub pleats: bool,
    pub legs: bool,
    pub contrast_trim: bool,
    pub contrast_sleeves: bool,
}

/// See [`Cut::Legs`]. Widths are half widths of the whole, except `leg`, the width of one leg at its hem.
#[allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegsCut {
    pub waist: f32,
    pub hip: f32,
    pub rise: f32,
    pub length: f32,
    pub thigh: f32,
    pub knee: f32,
    pub leg: f32,
    pub spread: f32,
    pub band: Waistband,
    pub side_pockets: bool,
    pub cargo: bool,
    pub pressed: bool,
    pub turn_up: bool,
    pub ribbed_cuff: bool,
    pub side_stripe: bool,
    pub faded: f32,
    pub ripped: bool,
    pub loops: bool,
}

/// See [`Cut::Skirt`]. Widths are half widths.
#[allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SkirtCut {
    pub kind: SkirtKind,
    pub waist: f32,
    pub hip: f32,
    pub hem: f32,
    pub length: f32,
    pub band: Waistband,
    pub band_height: f32,
    pub folds: u8,
    pub buttons: u8,
    pub belted: bool,
    pub pockets: bool,
}

/// See [`Cut::Shoe`].
#[allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShoeCut {
    pub kind: ShoeKind,
    pub length: f32,
    pub height: f32,
    pub toe: f32,
    pub sole: f32,
    pub heel: f32,
    pub laces: u8,
    pub white_sole: bool,
    pub stripes: u8,
    pub panel: bool,
}

/// See [`Cut::Other`]: a variant and four proportions, each `0.0..1.0`.
#[allow(missing_docs)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherCut {
    pub variant: u8,
    pub measures: [f32; 4],
}

fn pick<T: Copy>(rng: &mut impl Rng, choices: &[T]) -> T {
    choices[rng.random_range(0..choices.len())]
}

impl Cut {
    /// A likely shape for `category`.
    pub fn random(category: Category, rng: &mut impl Rng) -> Self {
        use Category as C;
        match category {
            C::Pants | C::Jeans | C::Shorts => Cut::Legs(legs(category, rng)),
            C::Skirt => Cut::Skirt(skirt(rng)),
            C::Sneakers | C::Boots | C::Heels | C::Sandals => Cut::Shoe(shoe(category, rng)),
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
            _ => Cut::Top(top(category, rng)),
        }
    }
}

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

fn top(category: Category, rng: &mut impl Rng) -> TopCut {
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

fn legs(category: Category, rng: &mut impl Rng) -> LegsCut {
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

fn skirt(rng: &mut impl Rng) -> SkirtCut {
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

fn shoe(category: Category, rng: &mut impl Rng) -> ShoeCut {
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
