//! A unit for tiles in plain Rust, so that the loops over blocks, steps and panels are tested on every
//! processor; with a fault, if the [probe](crate::probe) is to find one.

use super::tiles::{Block, COLUMNS, Sums, TileUnit};
use crate::fault::Fault;
use crate::isa::{Kind, TILE_WORDS};

pub(super) struct Model {
    fault: Fault,
    /// What the tiles are set up for.
    rows: Option<[usize; 2]>,
}

impl Model {
    pub fn new(fault: Fault) -> Self {
        Self { fault, rows: None }
    }

    /// The row of inputs that a row of the block multiplies.
    fn input_row(&self, [upper, _]: [usize; 2], row: usize) -> usize {
        if self.fault == Fault::TileRows && row >= upper { row - upper } else { row }
    }
}

impl TileUnit for Model {
    fn configure(&mut self, rows: [usize; 2]) {
        assert!((1..=16).contains(&rows[0]) && rows[1] <= 16);
        self.rows = Some(rows);
    }

    unsafe fn multiply(&mut self, block: &Block<'_>, sums: &mut Sums) {
        assert_eq!(self.rows, Some(block.rows()));
        let (a, stride) = block.a();
        let steps = block.steps() - usize::from(self.fault == Fault::TileStep);
        for row in 0..block.rows().iter().sum() {
            let a = &a[self.input_row(block.rows(), row) * stride..];
            for column in 0..COLUMNS {
                let words = (0..steps * TILE_WORDS).map(|at| (a[at], block.w()[at * COLUMNS + column]));
                sums.0[row * COLUMNS + column] = match block.kind() {
                    Kind::Bf16 => words.fold(0.0, |sum, (a, w)| sum + bf16_product(a, w)),
                    _ => f32::from_bits(words.fold(0, |sum, (a, w)| sum + self.byte_product(a, w)) as u32),
                };
            }
        }
    }

    fn release(&mut self) {
        self.rows = None;
    }
}

impl Model {
    /// Unsigned times signed bytes.
    fn byte_product(&self, a: u32, w: u32) -> i32 {
        let products = a.to_le_bytes().into_iter().zip(w.to_le_bytes()).map(|(a, w)| {
            let a = if self.fault == Fault::TileSigned { i32::from(a as i8) } else { i32::from(a) };
            a * i32::from(w as i8)
        });
        products.sum()
    }
}

fn bf16_product(a: u32, w: u32) -> f32 {
    let halves = |word: u32| [f32::from_bits(word << 16), f32::from_bits(word & 0xffff_0000)];
    let ([a, b], [v, w]) = (halves(a), halves(w));
    a * v + b * w
}
