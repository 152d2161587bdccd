//! SigLIP's attention pooling: one learned query asks all patches of a picture.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::transformer::{Attention, FeedForward};
use crate::config::Transformer;

pub(super) struct AttentionPooling {
    /// `[1, 1, hidden]`
    probe: Tensor,
    attention: Attention,
    feed_forward: FeedForward,
}

impl AttentionPooling {
    pub fn new(shape: &Transformer, weights: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            probe: weights.get((1, 1, shape.hidden_size), "probe")?,
            attention: Attention::of_pytorch(shape, &weights.pp("attention"))?,
            feed_forward: FeedForward::new(shape, "layernorm", weights)?,
        })
    }

    /// `[batch, patches, hidden]` to `[batch, hidden]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (batch, _, hidden) = x.dims3()?;
        let probe = self.probe.broadcast_as((batch, 1, hidden))?.contiguous()?;
        self.feed_forward.forward(&self.attention.answer(&probe, x, None)?)?.squeeze(1)
    }
}
