//! The dot product of an f32 query and a stored f16 vector.
//!
//! The loop is written once; an instruction set gives it [`Products`].

use half::f16;

/// `query`: `[dimension]`, f32. `row`: `[dimension]`, little-endian f16.
pub(super) type Dot = unsafe fn(query: &[f32], row: &[u8]) -> f32;

/// Partial sums of products, in vector registers.
///
/// # Safety
/// All of them need the instruction set to be there; `add_product` reads `VALUES` values from both places.
pub(super) trait Products: Copy {
    const VALUES: usize;
    unsafe fn zero() -> Self;
    /// Adds the products of the f32 values at `query` and the little-endian f16 values at `row`.
    unsafe fn add_product(self, query: *const f32, row: *const u8) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    /// The sum of all partial sums.
    unsafe fn sum(self) -> f32;
}

/// # Safety
/// Those of [`Products`]; `row` must be `query.len()` f16 values.
#[inline(always)]
pub(super) unsafe fn dot<P: Products>(query: &[f32], row: &[u8]) -> f32 {
    let (q, r, n) = (query.as_ptr(), row.as_ptr(), query.len());
    // SAFETY: the caller's for the instruction set; every call of `add_product` reads the values from `at` to
    // `at + VALUES`, which is at most `n`.
    unsafe {
        // Four sums, so that an addition need not wait for the one before.
        let mut sums = [P::zero(); 4];
        let mut i = 0;
        while i + 4 * P::VALUES <= n {
            for (lane, sum) in sums.iter_mut().enumerate() {
                let at = i + lane * P::VALUES;
                *sum = sum.add_product(q.add(at), r.add(at * 2));
            }
            i += 4 * P::VALUES;
        }
        while i + P::VALUES <= n {
            sums[0] = sums[0].add_product(q.add(i), r.add(i * 2));
            i += P::VALUES;
        }
        let [a, b, c, d] = sums;
        a.add(b).add(c.add(d)).sum() + tail(query, row, i)
    }
}

/// The dot product in plain Rust. It sums in 16 lanes, which a compiler can turn into vectors.
pub(super) fn portable(query: &[f32], row: &[u8]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let value = |bytes: &[u8]| f16::from_le_bytes([bytes[0], bytes[1]]).to_f32();
    let (queries, rows) = (query.chunks_exact(LANES), row.chunks_exact(LANES * 2));
    let tail = queries.remainder().iter().zip(rows.remainder().chunks_exact(2));
    let tail: f32 = tail.map(|(q, r)| q * value(r)).sum();
    for (q, r) in queries.zip(rows) {
        for lane in 0..LANES {
            sums[lane] += q[lane] * value(&r[lane * 2..]);
        }
    }
    sums.iter().sum::<f32>() + tail
}

/// The dot product of the values after the last whole vector. Dimensions of real models leave none.
#[inline]
fn tail(query: &[f32], row: &[u8], from: usize) -> f32 {
    if from == query.len() { 0.0 } else { portable(&query[from..], &row[from * 2..]) }
}
