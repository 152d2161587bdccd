//! Which tensor of a bundle comes from which tensor of a published model, and how.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use candle_core::{DType, Tensor};
use safetensors::tensor::{Dtype, View, serialize_to_file};

use super::positions::interpolated;
use super::source::Source;
use crate::error::{Error, Result, without_backtrace};

/// The starts of the names that transformers' `CLIPModel` and `SiglipModel` have.
const PREFIXES: [&str; 6] =
    ["text_model.", "vision_model.", "text_projection.", "visual_projection.", "logit_scale", "logit_bias"];

/// The tensors of a bundle, by their names.
#[derive(Default)]
pub(super) struct Plan(Vec<(String, Part)>);

/// How a tensor of the bundle is made.
struct Part {
    /// One tensor, or several that are stacked along their first dimension.
    from: Vec<String>,
    change: Change,
}

/// What is done to a tensor.
#[derive(Clone, PartialEq)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// Rows and columns change places.
    Transpose,
    /// Some rows of a matrix, or some values of a vector.
    Rows(Range<usize>),
    /// The first dimensions of size 1 are dropped.
    Squeeze,
    /// Each row of a matrix, or value of a vector, is multiplied by a value of the vector of this name.
    Scaled(String),
    /// A class position and the positions of patches, for so many patches in each direction.
    Positions(usize),
}

impl Plan {
    /// Takes the tensors of transformers as they are. Position ids are computed, and other heads are not needed.
    pub fn of_transformers(source: &Source<'_>) -> Self {
        let mut plan = Self::default();
        for name in source.names() {
            if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) && !name.ends_with("position_ids") {
                plan.take(&name, &name, Change::None);
            }
        }
        plan
    }

    pub fn take(&mut self, to: impl Into<String>, from: &str, change: Change) {
        self.0.push((to.into(), Part { from: vec![from.into()], change }));
    }

    /// Takes several tensors as one, stacked along their first dimension.
    pub fn take_stacked(&mut self, to: impl Into<String>, from: &[&str]) {
        let from = from.iter().map(|name| (*name).to_owned()).collect();
        self.0.push((to.into(), Part { from, change: Change::None }));
    }

    /// Takes the queries, keys and values of an attention apart, which `from` has one below the other. `to` makes a
    /// name of a layer's. `None` if there is no such tensor.
    pub fn take_thirds(
        &mut self,
        to: &dyn Fn(&str) -> String,
        from: &str,
        source: &Source<'_>,
    ) -> Option<()> {
        let (_, shape) = source.shape(from)?;
        let width = shape.first()? / 3;
        for (n, layer) in ["q_proj", "k_proj", "v_proj"].into_iter().enumerate() {
            self.take(to(&format!("self_attn.{layer}")), from, Change::Rows(n * width..(n + 1) * width));
        }
        Some(())
    }

    /// Writes the tensors into one file.
    ///
    /// # Errors
    /// A tensor cannot be read, or the file cannot be written.
    pub fn write(&self, source: &Source<'_>, path: &Path) -> Result<()> {
        let tensors = self
            .0
            .iter()
            .map(|(name, part)| Ok((name.as_str(), Planned::new(source, part)?)))
            .collect::<Result<Vec<_>>>()?;
        let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        let written =
            serialize_to_file(tensors.iter().map(|(name, planned)| (name, planned)), Some(metadata), path);
        if let Some(error) = tensors.iter().find_map(|(_, planned)| planned.failed.take()) {
            return Err(error);
        }
        written.map_err(|e| Error::Write { path: path.into(), source: std::io::Error::other(e) })
    }
}

/// A tensor that is read when it is written.
struct Planned<'s> {
    source: &'s Source<'s>,
    part: &'s Part,
    dtype: Dtype,
    shape: Vec<usize>,
    /// Why it could not be read: [`View`] cannot say so.
    failed: Cell<Option<Error>>,
}

impl<'s> Planned<'s> {
    fn new(source: &'s Source<'s>, part: &'s Part) -> Result<Self> {
        let mut stacked: Option<(DType, Vec<usize>)> = None;
        for name in &part.from {
            let (dtype, shape) = source
                .shape(name)
                .ok_or_else(|| Error::Weights(format!("{name} is missing, or of an unknown kind")))?;
            stacked = match stacked {
                None => Some((dtype, shape)),
                Some((first, sum)) if first == dtype => stack(&sum, &shape).map(|shape| (dtype, shape)),
                Some(_) => None,
            };
            if stacked.is_none() {
                return Err(Error::Weights(format!("{name} does not fit {}", part.from[0])));
            }
        }
        let (dtype, shape) = stacked.unwrap_or((DType::F32, Vec::new()));
        let shape = part.change.shape(&shape).ok_or_else(|| {
            Error::Weights(format!("{} has the shape {shape:?}, which is not expected", part.from[0]))
        })?;
        let dtype = if part.change.computes() { DType::F32 } else { stored(dtype) };
        Ok(Self { source, part, dtype: dtype.into(), shape, failed: Cell::new(None) })
    }

    fn tensor(&self) -> Result<Tensor> {
        let names = &self.part.from;
        let loaded = names.iter().map(|name| self.source.load(name)).collect::<Result<Vec<_>>>()?;
        let changed = match &loaded[..] {
            [one] => Ok(one.clone()),
            several => Tensor::cat(several, 0),
        };
        let changed =
            changed.and_then(|tensor| tensor.to_dtype(stored(tensor.dtype()))).and_then(|tensor| match &self
                .part
                .change
            {
                Change::Scaled(by) => {
                    scaled(&tensor, &self.source.load(by).map_err(candle_core::Error::wrap)?)
                }
                change => change.apply(&tensor),
            });
        changed.map_err(|e| Error::Weights(format!("{}: {}", names.join(", "), without_backtrace(&e))))
    }
}

impl View for &Planned<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.tensor().and_then(|tensor| Ok(bytes_of(&tensor)?)).unwrap_or_else(|error| {
            self.failed.set(Some(error));
            vec![0; self.data_len()]
        }))
    }

    fn data_len(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.bitsize() / 8
    }
}

impl Change {
    /// Whether it changes numbers; they are computed and written in f32, whatever they were stored in.
    fn computes(&self) -> bool {
        matches!(self, Self::Scaled(_) | Self::Positions(_))
    }

    /// The shape of what comes out; `None` if the change does not fit.
    fn shape(&self, from: &[usize]) -> Option<Vec<usize>> {
        match (self, from) {
            (Self::None, shape) => Some(shape.to_vec()),
            (Self::Transpose, [rows, columns]) => Some(vec![*columns, *rows]),
            (Self::Rows(range), [rows, rest @ ..]) if range.end <= *rows => {
                Some([&[range.len()], rest].concat())
            }
            (Self::Squeeze, shape) => Some(shape.iter().copied().skip_while(|size| *size == 1).collect()),
            (Self::Scaled(_), shape) => Some(shape.to_vec()),
            (Self::Positions(across), [1, positions, hidden]) => {
                across_of(*positions).map(|_| vec![1 + across * across, *hidden])
            }
            _ => None,
        }
    }

    fn apply(&self, tensor: &Tensor) -> candle_core::Result<Tensor> {
        match self {
            Self::None | Self::Scaled(_) => Ok(tensor.clone()),
            Self::Transpose => tensor.t()?.contiguous(),
            Self::Rows(range) => tensor.narrow(0, range.start, range.len())?.contiguous(),
            Self::Squeeze => {
                let shape = self.shape(tensor.dims()).unwrap_or_default();
                tensor.reshape(shape)
            }
            Self::Positions(across) => {
                let (_, positions, hidden) = tensor.dims3()?;
                let from = across_of(positions).unwrap_or_default();
                let values = tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?;
                let values = interpolated(&values, hidden, from, *across);
                Tensor::from_vec(values, (1 + across * across, hidden), tensor.device())
            }
        }
    }
}

/// Patches in each direction of a square with a class position beside them; `None` if it is no square.
fn across_of(positions: usize) -> Option<usize> {
    let across = positions.checked_sub(1)?.isqrt();
    (across > 0 && across * across + 1 == positions).then_some(across)
}

/// Each row of `tensor`, or each value of a vector, times a value of `factors`, in f32.
fn scaled(tensor: &Tensor, factors: &Tensor) -> candle_core::Result<Tensor> {
    let mut shape = vec![1; tensor.rank()];
    shape[0] = factors.elem_count();
    tensor.to_dtype(DType::F32)?.broadcast_mul(&factors.to_dtype(DType::F32)?.reshape(shape)?)
}

/// The shape of two tensors, one below the other; `None` if they do not fit.
fn stack(first: &[usize], second: &[usize]) -> Option<Vec<usize>> {
    let ([rows, rest @ ..], [more, others @ ..]) = (first, second) else { return None };
    (rest == others).then(|| [&[rows + more], rest].concat())
}

/// Numbers of 64 bits are stored in 32, which is what the towers compute in.
fn stored(dtype: DType) -> DType {
    if dtype == DType::F64 { DType::F32 } else { dtype }
}

fn bytes_of(tensor: &Tensor) -> candle_core::Result<Vec<u8>> {
    let flat = tensor.flatten_all()?;
    Ok(match tensor.dtype() {
        DType::F16 => flat.to_vec1::<half::f16>()?.iter().flat_map(|n| n.to_le_bytes()).collect(),
        DType::BF16 => flat.to_vec1::<half::bf16>()?.iter().flat_map(|n| n.to_le_bytes()).collect(),
        _ => flat.to_dtype(DType::F32)?.to_vec1::<f32>()?.iter().flat_map(|n| n.to_le_bytes()).collect(),
    })
}
