//! Tests once, before a kernel is used, whether it computes the same as the portable kernel.
//!
//! A processor reports which instructions it has, not whether a kernel uses them correctly, and the tests do not
//! run on every processor. A wrong kernel causes no error: searches only return other products.

use half::f16;

use super::Kernel;
use super::lookup::LARGEST;
use crate::index::simd::lookup::{Floats, GROUP, Group, Lookup};

/// Covers whole rounds of every kernel's loop, single vectors, and a rest.
const DIMENSION: usize = 64 + 3 * 16 + 7;

/// Bytes of tables and of codes: two rounds of the widest kernel.
const BYTES: usize = 1024;

/// The largest difference that the order of summation can cause with these values.
const TOLERANCE: f32 = 1e-4;

/// The first of `kernels` that is correct on this machine.
pub(super) fn first_that_agrees(kernels: Vec<Kernel>) -> Option<Kernel> {
    kernels.into_iter().find(|kernel| agrees(*kernel))
}

fn agrees(kernel: Kernel) -> bool {
    multiplies(kernel) && looks_up(kernel)
}

fn multiplies(kernel: Kernel) -> bool {
    let query: Vec<f32> = bytes(1, DIMENSION).map(unit).collect();
    let row: Vec<u8> = bytes(2, DIMENSION).flat_map(|byte| f16::from_f32(unit(byte)).to_le_bytes()).collect();
    close(kernel.dot(&query, &row), Kernel::PORTABLE.dot(&query, &row))
}

fn looks_up(kernel: Kernel) -> bool {
    let tables: Vec<u8> = bytes(3, BYTES).map(|byte| byte % (LARGEST + 1)).collect();
    let codes: Vec<u8> = bytes(4, BYTES).collect();
    let floats = |seed| -> Floats {
        let mut values = bytes(seed, GROUP).map(|byte| unit(byte).to_le_bytes());
        std::array::from_fn(|_| values.next().unwrap_or_default())
    };
    let (scales, alongs) = (floats(5), floats(6));
    let lookup = Lookup { tables: &tables, step: 0.01, offset: -9.0, along: 0.7, base: 0.1 };
    let group = Group { codes: &codes, scales: &scales, alongs: &alongs };
    let above = |kernel: Kernel, threshold| {
        let mut bounds = [0.0; GROUP];
        (kernel.above(&lookup, group, threshold, &mut bounds), bounds)
    };
    let threshold = 0.1;
    let ((mask, bounds), (_, expected)) = (above(kernel, threshold), above(Kernel::PORTABLE, threshold));
    let is_above = |item: usize| mask >> item & 1 == 1;
    (0..GROUP).all(|item| close(bounds[item], expected[item]) && is_above(item) == (bounds[item] > threshold))
}

/// False if one of them is not a number.
fn close(ours: f32, theirs: f32) -> bool {
    (ours - theirs).abs() <= TOLERANCE
}

/// From −1 to 1.
fn unit(byte: u8) -> f32 {
    f32::from(byte) / 127.5 - 1.0
}

/// Bytes that depend on nothing but the seed.
fn bytes(seed: u32, count: usize) -> impl Iterator<Item = u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_this_machine_runs_agree() {
        for kernel in Kernel::available() {
            assert!(agrees(kernel), "{}", kernel.name);
        }
    }

    #[test]
    fn a_kernel_that_multiplies_wrongly_is_skipped() {
        /// Leaves out the values after the last whole vector.
        unsafe fn without_the_rest(query: &[f32], row: &[u8]) -> f32 {
            let whole = query.len() / 16 * 16;
            Kernel::PORTABLE.dot(&query[..whole], &row[..2 * whole])
        }
        is_skipped(Kernel { name: "wrong", dot: without_the_rest, ..Kernel::PORTABLE });
    }

    #[test]
    fn a_kernel_that_looks_up_wrongly_is_skipped() {
        /// Swaps the halves of each byte, as a shift by too few bits would.
        unsafe fn halves_swapped(
            lookup: &Lookup<'_>,
            group: Group<'_>,
            threshold: f32,
            bounds: &mut [f32; GROUP],
        ) -> u32 {
            let codes: Vec<u8> = group.codes.iter().map(|code| code.rotate_left(4)).collect();
            Kernel::PORTABLE.above(lookup, Group { codes: &codes, ..group }, threshold, bounds)
        }
        is_skipped(Kernel { name: "wrong", above: halves_swapped, ..Kernel::PORTABLE });
    }

    fn is_skipped(wrong: Kernel) {
        let taken = first_that_agrees(vec![wrong, Kernel::PORTABLE]).map(|kernel| kernel.name);
        assert_eq!(taken, Some("portable"));
    }
}
