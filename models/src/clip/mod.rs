//! CLIP: an image tower and a text tower that meet in one space.
//!
//! Follows transformers' `modeling_clip.py` (5.23); names of tensors are those of its checkpoints.

mod conv;
mod efficientnet;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]
mod efficientnet_parity;
mod packed;
mod resnet;
mod text;
mod transformer;
mod vit;

use candle_core::{Device, Result, Tensor, bail};
use candle_nn::{Linear, Module, VarBuilder, linear, linear_no_bias};

use self::efficientnet::EfficientNet;
use self::resnet::ResNet;
use self::text::TextTower;
use self::vit::ViT;
use crate::config::{Config, HeadShape, Projected, VisionConfig};

pub(crate) use self::packed::{Cache, PackedClip, Source};
#[cfg(feature = "wgpu")]
pub(crate) use self::text::end_position;

/// Both towers with their projections, weights loaded.
pub(crate) struct Clip {
    image_tower: ImageTower,
    visual_projection: VisualProjection,
    /// Tells one product from others of its kind. Only some bundles have it.
    instance_head: Option<MomentsHead>,
    text_tower: TextTower,
    text_projection: Linear,
    image_size: usize,
}

enum ImageTower {
    ViT(ViT),
    ResNet(ResNet),
    EfficientNet(EfficientNet),
}

impl Clip {
    /// Every tensor must be in `weights`, in the shape that `config` implies.
    pub fn new(config: &Config, weights: &VarBuilder<'_>) -> Result<Self> {
        let vision = weights.pp("vision_model");
        let image_tower = match &config.vision_config {
            VisionConfig::ViT(c) => ImageTower::ViT(ViT::new(c, &vision)?),
            VisionConfig::ResNet(c) => ImageTower::ResNet(ResNet::new(c, &vision)?),
            VisionConfig::EfficientNet(c) => ImageTower::EfficientNet(EfficientNet::new(c, &vision)?),
        };
        let text = &config.text_config;
        let instance_head = config.vision_config.instance_head();
        let instance_head =
            instance_head.map(|shape| MomentsHead::new(shape, weights.pp("identity_head"))).transpose()?;
        Ok(Self {
            instance_head,
            image_tower,
            visual_projection: VisualProjection::new(config, weights)?,
            text_tower: TextTower::new(text, &weights.pp("text_model"))?,
            text_projection: linear_no_bias(
                text.hidden_size,
                config.projection_dim,
                weights.pp("text_projection"),
            )?,
            image_size: config.vision_config.image_size(),
        })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension + instance dimension]`, f32, neither part of unit norm yet.
    pub fn encode_images(&self, pixels: &[f32], device: &Device) -> Result<Tensor> {
        let side = self.image_size;
        let batch = pixels.len() / (3 * side * side);
        let pixels = Tensor::from_slice(pixels, (batch, 3, side, side), device)?;
        let (pooled, moments) = match &self.image_tower {
            ImageTower::ViT(tower) => (tower.forward(&pixels)?, None),
            ImageTower::ResNet(tower) => tower.forward(&pixels).map(|(means, all)| (means, Some(all)))?,
            ImageTower::EfficientNet(tower) => {
                tower.forward(&pixels).map(|(means, all)| (means, Some(all)))?
            }
        };
        let embeddings = match (&self.visual_projection, &moments) {
            (VisualProjection::Moments(head), Some(moments)) => head.forward(moments)?,
            (VisualProjection::Moments(_), None) => {
                bail!("a tower without moments has a head that reads them")
            }
            (VisualProjection::Pooled(layer), _) => layer.forward(&pooled)?,
        };
        match self.instance_head.as_ref().zip(moments) {
            Some((head, moments)) => Tensor::cat(&[embeddings, head.forward(&moments)?], 1),
            None => Ok(embeddings),
        }
    }

    /// `ids`: token ids of each text, begin and end token included. Returns `[batch, dimension]`,
    /// f32, not yet of unit norm.
    pub fn encode_texts(&self, ids: &[Vec<u32>], device: &Device) -> Result<Tensor> {
        self.text_projection.forward(&self.text_tower.forward(ids, device)?)
    }
}

/// From the image tower to the space that pictures and words share.
enum VisualProjection {
    Pooled(Linear),
    Moments(MomentsHead),
}

impl VisualProjection {
    fn new(config: &Config, weights: &VarBuilder<'_>) -> Result<Self> {
        let (outputs, projection) = (config.projection_dim, weights.pp("visual_projection"));
        Ok(match config.vision_config.projected() {
            Projected::Pooled(pooled) => Self::Pooled(linear_no_bias(pooled, outputs, projection)?),
            Projected::Moments { moments, hidden } => Self::Moments(MomentsHead {
                hidden: linear(moments, hidden, weights.pp("visual_hidden"))?,
                out: linear_no_bias(hidden, outputs, projection)?,
            }),
        })
    }
}

/// Two layers over the moments of all maps.
struct MomentsHead {
    hidden: Linear,
    out: Linear,
}

impl MomentsHead {
    fn new(shape: HeadShape, weights: VarBuilder<'_>) -> Result<Self> {
        let HeadShape { moments, hidden, outputs } = shape;
        let out = linear_no_bias(hidden, outputs, weights.pp("out"))?;
        Ok(Self { hidden: linear(moments, hidden, weights.pp("hidden"))?, out })
    }

    /// `[batch, moments]` to `[batch, outputs]`.
    fn forward(&self, moments: &Tensor) -> Result<Tensor> {
        self.out.forward(&self.hidden.forward(moments)?.relu()?)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device, Tensor, safetensors};
    use knytt_kernels::{Isa, Precision};

    use crate::bundle::Bundle;

    /// What PyTorch computes from the starter's weights (`models/training/golden_starter.py`).
    const GOLDEN: &[u8] = include_bytes!("../../starter/golden.safetensors");

    fn assert_close(ours: &Tensor, theirs: &Tensor) {
        let unit = |t: &Tensor| t.broadcast_div(&t.sqr()?.sum_keepdim(1)?.sqrt()?);
        let (ours, theirs) = (unit(ours).unwrap(), unit(theirs).unwrap());
        let difference = (&ours - &theirs).unwrap().abs().unwrap().flatten_all().unwrap().max(0).unwrap();
        let difference: f32 = difference.to_scalar().unwrap();
        let cosines = (&ours * &theirs).unwrap().sum(1).unwrap().min(0).unwrap();
        let cosine: f32 = cosines.to_scalar().unwrap();
        assert!(difference <= 1e-4 && cosine >= 0.99999, "difference {difference}, cosine {cosine}");
    }

    fn tensor(rows: Vec<Vec<f32>>) -> Tensor {
        Tensor::new(rows, &Device::Cpu).unwrap()
    }

    #[test]
    fn the_starters_embeddings_are_those_of_its_reference() {
        let golden = safetensors::load_buffer(GOLDEN, &Device::Cpu).unwrap();
        let bundle = Bundle::starter().unwrap();
        let mut models = vec![bundle.load_plain(Device::Cpu).unwrap()];
        models.extend(
            Isa::available().into_iter().map(|isa| bundle.load_packed(isa, Precision::F32, 2, None).unwrap()),
        );

        let pixels = golden["pixels"].to_dtype(DType::F32).unwrap().flatten_all().unwrap();
        let pixels = pixels.to_vec1::<f32>().unwrap();
        let dimension = bundle.dimension();
        for model in &mut models {
            let rows = tensor(model.images(&pixels, bundle.image_width()).unwrap());
            let parts = ["image_embeds", "image_identities"].map(|name| &golden[name]);
            assert_close(&rows.narrow(1, 0, dimension).unwrap(), parts[0]);
            assert_close(
                &rows.narrow(1, dimension, bundle.instance_embedding_dimension()).unwrap(),
                parts[1],
            );
        }

        let (_, header) = ::safetensors::SafeTensors::read_metadata(GOLDEN).unwrap();
        let texts = &header.metadata().as_ref().unwrap()["texts"];
        let texts: Vec<String> = serde_json::from_str(texts).unwrap();
        let ids: Vec<Vec<u32>> = texts.iter().map(|text| bundle.words().ids(text).unwrap()).collect();
        for (n, ids) in ids.iter().enumerate() {
            let expected = golden[&format!("ids_{n}")].to_vec1::<i64>().unwrap();
            assert!(ids.iter().map(|id| i64::from(*id)).eq(expected), "{}", texts[n]);
        }
        for model in &mut models {
            assert_close(&tensor(model.texts(&ids, dimension).unwrap()), &golden["text_embeds"]);
        }
    }
}
