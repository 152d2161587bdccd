//! A model on disk: four files in one folder, or three for a model that knows pictures only.

use std::path::Path;
use std::sync::Arc;

use candle_core::{DType, Device as Candle};
use knytt_kernels::{Isa, Precision};
use safetensors::SafeTensors;

use crate::clip::Cache;
use crate::config::Config;
use crate::device::Device;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::model::Model;
use crate::options::{Options, Precision as Asked};
use crate::precision_benchmark::PrecisionBenchmark;
use crate::preprocess::Preprocessing;
use crate::tokenize::Words;
use crate::weights::Weights;

/// A bundle, read and checked; its weights are not loaded yet.
///
/// `config.json`, `preprocessor_config.json`, `tokenizer.json` and `model.safetensors`, as Hugging
/// Face's `CLIPModel` and `CLIPProcessor` save them, or its `SiglipModel` and `SiglipProcessor`. A model without a text
/// tower has no `text_config` in its `config.json`, and no `tokenizer.json`.
pub struct Bundle {
    name: String,
    config: Config,
    preprocessing: Preprocessing,
    words: Option<Words>,
    weights: Arc<Weights>,
    fingerprint: Fingerprint,
}

/// What is in a `model.safetensors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightsSummary {
    /// Tensors in the file.
    pub tensors: usize,
    /// Numbers in all tensors.
    pub parameters: usize,
    /// Bytes of the file.
    pub file_bytes: usize,
    /// How numbers are stored, each kind once, sorted: `F16`, `F32`, …
    pub stored_as: Vec<String>,
}

/// The small files, in the order that the fingerprint takes them.
struct Texts<'a> {
    config: &'a [u8],
    preprocessor: &'a [u8],
    /// Read after `config.json`, which says whether there is one.
    tokenizer: Option<&'a [u8]>,
}

impl Bundle {
    /// Opens the bundle in `dir`.
    ///
    /// # Errors
    /// [`Error::Read`] if a file is missing, [`Error::Config`] if one is not what it should be,
    /// [`Error::Weights`] if `model.safetensors` is no safetensors file.
    pub fn open(dir: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = dir.join(name);
            fs_err::read(&path).map_err(|source| Error::Read { path, source })
        };
        let name = dir.file_name().map_or_else(|| dir.display().to_string(), |n| n.to_string_lossy().into());
        let (config, preprocessor) = (read("config.json")?, read("preprocessor_config.json")?);
        let text = Config::parse(&config)?.text_config;
        let tokenizer = text.map(|_| read("tokenizer.json")).transpose()?;
        let texts = Texts { config: &config, preprocessor: &preprocessor, tokenizer: tokenizer.as_deref() };
        Self::assemble(name, &texts, Weights::map(&dir.join("model.safetensors"))?)
    }

    /// The starter bundle, which is part of this library.
    ///
    /// # Errors
    /// None in a released build: its files are tested.
    pub fn starter() -> Result<Self> {
        let texts = Texts {
            config: include_bytes!("../starter/config.json"),
            preprocessor: include_bytes!("../starter/preprocessor_config.json"),
            tokenizer: Some(include_bytes!("../starter/tokenizer.json")),
        };
        let weights = Weights::Embedded(include_bytes!("../starter/model.safetensors"));
        Self::assemble("starter".into(), &texts, weights)
    }

    fn assemble(name: String, texts: &Texts<'_>, weights: Weights) -> Result<Self> {
        let config = Config::parse(texts.config)?;
        let preprocessing = Preprocessing::parse(texts.preprocessor)?;
        let side = config.vision_config.image_size() as u32;
        if preprocessing.output_size() != (side, side) {
            return Err(Error::Config {
                file: "preprocessor_config.json",
                reason: format!(
                    "it makes pictures of {:?} pixels, the image tower takes {:?}",
                    preprocessing.output_size(),
                    (side, side)
                ),
            });
        }
        let with_text = config.text_config.as_ref().zip(texts.tokenizer);
        let words = with_text.map(|(text, tokenizer)| Words::parse(tokenizer, text)).transpose()?;
        let tokenizer = texts.tokenizer.unwrap_or_default();
        let fingerprint = fingerprint(&config, &preprocessing, tokenizer, &weights)?;
        Ok(Self { name, config, preprocessing, words, weights: Arc::new(weights), fingerprint })
    }

    /// The folder's name, or `starter`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The space that its embeddings live in.
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Values of an embedding.
    pub fn dimension(&self) -> usize {
        self.config.projection_dim
    }

    /// Values of an [`Embedding::instance_embedding`](crate::Embedding::instance_embedding); 0 if the bundle gives none.
    pub fn instance_embedding_dimension(&self) -> usize {
        self.config.vision_config.instance_embedding_size()
    }

    /// Values that the image tower gives of a picture: the embedding and after it the instance embedding.
    pub(crate) fn image_width(&self) -> usize {
        self.dimension() + self.instance_embedding_dimension()
    }

    /// The architecture.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How pictures are brought to the model's size and range.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// Whether it has a text tower; without one it knows pictures only.
    pub fn embeds_words(&self) -> bool {
        self.words.is_some()
    }

    /// How words become token ids.
    ///
    /// # Errors
    /// [`Error::PicturesOnly`] without a text tower.
    pub fn words(&self) -> Result<&Words> {
        self.words.as_ref().ok_or(Error::PicturesOnly)
    }

    /// Counts what `model.safetensors` holds.
    ///
    /// # Errors
    /// [`Error::Weights`] if its header is damaged.
    pub fn weights_summary(&self) -> Result<WeightsSummary> {
        let file = SafeTensors::deserialize(&self.weights).map_err(|e| Error::Weights(e.to_string()))?;
        let mut stored_as: Vec<String> = file.iter().map(|(_, t)| format!("{:?}", t.dtype())).collect();
        stored_as.sort();
        stored_as.dedup();
        Ok(WeightsSummary {
            tensors: file.len(),
            parameters: file.iter().map(|(_, t)| t.shape().iter().product::<usize>()).sum(),
            file_bytes: self.weights.len(),
            stored_as,
        })
    }

    /// Loads the weights for the device that `options` ask for.
    pub(crate) fn load(&self, options: &Options) -> Result<Model> {
        match options.device {
            Device::Cpu => self.load_for_processor(self.precision(options), options),
            #[cfg(feature = "wgpu")]
            Device::Gpu(adapter) => self.load_gpu(adapter, options),
            other => {
                let dtype = in_candle(options)?;
                Model::plain(&self.config, &self.weights, dtype, other.open()?, other)
            }
        }
    }

    /// Loads the weights for Candle's tensors on the processor: the reference, and what Candle's GPUs compute.
    pub(crate) fn load_plain(&self, dtype: DType) -> Result<Model> {
        Model::plain(&self.config, &self.weights, dtype, Candle::Cpu, Device::Cpu)
    }

    /// Loads the weights for an adapter's kernels.
    #[cfg(feature = "wgpu")]
    fn load_gpu(&self, adapter: Option<usize>, options: &Options) -> Result<Model> {
        let model = crate::gpu::OnGpu::load(&self.config, &self.weights, adapter, options)?;
        Ok(Model::Gpu(Box::new(model)))
    }

    /// The precision that is asked for. If that is [`Asked::Auto`], the one that the benchmark chose.
    pub(crate) fn precision(&self, options: &Options) -> Asked {
        let measured = || {
            let folder = options.cache.as_deref()?;
            Some(PrecisionBenchmark::read_for(folder, &self.fingerprint, options.isa().ok()?)?.choice)
        };
        match options.precision {
            // The benchmark measures the processor alone.
            Asked::Auto if options.device != Device::Cpu => Asked::F32,
            Asked::Auto => measured().unwrap_or(Asked::F32),
            asked => asked,
        }
    }

    /// Loads the weights for the processor, with the threads and the cache of `options`.
    pub(crate) fn load_for_processor(&self, precision: Asked, options: &Options) -> Result<Model> {
        let precision = match precision {
            Asked::Auto | Asked::F32 => Precision::F32,
            Asked::Bf16 => Precision::Bf16,
            Asked::Int8 => Precision::Int8,
        };
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = options.threads.unwrap_or_else(cores);
        self.load_packed(options.isa()?, precision, threads, options.cache.as_deref())
    }

    /// Loads the weights for the processor's own kernels. `folder`: where packed weights are kept.
    pub(crate) fn load_packed(
        &self,
        isa: Isa,
        precision: Precision,
        threads: usize,
        folder: Option<&Path>,
    ) -> Result<Model> {
        let cache = folder.map(|folder| Cache::open(folder, &self.fingerprint, isa, precision));
        let model =
            Model::packed(&self.config, &self.weights, isa, precision, threads, cache.unwrap_or_default())?;
        self.weights.release_pages();
        Ok(model)
    }
}

/// In what Candle's GPUs compute. Of the sixteen bits that there are, they take f16, as the other GPUs do.
pub(crate) fn in_candle(options: &Options) -> Result<DType> {
    match options.precision {
        Asked::Auto | Asked::F32 => Ok(DType::F32),
        Asked::Bf16 => Ok(DType::F16),
        Asked::Int8 => Err(Error::Device {
            device: options.device.to_string(),
            reason: "not in eight bits; ask for f32 or bf16".into(),
        }),
    }
}

/// The architecture and preprocessing go in as understood, not as written: a blank in a JSON file
/// changes nothing.
fn fingerprint(
    config: &Config,
    preprocessing: &Preprocessing,
    tokenizer: &[u8],
    weights: &[u8],
) -> Result<Fingerprint> {
    let canonical = |value: Result<Vec<u8>, serde_json::Error>, file| {
        value.map_err(|e| Error::Config { file, reason: e.to_string() })
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update_rayon(weights);
    Ok(Fingerprint::of(&[
        b"knytt fingerprint 1",
        &canonical(serde_json::to_vec(config), "config.json")?,
        &canonical(serde_json::to_vec(preprocessing), "preprocessor_config.json")?,
        tokenizer,
        hasher.finalize().as_bytes(),
        &(config.projection_dim as u64).to_le_bytes(),
    ]))
}
