//! Experiments: several settings of one catalogue, each obeyed for a share of those who search.
//!
//! One [`Experiment`] document has arms. The first arm is the control, which changes nothing; every other one names
//! other weights of the ranking, other rules, or both. [`assign`] says from a key and a visitor alone which arm the
//! visitor is in, so that every program that has the document agrees without asking. [`interleave`] merges two rankings
//! into one list of which each hit is on one team.

pub(crate) mod assign;
pub(crate) mod document;
pub(crate) mod interleave;
