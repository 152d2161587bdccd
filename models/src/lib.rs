//! Pixels or words in, unit-norm embeddings out.
