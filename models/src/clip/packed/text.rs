//! The text tower over packed weights: texts of different lengths lie one after the other, unpadded.

use knytt_kernels::{LayerNorm, Sequence, ThreadTeam};

use super::source::{Source, Table};
use super::transformer::PackedEncoder;
use crate::clip::text::read_position;
use crate::config::{TextConfig, TextReading};
use crate::error::Result;

pub(super) struct PackedTextTower {
    tokens: Table,
    /// `[positions, hidden]`
    positions: Vec<f32>,
    encoder: PackedEncoder,
    final_norm: LayerNorm,
    reading: TextReading,
    end_token: u32,
}

impl PackedTextTower {
    pub fn new(config: &TextConfig, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (hidden, embeddings) = (config.hidden_size, format!("{prefix}.embeddings"));
        let positions = [config.max_position_embeddings, hidden];
        let is_causal = config.reading == TextReading::EndToken;
        let norm = format!("{prefix}.final_layer_norm");
        Ok(Self {
            tokens: source
                .table(&format!("{embeddings}.token_embedding.weight"), [config.vocab_size, hidden])?,
            positions: source.values(&format!("{embeddings}.position_embedding.weight"), &positions)?,
            encoder: PackedEncoder::new(
                &config.transformer(),
                is_causal,
                &format!("{prefix}.encoder"),
                source,
            )?,
            final_norm: source.norm(&norm, hidden, config.layer_norm_eps)?,
            reading: config.reading,
            end_token: config.eos_token_id,
        })
    }

    /// Returns `[batch, hidden]`: each text where it is read, normalised. What follows that position is not
    /// computed: in a causal tower it cannot reach it, and in another one nothing follows.
    pub fn forward(&mut self, team: &ThreadTeam, ids: &[Vec<u32>]) -> Result<Vec<f32>> {
        let hidden = self.final_norm.weight.len();
        let (mut x, mut sequences) = (Vec::new(), Vec::new());
        for ids in ids {
            let (start, length) = (x.len() / hidden, read_position(self.reading, self.end_token, ids) + 1);
            sequences.push(Sequence { start, length, only: Some(length - 1) });
            x.extend_from_slice(&self.positions[..length * hidden]);
            for (row, id) in x[start * hidden..].chunks_exact_mut(hidden).zip(ids) {
                self.tokens.add_row(*id as usize, row)?;
            }
        }
        self.encoder.forward(team, &mut x, &sequences);
        let mut pooled = vec![0.0; x.len()];
        self.final_norm.forward(self.encoder.isa(), &x, &mut pooled);
        Ok(pooled)
    }
}
