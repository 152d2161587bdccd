//! CLIP's vision transformer over packed weights, SigLIP's and DINOv2's.

use knytt_kernels::{Epilogue, LayerNorm, Linear, Rows, Sequence, ThreadTeam};

use super::attention_pooling::AttentionPooling;
use super::source::Source;
use super::transformer::PackedEncoder;
use crate::config::{ViTConfig, ViTKind};
use crate::error::Result;

pub(super) struct PackedViT {
    patch_embedding: Linear,
    /// `[positions, hidden]`. The class embedding is added to the row of its position, the patch embedding's bias to
    /// the rows of patches.
    positions: Vec<f32>,
    encoder: PackedEncoder,
    post_norm: LayerNorm,
    reading: Reading,
    side: usize,
    patch: usize,
    rows: Rows,
    patches: Vec<f32>,
    x: Vec<f32>,
}

/// Where a picture is read.
enum Reading {
    /// At a class position, before the patches. CLIP normalises all positions before the first layer, DINOv2 does not.
    ClassPosition { pre_norm: Option<LayerNorm> },
    /// By one query that asks all patches.
    Attention(Box<AttentionPooling>),
}

impl PackedViT {
    pub fn new(config: &ViTConfig, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (hidden, patch, epsilon) = (config.hidden_size, config.patch_size, config.layer_norm_eps);
        let embeddings = format!("{prefix}.embeddings");
        let positions = positions(config, &embeddings, source)?;
        let name = format!("{embeddings}.patch_embedding");
        let shape = [hidden, 3 * patch * patch];
        let patch_embedding = source.packed(&name, source.precision, shape, |source| {
            Ok((source.values(&format!("{name}.weight"), &[hidden, 3, patch, patch])?, None))
        })?;
        Ok(Self {
            patch_embedding,
            positions,
            encoder: PackedEncoder::new(&config.transformer(), false, &format!("{prefix}.encoder"), source)?,
            post_norm: source.norm(&format!("{prefix}.post_layernorm"), hidden, epsilon)?,
            reading: if config.pools_by_attention() {
                let head = format!("{prefix}.head");
                Reading::Attention(Box::new(AttentionPooling::new(&config.transformer(), &head, source)?))
            } else {
                let norms_first = config.kind() == Some(ViTKind::Clip);
                let name = format!("{prefix}.pre_layrnorm");
                let pre_norm = norms_first.then(|| source.norm(&name, hidden, epsilon)).transpose()?;
                Reading::ClassPosition { pre_norm }
            },
            side: config.image_size,
            patch,
            rows: Rows::new(source.isa, source.precision),
            patches: Vec::new(),
            x: Vec::new(),
        })
    }

    /// `pixels`: `[batch, 3, side, side]`. Returns `[batch, hidden]`: the class position after the last
    /// layer, normalised, or what the attention pooling gives.
    pub fn forward(&mut self, team: &ThreadTeam, pixels: &[f32]) -> Vec<f32> {
        let batch = pixels.len() / (3 * self.side * self.side);
        self.unfold(pixels);
        self.x.clear();
        (0..batch).for_each(|_| self.x.extend_from_slice(&self.positions));
        let add = Epilogue { add: true, ..Epilogue::default() };
        let patches = self.rows.prepare(team, &self.patches, 3 * self.patch * self.patch);
        self.patch_embedding.forward(team, patches, add, &mut self.x);
        let length = self.positions.len() / self.post_norm.weight.len();
        let sequences = |only| (0..batch).map(move |n| Sequence { start: n * length, length, only });
        match &mut self.reading {
            Reading::ClassPosition { pre_norm } => {
                let isa = self.encoder.isa();
                let mut normalised = Vec::new();
                let x = match pre_norm {
                    Some(norm) => {
                        normalised.resize(self.x.len(), 0.0);
                        norm.forward(isa, &self.x, &mut normalised);
                        &mut normalised
                    }
                    None => &mut self.x,
                };
                self.encoder.forward(team, x, &sequences(Some(0)).collect::<Vec<_>>());
                let mut pooled = vec![0.0; x.len()];
                self.post_norm.forward(isa, x, &mut pooled);
                pooled
            }
            Reading::Attention(pooling) => {
                self.encoder.forward(team, &mut self.x, &sequences(None).collect::<Vec<_>>());
                let normalised = self.rows.normalise(team, &self.x, &self.post_norm);
                pooling.forward(team, normalised, &sequences(Some(0)).collect::<Vec<_>>())
            }
        }
    }

    /// A convolution whose stride is its kernel reads every pixel of a patch once, so it is a product over patches:
    /// `[batch · positions, 3 · patch · patch]`. The class position's row, if there is one, is zero, so that what
    /// the product adds to is the whole sequence.
    fn unfold(&mut self, pixels: &[f32]) {
        let (side, patch) = (self.side, self.patch);
        let (across, depth) = (side / patch, 3 * patch * patch);
        self.patches.clear();
        for picture in pixels.chunks_exact(3 * side * side) {
            if matches!(self.reading, Reading::ClassPosition { .. }) {
                self.patches.resize(self.patches.len() + depth, 0.0);
            }
            for (row, column) in (0..across).flat_map(|row| (0..across).map(move |column| (row, column))) {
                for line in
                    (0..3).flat_map(|channel| (0..patch).map(move |y| channel * side + row * patch + y))
                {
                    let from = line * side + column * patch;
                    self.patches.extend_from_slice(&picture[from..from + patch]);
                }
            }
        }
    }
}

/// What is added to the products of the patches: `[positions, hidden]`.
fn positions(config: &ViTConfig, embeddings: &str, source: &Source<'_>) -> Result<Vec<f32>> {
    let hidden = config.hidden_size;
    let add =
        |row: &mut [f32], values: &[f32]| row.iter_mut().zip(values).for_each(|(row, value)| *row += value);
    let name = format!("{embeddings}.position_embedding.weight");
    let mut positions = source.values(&name, &[config.positions(), hidden])?;
    let (class, patches) = positions.split_at_mut((config.positions() - config.patches()) * hidden);
    if !class.is_empty() {
        add(class, &source.values(&format!("{embeddings}.class_embedding"), &[hidden])?);
    }
    if config.kind() != Some(ViTKind::Clip) {
        let bias = source.values(&format!("{embeddings}.patch_embedding.bias"), &[hidden])?;
        patches.chunks_exact_mut(hidden).for_each(|patch| add(patch, &bias));
    }
    Ok(positions)
}
