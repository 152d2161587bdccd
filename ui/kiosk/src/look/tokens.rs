//! The colours of `ui/web/src/styles/tokens.css`. A test writes this file: change the style sheet instead.

use eframe::egui::Color32;

/// The colours of one theme, under their names in the style sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    /// `--paper`.
    pub paper: Color32,
    /// `--surface`.
    pub surface: Color32,
    /// `--sunken`.
    pub sunken: Color32,
    /// `--picture`.
    pub picture: Color32,
    /// `--line`.
    pub line: Color32,
    /// `--line-strong`.
    pub line_strong: Color32,
    /// `--ink`.
    pub ink: Color32,
    /// `--ink-soft`.
    pub ink_soft: Color32,
    /// `--accent`.
    pub accent: Color32,
    /// `--accent-strong`.
    pub accent_strong: Color32,
    /// `--accent-wash`.
    pub accent_wash: Color32,
    /// `--on-accent`.
    pub on_accent: Color32,
    /// `--heart`.
    pub heart: Color32,
    /// `--bad`.
    pub bad: Color32,
    /// `--bad-wash`.
    pub bad_wash: Color32,
    /// `--good`.
    pub good: Color32,
    /// `--warn`.
    pub warn: Color32,
    /// `--scrim`.
    pub scrim: Color32,
    /// `--veil`.
    pub veil: Color32,
}

impl Tokens {
    /// By day.
    pub const LIGHT: Self = Self {
        paper: Color32::from_rgb(250, 248, 244),
        surface: Color32::from_rgb(255, 255, 255),
        sunken: Color32::from_rgb(242, 238, 231),
        picture: Color32::from_rgb(241, 236, 228),
        line: Color32::from_rgb(230, 223, 212),
        line_strong: Color32::from_rgb(141, 131, 117),
        ink: Color32::from_rgb(33, 29, 24),
        ink_soft: Color32::from_rgb(101, 92, 81),
        accent: Color32::from_rgb(14, 106, 85),
        accent_strong: Color32::from_rgb(10, 83, 67),
        accent_wash: Color32::from_rgb(226, 240, 234),
        on_accent: Color32::from_rgb(255, 255, 255),
        heart: Color32::from_rgb(192, 51, 74),
        bad: Color32::from_rgb(165, 48, 31),
        bad_wash: Color32::from_rgb(251, 234, 229),
        good: Color32::from_rgb(31, 107, 57),
        warn: Color32::from_rgb(138, 83, 0),
        scrim: Color32::from_rgba_premultiplied(15, 13, 11, 115),
        veil: Color32::from_rgba_premultiplied(11, 9, 7, 140),
    };

    /// At night, and where a shopper chooses it.
    pub const DARK: Self = Self {
        paper: Color32::from_rgb(22, 20, 18),
        surface: Color32::from_rgb(33, 30, 27),
        sunken: Color32::from_rgb(28, 25, 23),
        picture: Color32::from_rgb(43, 39, 35),
        line: Color32::from_rgb(55, 50, 45),
        line_strong: Color32::from_rgb(139, 130, 119),
        ink: Color32::from_rgb(244, 240, 234),
        ink_soft: Color32::from_rgb(179, 169, 157),
        accent: Color32::from_rgb(103, 208, 177),
        accent_strong: Color32::from_rgb(139, 224, 199),
        accent_wash: Color32::from_rgb(29, 53, 46),
        on_accent: Color32::from_rgb(10, 33, 26),
        heart: Color32::from_rgb(255, 125, 143),
        bad: Color32::from_rgb(255, 156, 138),
        bad_wash: Color32::from_rgb(58, 33, 28),
        good: Color32::from_rgb(127, 211, 154),
        warn: Color32::from_rgb(240, 184, 102),
        scrim: Color32::from_rgba_premultiplied(0, 0, 0, 153),
        veil: Color32::from_rgba_premultiplied(0, 0, 0, 153),
    };
}
