//! How a model is opened.

use std::path::PathBuf;

use crate::precision::Precision;

/// Which adapter, and how it calculates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A number out of [`adapters`](crate::adapters); without one, the first that is no software.
    pub adapter: Option<usize>,
    /// How weights are stored and multiplied.
    pub precision: Precision,
    /// A folder for compiled kernels, where the driver lets programs keep them.
    pub pipeline_cache: Option<PathBuf>,
}
