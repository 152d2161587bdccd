//! CLIP's vision transformer over packed weights.

use knytt_kernels::{Epilogue, LayerNorm, Linear, Rows, Sequence, ThreadTeam};

use super::source::Source;
use super::transformer::PackedEncoder;
use crate::config::ViTConfig;
use crate::error::Result;

pub(super) struct PackedViT {
    patch_embedding: Linear,
    /// `[positions, hidden]`, the class embedding added to the first row.
    positions: Vec<f32>,
    pre_norm: LayerNorm,
    encoder: PackedEncoder,
    post_norm: LayerNorm,
    side: usize,
    patch: usize,
    rows: Rows,
    patches: Vec<f32>,
    x: Vec<f32>,
}

impl PackedViT {
    pub fn new(config: &ViTConfig, prefix: &str, source: &mut Source<'_>) -> Result<Self> {
        let (hidden, patch, epsilon) = (config.hidden_size, config.patch_size, config.layer_norm_eps);
        let patches = (config.image_size / patch).pow(2);
        let embeddings = format!("{prefix}.embeddings");
        let mut positions =
            source.values(&format!("{embeddings}.position_embedding.weight"), &[patches + 1, hidden])?;
        let class = source.values(&format!("{embeddings}.class_embedding"), &[hidden])?;
        positions.iter_mut().zip(class).for_each(|(position, class)| *position += class);
        let name = format!("{embeddings}.patch_embedding");
        let shape = [hidden, 3 * patch * patch];
        let patch_embedding = source.packed(&name, source.precision, shape, |source| {
            Ok((source.values(&format!("{name}.weight"), &[hidden, 3, patch, patch])?, None))
        })?;
        Ok(Self {
            patch_embedding,
            positions,
            pre_norm: source.norm(&format!("{prefix}.pre_layrnorm"), hidden, epsilon)?,
            encoder: PackedEncoder::new(&config.transformer(), false, &format!("{prefix}.encoder"), source)?,
            post_norm: source.norm(&format!("{prefix}.post_layernorm"), hidden, epsilon)?,
            side: config.image_size,
            patch,
            rows: Rows::new(source.isa, source.precision),
            patches: Vec::new(),
            x: Vec::new(),
        })
    }

    /// `pixels`: `[batch, 3, side, side]`. Returns `[batch, hidden]`: the class position after the last
    /// layer, normalised.
    pub fn forward(&mut self, team: &ThreadTeam, pixels: &[f32]) -> Vec<f32> {
        let batch = pixels.len() / (3 * self.side * self.side);
        let isa = self.encoder.isa();
        self.unfold(pixels);
        self.x.clear();
        (0..batch).for_each(|_| self.x.extend_from_slice(&self.positions));
        let add = Epilogue { add: true, ..Epilogue::default() };
        let patches = self.rows.prepare(team, &self.patches, 3 * self.patch * self.patch);
        self.patch_embedding.forward(team, patches, add, &mut self.x);
        let mut x = vec![0.0; self.x.len()];
        self.pre_norm.forward(isa, &self.x, &mut x);
        let length = self.positions.len() / self.pre_norm.weight.len();
        let sequences: Vec<Sequence> =
            (0..batch).map(|n| Sequence { start: n * length, length, only: Some(0) }).collect();
        self.encoder.forward(team, &mut x, &sequences);
        let mut pooled = vec![0.0; x.len()];
        self.post_norm.forward(isa, &x, &mut pooled);
        pooled
    }

    /// A convolution whose stride is its kernel reads every pixel once, so it is a product over patches:
    /// `[batch · positions, 3 · patch · patch]`. The class position's row is zero, so that what the product
    /// adds to is the whole sequence.
    fn unfold(&mut self, pixels: &[f32]) {
        let (side, patch) = (self.side, self.patch);
        let (across, depth) = (side / patch, 3 * patch * patch);
        self.patches.clear();
        for picture in pixels.chunks_exact(3 * side * side) {
            self.patches.resize(self.patches.len() + depth, 0.0);
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
