//! What `fit::fit_on_rendered_garments` found.

use super::Weights;

/// How sure the model is of a pattern, and how often it was right then.
pub(super) const CURVE: [(f32, f32); 2] = [(0.0, 0.0), (1.0, 1.0)];

pub(super) const WEIGHTS: Weights = [[0.0; super::FEATURES + 1]; 6];
