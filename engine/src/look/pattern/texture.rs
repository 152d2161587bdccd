//! The texture of a thing without its folds: a copy of the thing without the slow changes of light and shade.

use crate::look::masked_image::{MaskedImage, WHITE};

/// Brightness, red against green, and blue against yellow; about as far apart as in CIELAB.
pub(super) const CHANNELS: usize = 3;

/// With fewer pixels there is no texture.
const MIN_AREA: usize = 400;

/// A pixel minus the mean around it, and 1 where it is of the thing; zeros elsewhere.
pub(super) type Detail = [f32; CHANNELS + 1];

/// A thing without its folds, in the smallest rectangle that holds it.
pub(super) struct Texture {
    width: usize,
    height: usize,
    /// Row by row, with a border of zeros.
    detail: Vec<Detail>,
    /// Column and row of each pixel of the thing in the rectangle, row by row.
    pub places: Vec<[u16; 2]>,
}

impl Texture {
    /// None if the thing has too few pixels for a texture.
    pub(super) fn from_masked_image(masked: &MaskedImage) -> Option<Self> {
        if masked.area() < MIN_AREA {
            return None;
        }
        let (mut first, mut last) = ([u16::MAX; 2], [0; 2]);
        for place in &masked.places {
            first = std::array::from_fn(|i| place[i].min(first[i]));
            last = std::array::from_fn(|i| place[i].max(last[i]));
        }
        let [width, height] = [0, 1].map(|i| usize::from(last[i] - first[i]) + 1);
        let places = masked.places.iter().map(|[x, y]| [x - first[0], y - first[1]]).collect();
        let mut texture = Self { width, height, detail: Vec::new(), places };
        let reach = ((masked.area() as f32).sqrt() / 7.0).max(3.0) as usize;
        texture.detail = texture.without_mean(&Thing::new(masked, first, [width, height]), reach);
        Some(texture)
    }

    /// The number of pixels of the thing.
    pub(super) fn area(&self) -> usize {
        self.places.len()
    }

    /// The detail at a place of the rectangle.
    pub(super) fn detail(&self, place: [u16; 2]) -> &Detail {
        &self.detail[self.number(place)]
    }

    /// The detail left of a place, right of it, above and below.
    pub(super) fn beside(&self, place: [u16; 2]) -> [&Detail; 4] {
        let (at, stride) = (self.number(place), self.width + 2);
        [at - 1, at + 1, at - stride, at + stride].map(|at| &self.detail[at])
    }

    /// The detail `(dx, dy)` away from a place, if that is in the rectangle.
    pub(super) fn away(&self, [x, y]: [u16; 2], (dx, dy): (i32, i32)) -> Option<&Detail> {
        let (x, y) =
            ((i32::from(x) + dx).cast_unsigned() as usize, (i32::from(y) + dy).cast_unsigned() as usize);
        (x < self.width && y < self.height).then(|| &self.detail[(y + 1) * (self.width + 2) + x + 1])
    }

    fn number(&self, [x, y]: [u16; 2]) -> usize {
        (usize::from(y) + 1) * (self.width + 2) + usize::from(x) + 1
    }

    /// Takes from each pixel the mean of those of the thing within `reach`. The sums of columns move from row to row,
    /// and the sum over columns from pixel to pixel.
    fn without_mean(&self, thing: &Thing, reach: usize) -> Vec<Detail> {
        let (width, height) = (self.width, self.height);
        let mut detail = vec![[0.0; CHANNELS + 1]; (width + 2) * (height + 2)];
        let mut columns = vec![[0; 4]; width];
        (0..reach.min(height)).for_each(|y| add(&mut columns, thing.row(y)));
        for y in 0..height {
            if y + reach < height {
                add(&mut columns, thing.row(y + reach));
            }
            if y > reach {
                subtract(&mut columns, thing.row(y - reach - 1));
            }
            let mut sum = [0; 4];
            columns[..reach.min(width)].iter().for_each(|column| plus(&mut sum, column));
            let out = &mut detail[(y + 1) * (width + 2) + 1..][..width];
            for (x, (out, cell)) in out.iter_mut().zip(thing.row(y)).enumerate() {
                if x + reach < width {
                    plus(&mut sum, &columns[x + reach]);
                }
                if x > reach {
                    minus(&mut sum, &columns[x - reach - 1]);
                }
                if cell[3] == 1 {
                    *out = against_mean(cell, &sum);
                }
            }
        }
        detail
    }
}

/// Sums of red, green and blue, and the number of what was summed.
type Sums = [u32; 4];

/// The cells of a thing in its rectangle, zeros where it is not.
struct Thing {
    width: usize,
    cells: Vec<[u16; 4]>,
}

impl Thing {
    fn new(masked: &MaskedImage, [left, top]: [u16; 2], [width, height]: [usize; 2]) -> Self {
        let rows = masked.rows().skip(top.into()).take(height);
        let cells = rows.flat_map(|row| &row[left.into()..][..width]);
        Self { width, cells: cells.map(|cell| cell.map(|value| value * cell[3])).collect() }
    }

    fn row(&self, y: usize) -> &[[u16; 4]] {
        &self.cells[y * self.width..][..self.width]
    }
}

fn add(columns: &mut [Sums], row: &[[u16; 4]]) {
    for (column, cell) in columns.iter_mut().zip(row) {
        (0..4).for_each(|i| column[i] += u32::from(cell[i]));
    }
}

fn subtract(columns: &mut [Sums], row: &[[u16; 4]]) {
    for (column, cell) in columns.iter_mut().zip(row) {
        (0..4).for_each(|i| column[i] -= u32::from(cell[i]));
    }
}

fn plus(sum: &mut Sums, column: &Sums) {
    (0..4).for_each(|i| sum[i] += column[i]);
}

fn minus(sum: &mut Sums, column: &Sums) {
    (0..4).for_each(|i| sum[i] -= column[i]);
}

/// The channels are sums of red, green and blue, so the mean of a channel is that of the mean colour.
fn against_mean(cell: &[u16; 4], sum: &Sums) -> Detail {
    let count = sum[3] as f32;
    let [r, g, b] = [0, 1, 2].map(|i| (f32::from(cell[i]) - sum[i] as f32 / count) / f32::from(WHITE));
    [100.0 * (0.3 * r + 0.59 * g + 0.11 * b), 90.0 * (r - g), 60.0 * (0.5 * (r + g) - b), 1.0]
}
