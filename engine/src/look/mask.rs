//! A set of the pixels of a small copy, and what grows and shrinks it.

use crate::look::lab::SIDE;

/// A row of a mask: pixel `x` is bit `x`.
type Row = u128;

const _: () = assert!(SIDE <= Row::BITS as usize);

/// Some of the pixels of a copy of at most 128 × 128.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mask {
    width: usize,
    rows: Vec<Row>,
}

impl Mask {
    /// The pixels whose value, row by row, is one that `is_in` takes.
    pub(crate) fn from_values<T: Copy>(width: usize, values: &[T], is_in: impl Fn(T) -> bool) -> Self {
        let row = |values: &[T]| {
            // In parts of 32 bits, which one register holds.
            let part = |values: &[T]| {
                values.iter().rev().fold(0_u32, |bits, value| bits << 1 | u32::from(is_in(*value)))
            };
            let parts = values.chunks(32).map(part).rev();
            parts.fold(0, |row: Row, part| row << 32 | Row::from(part))
        };
        Self { width, rows: values.chunks_exact(width).map(row).collect() }
    }

    /// The pixels with these numbers, row by row.
    pub(crate) fn from_pixels(width: usize, height: usize, pixels: impl Iterator<Item = usize>) -> Self {
        let mut rows = vec![0; height];
        pixels.for_each(|at| rows[at / width] |= 1 << (at % width));
        Self { width, rows }
    }

    /// The number of its pixels.
    pub(crate) fn area(&self) -> usize {
        self.rows.iter().map(|row| row.count_ones() as usize).sum()
    }

    /// Whether each pixel of a row is in it.
    pub(crate) fn row(&self, y: usize) -> impl Iterator<Item = bool> {
        let row = self.rows[y];
        let parts = [row as u64, (row >> 64) as u64];
        (0..self.width).map(move |x| parts[x / 64] >> (x % 64) & 1 == 1)
    }

    /// The numbers of its pixels, row by row.
    pub(crate) fn pixels(&self) -> impl Iterator<Item = usize> {
        let starts = (0..).step_by(self.width);
        self.rows.iter().zip(starts).flat_map(|(row, start)| {
            let mut left = *row;
            std::iter::from_fn(move || {
                let x = left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                (x < Row::BITS as usize).then_some(start + x)
            })
        })
    }

    /// The pixels of either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let rows = self.rows.iter().zip(&other.rows).map(|(a, b)| a | b).collect();
        Self { width: self.width, rows }
    }

    /// With the pixels beside it.
    pub(crate) fn grown(&self) -> Self {
        let across = self.each_row(|row| self.across(row, 1) & self.full());
        let beside = |y: usize| {
            let (above, below) = (y.checked_sub(1).map_or(0, |y| self.rows[y]), self.rows.get(y + 1));
            across.rows[y] | above | below.copied().unwrap_or_default()
        };
        Self { width: self.width, rows: (0..self.rows.len()).map(beside).collect() }
    }

    /// Without the pixels beside which one is not in it.
    pub(crate) fn shrunk(&self) -> Self {
        self.others().grown().others()
    }

    /// With the pixels that are at most `reach` columns and `reach` rows away.
    pub(crate) fn grown_by(&self, reach: usize) -> Self {
        let across = self.each_row(|row| self.across(row, reach) & self.full());
        let within = |y: usize| {
            let rows = y.saturating_sub(reach)..(y + reach + 1).min(self.rows.len());
            across.rows[rows].iter().fold(0, |all, row| all | row)
        };
        Self { width: self.width, rows: (0..self.rows.len()).map(within).collect() }
    }

    /// Without the pixels of which one so near is not in it.
    pub(crate) fn shrunk_by(&self, reach: usize) -> Self {
        self.others().grown_by(reach).others()
    }

    fn others(&self) -> Self {
        self.each_row(|row| !row & self.full())
    }

    fn each_row(&self, of: impl Fn(Row) -> Row) -> Self {
        Self { width: self.width, rows: self.rows.iter().map(|row| of(*row)).collect() }
    }

    fn across(&self, row: Row, reach: usize) -> Row {
        (1..=reach).fold(row, |all, step| all | row << step | row >> step)
    }

    /// A row with every pixel.
    fn full(&self) -> Row {
        Row::MAX >> (Row::BITS as usize - self.width)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(mask: &Mask) -> Vec<bool> {
        (0..mask.rows.len()).flat_map(|y| mask.row(y)).collect()
    }

    /// Whether each pixel has one with this value within reach, by looking at each; beside it only, or in a square.
    fn near(values: &[bool], width: usize, reach: usize, square: bool, wanted: bool) -> Vec<bool> {
        let is_near = |at: usize, other: usize| {
            let (across, down) = ((at % width).abs_diff(other % width), (at / width).abs_diff(other / width));
            across.max(down) <= reach && (square || across + down <= reach)
        };
        let has = |at: usize| (0..values.len()).any(|other| values[other] == wanted && is_near(at, other));
        (0..values.len()).map(has).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn growth_is_what_looking_at_each_pixel_finds(
            (width, values) in (1_usize..=SIDE).prop_flat_map(|width| {
                (Just(width), prop::collection::vec(prop::bool::weighted(0.2), width * 6))
            }),
        ) {
            let mask = Mask::from_values(width, &values, |is_in| is_in);
            prop_assert_eq!(&super::tests::values(&mask), &values);
            prop_assert_eq!(mask.area(), values.iter().filter(|is_in| **is_in).count());
            let listed: Vec<usize> = (0..values.len()).filter(|at| values[*at]).collect();
            prop_assert_eq!(mask.pixels().collect::<Vec<_>>(), listed.clone());
            prop_assert_eq!(&Mask::from_pixels(width, 6, listed.into_iter()), &mask);
            let not = |values: Vec<bool>| -> Vec<bool> { values.iter().map(|value| !value).collect() };
            let of = super::tests::values;
            prop_assert_eq!(of(&mask.grown()), near(&values, width, 1, false, true));
            prop_assert_eq!(of(&mask.shrunk()), not(near(&values, width, 1, false, false)));
            prop_assert_eq!(of(&mask.grown_by(3)), near(&values, width, 3, true, true));
            prop_assert_eq!(of(&mask.shrunk_by(3)), not(near(&values, width, 3, true, false)));
        }
    }
}
