//! The inner loop of a scan over codes of one bit per dimension: it sums the table entries that a code selects.
//!
//! The bits of four dimensions are one nibble. A table of 16 entries holds what each nibble adds to a score, and
//! one shuffle instruction looks up as many entries as a vector register has bytes (André, Kermarrec and Le
//! Scouarnec, "Cache locality is not enough", VLDB 2015). The loop is written once; an instruction set gives it
//! [`Lanes`].

use super::Kernel;

/// Items per group, whose codes are interleaved.
pub(crate) const GROUP: usize = 32;

/// The largest entry of a table: [`ADDED`] of them fit a byte.
pub(crate) const LARGEST: u8 = 31;

/// The length of tables and of codes is a multiple of this, in bytes.
const STEP: usize = 256;

/// Entries that are added as bytes before the sum is widened.
const ADDED: usize = 8;

/// The tables of a query, and the factors that turn a sum into a bound: `scale · (step · sum + offset) +
/// along · distance along the axis + base`.
#[derive(Clone, Copy)]
pub(crate) struct Lookup<'a> {
    /// 16 entries of at most [`LARGEST`] for each nibble: `[nibbles, 16]`, nibbles a multiple of 16.
    pub(crate) tables: &'a [u8],
    /// The factor of a sum.
    pub(crate) step: f32,
    /// The summand that goes with `step`.
    pub(crate) offset: f32,
    /// The factor of the item's distance along the axis.
    pub(crate) along: f32,
    /// The score of the centre.
    pub(crate) base: f32,
}

/// The codes of [`GROUP`] items, and two little-endian f32 of each.
#[derive(Clone, Copy)]
pub(crate) struct Group<'a> {
    /// `[nibbles, 16]`: the low half of byte `i` is of item `i`, the high half of item `16 + i`.
    pub(crate) codes: &'a [u8],
    /// The factor of each sum.
    pub(crate) scales: &'a Floats,
    /// The distance of each item along the axis.
    pub(crate) alongs: &'a Floats,
}

/// A little-endian f32 for each item of a group, at any address.
pub(crate) type Floats = [[u8; 4]; GROUP];

/// Writes the bounds. Bit `i` of the result is set if item `i` is above the threshold.
pub(super) type Above = unsafe fn(&Lookup<'_>, Group<'_>, f32, &mut [f32; GROUP]) -> u32;

impl Kernel {
    /// Writes the bounds of 32 items. Bit `i` of the result is set if item `i` is above `threshold`.
    ///
    /// # Panics
    /// If tables and codes differ in length, or the length is no multiple of `STEP`.
    #[inline]
    pub(crate) fn above(
        self,
        lookup: &Lookup<'_>,
        group: Group<'_>,
        threshold: f32,
        bounds: &mut [f32; GROUP],
    ) -> u32 {
        assert!(lookup.tables.len().is_multiple_of(STEP), "tables of whole vectors");
        assert_eq!(lookup.tables.len(), group.codes.len(), "codes of another width");
        // SAFETY: `available` lists a kernel only if the processor has its instructions. The kernels read whole
        // vectors of the slices, and the assertions have checked their lengths.
        unsafe { (self.above)(lookup, group, threshold, bounds) }
    }
}

/// A vector register of bytes in 16-byte lanes, with the operations that the loop needs.
///
/// # Safety
/// All of them need the instruction set to be there; `load` reads and `store` writes `BYTES` bytes.
pub(super) trait Lanes: Copy {
    const BYTES: usize;
    unsafe fn zero() -> Self;
    unsafe fn load(from: *const u8) -> Self;
    /// The low half of each byte.
    unsafe fn low(self) -> Self;
    /// The high half of each byte.
    unsafe fn high(self) -> Self;
    /// In each lane, the bytes of this table that `nibbles` select.
    unsafe fn lookup(self, nibbles: Self) -> Self;
    unsafe fn add_bytes(self, other: Self) -> Self;
    unsafe fn add_pairs(self, other: Self) -> Self;
    /// Bytes 0, 2, 4, ... as 16-bit numbers.
    unsafe fn even(self) -> Self;
    /// Bytes 1, 3, 5, ... as 16-bit numbers.
    unsafe fn odd(self) -> Self;
    /// The lanes added up, as 16-bit numbers.
    unsafe fn fold(self) -> [u16; 8];
}

/// # Safety
/// Those of [`Lanes`], and the sizes that [`Kernel::above`] checks.
#[inline(always)]
pub(super) unsafe fn above<L: Lanes>(
    lookup: &Lookup<'_>,
    group: Group<'_>,
    threshold: f32,
    bounds: &mut [f32; GROUP],
) -> u32 {
    // SAFETY: as for this function.
    let sums = unsafe { sums::<L>(lookup.tables, group.codes) };
    // Two plain loops, which the compiler vectorises.
    for i in 0..GROUP {
        let estimate = lookup.step * f32::from(sums[i]) + lookup.offset;
        let centre = lookup.along * f32::from_le_bytes(group.alongs[i]) + lookup.base;
        bounds[i] = f32::from_le_bytes(group.scales[i]) * estimate + centre;
    }
    (0..GROUP).map(|i| u32::from(bounds[i] > threshold) << i).fold(0, |mask, bit| mask | bit)
}

/// # Safety
/// Those of [`Lanes`]; `codes` is as long as `tables`, a multiple of `STEP`.
#[inline(always)]
unsafe fn sums<L: Lanes>(tables: &[u8], codes: &[u8]) -> [u16; GROUP] {
    // SAFETY: both slices are whole steps long, and the loads of one round divide a step, so every load lies
    // inside. As bytes, `ADDED` entries of at most `LARGEST` do not overflow, nor do all of them as 16-bit
    // numbers up to 8,448 dimensions.
    unsafe {
        let mut wide = [L::zero(); 4];
        let (mut table_at, mut code_at) = (tables.as_ptr(), codes.as_ptr());
        let end = code_at.add(codes.len());
        while code_at < end {
            let (mut low, mut high) = (L::zero(), L::zero());
            // The number of steps is constant, so the compiler unrolls the loop.
            for _ in 0..const { if STEP / L::BYTES < ADDED { STEP / L::BYTES } else { ADDED } } {
                let (table, code) = (L::load(table_at), L::load(code_at));
                low = low.add_bytes(table.lookup(code.low()));
                high = high.add_bytes(table.lookup(code.high()));
                (table_at, code_at) = (table_at.add(L::BYTES), code_at.add(L::BYTES));
            }
            wide[0] = wide[0].add_pairs(low.even());
            wide[1] = wide[1].add_pairs(low.odd());
            wide[2] = wide[2].add_pairs(high.even());
            wide[3] = wide[3].add_pairs(high.odd());
        }
        let mut sums = [0; GROUP];
        for half in 0..2 {
            let (even, odd) = (wide[2 * half].fold(), wide[2 * half + 1].fold());
            for pair in 0..8 {
                sums[16 * half + 2 * pair] = even[pair];
                sums[16 * half + 2 * pair + 1] = odd[pair];
            }
        }
        sums
    }
}

/// Sixteen bytes in plain Rust.
#[derive(Clone, Copy)]
pub(super) struct Plain([u8; 16]);

impl Plain {
    fn pairs(self) -> [u16; 8] {
        std::array::from_fn(|i| u16::from_le_bytes([self.0[2 * i], self.0[2 * i + 1]]))
    }

    fn from_pairs(pairs: [u16; 8]) -> Self {
        Self(std::array::from_fn(|i| pairs[i / 2].to_le_bytes()[i % 2]))
    }
}

impl Lanes for Plain {
    const BYTES: usize = 16;
    unsafe fn zero() -> Self {
        Self([0; 16])
    }
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller's; a byte array needs no alignment.
        Self(unsafe { from.cast::<[u8; 16]>().read() })
    }
    unsafe fn low(self) -> Self {
        Self(self.0.map(|byte| byte & 15))
    }
    unsafe fn high(self) -> Self {
        Self(self.0.map(|byte| byte >> 4))
    }
    unsafe fn lookup(self, nibbles: Self) -> Self {
        Self(nibbles.0.map(|nibble| self.0[usize::from(nibble & 15)]))
    }
    unsafe fn add_bytes(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i].wrapping_add(other.0[i])))
    }
    unsafe fn add_pairs(self, other: Self) -> Self {
        let (a, b) = (self.pairs(), other.pairs());
        Self::from_pairs(std::array::from_fn(|i| a[i].wrapping_add(b[i])))
    }
    unsafe fn even(self) -> Self {
        Self(std::array::from_fn(|i| if i % 2 == 0 { self.0[i] } else { 0 }))
    }
    unsafe fn odd(self) -> Self {
        Self(std::array::from_fn(|i| if i % 2 == 0 { self.0[i + 1] } else { 0 }))
    }
    unsafe fn fold(self) -> [u16; 8] {
        self.pairs()
    }
}

/// # Safety
/// Those of [`above`] without an instruction set.
pub(super) unsafe fn above_portable(
    lookup: &Lookup<'_>,
    group: Group<'_>,
    threshold: f32,
    bounds: &mut [f32; GROUP],
) -> u32 {
    // SAFETY: the caller's.
    unsafe { above::<Plain>(lookup, group, threshold, bounds) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn floats(values: &[f32]) -> Floats {
        std::array::from_fn(|i| values[i].to_le_bytes())
    }

    proptest! {
        #[test]
        fn every_kernel_gives_the_bounds_of_plain_arithmetic(
            chunks in 1_usize..6,
            seed in prop::collection::vec((0_u8..=LARGEST, any::<u8>()), 1..400),
            factors in prop::collection::vec((-2.0_f32..2.0, -2.0_f32..2.0), GROUP),
            (step, offset, along, base) in (0.0_f32..1.0, -9.0_f32..9.0, -1.0_f32..1.0, -1.0_f32..1.0),
        ) {
            let bytes = chunks * STEP;
            let tables: Vec<u8> = seed.iter().map(|s| s.0).cycle().take(bytes).collect();
            let codes: Vec<u8> = seed.iter().map(|s| s.1).cycle().take(bytes).collect();
            let lookup = Lookup { tables: &tables, step, offset, along, base };
            let (scales, alongs): (Vec<f32>, Vec<f32>) = factors.iter().copied().unzip();
            let (scales, alongs) = (floats(&scales), floats(&alongs));
            let group = Group { codes: &codes, scales: &scales, alongs: &alongs };
            let expected: Vec<f32> = (0..GROUP).map(|i| {
                let nibble = |n: usize| (codes[n * 16 + i % 16] >> (4 * (i / 16))) & 15;
                let sum: u32 =
                    (0..bytes / 16).map(|n| u32::from(tables[n * 16 + usize::from(nibble(n))])).sum();
                factors[i].0 * (step * sum as f32 + offset) + along * factors[i].1 + base
            }).collect();
            for kernel in Kernel::available() {
                let mut bounds = [0.0; GROUP];
                let mask = kernel.above(&lookup, group, expected[7], &mut bounds);
                for i in 0..GROUP {
                    prop_assert!((bounds[i] - expected[i]).abs() < 1e-2, "{}: item {i}", kernel.name);
                    prop_assert_eq!(mask >> i & 1 == 1, bounds[i] > expected[7], "{}: item {}", kernel.name, i);
                }
            }
        }
    }

    #[test]
    fn the_largest_entries_do_not_overflow() {
        let (tables, codes, ones) = (vec![LARGEST; 4096], vec![0x5a; 4096], floats(&[1.0; GROUP]));
        let lookup = Lookup { tables: &tables, step: 1.0, offset: 0.0, along: 0.0, base: 0.0 };
        let group = Group { codes: &codes, scales: &ones, alongs: &ones };
        for kernel in Kernel::available() {
            let mut bounds = [0.0; GROUP];
            kernel.above(&lookup, group, 0.0, &mut bounds);
            assert!(bounds.iter().all(|&b| b == 256.0 * f32::from(LARGEST)), "{}", kernel.name);
        }
    }
}
