//! Brightness.

/// A picture of brightness, 8 bits a pixel, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Gray<'a> {
    pub(super) pixels: &'a [u8],
    pub(super) width: usize,
    pub(super) height: usize,
}

impl<'a> Gray<'a> {
    /// `None` if there are not `width` × `height` levels.
    pub fn new(pixels: &'a [u8], width: usize, height: usize) -> Option<Self> {
        (pixels.len() == width * height && width > 1 && height > 1).then_some(Self { pixels, width, height })
    }

    /// The brightness between four pixels. Outside, it is that of the edge.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.clamp(0.0, self.width as f32 - 1.001), y.clamp(0.0, self.height as f32 - 1.001));
        let (left, top) = (x as usize, y as usize);
        let (right, below) = (x - left as f32, y - top as f32);
        let at = top * self.width + left;
        let pair = |at: usize| {
            let (a, b) = (f32::from(self.pixels[at]), f32::from(self.pixels[at + 1]));
            a + (b - a) * right
        };
        let (upper, lower) = (pair(at), pair(at + self.width));
        upper + (lower - upper) * below
    }
}
