//! End-to-end runs live in `tests/`.
