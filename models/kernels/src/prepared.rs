//! The inputs of a linear layer in the form that the kernels multiply.

use crate::isa::Kind;

/// Inputs that are ready: `[rows, depth]`.
#[derive(Clone, Copy)]
pub struct PreparedRows<'a> {
    pub(crate) words: &'a [u32],
    /// Words from one row to the next.
    pub(crate) stride: usize,
    pub(crate) count: usize,
    pub(crate) depth: usize,
    /// Of each row: the step of its integers, and what the integer 0 stands for.
    pub(crate) scale: &'a [f32],
    pub(crate) offset: &'a [f32],
    pub(crate) kind: Kind,
}

impl PreparedRows<'_> {
    /// How many rows.
    pub fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }
}
