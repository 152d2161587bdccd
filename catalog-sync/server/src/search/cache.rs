//! What was asked before: answers, and what the model made of pictures.
//!
//! The answers of one state of a catalogue never change, so an entry needs no sign that it is out of date: the next
//! state has other keys.

use std::sync::Arc;
use std::time::Duration;

use knytt_app_core::shop::QueryPicture;
use knytt_engine::{Fingerprint, PictureLook};
use knytt_models::Embedding;
use knytt_ui_api::{SearchResponse, Timings};
use moka::sync::Cache;

use super::catalogs::State;
use crate::insights::QueryEmbeddings;

/// How long an answer is kept.
const ANSWERS: Duration = Duration::from_secs(300);

/// How long a picture's embedding is kept. The pixels of the file are not.
const PICTURES: Duration = Duration::from_secs(86_400);

/// Bytes of all answers.
const ANSWER_BYTES: u64 = 64 << 20;

/// Bytes of all pictures' embeddings and small copies.
const PICTURE_BYTES: u64 = 64 << 20;

/// About what an answer takes besides its hits: facets, and two embeddings.
const ANSWER: usize = 6_000;

/// About what one hit of an answer takes.
const HIT_BYTES: usize = 1_200;

/// An answer is told by the state it is of and the search it answers.
pub type AnswerKey = (State, blake3::Hash);

/// A picture is told by its bytes and the model.
type PictureKey = (Fingerprint, blake3::Hash);

/// What a search needs of a picture.
#[derive(Clone)]
pub struct SeenPicture {
    /// What the model makes of it.
    pub embedding: Embedding,
    /// Its colours, its pattern and a small copy.
    pub look: PictureLook,
}

impl SeenPicture {
    /// As a query takes it. It took no time.
    pub fn query(&self) -> QueryPicture {
        QueryPicture {
            embedding: Some(self.embedding.clone()),
            look: Some(self.look.clone()),
            timings: Timings::default(),
        }
    }
}

/// An answer that is kept, and what its query was for the model.
#[derive(Clone)]
pub struct KeptAnswer {
    /// All hits.
    pub response: Arc<SearchResponse>,
    /// The embeddings of the query.
    pub embeddings: QueryEmbeddings,
}

/// Both caches. Clones share them.
#[derive(Clone)]
pub struct Caches {
    /// Whole answers, of which a page is a part.
    pub answers: Cache<AnswerKey, KeptAnswer>,
    /// What was seen on pictures.
    pub pictures: Cache<PictureKey, Arc<SeenPicture>>,
}

impl Caches {
    /// Empty ones.
    pub fn new() -> Self {
        let answer_bytes = |_: &AnswerKey, answer: &KeptAnswer| {
            u32::try_from(ANSWER + answer.response.hits.len() * HIT_BYTES).unwrap_or(u32::MAX)
        };
        let picture_bytes = |_: &PictureKey, seen: &Arc<SeenPicture>| {
            u32::try_from(4 * seen.embedding.dimension() + seen.look.pixels.as_raw().len())
                .unwrap_or(u32::MAX)
        };
        Self {
            answers: Cache::builder()
                .max_capacity(ANSWER_BYTES)
                .weigher(answer_bytes)
                .time_to_live(ANSWERS)
                .build(),
            pictures: Cache::builder()
                .max_capacity(PICTURE_BYTES)
                .weigher(picture_bytes)
                .time_to_live(PICTURES)
                .build(),
        }
    }
}
