//! Convolution as a matrix product over unfolded patches, channels last.
//!
//! Candle's own CPU convolution spends most of its time between layouts: measured on the starter's
//! tower it is several times slower than one copy of the patches and one matrix product
//! (docs/decisions/models.md). With channels last, the pixels of a patch row lie side by side, so the copy
//! is a few long `memcpy`s per output pixel.

use candle_core::{CpuStorage, CustomOp1, DType, InplaceOp2, Layout, Result, Shape, Tensor, bail};
use candle_nn::VarBuilder;
use rayon::prelude::*;

/// Rows of the unfolded matrix that one task copies.
const ROWS_PER_TASK: usize = 256;

/// A convolution over `[batch, height, width, channels]` with square kernel and bias, optionally
/// followed by ReLU.
pub(super) struct Conv {
    /// `[kernel · kernel · channels, outputs]`
    matrix: Tensor,
    bias: Tensor,
    unfold: Unfold,
    relu: bool,
}

impl Conv {
    /// A 3 × 3 convolution with a border of one zero, as `weight` `[to, from, 3, 3]` and `bias`.
    pub fn new(from: usize, to: usize, stride: usize, relu: bool, weights: &VarBuilder<'_>) -> Result<Self> {
        let weight = weights.get((to, from, 3, 3), "weight")?;
        let bias = weights.get(to, "bias")?;
        Self::from_weight(&weight, bias, Unfold::even(3, stride, 1), relu)
    }

    /// The way around a residual block: a mean over `stride` × `stride` and a 1 × 1 convolution, which
    /// together are one convolution of that size.
    pub fn shortcut(from: usize, to: usize, stride: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let weight = weights.get((to, from, 1, 1), "weight")?.repeat((1, 1, stride, stride))?;
        let bias = weights.get(to, "bias")?;
        let mean = (weight / (stride * stride) as f64)?;
        Self::from_weight(&mean, bias, Unfold::even(stride, stride, 0), false)
    }

    /// A convolution whose border is as [`Unfold::same`] has it, as `weight` `[to, from, kernel, kernel]` and
    /// `bias`.
    pub fn same(
        [from, to]: [usize; 2],
        (kernel, stride): (usize, usize),
        relu: bool,
        weights: &VarBuilder<'_>,
    ) -> Result<Self> {
        let weight = weights.get((to, from, kernel, kernel), "weight")?;
        Self::from_weight(&weight, weights.get(to, "bias")?, Unfold::same(kernel, stride), relu)
    }

    fn from_weight(weight: &Tensor, bias: Tensor, unfold: Unfold, relu: bool) -> Result<Self> {
        let matrix = weight.permute((2, 3, 1, 0))?.flatten_to(2)?.contiguous()?;
        Ok(Self { matrix, bias, unfold, relu })
    }

    /// `[batch, height, width, from]` to `[batch, height / stride, width / stride, to]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (batch, height, width, channels) = x.dims4()?;
        let (out_height, out_width) = (self.unfold.output(height), self.unfold.output(width));
        let patches =
            if self.unfold.kernel == 1 { x.reshape(((), channels))? } else { self.unfold.apply(x)? };
        let y = patches.matmul(&self.matrix)?;
        let y = if has_kernels(&y) {
            y.inplace_op2(&self.bias, &AddBias { relu: self.relu })?;
            y
        } else {
            let y = y.broadcast_add(&self.bias)?;
            if self.relu { y.relu()? } else { y }
        };
        y.reshape((batch, out_height, out_width, ()))
    }
}

/// Copies the patch under each output pixel into a row: `[batch · height' · width', kernel² · channels]`.
#[derive(Clone, Copy)]
pub(super) struct Unfold {
    pub kernel: usize,
    pub stride: usize,
    /// Zeros before the first position, above and to the left.
    pub padding: usize,
    /// Zeros after the last one.
    pub after: usize,
}

impl Unfold {
    /// With as many zeros on every side.
    pub fn even(kernel: usize, stride: usize, padding: usize) -> Self {
        Self { kernel, stride, padding, after: padding }
    }

    /// TensorFlow's "SAME", for maps whose side is a multiple of `stride`: they shrink by exactly that, and of an
    /// odd number of zeros the far side has one more.
    pub fn same(kernel: usize, stride: usize) -> Self {
        let around = kernel.saturating_sub(stride);
        Self { kernel, stride, padding: around / 2, after: around.div_ceil(2) }
    }

    /// The side of its result for maps of this side.
    pub fn output(&self, side: usize) -> usize {
        (side + self.padding + self.after - self.kernel) / self.stride + 1
    }

    fn apply(&self, x: &Tensor) -> Result<Tensor> {
        if has_kernels(x) { x.contiguous()?.apply_op1_no_bwd(self) } else { self.by_slices(x) }
    }

    /// The same from tensor operations alone, for devices that have no kernel of ours.
    fn by_slices(&self, x: &Tensor) -> Result<Tensor> {
        Tensor::cat(&self.taps(x)?, 1)
    }

    /// Of each position of the kernel, row by row, what lies under it: `[batch · height' · width', channels]`.
    pub fn taps(&self, x: &Tensor) -> Result<Vec<Tensor>> {
        let (batch, height, width, channels) = x.dims4()?;
        let (rows, columns) = (self.output(height), self.output(width));
        // Enough zeros at the far side that every slice below can be cut into strides.
        let far = self.after + self.stride;
        let x = x.pad_with_zeros(1, self.padding, far)?.pad_with_zeros(2, self.padding, far)?;
        let mut taps = Vec::with_capacity(self.kernel * self.kernel);
        for (dy, dx) in (0..self.kernel).flat_map(|dy| (0..self.kernel).map(move |dx| (dy, dx))) {
            let tap = x
                .narrow(1, dy, rows * self.stride)?
                .narrow(2, dx, columns * self.stride)?
                .reshape((batch, rows, self.stride, columns, self.stride, channels))?
                .narrow(2, 0, 1)?
                .narrow(4, 0, 1)?
                .reshape((batch * rows * columns, channels))?;
            taps.push(tap);
        }
        Ok(taps)
    }

    /// Fills the rows of one output pixel after the other, starting at output pixel `first`. Values may be several in one.
    pub fn copy_rows<T: Copy + Default>(
        &self,
        x: &[T],
        (height, width, channels): (usize, usize, usize),
        first: usize,
        out: &mut [T],
    ) {
        let (rows, columns) = (self.output(height), self.output(width));
        let row_length = self.kernel * channels;
        for (n, patch) in out.chunks_exact_mut(self.kernel * row_length).enumerate() {
            let at = first + n;
            let (image, row, column) = (at / (rows * columns), at / columns % rows, at % columns);
            let left = (column * self.stride) as isize - self.padding as isize;
            let cut = (-left).max(0) as usize;
            let end = self.kernel.min((width as isize - left) as usize);
            for (dy, line) in patch.chunks_exact_mut(row_length).enumerate() {
                let y = (row * self.stride + dy) as isize - self.padding as isize;
                if y < 0 || y >= height as isize {
                    line.fill(T::default());
                    continue;
                }
                let start = (image * height + y as usize) * width;
                let from = (start as isize + left + cut as isize) as usize * channels;
                line[..cut * channels].fill(T::default());
                copy_run(&x[from..from + (end - cut) * channels], &mut line[cut * channels..end * channels]);
                line[end * channels..].fill(T::default());
            }
        }
    }
}

/// Copies a run of values. Three colours under a kernel of three are known here, because a copy of unknown length is a
/// call, which takes longer than these few values.
#[inline(always)]
fn copy_run<T: Copy>(from: &[T], to: &mut [T]) {
    match (<&[T; 9]>::try_from(from), <&mut [T; 9]>::try_from(&mut *to)) {
        (Ok(from), Ok(to)) => *to = *from,
        _ => to.copy_from_slice(from),
    }
}

impl CustomOp1 for Unfold {
    fn name(&self) -> &'static str {
        "unfold"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (batch, height, width, channels) = layout.shape().dims4()?;
        let x = contiguous(storage, layout)?;
        let rows = batch * self.output(height) * self.output(width);
        let columns = self.kernel * self.kernel * channels;
        let mut out = vec![0.0; rows * columns];
        out.par_chunks_mut(ROWS_PER_TASK * columns).enumerate().for_each(|(task, out)| {
            self.copy_rows(x, (height, width, channels), task * ROWS_PER_TASK, out);
        });
        Ok((CpuStorage::F32(out), (rows, columns).into()))
    }
}

/// Adds a bias to every row, in place, and cuts below zero if asked to.
struct AddBias {
    relu: bool,
}

impl InplaceOp2 for AddBias {
    fn name(&self) -> &'static str {
        "add-bias"
    }

    fn cpu_fwd(
        &self,
        x: &mut CpuStorage,
        layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<()> {
        let bias = contiguous(bias, bias_layout)?;
        let (CpuStorage::F32(x), Some((start, end))) = (x, layout.contiguous_offsets()) else {
            bail!("add-bias takes contiguous f32");
        };
        let floor = if self.relu { 0.0 } else { f32::NEG_INFINITY };
        x[start..end].par_chunks_mut(ROWS_PER_TASK * bias.len()).for_each(|rows| {
            for row in rows.chunks_exact_mut(bias.len()) {
                row.iter_mut().zip(bias).for_each(|(x, b)| *x = (*x + b).max(floor));
            }
        });
        Ok(())
    }
}

/// Whether the kernels of this file compute it.
fn has_kernels(x: &Tensor) -> bool {
    x.device().is_cpu() && x.dtype() == DType::F32
}

fn contiguous<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match (storage.as_slice::<f32>(), layout.contiguous_offsets()) {
        (Ok(values), Some((start, end))) => Ok(&values[start..end]),
        _ => bail!("a contiguous f32 tensor is needed, not {:?}", layout),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use candle_core::Device;

    use super::*;

    fn random(shape: &[usize]) -> Tensor {
        Tensor::randn(0f32, 1.0, shape, &Device::Cpu).unwrap()
    }

    fn weights(weight: &Tensor, bias: &Tensor) -> VarBuilder<'static> {
        let tensors = HashMap::from([("weight".into(), weight.clone()), ("bias".into(), bias.clone())]);
        VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu)
    }

    /// Candle's own convolution is the reference.
    fn reference(x: &Tensor, weight: &Tensor, bias: &Tensor, stride: usize) -> Tensor {
        let x = x.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap();
        let y = x.conv2d(weight, weight.dim(2).unwrap() / 2, stride, 1, 1).unwrap();
        let y = y.broadcast_add(&bias.reshape((1, (), 1, 1)).unwrap()).unwrap();
        y.permute((0, 2, 3, 1)).unwrap()
    }

    fn difference(a: &Tensor, b: &Tensor) -> f32 {
        assert_eq!(a.dims(), b.dims());
        (a - b).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap().to_scalar().unwrap()
    }

    #[test]
    fn convolution_agrees_with_candles_own_on_odd_shapes() {
        for (batch, height, width, from, to, stride) in [
            (1, 1, 1, 1, 1, 1),
            (2, 7, 5, 3, 4, 1),
            (3, 8, 6, 5, 2, 2),
            (1, 9, 9, 2, 7, 2),
            (2, 40, 33, 4, 8, 1),
        ] {
            let x = random(&[batch, height, width, from]);
            let (weight, bias) = (random(&[to, from, 3, 3]), random(&[to]));
            let expected = reference(&x, &weight, &bias, stride);
            let plain = Conv::new(from, to, stride, false, &weights(&weight, &bias)).unwrap();
            assert!(difference(&plain.forward(&x).unwrap(), &expected) < 1e-4);
            let cut = Conv::new(from, to, stride, true, &weights(&weight, &bias)).unwrap();
            assert!(difference(&cut.forward(&x).unwrap(), &expected.relu().unwrap()) < 1e-4);
        }
    }

    #[test]
    fn a_shortcut_is_a_mean_and_a_pointwise_convolution() {
        let x = random(&[2, 8, 6, 5]);
        let (weight, bias) = (random(&[3, 5, 1, 1]), random(&[3]));
        let pooled = x.permute((0, 3, 1, 2)).unwrap().contiguous().unwrap().avg_pool2d(2).unwrap();
        let expected = reference(&pooled.permute((0, 2, 3, 1)).unwrap(), &weight, &bias, 1);
        let shortcut = Conv::shortcut(5, 3, 2, &weights(&weight, &bias)).unwrap();
        assert!(difference(&shortcut.forward(&x).unwrap(), &expected) < 1e-4);
    }

    #[test]
    fn slices_unfold_as_the_kernel_does() {
        for unfold in [
            Unfold::even(3, 1, 1),
            Unfold::even(3, 2, 1),
            Unfold::even(2, 2, 0),
            Unfold::same(3, 2),
            Unfold::same(5, 2),
            Unfold::same(5, 1),
        ] {
            let x = random(&[2, 8, 6, 3]);
            assert_eq!(difference(&unfold.apply(&x).unwrap(), &unfold.by_slices(&x).unwrap()), 0.0);
        }
    }
}
