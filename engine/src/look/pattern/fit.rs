//! Fits the weights. Empty until the measure says what to fit.
