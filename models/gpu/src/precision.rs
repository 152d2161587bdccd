//! How numbers are stored and multiplied on the device.

use std::borrow::Cow;

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::adapter::Adapter;
use crate::error::{Error, Result};

/// How weights are stored, and in what they are multiplied. What is added up is f32 always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// f32 throughout.
    #[default]
    F32,
    /// Weights as f16, multiplied as f32: half the memory, on every adapter.
    F16Weights,
    /// Weights and products in f16: the fastest; only where the adapter calculates in f16.
    F16,
}

impl Precision {
    /// Itself, if `adapter` can.
    pub(crate) fn on(self, adapter: &Adapter) -> Result<Self> {
        match self {
            Self::F16 if !adapter.has_f16 => Err(Error::Open {
                adapter: adapter.to_string(),
                reason: "it does not calculate in f16; store weights as f16 and calculate in f32".into(),
            }),
            precision => Ok(precision),
        }
    }

    /// The WGSL that defines how a kernel reads stored weights (`Stored`), what its tiles hold (`Quad`), and the
    /// conversion from one to the other (`widened`).
    pub(crate) fn prelude(self) -> &'static str {
        match self {
            Self::F32 => {
                "alias Stored = vec4<f32>;\n\
                 alias Quad = vec4<f32>;\n\
                 fn widened(x: Stored) -> Quad { return x; }\n"
            }
            Self::F16Weights => {
                "alias Stored = vec2<u32>;\n\
                 alias Quad = vec4<f32>;\n\
                 fn widened(x: Stored) -> Quad { return vec4(unpack2x16float(x.x), unpack2x16float(x.y)); }\n"
            }
            Self::F16 => {
                "enable f16;\n\
                 alias Stored = vec4<f16>;\n\
                 alias Quad = vec4<f16>;\n\
                 fn widened(x: Stored) -> Quad { return x; }\n"
            }
        }
    }

    /// Bytes of a stored weight.
    pub(crate) fn bytes(self) -> usize {
        if self == Self::F32 { 4 } else { 2 }
    }

    /// Weights as they are stored; `name` is for the error.
    pub(crate) fn store<'a>(self, name: &str, values: &'a [f32]) -> Result<Cow<'a, [u8]>> {
        if self == Self::F32 {
            return Ok(bytemuck::cast_slice(values).into());
        }
        let mut halves = vec![f16::ZERO; values.len()];
        halves.convert_from_f32_slice(values);
        if halves.iter().any(|half| !half.is_finite()) {
            return Err(Error::Tensor {
                name: name.into(),
                reason: "a value does not fit f16; use f32".into(),
            });
        }
        Ok(halves.iter().flat_map(|half| half.to_bits().to_le_bytes()).collect::<Vec<u8>>().into())
    }
}
