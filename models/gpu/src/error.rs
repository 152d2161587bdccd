//! What can go wrong between an adapter and an answer.

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Each variant says what was expected, what was found, and (where there is one) the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No adapter that this build can drive; a driver is missing.
    #[error("no GPU is known to this system: {advice}")]
    NoAdapter {
        /// What to install.
        advice: &'static str,
    },

    /// There is an adapter, but it is a program on the CPU; it is slower than the CPU itself.
    #[error("only a software adapter is here ({0}): use the CPU, or ask for the adapter by its number")]
    OnlySoftware(String),

    /// No adapter has this number; the message lists those that there are.
    #[error("there is no GPU {number}; there are: {known}")]
    UnknownAdapter {
        /// As asked for.
        number: usize,
        /// All adapters, with their numbers.
        known: String,
    },

    /// The adapter was found and could not be opened; the driver says why.
    #[error("cannot open {adapter}: {reason}")]
    Open {
        /// Its name.
        adapter: String,
        /// What the driver said.
        reason: String,
    },

    /// The model needs more than the adapter allows; use another adapter or the CPU.
    #[error("the adapter allows {allowed} {what}, the model needs {needed}")]
    Limit {
        /// What is limited.
        what: &'static str,
        /// The least that would do.
        needed: u64,
        /// The adapter's limit.
        allowed: u64,
    },

    /// The kernels do not cover an architecture like this; use the CPU.
    #[error("the GPU's kernels do not take this model, the CPU's do: {0}")]
    Shape(String),

    /// A tensor is missing or of another shape; the weights belong to another model.
    #[error("tensor {name}: {reason}")]
    Tensor {
        /// Its name in the checkpoint.
        name: String,
        /// What is wrong with it.
        reason: String,
    },

    /// What was passed in is not a batch of this model's inputs.
    #[error("not an input of this model: {0}")]
    Input(String),

    /// The GPU's memory is full; close other programs, or use the CPU.
    #[error("the GPU is out of memory: {0}")]
    OutOfMemory(String),

    /// The GPU was taken away or reset; open it again, or use the CPU.
    #[error("the GPU was lost: {0}")]
    Lost(String),

    /// The driver refused what it was given.
    #[error("the GPU's driver failed: {0}")]
    Driver(String),
}

impl Error {
    /// Whether the fault is the device's, so that the same work would succeed on another one.
    pub fn is_of_the_device(&self) -> bool {
        matches!(self, Self::Limit { .. } | Self::OutOfMemory(_) | Self::Lost(_) | Self::Driver(_))
    }
}
