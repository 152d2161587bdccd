//! CLIP, SigLIP and DINOv2 on any GPU: Vulkan, Metal and DX12, by wgpu. Texts may go through RoBERTa, pictures through
//! a residual network, EfficientNet-Lite, or several towers side by side.
//!
//! A [`Clip`] holds both towers of a model on one [`Adapter`]: the weights are uploaded once, and a batch of
//! pictures or texts is one submission of kernels (`kernels/*.wgsl`). It takes plain numbers, a [`Shape`] and
//! a function that gives each tensor by its name, and knows nothing of files:
//!
//! ```no_run
//! use knytt_gpu::{
//!     Activation, Clip, ImageShape, Options, Shape, TextReading, TextShape, TransformerShape, ViTKind,
//! };
//!
//! # fn read(name: &str, shape: &[usize]) -> Result<Vec<f32>, String> { Err(format!("{name} {shape:?}")) }
//! let image = TransformerShape {
//!     hidden: 768,
//!     inner: 3072,
//!     layers: 12,
//!     heads: 12,
//!     activation: Activation::QuickGelu,
//!     epsilon: 1e-5,
//! };
//! let text = TransformerShape { hidden: 512, inner: 2048, heads: 8, ..image };
//! let shape = Shape {
//!     dimension: 512,
//!     image_size: 224,
//!     image: ImageShape::Patches { kind: ViTKind::Clip, patch: 32, transformer: image },
//!     text: Some(TextShape {
//!         reading: TextReading::EndToken,
//!         vocabulary: 49408,
//!         positions: 77,
//!         transformer: text,
//!     }),
//! };
//! let mut clip = Clip::open(shape, &read, &Options::default())?;
//! let embeddings = clip.encode_texts(&[&[49406, 736, 2595, 49407]])?;
//! # Ok::<(), knytt_gpu::Error>(())
//! ```
//!
//! A fault of the device is an error ([`Error::is_of_the_device`]) and never a panic, so that whoever asked
//! can go on elsewhere.

mod adapter;
mod attention_pooling;
mod cache;
mod clip;
mod efficientnet;
mod error;
mod gpu;
mod images;
mod kernels;
mod moments;
mod options;
mod plan;
mod precision;
mod residual;
mod rows;
mod shape;
mod tensors;
#[cfg(test)]
mod tests;
mod text;
mod tile;
mod transformer;
mod vit;

pub use adapter::{Adapter, Kind, adapters};
pub use clip::Clip;
pub use error::{Error, Result};
pub use options::Options;
pub use precision::Precision;
pub use shape::{
    Activation, ImageShape, InstanceShape, InvertedStageShape, Shape, StageShape, TextReading, TextShape,
    TowerShape, TransformerShape, ViTKind,
};
pub use tensors::Source;
