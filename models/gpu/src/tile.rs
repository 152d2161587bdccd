//! How large a piece of a matrix product one workgroup makes.

use crate::adapter::Kind;
use crate::error::{Error, Result};
use crate::precision::Precision;

/// Quads of the depth that are brought into a workgroup's memory at a time.
const SLICE: usize = 4;

/// The shape of the piece, and of what one of its threads makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    rows: usize,
    quads: usize,
    rows_per_thread: usize,
    quads_per_thread: usize,
}

/// The largest first. The third is for outputs of few columns, as narrow convolutions have them.
const TILES: [Tile; 4] = [
    Tile { rows: 128, quads: 32, rows_per_thread: 8, quads_per_thread: 2 },
    Tile { rows: 64, quads: 16, rows_per_thread: 4, quads_per_thread: 1 },
    Tile { rows: 128, quads: 8, rows_per_thread: 8, quads_per_thread: 1 },
    Tile { rows: 16, quads: 16, rows_per_thread: 2, quads_per_thread: 1 },
];

/// With which the rows of a product are counted against the limit of workgroups.
pub(crate) const SMALLEST_TILE_ROWS: usize = TILES[TILES.len() - 1].rows;

impl Tile {
    /// Those that `limits` allow.
    ///
    /// # Errors
    /// [`Error::Limit`] if that is none.
    pub fn allowed(limits: &wgpu::Limits, precision: Precision) -> Result<Vec<Self>> {
        let memory = u64::from(limits.max_compute_workgroup_storage_size);
        let threads = u64::from(limits.max_compute_invocations_per_workgroup)
            .min(u64::from(limits.max_compute_workgroup_size_x));
        let fits = |tile: &Tile| tile.memory(precision) <= memory && tile.threads() as u64 <= threads;
        let allowed: Vec<_> = TILES.into_iter().filter(fits).collect();
        if allowed.is_empty() {
            let needed = TILES[TILES.len() - 1].memory(precision);
            return Err(Error::Limit { what: "bytes of workgroup memory", needed, allowed: memory });
        }
        Ok(allowed)
    }

    /// Workgroups across and down for an output of so many rows and quads.
    pub fn grid(self, rows: usize, quads: usize) -> [u32; 3] {
        [quads.div_ceil(self.quads) as u32, rows.div_ceil(self.rows) as u32, 1]
    }

    /// Whether an output of this size makes workgroups enough to keep an adapter busy, with at least half of their
    /// threads at work, across and down. A smaller tile reads its inputs more often, and is for when this one does not.
    pub fn keeps_busy(self, kind: Kind, rows: usize, quads: usize) -> bool {
        let [across, down, _] = self.grid(rows, quads);
        if self.rows > 2 * rows || self.quads > 2 * quads {
            return false;
        }
        // About as many as there are units that run them: cores of a processor, or those of a GPU.
        let units = match kind {
            Kind::Software => 2,
            Kind::Integrated => 32,
            Kind::Discrete | Kind::Virtual | Kind::Unknown => 128,
        };
        across * down >= units
    }

    fn threads(self) -> usize {
        (self.rows / self.rows_per_thread) * (self.quads / self.quads_per_thread)
    }

    /// Bytes of workgroup memory.
    fn memory(self, precision: Precision) -> u64 {
        let quad = if precision == Precision::F16 { 8 } else { 16 };
        (quad * SLICE * (self.rows + 4 * self.quads)) as u64
    }

    /// The kernel with its constants, and its inner loops written out.
    pub fn source(self, precision: Precision) -> String {
        let Self { rows, quads, rows_per_thread, quads_per_thread } = self;
        let constants = [
            ("SLICE", SLICE),
            ("TILE_ROWS", rows),
            ("TILE_QUADS", quads),
            ("ROWS_PER_THREAD", rows_per_thread),
            ("ACROSS", quads / quads_per_thread),
            ("THREADS", self.threads()),
            ("INPUT_TILE", rows * SLICE),
            ("WEIGHT_TILE", 4 * SLICE * quads),
        ];
        let constants: String = constants.map(|(name, n)| format!("const {name} = {n}u;\n")).concat();
        let halves = precision == Precision::F16;
        let body = include_str!("kernels/matmul.wgsl")
            .replace("$sums", &self.each(|r, q| format!("var sum{r}_{q} = vec4<f32>();\n")))
            // Products in f16 are added up in f16 within a slice, which is too short to lose much, and
            // slices in f32.
            .replace(
                "$begin",
                &self
                    .each(|r, q| if halves { format!("var part{r}_{q} = Quad();\n") } else { String::new() }),
            )
            .replace("$multiply", &self.multiply(if halves { "part" } else { "sum" }))
            .replace(
                "$add",
                &self.each(|r, q| {
                    if halves { format!("sum{r}_{q} += vec4<f32>(part{r}_{q});\n") } else { String::new() }
                }),
            )
            .replace(
                "$store",
                &self.each(|r, q| {
                    format!(
                        "store(first_row + down + {r}u, first_quad + across + {q}u * ACROSS, sum{r}_{q});\n"
                    )
                }),
            );
        [precision.prelude(), &constants, &body].concat()
    }

    fn each(self, line: impl Fn(usize, usize) -> String) -> String {
        let places = (0..self.rows_per_thread).flat_map(|r| (0..self.quads_per_thread).map(move |q| (r, q)));
        places.map(|(r, q)| line(r, q)).collect()
    }

    /// Four products deep: a quad of each row of the input with four quads of each column of the weights.
    fn multiply(self, sum: &str) -> String {
        let mut text = String::new();
        for q in 0..self.quads_per_thread {
            for k in 0..4 {
                text += &format!(
                    "let w{k}_{q} = weight_tile[(4u * d + {k}u) * TILE_QUADS + across + {q}u * ACROSS];\n"
                );
            }
        }
        for r in 0..self.rows_per_thread {
            text += &format!("let x{r} = input_tile[(down + {r}u) * SLICE + d];\n");
            for q in 0..self.quads_per_thread {
                for (k, part) in ["x", "y", "z", "w"].into_iter().enumerate() {
                    text += &format!("{sum}{r}_{q} += x{r}.{part} * w{k}_{q};\n");
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_outputs_take_narrow_tiles() {
        let chosen = |rows, quads| TILES.into_iter().position(|t| t.keeps_busy(Kind::Discrete, rows, quads));
        let all = [4, 7, 8, 12, 16, 30].map(|quads| chosen(8 * 12544, quads));
        assert_eq!(all, [2, 2, 1, 1, 0, 0].map(Some));
        assert_eq!((chosen(50, 192), chosen(197, 3)), (None, None));
    }

    #[test]
    fn an_adapter_with_the_least_that_is_allowed_gets_smaller_tiles() {
        let least = wgpu::Limits::downlevel_defaults();
        assert_eq!(Tile::allowed(&least, Precision::F32).unwrap(), TILES[1..]);
        assert_eq!(Tile::allowed(&least, Precision::F16).unwrap(), TILES);
        let less = wgpu::Limits { max_compute_workgroup_storage_size: 1024, ..least };
        assert!(matches!(Tile::allowed(&less, Precision::F32), Err(Error::Limit { .. })));
    }
}
