//! Where a packed model's tensors come from: the bundle's weights, or what an earlier start packed.

use std::ops::Range;
use std::sync::Arc;

use half::{bf16, f16};
use knytt_kernels::{Isa, LayerNorm, Linear, Precision};
use safetensors::{Dtype, SafeTensors};

use super::cache::Cache;
use crate::error::{Error, Result};
use crate::weights::Weights;

/// Reads tensors as f32, whatever the file stores, and packs layers.
pub(crate) struct Source<'a> {
    pub isa: Isa,
    pub precision: Precision,
    tensors: SafeTensors<'a>,
    weights: Arc<Weights>,
    cache: Cache,
}

/// Rows of a large table, read one at a time from where the bundle's weights lie.
pub(crate) struct Table {
    weights: Arc<Weights>,
    bytes: Range<usize>,
    dtype: Dtype,
    width: usize,
}

impl<'a> Source<'a> {
    pub fn new(weights: &'a Arc<Weights>, isa: Isa, precision: Precision, cache: Cache) -> Result<Self> {
        let tensors = SafeTensors::deserialize(weights).map_err(|e| Error::Weights(e.to_string()))?;
        Ok(Self { isa, precision, tensors, weights: weights.clone(), cache })
    }

    /// The layers that were packed, to be kept for the next start.
    pub fn into_cache(self) -> Cache {
        self.cache
    }

    /// The values of a tensor of this shape.
    pub fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let tensor = self.tensor(name, shape)?;
        floats(tensor.dtype(), tensor.data()).ok_or_else(|| unreadable(name, tensor.dtype()))
    }

    /// A table of this shape, `[rows, width]`, which stays where it is.
    pub fn table(&self, name: &str, [rows, width]: [usize; 2]) -> Result<Table> {
        let tensor = self.tensor(name, &[rows, width])?;
        let (dtype, data) = (tensor.dtype(), tensor.data());
        if floats(dtype, &[]).is_none() {
            return Err(unreadable(name, dtype));
        }
        let start = data.as_ptr().addr() - self.weights.as_ptr().addr();
        Ok(Table { weights: self.weights.clone(), bytes: start..start + data.len(), dtype, width })
    }

    /// `name.weight` and `name.bias` of a layer normalisation.
    pub fn norm(&self, name: &str, size: usize, epsilon: f64) -> Result<LayerNorm> {
        Ok(LayerNorm {
            weight: self.values(&format!("{name}.weight"), &[size])?,
            bias: self.values(&format!("{name}.bias"), &[size])?,
            epsilon: epsilon as f32,
        })
    }

    /// The layers `prefix.name`, each `[outputs, depth]` with a bias, side by side as one.
    pub fn linear(&mut self, prefix: &str, names: &[&str], [outputs, depth]: [usize; 2]) -> Result<Linear> {
        let name = format!("{prefix}.{}", names.join("+"));
        self.packed(&name, self.precision, [outputs * names.len(), depth], |source| {
            let (mut weight, mut bias) = (Vec::new(), Vec::new());
            for name in names {
                weight.extend(source.values(&format!("{prefix}.{name}.weight"), &[outputs, depth])?);
                bias.extend(source.values(&format!("{prefix}.{name}.bias"), &[outputs])?);
            }
            Ok((weight, Some(bias)))
        })
    }

    /// The layer that an earlier start packed under `name`, or else what `read` gives.
    pub fn packed(
        &mut self,
        name: &str,
        precision: Precision,
        [outputs, depth]: [usize; 2],
        read: impl FnOnce(&Self) -> Result<(Vec<f32>, Option<Vec<f32>>)>,
    ) -> Result<Linear> {
        let kept = self.cache.layer(name, outputs, depth);
        if let Some(layer) = kept.and_then(|parts| Linear::from_parts(self.isa, precision, parts)) {
            return Ok(layer);
        }
        let (weight, bias) = read(self)?;
        let layer = Linear::pack(self.isa, precision, &weight, depth, bias.as_deref());
        self.cache.keep(name, layer.parts());
        Ok(layer)
    }

    fn tensor(&self, name: &str, shape: &[usize]) -> Result<safetensors::tensor::TensorView<'_>> {
        let tensor = self.tensors.tensor(name).map_err(|_| Error::Weights(format!("{name} is missing")))?;
        if tensor.shape() == shape {
            return Ok(tensor);
        }
        let found = tensor.shape();
        Err(Error::Weights(format!("{name} has the shape {found:?}, and not the shape {shape:?}")))
    }
}

impl Table {
    /// Adds row `row` to `out`, which is as wide.
    pub fn add_row(&self, row: usize, out: &mut [f32]) -> Result<()> {
        let bytes = self.width * if self.dtype == Dtype::F32 { 4 } else { 2 };
        let start = self.bytes.start + row * bytes;
        let outside = || Error::Weights(format!("there is no row {row} in the table of tokens"));
        let row = self.weights.get(start..start + bytes).filter(|_| start + bytes <= self.bytes.end);
        let values = row.and_then(|row| floats(self.dtype, row)).ok_or_else(outside)?;
        out.iter_mut().zip(values).for_each(|(out, value)| *out += value);
        Ok(())
    }
}

/// Stored numbers as f32; nothing if they are of a kind that no bundle has.
fn floats(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    let pairs = || bytes.as_chunks::<2>().0.iter();
    match dtype {
        Dtype::F32 => Some(bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect()),
        Dtype::F16 => Some(pairs().map(|b| f16::from_le_bytes(*b).to_f32()).collect()),
        Dtype::BF16 => Some(pairs().map(|b| bf16::from_le_bytes(*b).to_f32()).collect()),
        _ => None,
    }
}

fn unreadable(name: &str, dtype: Dtype) -> Error {
    Error::Weights(format!("{name} is stored as {dtype:?}; f32, f16 and bf16 can be read"))
}
