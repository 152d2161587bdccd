//! Parametric garments.
