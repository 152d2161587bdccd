//! The portable kernel with a fault, as a wrong instruction or a wrong operand would cause it. The
//! [probe](crate::probe) must find each one.

use super::Simd;
use super::portable::Portable;
use crate::fault::Fault;

#[derive(Clone, Copy)]
pub(crate) struct Faulty(pub Fault);

type F = <Portable as Simd>::F;
type I = <Portable as Simd>::I;

/// Methods that are the portable ones, but for a fault.
macro_rules! portable_but {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty $(, $fault:ident => $wrong:expr)?;)*) => {$(
        #[inline(always)]
        fn $name(self, $($argument: $type),*) -> $result {
            $(if self.0 == Fault::$fault { return $wrong; })?
            Portable.$name($($argument),*)
        }
    )*};
}

impl Simd for Faulty {
    type F = F;
    type I = I;
    const LANES: usize = Portable::LANES;
    const ROWS: usize = Portable::ROWS;

    portable_but! {
        fn splat(x: f32) -> F;
        fn add(a: F, b: F) -> F;
        fn sub(a: F, b: F) -> F;
        fn mul(a: F, b: F) -> F;
        fn div(a: F, b: F) -> F, Divides => Portable.div(b, a);
        fn fma(a: F, b: F, c: F) -> F, NoSum => Portable.mul(a, b);
        fn max(a: F, b: F) -> F;
        fn min(a: F, b: F) -> F;
        fn sum(x: F) -> f32, SevenLanes => x[..7].iter().sum();
        fn largest(x: F) -> f32, LargestOfOne => x[0];
        fn least(x: F) -> f32;
        fn with_sign(magnitude: F, sign: F) -> F, Unsigned => { let _ = sign; magnitude };
        fn splat_word(x: u32) -> I;
        fn zero_words() -> I;
        fn add_words(a: I, b: I) -> I;
        fn round(x: F) -> I, Truncates => x.map(|x| x as i32 as u32);
        fn float(x: I) -> F;
        fn bits_to_float(x: I) -> F;
        fn float_to_bits(x: F) -> I;
        fn power_of_two(n: I) -> F;
        fn dot_halves(sum: I, a: I, w: I) -> I, OneHalf => Portable.dot_halves(sum, a.map(|a| a & 0xffff), w);
        fn dot_bf16(sum: F, a: I, w: I) -> F;
    }

    #[inline(always)]
    fn dot_bytes(self, sum: I, a: I, w: I) -> I {
        let right = Portable.dot_bytes(sum, a, w);
        match self.0 {
            // A byte above 127 counts 256 less.
            Fault::SignedBytes => {
                let top = a.map(|a| a >> 7 & 0x0101_0101);
                let much = Portable.dot_bytes([0; 8], top, w);
                std::array::from_fn(|n| right[n].wrapping_sub(much[n] << 8))
            }
            Fault::NarrowBytes => right.map(|x| x as i16 as u32),
            _ => right,
        }
    }

    unsafe fn load(self, at: *const f32) -> F {
        // SAFETY: the caller's.
        unsafe { Portable.load(at) }
    }
    unsafe fn store(self, at: *mut f32, x: F) {
        // SAFETY: the caller's.
        unsafe { Portable.store(at, x) }
    }
    unsafe fn load_words(self, at: *const u32) -> I {
        // SAFETY: the caller's.
        unsafe { Portable.load_words(at) }
    }
    unsafe fn store_bytes(self, at: *mut u8, mut x: I) {
        if self.0 == Fault::BytesOutOfOrder {
            x.swap(1, 4);
        }
        // SAFETY: the caller's.
        unsafe { Portable.store_bytes(at, x) }
    }
    unsafe fn store_halves(self, at: *mut u16, mut x: I) {
        if self.0 == Fault::HalvesOutOfOrder {
            x.rotate_left(4);
        }
        // SAFETY: the caller's.
        unsafe { Portable.store_halves(at, x) }
    }
    fn prefetch(self, _at: *const u32) {}
}
