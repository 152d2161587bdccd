//! CLIP on any GPU: Vulkan, Metal and DX12, by wgpu.
//!
//! A [`Clip`] holds both towers of a model on one [`Adapter`]: the weights are uploaded once, and a batch of
//! pictures or texts is one submission of kernels (`kernels/*.wgsl`). It takes plain numbers, a [`Shape`] and
//! a function that gives each tensor by its name, and knows nothing of files:
//!
//! ```no_run
//! # fn tensor(_: &str, shape: &[usize]) -> Result<Vec<f32>, String> { Ok(vec![0.0; shape.iter().product()]) }
//! # fn shape() -> knytt_gpu::Shape { unimplemented!() }
//! let mut clip = knytt_gpu::Clip::open(shape(), &tensor, &knytt_gpu::Options::default())?;
//! let embedding = clip.encode_texts(&[&[49406, 320, 49407]])?;
//! # Ok::<(), knytt_gpu::Error>(())
//! ```
//!
//! A fault of the device is an error ([`Error::is_of_the_device`]) and never a panic, so that whoever asked
//! can go on elsewhere.

mod adapter;
mod cache;
mod clip;
mod error;
mod gpu;
mod kernels;
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
pub use clip::{Clip, Options};
pub use error::{Error, Result};
pub use precision::Precision;
pub use shape::{Activation, ImageShape, Shape, StageShape, TextShape, TransformerShape};
pub use tensors::Source;
