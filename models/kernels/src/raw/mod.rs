//! All that the compiler cannot check: instructions that a processor may lack, loads and stores by
//! pointer, and threads that write parts of one buffer.
//!
//! A value of a type that implements [`Simd`] is a proof that its instructions are there: only
//! [`dispatch`] makes one, after it has asked the processor. Loops are written once, generic over
//! [`Simd`], and inlined into a function that is compiled with those instructions.

#![allow(unsafe_code)]

pub(crate) mod attention;
pub(crate) mod depthwise;
mod dot;
#[cfg(test)]
mod faulty;
pub(crate) mod gemm;
mod math;
pub(crate) mod memory;
pub(crate) mod moments;
pub mod peak;
mod portable;
pub(crate) mod rows;
pub(crate) mod thread_team;
#[cfg(test)]
mod tile_model;
mod tiles;

#[cfg(target_arch = "x86_64")]
pub(crate) mod amx;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

use crate::choice::Widened;
use crate::isa::Isa;

/// Vectors of 32-bit lanes and what can be done with them.
///
/// # Safety
/// `load` and `store` and their kin need [`Simd::LANES`] readable or writable values at the pointer.
/// The other methods have no condition: whoever holds `self` has the instructions.
pub(crate) trait Simd: Copy {
    /// f32 lanes.
    type F: Copy;
    /// 32-bit words: i32, or whatever a kind puts in them.
    type I: Copy;
    /// Values in a vector.
    const LANES: usize;
    /// Most rows of a tile: with [`N`](crate::Isa::panel) vectors each they fill the registers.
    const ROWS: usize;
    /// Whether layers in bfloat16 run on it (`Isa::kind`).
    const BF16: bool = false;
    /// The same as `ROWS` where eight-bit products need registers of their own.
    const ROWS_I8: usize = Self::ROWS;

    fn splat(self, x: f32) -> Self::F;
    unsafe fn load(self, at: *const f32) -> Self::F;
    unsafe fn store(self, at: *mut f32, x: Self::F);
    fn add(self, a: Self::F, b: Self::F) -> Self::F;
    fn sub(self, a: Self::F, b: Self::F) -> Self::F;
    fn mul(self, a: Self::F, b: Self::F) -> Self::F;
    fn div(self, a: Self::F, b: Self::F) -> Self::F;
    /// `a · b + c`
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F;
    fn max(self, a: Self::F, b: Self::F) -> Self::F;
    fn min(self, a: Self::F, b: Self::F) -> Self::F;
    fn sum(self, x: Self::F) -> f32;
    fn largest(self, x: Self::F) -> f32;
    fn least(self, x: Self::F) -> f32;
    /// `magnitude`, which is not negative, with the sign of `sign`.
    fn with_sign(self, magnitude: Self::F, sign: Self::F) -> Self::F;

    fn splat_word(self, x: u32) -> Self::I;
    unsafe fn load_words(self, at: *const u32) -> Self::I;
    fn zero_words(self) -> Self::I;
    fn add_words(self, a: Self::I, b: Self::I) -> Self::I;
    /// To the nearest integer.
    fn round(self, x: Self::F) -> Self::I;
    fn float(self, x: Self::I) -> Self::F;
    /// The bits as f32.
    fn bits_to_float(self, x: Self::I) -> Self::F;
    fn float_to_bits(self, x: Self::F) -> Self::I;
    /// 2ⁿ for n from −126 to 127.
    fn power_of_two(self, n: Self::I) -> Self::F;
    /// Stores each lane's low byte.
    unsafe fn store_bytes(self, at: *mut u8, x: Self::I);
    /// Stores each lane's low 16 bits.
    unsafe fn store_halves(self, at: *mut u16, x: Self::I);

    /// Adds to each lane the products of its four bytes, `a` in the range of inputs.
    fn dot_bytes(self, sum: Self::I, a: Self::I, w: Self::I) -> Self::I;
    /// The same for two words at once, which some processors do with fewer instructions.
    #[inline(always)]
    fn dot_bytes_twice(self, sum: Self::I, a: [Self::I; 2], w: [Self::I; 2]) -> Self::I {
        self.dot_bytes(self.dot_bytes(sum, a[0], w[0]), a[1], w[1])
    }
    /// Adds to each lane the products of its two 16-bit integers.
    fn dot_halves(self, sum: Self::I, a: Self::I, w: Self::I) -> Self::I;
    /// Asks for the cache line at `at`, which need not be readable.
    fn prefetch(self, at: *const u32);
    /// Adds to each lane the products of its two bfloat16.
    fn dot_bf16(self, sum: Self::F, a: Self::I, w: Self::I) -> Self::F;
}

/// Something that runs on any instruction set: `N` vectors are a panel.
pub(crate) trait Operation {
    type Output;
    fn run<S: Simd, const N: usize>(self, s: S) -> Self::Output;
}

/// Runs `operation` with the instructions of `isa`.
///
/// # Panics
/// If the processor does not have them.
pub(crate) fn dispatch<O: Operation>(isa: Isa, operation: O) -> O::Output {
    // The answers are kept by the standard library: asking costs a load or two.
    assert!(isa.is_available(), "this processor has no {isa}");
    match isa {
        Isa::Portable => operation.run::<_, 2>(portable::Portable),
        #[cfg(test)]
        Isa::Faulty(fault) if fault.has_tiles() => operation.run::<_, 4>(faulty::Faulty(fault)),
        #[cfg(test)]
        Isa::Faulty(fault) => operation.run::<_, 2>(faulty::Faulty(fault)),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as asserted, the processor has the instructions.
        Isa::Avx2 => unsafe { avx2::with_avx2(operation) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::AvxVnni => unsafe { avx2::with_avx_vnni(operation) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::Avx512 => unsafe { avx512::with_avx512(operation) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::Avx512Vnni => unsafe { avx512::with_avx512_vnni(operation) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Isa::Avx512Bf16 | Isa::Avx512Amx => unsafe { avx512::with_avx512_bf16(operation) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Isa::Neon => unsafe { neon::with_neon(operation) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Isa::NeonDot => unsafe { neon::with_neon_dot(operation) },
        other => unreachable!("{other} is not of this architecture"),
    }
}

/// Plain code, to be compiled for each instruction set.
pub(crate) struct Plain<W>(pub W);

impl<W: Widened> Operation for Plain<W> {
    type Output = W::Output;

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, _: S) -> W::Output {
        self.0.run()
    }
}

/// Multiplies a part of a product: with the unit for tiles, if `isa` has one for this kind of words.
///
/// # Panics
/// If the processor does not have the instructions.
pub(crate) fn multiply(isa: Isa, part: gemm::Part<'_>) {
    if !isa.has_tiles(part.weights.kind) {
        return dispatch(isa, part);
    }
    assert!(isa.is_available(), "this processor has no {isa}");
    match isa {
        #[cfg(test)]
        Isa::Faulty(fault) => dispatch(isa, tiles::Tiled { part, unit: tile_model::Model::new(fault) }),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as asserted, the processor has the instructions and this process may use them.
        Isa::Avx512Amx => unsafe { amx::multiply(part) },
        other => unreachable!("{other} has no tiles"),
    }
}

/// A pointer that several threads may hold. Whoever writes through it sees to it that no two threads
/// write the same place.
pub(crate) struct Shared<T>(*mut T);

impl<T> Shared<T> {
    pub fn new(slice: &mut [T]) -> Self {
        Self(slice.as_mut_ptr())
    }

    pub fn at(&self, index: usize) -> *mut T {
        self.0.wrapping_add(index)
    }
}

// SAFETY: the pointer itself may go anywhere; each use of it says why it touches no other thread's part.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}
