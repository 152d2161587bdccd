//! Drawings of one line, in a square of 24 by 24.

use eframe::egui::{Color32, Painter, Rect, Stroke, pos2, vec2};

/// What a drawing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A camera.
    Camera,
    /// A keyboard.
    Keyboard,
    /// Four tiles.
    Tiles,
    /// An arrow to the start of the line.
    Back,
    /// A cross.
    Close,
    /// A bag.
    Bag,
    /// A tick.
    Check,
    /// Half a disc.
    Contrast,
    /// Two letters of different size.
    Larger,
    /// A magnifying glass.
    Search,
    /// An arrow with a cross.
    Erase,
    /// An arrow upwards.
    Shift,
}

type Points = &'static [(f32, f32)];

impl Icon {
    fn lines(self) -> &'static [Points] {
        match self {
            Self::Camera => &[&[
                (3., 8.),
                (7.5, 8.),
                (9., 5.5),
                (15., 5.5),
                (16.5, 8.),
                (21., 8.),
                (21., 19.),
                (3., 19.),
                (3., 8.),
            ]],
            Self::Keyboard => &[
                &[(2.5, 6.), (21.5, 6.), (21.5, 18.), (2.5, 18.), (2.5, 6.)],
                &[(6., 9.8), (7., 9.8)],
                &[(9.7, 9.8), (10.7, 9.8)],
                &[(13.3, 9.8), (14.3, 9.8)],
                &[(17., 9.8), (18., 9.8)],
                &[(7.5, 14.2), (16.5, 14.2)],
            ],
            Self::Tiles => &[
                &[(4., 4.), (10.5, 4.), (10.5, 10.5), (4., 10.5), (4., 4.)],
                &[(13.5, 4.), (20., 4.), (20., 10.5), (13.5, 10.5), (13.5, 4.)],
                &[(4., 13.5), (10.5, 13.5), (10.5, 20.), (4., 20.), (4., 13.5)],
                &[(13.5, 13.5), (20., 13.5), (20., 20.), (13.5, 20.), (13.5, 13.5)],
            ],
            Self::Back => &[&[(20., 12.), (4., 12.)], &[(10.5, 5.5), (4., 12.), (10.5, 18.5)]],
            Self::Close => &[&[(6., 6.), (18., 18.)], &[(18., 6.), (6., 18.)]],
            Self::Bag => &[
                &[(4.5, 8.), (19.5, 8.), (20.5, 20.5), (3.5, 20.5), (4.5, 8.)],
                &[(8.5, 11.), (8.5, 6.5), (10., 4.2), (12., 3.6), (14., 4.2), (15.5, 6.5), (15.5, 11.)],
            ],
            Self::Check => &[&[(4.5, 12.5), (10., 18.), (19.5, 6.5)]],
            Self::Larger => &[
                &[(2.5, 19.), (8.5, 4.), (14.5, 19.)],
                &[(4.7, 13.8), (12.3, 13.8)],
                &[(15.5, 19.), (18.8, 10.5), (22., 19.)],
                &[(16.6, 16.2), (20.9, 16.2)],
            ],
            Self::Erase => &[
                &[(8.5, 5.), (21.5, 5.), (21.5, 19.), (8.5, 19.), (2.5, 12.), (8.5, 5.)],
                &[(12., 9.), (18., 15.)],
                &[(18., 9.), (12., 15.)],
            ],
            Self::Shift => &[&[
                (12., 3.5),
                (20.5, 12.),
                (16., 12.),
                (16., 20.),
                (8., 20.),
                (8., 12.),
                (3.5, 12.),
                (12., 3.5),
            ]],
            Self::Search => &[&[(15.6, 15.6), (21., 21.)]],
            Self::Contrast => &[],
        }
    }

    fn circle(self) -> Option<(f32, f32, f32)> {
        match self {
            Self::Camera => Some((12., 13.2, 3.7)),
            Self::Search => Some((10.3, 10.3, 7.)),
            Self::Contrast => Some((12., 12., 8.5)),
            _ => None,
        }
    }

    /// Draws it in a square.
    pub fn paint(self, painter: &Painter, square: Rect, color: Color32) {
        let scale = square.width() / 24.0;
        let stroke = Stroke::new((1.7 * scale).max(2.0), color);
        let at = |(x, y): (f32, f32)| square.min + vec2(x, y) * scale;
        for line in self.lines() {
            painter.line(line.iter().map(|point| at(*point)).collect(), stroke);
            // Round ends and corners.
            for point in *line {
                painter.circle_filled(at(*point), stroke.width / 2.0, color);
            }
        }
        if let Some((x, y, radius)) = self.circle() {
            painter.circle_stroke(at((x, y)), radius * scale, stroke);
        }
        if self == Self::Contrast {
            let half = Rect::from_min_max(
                pos2(square.left(), square.top()),
                pos2(square.center().x, square.bottom()),
            );
            painter.with_clip_rect(half.intersect(painter.clip_rect())).circle_filled(
                at((12., 12.)),
                8.5 * scale,
                color,
            );
        }
    }
}
