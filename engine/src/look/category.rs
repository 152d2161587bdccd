//! Guesses the category of a picture, from similar products or from prompts.

use std::collections::BTreeMap;

use super::Guess;
use super::calibration::precision;
use crate::error::Result;
use crate::look::prompts::Prompts;
use knytt_models::{Embedding, Encoder};

/// A product near to the picture.
#[derive(Clone, Copy, Debug)]
pub struct Neighbour<'a> {
    /// Its category in the feed.
    pub category: &'a str,
    /// Cosine of the two embeddings.
    pub cosine: f32,
}

/// The number of neighbours that vote.
pub const NEIGHBOURS: usize = 20;

/// The fewest neighbours with a category that can vote: one that stands alone is like everything.
const VOTERS: usize = 5;

/// The difference of cosines by which a vote counts e times as much.
const REACH: f32 = 0.05;

/// The prompts of a category.
const TEMPLATES: [&str; 2] = ["a photo of a {}", "{}"];

/// The least precision of a guess, in percent.
const FLOOR: u8 = 50;

/// The category that most of the nearest products have, by votes whose weight falls with distance. `None` without
/// enough neighbours, or if they disagree too much. Neighbours come nearest first; the first [`NEIGHBOURS`] vote.
pub fn category_of_neighbours(neighbours: &[Neighbour<'_>]) -> Option<Guess> {
    let (category, share) = votes(neighbours)?;
    let voters = neighbours.iter().take(NEIGHBOURS);
    if voters.clone().count() < VOTERS
        || voters.filter(|voter| voter.category == category).count() * 2 < VOTERS
    {
        return None;
    }
    let percent = precision(&BY_NEIGHBOURS, share);
    (percent >= FLOOR).then(|| Guess { value: category.into(), percent })
}

/// The category with the most votes, and its share of them.
pub(super) fn votes<'a>(neighbours: &[Neighbour<'a>]) -> Option<(&'a str, f32)> {
    let nearest = neighbours.first()?.cosine;
    let mut votes: BTreeMap<&str, f32> = BTreeMap::new();
    for neighbour in neighbours.iter().take(NEIGHBOURS) {
        *votes.entry(neighbour.category).or_default() += ((neighbour.cosine - nearest) / REACH).exp();
    }
    let total: f32 = votes.values().sum();
    let (category, vote) = votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some((category, vote / total))
}

/// The embedded prompts of categories, for a guess by the model alone.
#[derive(Clone, Debug)]
pub struct CategoryPrompts(Prompts);

impl CategoryPrompts {
    /// Embeds the prompts of the categories with these names.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if a name cannot be embedded.
    pub fn embed<V: AsRef<str>>(encoder: &Encoder, names: &[V]) -> Result<Self> {
        Ok(Self(Prompts::embed(encoder, &TEMPLATES, names)?))
    }

    /// The category whose prompts are nearest to the picture, if the guess is precise enough.
    ///
    /// # Errors
    /// [`Model`](crate::Error::Model) if another model made the embedding.
    pub fn guess(&self, picture: &Embedding) -> Result<Option<Guess>> {
        let best = self.0.best(picture)?;
        let guess =
            best.map(|(value, share)| Guess { value: value.into(), percent: precision(&BY_PROMPTS, share) });
        Ok(guess.filter(|guess| guess.percent >= FLOOR))
    }
}

/// Share of the votes, and how often the category was right then: the starter bundle, 363 photographs of other
/// senders than those of the about 1,200 that were asked (`examples/measure_look_photos.rs`, `KNYTT_EVERY=3`).
const BY_NEIGHBOURS: [(f32, f32); 5] = [(0.5, 0.4), (0.7, 0.55), (0.85, 0.56), (0.95, 0.78), (1.0, 0.94)];

/// Share of the prompts, and how often the category was right then, as above. What the softmax calls
/// certain is not.
const BY_PROMPTS: [(f32, f32); 4] = [(0.6, 0.4), (0.9, 0.5), (0.97, 0.8), (1.0, 0.88)];
