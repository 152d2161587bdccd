//! The values of a settings document that are more than a text or a number.

use std::str::FromStr;

use eframe::egui::Color32;
use serde::Deserialize;

use crate::visit::Screen;

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// By day.
    #[default]
    Light,
    /// At night.
    Dark,
}

/// A way to find a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The camera.
    Point,
    /// The keyboard.
    Type,
    /// Categories.
    Browse,
}

impl Way {
    /// All, in the order of the first screen.
    pub const ALL: [Self; 3] = [Self::Point, Self::Type, Self::Browse];

    /// The screen that it leads to.
    pub fn screen(self) -> Screen {
        match self {
            Self::Point => Screen::Point,
            Self::Type => Screen::Type,
            Self::Browse => Screen::Browse,
        }
    }
}

/// How far the picture is turned, clockwise, for a screen that hangs on its side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub enum Rotation {
    /// Not at all.
    #[default]
    None,
    /// 90 degrees.
    Quarter,
    /// 180 degrees.
    Half,
    /// 270 degrees.
    ThreeQuarters,
}

impl TryFrom<i64> for Rotation {
    type Error = String;

    fn try_from(degrees: i64) -> Result<Self, String> {
        match degrees {
            0 => Ok(Self::None),
            90 => Ok(Self::Quarter),
            180 => Ok(Self::Half),
            270 => Ok(Self::ThreeQuarters),
            other => Err(format!("{other} is no rotation: 0, 90, 180 or 270 degrees")),
        }
    }
}

/// The bytes that pairs of hexadecimal digits say; `None` of anything else.
pub(crate) fn hex_bytes(hex: &str) -> Option<Vec<u8>> {
    let is_hex = hex.len().is_multiple_of(2) && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    is_hex.then(|| (0..hex.len()).step_by(2).map(byte).collect::<Option<_>>())?
}

/// A shop's own colour, written `#0e6a55`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Accent(pub Color32);

impl FromStr for Accent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no colour like \"#0e6a55\"");
        match text.strip_prefix('#').and_then(hex_bytes).as_deref() {
            Some([red, green, blue]) => Ok(Self(Color32::from_rgb(*red, *green, *blue))),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Accent {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Hours of the day, from the first to before the last; they may pass midnight. Written `22-6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Hours {
    from: u8,
    until: u8,
}

impl Default for Hours {
    /// The whole day.
    fn default() -> Self {
        Self { from: 0, until: 24 }
    }
}

impl Hours {
    /// Whether an hour, 0 to 23, is one of them.
    pub fn has(self, hour: u8) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&hour)
        } else {
            hour >= self.from || hour < self.until
        }
    }
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once('-').and_then(|(from, until)| {
            Some((from.trim().parse::<u8>().ok()?, until.trim().parse::<u8>().ok()?))
        });
        let valid = ends.filter(|(from, until)| *from < 24 && *until <= 24 && from != until);
        let (from, until) = valid.ok_or_else(|| format!("{text:?} are no hours like \"22-6\""))?;
        Ok(Self { from, until })
    }
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_may_pass_midnight() {
        let night: Hours = "22-6".parse().unwrap();
        assert!([22, 23, 0, 5].iter().all(|hour| night.has(*hour)));
        assert!([6, 12, 21].iter().all(|hour| !night.has(*hour)));
        let day: Hours = "8-20".parse().unwrap();
        assert!(day.has(8) && day.has(19) && !day.has(20) && !day.has(7));
        assert!((0..24).all(|hour| Hours::default().has(hour)));
        for wrong in ["", "8", "8-8", "24-3", "a-b", "-1-5", "3-25"] {
            assert!(wrong.parse::<Hours>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_colour_has_six_digits() {
        assert_eq!("#0E6a55".parse(), Ok(Accent(Color32::from_rgb(14, 106, 85))));
        for wrong in ["", "0e6a55", "#0e6a5", "#0e6a5g", "#ääa", "#+1+2+3"] {
            assert!(wrong.parse::<Accent>().is_err(), "{wrong}");
        }
    }
}
