//! Plain Rust: what the other instruction sets are tested against, and what runs where none of them is.

use super::Simd;

/// Needs nothing.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

const LANES: usize = 8;

#[inline(always)]
fn zip<T: Copy, U: Copy + Default>(a: [T; LANES], b: [T; LANES], f: impl Fn(T, T) -> U) -> [U; LANES] {
    std::array::from_fn(|n| f(a[n], b[n]))
}

impl Simd for Portable {
    type F = [f32; LANES];
    type I = [u32; LANES];
    const LANES: usize = LANES;
    const ROWS: usize = 4;

    #[inline(always)]
    fn splat(self, x: f32) -> Self::F {
        [x; LANES]
    }
    #[inline(always)]
    unsafe fn load(self, at: *const f32) -> Self::F {
        // SAFETY: the caller has a vector's values there.
        unsafe { at.cast::<Self::F>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(self, at: *mut f32, x: Self::F) {
        // SAFETY: the caller has room for a vector there.
        unsafe { at.cast::<Self::F>().write_unaligned(x) }
    }
    #[inline(always)]
    fn add(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| a * b)
    }
    #[inline(always)]
    fn div(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, |a, b| a / b)
    }
    #[inline(always)]
    fn fma(self, a: Self::F, b: Self::F, c: Self::F) -> Self::F {
        // Not `mul_add`: without the instruction that is a call.
        zip(zip(a, b, |a, b| a * b), c, |p, c| p + c)
    }
    #[inline(always)]
    fn max(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, f32::max)
    }
    #[inline(always)]
    fn min(self, a: Self::F, b: Self::F) -> Self::F {
        zip(a, b, f32::min)
    }
    #[inline(always)]
    fn sum(self, x: Self::F) -> f32 {
        x.iter().sum()
    }
    #[inline(always)]
    fn largest(self, x: Self::F) -> f32 {
        x.into_iter().fold(f32::NEG_INFINITY, f32::max)
    }
    #[inline(always)]
    fn least(self, x: Self::F) -> f32 {
        x.into_iter().fold(f32::INFINITY, f32::min)
    }
    #[inline(always)]
    fn with_sign(self, magnitude: Self::F, sign: Self::F) -> Self::F {
        zip(magnitude, sign, f32::copysign)
    }
    #[inline(always)]
    fn splat_word(self, x: u32) -> Self::I {
        [x; LANES]
    }
    #[inline(always)]
    unsafe fn load_words(self, at: *const u32) -> Self::I {
        // SAFETY: the caller has a vector's words there.
        unsafe { at.cast::<Self::I>().read_unaligned() }
    }
    #[inline(always)]
    fn zero_words(self) -> Self::I {
        [0; LANES]
    }
    #[inline(always)]
    fn add_words(self, a: Self::I, b: Self::I) -> Self::I {
        zip(a, b, u32::wrapping_add)
    }
    #[inline(always)]
    fn round(self, x: Self::F) -> Self::I {
        x.map(|x| x.round_ties_even() as i32 as u32)
    }
    #[inline(always)]
    fn float(self, x: Self::I) -> Self::F {
        x.map(|x| x as i32 as f32)
    }
    #[inline(always)]
    fn bits_to_float(self, x: Self::I) -> Self::F {
        x.map(f32::from_bits)
    }
    #[inline(always)]
    fn float_to_bits(self, x: Self::F) -> Self::I {
        x.map(f32::to_bits)
    }
    #[inline(always)]
    fn power_of_two(self, n: Self::I) -> Self::F {
        n.map(|n| f32::from_bits(n.wrapping_add(127) << 23))
    }
    #[inline(always)]
    unsafe fn store_bytes(self, at: *mut u8, x: Self::I) {
        // SAFETY: the caller has room for a byte of each lane there.
        unsafe { at.cast::<[u8; LANES]>().write_unaligned(x.map(|x| x as u8)) }
    }
    #[inline(always)]
    unsafe fn store_halves(self, at: *mut u16, x: Self::I) {
        // SAFETY: the caller has room for two bytes of each lane there.
        unsafe { at.cast::<[u16; LANES]>().write_unaligned(x.map(|x| x as u16)) }
    }
    #[inline(always)]
    fn dot_bytes(self, sum: Self::I, a: Self::I, w: Self::I) -> Self::I {
        let products = zip(a, w, |a, w| {
            let products = a.to_le_bytes().into_iter().zip(w.to_le_bytes());
            products.map(|(a, w)| i32::from(a) * i32::from(w as i8)).sum::<i32>() as u32
        });
        self.add_words(sum, products)
    }
    #[inline(always)]
    fn dot_halves(self, sum: Self::I, a: Self::I, w: Self::I) -> Self::I {
        let products = zip(a, w, |a, w| {
            let low = i32::from(a as i16) * i32::from(w as i16);
            let high = i32::from((a >> 16) as i16) * i32::from((w >> 16) as i16);
            low.wrapping_add(high) as u32
        });
        self.add_words(sum, products)
    }
    #[inline(always)]
    fn prefetch(self, _at: *const u32) {}
    #[inline(always)]
    fn dot_bf16(self, sum: Self::F, a: Self::I, w: Self::I) -> Self::F {
        let high = |x: u32| f32::from_bits(x & 0xffff_0000);
        let low = |x: u32| f32::from_bits(x << 16);
        self.add(sum, zip(a, w, |a, w| low(a) * low(w) + high(a) * high(w)))
    }
}
