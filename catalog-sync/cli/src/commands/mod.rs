//! One module for each subcommand.

pub mod build;
pub mod completions;
pub mod eval;
pub mod inspect;
pub mod model;
pub mod search;
