//! What is read of feature maps: means, and deviations, of their channels; and the layers over them.

use crate::error::Result;
use crate::gpu::Gpu;
use crate::plan::{Epilogue, Nonlinearity, Planner};
use crate::rows::{Matrix, Rows, Workspace};
use crate::tensors::Tensors;

/// Where the moments of a picture's maps lie in a row: of each map the means and then the deviations, each from a whole
/// quad on; or the means of the last map alone.
pub(crate) struct Moments {
    /// Channels of the maps that are read.
    channels: Vec<usize>,
    reads_all: bool,
}

/// Two layers over the moments of all maps.
pub(crate) struct MomentsHead {
    hidden: Matrix,
    out: Matrix,
    /// Values between the layers.
    size: usize,
}

/// A row of moments that is being filled, map by map.
pub(crate) struct Reading<'a> {
    moments: &'a Moments,
    rows: Rows,
    first_quad: usize,
    maps: usize,
}

impl Moments {
    /// `channels`: of all maps; `reads_all`: whether more than the means of the last one is read.
    pub fn new(channels: Vec<usize>, reads_all: bool) -> Self {
        Self { channels, reads_all }
    }

    fn last(&self) -> usize {
        self.channels.last().copied().unwrap_or(0)
    }

    /// Quads of a row.
    pub fn quads(&self) -> usize {
        match self.reads_all {
            true => 2 * self.channels.iter().map(|channels| channels.div_ceil(4)).sum::<usize>(),
            false => self.last().div_ceil(4),
        }
    }

    /// The matrix that makes `dimension` values of the last map's means, wherever they are.
    pub fn projection(&self, gpu: &Gpu, dimension: usize, tensors: &Tensors<'_>) -> Result<Matrix> {
        let (last, depth) = (self.last(), 4 * self.quads());
        let weight = tensors.get("weight", &[dimension, last])?;
        let means = if self.reads_all { depth - 2 * last.next_multiple_of(4) } else { 0 };
        let mut spread = vec![0.0; dimension * depth];
        for (row, values) in spread.chunks_exact_mut(depth).zip(weight.chunks_exact(last)) {
            row[means..means + last].copy_from_slice(values);
        }
        Matrix::upload(gpu, &tensors.path("weight"), depth, &spread, &[])
    }

    /// Two layers over all moments, `size` values between them. They write the `dimension` values that they make from
    /// `first_quad` of a row on.
    pub fn head(
        &self,
        gpu: &Gpu,
        (size, dimension): (usize, usize),
        first_quad: usize,
        [hidden, out]: &[Tensors<'_>; 2],
    ) -> Result<MomentsHead> {
        let maps = || self.channels.iter().flat_map(|&channels| [channels; 2]);
        let (moments, depth) = (maps().sum::<usize>(), 4 * self.quads());
        let weight = hidden.get("weight", &[size, moments])?;
        let spread: Vec<f32> = weight.chunks_exact(moments).flat_map(|row| in_quads(row, maps())).collect();
        let bias = hidden.get("bias", &[size])?;
        let weight = out.get("weight", &[dimension, size])?;
        let out = Matrix::upload(gpu, &out.path("weight"), size, &weight, &[])?;
        Ok(MomentsHead {
            hidden: Matrix::upload(gpu, &hidden.path("weight"), depth, &spread, &bias)?,
            out: out.after(first_quad),
            size,
        })
    }

    /// Begins to read the maps of `batch` pictures.
    pub fn read(&self, gpu: &Gpu, space: &mut Workspace, batch: usize) -> Result<Reading<'_>> {
        let rows = space.rows(gpu, "read normed", batch, 4 * self.quads())?;
        Ok(Reading { moments: self, rows, first_quad: 0, maps: 0 })
    }
}

impl Reading<'_> {
    /// Reads the next map, `[batch · pixels, channels]`.
    pub fn look(&mut self, planner: &mut Planner<'_>, map: &Rows) {
        self.maps += 1;
        let reads_all = self.moments.reads_all;
        if reads_all || self.maps == self.moments.channels.len() {
            planner.moments(map, &self.rows, self.first_quad, reads_all);
            self.first_quad += 2 * map.quads;
        }
    }

    /// The rows, of which all maps were read.
    pub fn finish(self) -> Rows {
        self.rows
    }
}

impl MomentsHead {
    /// From the moments of pictures to some columns of `output`.
    pub fn plan(
        &self,
        planner: &mut Planner<'_>,
        space: &mut Workspace,
        moments: &Rows,
        output: &Rows,
    ) -> Result<()> {
        let hidden = space.rows(planner.gpu, "wide", moments.rows, self.size)?;
        let relu = Epilogue { nonlinearity: Nonlinearity::Relu, ..Epilogue::default() };
        planner.matmul(moments, &self.hidden, &hidden, relu);
        planner.matmul(&hidden, &self.out, output, Epilogue::default());
        Ok(())
    }
}

/// `values` cut into `parts`, each of which begins a whole quad; what fills up its last one is zero.
pub(crate) fn in_quads(mut values: &[f32], parts: impl Iterator<Item = usize>) -> Vec<f32> {
    let mut spread = Vec::new();
    for part in parts {
        let (these, rest) = values.split_at(part);
        spread.extend_from_slice(these);
        spread.resize(spread.len().next_multiple_of(4), 0.0);
        values = rest;
    }
    spread
}
