//! Shape parameters: what a pattern cutter would measure, in centimetres.

use serde::{Deserialize, Serialize};

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
