//! Colours by the names that shoppers and catalogues use.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::difference::distance;
use crate::look::lab::Lab;
use crate::look::lab::lab_of_rgb;

macro_rules! palette {
    ($($variant:ident $name:literal $family:ident $sight:ident [$([$r:literal, $g:literal, $b:literal]),*];)*) => {
        /// A colour that a shopper would name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ColorName {
            $(#[doc = $name] #[serde(rename = $name)] $variant,)*
        }

        impl ColorName {
            /// Every colour.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// In English, in lower case: "light blue".
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The basic colour that it belongs to.
            pub fn family(self) -> ColorFamily {
                match self { $(Self::$variant => ColorFamily::$family,)* }
            }

            /// Tones that have this name, sRGB, the most typical one first.
            fn tones(self) -> &'static [[u8; 3]] {
                match self { $(Self::$variant => &[$([$r, $g, $b],)*],)* }
            }

            fn sight(self) -> Sight {
                match self { $(Self::$variant => Sight::$sight,)* }
            }
        }
    };
}

/// Whether a name can be told from pixels.
#[derive(PartialEq, Eq)]
enum Sight {
    Seen,
    /// Pixels do not tell shine from shade: silver is a grey there, gold a mustard.
    Said,
}

palette! {
    Black "black" Black Seen [[28, 28, 31], [8, 8, 9], [42, 42, 46]];
    Charcoal "charcoal" Grey Seen [[64, 66, 70], [74, 76, 80]];
    Grey "grey" Grey Seen [[138, 140, 143], [108, 110, 113], [166, 168, 170], [190, 192, 194]];
    Silver "silver" Metallic Said [[192, 194, 198]];
    White "white" White Seen [[244, 244, 242], [255, 255, 255], [226, 227, 228]];
    Cream "cream" White Seen [[246, 239, 222], [240, 232, 214]];
    Beige "beige" Beige Seen [[220, 202, 172], [206, 184, 154], [216, 192, 168], [236, 216, 182]];
    Khaki "khaki" Beige Seen [[178, 160, 116], [160, 144, 104]];
    Tan "tan" Brown Seen [[190, 146, 98], [176, 128, 82]];
    Brown "brown" Brown Seen [[112, 72, 46], [88, 58, 40], [134, 90, 60], [66, 46, 36], [112, 94, 84]];
    Rust "rust" Orange Seen [[172, 78, 42], [158, 70, 40]];
    Orange "orange" Orange Seen [[236, 122, 36], [240, 144, 50]];
    Coral "coral" Pink Seen [[242, 124, 108], [244, 150, 130]];
    Red "red" Red Seen [[200, 36, 42], [222, 40, 44], [170, 30, 38]];
    Burgundy "burgundy" Red Seen [[116, 28, 48], [92, 26, 40], [130, 34, 54]];
    Pink "pink" Pink Seen [[236, 140, 172], [244, 184, 200], [214, 140, 156], [228, 196, 198]];
    Fuchsia "fuchsia" Pink Seen [[214, 36, 128], [230, 60, 146]];
    Purple "purple" Purple Seen [[112, 62, 148], [84, 44, 112], [128, 84, 156]];
    Lilac "lilac" Purple Seen [[196, 168, 216], [172, 144, 198], [186, 170, 192]];
    Navy "navy" Blue Seen [[32, 42, 78], [26, 32, 56], [42, 54, 92]];
    Blue "blue" Blue Seen [[38, 92, 184], [52, 112, 208], [70, 104, 156], [34, 66, 140], [98, 114, 142]];
    LightBlue "light blue" Blue Seen [[154, 194, 226], [184, 210, 234], [130, 166, 204], [136, 170, 186]];
    Turquoise "turquoise" Green Seen [[64, 196, 200], [44, 176, 186]];
    Teal "teal" Green Seen [[24, 126, 130], [20, 100, 106], [40, 136, 136]];
    Mint "mint" Green Seen [[178, 226, 204], [156, 210, 184]];
    Green "green" Green Seen [[52, 138, 74], [60, 160, 84], [84, 150, 96]];
    DarkGreen "dark green" Green Seen [[30, 72, 50], [36, 58, 44]];
    Lime "lime" Green Seen [[164, 206, 60], [142, 190, 66]];
    Olive "olive" Green Seen [[104, 106, 52], [84, 86, 48], [122, 122, 70]];
    Yellow "yellow" Yellow Seen [[244, 205, 58], [248, 228, 92], [238, 216, 120]];
    Mustard "mustard" Yellow Seen [[204, 156, 40], [190, 140, 34]];
    Gold "gold" Metallic Said [[206, 168, 80]];
    Multicolour "multicolour" Multicolour Said [];
}

/// The basic colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "they are what they say")]
pub enum ColorFamily {
    Red,
    Pink,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Brown,
    Beige,
    Grey,
    White,
    Black,
    Metallic,
    Multicolour,
}

impl ColorFamily {
    /// In English, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Pink => "pink",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Brown => "brown",
            Self::Beige => "beige",
            Self::Grey => "grey",
            Self::White => "white",
            Self::Black => "black",
            Self::Metallic => "metallic",
            Self::Multicolour => "multicolour",
        }
    }
}

/// Every tone that pixels can have, with its name.
static TONES: LazyLock<Vec<(ColorName, Lab)>> = LazyLock::new(|| {
    let seen = ColorName::ALL.iter().filter(|name| name.sight() == Sight::Seen);
    seen.flat_map(|name| name.tones().iter().map(|rgb| (*name, lab_of_rgb(*rgb)))).collect()
});

/// Two colours that differ by this much in L alone have a [`distance`] of at least one, whatever else differs.
const MOST_LIGHT_WEIGHT: f32 = 1.75;

/// The square of the plain distance in Lab, by which the search for the nearest tone begins.
fn plain(a: Lab, b: Lab) -> f32 {
    (0..3).map(|i| (a[i] - b[i]).powi(2)).sum()
}

impl ColorName {
    /// What a shopper would call this colour. Never a metal or many colours: those are only said.
    pub fn nearest(lab: Lab) -> Self {
        let Some(&(mut name, tone)) = TONES.iter().min_by(|a, b| plain(a.1, lab).total_cmp(&plain(b.1, lab)))
        else {
            return Self::Black;
        };
        let mut least = distance(tone, lab);
        for (other, tone) in TONES.iter() {
            if (tone[0] - lab[0]).abs() < MOST_LIGHT_WEIGHT * least {
                let far = distance(*tone, lab);
                if far < least {
                    (name, least) = (*other, far);
                }
            }
        }
        name
    }

    /// Its most typical tone; none for many colours.
    pub fn lab(self) -> Option<Lab> {
        self.tones().first().map(|rgb| lab_of_rgb(*rgb))
    }

    /// How far a colour is from being called this, in CIEDE2000 from the nearest of its tones; none for
    /// many colours.
    pub fn distance_to(self, lab: Lab) -> Option<f32> {
        self.tones().iter().map(|rgb| distance(lab_of_rgb(*rgb), lab)).min_by(f32::total_cmp)
    }

    /// The colour of this English name, as [`name`](Self::name) writes it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|color| color.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tone_is_called_by_its_own_name() {
        for name in ColorName::ALL.iter().filter(|name| name.sight() == Sight::Seen) {
            for rgb in name.tones() {
                assert_eq!(ColorName::nearest(lab_of_rgb(*rgb)), *name, "{rgb:?}");
            }
        }
    }

    #[test]
    fn the_nearest_tone_is_that_of_all() {
        let levels = (0..=255).step_by(15);
        for rgb in levels.clone().flat_map(|r| levels.clone().map(move |b| [r, (r / 2 + b) / 2, b])) {
            let lab = lab_of_rgb(rgb.map(|level| level as u8));
            let far = |(_, tone): &&(ColorName, Lab)| distance(*tone, lab);
            let nearest = TONES.iter().min_by(|a, b| far(a).total_cmp(&far(b))).unwrap();
            assert_eq!(ColorName::nearest(lab), nearest.0, "{rgb:?}");
        }
    }

    #[test]
    fn a_name_survives_json() {
        for name in ColorName::ALL {
            let json = serde_json::to_string(name).unwrap();
            assert_eq!(json, format!("{:?}", name.name()));
            assert_eq!(serde_json::from_str::<ColorName>(&json).unwrap(), *name);
            assert_eq!(ColorName::named(name.name()), Some(*name));
        }
    }

    #[test]
    fn only_many_colours_have_no_tone() {
        let without: Vec<_> = ColorName::ALL.iter().filter(|name| name.lab().is_none()).collect();
        assert_eq!(without, [&ColorName::Multicolour]);
    }
}
