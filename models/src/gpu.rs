//! A bundle on any GPU, by `knytt-gpu`.

use candle_core::{DType, Device as Candle};
use candle_nn::VarBuilder;
use knytt_gpu::{
    Activation as Nonlinearity, Adapter, ImageShape, InstanceShape, InvertedStageShape, Shape, StageShape,
    TextShape, TowerShape, TransformerShape,
};

use crate::clip::read_position;
use crate::config::{
    Activation, Config, MbConvStage, TextConfig, TextReading, TowerConfig, TowersConfig, Transformer,
    ViTConfig, ViTKind, VisionConfig,
};
use crate::device::Device;
use crate::error::{Error, Result, without_backtrace};
use crate::options::{Options, Precision};

/// A bundle's towers on a GPU.
pub(crate) struct OnGpu {
    clip: knytt_gpu::Clip,
    device: Device,
    /// Where texts are read; nothing in a model that knows pictures only.
    reading: Option<(TextReading, u32)>,
}

impl OnGpu {
    /// Uploads the weights, the bytes of a safetensors file; `options.device` is `Gpu(adapter)`.
    ///
    /// # Errors
    /// [`Error::Device`] if there is no such GPU, or not in that precision; [`Error::DeviceFailed`] if it failed, or has
    /// no kernels for the model, so that the processor may take over.
    pub fn load(config: &Config, weights: &[u8], adapter: Option<usize>, options: &Options) -> Result<Self> {
        let shape = shape(config).ok_or_else(|| Error::DeviceFailed {
            device: options.device.to_string(),
            reason: "the GPU has no kernels for an image tower of this kind".into(),
        })?;
        let reading = config.text_config.as_ref().map(|text| (text.reading, text.eos_token_id));
        let weights = VarBuilder::from_slice_safetensors(weights, DType::F32, &Candle::Cpu)
            .map_err(|e| Error::Weights(without_backtrace(&e)))?;
        let tensor = |name: &str, shape: &[usize]| {
            let tensor = weights.get(shape, name).and_then(|t| t.flatten_all()?.to_vec1());
            tensor.map_err(|e| without_backtrace(&e))
        };
        let device = options.device;
        let options = knytt_gpu::Options {
            adapter,
            precision: precision(options, adapter)?,
            pipeline_cache: options.cache.clone(),
        };
        let clip = knytt_gpu::Clip::open(shape, &tensor, &options).map_err(|e| on(device, &e))?;
        Ok(Self { clip, device, reading })
    }

    /// `pixels`: `[batch, 3, height, width]`, f32, RGB, normalised, as one slice. Returns
    /// `[batch, dimension + instance dimension]`, neither part of unit norm yet.
    pub fn encode_images(&mut self, pixels: &[f32]) -> Result<Vec<f32>> {
        self.clip.encode_images(pixels).map_err(|e| on(self.device, &e))
    }

    /// `ids`: token ids of each text, begin and end token included. Returns `[batch, dimension]`, not yet of
    /// unit norm.
    ///
    /// # Errors
    /// [`Error::PicturesOnly`] without a text tower; else the device's.
    pub fn encode_texts(&mut self, ids: &[Vec<u32>]) -> Result<Vec<f32>> {
        let (reading, end_token) = self.reading.ok_or(Error::PicturesOnly)?;
        // Under a causal mask what follows the end token changes nothing; without one nothing follows what is read.
        let texts: Vec<&[u32]> =
            ids.iter().map(|ids| &ids[..=read_position(reading, end_token, ids)]).collect();
        self.clip.encode_texts(&texts).map_err(|e| on(self.device, &e))
    }
}

/// Of the sixteen bits that there are, GPUs have f16; those that only store it calculate in f32.
fn precision(options: &Options, adapter: Option<usize>) -> Result<knytt_gpu::Precision> {
    let device = options.device;
    let has_f16 = || Adapter::find(adapter).map(|adapter| adapter.has_f16).map_err(|e| on(device, &e));
    match options.precision {
        Precision::Auto | Precision::F32 => Ok(knytt_gpu::Precision::F32),
        Precision::Bf16 if options.f16_weights_alone => Ok(knytt_gpu::Precision::F16Weights),
        Precision::Bf16 if has_f16()? => Ok(knytt_gpu::Precision::F16),
        Precision::Bf16 => Ok(knytt_gpu::Precision::F16Weights),
        Precision::Int8 => Err(Error::Device {
            device: device.to_string(),
            reason: "not in eight bits; ask for f32 or bf16".into(),
        }),
    }
}

/// What happened on `device`.
fn on(device: Device, error: &knytt_gpu::Error) -> Error {
    let reason = error.to_string();
    match error {
        knytt_gpu::Error::Tensor { .. } => Error::Weights(reason),
        // The processor has kernels for every model.
        knytt_gpu::Error::Shape(_) => Error::DeviceFailed { device: device.to_string(), reason },
        _ if error.is_of_the_device() => Error::DeviceFailed { device: device.to_string(), reason },
        _ => Error::Device { device: device.to_string(), reason },
    }
}

/// The architecture in the words of the kernels; nothing if they do not compute it.
fn shape(config: &Config) -> Option<Shape> {
    let vision = &config.vision_config;
    Some(Shape {
        dimension: config.projection_dim,
        image_size: vision.image_size(),
        image: match vision {
            VisionConfig::Towers(towers) => ImageShape::SideBySide(side_by_side(towers)?),
            one => image_shape(one)?,
        },
        text: config.text_config.as_ref().map(text_shape),
    })
}

fn side_by_side(config: &TowersConfig) -> Option<Vec<TowerShape>> {
    let tower = |tower: &TowerConfig| {
        Some(TowerShape {
            dimension: tower.projection_dim,
            image_size: tower.vision.image_size(),
            image: image_shape(&tower.vision)?,
        })
    };
    config.towers.iter().map(tower).collect()
}

/// The text tower in the words of the kernels.
fn text_shape(config: &TextConfig) -> TextShape {
    let reading = match config.reading {
        TextReading::EndToken => knytt_gpu::TextReading::EndToken,
        TextReading::LastPosition => knytt_gpu::TextReading::LastPosition,
        TextReading::Mean => knytt_gpu::TextReading::Mean { hidden: config.projection_hidden_size },
    };
    TextShape {
        reading,
        vocabulary: config.vocab_size,
        positions: config.max_position_embeddings,
        transformer: layers(&config.transformer()),
    }
}

/// One image tower in the words of the kernels; nothing if they do not know its kind.
fn image_shape(config: &VisionConfig) -> Option<ImageShape> {
    let instance =
        config.instance_head().map(|head| InstanceShape { hidden: head.hidden, dimension: head.outputs });
    Some(match config {
        VisionConfig::ViT(vit) => patches(vit)?,
        VisionConfig::ResNet(resnet) => ImageShape::Residual {
            stem: resnet.stem_channels.iter().copied().zip(resnet.stem_strides.iter().copied()).collect(),
            stages: resnet
                .stages()
                .map(|s| StageShape { channels: s.channels, depth: s.depth, stride: s.stride })
                .collect(),
            instance,
        },
        VisionConfig::EfficientNet(network) => ImageShape::EfficientNet {
            stem: network.stem_width,
            stages: network.mbconv_stages.iter().map(inverted).collect(),
            head: network.head_width,
            hidden: (network.projection_hidden_size > 0).then_some(network.projection_hidden_size),
            instance,
        },
        VisionConfig::Towers(_) => return None,
    })
}

fn inverted(stage: &MbConvStage) -> InvertedStageShape {
    let &MbConvStage { channels, depth, stride, kernel, expansion } = stage;
    InvertedStageShape { channels, depth, stride, kernel, expansion }
}

fn patches(config: &ViTConfig) -> Option<ImageShape> {
    let kind = match config.kind()? {
        ViTKind::Clip => knytt_gpu::ViTKind::Clip,
        ViTKind::SigLip => knytt_gpu::ViTKind::SigLip,
        ViTKind::Dinov2 => knytt_gpu::ViTKind::Dinov2,
    };
    Some(ImageShape::Patches { kind, patch: config.patch_size, transformer: layers(&config.transformer()) })
}

fn layers(transformer: &Transformer) -> TransformerShape {
    TransformerShape {
        hidden: transformer.hidden_size,
        inner: transformer.intermediate_size,
        layers: transformer.layers,
        heads: transformer.heads,
        activation: match transformer.activation {
            Activation::QuickGelu => Nonlinearity::QuickGelu,
            Activation::Gelu => Nonlinearity::Gelu,
            Activation::GeluTanh => Nonlinearity::GeluTanh,
        },
        epsilon: transformer.layer_norm_eps as f32,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::{Arc, OnceLock};
    use std::time::Duration;

    use knytt_gpu::Adapter;

    use crate::bundle::Bundle;
    use crate::device::Device;
    use crate::failover::FailoverModel;
    use crate::model::Model;
    use crate::options::{Options, Precision};

    #[test]
    fn f16_weights_alone_are_nearer_to_f32_than_f16_is() {
        let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/quick-gelu");
        let bundle = Bundle::open(&bundle).unwrap();
        let picture = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8 * 4, y as u8 * 3, 90]));
        let cosine = |precision, f16_weights_alone| {
            let device = Device::Gpu(Some(0));
            let options = Options { device, precision, f16_weights_alone, ..Options::default() };
            let (pictures, texts) = ([picture.clone()], ["a red dress"]);
            let compared =
                bundle.compare_device_for(Duration::ZERO, &options, &pictures, &texts, &[1]).unwrap();
            assert!(compared.agrees(precision));
            compared.least_cosine()
        };
        let [f32, weights, f16] =
            [cosine(Precision::F32, false), cosine(Precision::Bf16, true), cosine(Precision::Bf16, false)];
        let has_f16 = Adapter::find(Some(0)).unwrap().has_f16;
        assert!(f32 > weights && (weights > f16 || !has_f16), "{f32} {weights} {f16}");
    }

    #[test]
    fn the_cpu_takes_over_from_a_gpu_that_is_lost_and_says_so() {
        let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/quick-gelu");
        let (bundle, notice) = (Arc::new(Bundle::open(&bundle).unwrap()), Arc::new(OnceLock::new()));
        let ids = [bundle.words().unwrap().ids("a red dress").unwrap()];
        let load = |device| {
            let options = Options { device, ..Options::default() };
            FailoverModel::load(bundle.clone(), &options, notice.clone()).unwrap()
        };
        let expected = load(Device::Cpu).texts(&ids).unwrap();
        let mut running = load(Device::Gpu(Some(0)));
        running.texts(&ids).unwrap();
        assert_eq!(notice.get(), None);
        let Model::Gpu(gpu) = running.model() else { panic!("it runs on the GPU") };
        gpu.clip.lose();
        for _ in 0..2 {
            assert_eq!(running.texts(&ids).unwrap(), expected);
        }
        assert!(matches!(running.model(), Model::Packed(_)));
        let notice = notice.get().unwrap();
        assert_eq!(notice.device, Device::Gpu(Some(0)));
        assert!(notice.reason.contains("lost"), "{notice}");
    }
}
