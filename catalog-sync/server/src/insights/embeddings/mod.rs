//! Whether what shoppers ask, and what is sold, moves in the model's space: the maximum mean discrepancy of embeddings.
//!
//! No embedding is stored. Of the embeddings of a day's queries the sum of their [`features`] is kept, of
//! [`LEAST`](keep::LEAST) or more at a time, without anything of who asked. Of each state of a catalogue the same sum is
//! kept ([`releases`]). Two such sums say how far apart what they are of is ([`discrepancy`]).

mod discrepancy;
mod features;
mod keep;
mod kernel;
mod read;
mod releases;
mod sums;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use keep::{AskedEmbedding, EmbeddingSums, QueryEmbeddings};
pub(crate) use read::{Days, EmbeddingDrift, of_all_catalogs, of_catalog};
pub(crate) use releases::follow;
