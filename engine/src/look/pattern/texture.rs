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

    /// For each of the steps, which go ever further in one direction, the sums over `places` of the products of the
    /// detail there and one step away, if that is in the rectangle. The last value of each detail is 1 where it is of the
    /// thing, so the last sum is the number of places from which the step leads to the thing.
    pub(super) fn products<const STEPS: usize>(
        &self,
        places: &[[u16; 2]],
        steps: &[(i32, i32); STEPS],
    ) -> [Detail; STEPS] {
        let stride = (self.width + 2) as isize;
        let away = steps.map(|(dx, dy)| dy as isize * stride + dx as isize);
        let across = inside(self.width, &steps.map(|(dx, _)| dx));
        let down = inside(self.height, &steps.map(|(_, dy)| dy));
        let mut sums = [[0.0; CHANNELS + 1]; STEPS];
        for place in places {
            let (at, [x, y]) = (self.number(*place), place.map(usize::from));
            let inside = across[x].min(down[y]);
            let own = &self.detail[at];
            for (sum, away) in sums[..inside].iter_mut().zip(&away) {
                let other = &self.detail[at.wrapping_add_signed(*away)];
                (0..=CHANNELS).for_each(|c| sum[c] += own[c] * other[c]);
            }
        }
        sums
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

/// From each place on a line of this length, how many of the steps lead to another place on it: the first ones, since
/// each goes at least as far as the one before it.
fn inside(length: usize, steps: &[i32]) -> Vec<usize> {
    let is_inside = |place: i32| (0..length as i32).contains(&place);
    (0..length as i32).map(|place| steps.partition_point(|step| is_inside(place + step))).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    impl Texture {
        /// A thing that fills a rectangle, with detail that `number` chooses.
        pub(in crate::look::pattern) fn drawn(width: usize, height: usize, number: u32) -> Self {
            let mut texture = Self {
                width,
                height,
                detail: vec![[0.0; CHANNELS + 1]; (width + 2) * (height + 2)],
                places: Vec::new(),
            };
            for place in (0..height as u16).flat_map(|y| (0..width as u16).map(move |x| [x, y])) {
                let wave = |n: u32| {
                    ((u32::from(place[0]) * (3 + n) + u32::from(place[1]) * number) % 17) as f32 - 8.0
                };
                let at = texture.number(place);
                texture.detail[at] = [wave(0), wave(1), wave(2), 1.0];
                texture.places.push(place);
            }
            texture
        }
    }

    #[test]
    fn products_are_those_of_all_pairs_inside() {
        let texture = Texture::drawn(7, 5, 11);
        for steps in
            [[(0, 0), (1, 0), (3, -1), (6, -2), (7, -2)], [(0, 0), (-1, 1), (-2, 3), (-2, 5), (-3, 6)]]
        {
            let found = texture.products(&texture.places, &steps);
            for ((dx, dy), found) in steps.into_iter().zip(found) {
                let mut expected = [0.0; CHANNELS + 1];
                for [x, y] in &texture.places {
                    let (to_x, to_y) = (i32::from(*x) + dx, i32::from(*y) + dy);
                    if (0..7).contains(&to_x) && (0..5).contains(&to_y) {
                        let (own, other) =
                            (texture.detail([*x, *y]), texture.detail([to_x as u16, to_y as u16]));
                        (0..=CHANNELS).for_each(|c| expected[c] += own[c] * other[c]);
                    }
                }
                assert_eq!(found, expected, "{dx} {dy}");
            }
        }
    }
}
