//! EfficientNet-Lite in Candle's tensors: the reference for the packed kernels, and what runs on Candle's devices.
//!
//! Inverted residual blocks without squeeze and excitation, ReLU6, batch normalisation folded in.
//! `models/training/efficientnet_lite.py` describes it tensor by tensor.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::conv::{Conv, Unfold};
use super::resnet::means_and_deviations;
use crate::config::{EfficientNetConfig, MbConvShape};

pub(super) struct EfficientNet {
    stem: Conv,
    stages: Vec<Vec<MbConv>>,
    head: Conv,
}

struct MbConv {
    expand: Option<Conv>,
    depthwise: Depthwise,
    project: Conv,
    is_residual: bool,
}

/// A convolution in which each channel has a kernel of its own.
struct Depthwise {
    /// `[kernel · kernel, channels]`
    taps: Tensor,
    bias: Tensor,
    unfold: Unfold,
}

impl EfficientNet {
    pub fn new(config: &EfficientNetConfig, weights: &VarBuilder<'_>) -> Result<Self> {
        let (mut number, mut last, mut stages) = (0, config.stem_width, Vec::new());
        for stage in config.stages() {
            let mut blocks = Vec::new();
            for shape in stage {
                blocks.push(MbConv::new(&shape, &weights.pp("blocks").pp(number))?);
                (number, last) = (number + 1, shape.to);
            }
            stages.push(blocks);
        }
        let stem = [config.num_channels, config.stem_width];
        Ok(Self {
            stem: Conv::same(stem, (3, 2), true, &weights.pp("stem"))?,
            stages,
            head: Conv::same([last, config.head_width], (1, 1), true, &weights.pp("head"))?,
        })
    }

    /// From `[batch, 3, side, side]`: `[batch, head width]` means of the head's map, and `[batch, moments]` of
    /// the stem's map, each stage's and the head's, means before deviations.
    pub fn forward(&self, pixels: &Tensor) -> Result<(Tensor, Tensor)> {
        let x = pixels.permute((0, 2, 3, 1))?.contiguous()?;
        let mut x = cut(&self.stem.forward(&x)?)?;
        let mut moments = Vec::from(means_and_deviations(&x)?);
        for stage in &self.stages {
            x = stage.iter().try_fold(x, |x, block| block.forward(&x))?;
            moments.extend(means_and_deviations(&x)?);
        }
        let [means, deviations] = means_and_deviations(&cut(&self.head.forward(&x)?)?)?;
        moments.extend([means.clone(), deviations]);
        Ok((means, Tensor::cat(&moments, 1)?))
    }
}

impl MbConv {
    fn new(shape: &MbConvShape, weights: &VarBuilder<'_>) -> Result<Self> {
        let MbConvShape { from, inner, to, stride, kernel } = *shape;
        let expand = (inner != from).then(|| Conv::same([from, inner], (1, 1), true, &weights.pp("expand")));
        Ok(Self {
            expand: expand.transpose()?,
            depthwise: Depthwise::new(inner, (kernel, stride), &weights.pp("depthwise"))?,
            project: Conv::same([inner, to], (1, 1), false, &weights.pp("project"))?,
            is_residual: shape.is_residual(),
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let inside = match &self.expand {
            Some(expand) => cut(&expand.forward(x)?)?,
            None => x.clone(),
        };
        let result = self.project.forward(&cut(&self.depthwise.forward(&inside)?)?)?;
        if self.is_residual { result + x } else { Ok(result) }
    }
}

impl Depthwise {
    fn new(channels: usize, (kernel, stride): (usize, usize), weights: &VarBuilder<'_>) -> Result<Self> {
        let weight = weights.get((channels, 1, kernel, kernel), "weight")?;
        Ok(Self {
            taps: weight.reshape((channels, kernel * kernel))?.t()?.contiguous()?,
            bias: weights.get(channels, "bias")?,
            unfold: Unfold::same(kernel, stride),
        })
    }

    /// `[batch, height, width, channels]` to `[batch, height / stride, width / stride, channels]`.
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let mut sum: Option<Tensor> = None;
        for (n, tap) in self.unfold.taps(x)?.into_iter().enumerate() {
            let product = tap.broadcast_mul(&self.taps.get(n)?)?;
            sum = Some(match sum {
                Some(sum) => (sum + product)?,
                None => product,
            });
        }
        let (batch, height, width, channels) = x.dims4()?;
        let (rows, columns) = (self.unfold.output(height), self.unfold.output(width));
        let sum =
            sum.map_or_else(|| Tensor::zeros((batch * rows * columns, channels), x.dtype(), x.device()), Ok)?;
        sum.broadcast_add(&self.bias)?.reshape((batch, rows, columns, channels))
    }
}

/// ReLU6.
fn cut(x: &Tensor) -> Result<Tensor> {
    x.clamp(0f32, 6f32)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use candle_core::{DType, Device};
    use knytt_kernels::{DepthwiseInput, Isa, ThreadTeam};

    use super::*;

    /// Candle's own grouped convolution is the reference, and the packed kernel has to agree as well.
    #[test]
    fn depthwise_convolution_agrees_with_candles_own() {
        for (side, channels, kernel, stride) in [(8, 5, 3, 1), (8, 20, 3, 2), (12, 3, 5, 2), (6, 37, 5, 1)] {
            let random = |shape: &[usize]| Tensor::randn(0f32, 1.0, shape, &Device::Cpu).unwrap();
            let (x, weight) = (random(&[2, channels, side, side]), random(&[channels, 1, kernel, kernel]));
            let bias = random(&[channels]);
            let (around, last) = (Unfold::same(kernel, stride), channels);
            let padded = x.pad_with_zeros(2, around.padding, around.after).unwrap();
            let padded = padded.pad_with_zeros(3, around.padding, around.after).unwrap();
            let expected = padded.conv2d(&weight, 0, stride, 1, channels).unwrap();
            let expected = expected.broadcast_add(&bias.reshape((1, last, 1, 1)).unwrap()).unwrap();
            let expected: Vec<f32> = values(&expected.permute((0, 2, 3, 1)).unwrap());
            let x = x.permute((0, 2, 3, 1)).unwrap().contiguous().unwrap();
            let tensors = HashMap::from([("weight".into(), weight.clone()), ("bias".into(), bias.clone())]);
            let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
            let ours = Depthwise::new(channels, (kernel, stride), &weights).unwrap().forward(&x).unwrap();
            assert_close(&values(&ours), &expected);
            let everything = (f32::NEG_INFINITY, f32::INFINITY);
            let shape = (kernel, stride);
            let packed = knytt_kernels::Depthwise::new(
                Isa::best(),
                shape,
                &values(&weight),
                &values(&bias),
                everything,
            );
            let mut out = vec![0.0; expected.len()];
            let x = values(&x);
            packed.forward(&ThreadTeam::new(1), DepthwiseInput::Maps(&x), (side, side), &mut out);
            assert_close(&out, &expected);
        }
    }

    fn values(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    fn assert_close(ours: &[f32], theirs: &[f32]) {
        assert_eq!(ours.len(), theirs.len());
        let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-4, "{worst}");
    }
}
