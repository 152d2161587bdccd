//! CLIP and SigLIP: an image tower and a text tower that meet in one space; and DINOv2, an image tower alone.
//!
//! Follows transformers' `modeling_clip.py`, `modeling_siglip.py`, `modeling_dinov2.py` and `modeling_xlm_roberta.py`
//! (5.23); names of tensors are those of the checkpoints of the first two, and the others' are converted to CLIP's.

mod attention_pooling;
mod conv;
mod efficientnet;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]
mod efficientnet_parity;
mod images;
mod packed;
mod resnet;
mod roberta;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]
mod siglip_parity;
mod text;
mod transformer;
mod vit;

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear, linear_no_bias};

use self::images::ImageEncoder;
use self::roberta::Roberta;
use self::text::TextTower;
use crate::config::{Config, TextConfig, TextReading};

pub(crate) use self::packed::{Cache, Maps, PackedClip, PackedConv, Source};
#[cfg(feature = "wgpu")]
pub(crate) use self::text::read_position;

/// Both towers with their projections, weights loaded.
pub(crate) struct Clip {
    images: ImageEncoder,
    texts: Option<TextEncoder>,
    image_size: usize,
    /// In what it computes: f32 or f16.
    dtype: DType,
}

/// The text tower with its projection.
enum TextEncoder {
    /// Read at one position.
    AtPosition { tower: TextTower, projection: Linear },
    /// Read by the mean of all.
    Mean(Roberta),
}

impl Clip {
    /// Every tensor must be in `weights`, in the shape that `config` implies.
    pub fn new(config: &Config, weights: &VarBuilder<'_>) -> Result<Self> {
        let text = config.text_config.as_ref();
        Ok(Self {
            images: ImageEncoder::new(&config.vision_config, config.projection_dim, weights)?,
            texts: text.map(|text| TextEncoder::new(text, config.projection_dim, weights)).transpose()?,
            image_size: config.vision_config.image_size(),
            dtype: weights.dtype(),
        })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension + instance dimension]`, f32, neither part of unit norm yet.
    pub fn encode_images(&self, pixels: &[f32], device: &Device) -> Result<Tensor> {
        let side = self.image_size;
        let batch = pixels.len() / (3 * side * side);
        let pixels = Tensor::from_slice(pixels, (batch, 3, side, side), device)?;
        self.images.forward(&pixels.to_dtype(self.dtype)?)?.to_dtype(DType::F32)
    }

    /// `ids`: token ids of each text, begin and end token included. Returns `[batch, dimension]`,
    /// f32, not yet of unit norm; `None` without a text tower.
    pub fn encode_texts(&self, ids: &[Vec<u32>], device: &Device) -> Result<Option<Tensor>> {
        let encode = |texts: &TextEncoder| texts.forward(ids, device)?.to_dtype(DType::F32);
        self.texts.as_ref().map(encode).transpose()
    }
}

impl TextEncoder {
    fn new(text: &TextConfig, dimension: usize, weights: &VarBuilder<'_>) -> Result<Self> {
        let (from, model) = (text.hidden_size, weights.pp("text_model"));
        let projection = match text.reading {
            TextReading::Mean => return Roberta::new(text, dimension, &model).map(Self::Mean),
            TextReading::EndToken => linear_no_bias(from, dimension, weights.pp("text_projection"))?,
            TextReading::LastPosition => linear(from, dimension, model.pp("head"))?,
        };
        Ok(Self::AtPosition { tower: TextTower::new(text, &model)?, projection })
    }

    fn forward(&self, ids: &[Vec<u32>], device: &Device) -> Result<Tensor> {
        match self {
            Self::AtPosition { tower, projection } => projection.forward(&tower.forward(ids, device)?),
            Self::Mean(roberta) => roberta.forward(ids, device),
        }
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

    /// On any adapter, software too; `KNYTT_GPU` is its number.
    #[cfg(feature = "wgpu")]
    fn on_gpu(bundle: &Bundle) -> crate::model::Model {
        let number = std::env::var("KNYTT_GPU").ok().and_then(|number| number.parse().ok()).unwrap_or(0);
        let device = crate::device::Device::Gpu(Some(number));
        bundle.load(&crate::options::Options { device, ..Default::default() }).unwrap()
    }

    #[test]
    fn the_starters_embeddings_are_those_of_its_reference() {
        let golden = safetensors::load_buffer(GOLDEN, &Device::Cpu).unwrap();
        let bundle = Bundle::starter().unwrap();
        let mut models = vec![bundle.load_plain(DType::F32).unwrap()];
        models.extend(
            Isa::available().into_iter().map(|isa| bundle.load_packed(isa, Precision::F32, 2, None).unwrap()),
        );
        #[cfg(feature = "wgpu")]
        models.push(on_gpu(&bundle));

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
        let ids: Vec<Vec<u32>> =
            texts.iter().map(|text| bundle.words().unwrap().ids(text).unwrap()).collect();
        for (n, ids) in ids.iter().enumerate() {
            let expected = golden[&format!("ids_{n}")].to_vec1::<i64>().unwrap();
            assert!(ids.iter().map(|id| i64::from(*id)).eq(expected), "{}", texts[n]);
        }
        for model in &mut models {
            assert_close(&tensor(model.texts(&ids, dimension).unwrap()), &golden["text_embeds"]);
        }
    }
}
