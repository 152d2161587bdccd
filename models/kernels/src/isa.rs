//! The instruction sets that the kernels are compiled for, and how each stores a precision.

use std::fmt;

#[cfg(target_arch = "x86_64")]
use crate::raw::amx;

/// A set of instructions that the kernels are compiled for. The build holds all sets of its architecture;
/// [`Isa::available`] asks the processor at run time which of them it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Isa {
    /// Plain Rust; the reference that the others are tested against.
    Portable,
    /// AVX2, FMA: 8 lanes. Eight-bit products in pairs of bytes.
    Avx2,
    /// AVX2 with the eight-bit dot product (`vpdpbusd`).
    AvxVnni,
    /// AVX-512 F and BW: 16 lanes.
    Avx512,
    /// AVX-512 with the eight-bit dot product.
    Avx512Vnni,
    /// AVX-512 with eight-bit dot product and bfloat16 dot product (`vdpbf16ps`).
    Avx512Bf16,
    /// The same with AMX: a unit that multiplies tiles of 16 rows by 16 words, in eight bits and bfloat16.
    /// f32 and all that is no matrix product runs as with [`Isa::Avx512Bf16`].
    Avx512Amx,
    /// ARM's 128-bit vectors: 4 lanes.
    Neon,
    /// NEON with the eight-bit dot product (`sdot`).
    NeonDot,
    /// A portable kernel with a fault.
    #[cfg(test)]
    Faulty(crate::fault::Fault),
}

/// How a layer's weights are stored and multiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// As they are.
    F32,
    /// Sixteen bits: bfloat16 where the processor multiplies it ([`Isa::Avx512Bf16`], [`Isa::Avx512Amx`]).
    /// Elsewhere fixed point of 12 bits and sign for weights (per output) and inputs (per row), which is
    /// nearer to f32 and twice as fast: x86 multiplies pairs of 16-bit integers at twice the rate of f32.
    Bf16,
    /// Sixteen bits in fixed point on every processor.
    Fixed16,
    /// Eight bits: weights per output, symmetric; inputs per row, between the row's least and largest.
    Int8,
}

/// The form of the 32-bit words that the inner loop multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One f32.
    F32,
    /// Two bfloat16.
    Bf16,
    /// Two 16-bit integers.
    I16,
    /// Four 8-bit integers.
    I8,
}

/// What integers a kind holds: inputs `low..=high`, weights `-weight..=weight`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    pub low: i32,
    pub high: i32,
    pub weight: i32,
}

impl Isa {
    pub(crate) const ALL: [Self; 9] = [
        Self::Portable,
        Self::Avx2,
        Self::AvxVnni,
        Self::Avx512,
        Self::Avx512Vnni,
        Self::Avx512Bf16,
        Self::Avx512Amx,
        Self::Neon,
        Self::NeonDot,
    ];

    /// All that this processor has, slowest first.
    pub fn available() -> Vec<Self> {
        Self::ALL.into_iter().filter(|isa| isa.is_available()).collect()
    }

    #[cfg(target_arch = "x86_64")]
    pub(crate) fn is_available(self) -> bool {
        let avx2 = || is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = || avx2() && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
        let vnni = || avx512() && is_x86_feature_detected!("avx512vnni");
        let bf16 = || vnni() && is_x86_feature_detected!("avx512bf16");
        match self {
            Self::Portable => true,
            Self::Avx2 => avx2(),
            Self::AvxVnni => avx2() && is_x86_feature_detected!("avxvnni"),
            Self::Avx512 => avx512(),
            Self::Avx512Vnni => vnni(),
            Self::Avx512Bf16 => bf16(),
            Self::Avx512Amx => bf16() && amx::access() == amx::Access::Granted,
            Self::Neon | Self::NeonDot => false,
            #[cfg(test)]
            Self::Faulty(_) => true,
        }
    }

    #[cfg(target_arch = "aarch64")]
    pub(crate) fn is_available(self) -> bool {
        match self {
            Self::Portable | Self::Neon => true,
            #[cfg(test)]
            Self::Faulty(_) => true,
            Self::NeonDot => std::arch::is_aarch64_feature_detected!("dotprod"),
            _ => false,
        }
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(crate) fn is_available(self) -> bool {
        self == Self::Portable
    }

    /// Why it is not [available](Self::is_available).
    pub(crate) fn why_missing(self) -> &'static str {
        #[cfg(target_arch = "x86_64")]
        if self == Self::Avx512Amx && amx::access() == amx::Access::Refused {
            return "the operating system does not let this process use these instructions";
        }
        "this processor lacks these instructions"
    }

    /// Columns of a panel: what one step of the inner loop multiplies.
    pub(crate) fn panel(self) -> usize {
        match self {
            Self::Avx512 | Self::Avx512Vnni | Self::Avx512Bf16 | Self::Avx512Amx => 32,
            #[cfg(test)]
            Self::Faulty(fault) if fault.has_tiles() => 32,
            _ => 16,
        }
    }

    /// Whether a unit that multiplies whole tiles computes products of this kind.
    pub(crate) fn has_tiles(self, kind: Kind) -> bool {
        matches!(kind, Kind::I8 | Kind::Bf16) && self.has_tile_unit()
    }

    fn has_tile_unit(self) -> bool {
        match self {
            Self::Avx512Amx => true,
            #[cfg(test)]
            Self::Faulty(fault) => fault.has_tiles(),
            _ => false,
        }
    }

    /// Words of a packed row or column of `depth` values. A tile takes whole steps of words.
    pub(crate) fn words(self, kind: Kind, depth: usize) -> usize {
        let words = kind.words(depth);
        if self.has_tiles(kind) { words.next_multiple_of(TILE_WORDS) } else { words }
    }

    pub(crate) fn kind(self, precision: Precision) -> Kind {
        match precision {
            Precision::F32 => Kind::F32,
            Precision::Bf16 if self == Self::Avx512Bf16 || self.has_tile_unit() => Kind::Bf16,
            Precision::Bf16 | Precision::Fixed16 => Kind::I16,
            Precision::Int8 => Kind::I8,
        }
    }

    /// Eight bits where one instruction sums four products in 32 bits. Elsewhere the processor sums
    /// pairs in 16 bits and saturates: 127 · 64 · 2 · 2 is the largest that two such sums together may
    /// be and still fit.
    pub(crate) fn range(self, kind: Kind) -> Range {
        match (kind, self) {
            (Kind::I8, Self::Avx2 | Self::Avx512) => Range { low: 0, high: 127, weight: 64 },
            (Kind::I8, Self::Neon | Self::NeonDot) => Range { low: -128, high: 127, weight: 127 },
            (Kind::I8, _) => Range { low: 0, high: 255, weight: 127 },
            _ => Range { low: -I16_MAX, high: I16_MAX, weight: I16_MAX },
        }
    }
}

/// The largest for which [`I16_BLOCK`] words (two products each) cannot overflow an i32.
pub(crate) const I16_MAX: i32 = 2895;

/// Words of a row of a tile, and so of a step of the depth ([`Isa::has_tiles`]).
pub(crate) const TILE_WORDS: usize = 16;

/// Words that are summed in i32 before the sum goes to f32.
pub(crate) const I16_BLOCK: usize = 128;

impl Kind {
    /// Values in a 32-bit word.
    pub(crate) fn per_word(self) -> usize {
        match self {
            Self::F32 => 1,
            Self::Bf16 | Self::I16 => 2,
            Self::I8 => 4,
        }
    }

    /// Words that a row of `depth` values fills. Eight-bit kinds go two words at a time. How many words a
    /// packed row has, [`Isa::words`] says.
    pub(crate) fn words(self, depth: usize) -> usize {
        let words = depth.div_ceil(self.per_word());
        if self == Self::I8 { words.next_multiple_of(2) } else { words }
    }

    pub(crate) fn is_integer(self) -> bool {
        matches!(self, Self::I16 | Self::I8)
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::AvxVnni => "avx-vnni",
            Self::Avx512 => "avx512",
            Self::Avx512Vnni => "avx512-vnni",
            Self::Avx512Bf16 => "avx512-bf16",
            Self::Avx512Amx => "avx512-amx",
            Self::Neon => "neon",
            Self::NeonDot => "neon-dot",
            #[cfg(test)]
            Self::Faulty(_) => "faulty",
        })
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Fixed16 => "fixed16",
            Self::Int8 => "int8",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_the_largest_products_fits_in_32_bits() {
        let largest = i64::from(I16_MAX).pow(2) * 2 * I16_BLOCK as i64;
        assert!(largest <= i64::from(i32::MAX));
    }

    #[test]
    fn two_pairs_of_the_largest_bytes_fit_in_16_bits() {
        let range = Isa::Avx2.range(Kind::I8);
        assert!(range.high * range.weight * 4 <= i32::from(i16::MAX));
    }
}
