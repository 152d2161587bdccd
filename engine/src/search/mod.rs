//! Pictures, words and products as a query; ranked products as the answer.

pub(crate) mod answer;
pub(crate) mod fusion;
pub(crate) mod looks;
pub(crate) mod parse;
pub(crate) mod query;
pub(crate) mod related;
pub(crate) mod rules;
pub(crate) mod session;
pub(crate) mod shown;
pub(crate) mod timing;
