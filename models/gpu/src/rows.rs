//! Activations and weights on the device.

use crate::error::{Error, Result};
use crate::gpu::{Gpu, STORAGE};

/// A matrix of f32 in a buffer: `rows` rows of `quads` quads (four values), one after the other.
#[derive(Clone)]
pub(crate) struct Rows {
    pub buffer: wgpu::Buffer,
    pub rows: usize,
    pub quads: usize,
}

/// The weights of a product, `[depth, columns]`, with a bias for each column. In pieces by columns where
/// one buffer would be larger than the adapter allows.
pub(crate) struct Matrix {
    pub pieces: Vec<Piece>,
    pub depth_quads: usize,
    pub quads: usize,
}

/// Some columns of a [`Matrix`].
pub(crate) struct Piece {
    pub weights: wgpu::Buffer,
    pub bias: wgpu::Buffer,
    pub first_quad: usize,
    pub quads: usize,
}

/// Rows that are looked up by number, in pieces where one buffer would be too large.
pub(crate) struct Table {
    /// Each with the number of its first row, and how many it has.
    pub pieces: Vec<(wgpu::Buffer, usize, usize)>,
    pub quads: usize,
}

/// The kernels of a depthwise convolution, f32 in every precision: `[positions, channels]` with a bias for each channel.
pub(crate) struct Taps {
    pub weights: wgpu::Buffer,
    pub bias: wgpu::Buffer,
    pub quads: usize,
}

/// Scale and shift of a layer normalisation.
pub(crate) struct Norm {
    pub affine: wgpu::Buffer,
    pub epsilon: f32,
}

impl Matrix {
    /// From `weight` `[columns, depth]`, as checkpoints have it, and `bias` `[columns]` or nothing.
    /// `name` is for errors and debuggers.
    pub fn upload(gpu: &Gpu, name: &str, depth: usize, weight: &[f32], bias: &[f32]) -> Result<Self> {
        let columns = weight.len() / depth;
        let (depth_quads, quads) = (depth.div_ceil(4), columns.div_ceil(4));
        let bytes_per_quad = 4 * depth_quads * 4 * gpu.precision.bytes();
        let fitting = gpu.largest_binding() as usize / bytes_per_quad;
        if fitting == 0 {
            let (needed, allowed) = (bytes_per_quad as u64, gpu.largest_binding());
            return Err(Error::Limit { what: "bytes per buffer", needed, allowed });
        }
        let mut pieces = Vec::new();
        for first_quad in (0..quads).step_by(fitting) {
            let piece_quads = fitting.min(quads - first_quad);
            let range = 4 * first_quad..columns.min(4 * (first_quad + piece_quads));
            let turned = turned(&weight[range.start * depth..range.end * depth], depth, piece_quads);
            let mut shift = bias.get(range).unwrap_or_default().to_vec();
            shift.resize(4 * piece_quads, 0.0);
            pieces.push(Piece {
                weights: gpu.upload(name, &gpu.precision.store(name, &turned)?)?,
                bias: gpu.upload(name, bytemuck::cast_slice(&shift))?,
                first_quad,
                quads: piece_quads,
            });
        }
        Ok(Self { pieces, depth_quads, quads })
    }
}

impl Matrix {
    /// The same, its columns after `quads` others in the rows that it makes.
    pub fn after(mut self, quads: usize) -> Self {
        self.pieces.iter_mut().for_each(|piece| piece.first_quad += quads);
        self.quads += quads;
        self
    }
}

/// `[columns, depth]` to `[depth, columns]`, both filled up with zeros to whole quads. In blocks, so that
/// neither side is walked through at full stride.
fn turned(weight: &[f32], depth: usize, quads: usize) -> Vec<f32> {
    const BLOCK: usize = 32;
    let stride = 4 * quads;
    let mut turned = vec![0.0; depth.next_multiple_of(4) * stride];
    for first in (0..depth).step_by(BLOCK) {
        for (column, values) in weight.chunks_exact(depth).enumerate() {
            for k in first..depth.min(first + BLOCK) {
                turned[k * stride + column] = values[k];
            }
        }
    }
    turned
}

impl Table {
    /// From `values` `[rows, columns]`; columns are a multiple of 4.
    pub fn upload(gpu: &Gpu, name: &str, columns: usize, values: &[f32]) -> Result<Self> {
        let bytes_per_row = columns * gpu.precision.bytes();
        let fitting = gpu.largest_binding() as usize / bytes_per_row;
        if fitting == 0 {
            let (needed, allowed) = (bytes_per_row as u64, gpu.largest_binding());
            return Err(Error::Limit { what: "bytes per buffer", needed, allowed });
        }
        let upload = |(n, piece): (usize, &[f32])| {
            let buffer = gpu.upload(name, &gpu.precision.store(name, piece)?)?;
            Ok((buffer, n * fitting, piece.len() / columns))
        };
        let pieces = values.chunks(fitting * columns).enumerate().map(upload).collect::<Result<_>>()?;
        Ok(Self { pieces, quads: columns / 4 })
    }
}

impl Taps {
    /// From `weight` `[channels, positions]`, as checkpoints have it, and `bias` `[channels]`.
    pub fn upload(gpu: &Gpu, name: &str, weight: &[f32], bias: &[f32]) -> Result<Self> {
        let (channels, quads) = (bias.len(), bias.len().div_ceil(4));
        let mut shift = bias.to_vec();
        shift.resize(4 * quads, 0.0);
        Ok(Self {
            weights: gpu
                .upload(name, bytemuck::cast_slice(&turned(weight, weight.len() / channels, quads)))?,
            bias: gpu.upload(name, bytemuck::cast_slice(&shift))?,
            quads,
        })
    }
}

impl Norm {
    /// From scale and shift, `[columns]` each; columns are a multiple of 4.
    pub fn upload(gpu: &Gpu, name: &str, scale: &[f32], shift: &[f32], epsilon: f32) -> Result<Self> {
        let affine = gpu.upload(name, bytemuck::cast_slice(&[scale, shift].concat()))?;
        Ok(Self { affine, epsilon })
    }
}

impl Rows {
    /// Bytes of so many rows.
    pub fn bytes(rows: usize, quads: usize) -> u64 {
        16 * rows as u64 * quads as u64
    }

    /// A buffer of its own, zeroed.
    #[cfg(test)]
    pub fn new(gpu: &Gpu, rows: usize, columns: usize) -> Result<Self> {
        let quads = columns.div_ceil(4);
        Ok(Self { buffer: gpu.buffer("rows", Self::bytes(rows, quads), STORAGE)?, rows, quads })
    }
}

/// Buffers for what lies between two kernels, by the part that they play. Each grows to the largest that
/// was asked for, and is used again by every layer and every batch.
#[derive(Default)]
pub(crate) struct Workspace(std::collections::BTreeMap<&'static str, wgpu::Buffer>);

impl Workspace {
    /// `rows` rows of `columns` values. What is in them is left from an earlier use.
    pub fn rows(&mut self, gpu: &Gpu, part: &'static str, rows: usize, columns: usize) -> Result<Rows> {
        let quads = columns.div_ceil(4);
        let buffer = self.buffer(gpu, part, Rows::bytes(rows, quads), STORAGE)?;
        Ok(Rows { buffer, rows, quads })
    }

    /// Bytes of all buffers.
    pub fn bytes(&self) -> u64 {
        self.0.values().map(wgpu::Buffer::size).sum()
    }

    /// A buffer of at least `bytes`.
    pub fn buffer(
        &mut self,
        gpu: &Gpu,
        part: &'static str,
        bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<wgpu::Buffer> {
        match self.0.get(part) {
            Some(buffer) if buffer.size() >= bytes => Ok(buffer.clone()),
            _ => {
                let buffer = gpu.buffer(part, bytes, usage)?;
                self.0.insert(part, buffer.clone());
                Ok(buffer)
            }
        }
    }
}
