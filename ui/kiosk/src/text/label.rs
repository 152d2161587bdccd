//! A text on the screen.

use std::sync::Arc;

use eframe::egui::{Align, Color32, FontFamily, FontId, Galley, Painter, Pos2, Rect, Vec2, pos2, vec2};

use super::lines::lines;
use crate::look::BOLD;

/// The height of a line, in type sizes: Arabic and Chinese letters are higher than Latin ones.
const LINE: f32 = 1.36;

/// Where lines stand in the width that they are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Left on a screen from left to right, else right.
    #[default]
    Start,
    /// In the middle.
    Middle,
}

/// A text with its look.
#[derive(Clone, Debug)]
pub struct Label<'a> {
    text: &'a str,
    font: FontId,
    color: Color32,
    width: f32,
    most: usize,
    side: Side,
    from_right: bool,
}

/// A text that was laid out.
pub struct Laid {
    /// The width it was given, and the height of its lines, in points.
    pub size: Vec2,
    pieces: Vec<(Pos2, Arc<Galley>)>,
    color: Color32,
}

impl<'a> Label<'a> {
    /// One line of type of this size in points, as wide as it will.
    pub fn new(text: &'a str, size: f32, color: Color32) -> Self {
        let font = FontId::new(size, FontFamily::Proportional);
        Self { text, font, color, width: f32::INFINITY, most: 1, side: Side::Start, from_right: false }
    }

    /// In bold type.
    #[must_use]
    pub fn bold(mut self) -> Self {
        self.font.family = FontFamily::Name(BOLD.into());
        self
    }

    /// At most this many lines of this width, in points.
    #[must_use]
    pub fn within(mut self, width: f32, most: usize) -> Self {
        (self.width, self.most) = (width, most);
        self
    }

    /// Where its lines stand.
    #[must_use]
    pub fn side(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    /// On a screen whose lines begin at the right.
    #[must_use]
    pub fn from_right(mut self, from_right: bool) -> Self {
        self.from_right = from_right;
        self
    }

    /// Breaks, orders and shapes it.
    pub fn lay(&self, painter: &Painter) -> Laid {
        let galley = |piece: &str| painter.layout_no_wrap(piece.to_owned(), self.font.clone(), self.color);
        let lines = lines(self.text, self.width, self.most, &mut |piece| galley(piece).size().x);
        let widest = lines.iter().map(|line| line.width).fold(0.0, f32::max);
        let width = if self.width.is_finite() { self.width } else { widest };
        let height = (LINE * self.font.size).round();
        let mut pieces = Vec::new();
        for (row, line) in lines.iter().enumerate() {
            let rest = width - line.width;
            let mut x = match self.side {
                Side::Middle => rest / 2.0,
                Side::Start if self.from_right => rest,
                Side::Start => 0.0,
            };
            for piece in &line.pieces {
                let galley = galley(piece);
                // Fonts differ in height; their baselines are what must agree.
                let base = galley.rows.first().map_or(0.0, |row| row.glyphs.first().map_or(0.0, |g| g.pos.y));
                let y = row as f32 * height + height * 0.76 - base;
                let wide = galley.size().x;
                pieces.push((pos2(x, y), galley));
                x += wide;
            }
        }
        Laid { size: vec2(width, lines.len() as f32 * height), pieces, color: self.color }
    }

    /// Paints it with its top left corner here; says what it covers.
    pub fn paint(&self, painter: &Painter, at: Pos2) -> Rect {
        self.lay(painter).paint(painter, at)
    }

    /// Paints it in the middle of a rectangle's height, and at the start or in the middle of its width.
    pub fn paint_in(mut self, painter: &Painter, rect: Rect) {
        self.width = rect.width();
        let laid = self.lay(painter);
        laid.paint(
            painter,
            pos2(rect.left(), Align::Center.align_size_within_range(laid.size.y, rect.y_range()).min),
        );
    }
}

impl Laid {
    /// Paints it with its top left corner here; says what it covers.
    pub fn paint(&self, painter: &Painter, at: Pos2) -> Rect {
        for (offset, galley) in &self.pieces {
            painter.galley(at + offset.to_vec2(), Arc::clone(galley), self.color);
        }
        Rect::from_min_size(at, self.size)
    }
}
