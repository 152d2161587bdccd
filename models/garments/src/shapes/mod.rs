//! From shape parameters to drawing steps, one file per family.

mod accessories;
mod bags;
mod collars;
mod fastenings;
mod hats;
mod legs;
mod print;
mod shoes;
mod skirts;
mod sleeves;
mod tops;

use crate::category::Category;
use crate::cut::Cut;
use crate::draft::{Draft, Frame, Ink, Textile};
use crate::fabric::Fabric;
use crate::garment::Garment;
use crate::palette::{Rgb, luma, mix, shade_of};
use crate::view::Pose;

/// A garment about to be drawn: its draft and the materials that all families use.
pub(crate) struct Workbench<'a> {
    pub(crate) garment: &'a Garment,
    pub(crate) pose: &'a Pose,
    pub(crate) draft: Draft,
    pub(crate) main: Rgb,
    pub(crate) second: Rgb,
    pub(crate) third: Rgb,
}

impl Workbench<'_> {
    /// The cloth with its pattern.
    fn cloth(&self) -> Textile {
        Textile::new(Ink::Pattern, self.garment.fabric)
    }

    /// The cloth in one colour.
    fn plain(&self, rgb: Rgb) -> Textile {
        Textile::new(Ink::Flat(rgb), self.garment.fabric)
    }

    /// The inside, seen through the neck or the waist.
    fn lining(&self) -> Textile {
        Textile::new(Ink::Flat(inner_tone(self.main)), Fabric::Cotton).inner()
    }

    fn piece(&self, frame: Frame) -> Textile {
        self.cloth().frame(frame)
    }

    /// Thread that one can see: golden on denim, else a shade of the cloth.
    fn thread(&self) -> Rgb {
        if self.garment.fabric == Fabric::Denim {
            [0.78, 0.56, 0.28]
        } else if luma(self.main) < 0.3 {
            mix(self.main, [1.0; 3], 0.35)
        } else {
            shade_of(self.main, 0.35)
        }
    }

    /// Buttons that go with the cloth.
    fn button(&self) -> Rgb {
        if luma(self.main) > 0.6 || luma(self.main) < 0.12 {
            shade_of(self.main, if self.garment.seed & 1 == 0 { 0.25 } else { 0.7 })
        } else if self.garment.seed.is_multiple_of(3) {
            [0.93, 0.91, 0.86]
        } else {
            shade_of(self.main, 0.45)
        }
    }
}

pub(crate) const METAL: Rgb = [0.74, 0.73, 0.7];
pub(crate) const GOLD: Rgb = [0.8, 0.66, 0.36];

fn inner_tone(main: Rgb) -> Rgb {
    let dark = shade_of(main, 0.4);
    if luma(main) < 0.16 { mix(main, [0.0; 3], 0.35) } else { dark }
}

/// The drawing steps of `garment`, laid out as `pose` says.
pub(crate) fn draw(garment: &Garment, pose: &Pose) -> Draft {
    let [main, second, third] = garment.colours.map(|c| c.rgb_f32());
    let mut bench = Workbench { garment, pose, draft: Draft::default(), main, second, third };
    match &garment.cut {
        Cut::Top(cut) => tops::draw(&mut bench, cut),
        Cut::Legs(cut) => legs::draw(&mut bench, cut),
        Cut::Skirt(cut) => skirts::draw(&mut bench, cut),
        Cut::Shoe(cut) => shoes::draw(&mut bench, cut),
        Cut::Other(cut) => match garment.category {
            Category::Cap | Category::Beanie | Category::Hat => hats::draw(&mut bench, cut),
            Category::Bag | Category::Backpack => bags::draw(&mut bench, cut),
            _ => accessories::draw(&mut bench, cut),
        },
    }
    bench.draft
}

/// The length that colour blocks are measured on, centimetres.
pub(crate) fn length(garment: &Garment) -> f32 {
    match &garment.cut {
        Cut::Top(cut) => cut.length,
        Cut::Legs(cut) => cut.length,
        Cut::Skirt(cut) => cut.length,
        Cut::Shoe(cut) => cut.height,
        Cut::Other(_) => 40.0,
    }
}
