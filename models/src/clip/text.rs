//! The text tower: a transformer, read at one position.

use candle_core::{Device, IndexOp, Result, Tensor, bail};
use candle_nn::{LayerNorm, Module, VarBuilder, layer_norm};

use super::transformer::TransformerEncoder;
use crate::config::{TextConfig, TextReading};

/// Files written before transformers 4.31 name 2 as the end token, and are read at the largest id.
const LEGACY_END_TOKEN: u32 = 2;

pub(super) struct TextTower {
    token_embedding: Tensor,
    position_embedding: Tensor,
    encoder: TransformerEncoder,
    final_layer_norm: LayerNorm,
    reading: TextReading,
    end_token: u32,
}

impl TextTower {
    pub fn new(config: &TextConfig, weights: &VarBuilder<'_>) -> Result<Self> {
        let (hidden, embeddings) = (config.hidden_size, weights.pp("embeddings"));
        let positions = config.max_position_embeddings;
        Ok(Self {
            token_embedding: embeddings.get((config.vocab_size, hidden), "token_embedding.weight")?,
            position_embedding: embeddings.get((positions, hidden), "position_embedding.weight")?,
            encoder: TransformerEncoder::new(&config.transformer(), &weights.pp("encoder"))?,
            final_layer_norm: layer_norm(hidden, config.layer_norm_eps, weights.pp("final_layer_norm"))?,
            reading: config.reading,
            end_token: config.eos_token_id,
        })
    }

    /// Returns `[batch, hidden]`: each text where it is read. Computed only up to the longest text of the batch: in
    /// a causal tower what follows the end token cannot reach it. In another one all texts have one length.
    pub fn forward(&self, ids: &[Vec<u32>], device: &Device) -> Result<Tensor> {
        let longest = ids.iter().map(Vec::len).max().unwrap_or(0);
        let mask = match self.reading {
            TextReading::EndToken => {
                Some(causal_mask(longest, device)?.to_dtype(self.token_embedding.dtype())?)
            }
            TextReading::LastPosition if ids.iter().all(|ids| ids.len() == longest) => None,
            TextReading::LastPosition => bail!("texts of a tower without a causal mask have one length"),
            TextReading::Mean => bail!("a mean is read in RoBERTa's tower"),
        };
        let padded: Vec<u32> =
            ids.iter().flat_map(|ids| (0..longest).map(|n| ids.get(n).copied().unwrap_or(0))).collect();
        let padded = Tensor::from_vec(padded, ids.len() * longest, device)?;
        let hidden = self.token_embedding.dim(1)?;
        let words = self.token_embedding.index_select(&padded, 0)?.reshape((ids.len(), longest, hidden))?;
        let x = words.broadcast_add(&self.position_embedding.i(..longest)?)?;
        let x = self.encoder.forward(&x, mask.as_ref())?;
        let ends: Vec<Tensor> = ids
            .iter()
            .enumerate()
            .map(|(n, ids)| x.i((n, read_position(self.reading, self.end_token, ids))))
            .collect::<Result<_>>()?;
        self.final_layer_norm.forward(&Tensor::stack(&ends, 0)?)
    }
}

/// Where a text is read.
pub(crate) fn read_position(reading: TextReading, end_token: u32, ids: &[u32]) -> usize {
    match reading {
        TextReading::EndToken => end_position(end_token, ids),
        TextReading::LastPosition | TextReading::Mean => ids.len().saturating_sub(1),
    }
}

/// Where CLIP's text is read: at its first end token, or at its last one if it has none.
fn end_position(end_token: u32, ids: &[u32]) -> usize {
    let end = if end_token == LEGACY_END_TOKEN { ids.iter().max().copied().unwrap_or(0) } else { end_token };
    ids.iter().position(|id| *id == end).unwrap_or(ids.len().saturating_sub(1))
}

/// `[positions, positions]`: 0 where a position may look (itself and what came before), −∞ elsewhere.
fn causal_mask(positions: usize, device: &Device) -> Result<Tensor> {
    let mask: Vec<f32> = (0..positions)
        .flat_map(|to| (0..positions).map(move |from| if from > to { f32::NEG_INFINITY } else { 0.0 }))
        .collect();
    Tensor::from_vec(mask, (positions, positions), device)
}
