//! Layers after a tower. They run in f32 whatever the towers' precision: they are small, and their rounding errors go
//! into the result.

use knytt_kernels::{Activation, Epilogue, Linear, Precision, Rows, ThreadTeam};

use super::source::Source;
use crate::config::HeadShape;
use crate::error::Result;

/// From a tower's width to the dimension of embeddings.
pub(super) struct Projection {
    layer: Linear,
    rows: Rows,
}

/// Two layers over the moments of all maps.
pub(super) struct MomentsHead {
    hidden: Projection,
    out: Projection,
}

impl Projection {
    pub fn new(name: &str, shape: [usize; 2], source: &mut Source<'_>) -> Result<Self> {
        let layer = source.packed(name, Precision::F32, shape, |source| {
            Ok((source.values(&format!("{name}.weight"), &shape)?, None))
        })?;
        Ok(Self::from_layer(layer, source))
    }

    pub fn with_bias(name: &str, shape: [usize; 2], source: &mut Source<'_>) -> Result<Self> {
        let layer = source.packed(name, Precision::F32, shape, |source| {
            let bias = source.values(&format!("{name}.bias"), &shape[..1])?;
            Ok((source.values(&format!("{name}.weight"), &shape)?, Some(bias)))
        })?;
        Ok(Self::from_layer(layer, source))
    }

    fn from_layer(layer: Linear, source: &Source<'_>) -> Self {
        Self { layer, rows: Rows::new(source.isa, Precision::F32) }
    }

    /// `[rows, depth]` to `[rows, outputs]`.
    pub fn forward(&mut self, team: &ThreadTeam, pooled: &[f32]) -> Vec<f32> {
        self.activated(team, pooled, Activation::None)
    }

    /// Values of a row of results.
    pub fn outputs(&self) -> usize {
        self.layer.outputs()
    }

    /// The same, each result through a nonlinearity.
    pub fn activated(&mut self, team: &ThreadTeam, pooled: &[f32], activation: Activation) -> Vec<f32> {
        let rows = self.rows.prepare(team, pooled, self.layer.depth());
        let mut out = vec![0.0; rows.count() * self.layer.outputs()];
        self.layer.forward(team, rows, Epilogue { add: false, activation }, &mut out);
        out
    }
}

impl MomentsHead {
    /// The layers `hidden`, which has a bias, and `out`.
    pub fn new(hidden: &str, out: &str, shape: HeadShape, source: &mut Source<'_>) -> Result<Self> {
        let HeadShape { moments, hidden: width, outputs } = shape;
        Ok(Self {
            hidden: Projection::with_bias(hidden, [width, moments], source)?,
            out: Projection::new(out, [outputs, width], source)?,
        })
    }

    /// `[batch, moments]` to `[batch, outputs]`.
    pub fn forward(&mut self, team: &ThreadTeam, moments: &[f32]) -> Vec<f32> {
        let hidden = self.hidden.activated(team, moments, Activation::Relu);
        self.out.forward(team, &hidden)
    }

    /// Values of a row of results.
    pub fn outputs(&self) -> usize {
        self.out.outputs()
    }
}
