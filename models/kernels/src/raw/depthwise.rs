//! Depthwise convolution over one panel of channels: vectors run along the channels of a position.

use super::{Operation, Shared, Simd};

/// Neighbouring results that are computed together, so that each weight is loaded once for all of them: as many as
/// the registers hold with two vectors of channels each.
const TOGETHER: usize = 7;
const TOGETHER_IN_FEW_REGISTERS: usize = 4;

/// The widest panel, in values.
const WIDEST: usize = 32;

/// Some rows of results of one picture, for one panel of channels.
pub(crate) struct DepthwiseBand<'a> {
    /// The map under the results, with the zeros around it: `[lines, line, panel]`.
    pub x: &'a [f32],
    /// Positions of a line.
    pub line: usize,
    pub kernel: usize,
    pub stride: usize,
    /// `[kernel · kernel, panel]`
    pub weight: &'a [f32],
    /// `[panel]`
    pub bias: &'a [f32],
    pub range: (f32, f32),
    /// Channels of the panel that there are.
    pub there: usize,
    /// Rows and columns of results.
    pub results: (usize, usize),
    /// Where the first result's first channel goes, counted in values of the form, and values from a result to its
    /// neighbour: `[rows, columns, values]`.
    pub out: (&'a Shared<u32>, usize, usize),
    pub form: Form,
}

/// How results are stored.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// f32
    Floats,
    /// 16-bit integers with this offset and one over this step.
    Halves(f32, f32),
    /// 8-bit integers, the same.
    Bytes(f32, f32),
}

/// One result's first tap, and where it goes.
#[derive(Clone, Copy)]
struct Place {
    x: *const f32,
    /// In values of the form.
    out: usize,
}

/// What the results of a band have in common.
struct Taps {
    weight: *const f32,
    bias: *const f32,
    kernel: usize,
    /// Values from one line to the next, from a result's first tap to its neighbour's, and of a position.
    line: usize,
    step: usize,
    panel: usize,
    /// Values from a result to its neighbour.
    channels: usize,
    range: (f32, f32),
    out: *mut u32,
    form: Form,
}

impl Operation for DepthwiseBand<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const N: usize>(self, s: S) {
        let (panel, (rows, columns)) = (N * S::LANES, self.results);
        let lines = (rows - 1) * self.stride + self.kernel;
        assert!(self.x.len() >= lines * self.line * panel && self.bias.len() == panel);
        assert!(self.line >= (columns - 1) * self.stride + self.kernel && self.there <= panel);
        assert!(self.weight.len() == self.kernel * self.kernel * panel && panel <= WIDEST);
        match self.kernel {
            3 => self.band::<S, 3>(s, panel),
            5 => self.band::<S, 5>(s, panel),
            _ => self.band::<S, 0>(s, panel),
        }
    }
}

impl DepthwiseBand<'_> {
    /// All results. `K`: the side of the kernel where it is known when this is compiled, else 0.
    #[inline(always)]
    fn band<S: Simd, const K: usize>(self, s: S, panel: usize) {
        let (out, start, channels) = self.out;
        let ((rows, columns), step) = (self.results, self.stride * panel);
        for (row, first) in
            (0..rows).flat_map(|row| (0..self.there).step_by(2 * S::LANES).map(move |c| (row, c)))
        {
            let taps = Taps {
                weight: self.weight[first..].as_ptr(),
                bias: self.bias[first..].as_ptr(),
                kernel: self.kernel,
                line: self.line * panel,
                step,
                panel,
                channels,
                range: self.range,
                out: out.at(0),
                form: self.form,
            };
            let place = |column: usize| Place {
                x: self.x[row * self.stride * taps.line + column * step + first..].as_ptr(),
                out: start + (row * columns + column) * channels + first,
            };
            // SAFETY: lines, weights and bias are as long as `run` asserted, and all columns are results.
            unsafe { vectors::<S, K>(s, &taps, columns, self.there - first, place) };
        }
    }
}

/// A row of results of up to two vectors of channels, `there` channels in all.
///
/// # Safety
/// All taps of `columns` results are readable, two vectors of channels each, and `there` channels of each result are
/// writable.
#[inline(always)]
unsafe fn vectors<S: Simd, const K: usize>(
    s: S,
    taps: &Taps,
    columns: usize,
    there: usize,
    place: impl Fn(usize) -> Place,
) {
    // SAFETY: the caller's; `row` gets the number of vectors that hold channels.
    unsafe {
        match (there > S::LANES, S::ROWS >= TOGETHER) {
            (true, true) => row::<S, TOGETHER, 2, K>(s, taps, columns, there, place),
            (true, false) => row::<S, TOGETHER_IN_FEW_REGISTERS, 2, K>(s, taps, columns, there, place),
            (false, true) => row::<S, TOGETHER, 1, K>(s, taps, columns, there, place),
            (false, false) => row::<S, TOGETHER_IN_FEW_REGISTERS, 1, K>(s, taps, columns, there, place),
        }
    }
}

/// A row of results, `P` at a time; the last ones overlap those before them, and a row of fewer goes one by one.
///
/// # Safety
/// As for [`vectors`], with `V` vectors.
#[inline(always)]
unsafe fn row<S: Simd, const P: usize, const V: usize, const K: usize>(
    s: S,
    taps: &Taps,
    columns: usize,
    there: usize,
    place: impl Fn(usize) -> Place,
) {
    // SAFETY: the caller's: no group goes beyond the row.
    unsafe {
        if columns < P {
            (0..columns).for_each(|column| results::<S, 1, V, K>(s, taps, there, place(column)));
            return;
        }
        for column in (0..columns).step_by(P) {
            results::<S, P, V, K>(s, taps, there, place(column.min(columns - P)));
        }
    }
}

/// `P` neighbouring results of `V` vectors of channels.
///
/// # Safety
/// As for [`row`].
#[inline(always)]
unsafe fn results<S: Simd, const P: usize, const V: usize, const K: usize>(
    s: S,
    taps: &Taps,
    there: usize,
    place: Place,
) {
    let kernel = if K > 0 { K } else { taps.kernel };
    // SAFETY: the caller's.
    unsafe {
        let mut sums = [[s.splat(0.0); V]; P];
        for sums in &mut sums {
            for (v, sum) in sums.iter_mut().enumerate() {
                *sum = s.load(taps.bias.add(v * S::LANES));
            }
        }
        for dy in 0..kernel {
            let (x, weight) = (place.x.add(dy * taps.line), taps.weight.add(dy * kernel * taps.panel));
            for dx in 0..kernel {
                let mut w = [s.splat(0.0); V];
                for (v, w) in w.iter_mut().enumerate() {
                    *w = s.load(weight.add(dx * taps.panel + v * S::LANES));
                }
                for (p, sums) in sums.iter_mut().enumerate() {
                    let x = x.add(dx * taps.panel + p * taps.step);
                    for (v, sum) in sums.iter_mut().enumerate() {
                        *sum = s.fma(s.load(x.add(v * S::LANES)), w[v], *sum);
                    }
                }
            }
        }
        for (p, sums) in sums.into_iter().enumerate() {
            let (low, high) = taps.range;
            let cut = sums.map(|sum| s.min(s.max(sum, s.splat(low)), s.splat(high)));
            store(s, taps, cut, there, place.out + p * taps.channels);
        }
    }
}

/// Stores `there` channels of a result.
///
/// # Safety
/// There is room for them at `at`.
#[inline(always)]
unsafe fn store<S: Simd, const V: usize>(s: S, taps: &Taps, result: [S::F; V], there: usize, at: usize) {
    let integers =
        |offset, inverse| result.map(|x| s.round(s.mul(s.sub(x, s.splat(offset)), s.splat(inverse))));
    // SAFETY: the caller's.
    unsafe {
        match taps.form {
            Form::Floats => each(s, result, there, taps.out.cast::<f32>().add(at), |out, x| s.store(out, x)),
            Form::Halves(offset, inverse) => {
                let out = taps.out.cast::<u16>().add(at);
                each(s, integers(offset, inverse), there, out, |out, q| s.store_halves(out, q));
            }
            Form::Bytes(offset, inverse) => {
                let out = taps.out.cast::<u8>().add(at);
                each(s, integers(offset, inverse), there, out, |out, q| s.store_bytes(out, q));
            }
        }
    }
}

/// Calls `store` with each vector and its place, and sees to it that no more than `there` values are written.
///
/// # Safety
/// `out` has room for them; `store` writes a vector's values.
#[inline(always)]
unsafe fn each<S: Simd, X, T: Copy + Default, const V: usize>(
    _: S,
    vectors: [X; V],
    there: usize,
    out: *mut T,
    store: impl Fn(*mut T, X),
) {
    // SAFETY: the caller's; `padded` holds the widest panel.
    unsafe {
        if there >= V * S::LANES {
            vectors.into_iter().enumerate().for_each(|(v, x)| store(out.add(v * S::LANES), x));
            return;
        }
        let mut padded = [T::default(); WIDEST];
        for (v, x) in vectors.into_iter().enumerate() {
            store(padded.as_mut_ptr().add(v * S::LANES), x);
        }
        out.copy_from_nonoverlapping(padded.as_ptr(), there);
    }
}
