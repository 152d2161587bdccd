//! The arithmetic of transformers and convolutional networks on a processor: matrix products over weights
//! that were packed once, layer normalisation, attention, depthwise convolution, and the threads that share
//! the work.
//!
//! [`Linear`] holds a layer's weights in the order in which the processor reads them, as f32, in sixteen
//! bits or in eight. The same loops run on every instruction set ([`Isa`]); only the primitives differ.
//!
//! ```
//! use knytt_kernels::{Epilogue, Isa, Linear, Precision, Rows, ThreadTeam};
//!
//! let (isa, team) = (Isa::best(), ThreadTeam::new(2));
//! let weight = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; // two outputs of three inputs
//! let layer = Linear::pack(isa, Precision::F32, &weight, 3, Some(&[0.5, -0.5]));
//! let mut rows = Rows::new(isa, Precision::F32);
//! let mut out = [0.0; 2];
//! layer.forward(&team, rows.prepare(&team, &[1.0, 0.0, 1.0], 3), Epilogue::default(), &mut out);
//! assert_eq!(out, [4.5, 9.5]);
//! ```

mod choice;
mod depthwise;
mod epilogue;
#[cfg(test)]
mod fault;
mod isa;
mod linear;
mod moments;
mod pack;
mod prepared;
mod probe;
mod raw;
mod rows;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot unwrap says less, not more")]
mod tests;

pub use choice::{IsaError, Widened, widened};
pub use depthwise::{Depthwise, DepthwiseInput};
pub use epilogue::{Activation, Epilogue};
pub use isa::{Isa, Precision};
pub use linear::Linear;
pub use moments::column_moments;
pub use pack::{LinearParts, Storage};
pub use prepared::PreparedRows;
pub use raw::attention::{Attention, Sequence};
pub use raw::peak;
pub use raw::thread_team::ThreadTeam;
pub use rows::{LayerNorm, Rows};
