//! One module for each subcommand.

pub mod api_key;
pub mod build;
pub mod completions;
pub mod eval;
pub mod inspect;
pub mod key;
pub mod model;
pub mod publish;
pub mod report;
pub mod search;
pub mod serve;
pub mod sync;
pub mod taste;
