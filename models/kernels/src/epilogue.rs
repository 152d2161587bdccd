//! What a linear layer does to its products before it stores them.

/// What happens to a product before it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Epilogue {
    /// Add to what is in the output already (a residual connection), before the activation.
    pub add: bool,
    /// The nonlinearity.
    pub activation: Activation,
}

/// A nonlinearity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activation {
    /// x
    #[default]
    None,
    /// max(x, 0)
    Relu,
    /// min(max(x, 0), 6)
    Relu6,
    /// x · σ(1.702 x)
    QuickGelu,
    /// x · Φ(x), to 1e-6
    Gelu,
    /// x · (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, which is near x · Φ(x)
    GeluTanh,
}
