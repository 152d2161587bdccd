//! A shop's own colour in the place of the usual green.

use eframe::egui::Color32;

use super::tokens::Tokens;

/// The contrast that text needs on its ground, by WCAG.
const READABLE: f32 = 4.5;

impl Tokens {
    /// The same colours with this accent. It is made darker or lighter until it can be read on the paper.
    #[must_use]
    pub fn with_accent(mut self, accent: Color32, is_dark: bool) -> Self {
        let toward = if is_dark { Color32::WHITE } else { Color32::BLACK };
        let readable = |color: Color32| contrast(color, self.paper) >= READABLE;
        let steps = (0..=20).map(|step| accent.lerp_to_gamma(toward, step as f32 / 20.0));
        self.accent = steps.into_iter().find(|color| readable(*color)).unwrap_or(toward);
        self.accent_strong = self.accent.lerp_to_gamma(toward, 0.25);
        self.accent_wash = self.paper.lerp_to_gamma(self.accent, 0.14);
        let white = contrast(Color32::WHITE, self.accent) >= contrast(Color32::BLACK, self.accent);
        self.on_accent = if white { Color32::WHITE } else { Color32::BLACK };
        self
    }
}

/// The contrast of two opaque colours, 1 to 21.
fn contrast(a: Color32, b: Color32) -> f32 {
    let light = |color: Color32| {
        let linear = |level: u8| {
            let level = f32::from(level) / 255.0;
            if level <= 0.04045 { level / 12.92 } else { ((level + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b()) + 0.05
    };
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accent_can_be_read_in_both_themes() {
        for (theme, is_dark) in [(Tokens::LIGHT, false), (Tokens::DARK, true)] {
            for [r, g, b] in
                [[255, 235, 59], [0, 0, 0], [255, 255, 255], [200, 30, 40], [10, 40, 120], [128; 3]]
            {
                let tokens = theme.with_accent(Color32::from_rgb(r, g, b), is_dark);
                assert!(contrast(tokens.accent, tokens.paper) >= READABLE, "{r} {g} {b} dark {is_dark}");
                assert!(contrast(tokens.on_accent, tokens.accent) >= READABLE, "{r} {g} {b} dark {is_dark}");
                assert!(
                    contrast(tokens.accent_strong, tokens.accent_wash) >= 3.0,
                    "{r} {g} {b} dark {is_dark}"
                );
            }
        }
        let own = Color32::from_rgb(14, 106, 85);
        assert_eq!(Tokens::LIGHT.with_accent(own, false).accent, own, "what can be read stays");
    }
}
